"""Eligibility: FALCO's seven criteria in three uses, against a truth table written out by hand."""

import itertools
import json
from decimal import Decimal
from pathlib import Path

import pytest

from gravida.protocol.criteria import CriterionKind
from gravida.protocol.criteria_file import read_criteria
from gravida.protocol.eligibility import (
    PublicCode,
    assess,
    population,
)
from gravida.protocol.eligibility_export import exported
from gravida.protocol.spans import Span
from gravida.protocol.values import Answer, Missing

YES, NO, UNKNOWN = Answer.YES, Answer.NO, Answer.UNKNOWN
FALCO = read_criteria(Path(__file__).resolve().parents[2] / "studies" / "falco")

INCLUDED = {
    "age_years": 34,
    "early_losses_before_14w": 3,
    "implantation_failures": 0,
    "informed_and_not_opposed": YES,
    "covered_by_social_security": YES,
    "data_use_refused": NO,
    "on_ame": NO,
    "under_legal_protection": NO,
}
YES_NO_FACTS = tuple(INCLUDED)[3:]
INCLUSION = ("age", "history", "informed", "social_security")
EXCLUSION = ("data_use_refused", "ame", "legal_protection")


def with_facts(**changes):
    return assess(FALCO, INCLUDED | changes)


def result(eligibility, criterion):
    return next(result for result in eligibility.results if result.id == criterion)


def test_falco_has_four_inclusion_and_three_exclusion_criteria():
    kinds = {criterion.id: criterion.kind for criterion in FALCO.criteria}
    assert kinds == dict.fromkeys(INCLUSION, CriterionKind.INCLUSION) | dict.fromkeys(
        EXCLUSION, CriterionKind.EXCLUSION
    )


def test_a_woman_who_meets_everything_is_eligible_for_the_staff():
    found = with_facts()
    assert (found.answer, found.ruled_out_by, found.missing) == (YES, (), ())


BORDERS = """
age_years               | 17   | no      | age
age_years               | 18   | yes     |
age_years               | 50   | yes     |
age_years               | 51   | no      | age
early_losses_before_14w | 2    | no      | history
early_losses_before_14w | 3    | yes     |
early_losses_before_14w | 2..3 | unknown | early_losses_before_14w
early_losses_before_14w | 3..5 | yes     |
early_losses_before_14w | 0..2 | no      | history
early_losses_before_14w | ?    | unknown | early_losses_before_14w
age_years               | ?    | unknown | age_years
"""


@pytest.mark.parametrize("line", BORDERS.strip().splitlines())
def test_the_borders_of_each_criterion(line):
    # given
    fact, told, answer, named = (cell.strip() for cell in line.split("|"))
    low, _, high = told.partition("..")
    value = None if told == "?" else Span.of_numbers(int(low), int(high)) if high else int(low)

    # when
    found = with_facts(**{fact: value})

    # then
    assert found.answer.value == answer
    assert " ".join(found.ruled_out_by or found.missing) == named


@pytest.mark.parametrize(
    ("losses", "failures", "answer"),
    [(3, None, YES), (None, 3, YES), (2, 3, YES), (2, 2, NO), (2, None, UNKNOWN), (None, None, UNKNOWN)],
)
def test_losses_or_implantation_failures_suffice(losses, failures, answer):
    found = with_facts(early_losses_before_14w=losses, implantation_failures=failures)
    assert found.answer is answer


def test_what_is_missing_names_only_what_would_settle_it():
    # given two losses, which settle that way to be met, and an unknown number of failures
    found = with_facts(early_losses_before_14w=2, implantation_failures=Missing.UNK)

    # then only the failures are asked for, and each way is told apart
    history = result(found, "history")
    assert history.unsettled == ("implantation_failures",)
    assert [(part.id, part.answer) for part in history.parts] == [
        ("early_losses", NO),
        ("implantation_failures", UNKNOWN),
    ]


def test_the_trace_holds_the_answers_that_decided():
    history = result(with_facts(), "history")
    assert [(used.name, used.value) for used in history.because] == [("early_losses_before_14w", 3)]


@pytest.mark.parametrize("reason", list(Missing))
def test_no_missing_reason_is_ever_read_as_an_answer(reason):
    for fact in INCLUDED:
        changes = {fact: reason, "implantation_failures": reason} if "losses" in fact else {fact: reason}
        if fact != "implantation_failures":
            assert with_facts(**changes).answer is UNKNOWN


# Every combination against a truth table that knows nothing of three-valued logic.

COUNTS = {"low": 2, "enough": 3, "unknown": None}
AGES = {"young": 17, "fits": 30, "old": 51, "unknown": None}


def worlds(values):
    """Every way in which what is unknown could turn out."""
    choices = {
        "age_years": [17, 18, 50, 51],
        "early_losses_before_14w": [2, 3],
        "implantation_failures": [2, 3],
    }
    spaces = [
        choices.get(name, [True, False]) if value is None else [value] for name, value in values.items()
    ]
    for world in itertools.product(*spaces):
        yield dict(zip(values, world, strict=True))


def is_let_in(world, criterion):
    return {
        "age": 18 <= world["age_years"] <= 50,
        "history": world["early_losses_before_14w"] >= 3 or world["implantation_failures"] >= 3,
        "informed": world["informed_and_not_opposed"],
        "social_security": world["covered_by_social_security"],
        "data_use_refused": not world["data_use_refused"],
        "ame": not world["on_ame"],
        "legal_protection": not world["under_legal_protection"],
    }[criterion]


