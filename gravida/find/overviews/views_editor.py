"""The page where an overview is written, with everything that is found in it; and its preview."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from gravida.find.models import Study
from gravida.find.overviews.actions_texts import save_draft
from gravida.find.overviews.asked import language_in, study_for
from gravida.find.overviews.editor_page import editor_page
from gravida.find.overviews.failures import ChangedMeanwhile, NothingSaid, NotPlain, TooLong
from gravida.find.overviews.forms import OverviewForm
from gravida.find.overviews.models_texts import OverviewText
from gravida.find.overviews.pages.part import part_of
from gravida.find.overviews.reads import overview_of
from gravida.find.overviews.refusals import in_words
from gravida.web.people.access import SeeOther, staff_page
from gravida.web.people.request import StaffRequest
from gravida.web.people.roles import Permission

EDIT = Permission.EDIT_TEXTS
GET_AND_POST = ["GET", "HEAD", "POST"]


@staff_page(EDIT)
@require_http_methods(GET_AND_POST)
def edit(request: StaffRequest, number: str, language: str) -> HttpResponse:
    """The sections in a form; saving makes a version. 409 with both where somebody was first."""
    study, language = study_for(request.person, number), language_in(language)
    if request.method != "POST":
        return editor(request, study, language)
    form = OverviewForm(request.POST)
    if not form.is_valid():
        return editor(request, study, language, form=form, status=400)
    try:
        save_draft(
            study=study, language=language, texts=form.texts, seen=seen_in(request.POST.get("seen", "")),
            by=request.person, at=request.received_at,
        )  # fmt: skip
    except ChangedMeanwhile:
        return editor(request, study, language, form=form, is_conflict=True, status=409)
    except (NotPlain, TooLong, NothingSaid) as refusal:
        return editor(request, study, language, form=form, refusal=in_words(refusal), status=400)
    return SeeOther(reverse("overviews:edit", args=[study.number, language]) + "?done=saved")


def editor(
    request: StaffRequest, study: Study, language: str, *, form: OverviewForm | None = None,
    refusal: str = "",
    is_conflict: bool = False, status: int = 200,
) -> HttpResponse:  # fmt: skip
    """The page, with what was typed where it was not kept."""
    page = editor_page(study, language, person=request.person)
    begun = page.newest.texts if page.newest else {}
    context = {
        "page": page,
        "form": form or OverviewForm(initial=begun),
        "refusal": refusal,
        "is_conflict": is_conflict,
        "done": request.GET.get("done", ""),
        "other": part_of(overview_of(page.newest)) if is_conflict and page.newest else None,
    }
    return render(request, "overviews/editor.html", context, status=status)


@staff_page(EDIT)
@require_safe
def preview(request: StaffRequest, number: str, language: str) -> HttpResponse:
    """The newest version as the public would read it."""
    study, language = study_for(request.person, number), language_in(language)
    text = OverviewText.objects.of(study.number, language).select_related("generation").first()
    context = {
        "study": study,
        "language": language,
        "text": text,
        "plain": part_of(overview_of(text)) if text else None,
    }
    return render(request, "overviews/preview.html", context)


def seen_in(typed: str) -> int:
    """A version's number as a form carries it; -1, which no version has, for anything else."""
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 10 else -1
