"""Overviews that stand in study folders: FALCO's own pass every guard; others wait until they do."""

import shutil
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as site

from gravida.find.models import Study
from gravida.find.overviews.folder_texts import UnusableText, read_reviewed
from gravida.find.overviews.judging import judge
from gravida.find.overviews.models import Generation, OverviewText
from gravida.find.overviews.reads import published_overview
from gravida.find.overviews.sections import MOST_WORDS_IN_SHORT, words_in
from gravida.find.overviews.sources import sources_of
from gravida.find.overviews.text_form import NotInForm, read_form, write_form
from gravida.find.overviews.upkeep import refresh
from gravida.web.people.models import Person
from tests.find.overviews.making import change_record, write_draft

LANGUAGES = ("en", "fr")


@pytest.mark.parametrize("language", LANGUAGES)
def test_falcos_overview_passes_every_guard_and_reads_easily(study: Study, language: Any) -> None:
    form, reviewed, _ = read_reviewed(site.STUDIES / "falco" / "texts" / f"overview.{language}.md")
    found = judge(form.texts, language=language, sources=sources_of(study))
    assert found.findings == ()
    assert found.reading is not None
    assert (found.reading.grade <= 8, found.reading.mean_sentence_words <= 15) == (True, True)
    for section, reading in found.by_section.items():
        assert reading.grade <= 8, section
        assert max(sentence.words for sentence in reading.sentences) <= 25, section
    assert words_in(form.texts["in_short"]) <= MOST_WORDS_IN_SHORT
    assert reviewed.record_day == study.updated_on
    # What the record does not say is left to the team, not invented.
    assert not {"cost", "results"} & set(form.texts)


@pytest.mark.parametrize(
    ("language", "promises"),
    [
        ("en", ("no new treatment", "usual care", "say no")),
        ("fr", ("aucun nouveau traitement", "soins habituels", "dire non")),
    ],
)
def test_falcos_overview_says_first_that_it_tests_no_treatment(
    language: str, promises: tuple[str, ...]
) -> None:
    form, _, _ = read_reviewed(site.STUDIES / "falco" / "texts" / f"overview.{language}.md")
    for promise in promises:
        assert promise in form.texts["in_short"]


def test_a_folders_text_is_published_once_and_says_who_stands_for_it(study: Study, now: datetime) -> None:
    assert refresh(at=now) == []
    assert refresh(at=now) == []
    assert OverviewText.objects.count() == len(LANGUAGES)
    for language in LANGUAGES:
        shown = published_overview(study, language=language, at=now)
        assert shown is not None
        assert (shown.provenance.writer, shown.is_stale) == (Generation.Writer.FOLDER, False)
    told = published_overview(study, language="en", at=now).provenance.sentences  # type: ignore[union-attr]
    assert told[0] == "Written by the authors of this study’s folder on 22 November 2026."
    assert told[1].startswith("Checked against the record by the authors of this study’s folder")


def test_a_folders_text_is_said_to_be_old_after_the_record_changed(study: Study, now: datetime) -> None:
    refresh(at=now)
    changed = change_record(at=now)
    refresh(at=now)
    shown = published_overview(changed, language="en", at=now)
    assert shown is not None and shown.is_stale
    assert OverviewText.objects.filter(state="stale").count() == len(LANGUAGES)


@pytest.fixture
def folder(settings: Any, tmp_path: Path) -> Path:
    """A copy of FALCO's folder, to be changed."""
    shutil.copytree(site.STUDIES / "falco", tmp_path / "studies" / "falco")
    settings.STUDIES = tmp_path / "studies"
    return tmp_path / "studies" / "falco" / "texts"


def _change(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    if old not in text:
        raise AssertionError(old)
    file.write_text(text.replace(old, new), encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new"),
    [("18 to 50 years", "18 to 55 years"), ("record: 2025-12-19", "record: 2024-01-01")],
    ids=["a finding", "another record"],
)
def test_a_text_that_does_not_fit_the_record_stays_a_draft(
    study: Study, folder: Path, now: datetime, old: str, new: str
) -> None:
    _change(folder / "overview.en.md", old, new)
    refresh(at=now)
    assert OverviewText.objects.get(language="en").state == "draft"
    assert published_overview(study, language="en", at=now) is None


@pytest.mark.parametrize(
    ("old", "new", "wanted"),
    [
        ("written-by: folder", "written-by: someone", "team or folder"),
        ("approved-by: folder", "approved-by: nobody", "one of"),
        ("approved-on: 2026-11-22", "approved-on: yesterday", "a day"),
        ("## what\n", "## why\n", "one of in_short"),
    ],
)
def test_a_file_that_cannot_be_read_is_named_and_the_others_come_in(
    study: Study, folder: Path, now: datetime, old: str, new: str, wanted: str
) -> None:
    _change(folder / "overview.en.md", old, new)
    (sentence,) = refresh(at=now)
    assert "overview.en.md" in sentence and wanted in sentence
    assert published_overview(study, language="fr", at=now) is not None
    with pytest.raises(UnusableText):
        read_reviewed(folder / "overview.en.md")


def test_a_new_file_takes_the_place_but_not_of_what_somebody_is_writing(
    study: Study, folder: Path, editor: Person, now: datetime
) -> None:
    refresh(at=now)
    _change(folder / "overview.en.md", "Ask the team.", "Please ask the team.")
    refresh(at=now)
    shown = published_overview(study, language="en", at=now)
    assert shown is not None and shown.number == 2
    write_draft(study, by=editor, at=now)
    _change(folder / "overview.en.md", "Please ask the team.", "Do ask the team.")
    refresh(at=now)
    assert OverviewText.objects.filter(language="en").count() == 3


def test_the_form_is_read_as_it_is_written() -> None:
    texts = {"in_short": "One.\n\nTwo.", "what": "Three."}
    form = read_form(write_form(texts, head={"record": "2025-12-19"}))
    assert (form.texts, form.head) == (texts, {"record": "2025-12-19"})


@pytest.mark.parametrize(
    ("text", "line"), [("words\n", 1), ("a: b\n\n## nowhere\n", 3), ("## what\nA\n## what\nB\n", 3)]
)
def test_what_is_not_in_the_form_is_named_with_its_line(text: str, line: int) -> None:
    with pytest.raises(NotInForm) as error:
        read_form(text)
    assert error.value.line == line
