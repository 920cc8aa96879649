"""Cumulative incidence in groups without late entry, its variance, and Gray's test between the groups."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gravida.analysis.fit import FloatArray, NotEstimable
from gravida.analysis.survival.cox import ChiSquare, chi_square
from gravida.analysis.survival.incidence_influence import IncidenceTables
from gravida.analysis.survival.rows import cause_codes, check_times, cluster_codes
from gravida.analysis.survival.times import BEFORE_ALL, Places, time_axis


@dataclass(frozen=True, kw_only=True, eq=False)
class GrayIncidence:
    """Cumulative incidence of each cause at given times, with Gray's variance, (times, causes)."""

    causes: tuple[int, ...]
    times: FloatArray
    incidence: FloatArray
    variance: FloatArray


def cumulative_incidence(*, exit_time: NDArray[Any], cause: NDArray[Any], at: NDArray[Any]) -> GrayIncidence:
    """Cumulative incidence of every cause (0 is censored), all rows at risk from the start; arrays (rows,).

    Before a cause's first event its incidence and variance are 0.
    Source: Gray, Ann Stat 1988;16:1141; the variance of cmprsk::cuminc (R).
    """
    check_times(exit_time=exit_time, entry=None)
    codes = cause_codes(cause, n_rows=len(exit_time))
    causes = tuple(int(each) for each in np.flatnonzero(np.bincount(codes)) if each > 0)
    if not causes:
        raise NotEstimable(f"no event among {len(codes)} rows at risk")
    axis = time_axis(exit_time=exit_time)
    tables = IncidenceTables.of(
        n_times=len(axis.times),
        entry_at=np.full(len(codes), BEFORE_ALL, dtype=np.int32),
        exit_at=axis.exit_at,
        cause=codes,
        causes=causes,
        weight=None,
    )
    places = np.searchsorted(axis.times, at, side="right")
    variance = np.column_stack([_variance(tables, each) for each in range(len(causes))])
    return GrayIncidence(
        causes=causes,
        times=np.asarray(at, dtype=np.float64),
        incidence=tables.incidence[places],
        variance=variance[places],
    )


def _variance(tables: IncidenceTables, column: int) -> FloatArray:
    """Variance after each time, (times + 1,); it changes only where the cause has an event."""
    own = tables.n_events[:, column]
    others = tables.n_events.sum(axis=1) - own
    risk = np.maximum(tables.n_at_risk, 1.0)
    before, after = tables.event_free[:-1], tables.event_free[1:]
    reached = tables.incidence[1:, column]
    inverse = np.where(after > 0, 1 / np.where(after > 0, after, 1.0), 0.0)

    def size(events: FloatArray) -> FloatArray:
        tied = np.where(events > 1, 1 - (events - 1) / np.maximum(risk - 1, 1.0), 1.0)
        return np.asarray(before**2 * tied * events / risk**2)

    by_other = np.where(after > 0, size(others), 0.0)
    by_own = np.where(own > 0, size(own), 0.0)
    constant = np.cumsum(by_other * (inverse * reached) ** 2 + by_own * (1 + inverse * reached) ** 2)
    cross = np.cumsum(by_other * inverse**2 * reached + by_own * inverse * (1 + inverse * reached))
    square = np.cumsum((by_other + by_own) * inverse**2)
    every = constant - 2 * reached * cross + reached**2 * square
    latest = np.maximum.accumulate(np.where(own > 0, np.arange(1, len(own) + 1), 0))
    return np.asarray(np.concatenate([[0.0], every])[np.concatenate([[0], latest])])


def gray_test(
    *,
    exit_time: NDArray[Any],
    cause: NDArray[Any],
    group: NDArray[Any],
    of_cause: int = 1,
    strata: NDArray[Any] | None = None,
    rho: float = 0.0,
) -> ChiSquare:
    """Whether the cumulative incidence of a cause differs between groups; arrays (rows,), cause 0 censored.

    rho weighs differences by (1 - incidence) ** rho. NotEstimable with fewer than two groups, or where a
    group carries no information. Source: Gray, Ann Stat 1988;16:1141, section 2; as cmprsk::cuminc (R).
    """
    check_times(exit_time=exit_time, entry=None)
    codes = cause_codes(cause, n_rows=len(exit_time))
    groups, n_groups = cluster_codes(np.asarray(group), n_rows=len(codes))
    if n_groups < 2:
        raise NotEstimable(f"{n_groups} group: a test between groups needs two or more")
    stratum, n_strata = np.zeros(len(codes), dtype=np.int32), 1
    if strata is not None:
        stratum, n_strata = cluster_codes(np.asarray(strata), n_rows=len(codes))
    axis = time_axis(exit_time=exit_time)
    score, variance = np.zeros(n_groups), np.zeros((n_groups, n_groups))
    for each in range(n_strata):
        own = stratum == each
        part, spread = _Stratum(
            place=axis.exit_at[own],
            kind=np.where(codes[own] == of_cause, 1, np.where(codes[own] > 0, 2, 0)),
            group=groups[own],
            n_groups=n_groups,
        ).test(rho)
        score, variance = score + part, variance + spread
    score, variance = score[:-1], variance[:-1, :-1]
    if np.linalg.matrix_rank(variance) < n_groups - 1:
        raise NotEstimable(f"a group of {n_groups} carries no information on cause {of_cause}")
    return chi_square(float(score @ np.linalg.solve(variance, score)), n_groups - 1)


