"""Sentences, grades and their borders; hostile text in linear time."""

# ruff: noqa: E501 - a text of a table stays on its line

import pytest

from gravida.find.plain.reading import TARGET_GRADE, grade_of, grade_of_score, reading_of
from gravida.find.plain.sentences import sentences
from tests.cpu import growth

SENTENCES = [
    ("One. Two! Three?", ["One.", "Two!", "Three?"]),
    ("Take 0.5 mg, e.g. Aspirin. Then wait.", ["Take 0.5 mg, e.g. Aspirin.", "Then wait."]),
    ("See Dr. Martin at 5 p.m. Then go.", ["See Dr. Martin at 5 p.m.", "Then go."]),
    ("J. Doe came. She left.", ["J. Doe came.", "She left."]),
    ("This is about hepatitis C. It was for adults.", ["This is about hepatitis C.", "It was for adults."]),
    ("« Bonjour ! » Elle répond.", ["« Bonjour ! »", "Elle répond."]),
    ("Elle a dit : « Oui. » Puis non.", ["Elle a dit : « Oui. »", "Puis non."]),
    ("You can join if:\n- you are a woman\n- you are 18", ["You can join if:", "you are a woman", "you are 18"]),
    ("1. First\n2. Second", ["First", "Second"]),
    ("A heading\n\nA text.", ["A heading", "A text."]),
    ("This line is broken in the middle because the registry\nbreaks its lines.",
     ["This line is broken in the middle because the registry\nbreaks its lines."]),
    ("La dose est de 3,5 mg par jour (max. 7 mg). Voir p. ex. la notice.",
     ["La dose est de 3,5 mg par jour (max. 7 mg).", "Voir p. ex. la notice."]),
    ("Wait... no. Yes…", ["Wait... no.", "Yes…"]),
    ("*** \n ---", []),
    ("", []),
]  # fmt: skip


@pytest.mark.parametrize(("text", "wanted"), SENTENCES, ids=[row[0][:30] for row in SENTENCES])
def test_a_text_is_cut_where_a_reader_stops(text: str, wanted: list[str]) -> None:
    found = sentences(text)
    assert [one.text for one in found] == wanted
    assert all(text[one.start : one.end] == one.text for one in found)


def test_the_english_grade_is_that_of_flesch_and_kincaid() -> None:
    assert grade_of(10, 1.5, language="en") == pytest.approx(0.39 * 10 + 11.8 * 1.5 - 15.59)
    assert grade_of(1, 1, language="en") == 0


@pytest.mark.parametrize(
    ("score", "grade"), [(100, 4.5), (95, 5), (85, 6), (75, 7), (65, 8.5), (55, 11), (40, 14.5), (15, 17)]
)
def test_a_kandel_moles_score_has_the_grade_of_its_band(score: float, grade: float) -> None:
    assert grade_of_score(score) == pytest.approx(grade)


def test_a_higher_score_is_never_a_higher_grade() -> None:
    grades = [grade_of_score(score / 2) for score in range(-400, 400)]
    assert grades == sorted(grades, reverse=True)
    assert grade_of_score(68.4) < TARGET_GRADE < grade_of_score(68.2)


def test_each_sentence_has_its_own_figures() -> None:
    reading = reading_of("No drug is tested. The team sees the women each week.", language="en")
    assert [(one.words, one.syllables) for one in reading.sentences] == [(4, 5), (7, 8)]
    assert reading.mean_sentence_words == 5.5
    assert reading.meets_target


def test_registry_prose_misses_the_target() -> None:
    hard = (
        "Identification of etiological determinants of unexplained recurrent gestational demise necessitates "
        "multidisciplinary immunological characterisation of prospectively recruited participants."
    )
    assert reading_of(hard, language="en").grade > 15
    assert not reading_of(hard, language="en").meets_target
    assert reading_of("L’identification prospective des déterminants étiologiques de l’infertilité inexpliquée "
                      "nécessite une caractérisation immunologique multidisciplinaire.", language="fr").grade > 14  # fmt: skip


def test_a_text_without_words_has_no_grade() -> None:
    assert reading_of("… !", language="fr").sentences == ()


HOSTILE = [
    "a",
    "a.",
    "a. ",
    ".",
    "\n",
    "- ",
    "é",
    " ",
    "A\n",
    "1.",
    '"',
    ".»",
    "a'",
    "e-",
    "\u00a0",
    "a" * 200 + " ",
]


@pytest.mark.parametrize("piece", HOSTILE, ids=repr)
def test_hostile_text_is_read_in_linear_time(piece: str) -> None:
    text = piece * (200_000 // len(piece))
    assert growth(lambda text: reading_of(text, language="fr"), text) < 8
