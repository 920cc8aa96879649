"""The risk table against histories counted in words, one woman at a time."""

import numpy as np
import pytest
from hypothesis import given, settings

from gravida.analysis.history import IndexRule, RiskTable, history
from gravida.analysis.history_lags import LOSS_TYPES
from gravida.protocol.plan_words import HISTORY
from tests.analysis.histories import (
    Told,
    in_order,
    in_words,
    possible_histories,
    pregnancies,
    type_in_words,
    women,
)

RUNS = ("losses_immediately_before", "losses_in_a_row", "longest_run", "previous_was_loss")


def row_of(risk: RiskTable, woman: int, told: Told, nth: int = 0) -> int:
    """The row of a woman's pregnancy of this order."""
    orders = risk.pregnancies.order[risk.rows]
    name = risk.pregnancies.women.index(f"W{woman}")
    return int(np.flatnonzero((risk.woman == name) & (orders == told.order))[nth])


@settings(max_examples=150, deadline=None)
@given(women())
def test_every_count_spans_all_that_the_record_leaves_possible(made: list[list[Told]]):
    risk = history(pregnancies(made, shuffle=1))

    for number, woman in enumerate(made):
        for index, told in enumerate(woman):
            row = row_of(risk, number, told)
            counted = [in_words(kinds) for kinds in possible_histories(woman, index)]
            for name in HISTORY:
                values = [counts[name] for counts in counted]
                lag = risk.lag(name)
                assert (lag.fewest[row], lag.most[row]) == (min(values), max(values)), name


@settings(max_examples=60, deadline=None)
@given(women(ties=True, longest=4))
def test_where_the_order_is_not_known_no_possible_history_is_excluded(made: list[list[Told]]):
    made = [sorted(woman, key=lambda told: told.order) for woman in made]
    risk = history(pregnancies(made))

    for number, woman in enumerate(made):
        for index, told in enumerate(woman):
            nth = [other.order for other in woman[:index]].count(told.order)
            row = row_of(risk, number, told, nth)
            counted = [in_words(kinds) for kinds in possible_histories(woman, index)]
            for name in HISTORY:
                values = [counts[name] for counts in counted]
                lag = risk.lag(name)
                assert lag.fewest[row] <= min(values), name
                assert lag.most[row] >= max(values), name
                if name not in RUNS:
                    assert (lag.fewest[row], lag.most[row]) == (min(values), max(values)), name


@settings(max_examples=100, deadline=None)
@given(women())
def test_a_type_of_loss_is_told_where_it_is_certain(made: list[list[Told]]):
    risk = history(pregnancies(made))

    for number, woman in enumerate(made):
        for index, told in enumerate(woman):
            possible = {type_in_words(kinds) for kinds in possible_histories(woman, index)}
            found = LOSS_TYPES[risk.loss_type[row_of(risk, number, told)]]
            assert found == "cannot tell" or possible == {found}
            if all(len(other.possible()) == 1 for other in woman[:index]):
                assert {found} == possible


M8, BORN, ECTOPIC = ("miscarriage", 8), ("live_birth", 39), ("ectopic", 6)
LATE, TERMINATED, ONGOING = ("miscarriage", 16), ("termination", 8), ("ongoing", 6)
UNKNOWN_AGE, UNTOLD, STILL = ("miscarriage", None), ("unknown", None), ("stillbirth", 30)
# history | early losses before the last | immediately before | in a row | longest run
EXAMPLES = [
    ([M8], "0", "0", "0", "0"),
    ([M8, M8, M8, BORN], "3", "3", "3", "3"),
    ([M8, BORN, M8, ONGOING], "2", "1", "1", "1"),
    ([M8, ECTOPIC, M8, ONGOING], "2", "1", "2", "2"),
    ([M8, TERMINATED, BORN], "1", "0", "1", "1"),
    ([M8, LATE, M8, BORN], "2", "1", "1", "1"),
    ([M8, STILL, BORN], "1", "0", "0", "1"),
    ([("miscarriage", 13), BORN], "1", "1", "1", "1"),
    ([("miscarriage", 14), BORN], "0", "0", "0", "0"),
    ([("fetal_death", 13), BORN], "1", "1", "1", "1"),
    ([("fetal_death", 14), BORN], "0", "0", "0", "0"),
    ([("fetal_death", 22), M8, BORN], "1", "1", "1", "1"),
    ([("biochemical", 5), ("pul_treated", 6), BORN], "2", "2", "2", "2"),
    ([M8, UNKNOWN_AGE, BORN], "1..2", "0..2", "0..2", "1..2"),
    ([M8, UNTOLD, M8, BORN], "2..3", "1..3", "1..3", "1..3"),
]


