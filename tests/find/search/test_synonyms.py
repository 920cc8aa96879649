"""Terms of equal meaning are searched too, shown, and can be removed."""

import pytest

from gravida.find.search.request import Synonym
from gravida.find.search.synonyms import thesaurus
from gravida.find.search.words import words_of
from tests.find.search.conftest import AddStudy, Find, numbers


@pytest.mark.parametrize(
    ("typed", "title"),
    [
        ("fausse couche", "Care after miscarriage"),
        ("fausses couches à répétition", "Recurrent pregnancy loss and thyroid"),
        ("fausses couches a repetition", "Treatment of recurrent miscarriage"),
        ("échec d'implantation", "Implantation failure after transfer"),
        ("échecs d’implantation à répétition", "Recurrent implantation failure"),
        ("FIV", "In vitro fertilization in natural cycles"),
        ("fiv", "Outcome of IVF"),
        ("PMA", "Assisted reproductive technology and sleep"),
        ("SAPL", "Antiphospholipid syndrome in pregnancy"),
        ("endométriose", "Pain in endometriosis"),
        ("SOPK", "Metformin in polycystic ovary syndrome"),
        ("infertilité", "Subfertility and sport"),
        ("thrombophilie", "Inherited thrombophilia"),
        ("progestérone", "Dydrogesterone after transfer"),
        ("transfert d'embryons congelés", "Frozen embryo transfer in natural cycles"),
        ("insuffisance ovarienne prématurée", "Primary ovarian insufficiency"),
        ("RPL", "Recurrent pregnancy loss"),
        ("miscarriage", "Étude de la fausse couche précoce"),
    ],
)
def test_a_term_finds_studies_that_use_another_one_in_either_language(
    add_study: AddStudy, find: Find, typed: str, title: str
) -> None:
    wanted = add_study(title)
    add_study("Knee pain in runners")

    result = find(typed)

    assert numbers(result) == [wanted.number]
    assert result.also_searched
    assert result.hits[0].because


def test_only_terms_that_some_study_carries_are_shown(add_study: AddStudy, find: Find) -> None:
    add_study("Recurrent pregnancy loss")

    result = find("fausses couches à répétition")

    assert result.also_searched == [Synonym(of="fausses couches répétition", term="recurrent pregnancy loss")]


def test_a_removed_synonym_is_not_searched_and_told_as_removed(add_study: AddStudy, find: Find) -> None:
    add_study("Recurrent pregnancy loss")
    kept = add_study("Repeated miscarriage")
    before = find("recurrent miscarriage")

    after = find("recurrent miscarriage", without_synonyms=frozenset({"recurrent pregnancy loss"}))

    assert before.total == 2
    assert numbers(after) == [kept.number]
    assert [removed.term for removed in after.removed_synonyms] == ["recurrent pregnancy loss"]
    assert "recurrent pregnancy loss" not in [shown.term for shown in after.also_searched]


def test_a_study_with_her_own_words_gives_no_synonym_as_reason(add_study: AddStudy, find: Find) -> None:
    own = add_study("Miscarriage and pregnancy loss, miscarriage first")
    other = add_study("Fausse couche")

    because = {hit.number: hit.because for hit in find("miscarriage").hits}

    assert because == {own.number: (), other.number: ("fausse couche",)}


def test_her_own_words_come_before_their_synonyms(add_study: AddStudy, find: Find) -> None:
    other = add_study("Repeated pregnancy loss")
    own = add_study("Recurrent miscarriage")

    assert numbers(find("recurrent miscarriage")) == [own.number, other.number]


def test_a_search_for_the_wider_term_includes_the_narrower_one_but_not_the_reverse(
    add_study: AddStudy, find: Find
) -> None:
    wide = add_study("Miscarriage")
    narrow = add_study("Recurrent pregnancy loss")

    assert numbers(find("miscarriage")) == [wide.number, narrow.number]
    assert numbers(find("recurrent pregnancy loss")) == [narrow.number]


@pytest.mark.parametrize("title", ["Aps in rats", "Drift of rifts", "What if women sleep", "Ivfx"])
def test_an_abbreviation_is_a_whole_word_in_capitals(add_study: AddStudy, find: Find, title: str) -> None:
    add_study(title)

    for typed in ("APS", "RIF", "IF", "IVF"):
        assert find(typed).total == 0


def test_an_ambiguous_abbreviation_weighs_less_than_what_it_stands_for(
    add_study: AddStudy, find: Find
) -> None:
    rifampicin = add_study("RIF resistance in tuberculosis")
    implantation = add_study("Recurrent implantation failure")

    assert numbers(find("RIF")) == [implantation.number, rifampicin.number]


def test_an_ambiguous_abbreviation_never_finds_a_study_for_the_words_it_stands_for(
    add_study: AddStudy, find: Find
) -> None:
    add_study("RIF resistance in tuberculosis")
    plain = add_study("Recurrent implantation failure")
    lifted = add_study("Recurrent implantation failure (RIF)")

    result = find("recurrent implantation failure")

    assert sorted(numbers(result)) == [plain.number, lifted.number]
    assert "RIF" not in [shown.term for shown in result.also_searched]


def test_a_word_in_small_letters_among_others_is_not_taken_for_an_abbreviation(
    add_study: AddStudy, find: Find
) -> None:
    add_study("Assisted reproductive technology")
    wanted = add_study("Art therapy for teachers")

    assert numbers(find("art therapy")) == [wanted.number]


def test_words_that_hurt_are_searched_and_never_shown(add_study: AddStudy, find: Find) -> None:
    wanted = add_study("Abortion, Habitual")

    result = find("recurrent miscarriage")

    assert numbers(result) == [wanted.number]
    assert result.also_searched == []
    assert result.hits[0].because == ()


def test_the_table_of_synonyms_is_sound() -> None:
    table = thesaurus()

    assert len(table.groups) >= 40
    for group in table.groups.values():
        assert all(narrower in table.groups for narrower in group.narrower), group.id
        shown = [term for term in group.terms if term.is_shown and not term.is_abbreviation]
        assert shown, group.id
        assert all(words_of(term.text) for term in group.terms), group.id
        for term in group.terms:
            assert not term.is_abbreviation or (term.text.isupper() and term.text.isalnum()), term.text


def test_no_shown_term_is_a_word_that_hurts() -> None:
    shown = [term.text for group in thesaurus().groups.values() for term in group.terms if term.is_shown]

    for text in shown:
        assert not {"abortion", "habitual", "recidivism", "incompetence"} & {
            word.plain for word in words_of(text)
        }


def test_each_term_leads_to_one_group_only() -> None:
    table = thesaurus()
    homes: dict[str, set[str]] = {}
    for group in table.groups.values():
        for term in group.terms:
            homes.setdefault(term.text.lower(), set()).add(group.id)

    assert {text: ids for text, ids in homes.items() if len(ids) > 1} == {}
