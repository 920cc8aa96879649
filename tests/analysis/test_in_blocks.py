"""Long columns in blocks: the same counts and look-ups as of the whole column at once."""

from typing import Any

import numpy as np
import pytest

from gravida.analysis.in_blocks import ROWS_AT_ONCE, counted, looked_up


@pytest.mark.parametrize(
    ("kind", "low", "high"), [(np.uint8, 2, 200), (np.int8, -100, 100), (np.int64, -3, 90_000)]
)
@pytest.mark.parametrize("rows", [1, ROWS_AT_ONCE, 2 * ROWS_AT_ONCE + 7])
def test_counts_and_look_ups_are_those_of_the_whole(kind: Any, low: int, high: int, rows: int) -> None:
    random = np.random.default_rng(rows)
    numbers = random.integers(low, high, rows).astype(kind)
    table = random.normal(size=high - low)

    counts = counted(numbers, size=high - low, low=low)
    found = looked_up(table, numbers, low=low)

    whole = numbers.astype(np.int64) - low
    assert counts.tolist() == np.bincount(whole, minlength=high - low).tolist()
    assert (found == table[whole]).all()


def test_a_number_above_the_counted_is_refused() -> None:
    with pytest.raises(IndexError):
        counted(np.array([0, 3]), size=3)
