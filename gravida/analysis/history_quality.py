"""What is odd in told histories: heaped weeks, dates against the order, gaps below zero, late recognition."""

from dataclasses import dataclass

import numpy as np

from gravida.analysis.fit import IntArray
from gravida.analysis.history_counting import Known
from gravida.analysis.history_lags import Places
from gravida.analysis.input.pregnancies import LONGEST_WEEKS, Pregnancies

# Losses told in months fall on these weeks (months times 4.3).
PREFERRED_WEEKS = (4, 6, 9, 13)


@dataclass(frozen=True, kw_only=True)
class Heap:
    """How many losses were told at a preferred week, beside the mean of the two weeks around it."""

    week: int
    losses: int
    around: float

    @property
    def ratio(self) -> float:
        """Above 1: the week is preferred. Infinite where the weeks around are empty, NaN where all are."""
        if self.around == 0:
            return float("inf") if self.losses else float("nan")
        return self.losses / self.around


@dataclass(frozen=True, kw_only=True, eq=False)
class Quality:
    """Counts of what a reader of the results must know about the histories behind them.

    `losses_by_week`: (61,) losses told at each completed week. Gaps and inversions are counted between
    consecutive pregnancies of one woman whose times are known: a gap is below zero where the next began
    before the last ended; an inversion is a next one that ended before the last one did.
    """

    losses_by_week: IntArray
    heaps: tuple[Heap, ...]
    losses: int
    losses_of_unknown_week: int
    negative_gaps: int
    inversions: int
    pairs_with_known_gap: int
    ends_before_it_began: int
    losses_with_known_recognition: int
    recognised_at_or_after_loss: int
    women_of_unknown_order: int
    same_order_twice: int
    endings_unknown: int


def quality_of(pregnancies: Pregnancies, known: Known, places: Places) -> Quality:
    """The oddities of the histories; every count is over all pregnancies read."""
    by_week = _losses_by_week(pregnancies, known)
    gaps, inversions, pairs = _gaps(pregnancies, places)
    told = known.is_loss & ~np.isnan(pregnancies.recognised_week) & ~np.isnan(pregnancies.weeks)
    shares_place = places.place_last > places.place_first
    backwards = pregnancies.ended_last < pregnancies.began_first
    return Quality(
        losses_by_week=by_week,
        heaps=tuple(_heap(by_week, week) for week in PREFERRED_WEEKS),
        losses=int(known.is_loss.sum()),
        losses_of_unknown_week=int((known.is_loss & np.isnan(pregnancies.weeks)).sum()),
        negative_gaps=gaps,
        inversions=inversions,
        pairs_with_known_gap=pairs,
        ends_before_it_began=int(backwards.sum()),
        losses_with_known_recognition=int(told.sum()),
        recognised_at_or_after_loss=int((told & (pregnancies.recognised_week >= pregnancies.weeks)).sum()),
        women_of_unknown_order=len(np.unique(places.woman[shares_place])),
        same_order_twice=int(shares_place.sum()),
        endings_unknown=int((pregnancies.ending == 0).sum()),
    )


def _losses_by_week(pregnancies: Pregnancies, known: Known) -> IntArray:
    weeks = pregnancies.weeks[known.is_loss]
    weeks = np.floor(weeks[~np.isnan(weeks)]).astype(np.int64)
    return np.bincount(weeks, minlength=LONGEST_WEEKS + 1).astype(np.int64)


def _heap(by_week: IntArray, week: int) -> Heap:
    around = (by_week[week - 1] + by_week[week + 1]) / 2
    return Heap(week=week, losses=int(by_week[week]), around=float(around))


def _gaps(pregnancies: Pregnancies, places: Places) -> tuple[int, int, int]:
    """Negative gaps, inversions, and pairs whose gap is known."""
    order = places.order
    pair = np.flatnonzero(places.woman[1:] == places.woman[:-1]) if len(order) > 1 else order[:0]
    earlier, later = order[pair], order[pair + 1] if len(pair) else order[:0]
    gap = pregnancies.began_last[later] - pregnancies.ended_first[earlier]
    ended = pregnancies.ended_last[later] - pregnancies.ended_first[earlier]
    return int((gap < 0).sum()), int((ended < 0).sum()), int((~np.isnan(gap)).sum())
