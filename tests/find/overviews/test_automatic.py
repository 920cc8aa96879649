"""What rules make of a record: shown unread only where nothing is amiss, made once, never slow."""

from datetime import datetime
from typing import Any

import pytest

from gravida.find.models import Study
from gravida.find.overviews import automatic
from gravida.find.overviews.automatic import automatic_overview, showable
from gravida.find.overviews.judging import Sources
from gravida.find.overviews.pages.part import shown_overview
from gravida.find.overviews.upkeep import refresh
from gravida.find.plain.builder import BuiltOverview
from gravida.find.record import read_record
from tests.find.overviews.making import change_record


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_study_without_words_of_people_shows_those_of_rules_and_says_so(
    study: Study, now: datetime, language: str
) -> None:
    shown = shown_overview(study, language=language, at=now)
    assert shown is not None and shown.is_automatic and not shown.provenance.is_reviewed
    assert shown.sections
    refresh(at=now)
    published = shown_overview(study, language=language, at=now)
    assert published is not None and not published.is_automatic


def test_what_is_studied_is_answered_with_the_lines_that_name_it(study: Study, now: datetime) -> None:
    shown = automatic_overview(study, language="en")
    assert shown is not None
    assert shown.answer("what").startswith(shown.in_short)
    assert shown.answer("what").endswith(shown.sections["what"])


def test_the_line_says_that_nobody_has_reviewed_it(study: Study, now: datetime) -> None:
    told = automatic_overview(study, language="en").provenance.sentences  # type: ignore[union-attr]
    assert told[0].startswith("Put together automatically from the registry record on ")
    assert told[0].endswith("; nobody has reviewed it yet.")


@pytest.mark.parametrize(
    ("section", "words"),
    [
        ("could_i", "This study is for women of 18 to 55 years."),
        ("what", "It looks at women after an abortion."),
        (
            "what",
            "Immunophenotyping of haematological subpopulations characterises dysregulation.",
        ),
        ("in_short", "It is a study. " * 40),
    ],
    ids=["a fact", "a word", "hard", "long"],
)
def test_words_of_rules_with_anything_amiss_are_not_shown(
    study: Study, monkeypatch: pytest.MonkeyPatch, section: str, words: str
) -> None:
    def build(record: Any, *, language: str) -> BuiltOverview:
        return BuiltOverview(sections=((section, words),))

    monkeypatch.setattr("gravida.find.overviews.recipes.build_overview", build)
    assert showable(Sources(record=study.record), language="en") == {}


def test_a_record_that_says_nothing_shows_nothing_or_little() -> None:
    empty = read_record({"protocolSection": {"identificationModule": {"nctId": "NCT00000001"}}})
    for language in ("en", "fr"):
        showable(Sources(record=empty), language=language)  # type: ignore[arg-type]  # of the two


def test_a_study_without_a_record_or_in_another_language_has_none(study: Study) -> None:
    assert automatic_overview(Study(number="NCT00000002"), language="en") is None
    assert automatic_overview(study, language="de") is None


def test_it_is_made_once_for_each_record_and_language(study: Study, now: datetime, monkeypatch: Any) -> None:
    automatic._known.clear()
    made = []
    real = automatic.showable
    monkeypatch.setattr(automatic, "showable", lambda *a, **k: made.append(k["language"]) or real(*a, **k))
    for _ in range(3):
        automatic_overview(study, language="en")
    automatic_overview(study, language="fr")
    assert made == ["en", "fr"]
    automatic_overview(change_record(at=now), language="en")
    assert made == ["en", "fr", "en"]


def test_no_more_are_remembered_than_fit(study: Study, monkeypatch: Any) -> None:
    monkeypatch.setattr(automatic, "REMEMBERED", 2)
    automatic._known.clear()
    for number in range(5):
        automatic._remembered(study, str(number), "en")
    assert len(automatic._known) == 2
