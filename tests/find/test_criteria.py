"""Eligibility texts split into inclusion and exclusion, no word lost."""

import gzip
import re
from pathlib import Path

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gravida.find.clean import clean_text
from gravida.find.criteria import Criteria, Side, Unsplit, read_criteria
from tests.cpu import growth


def words(criteria: Criteria, side: Side) -> list[str]:
    under = criteria.inclusion if side is Side.INCLUSION else criteria.exclusion
    return [criterion.words for criterion in under]


def has_every_word(criteria: Criteria) -> bool:
    return "".join(criteria.words) == "".join(criteria.text.split())


@pytest.mark.parametrize(
    "text",
    [
        "Inclusion Criteria:\n\n* a b\n* c\n\nExclusion Criteria:\n\n* d\n* e f",
        "Inclusion Criteria\n\n  -  a b\n\n  -  c\n\nExclusion Criteria\n\n  -  d\n\n  -  e f",
        "-  INCLUSION CRITERIA:\n\na b\n\nc\n\n-  EXCLUSION CRITERIA:\n\nd\n\ne f",
        "Key Inclusion Criteria:\n1. a b\n2. c\nKey Exclusion Criteria:\n1. d\n2. e f",
        "**Inclusion criteria**\n• a b\n• c\n**Exclusion criteria**\n• d\n• e f",
        "Inclusion:\na) a b\nb) c\nExclusion:\na) d\nb) e f",
        "Inclusion Criteria: a b\n\nc\n\nExclusion Criteria: d\n\ne f",
        "INCLUSION CRITERIA - Patients:\n* a b\n* c\nEXCLUSION CRITERIA - Patients:\n* d\n* e f",
        "You may be eligible if you:\n - a b\n - c\nYou will not be eligible if you:\n - d\n - e f",
        "Patients must meet the following inclusion criteria:\n* a b\n* c\nExclusion criteria.\n* d\n* e f",
        "Critères d'inclusion :\n- a b\n- c\nCritères de non-inclusion :\n- d\n- e f",
        "Critères d’inclusion\n- a b\n- c\nCritères d’exclusion\n- d\n- e f",
        "Criterios de inclusión:\n- a b\n- c\nCriterios de exclusión:\n- d\n- e f",
        "Inclusion criteria for women:\n* a b\n* c\nNon-inclusion criteria:\n* d\n* e f",
    ],
)
def test_every_shape_of_two_lists_is_split(text: str) -> None:
    criteria = read_criteria(text)

    assert words(criteria, Side.INCLUSION) == ["a b", "c"]
    assert words(criteria, Side.EXCLUSION) == ["d", "e f"]
    assert has_every_word(criteria)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", Unsplit.EMPTY),
        ("  \n ", Unsplit.EMPTY),
        ("No eligibility criteria", Unsplit.NO_HEADING),
        ("DISEASE CHARACTERISTICS:\n- a\nPATIENT CHARACTERISTICS:\n- b", Unsplit.NO_HEADING),
        ("Patients who do not meet the inclusion criteria are excluded.", Unsplit.NO_HEADING),
        ("- Meets inclusion criteria of the parent study.\n- Consents", Unsplit.NO_HEADING),
        ("INCLUSION/EXCLUSION CRITERIA:\n- a\n- b", Unsplit.ONE_LIST_FOR_BOTH),
        ("Inclusion and exclusion criteria:\n- a\n- b", Unsplit.ONE_LIST_FOR_BOTH),
        ("Critères d'inclusion et d'exclusion :\n- a\n- b", Unsplit.ONE_LIST_FOR_BOTH),
    ],
)
def test_what_cannot_be_split_honestly_stays_whole_and_says_why(text: str, why: Unsplit) -> None:
    criteria = read_criteria(text)

    assert (criteria.unsplit, criteria.parts, criteria.text) == (why, (), text)
    assert has_every_word(criteria)


def test_words_before_the_first_heading_belong_to_neither_list() -> None:
    criteria = read_criteria("Women only.\n\nInclusion Criteria:\n* a\nExclusion Criteria:\n* b")

    assert criteria.parts[0].side is Side.NEITHER
    assert [one.words for one in criteria.parts[0].criteria] == ["Women only."]


def test_a_text_with_inclusion_alone_has_no_exclusion() -> None:
    criteria = read_criteria("Inclusion Criteria:\n* a\n* b")

    assert words(criteria, Side.INCLUSION) == ["a", "b"]
    assert criteria.exclusion == ()