class _Stratum:
    """Counts of one stratum at each time, (times, groups): at risk, of the cause, of other causes."""

    def __init__(self, *, place: Places, kind: NDArray[Any], group: Places, n_groups: int) -> None:
        n_times = int(place.max()) + 1

        def counts(chosen: NDArray[Any]) -> FloatArray:
            key = place[chosen].astype(np.int64) * n_groups + group[chosen]
            table = np.bincount(key, minlength=n_times * n_groups).astype(np.float64)
            return table.reshape(n_times, n_groups)

        left = counts(np.full(len(kind), True))
        at_risk = left.sum(axis=0) - np.cumsum(left, axis=0) + left
        own, others = counts(kind == 1), counts(kind == 2)
        any_event = (own + others).sum(axis=1) > 0
        self.at_risk, self.own, self.others = at_risk[any_event], own[any_event], others[any_event]
        self.n_groups = n_groups

    def test(self, rho: float) -> tuple[FloatArray, FloatArray]:
        """Score of each group and its variance; Gray's paper names the steps."""
        size = self.n_groups
        state = _Running(free=np.ones(size), reached=np.zeros(size), pooled=0.0, drift=np.zeros((size, size)))
        score, variance = np.zeros(size), np.zeros((size, size))
        last, mixed = np.zeros(size), np.zeros((size, size))
        for at_risk, own, others in zip(self.at_risk, self.own, self.others, strict=True):
            pull = state.advance(at_risk, own, others, rho=rho)
            score += pull.score
            for effect, slope, amount in pull.parts:
                variance += (effect * amount) @ effect.T
                mixed += effect * (slope * amount)
                last += slope**2 * amount
        cross = state.drift @ mixed.T
        variance += (state.drift * last) @ state.drift.T + cross + cross.T
        return score, variance


@dataclass(frozen=True, kw_only=True, eq=False)
class _Pull:
    """One time's part: score (groups,), and (effect (groups, groups), slope, amount (groups,)) by cause."""

    score: FloatArray
    parts: tuple[tuple[FloatArray, FloatArray, FloatArray], ...]


@dataclass(kw_only=True, eq=False)
class _Running:
    """Estimates just before a time: event-free and incidence of each group, incidence of all pooled."""

    free: FloatArray
    reached: FloatArray
    pooled: float
    drift: FloatArray

    def advance(self, at_risk: FloatArray, own: FloatArray, others: FloatArray, *, rho: float) -> _Pull:
        """What the events of this time add; estimates move past it."""
        present = at_risk > 0
        risk, free = np.where(present, at_risk, 1.0), np.where(present, self.free, 1.0)
        total = own.sum()
        weighted = np.where(present, at_risk / free, 0.0)
        alike = weighted * (1 - self.reached)
        pooled = self.pooled + total / weighted.sum()
        scale = (1 - self.pooled) ** rho
        score = scale * (own - total * alike / alike.sum())
        contrast = scale * (np.diag(weighted) - np.outer(weighted, weighted) / weighted.sum())
        self.drift += contrast * total / (weighted.sum() * (1 - self.pooled))
        after = np.where(present, free * (1 - (own + others) / risk), self.free)
        share = np.where(after > 0, (1 - pooled) / np.where(after > 0, after, 1.0), 0.0)
        parts = [
            self._by_own(total, at_risk, weighted.sum() * free, contrast, share),
            self._by_others(others, risk, free, share, present & (after > 0)),
        ]
        self.reached = np.where(present, self.reached + free * own / risk, self.reached)
        self.free, self.pooled = after, pooled
        return _Pull(score=np.where(present, score, 0.0), parts=tuple(parts))

    def _by_own(
        self,
        total: float,
        at_risk: FloatArray,
        expected: FloatArray,
        contrast: FloatArray,
        share: FloatArray,
    ) -> tuple[FloatArray, FloatArray, FloatArray]:
        present = at_risk > 0
        tied = 1 - (total - 1) / (expected - 1) if total > 1 else np.ones(len(at_risk))
        slope = 1 - share
        size = np.where(present, expected * at_risk, 1.0)
        amount = np.where(present, tied * self.free**2 * total / size, 0.0)
        return contrast - slope * self.drift, slope, amount

    def _by_others(
        self,
        others: FloatArray,
        risk: FloatArray,
        free: FloatArray,
        share: FloatArray,
        counted: NDArray[np.bool_],
    ) -> tuple[FloatArray, FloatArray, FloatArray]:
        tied = np.where(others > 1, 1 - (others - 1) / np.maximum(risk - 1, 1.0), 1.0)
        amount = np.where(counted, tied * free**2 * others / risk**2, 0.0)
        return share * self.drift, -share, amount
