"""Cumulative incidence of competing outcomes with delayed entry (Aalen and Johansen), with its errors."""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from gravida.analysis.fit import FloatArray, IntArray, NotEstimable
from gravida.analysis.survival.incidence_influence import IncidenceTables, influence_errors
from gravida.analysis.survival.intervals import Scale, interval
from gravida.analysis.survival.rows import (
    AtRisk,
    cause_codes,
    check_times,
    cluster_codes,
    counted_from_entry,
    positive,
)
from gravida.analysis.survival.times import BEFORE_ALL, Places, time_axis

FEW_AT_RISK = 50  # fewer than this at the first event is said in a warning

EMPTIED = "all_at_risk_had_an_event_before_others_entered"
FEW_AT_FIRST = "few_at_risk_at_first_event"


@dataclass(frozen=True, kw_only=True, eq=False)
class IncidenceCurves:
    """Cumulative incidence of each cause, and the share still free of all.

    Shapes: times, n_at_risk, event_free, event_free_error (times,); incidence, incidence_error,
    greenwood_error, n_events (times, causes). `starts_after`: curves are conditional on being at risk and
    event-free at this time; `n_left_before` (causes,): events that came earlier and are not counted.
    greenwood_error is NaN with weights.
    """

    causes: tuple[int, ...]
    times: FloatArray
    n_at_risk: FloatArray
    n_events: FloatArray
    event_free: FloatArray
    incidence: FloatArray
    event_free_error: FloatArray
    incidence_error: FloatArray
    greenwood_error: FloatArray
    errors_by: str
    starts_after: float
    n_rows: int
    n_clusters: int
    n_left_before: IntArray
    first_risk_set: float
    warnings: tuple[str, ...]

    def at(self, times: NDArray[Any], *, cause: int) -> FloatArray:
        """Incidence of a cause at any times (0 before the first event)."""
        return _step(self.times, self.incidence[:, self._column(cause)], times)

    def error_at(self, times: NDArray[Any], *, cause: int) -> FloatArray:
        """Standard error of the incidence of a cause at any times."""
        return _step(self.times, self.incidence_error[:, self._column(cause)], times)

    def interval(
        self,
        *,
        cause: int,
        level: float = 0.95,
        scale: Scale = "log-log",
        errors: Literal["jackknife", "greenwood"] = "jackknife",
    ) -> tuple[FloatArray, FloatArray]:
        """Pointwise confidence limits of the incidence of a cause, (times,) each."""
        column = self._column(cause)
        error = self.incidence_error if errors == "jackknife" else self.greenwood_error
        return interval(self.incidence[:, column], error[:, column], level=level, scale=scale)

    def _column(self, cause: int) -> int:
        if cause not in self.causes:
            raise KeyError(f"no cause {cause}: these curves have {self.causes}")
        return self.causes.index(cause)


def aalen_johansen(
    *,
    exit_time: NDArray[Any],
    cause: NDArray[Any],
    entry: NDArray[Any] | None = None,
    weights: NDArray[Any] | None = None,
    cluster: NDArray[Any] | None = None,
    at: NDArray[Any] | None = None,
    minimum_at_risk: int = 1,
    given_free_at: float | None = None,
    at_risk: AtRisk = "after_entry",
) -> IncidenceCurves:
    """Cumulative incidence of every cause, from intervals ending in a cause (1, 2, ...) or censored (0).

    All arrays (rows,). Each row is at risk in (entry, exit]; `from_entry` counts its entry time too.
    minimum_at_risk: curves start at the first event time with so many at risk; earlier events are counted,
    not used. given_free_at: curves conditional on being event-free at this time. at: times wanted, every
    event time where None (work grows with rows x times). Errors are infinitesimal jackknife, summed within
    clusters, and Greenwood's as package etm.
    Errors: ValueError naming the input; NotEstimable where no event is left.
    Source: Aalen and Johansen, Scand J Stat 1978;5:141; Rousson et al., Biom J 2018 (early risk sets);
    conventions of survival::survfit (R).
    """
    check_times(exit_time=exit_time, entry=entry)
    codes = cause_codes(cause, n_rows=len(exit_time))
    weight = None if weights is None else positive("weights", weights)
    table = _Table(exit_time=exit_time, entry=entry, cause=codes, weight=weight, at_risk=at_risk)
    start = table.start(minimum_at_risk=minimum_at_risk, given_free_at=given_free_at)
    clusters = None if cluster is None else np.asarray(cluster)
    if clusters is not None and len(clusters) != len(codes):
        raise ValueError(f"cluster has {len(clusters)} rows, exit_time has {len(codes)}")
    return _curves(table, start, cluster=clusters, at=at)