def test_a_heading_inside_the_running_text_is_found() -> None:
    criteria = read_criteria("Inclusion Criteria: Age 18 to 50. Exclusion Criteria: Pregnancy. Diabetes.")

    assert words(criteria, Side.INCLUSION) == ["Age 18 to 50."]
    assert words(criteria, Side.EXCLUSION) == ["Pregnancy. Diabetes."]


def test_lists_inside_lists_keep_their_nesting_and_markers() -> None:
    criteria = read_criteria(
        "Inclusion Criteria:\n* One of:\n  * three losses\n    1. before 14 weeks\n  * two failures\n* Age 18"
    )

    one_of, age = criteria.inclusion
    assert [child.words for child in one_of.children] == ["three losses", "two failures"]
    assert [(child.marker, child.words) for child in one_of.children[0].children] == [
        ("1.", "before 14 weeks")
    ]
    assert age.children == ()


def test_a_sub_heading_holds_the_items_after_it() -> None:
    criteria = read_criteria(
        "Exclusion Criteria:\n\nConcurrent treatment:\n\n  -  a\n\n  -  b\n\nLater:\n\n  -  c"
    )

    assert [(one.words, len(one.children)) for one in criteria.exclusion] == [
        ("Concurrent treatment:", 2),
        ("Later:", 1),
    ]


def test_wrapped_lines_are_one_criterion() -> None:
    long = "At least three losses before fourteen weeks, none of them explained by anything found in the"
    criteria = read_criteria(f"Inclusion Criteria:\n\n  -  {long}\n     work-up\n\n  -  Age 18")

    assert words(criteria, Side.INCLUSION) == [f"{long} work-up", "Age 18"]


def test_bare_lines_of_a_modern_record_are_a_criterion_each() -> None:
    criteria = read_criteria(
        "Inclusion Criteria:\nAge 18 or over\nThree losses or more\n\nExclusion Criteria:\nDiabetes"
    )

    assert words(criteria, Side.INCLUSION) == ["Age 18 or over", "Three losses or more"]


def test_a_wrapped_sentence_that_names_inclusion_is_no_heading() -> None:
    criteria = read_criteria(
        "Inclusion Criteria:\n* Women who were found fit for\ninclusion in this study.\n* Age 18"
    )

    assert len(criteria.parts) == 1


@settings(max_examples=400, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.sampled_from(
                ["Inclusion Criteria:", "EXCLUSION CRITERIA", "- Exclusion:", "  * a", "    - b", "1. c", "",
                 "Critères de non-inclusion",
                 "x. Inclusion Criteria: y", "(a) z", "Inclusion criteria: (", "-"]
            ),
            st.text(alphabet=" -*.:;()1a\tInclusionExclusion Criteria\n", max_size=60),
            st.text(max_size=20),
        ),
        max_size=12,
    ).map("\n".join)
)  # fmt: skip
def test_no_word_of_any_text_is_lost_or_moved(text: str) -> None:
    assert has_every_word(read_criteria(text))


@pytest.mark.parametrize(
    "text",
    [
        "Inclusion " * 9_000,
        "Inclusion Criteria" + " " * 90_000 + ":",
        "key " * 20_000 + "inclusion criteria:",
        "(" * 90_000,
        "Inclusion criteria (" + "a " * 40_000,
        ". " * 45_000 + "Inclusion Criteria",
        "\n".join(" " * depth + "* a" for depth in range(400)),
        "- " * 45_000,
    ],
)
def test_no_text_takes_long(text: str) -> None:
    assert has_every_word(read_criteria(text))
    assert growth(read_criteria, text) < 8


@pytest.mark.slow
@pytest.mark.needs_shared
def test_real_texts_keep_every_word_and_are_split_where_both_lists_are_named(shared_data: Path) -> None:
    texts = [text for name in ("ctgov_2023_6786", "real_v2_240") for text in _eligibility(shared_data, name)]

    read = [read_criteria(text) for text in texts]

    lossy = [criteria.text for criteria in read if not has_every_word(criteria)]
    naming = [
        one
        for one in read
        if re.search("inclusion", one.text, re.I) and re.search("exclusion", one.text, re.I)
    ]
    split = [criteria for criteria in naming if criteria.inclusion and criteria.exclusion]
    share = len(split) / len(naming)
    print(f"{len(texts)} texts; {len(naming)} name both lists, {len(split)} of them split: {share:.1%}")
    assert lossy == []
    assert share >= 0.95


def _eligibility(shared_data: Path, name: str) -> list[str]:
    lines = gzip.decompress((shared_data / "registry" / f"{name}.jsonl.gz").read_bytes()).splitlines()
    modules = [orjson.loads(line)["protocolSection"].get("eligibilityModule", {}) for line in lines]
    return [clean_text(module.get("eligibilityCriteria", ""))[0] for module in modules]
