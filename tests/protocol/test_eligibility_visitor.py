"""Eligibility for visitors: the three sentences, the answers taken, and the export for browsers."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gravida.protocol.criteria import Criteria, Criterion, CriterionKind, CriterionPart, Source
from gravida.protocol.criteria_file import read_criteria
from gravida.protocol.eligibility import (
    PublicCode,
    WrongAnswer,
    assess,
    visitor_facts,
)
from gravida.protocol.eligibility_export import CannotExport, exported
from gravida.protocol.grammar import parse
from gravida.protocol.values import Answer

YES, NO, UNKNOWN = Answer.YES, Answer.NO, Answer.UNKNOWN
FALCO = read_criteria(Path(__file__).resolve().parents[2] / "studies" / "falco")


# The visitor's self-check.


def self_check(**answers):
    return assess(FALCO, visitor_facts(FALCO, answers)).public


ANSWERED = {
    "age_years": "34",
    "early_losses_before_14w": "3",
    "implantation_failures": "unknown",
    "covered_by_social_security": "yes",
    "data_use_refused": "no",
    "on_ame": "no",
    "under_legal_protection": "no",
}


def test_a_visitor_whom_nothing_rules_out_is_told_just_that():
    found = self_check(**ANSWERED)
    assert (found.code, found.criteria, found.missing) == (PublicCode.NOTHING_RULES_OUT, (), ())
    assert found.left_to_team == ("informed",)


def test_a_visitor_is_told_which_answer_may_rule_her_out():
    found = self_check(**ANSWERED | {"age_years": "51", "on_ame": "unknown"})
    assert (found.code, found.criteria) == (PublicCode.MAY_RULE_OUT, ("age",))


def test_a_visitor_is_told_what_is_missing():
    found = self_check(**ANSWERED | {"early_losses_before_14w": "2", "on_ame": ""})
    assert (found.code, found.missing) == (PublicCode.CANNOT_TELL, ("implantation_failures", "on_ame"))


def test_no_code_for_visitors_says_eligible():
    assert not [code for code in PublicCode if "eligib" in code or "include" in code]


@pytest.mark.parametrize(
    ("fact", "given_answer"),
    [
        ("age_years", "old"),
        ("age_years", "34.5"),
        ("age_years", "-1"),
        ("age_years", "121"),
        ("age_years", "nan"),
        ("age_years", "1e400"),
        ("age_years", "yes"),
        ("on_ame", "maybe"),
        ("on_ame", "1"),
        ("informed_and_not_opposed", "yes"),
        ("shoe_size", "38"),
    ],
)
def test_an_answer_that_its_question_does_not_take_is_refused_by_name(fact, given_answer):
    with pytest.raises(WrongAnswer) as raised:
        visitor_facts(FALCO, {fact: given_answer})
    assert raised.value.fact == fact


@given(
    st.dictionaries(
        st.sampled_from([fact.id for fact in FALCO.asked]),
        st.one_of(st.text(max_size=12), st.sampled_from(["yes", "no", "unknown", "", "3", "40", "0"])),
    )
)
@settings(max_examples=300, deadline=None)
def test_whatever_is_typed_gives_one_of_the_three_sentences_or_a_refusal(answers):
    try:
        found = assess(FALCO, visitor_facts(FALCO, answers)).public
    except WrongAnswer:
        return
    assert found.code in PublicCode
    assert (found.code is PublicCode.MAY_RULE_OUT) == bool(found.criteria)
    assert (found.code is PublicCode.CANNOT_TELL) == bool(found.missing)


# The criteria as plain data.


def test_the_export_is_plain_json_without_loss():
    data = exported(FALCO)
    assert json.loads(json.dumps(data)) == data
    assert data["criteria"][0] == {
        "id": "age",
        "kind": "inclusion",
        "parts": [
            {
                "id": "age",
                "rule": ["and", ["<=", 18, {"fact": "age_years"}], ["<=", {"fact": "age_years"}, 50]],
            }
        ],
    }


def criteria_with(rule):
    part = CriterionPart(id="one", text={}, rule=parse(rule), rule_text=rule)
    source = Source(field="f", item="i")
    one = Criterion(id="one", kind=CriterionKind.INCLUSION, text={}, source=source, parts=(part,))
    return Criteria(criteria=(one,))


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("on_ame = no", ["not", ["yes", "on_ame"]]),
        ("not (a or b)", ["not", ["or", ["yes", "a"], ["yes", "b"]]]),
        ("a in (1, 2)", ["in", {"fact": "a"}, [1, 2]]),
        ("a is known and a > -1.5", ["and", ["known", "a"], [">", {"fact": "a"}, -1.5]]),
        ("a is missing", ["not", ["known", "a"]]),
    ],
)
def test_rules_become_lists(rule, expected):
    assert exported(criteria_with(rule))["criteria"][0]["parts"][0]["rule"] == expected


@pytest.mark.parametrize(
    "rule", ["a + 1 > 2", "years(a, b) > 18", "count(PRG) > 2", "a > @2020", "a > 13w6d"]
)
def test_a_rule_that_computes_is_refused_with_its_criterion(rule):
    with pytest.raises(CannotExport) as raised:
        exported(criteria_with(rule))
    assert raised.value.criterion == "one"
