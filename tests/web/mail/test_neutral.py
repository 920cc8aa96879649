"""Neutral words: disease words in both languages, however they are written, and no false alarms."""

import pytest

from gravida.web import tokens
from gravida.web.mail import neutral
from gravida.web.mail.neutral import forbid, telling_words


@pytest.mark.parametrize(
    "text",
    [
        "your miscarriage", "MISCARRIAGES", "a stillbirth", "pregnancy loss", "recurrent losses", "IVF",
        "Fausse couche", "fausses-couches", "FAUSSE  COUCHE", "fausse\u00a0couche", "grossesse arrêtée",
        "Gynécologie", "maternité", "infertilité", "F.I.V. ou FIV", "preg\u200bnancy", "preg\u00adnant",
        "ｍｉｓｃａｒｒｉａｇｅ", "Œstrogènes", "thrombophilie", "clinical trial", "NCT05557201",
        "nct 05557201",
        "2022-501234-12", "https://example.org/fausse-couche/x", "https://example.org/a?d=miscarriage",
        "https://example.org/%6Discarriage/", "https://ivf.example.org/",
        "https://example.org/studies/NCT05557201/", "échec d’implantation", "désir d’enfant",
    ],
)  # fmt: skip
def test_a_telling_word_is_found(text: str) -> None:
    assert telling_words(text)


@pytest.mark.parametrize(
    "text",
    [
        "The research team has answered you. Reference G-7K2Q.", "L’équipe de recherche vous a répondu.",
        "Vous pouvez l’appeler du lundi au vendredi, de 9 h à 17 h.", "Langue maternelle",
        "un exemple concret", "Assistance Publique – Hôpitaux de Paris",
        "https://example.org/r/7K2Q-9FHM-XR4T/", "code 2FCS-PMA4-7K2Q",
        "https://example.org/m/aB-ivf-xYZq9_ABCDEFabcdefGHIJKLmnOPQrs/", "Message-ID",
        "Bonjour,\nvotre message est arrivé.", "You asked us to call you on Tuesday 3 November.",
        "Si ce n’était pas vous, ne faites rien.",
    ],
)  # fmt: skip
def test_everyday_words_are_left_alone(text: str) -> None:
    assert telling_words(text) == []


def test_no_token_and_no_code_is_ever_taken_for_a_word() -> None:
    for _ in range(20_000):
        assert telling_words(f"https://example.org/r/{tokens.new_token()}/") == []
        assert telling_words(f"Your code: {tokens.new_code()}") == []


def test_titles_of_this_sites_studies_are_telling(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(neutral, "_own_words", set())
    forbid(["FALCO", "Facteurs   de l’avenir", " "])
    assert telling_words("about Falco.") == ["falco"]
    assert telling_words("des facteurs de l’avenir") == ["facteurs de l avenir"]
    assert telling_words("falconry") == []
