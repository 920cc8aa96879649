"""Counts that may be published: none below five, and none that could be worked out from the others. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

FEWEST = 5


@dataclass(frozen=True, kw_only=True)
class Cell:
    """A count as it may be shown; `value` is None where it may not."""

    value: int | None
    is_few: bool = False  # one to four; else hidden so that another cannot be worked out

    @property
    def is_hidden(self) -> bool:
        """Whether the count is not told."""
        return self.value is None


def cells(counts: Sequence[int]) -> tuple[Cell, ...]:
    """Counts that add up to a known sum, each as it may be shown.

    One to four are hidden. Where one alone would be hidden, the smallest of the others is hidden, too: the
    sum less the rest would tell it. Zero is told. ValueError for a negative count.
    """
    if any(count < 0 for count in counts):
        raise ValueError(f"{list(counts)}: wanted counts of zero or more")
    few = {index for index, count in enumerate(counts) if 0 < count < FEWEST}
    hidden = set(few)
    others = sorted((count, index) for index, count in enumerate(counts) if count >= FEWEST)
    if len(few) == 1 and others:
        hidden.add(others[0][1])
    return tuple(
        Cell(value=None if index in hidden else count, is_few=index in few)
        for index, count in enumerate(counts)
    )


def one(count: int) -> Cell:
    """A count that stands for itself."""
    return cells((count,))[0]


def share(part: int, whole: int) -> float | None:
    """A share in [0, 1]; None where part or rest are one to four, or the whole is below five."""
    if not 0 <= part <= whole:
        raise ValueError(f"{part} of {whole}: wanted a part of it")
    if whole < FEWEST or any(0 < count < FEWEST for count in (part, whole - part)):
        return None
    return part / whole
