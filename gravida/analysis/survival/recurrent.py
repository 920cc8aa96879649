"""Repeated events of one woman: all on one clock, by order, or from each event anew."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from gravida.analysis.fit import NotEstimable
from gravida.analysis.survival.cox import CoxModel, fit_cox
from gravida.analysis.survival.partial_likelihood import Ties
from gravida.analysis.survival.rows import RiskRows, cluster_codes, risk_rows

Clock = Literal["one_clock", "by_order", "gap_by_order"]


@dataclass(frozen=True, kw_only=True, eq=False)
class RecurrentIntervals:
    """Intervals (start, stop] of women between their events, checked.

    Shapes: x (rows, factors), all others (rows,); order counts from 1, capped where few women are left.
    """

    x: NDArray[Any]
    names: tuple[str, ...]
    start: NDArray[Any]
    stop: NDArray[Any]
    event: NDArray[Any]
    woman: NDArray[Any]
    order: NDArray[Any]


def recurrent_intervals(
    *,
    x: NDArray[Any],
    start: NDArray[Any],
    stop: NDArray[Any],
    event: NDArray[Any],
    woman: NDArray[Any],
    names: Sequence[str] | None = None,
    last_order: int = 4,
) -> RecurrentIntervals:
    """Intervals with each woman's running order, later ones counted as `last_order`.

    Rows may come in any order. ValueError where intervals of one woman overlap.
    """
    codes, _ = cluster_codes(np.asarray(woman), n_rows=len(stop))
    began, ended = np.asarray(start, dtype=np.float64), np.asarray(stop, dtype=np.float64)
    by_time = np.lexsort((began, codes))
    same = np.diff(codes[by_time]) == 0
    overlap = same & (began[by_time][1:] < ended[by_time][:-1])
    if overlap.any():
        row = int(by_time[1:][overlap][0])
        raise ValueError(f"row {row}: starts at {began[row]:g}, before the woman's interval before has ended")
    happened = np.asarray(event).astype(np.int64)[by_time]
    earlier = np.cumsum(happened) - happened
    first = np.concatenate([[True], ~same])
    at_first = np.maximum.accumulate(np.where(first, np.arange(len(first)), 0))
    order = np.empty(len(codes), dtype=np.int64)
    order[by_time] = np.minimum(earlier - earlier[at_first] + 1, last_order)
    labels = tuple(names) if names is not None else tuple(f"x{at + 1}" for at in range(np.shape(x)[1]))
    return RecurrentIntervals(
        x=np.asarray(x),
        names=labels,
        start=began,
        stop=ended,
        event=np.asarray(event),
        woman=codes,
        order=order,
    )


def fit_recurrent(intervals: RecurrentIntervals, *, clock: Clock, ties: Ties = "efron") -> CoxModel:
    """A Cox model of repeated events, errors by woman.

    one_clock: every event alike, time since the start (Andersen and Gill). by_order: an event of each order
    has a hazard of its own, time since the start; gap_by_order: the same, time since the event before
    (Prentice, Williams and Peterson). Orders without an event carry no information and stay in.
    Source: Prentice et al., Biometrika 1981;68:373; Andersen and Gill, Ann Stat 1982;10:1100.
    """
    if not np.asarray(intervals.event).any():
        raise NotEstimable(f"no event among {len(intervals.stop)} intervals")
    return fit_cox(_rows(intervals, clock), event=intervals.event, cluster=intervals.woman, ties=ties)


def _rows(intervals: RecurrentIntervals, clock: Clock) -> RiskRows:
    gap = clock == "gap_by_order"
    return risk_rows(
        x=intervals.x,
        names=intervals.names,
        entry=None if gap else intervals.start,
        exit_time=intervals.stop - intervals.start if gap else intervals.stop,
        strata=None if clock == "one_clock" else intervals.order,
    )
