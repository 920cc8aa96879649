"""Weekly grids: how many of each pattern are at risk in each week, and what happens to them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gravida.analysis.binomial_input import cluster_codes
from gravida.analysis.fit import IntArray


@dataclass(frozen=True, kw_only=True, eq=False)
class WeeklyRows:
    """Pregnancies by woman: at risk from entry_week to exit_week, both included; cause 0 where none is seen.

    Shapes: pattern, entry_week, exit_week, cause (rows,); starts (women + 1,).
    """

    pattern: IntArray
    entry_week: IntArray
    exit_week: IntArray
    cause: IntArray
    starts: IntArray


@dataclass(frozen=True, kw_only=True, eq=False)
class WeeklyGrid:
    """Counts by pattern and week. Shapes: at_risk (patterns, weeks); events (causes, patterns, weeks).

    Events follow the order of `causes`. Every discrete hazard, and Cox on whole weeks, is a function of
    these counts.
    """

    first_week: int
    causes: tuple[int, ...]
    at_risk: IntArray
    events: IntArray


def weekly_rows(
    *, pattern: ArrayLike, entry_week: ArrayLike, exit_week: ArrayLike, cause: ArrayLike, woman: ArrayLike
) -> WeeklyRows:
    """Rows checked and sorted by woman. ValueError where a row leaves before it enters."""
    columns = {
        "pattern": _whole(pattern, "pattern"),
        "entry_week": _whole(entry_week, "entry_week"),
        "exit_week": _whole(exit_week, "exit_week"),
        "cause": _whole(cause, "cause"),
    }
    rows = len(columns["pattern"])
    for name, values in columns.items():
        if len(values) != rows:
            raise ValueError(f"{name} has {len(values)} rows and pattern {rows}: wanted the same number")
    backwards = np.flatnonzero(columns["exit_week"] < columns["entry_week"])
    if backwards.size:
        at = int(backwards[0])
        raise ValueError(
            f"{backwards.size} rows leave before they enter; the first, row {at}, enters in week "
            f"{columns['entry_week'][at]} and leaves in week {columns['exit_week'][at]}"
        )
    codes = cluster_codes(woman, rows=rows)
    order = np.argsort(codes, kind="stable")
    return WeeklyRows(
        pattern=columns["pattern"][order],
        entry_week=columns["entry_week"][order],
        exit_week=columns["exit_week"][order],
        cause=columns["cause"][order],
        starts=np.concatenate([[0], np.cumsum(np.bincount(codes))]).astype(np.int64),
    )


def weekly_grid(rows: WeeklyRows, *, patterns: int, causes: Sequence[int]) -> WeeklyGrid:
    """The grid from the first week of entry to the last of exit; `causes` in the order of events."""
    first, last = int(rows.entry_week.min()), int(rows.exit_week.max())
    weeks = last - first + 1
    unknown = set(np.unique(rows.cause).tolist()) - {0, *causes}
    if unknown:
        raise ValueError(f"cause holds {sorted(unknown)}: wanted 0 or one of {list(causes)}")
    shape = (patterns, weeks + 1)
    entered = _count(rows.pattern, rows.entry_week - first, shape)
    left = _count(rows.pattern, rows.exit_week - first + 1, shape)
    at_risk = np.cumsum(entered - left, axis=1)[:, :weeks]
    events = np.stack(
        [
            _count(rows.pattern[rows.cause == cause], rows.exit_week[rows.cause == cause] - first, shape)[
                :, :weeks
            ]
            for cause in causes
        ]
    )
    return WeeklyGrid(first_week=first, causes=tuple(causes), at_risk=at_risk, events=events)


def _count(pattern: IntArray, week: IntArray, shape: tuple[int, int]) -> IntArray:
    flat = np.bincount(pattern * shape[1] + week, minlength=shape[0] * shape[1])
    return flat.reshape(shape).astype(np.int64)


def _whole(values: ArrayLike, name: str) -> IntArray:
    numbers = np.asarray(values)
    if numbers.dtype.kind == "f":
        if not np.isfinite(numbers).all():
            raise ValueError(f"{name} is missing or infinite in {int((~np.isfinite(numbers)).sum())} rows")
        if (numbers != np.rint(numbers)).any():
            raise ValueError(
                f"{name} holds {numbers[numbers != np.rint(numbers)][0]:g}: wanted whole numbers"
            )
    checked: NDArray[np.int64] = numbers.astype(np.int64)
    return checked
