"""Masked counts cannot be worked out: every table that a reader could have before him is tried."""

from itertools import product

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from gravida.analysis.report.masking import Sums, chain_sums, masks, table_sums

SMALLEST = 3


def _possible(sums: Sums, hidden: np.ndarray, most: int) -> list[set[int]]:
    """The values each masked count takes over all whole numbers from 1 that agree with what is shown."""
    at = np.flatnonzero(hidden)
    found: list[set[int]] = [set() for _ in at]
    left = sums.equations[:, at]
    right = -sums.equations[:, ~hidden] @ sums.counts[~hidden]
    for values in product(range(1, most + 1), repeat=len(at)):
        if np.allclose(left @ np.array(values), right):
            for place, value in enumerate(values):
                found[place].add(value)
    return found


small_tables = st.lists(st.lists(st.integers(0, 6), min_size=2, max_size=2), min_size=2, max_size=3)


@settings(max_examples=40, deadline=None)
@given(small_tables)
def test_no_masked_cell_of_a_small_table_has_a_single_possible_value(cells: list[list[int]]) -> None:
    # given a table with all its totals, when its small counts are masked
    table = np.array(cells)
    sums, many = table_sums(table, row_totals=True, column_totals=True)
    hidden = masks(sums, smallest=SMALLEST)
    # then every count from 1 to 2 is, and each masked one could be at least two numbers
    small = (sums.counts > 0) & (sums.counts < SMALLEST)
    assert (hidden | ~small).all()
    if 0 < hidden.sum() <= 5:
        assert all(len(values) > 1 for values in _possible(sums, hidden, int(sums.counts.max()) + 3))
    assert many == table.size


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 7), min_size=2, max_size=4), st.integers(8, 20))
def test_no_masked_step_of_a_flow_has_a_single_possible_value(out: list[int], last: int) -> None:
    left = [0, *out]
    stayed = [last + sum(left[at + 1 :]) for at in range(len(left))]
    sums = chain_sums(stayed, left)
    hidden = masks(sums, smallest=SMALLEST)
    exposed = (
        [values for values in _possible(sums, hidden, last + sum(out)) if len(values) == 1]
        if hidden.sum() <= 3
        else []
    )
    # Both ends of a flow stand elsewhere: one step alone, or as many as left in all, cannot be hidden.
    steps_with_anybody = sum(count > 0 for count in out)
    if 1 < steps_with_anybody < sum(out):
        assert exposed == []


def test_one_small_cell_takes_another_of_its_row_and_of_its_column_with_it() -> None:
    cells = np.array([[2, 40, 30], [50, 60, 70], [80, 90, 20]])
    sums, many = table_sums(cells, row_totals=True, column_totals=True)
    hidden = masks(sums, smallest=5)[:many].reshape(3, 3)
    assert hidden[0, 0]
    assert hidden.sum() >= 4
    assert (hidden.sum(axis=0)[hidden.any(axis=0)] >= 2).all()
    assert (hidden.sum(axis=1)[hidden.any(axis=1)] >= 2).all()


def test_zeros_are_shown_and_hide_nothing() -> None:
    cells = np.array([[3, 0], [0, 40], [7, 9]])
    sums, _ = table_sums(cells, row_totals=True, column_totals=True)
    hidden = masks(sums, smallest=5)
    assert not hidden[sums.counts == 0].any()


def test_a_table_of_large_counts_is_shown_whole() -> None:
    sums, _ = table_sums(np.array([[10, 20], [30, 40]]), row_totals=True, column_totals=True)
    assert not masks(sums, smallest=5).any()
