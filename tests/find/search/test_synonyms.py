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
    wide = add_study("Infertility")
    narrow = add_study("Azoospermia, male infertility")

    assert numbers(find("infertility")) == [wide.number, narrow.number]
    assert numbers(find("azoospermia")) == [narrow.number]


@pytest.mark.parametrize(
    ("typed", "plain", "recurrent"),
    [
        ("recurrent implantation failure", "implantation failure", "Recurrent implantation failure"),
        ("RIF", "implantation failure", "Recurrent implantation failure"),
        ("repeated implantation failure", "implantation failure", "Recurrent implantation failure"),
        ("échecs d'implantation à répétition", "implantation failure", "Recurrent implantation failure"),
        ("échecs répétés d'implantation", "implantation failure", "Recurrent implantation failure"),
        ("fausses couches à répétition", "miscarriage", "Recurrent miscarriage"),
        ("recurrent pregnancy loss", "miscarriage", "Recurrent miscarriage"),
    ],
)
def test_a_recurrent_form_brings_its_plain_form_too_below_and_says_so(
    add_study: AddStudy, find: Find, typed: str, plain: str, recurrent: str
) -> None:
    only_plain = add_study(f"{plain}: {plain} in women", keywords=[plain])
    mentioned = add_study(
        "Sleep", eligibility=f"Leave out teachers. {'Many other words. ' * 200} {recurrent}."
    )
    exact = add_study(f"{recurrent} and sleep")

    result = find(typed)

    assert numbers(result) == [exact.number, mentioned.number, only_plain.number]
    assert plain in [shown.term for shown in result.also_searched]
    assert result.hits[-1].because == (plain,)


def test_the_plain_form_can_be_removed_from_a_search_for_the_recurrent_one(
    add_study: AddStudy, find: Find
) -> None:
    add_study("Implantation failure")
    exact = add_study("Recurrent implantation failure")

    result = find("recurrent implantation failure", without_synonyms=frozenset({"implantation failure"}))

    assert numbers(result) == [exact.number]


def test_when_every_shown_synonym_is_removed_the_hidden_ones_go_too(add_study: AddStudy, find: Find) -> None:
    own = add_study("Miscarriage")
    add_study("Abortion, Spontaneous")
    add_study("Recurrent abortion")
    add_study("Recurrent pregnancy loss (RPL, RM, FCS)")
    before = find("miscarriage")

    after = find("miscarriage", without_synonyms=frozenset(shown.term for shown in before.also_searched))

    assert before.total == 4
    assert numbers(after) == [own.number]
    assert after.also_searched == []


@pytest.mark.parametrize(
    ("typed", "title"),
    [
        ("miscarried", "Care after miscarriage"),
        ("miscarrying", "Care after miscarriage"),
        ("faussecouche", "Care after miscarriage"),
        ("j'ai fait une fausse-couche", "Care after miscarriage"),
        ("why do i keep miscarrying", "Recurrent pregnancy loss"),
        ("three miscarriages", "Recurrent pregnancy loss"),
        ("3 fausses couches", "Recurrent pregnancy loss"),
        ("j'ai perdu trois bébés", "Recurrent pregnancy loss"),
        ("I lost two babies", "Recurrent pregnancy loss"),
        ("fc à répétition", "Recurrent pregnancy loss"),
        ("perte de bébé", "Pregnancy loss"),
        ("bebe mort", "Pregnancy loss"),
        ("perdu mon bébé", "Pregnancy loss"),
        ("i lost my baby", "Pregnancy loss"),
        ("FIV qui échoue", "Implantation failure"),
        ("mes FIV ne marchent pas", "Implantation failure"),
        ("trois transferts négatifs", "Recurrent implantation failure"),
        ("can't get pregnant", "Infertility"),
        ("fécondation in vitro", "Frozen embryo transfer"),
        ("cancer du sein", "Breast cancer"),
        ("utérus", "Uterus"),
        ("règles", "Menstruation and mood"),
        ("bébé", "Sleep of a baby"),
    ],
)
def test_what_patients_say_finds_what_registries_write(
    add_study: AddStudy, find: Find, typed: str, title: str
) -> None:
    wanted = add_study(title)
    add_study("Knee pain in runners")

    result = find(typed)

    assert wanted.number in numbers(result)
    assert result.total == 1
    assert result.correction is None


def test_a_sponsor_is_found_by_its_short_name(add_study: AddStudy, find: Find) -> None:
    wanted = add_study("A study", summary="Assistance Publique - Hôpitaux de Paris")
    add_study("Knee pain in runners")

    for typed in ("APHP", "AP-HP", "aphp"):
        assert numbers(find(typed)) == [wanted.number]


def test_what_patients_say_is_never_shown_as_a_synonym(add_study: AddStudy, find: Find) -> None:
    add_study("Dead baby, baby loss, pregnancy loss")

    result = find("pregnancy loss")

    assert result.also_searched == []


@pytest.mark.parametrize("typed", ["le la de", "the of and", "la le", "if and et"])
def test_common_words_alone_stand_for_no_abbreviation_and_find_nothing(
    add_study: AddStudy, find: Find, typed: str
) -> None:
    add_study("Lupus anticoagulant (LA) in the serum, le la de, implantation failure (IF)")

    result = find(typed)

    assert result.total == 0
    assert result.also_searched == []


@pytest.mark.parametrize(
    ("typed", "is_meant"), [("LA", True), ("la", True), ("LA test", True), ("la test", False)]
)
def test_two_letters_are_an_abbreviation_in_capitals_or_alone(
    add_study: AddStudy, find: Find, typed: str, is_meant: bool
) -> None:
    wanted = add_study("Lupus anticoagulant")

    assert numbers(find(typed)) == ([wanted.number] if is_meant else [])


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
        assert all(other in table.groups for other in (*group.narrower, *group.broader)), group.id
        shown = [term for term in group.terms if term.is_shown and not term.is_abbreviation]
        assert shown, group.id
        assert all(words_of(term.text) for term in (*group.terms, *group.lay)), group.id
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
        for term in (*group.terms, *group.lay):
            homes.setdefault(term.text.lower(), set()).add(group.id)

    assert {text: ids for text, ids in homes.items() if len(ids) > 1} == {}
