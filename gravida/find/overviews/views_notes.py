"""Public notes: written, worded anew, approved, withdrawn."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from gravida.find.models import Study
from gravida.find.overviews import words
from gravida.find.overviews.actions_notes import (
    approve_note,
    change_note,
    note_findings,
    withdraw_note,
    write_note,
)
from gravida.find.overviews.asked import language_in, study_for
from gravida.find.overviews.failures import ChangedMeanwhile, NotPlain, NotYours, OpenFindings, OwnWords
from gravida.find.overviews.forms import NoteForm
from gravida.find.overviews.models_notes import PublicNote
from gravida.find.overviews.refusals import in_words
from gravida.find.overviews.views_editor import EDIT, GET_AND_POST, seen_in
from gravida.web.people.access import SeeOther, staff_page
from gravida.web.people.request import StaffRequest


@staff_page(EDIT)
@require_http_methods(GET_AND_POST)
def new(request: StaffRequest, number: str, language: str) -> HttpResponse:
    """A new note; what the guards say to it stands beside it."""
    study, language = study_for(request.person, number), language_in(language)
    form = NoteForm(request.POST if request.method == "POST" else None)
    if not form.is_bound or not form.is_valid():
        return _page(request, study, language, form, status=400 if form.is_bound else 200)
    told = form.cleaned_data
    try:
        write_note(
            study=study, language=language, section=told["section"], text=told["text"],
            reason=told["reason"], by=request.person, at=request.received_at,
        )  # fmt: skip
    except (OpenFindings, NotPlain) as refusal:
        return _page(request, study, language, form, refusal=refusal, status=400)
    return SeeOther(_back(study))


@staff_page(EDIT)
@require_http_methods(GET_AND_POST)
def change(request: StaffRequest, number: str, note: int) -> HttpResponse:
    """Other words for a note; 409 with the other's words where somebody was first."""
    study = study_for(request.person, number)
    of = get_object_or_404(PublicNote, pk=note, study=study.number)
    newest = of.versions.get(number=of.newest)
    initial = {"section": of.section, "text": newest.text, "reason": newest.reason}
    form = NoteForm(request.POST if request.method == "POST" else None, initial=initial)
    form.fields.pop("section")
    if not form.is_bound or not form.is_valid():
        return _page(request, study, of.language, form, note=of, status=400 if form.is_bound else 200)
    told = form.cleaned_data
    try:
        change_note(
            study=study, note=of, seen=seen_in(request.POST.get("seen", "")), text=told["text"],
            reason=told["reason"], by=request.person, at=request.received_at,
        )  # fmt: skip
    except (OpenFindings, NotPlain) as refusal:
        return _page(request, study, of.language, form, note=of, refusal=refusal, status=400)
    except ChangedMeanwhile as refusal:
        of.refresh_from_db()
        return _page(request, study, of.language, form, note=of, refusal=refusal, status=409)
    return SeeOther(_back(study))


@staff_page(EDIT)
@require_POST
def act(request: StaffRequest, number: str, note: int, what: str) -> HttpResponse:
    """Approve a note that waits, or take one off the page."""
    study = study_for(request.person, number)
    of = get_object_or_404(PublicNote, pk=note, study=study.number)
    try:
        if what == "approve":
            seen = seen_in(request.POST.get("seen", ""))
            approve_note(study=study, note=of, number=seen, by=request.person, at=request.received_at)
        elif what == "withdraw":
            withdraw_note(study=study, note=of, by=request.person, at=request.received_at)
        else:
            raise Http404(what)
    except (OwnWords, NotYours, ChangedMeanwhile) as refusal:
        newest = of.versions.get(number=of.newest)
        form = NoteForm(initial={"text": newest.text, "reason": newest.reason})
        form.fields.pop("section")
        return _page(request, study, of.language, form, note=of, refusal=refusal, status=409)
    return SeeOther(_back(study))


def _back(study: Study) -> str:
    return reverse("overviews:study", args=[study.number]) + "#notes"


def _page(
    request: StaffRequest, study: Study, language: str, form: NoteForm, *, note: PublicNote | None = None,
    refusal: Exception | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    typed = form["text"].value() or ""
    found = note_findings(study, language, str(typed)) if typed else []
    newest = note.versions.select_related("written_by").get(number=note.newest) if note else None
    context = {
        "study": study,
        "language": language,
        "language_name": words.LANGUAGE[language],
        "form": form,
        "note": note,
        "other": newest if isinstance(refusal, ChangedMeanwhile) else None,
        "refusal": in_words(refusal) if refusal else "",
        "findings": [(words.KIND.get(one.kind, one.kind), one) for one in found],
    }
    return render(request, "overviews/note.html", context, status=status)
