"""Syllables of words whose number is known; how far pyphen alone would be off."""

# ruff: noqa: E501 - a text of a table stays on its line

import pyphen
import pytest

from gravida.find.plain.sentences import Language
from gravida.find.plain.syllables import syllables

ENGLISH = """
a 1, the 1, blood 1, weeks 1, loss 1, lost 1, years 1, age 1, care 1, drugs 1, asked 1, used 1, called 1, trees 1,
takes 1, times 1, women 2, woman 2, about 2, any 2, study 2, treatment 2, placebo 3, wanted 2, tested 2, treated 2,
started 2, cases 2, doses 2, reaches 2, changes 2, cancer 2, table 2, little 2, people 2, trial 2, being 2,
again 2, early 2, chances 2, disease 2, diseases 3, pregnancy 3, pregnancies 3, miscarriage 3, miscarriages 4,
hospital 3, medicine 3, radiation 4, area 3, idea 3, create 2, created 3, anemia 4, leukemia 4,
diabetes 4, progesterone 4, infection 3, information 4, participate 4, participant 4, eligibility 6, observational 5,
immunodeficiency 8, embryo 3, implantation 4, safety 2, surgery 3, something 2, somebody 3, every 2, radial 3,
condition 3, special 2, patient 2, patients 2, previous 3, serious 3, science 2, quiet 2, heparin 3,
aspirin 3, asthma 2, rhythm 2, HIV 3, FSH 3, homework 2, careful 2, baseline 2, lifetime 2, vaccine 2, vaccines 2
"""
FRENCH = """
étude 2, femme 1, femmes 1, grossesse 2, grossesses 2, perte 1, pertes 1, fausse 1, couche 1, semaine 2, semaines 2,
traitement 3, traitements 3, médicament 4, participer 4, participe 3, participent 3, prennent 1, doivent 1, peuvent 1,
patiente 2, patientes 2, patient 2, souvent 2, moment 2, comment 2, âge 1, ans 1, vous 1, êtes 1, avez 2, santé 2,
équipe 2, hasard 2, placebo 3, maladie 3, maladies 3, vie 1, cancer 2, sein 1, cœur 1, utérus 3, embryon 3, sang 1,
précoce 2, précoces 2, implantation 4, échec 2, échecs 2, hôpital 3, lieu 1, pays 2, aujourd’hui 3, question 2,
questions 2, règles 1, autres 1, quatre 1, quatorze 2, oublier 3, client 2, réalité 4, diabète 3, infection 3,
leucémie 3, asthme 1, deuxième 2, pied 1, nuit 1, oui 1, feuille 1, travail 2, essai 2, payer 2, moyen 2, gagner 2,
commencé 3, terminée 3, suivie 2, données 2, registre 2, résultat 3, résultats 3, ouverte 2, prévue 2, créer 2,
poésie 3, chaos 2, étudier 3, médecin 3, hormone 2, hormones 2, fièvre 1, l’étude 2, d’une 1, qu’elle 1, opération 4
"""


def _known(table: str) -> list[tuple[str, int]]:
    pairs = (pair.strip().rsplit(" ", 1) for pair in table.replace("\n", " ").split(",") if pair.strip())
    return [(word, int(number)) for word, number in pairs]


WORDS: list[tuple[Language, str, int]] = [
    *(("en", word, number) for word, number in _known(ENGLISH)),
    *(("fr", word, number) for word, number in _known(FRENCH)),
]


@pytest.mark.parametrize("language", ["en", "fr"])
def test_nearly_every_word_has_its_syllables(language: Language) -> None:
    wrong = {
        word: (syllables(word, language=language), number)
        for one, word, number in WORDS
        if one == language and syllables(word, language=language) != number
    }
    known = sum(one == language for one, _word, _number in WORDS)
    assert known >= 90
    assert len(wrong) <= 0.03 * known, f"counted, wanted: {wrong}"


@pytest.mark.parametrize("language", ["en", "fr"])
def test_pyphen_alone_is_further_off(language: Language) -> None:
    patterns = pyphen.Pyphen(lang={"en": "en_US", "fr": "fr"}[language])
    rows = [(word, number) for one, word, number in WORDS if one == language]
    alone = sum(abs(len(patterns.positions(word)) + 1 - number) for word, number in rows)
    ours = sum(abs(syllables(word, language=language) - number) for word, number in rows)
    assert ours < alone / 4


def test_numbers_and_signs_count_at_least_one() -> None:
    assert syllables("700", language="en") == 1
    assert syllables("1,250,000", language="en") == 3
    assert syllables("²", language="fr") == 1
