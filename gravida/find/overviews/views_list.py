"""The list of overviews, and one study with both its languages side by side."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from gravida.find.overviews import words
from gravida.find.overviews.asked import study_for
from gravida.find.overviews.figures import figures_of
from gravida.find.overviews.list_page import found_studies, study_rows
from gravida.find.overviews.models_texts import OverviewText
from gravida.find.overviews.places import may_approve
from gravida.find.overviews.reads_notes import notes_of
from gravida.find.overviews.sections import LANGUAGES, SECTIONS
from gravida.find.overviews.views_editor import EDIT
from gravida.web.people.access import staff_page
from gravida.web.people.request import StaffRequest


@staff_page(EDIT)
@require_safe
def overviews(request: StaffRequest) -> HttpResponse:
    """What there is to do, and a search for a study to begin with."""
    asked = request.GET.get("q", "")
    context = {
        "rows": study_rows(request.person),
        "asked": asked,
        "found": found_studies(request.person, asked) if asked else [],
    }
    return render(request, "overviews/list.html", context)


@staff_page(EDIT)
@require_safe
def study(request: StaffRequest, number: str) -> HttpResponse:
    """Both languages side by side, public notes, and how easy visitors found each section."""
    of = study_for(request.person, number)
    newest = {language: OverviewText.objects.of(of.number, language).first() for language in LANGUAGES}
    context = {
        "study": of,
        "languages": [
            (language, words.LANGUAGE[language], text, words.STATE[text.where] if text else "")
            for language, text in newest.items()
        ],
        "sections": [
            (words.section(code), [(language, text.texts.get(code, "") if text else "")
                                   for language, text in newest.items()])
            for code in SECTIONS
            if any(text and code in text.sections for text in newest.values())
        ],
        "figures": [
            (words.LANGUAGE[language], [(words.section(row.section), row) for row in rows])
            for language in LANGUAGES
            if (rows := figures_of(of.number, language))
        ],
        "notes": [
            {"note": note, "version": version, "section": words.section(note.section),
             "can_approve": (version.approved_at is None and note.withdrawn_at is None
                             and version.written_by_id != request.person.pk
                             and may_approve(request.person, of.number))}
            for note, version in notes_of(of.number)
        ],
    }  # fmt: skip
    return render(request, "overviews/study.html", context)