def all_combinations():
    for age, losses, failures in itertools.product(AGES.values(), COUNTS.values(), COUNTS.values()):
        for rest in itertools.product((True, False, None), repeat=5):
            yield {
                "age_years": age,
                "early_losses_before_14w": losses,
                "implantation_failures": failures,
                **dict(zip(YES_NO_FACTS, rest, strict=True)),
            }


def truth(values):
    """For each criterion: let in in every world, in none, or in some; its own facts alone matter."""
    own = {
        "age": ("age_years",),
        "history": ("early_losses_before_14w", "implantation_failures"),
        "informed": ("informed_and_not_opposed",),
        "social_security": ("covered_by_social_security",),
        "data_use_refused": ("data_use_refused",),
        "ame": ("on_ame",),
        "legal_protection": ("under_legal_protection",),
    }
    return {
        criterion: _all_some_none(
            is_let_in(INCLUDED_WORLD | world, criterion) for world in worlds({n: values[n] for n in names})
        )
        for criterion, names in own.items()
    }


INCLUDED_WORLD = {
    name: value is YES if isinstance(value, Answer) else value for name, value in INCLUDED.items()
}


def _all_some_none(found):
    seen = set(found)
    return UNKNOWN if len(seen) == 2 else Answer.of(seen.pop())


def overall(answers):
    return NO if NO in answers else UNKNOWN if UNKNOWN in answers else YES


@pytest.mark.slow
def test_all_8748_combinations_agree_with_the_truth_table_in_all_three_uses():
    browser = json.loads(json.dumps(exported(FALCO)))
    women, expected = [], {}
    for number, values in enumerate(all_combinations()):
        # given one combination of answers, and the truth by brute force
        true = truth(values)
        asked = {name: answer for name, answer in true.items() if name != "informed"}
        whole = overall(true.values())

        # when the same facts reach the staff and the visitor
        found = assess(FALCO, {name: _held(value) for name, value in values.items()})

        # then each criterion, the staff's verdict and the visitor's sentence agree
        assert {one.id: one.lets_in for one in found.results} == true
        assert found.answer is whole
        assert found.ruled_out_by == tuple(name for name, answer in true.items() if answer is NO)
        code = {
            NO: PublicCode.MAY_RULE_OUT,
            UNKNOWN: PublicCode.CANNOT_TELL,
            YES: PublicCode.NOTHING_RULES_OUT,
        }
        assert found.public.code is code[overall(asked.values())]
        assert found.public.left_to_team == ("informed",)
        assert {name: in_browser(browser, name, values) for name in true} == true
        if number % 7 == 0:
            women.append((number, {name: _held(value) for name, value in values.items()}))
            expected[number] = whole

    # and the population of an analysis is the same women
    chosen = population(FALCO, women)
    assert set(chosen.included) == {key for key, answer in expected.items() if answer is YES}
    assert set(chosen.excluded) == {key for key, answer in expected.items() if answer is NO}
    assert set(chosen.undecided) == {key for key, answer in expected.items() if answer is UNKNOWN}


def _held(value):
    return Answer.of(value) if isinstance(value, bool) else value


def in_browser(criteria, criterion, values):
    """Whether a criterion lets in, worked out from the exported data alone, as a browser would."""
    found = next(item for item in criteria["criteria"] if item["id"] == criterion)
    answers = [of_rule(part["rule"], values) for part in found["parts"]]
    met = YES if YES in answers else UNKNOWN if UNKNOWN in answers else NO
    return met if found["kind"] == "inclusion" else {YES: NO, NO: YES, UNKNOWN: UNKNOWN}[met]


def of_rule(rule, values):
    sign, *rest = rule
    if sign in ("and", "or"):
        answers = [of_rule(part, values) for part in rest]
        alone, other = (NO, YES) if sign == "and" else (YES, NO)
        return alone if alone in answers else UNKNOWN if UNKNOWN in answers else other
    if sign == "not":
        return {YES: NO, NO: YES, UNKNOWN: UNKNOWN}[of_rule(rest[0], values)]
    if sign == "yes":
        return Answer.of(values.get(rest[0]))
    if sign == "known":
        return Answer.of(values.get(rest[0]) is not None)
    left, right = (values.get(term["fact"]) if isinstance(term, dict) else term for term in rest[:2])
    if left is None or right is None:
        return UNKNOWN
    signs = {"<": left < right, "<=": left <= right, ">": left > right, ">=": left >= right}
    return Answer.of((signs | {"=": left == right, "!=": left != right})[sign])


# The population of an analysis.


def test_an_analysis_can_leave_out_a_criterion_that_data_do_not_hold():
    women = [("a", INCLUDED | {"informed_and_not_opposed": None}), ("b", INCLUDED | {"age_years": 60})]
    assert population(FALCO, women).undecided == {"a": ("informed_and_not_opposed",)}
    chosen = population(FALCO, women, leaving_out=["informed"])
    assert (chosen.included, chosen.excluded_by("age")) == (("a",), 1)


def test_leaving_out_an_unknown_criterion_is_refused():
    with pytest.raises(ValueError, match="sponsor"):
        population(FALCO, [], leaving_out=["sponsor"])


def test_numbers_of_any_kind_are_one_fact():
    for age in (34, Decimal(34), Span.of_numbers(34, 34)):
        assert with_facts(age_years=age).answer is YES