@pytest.mark.parametrize(("told", "early", "before", "row", "longest"), EXAMPLES)
def test_worked_histories(told: list, early: str, before: str, row: str, longest: str):
    risk = history(pregnancies([in_order(*told)]))
    names = ("early_losses", "losses_immediately_before", "losses_in_a_row", "longest_run")

    found = []
    for name in names:
        lag = risk.lag(name)
        low, high = int(lag.fewest[-1]), int(lag.most[-1])
        found.append(str(low) if low == high else f"{low}..{high}")
        assert np.isnan(lag.values[-1]) == (low != high)

    assert found == [early, before, row, longest]


def index_rows(rule: IndexRule, *told: tuple[str, int | None]) -> list[int]:
    risk = history(pregnancies([in_order(*told)]), rule=rule)
    assert sum(step.pregnancies_out for step in risk.flow) + len(risk) == len(told)
    return risk.number.tolist()


def test_only_pregnancies_after_the_third_loss_can_be_outcomes():
    after_three = IndexRule(kind="after_losses", losses=3)

    assert index_rows(after_three, M8, M8, M8, BORN, M8) == [4, 5]
    assert index_rows(after_three, M8, BORN, M8, M8) == []
    assert index_rows(after_three, M8, M8, LATE, BORN) == []


def test_losses_in_a_row_may_be_asked():
    in_a_row = IndexRule(kind="after_losses", losses=2, in_a_row=True)

    assert index_rows(in_a_row, M8, BORN, M8, BORN) == []
    assert index_rows(in_a_row, M8, ECTOPIC, M8, BORN, BORN) == [4, 5]


def test_where_the_index_event_is_uncertain_the_pregnancy_is_left_out_and_counted():
    rule = IndexRule(kind="after_losses", losses=3)
    risk = history(pregnancies([in_order(M8, M8, UNKNOWN_AGE, BORN, M8, BORN)]), rule=rule)

    assert risk.number.tolist() == [6]
    steps = {step.code: step.pregnancies_out for step in risk.flow}
    assert steps == {"read": 0, "index_cannot_be_told": 2, "not_after_index_event": 3}


def test_the_first_index_pregnancy_is_numbered_one():
    risk = history(
        pregnancies([in_order(M8, M8, BORN, M8), in_order(M8, M8, M8)]),
        rule=IndexRule(kind="after_losses", losses=2),
    )

    assert risk.index_number.tolist() == [1, 2, 1]
    assert risk.number.tolist() == [3, 4, 3]


def test_an_unknown_rule_is_refused():
    with pytest.raises(ValueError, match="need every_pregnancy, after_losses or after_inclusion"):
        history(pregnancies([in_order(M8)]), rule=IndexRule(kind="whenever"))


def test_a_name_that_is_no_history_is_refused():
    with pytest.raises(KeyError, match="no 'losses_ever' in a history"):
        history(pregnancies([in_order(M8)])).lag("losses_ever")


def test_other_women_and_the_order_of_rows_change_nothing():
    made = [in_order(M8, M8, BORN, M8), in_order(BORN, LATE, ECTOPIC), in_order(UNTOLD, M8)]
    plain, shuffled = history(pregnancies(made)), history(pregnancies(made, shuffle=5))

    for name in HISTORY:
        assert np.array_equal(plain.lag(name).fewest, shuffled.lag(name).fewest)
        assert np.array_equal(plain.lag(name).most, shuffled.lag(name).most)
    alone = history(pregnancies(made[:1]))
    assert np.array_equal(alone.lag("early_losses").fewest, plain.lag("early_losses").fewest[:4])


def test_no_pregnancy_at_all_gives_an_empty_table():
    risk = history(pregnancies([in_order(M8)]), rule=IndexRule(kind="after_losses"))

    assert len(risk) == 0
    assert risk.flow[-1].women == 0
