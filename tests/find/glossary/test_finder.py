"""Terms found in texts: case, plural, accents, the longest, abbreviations in their own letters."""

import pytest

from gravida.find.glossary.finder import Finder
from tests.cpu import growth
from tests.find.glossary.small_glossary import GLOSSARY


@pytest.mark.parametrize(
    ("language", "text", "found"),
    [
        ("en", "A cohort of women", ["cohort"]),
        ("en", "COHORTS, Cohort's", ["COHORTS", "Cohort"]),
        ("en", "cohorted, subcohort", []),
        ("en", "early miscarriages and a miscarriage", ["early miscarriages", "miscarriage"]),
        ("en", "A cohort study", ["cohort study"]),
        ("en", "biopsies", ["biopsies"]),
        ("en", "follow up, follow-up, follow\n      up", ["follow up", "follow-up", "follow\n      up"]),
        ("en", "weeks of\u00a0amenorrhoea", ["weeks of\u00a0amenorrhoea"]),
        ("en", "early. Miscarriage", ["Miscarriage"]),
        ("fr", "des fausses couches précoces", ["fausses couches précoces"]),
        ("fr", "14 semaines d'aménorrhée", ["semaines d'aménorrhée"]),
        ("fr", "14 SEMAINES D’AMENORRHEE", ["SEMAINES D’AMENORRHEE"]),
        ("fr", "une e\u0301tude de cohorte", ["e\u0301tude de cohorte"]),
        ("fr", "anomalies chromosomaux", ["chromosomaux"]),
        ("en", "IF after transfer", ["IF"]),
        ("en", "If it is so, if not", []),
        ("en", "EXCLUDED IF THE TRANSFER", []),
        ("en", "a dose, IF on a stable one", []),
        ("fr", "la société SA et sa filiale", []),
        ("en", "RPL/IF and RPLs", ["RPL", "IF", "RPLs"]),
        ("fr", "avant 14 SA, dans sa vie", ["SA"]),
        ("en", "rpl", []),
        ("en", "under MR-004, MR 004", ["MR-004", "MR 004"]),
        ("en", "", []),
        ("en", "<b>cohort</b> & cohort", ["cohort", "cohort"]),
    ],
)
def test_terms_are_found_as_people_write_them(language: str, text: str, found: list[str]) -> None:
    finder = Finder(GLOSSARY, language=language)
    assert [text[one.start : one.end] for one in finder.find(text)] == found


def test_a_long_text_costs_no_more_for_each_word_than_a_short_one() -> None:
    # given words that begin a term again and again, and blanks without end
    finder = Finder(GLOSSARY, language="en")
    for text in ("weeks of " * 32_000, "weeks" + " " * 200_000 + "of"):
        assert list(finder.find(text)) == []
        # then four times the text takes about four times as long, not sixteen times
        assert growth(lambda text: list(finder.find(text)), text) < 8
