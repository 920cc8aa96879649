"""The versions of an overview, and one of them with what it changed."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from gravida.find.overviews import words
from gravida.find.overviews.asked import language_in, study_for
from gravida.find.overviews.differences import differences
from gravida.find.overviews.models_texts import OverviewText
from gravida.find.overviews.places import may_approve
from gravida.find.overviews.provenance import provenance_of
from gravida.find.overviews.sections import SECTIONS
from gravida.find.overviews.states import SHOWN, WORKING, State
from gravida.find.overviews.views_editor import EDIT
from gravida.find.overviews.writing import newest_number, record_version
from gravida.find.site_studies import site_studies
from gravida.web.people.access import staff_page
from gravida.web.people.request import StaffRequest


@staff_page(EDIT)
@require_safe
def versions(request: StaffRequest, number: str, language: str) -> HttpResponse:
    """Every version, newest first, with its steps."""
    study, language = study_for(request.person, number), language_in(language)
    texts = (
        OverviewText.objects.of(study.number, language)
        .select_related("generation", "written_by")
        .prefetch_related("steps__by")
    )
    is_of_team = study.number in site_studies()
    rows = [
        {
            "text": text,
            "state": words.STATE[text.where],
            "told": provenance_of(text, is_of_study_team=is_of_team).writer_words,
            "steps": [
                (words.STATE[State(step.state_after)], step)
                for step in sorted(text.steps.all(), key=lambda step: step.pk)
            ],
        }
        for text in texts[:100]
    ]
    context = {"study": study, "language": language, "language_name": words.LANGUAGE[language], "rows": rows}
    return render(request, "overviews/versions.html", context)


@staff_page(EDIT)
@require_safe
def version(request: StaffRequest, number: str, language: str, version: int) -> HttpResponse:
    """One version, with what changed since the one before it."""
    study, language = study_for(request.person, number), language_in(language)
    text = get_object_or_404(
        OverviewText.objects.select_related("generation", "written_by"),
        study=study.number, language=language, number=version,
    )  # fmt: skip
    before = OverviewText.objects.of(study.number, language).filter(number__lt=version).first()
    old, new = before.texts if before else {}, text.texts
    is_same_record = text.record_sha256 == record_version(study).sha256
    context = {
        "study": study,
        "language": language,
        "language_name": words.LANGUAGE[language],
        "text": text,
        "before": before,
        "state": words.STATE[text.where],
        "sections": [
            (words.section(code), differences(old.get(code, ""), new.get(code, "")))
            for code in SECTIONS
            if code in old or code in new
        ],
        "newest": newest_number(study.number, language),
        "can_begin": text.where not in WORKING,
        "can_come_back": (
            text.where not in WORKING | SHOWN
            and text.published_at is not None
            and is_same_record
            and may_approve(request.person, study.number)
            and text.written_by_id != request.person.pk
        ),
        "can_go": text.where in SHOWN,
    }
    return render(request, "overviews/version.html", context)
