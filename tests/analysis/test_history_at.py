"""The history on a day is that before the next pregnancy; what goes on that day has no ending yet."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from gravida.analysis.history import IndexRule, history
from gravida.analysis.history_at import history_at
from gravida.analysis.input.mistakes import Mistakes
from gravida.analysis.input.pregnancies import Pregnancies, pregnancies_of
from gravida.analysis.input.table import Origin, Table, code_column, number_column
from gravida.protocol.plan import InputMapping
from tests.analysis.histories import ENDINGS, WEEKS

Row = tuple[str, float | None, float, float]  # ending, weeks, first and last day


def dated(women: list[list[Row]], *, without_days: set[int] = frozenset()) -> Pregnancies:
    """Pregnancies of some women, in order, with days; rows named have none."""
    rows = [(f"W{at}", number, row) for at, woman in enumerate(women) for number, row in enumerate(woman, 1)]
    days = np.array([[row[2], row[3]] for *_, row in rows], dtype=np.float64).reshape(len(rows), 2)
    days[sorted(without_days)] = np.nan
    columns = (
        code_column("woman", [woman for woman, *_ in rows]),
        number_column("order", [float(number) for _, number, _ in rows]),
        code_column("ending", [row[0] for *_, row in rows]),
        number_column("weeks", [np.nan if row[1] is None else float(row[1]) for *_, row in rows]),
        number_column("began", days[:, 0]),
        number_column("ended", days[:, 1]),
    )
    mistakes = Mistakes()
    table = Table(columns=columns, origin=Origin(path=Path("made")))
    found = pregnancies_of(table, InputMapping(times_in="days"), mistakes)
    mistakes.reject()
    return found


ENDED = [ending for ending in ENDINGS if ending != "ongoing"]
HISTORIES = some.lists(
    some.lists(some.tuples(some.sampled_from(ENDED), WEEKS), min_size=1, max_size=6), min_size=1, max_size=3
)


def placed(made: list[list[tuple[str, int | None]]]) -> list[list[Row]]:
    return [
        [(ending, weeks, 400.0 * at, 400.0 * at + 200) for at, (ending, weeks) in enumerate(woman)]
        for woman in made
    ]


@settings(max_examples=150, deadline=None)
@given(HISTORIES)
def test_the_day_before_a_pregnancy_tells_what_history_says_of_it(made: list[list[tuple[str, int | None]]]):
    found = dated(placed(made))
    risk = history(found)

    at = history_at(found, woman=risk.woman, day=found.began_first[risk.rows] - 1)

    for lag in risk.lags:
        mine = at.lag(lag.name)
        assert np.array_equal(mine.fewest, lag.fewest), lag.name
        assert np.array_equal(mine.most, lag.most), lag.name


@settings(max_examples=100, deadline=None)
@given(HISTORIES, some.sets(some.integers(0, 4)))
def test_pregnancies_without_days_are_placed_by_their_order(
    made: list[list[tuple[str, int | None]]], hidden: set[int]
):
    women = placed(made)
    count = sum(len(woman) for woman in women)
    found = dated(women, without_days={row for row in hidden if row < count})
    risk = history(found)
    day = np.concatenate([[one[2] - 1 for one in woman] for woman in women])

    at = history_at(found, woman=risk.woman, day=day)

    # Whatever is not certain is open: what history() knows by the order lies within.
    for lag in risk.lags:
        mine = at.lag(lag.name)
        assert (mine.fewest <= lag.fewest).all(), lag.name
        assert (mine.most >= lag.most).all(), lag.name


LOSS = ("miscarriage", 8.0)


def test_what_goes_on_that_day_does_not_count_and_what_is_over_does():
    found = dated([[(*LOSS, 0, 56), (*LOSS, 400, 456)]])

    at = history_at(found, woman=np.array([0, 0, 0, 0]), day=np.array([55.0, 56.0, 430.0, 456.0]))

    assert at.lag("early_losses").values.tolist() == [0, 1, 1, 2]
    assert at.lag("earlier_pregnancies").values.tolist() == [0, 1, 1, 2]
    assert at.lag("previous_was_loss").values.tolist() == [0, 1, 1, 1]


def test_a_woman_without_pregnancies_has_no_history_and_an_unknown_day_leaves_it_open():
    found = dated([[(*LOSS, 0, 56)]])

    at = history_at(found, woman=np.array([-1, 0]), day=np.array([100.0, np.nan]))

    assert at.lag("losses").values[0] == 0
    assert np.isnan(at.lag("losses").values[1])


def test_an_undated_loss_before_a_dated_one_counts_by_its_order():
    found = dated([[(*LOSS, 0, 56), (*LOSS, 400, 456), (*LOSS, 800, 856)]], without_days={0, 2})

    at = history_at(found, woman=np.array([0, 0]), day=np.array([300.0, 500.0]))

    # On day 300 the first may be over, the third too as far as anybody knows; on day 500 the first is.
    assert (at.lag("losses").fewest.tolist(), at.lag("losses").most.tolist()) == ([0, 1 + 1], [1, 3])


@pytest.mark.parametrize(
    ("losses", "index", "open_"), [(1, True, False), (2, False, False), (3, False, False)]
)
def test_an_index_rule_is_asked_on_the_day(losses: int, index: bool, open_: bool):
    found = dated([[(*LOSS, 0, 56), (*LOSS, 400, 456)]])
    rule = IndexRule(kind="after_losses", losses=losses)

    at = history_at(found, woman=np.array([0]), day=np.array([300.0]), rule=rule)

    assert (at.index.tolist(), at.index_open.tolist()) == ([index], [open_])