def _curves(
    table: "_Table", start: int, *, cluster: NDArray[Any] | None, at: NDArray[Any] | None
) -> IncidenceCurves:
    tables, used, left_before = table.tables(start)
    places = tables.event_places if at is None else np.searchsorted(table.times, at, side="right") - 1
    clusters, n_clusters = None, len(used)
    if cluster is not None:
        clusters, n_clusters = cluster_codes(cluster[used], n_rows=len(used))
    free_error, error = influence_errors(tables, places, cluster=clusters, n_clusters=n_clusters)
    known = places >= 0
    first = int(tables.event_places[0])
    weighted = tables.weight is not None
    return IncidenceCurves(
        causes=table.causes,
        times=table.times[places] if at is None else np.asarray(at, dtype=np.float64),
        n_at_risk=np.where(known, tables.n_at_risk[places], 0.0),
        n_events=tables.n_events[places] * known[:, None],
        event_free=tables.event_free[places + 1],
        incidence=tables.incidence[places + 1],
        event_free_error=free_error,
        incidence_error=error,
        greenwood_error=np.full_like(error, np.nan) if weighted else tables.greenwood(places),
        errors_by="infinitesimal jackknife" + ("" if cluster is None else " by woman"),
        starts_after=-np.inf if start == BEFORE_ALL else float(table.times[start]),
        n_rows=len(used),
        n_clusters=n_clusters,
        n_left_before=left_before,
        first_risk_set=float(tables.n_at_risk[first]),
        warnings=_warnings(tables, first),
    )


class _Table:
    """The rows on their time axis."""

    def __init__(
        self,
        *,
        exit_time: NDArray[Any],
        entry: NDArray[Any] | None,
        cause: Places,
        weight: FloatArray | None,
        at_risk: AtRisk,
    ) -> None:
        axis = time_axis(exit_time=exit_time, entry=entry)
        self.times = axis.times
        self.exit_at = axis.exit_at
        self.entry_at = axis.entry_at
        if self.entry_at is None:
            self.entry_at = np.full(len(cause), BEFORE_ALL, dtype=np.int32)
        elif at_risk == "from_entry":
            self.entry_at = counted_from_entry(self.entry_at)
        self.cause = cause
        self.weight = weight
        self.causes = tuple(int(each) for each in np.flatnonzero(np.bincount(cause)) if each > 0)
        if not self.causes:
            raise NotEstimable(f"no event among {len(cause)} rows at risk")

    def start(self, *, minimum_at_risk: int, given_free_at: float | None) -> int:
        """Place after which curves start."""
        start = BEFORE_ALL
        if given_free_at is not None:
            start = int(np.searchsorted(self.times, given_free_at, side="right")) - 1
        if minimum_at_risk <= 1:
            return start
        tables, _, _ = self.tables(start)
        enough = tables.n_at_risk[tables.event_places] >= minimum_at_risk
        if not enough.any():
            most = tables.n_at_risk[tables.event_places].max()
            raise NotEstimable(f"at most {most:g} at risk at any event: minimum_at_risk is {minimum_at_risk}")
        first = int(np.argmax(enough))
        return start if first == 0 else int(tables.event_places[first]) - 1

    def tables(self, start: int) -> tuple[IncidenceTables, NDArray[Any], IntArray]:
        """Curves of the rows still at risk after `start`, which rows these are, events left before it."""
        used = np.arange(len(self.cause)) if start == BEFORE_ALL else np.flatnonzero(self.exit_at > start)
        left = np.bincount(self.cause[self.exit_at <= start], minlength=max(self.causes) + 1)
        entry = np.zeros(0, dtype=np.int32) if self.entry_at is None else self.entry_at[used]
        found = IncidenceTables.of(
            n_times=len(self.times),
            entry_at=np.maximum(entry, np.int32(start)),
            exit_at=self.exit_at[used],
            cause=self.cause[used],
            causes=self.causes,
            weight=None if self.weight is None else self.weight[used],
        )
        return found, used, left[list(self.causes)]


def _warnings(tables: IncidenceTables, first: int) -> tuple[str, ...]:
    found = []
    gone = np.flatnonzero(tables.event_free[1:] <= 0)
    if len(gone) and (tables.exit_at > gone[0]).any():
        found.append(EMPTIED)
    if tables.n_at_risk[first] < min(FEW_AT_RISK, tables.n_at_risk.max()):
        found.append(FEW_AT_FIRST)
    return tuple(found)


def _step(times: FloatArray, values: FloatArray, at: NDArray[Any]) -> FloatArray:
    place = np.searchsorted(times, at, side="right")
    return np.asarray(np.concatenate([[0.0], values])[place])
