"""Counts that describe told histories: how pregnancies ended, who lost how many, the risk after each history.

The counts of shared survey files that acceptance reproduces to the last one.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from gravida.analysis.fit import BoolArray, FloatArray, IntArray
from gravida.analysis.history import RiskTable, history
from gravida.analysis.history_counting import EARLY_BEFORE_WEEKS
from gravida.analysis.input.endings import Ending, among
from gravida.analysis.input.pregnancies import Pregnancies

AGE_BANDS = (0.0, 20.0, 25.0, 30.0, 35.0, 40.0, 60.0)
_NAMES = {
    Ending.LIVE_BIRTH: "live",
    Ending.MISCARRIAGE: "loss",
    Ending.TERMINATION: "induced",
    Ending.ONGOING: "current",
    Ending.ECTOPIC: "ectopic",
    Ending.FETAL_DEATH: "still",
    Ending.STILLBIRTH: "still",
}
_STILL = (Ending.FETAL_DEATH, Ending.STILLBIRTH)


@dataclass(frozen=True, kw_only=True)
class Risk:
    """Early losses among pregnancies that ended in a live birth, a stillbirth or a loss, of one group."""

    group: str
    events: int
    pregnancies: int

    @property
    def share(self) -> float:
        """The share lost early; NaN where there is none."""
        return self.events / self.pregnancies if self.pregnancies else float("nan")


@dataclass(frozen=True, kw_only=True)
class Count:
    """How many of one kind."""

    what: str
    count: int


@dataclass(frozen=True, kw_only=True)
class Facts:
    """The counts. `after_third` is each woman's first pregnancy after her third early loss, by its ending."""

    pregnancies: int
    women: int
    endings: tuple[Count, ...]
    early_losses: int
    losses_from_14_weeks: int
    stillbirths_before_14_weeks: int
    stillbirths_before_20_weeks: int
    women_by_early_losses: tuple[Count, ...]
    risk_by_earlier: tuple[Risk, ...]
    risk_by_run: tuple[Risk, ...]
    risk_by_age: tuple[Risk, ...]
    after_third: tuple[Count, ...]
    after_third_early_losses: int

    def women_with(self, fewest: int) -> int:
        """Women with at least so many early losses."""
        return sum(row.count for row in self.women_by_early_losses if int(row.what) >= fewest)


def facts(pregnancies: Pregnancies, *, age_years: FloatArray | None = None) -> Facts:
    """The counts of pregnancies; risks by age only where `age_years` (rows of `pregnancies`,) is given."""
    risk = history(pregnancies)
    ending, weeks = risk.ending, pregnancies.weeks[risk.rows]
    loss = ending == Ending.MISCARRIAGE
    still = among(ending, *_STILL)
    per_woman = np.bincount(risk.woman, weights=risk.is_early_loss).astype(np.int64)
    counted = still | loss | (ending == Ending.LIVE_BIRTH)
    after = _first_after(risk, losses=3)
    return Facts(
        pregnancies=len(pregnancies),
        women=len(pregnancies.women),
        endings=_endings(ending),
        early_losses=int(risk.is_early_loss.sum()),
        losses_from_14_weeks=int((loss & (weeks >= EARLY_BEFORE_WEEKS)).sum()),
        stillbirths_before_14_weeks=int((still & (weeks < EARLY_BEFORE_WEEKS)).sum()),
        stillbirths_before_20_weeks=int((still & (weeks < 20)).sum()),
        women_by_early_losses=tuple(
            Count(what=str(number), count=int(count))
            for number, count in enumerate(np.bincount(per_woman))
            if count
        ),
        risk_by_earlier=_by_count(risk, counted, risk.lag("early_losses").values),
        risk_by_run=_by_count(risk, counted, risk.lag("losses_immediately_before").values),
        risk_by_age=() if age_years is None else _by_age(risk, counted, age_years[risk.rows]),
        after_third=_endings(ending[after]),
        after_third_early_losses=int(risk.is_early_loss[after].sum()),
    )


def _endings(endings: np.ndarray[tuple[int], np.dtype[np.int8]]) -> tuple[Count, ...]:
    """How often each ending occurs, the most frequent first; an ending without a short name by its own."""
    found: dict[str, int] = {}
    for code, count in zip(*np.unique(endings, return_counts=True), strict=True):
        name = _NAMES.get(Ending(int(code)), Ending(int(code)).name.lower())
        found[name] = found.get(name, 0) + int(count)
    ordered = sorted(found.items(), key=lambda item: (-item[1], item[0]))
    return tuple(Count(what=name, count=count) for name, count in ordered)


def _by_count(risk: RiskTable, counted: BoolArray, earlier: FloatArray) -> tuple[Risk, ...]:
    groups = np.minimum(earlier, 3.0)
    return tuple(_risk(str(number), risk, counted & (groups == number)) for number in range(4))


def _by_age(risk: RiskTable, counted: BoolArray, age: FloatArray) -> tuple[Risk, ...]:
    bands = pairwise(AGE_BANDS)
    return tuple(
        _risk(f"[{low:g}, {high:g})", risk, counted & (age >= low) & (age < high)) for low, high in bands
    )


def _risk(group: str, risk: RiskTable, rows: BoolArray) -> Risk:
    return Risk(group=group, events=int(risk.is_early_loss[rows].sum()), pregnancies=int(rows.sum()))


def _first_after(risk: RiskTable, *, losses: int) -> IntArray:
    """Each woman's first pregnancy after so many early losses: rows of the risk table."""
    after = np.flatnonzero(risk.lag("early_losses").fewest >= losses)
    _, first = np.unique(risk.woman[after], return_index=True)
    return after[first]
