"""The report's words: complete in both languages, one for every code, none that hurts or claims a cause."""

import re
from pathlib import Path

import pytest

from gravida.analysis.plan_beside import ANOTHER_RULE, NO_DAY, NO_TABLE, NO_TIME, NOT_READABLE
from gravida.analysis.report.section_guard import CHECKLISTS, LIMITS, checklist
from gravida.analysis.report.words import LANGUAGES, NoWords, words_of
from gravida.analysis.run_describe import QUALITY
from gravida.analysis.run_traps import _TRAPS
from gravida.protocol.plan_words import CONTROLS, MODELS, SENSITIVITIES, TIMINGS
from tests.test_words import HURTFUL

HOME = Path(__file__).resolve().parents[3]
REPORT = HOME / "gravida/analysis/report"
CAUSAL = re.compile(
    r"\b(causes? of|caused by|leads? to|prevents?|protects?|provoque|entraîne|protège)\b", re.IGNORECASE
)


def _keys(language: str) -> dict[str, str]:
    return words_of(language).texts


def test_both_languages_have_the_same_keys_and_places() -> None:
    english, french = _keys("en"), _keys("fr")
    assert set(english) == set(french)
    for key, text in english.items():
        places = set(re.findall(r"\{\w+\}", text))
        assert set(re.findall(r"\{\w+\}", french[key])) == places, key


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_word_hurts_or_claims_a_cause(language: str) -> None:
    for key, text in _keys(language).items():
        assert not HURTFUL.search(text), key
        assert not CAUSAL.search(text), key


def test_french_is_set_with_its_own_spaces() -> None:
    wrong = [key for key, text in _keys("fr").items() if re.search(r" [;:?!»]|« |'", text)]
    assert wrong == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_key_that_the_code_asks_for_has_words(language: str) -> None:
    asked = set()
    for path in REPORT.glob("*.py"):
        asked |= set(
            re.findall(r'(?:words|say)\(\s*"([a-z_]+\.[A-Za-z_]+)"', path.read_text(encoding="utf-8"))
        )
    assert len(asked) > 150
    assert sorted(asked - set(_keys(language))) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_has_its_words(language: str) -> None:
    words = words_of(language)
    wanted = [f"model.{model}" for model in MODELS]
    wanted += [f"control.{control}" for control in CONTROLS]
    wanted += [f"timing.{timing}" for timing in TIMINGS]
    wanted += [f"sensitivity_kind.{kind}" for kind in SENSITIVITIES if kind]
    wanted += [f"trap.{code}" for code in _TRAPS] + [f"guard.{code}" for code in _TRAPS]
    wanted += [f"quality.{name}" for name in QUALITY] + [f"limit.{code}" for code in LIMITS]
    wanted += [f"warning.{code}" for code in WARNINGS] + [f"caution.{code}" for code in _cautions()]
    wanted += [f"step.{code}" for code in _steps()]
    wanted += [f"unanswered.{code}" for code in (NO_TABLE, NO_DAY, NO_TIME, ANOTHER_RULE, NOT_READABLE)]
    assert [key for key in wanted if not words.has(key)] == []


def _text(*names: str) -> str:
    return "\n".join((HOME / "gravida/analysis" / name).read_text(encoding="utf-8") for name in names)


WARNINGS = (
    "few_clusters",
    "few_at_risk_at_first_event",
    "all_at_risk_had_an_event_before_others_entered",
    "no_row_is_censored",
    "no_frailty_variance",
    "initial_conditions",
    "on_boundary",
    "several_maxima",
    "penalised_sandwich_is_first_order",
    "shrunken_estimates",
    "few_imputations",
    "chains_have_not_mixed",
    "complete_cases_not_estimable",
    "few_events",
    "no_standard_errors_after_selection",
    "fewer_women_than_needed",
    "no_intercept_published",
    "unverified_cells_used",
    "interpolated_between_published_ages",
    "marker_never_changes",
    "marker_not_estimable",
)


def test_the_warnings_of_the_kernels_are_those_listed_here() -> None:
    # Read from the source: a new warning of a kernel fails here before it reaches a reader without words.
    text = "\n".join(
        path.read_text(encoding="utf-8")
        for folder in ("", "survival", "missing", "markers", "prediction", "penalised")
        for path in (HOME / "gravida/analysis" / folder).glob("*.py")
    )
    found = {
        code
        for line in re.findall(r"warnings.*", text)
        for code in re.findall(r'"([a-z]+(?:_[a-z]+)+)"', line)
    }
    assert found - set(WARNINGS) == set()


def test_every_warning_known_to_the_report_has_words() -> None:
    for language in LANGUAGES:
        assert [code for code in WARNINGS if not words_of(language).has(f"warning.{code}")] == []


def _cautions() -> set[str]:
    return set(re.findall(r'Caution\(\s*code="(\w+)"', _text("plan_check.py")))


def _steps() -> set[str]:
    text = _text(
        "history.py", "plan_rows.py", "plan_rows_woman.py", "plan_rows_transfer.py", "plan_rows_recurrent.py"
    )
    found = set(re.findall(r'leave_out\(\s*f?"([a-z_]+)[":{]', text)) | {"read", "at_risk"}
    return {code for code in found if not code.endswith("_")} | {"not_in_population", "group_missing"}


@pytest.mark.parametrize("name", CHECKLISTS)
def test_a_checklist_has_the_same_items_and_sections_in_both_languages(name: str) -> None:
    english, french = checklist(name, "en"), checklist(name, "fr")
    assert [(item.number, item.section) for item in english] == [
        (item.number, item.section) for item in french
    ]
    titles = {key.removeprefix("section.") for key in _keys("en") if key.startswith("section.")}
    assert {item.section for item in english} <= titles | {""}
    assert len({item.number for item in english}) == len(english)


def test_a_key_without_words_is_refused() -> None:
    with pytest.raises(NoWords):
        words_of("en")("short.nothing")
    with pytest.raises(NoWords):
        words_of("de")
