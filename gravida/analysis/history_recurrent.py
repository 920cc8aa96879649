"""A woman's early losses as recurrent events: intervals from her first conception to the end of follow-up."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from gravida.analysis.fit import FloatArray, IntArray
from gravida.analysis.history import RiskTable
from gravida.analysis.input.pregnancies import DAYS_PER_MONTH

_HALF_MONTH = 0.5
LAST_NUMBER = 4  # intervals after the fourth share its stratum: too few women reach them


@dataclass(frozen=True, kw_only=True, eq=False)
class Intervals:
    """Counting-process rows, woman by woman in time; the last of each woman has no event.

    Shapes: all (intervals,). `start`, `stop` in months since the first conception; `gap` is stop - start.
    `number` counts from 1; `stratum` is the number, at most 4. `row` is the woman's first pregnancy in the
    source, whose columns hold what was known when her follow-up began.
    """

    woman: IntArray
    row: IntArray
    start: FloatArray
    stop: FloatArray
    event: FloatArray
    number: IntArray

    @property
    def gap(self) -> FloatArray:
        """Months since the event before, or since the first conception."""
        return self.stop - self.start

    @property
    def stratum(self) -> IntArray:
        """The number of the interval, at most 4."""
        return np.minimum(self.number, LAST_NUMBER)


def recurrent_losses(risk: RiskTable) -> Intervals:
    """Early losses as events in months since each woman's first conception.

    An event falls in the middle of the month it is told in; two in one month follow each other by half a
    month. Follow-up ends a month after the interview, so that an event in its month is inside. Women whose
    first conception or end of follow-up is not known have no intervals. The risk table must hold every
    pregnancy (rule every_pregnancy): ValueError otherwise.
    """
    if risk.rule.kind != "every_pregnancy":
        raise ValueError(f"index rule {risk.rule.kind}: wanted every_pregnancy, whose follow-up begins first")
    source = risk.pregnancies
    began = source.began_first[risk.rows] / DAYS_PER_MONTH
    ended = source.ended_first[risk.rows] / DAYS_PER_MONTH
    until = source.followed_until[risk.rows] / DAYS_PER_MONTH
    found: list[tuple[int, int, float, float, float, int]] = []
    changes = np.flatnonzero(risk.woman[1:] != risk.woman[:-1]) + 1
    bounds = [0, *changes.tolist(), len(risk)] if len(risk) else []
    for start, end in pairwise(bounds):
        origin = float(np.min(began[start:end]))
        stop = float(until[start]) + 1.0 - origin
        if np.isnan(origin) or np.isnan(stop):
            continue
        losses = start + np.flatnonzero(risk.is_early_loss[start:end])
        times = ended[losses] + _HALF_MONTH - origin
        found += _woman(int(risk.woman[start]), int(risk.rows[start]), times[~np.isnan(times)], stop)
    columns = list(zip(*found, strict=True)) if found else [()] * 6
    return Intervals(
        woman=np.array(columns[0], dtype=np.int64),
        row=np.array(columns[1], dtype=np.int64),
        start=np.array(columns[2], dtype=np.float64),
        stop=np.array(columns[3], dtype=np.float64),
        event=np.array(columns[4], dtype=np.float64),
        number=np.array(columns[5], dtype=np.int64),
    )


def _woman(
    woman: int, row: int, times: FloatArray, stop: float
) -> list[tuple[int, int, float, float, float, int]]:
    """One woman's intervals; times strictly increase by half a month at least."""
    intervals = []
    before = 0.0
    for number, told in enumerate(sorted(float(time) for time in times), start=1):
        time = round(max(told, before + _HALF_MONTH), 9)
        intervals.append((woman, row, before, time, 1.0, number))
        before = time
    stop = round(stop, 9)
    if stop > before:
        intervals.append((woman, row, before, stop, 0.0, len(intervals) + 1))
    return intervals
