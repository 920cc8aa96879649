"""Words to avoid: found in every form, replaced by something, extended and allowed by a study folder."""

# ruff: noqa: E501 - a text of a table stays on its line

from pathlib import Path

import pytest

from gravida.find.plain.lexicon import LANGUAGES, UnreadableLexicon, findings, lexicon_of, product_lexicon
from gravida.find.plain.sentences import Language

FOUND: list[tuple[Language, str, list[str]]] = [
    ("en", "A spontaneous abortion.", ["abortion"]),
    ("en", "Habitual\naborters and ABORTIONS", ["Habitual\naborters", "ABORTIONS"]),
    ("en", "recidivism after products of conception", ["recidivism", "products of conception"]),
    ("en", "an incompetent cervix, a blighted ovum", ["incompetent cervix", "blighted ovum"]),
    ("en", "the failure of the woman; barren; a victim", ["failure of the woman", "barren", "victim"]),
    ("fr", "un avortement spontané et ses récidives", ["avortement spontané", "récidives"]),
    ("fr", "l'échec de la femme, l’échec de la mère", ["échec de la femme", "échec de la mère"]),
    ("fr", "produits de conception ; femme stérile ; victimes", ["produits de conception", "femme stérile", "victimes"]),
    ("fr", "une incompétence cervicale", ["incompétence cervicale"]),
]  # fmt: skip
ALLOWED: list[tuple[Language, str]] = [
    ("en", "Repeated miscarriage, early pregnancy loss."),
    ("en", "implantation failure; ovarian failure; the test failed"),
    ("en", "inhabitual visits"),
    ("fr", "fausses couches à répétition, pertes de grossesse, échec d’implantation"),
    ("fr", "les soins habituels ; une nouvelle perte"),
]


@pytest.mark.parametrize(("language", "text", "words"), FOUND, ids=[row[1] for row in FOUND])
def test_a_word_that_hurts_is_found_with_what_to_say_instead(
    language: Language, text: str, words: list[str]
) -> None:
    found = findings(text, language=language)
    assert [one.word for one in found] == words
    assert all(text[one.start : one.end] == one.word and one.prefer for one in found)


@pytest.mark.parametrize(("language", "text"), ALLOWED, ids=[row[1] for row in ALLOWED])
def test_words_that_people_accept_pass(language: Language, text: str) -> None:
    assert findings(text, language=language) == ()


def test_what_is_preferred_is_not_itself_to_be_avoided() -> None:
    for language in LANGUAGES:
        for avoided in product_lexicon().avoided(language):
            assert findings(avoided.prefer, language=language) == (), avoided


def test_a_study_folder_adds_words_and_allows_some(tmp_path: Path) -> None:
    (tmp_path / "texts").mkdir()
    assert lexicon_of(tmp_path) == product_lexicon()
    (tmp_path / "texts" / "words.toml").write_text(
        '[[en]]\nforms = ["cohort*"]\nprefer = "group"\n[allow]\nfr = ["victimes"]\n', encoding="utf-8"
    )
    own = lexicon_of(tmp_path)
    assert [one.word for one in findings("Cohorts and abortions", language="en", lexicon=own)] == [
        "Cohorts",
        "abortions",
    ]
    assert findings("victimes", language="fr", lexicon=own) == ()
    assert [one.word for one in findings("victime", language="fr", lexicon=own)] == ["victime"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[[en", "end of document"),
        ('[[de]]\nforms = ["x"]', "found de"),
        ("[[en]]\nforms = []", "forms wanted"),
        ('[[en]]\nforms = ["x"]', "prefer wanted"),
        ('[allow]\nen = ["unknown"]', "unknown is not among"),
    ],
)
def test_a_list_that_cannot_be_read_says_why(tmp_path: Path, text: str, reason: str) -> None:
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "words.toml").write_text(text, encoding="utf-8")
    with pytest.raises(UnreadableLexicon, match=reason):
        lexicon_of(tmp_path)
