"""The texts of the questions: true to the kind of study, easy to read, gentle, whole in both languages."""

import re

import pytest

from gravida.find.plain.lexicon import findings
from gravida.find.plain.reading import reading_of
from gravida.find.questions.faq import questions_of_kind
from gravida.find.questions.kinds import KINDS

LANGUAGES = ("en", "fr")
EVERY = [(kind, language) for kind in KINDS for language in LANGUAGES]
FIVE_OF_THE_SOURCE = {"what_is_it", "why_take_part", "how_long", "paid", "how_safe"}
ADDED = {
    "drug", "non_opposition", "data", "samples", "stop", "doctor", "care", "pregnant", "my_results", "costs",
    "partner", "ame", "social_security",
}  # fmt: skip


def texts(kind: str, language: str) -> list[tuple[str, str]]:
    return [(one.id, f"{one.question} {one.answer}") for one in questions_of_kind(kind, language=language)]


@pytest.mark.parametrize(("kind", "language"), EVERY)
def test_each_kind_answers_every_question_once(kind: str, language: str) -> None:
    ids = [one.id for one in questions_of_kind(kind, language=language)]
    missing = {"non_opposition"} if kind == "expanded_access" else set()
    assert set(ids) == (FIVE_OF_THE_SOURCE | ADDED) - missing
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize(("kind", "language"), EVERY)
def test_each_answer_is_at_grade_eight_or_easier(kind: str, language: str) -> None:
    read = {
        one.id: reading_of(one.answer, language=language)
        for one in questions_of_kind(kind, language=language)
    }
    assert {
        name: (one.grade, one.mean_sentence_words) for name, one in read.items() if not one.meets_target
    } == {}


@pytest.mark.parametrize(("kind", "language"), EVERY)
def test_no_text_holds_a_word_that_hurts(kind: str, language: str) -> None:
    found = [(name, findings(text, language=language)) for name, text in texts(kind, language)]
    assert [(name, words) for name, words in found if words] == []


# What an observational study cannot give. A sentence that speaks of a treatment or drug denies it.
TREATMENT = re.compile(r"treatment|drug|traitement|médicament", re.I)
DENIED = re.compile(r"\b(no|not|own doctor|aucun|ne teste|c’est votre médecin|Teste-t-on|Is a drug)\b", re.I)
PROMISE = re.compile(
    r"early access|effective|helps? you|cures?\b|heal\b|you (?:will )?gain|better care|"
    r"accès (?:précoce|rapide)|efficace|vous aide(?:ra)?\b|guéri|mieux soigné|vous (?:y )?gagnez",
    re.I,
)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", ["cohort", "registry"])
def test_an_observational_study_promises_no_treatment_and_no_gain(kind: str, language: str) -> None:
    for name, text in texts(kind, language):
        for sentence in re.split(r"(?<=[.?!])\s+", text):
            if name in {"ame", "social_security"}:
                continue
            assert not PROMISE.search(sentence), f"{name}: {sentence}"
            assert not TREATMENT.search(sentence) or DENIED.search(sentence), f"{name}: {sentence}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_trial_promises_no_help_either(language: str) -> None:
    for name, text in texts("interventional", language):
        for sentence in re.split(r"(?<=[.?!])\s+", text):
            if re.search(r"will help you|vous aidera\b", sentence):
                assert re.search(r"Nobody|Personne", sentence), f"{name}: {sentence}"


@pytest.mark.parametrize("kind", KINDS)
def test_french_is_set_with_spaces_that_do_not_break(kind: str) -> None:
    for name, text in texts(kind, "fr"):
        assert not re.search(r" [?!:;»]|« |'", text), name


@pytest.mark.parametrize(("kind", "language"), EVERY)
def test_what_depends_on_the_study_is_left_to_its_team(kind: str, language: str) -> None:
    ask = re.compile(r"\bteam\b|\bdoctor\b|équipe|médecin")
    told = dict(texts(kind, language))
    for name in ("how_long", "samples", "costs", "my_results", "data"):
        assert ask.search(told[name]), name
