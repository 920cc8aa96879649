"""Counts that may be shown: none below five, and none that the others give away."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gravida.find.inbox.small_cells import cells, one, share


@pytest.mark.parametrize(
    ("counts", "shown"),
    [
        ((0, 5, 12), (0, 5, 12)),
        ((1, 4, 9), (None, None, 9)),
        ((3, 9, 20), (None, None, 20)),  # the nine would give away the three
        ((3, 0), (None, 0)),
        ((), ()),
    ],
)
def test_small_counts_are_hidden_and_so_is_what_gives_them_away(
    counts: tuple[int, ...], shown: tuple[int | None, ...]
) -> None:
    assert tuple(cell.value for cell in cells(counts)) == shown


@given(st.lists(st.integers(0, 40), max_size=12))
def test_a_hidden_count_cannot_be_worked_out_from_the_sum(counts: list[int]) -> None:
    hidden = [index for index, cell in enumerate(cells(counts)) if cell.is_hidden]
    others = [count for count in counts if count >= 5]
    # one alone is hidden only where there is nothing beside it that could be hidden too
    assert len(hidden) != 1 or not others
    assert all(cell.value is None or cell.value == 0 or cell.value >= 5 for cell in cells(counts))


def test_a_count_on_its_own() -> None:
    assert one(4).is_few
    assert (one(0).value, one(5).value) == (0, 5)


@pytest.mark.parametrize(
    ("part", "whole", "told"),
    [(0, 5, 0.0), (5, 10, 0.5), (10, 10, 1.0), (1, 10, None), (9, 10, None), (2, 4, None), (0, 0, None)],
)
def test_a_share_is_told_only_where_neither_part_is_small(part: int, whole: int, told: float | None) -> None:
    assert share(part, whole) == told


def test_a_negative_count_and_a_part_beyond_its_whole_are_mistakes() -> None:
    with pytest.raises(ValueError, match="zero or more"):
        cells([-1])
    with pytest.raises(ValueError, match="part of it"):
        share(3, 2)
