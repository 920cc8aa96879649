"""The buttons of an overview: further, back, off the page; findings; and a text asked of a model."""

from collections.abc import Callable

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from gravida.find.models import Study
from gravida.find.overviews import actions_steps as steps
from gravida.find.overviews import words
from gravida.find.overviews.actions_findings import resolve, take_back
from gravida.find.overviews.actions_jobs import ask_for_text, cancel
from gravida.find.overviews.actions_texts import begin_from, put_together
from gravida.find.overviews.asked import language_in, study_for
from gravida.find.overviews.models_jobs import GenerationJob
from gravida.find.overviews.models_texts import OverviewText
from gravida.find.overviews.refusals import REFUSALS, in_words
from gravida.find.overviews.views_editor import EDIT, editor, seen_in
from gravida.web.people.access import SeeOther, staff_page
from gravida.web.people.request import StaffRequest

SECONDS_BETWEEN_LOOKS = 3
Act = Callable[[StaffRequest, Study, OverviewText], None]


def _reason(request: StaffRequest) -> str:
    return request.POST.get("reason", "").strip()[:1000]


def _begin(request: StaffRequest, study: Study, text: OverviewText) -> None:
    seen = seen_in(request.POST.get("seen", ""))
    begin_from(study=study, text=text, seen=seen, by=request.person, at=request.received_at)


# What is done with one version, by the last part of the address.
WITH_A_VERSION: dict[str, Act] = {
    "check": lambda request, study, text: steps.check(
        study=study, text=text, by=request.person, at=request.received_at
    ),
    "approve": lambda request, study, text: steps.approve(
        study=study, text=text, by=request.person, at=request.received_at
    ),
    "publish": lambda request, study, text: steps.publish(
        study=study, text=text, by=request.person, at=request.received_at
    ),
    "back": lambda request, study, text: steps.send_back(
        study=study, text=text, reason=_reason(request), by=request.person, at=request.received_at
    ),
    "put-away": lambda request, study, text: steps.put_away(
        study=study, text=text, reason=_reason(request), by=request.person, at=request.received_at
    ),
    "again": lambda request, study, text: steps.publish_again(
        study=study, text=text, reason=_reason(request), by=request.person, at=request.received_at
    ),
    "begin": _begin,
}


@staff_page(EDIT)
@require_POST
def act(request: StaffRequest, number: str, language: str, act: str) -> HttpResponse:
    """Do one thing; the editor's page again, with why, where it cannot be done."""
    study, language = study_for(request.person, number), language_in(language)
    try:
        if act == "rules":
            put_together(
                study=study, language=language, seen=seen_in(request.POST.get("seen", "")),
                by=request.person, at=request.received_at,
            )  # fmt: skip
        elif act == "model":
            ask_for_text(study=study, language=language, by=request.person, at=request.received_at)
            return SeeOther(reverse("overviews:generation", args=[study.number, language]))
        elif act == "cancel":
            return _cancel(request, study, language)
        else:
            _with_a_version(request, study, language, act)
    except REFUSALS as refusal:
        return editor(request, study, language, refusal=in_words(refusal), status=409)
    return SeeOther(reverse("overviews:edit", args=[study.number, language]) + f"?done={act}")


def _with_a_version(request: StaffRequest, study: Study, language: str, act: str) -> None:
    if act not in WITH_A_VERSION:
        raise Http404(act)
    number = seen_in(request.POST.get("version", ""))
    text = get_object_or_404(OverviewText, study=study.number, language=language, number=number)
    WITH_A_VERSION[act](request, study, text)


@staff_page(EDIT)
@require_POST
def finding(request: StaffRequest, number: str, language: str) -> HttpResponse:
    """A finding resolved with a reason, or opened again."""
    study, language = study_for(request.person, number), language_in(language)
    version = seen_in(request.POST.get("version", ""))
    text = get_object_or_404(OverviewText, study=study.number, language=language, number=version)
    key, at = request.POST.get("key", "")[:64], request.received_at
    try:
        if request.POST.get("do") == "open":
            take_back(study=study, text=text, key=key, by=request.person, at=at)
        else:
            resolve(study=study, text=text, key=key, reason=_reason(request), by=request.person, at=at)
    except REFUSALS as refusal:
        return editor(request, study, language, refusal=in_words(refusal), status=409)
    return SeeOther(reverse("overviews:edit", args=[study.number, language]) + "#findings")


def _cancel(request: StaffRequest, study: Study, language: str) -> HttpResponse:
    job = GenerationJob.objects.filter(study=study.number, language=language).order_by("-pk").first()
    if job is None:
        raise Http404(study.number)
    cancel(study=study, job=job, by=request.person, at=request.received_at)
    return SeeOther(reverse("overviews:generation", args=[study.number, language]))


@staff_page(EDIT)
@require_safe
def generation(request: StaffRequest, number: str, language: str) -> HttpResponse:
    """How far a text asked of a model is; looks again by itself while it is on its way."""
    study, language = study_for(request.person, number), language_in(language)
    job = GenerationJob.objects.filter(study=study.number, language=language).order_by("-pk").first()
    if job is None:
        raise Http404(number)
    context = {
        "study": study,
        "language": language,
        "language_name": words.LANGUAGE[language],
        "job": job,
        "why": words.failure(job.failure) if job.failure else "",
        "trouble": words.failure(job.last_trouble.partition(" ")[0]) if job.last_trouble else "",
        "seconds": SECONDS_BETWEEN_LOOKS,
    }
    answer = render(request, "overviews/generation.html", context)
    if job.is_open:
        # Without a script, too.
        answer["Refresh"] = str(SECONDS_BETWEEN_LOOKS)
    return answer
