"""Risk sets at every event time, as weighted counts of patterns, so that work grows with patterns.

A *moment* is one (stratum, time) at which an event happens. Rows enter the sums only through how many of
each pattern are at risk at each moment; whatever is linear in exp(linear predictor) follows from these.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from gravida.analysis.crossproduct import weighted_product
from gravida.analysis.fit import BoolArray, FloatArray, IntArray, NotEstimable
from gravida.analysis.in_blocks import row_slices
from gravida.analysis.survival.rows import RiskRows
from gravida.analysis.survival.times import BEFORE_ALL, Places

DENSE_CELLS = 40_000_000  # largest table of moments x patterns kept in full (8 bytes each)


@dataclass(frozen=True, kw_only=True, eq=False)
class Kept:
    """Rows that stay in the risk set after a competing event, with a weight that falls (Fine and Gray).

    At moment m such a row weighs scale[m, group[row]] / at_exit[row]. Shapes: rows (kept,) row numbers;
    group (kept,); at_exit (kept,); scale (moments, groups).
    """

    rows: IntArray
    group: Places
    at_exit: FloatArray
    scale: FloatArray


@dataclass(frozen=True, kw_only=True, eq=False)
class Layer:
    """One part of the risk set: counts change by `changes` from moment to moment, times `scale`."""

    changes: sparse.csr_matrix  # (moments + 1, patterns)
    scale: FloatArray | None  # (moments,), None for 1


@dataclass(frozen=True, kw_only=True, eq=False)
class RiskSets:
    """Who is at risk at each moment, and who has the event there.

    Shapes: moment_time, moment_stratum, n_events, event_weight (moments,); first, last (rows,): a row is at
    risk at moments first <= m < last; moment_of_event (events,) with event_rows (events,);
    deaths (moments, patterns); at_risk (moments, patterns) where kept in full, else layers.
    """

    rows: RiskRows
    event: BoolArray
    event_rows: IntArray
    moment_of_event: Places
    moment_time: FloatArray
    moment_stratum: Places
    n_events: IntArray
    event_weight: FloatArray
    first: Places
    last: Places
    deaths: sparse.csr_matrix
    at_risk: FloatArray | None
    layers: tuple[Layer, ...]
    kept: Kept | None

    @property
    def n_moments(self) -> int:
        """Distinct event times, counted within strata."""
        return len(self.moment_time)

    @property
    def deaths_by_pattern(self) -> FloatArray:
        """Weighted events of each pattern, (patterns,)."""
        return np.asarray(self.deaths.sum(axis=0)).ravel()

    def sums(self, values: FloatArray) -> FloatArray:
        """Sum of `values` (patterns, ...) over the risk set of each moment, (moments, ...)."""
        if self.at_risk is not None:
            return np.asarray(self.at_risk @ values)
        total = np.zeros((self.n_moments, *values.shape[1:]))
        for layer in self.layers:
            part = np.cumsum(layer.changes @ values, axis=0)[:-1]
            if layer.scale is not None:
                part = part * (layer.scale if part.ndim == 1 else layer.scale[:, None])
            total += part
        return total

    def factor_sums(self, risk: FloatArray, x: FloatArray) -> FloatArray:
        """Sum of risk times x over the risk set of each moment, (moments, factors); x (patterns, factors)."""
        # The counts are scaled, not x: a scaled copy of x would be the largest array of a fit.
        if self.at_risk is not None:
            return weighted_product(self.at_risk, risk, x)
        total = np.zeros((self.n_moments, x.shape[1]))
        for layer in self.layers:
            part = np.cumsum(scaled_columns(layer.changes, risk) @ x, axis=0)[:-1]
            total += part if layer.scale is None else part * layer.scale[:, None]
        return total

    def spread(self, by_moment: FloatArray) -> FloatArray:
        """Sum of `by_moment` (moments,) over the moments at which each pattern is at risk, (patterns,)."""
        if self.at_risk is not None:
            return np.asarray(by_moment @ self.at_risk)
        total = np.zeros(self.rows.n_patterns)
        for layer in self.layers:
            scaled = by_moment if layer.scale is None else by_moment * layer.scale
            total -= layer.changes.T @ running(scaled)
        return total


def running(by_moment: FloatArray) -> FloatArray:
    """Running sums with a zero in front, (moments + 1, ...): entry m is the sum before moment m."""
    out = np.zeros((len(by_moment) + 1, *by_moment.shape[1:]))
    np.cumsum(by_moment, axis=0, out=out[1:])
    return out


def scaled_columns(counts: sparse.csr_matrix, by_pattern: FloatArray) -> sparse.csr_matrix:
    """counts (..., patterns), each column times `by_pattern` (patterns,)."""
    scaled = counts.data * by_pattern[counts.indices]
    return sparse.csr_matrix((scaled, counts.indices, counts.indptr), shape=counts.shape)


def risk_sets(rows: RiskRows, event: BoolArray, *, kept: Kept | None = None) -> RiskSets:
    """Risk sets of the rows at the times of this event.

    `kept` must have been made for the same moments (`moments`). NotEstimable where no row has the event.
    """
    at = moments(rows, event)
    if kept is None:
        at_risk, layers = _ordinary(rows, at)
    else:
        at_risk, layers = _with_kept(rows, at, kept)
    event_rows = np.flatnonzero(event)
    moment_of_event = at.last[event_rows] - np.int32(1)
    weights = None if rows.weights is None else rows.weights[event_rows]
    n_moments = len(at.time)
    return RiskSets(
        rows=rows,
        event=event,
        event_rows=event_rows,
        moment_of_event=moment_of_event,
        moment_time=at.time,
        moment_stratum=at.stratum,
        n_events=np.bincount(moment_of_event, minlength=n_moments),
        event_weight=np.bincount(moment_of_event, weights=weights, minlength=n_moments).astype(np.float64),
        first=at.first,
        last=at.last,
        deaths=_table(rows, n_moments, [(moment_of_event, event_rows, weights)]),
        at_risk=at_risk,
        layers=layers,
        kept=kept,
    )


@dataclass(frozen=True, kw_only=True, eq=False)
class Moments:
    """The moments of an event, (moments,), and each row's range first <= m < last, (rows,)."""

    time: FloatArray
    place: Places  # of each moment, in the times of the rows
    stratum: Places
    first: Places
    last: Places


def moments(rows: RiskRows, event: BoolArray) -> Moments:
    """Event times within strata; which of them each row is at risk for."""
    if not event.any():
        raise NotEstimable(f"no event among {rows.n_rows} rows at risk")
    width = len(rows.times) + 1  # place 0 of a stratum is "before all"
    with_event = _stacked(rows, rows.exit_at, np.flatnonzero(event), width)
    upto: Places | None = None
    if width * rows.n_strata > 4 * rows.n_rows + 1000:
        keys = np.unique(with_event)
    else:
        happens = np.bincount(with_event, minlength=width * rows.n_strata) > 0
        keys, upto = np.flatnonzero(happens), np.cumsum(happens, dtype=np.int32)

    def moments_upto(at: NDArray[Any]) -> NDArray[Any]:
        return np.asarray(np.searchsorted(keys, at, side="right") if upto is None else upto[at])

    first, last = np.empty(rows.n_rows, dtype=np.int32), np.empty(rows.n_rows, dtype=np.int32)
    for part in row_slices(rows.n_rows):
        first[part] = moments_upto(_entries(rows, part, width))
        last[part] = moments_upto(_stacked(rows, rows.exit_at, part, width))
    place = (keys % width - 1).astype(np.int32)
    return Moments(
        time=rows.times[place],
        place=place,
        stratum=(keys // width).astype(np.int32),
        first=first,
        last=last,
    )


def _stacked(rows: RiskRows, places: Places, part: Any, width: int) -> NDArray[Any]:
    """Places of some rows on the axes of all strata one after another."""
    if rows.stratum is None:
        return np.asarray(places[part] + np.int32(1))
    return np.asarray(rows.stratum[part].astype(np.int64) * width + places[part] + 1)


def _entries(rows: RiskRows, part: slice, width: int) -> NDArray[Any]:
    if rows.entry_at is not None:
        return _stacked(rows, rows.entry_at, part, width)
    return _stacked(rows, np.broadcast_to(np.int32(BEFORE_ALL), rows.n_rows), part, width)


def _ordinary(rows: RiskRows, at: Moments) -> tuple[FloatArray | None, tuple[Layer, ...]]:
    n_moments = len(at.time)
    if n_moments * rows.n_patterns <= min(DENSE_CELLS, max(4 * rows.n_rows, 10_000)):
        cells = np.zeros((n_moments + 1) * rows.n_patterns)
        _count_into(cells, rows, at.first, weights=rows.weights)
        _count_into(cells, rows, at.last, weights=rows.weights, sign=-1.0)
        changes = cells.reshape(n_moments + 1, rows.n_patterns)
        return np.cumsum(changes, axis=0, out=changes)[:-1], ()
    used = np.flatnonzero(at.first < at.last)
    weights = None if rows.weights is None else rows.weights[used]
    minus = -np.ones(len(used)) if weights is None else -weights
    parts = [(at.first[used], used, weights), (at.last[used], used, minus)]
    return None, (Layer(changes=_table(rows, n_moments + 1, parts), scale=None),)


def _with_kept(rows: RiskRows, at: Moments, kept: Kept) -> tuple[FloatArray | None, tuple[Layer, ...]]:
    dense, layers = _ordinary(rows, at)
    n_moments = len(at.time)
    weights = 1 / kept.at_exit if rows.weights is None else rows.weights[kept.rows] / kept.at_exit
    more: list[Layer] = []
    for group in range(kept.scale.shape[1]):
        own = kept.group == group
        members = kept.rows[own]
        begin = at.last[members]
        scale = kept.scale[:, group]
        if dense is not None:
            cells = np.zeros((n_moments + 1) * rows.n_patterns)
            _count_into(cells, rows, begin, members=members, weights=weights[own])
            staying = cells.reshape(n_moments + 1, rows.n_patterns)
            dense += scale[:, None] * np.cumsum(staying, axis=0)[:-1]
            continue
        # Nobody of this layer leaves before the last moment, so no row of the table takes them out again.
        changes = _table(rows, n_moments + 1, [(begin, members, weights[own])])
        end = _table(rows, n_moments + 1, [(np.full(len(members), n_moments), members, -weights[own])])
        more.append(Layer(changes=changes + end, scale=scale))
    return dense, layers + tuple(more)


def _count_into(
    cells: FloatArray,
    rows: RiskRows,
    moment: NDArray[Any],
    *,
    members: IntArray | None = None,
    weights: FloatArray | None,
    sign: float = 1.0,
) -> None:
    """Adds `sign` times the weights of members (all rows by default) at moment * patterns + pattern."""
    for part in row_slices(len(moment)):
        cell = moment[part].astype(np.int64) * rows.n_patterns
        cell += rows.patterns_of(part if members is None else members[part])
        np.add.at(cells, cell, sign if weights is None else sign * weights[part])


def _table(
    rows: RiskRows,
    n_rows: int,
    parts: list[tuple[Any, Any, FloatArray | None]],
) -> sparse.csr_matrix:
    """Sparse weighted counts (n_rows, patterns) of (moment, row, weight) triples."""
    at = np.concatenate([np.asarray(moment) for moment, _, _ in parts])
    pattern = np.concatenate([np.asarray(rows.patterns_of(row)) for _, row, _ in parts])
    shape = (n_rows, rows.n_patterns)
    if all(given is None for _, _, given in parts):
        return _counts(at.astype(np.int64) * rows.n_patterns + pattern, shape=shape)
    weight = np.concatenate([np.ones(len(row)) if given is None else given for _, row, given in parts])
    return sparse.coo_matrix((weight, (at, pattern)), shape=shape).tocsr()


def _counts(cells: IntArray, *, shape: tuple[int, int]) -> sparse.csr_matrix:
    """How often each cell, moment * patterns + pattern, occurs; sorts `cells` in place."""
    cells.sort()
    last = np.flatnonzero(np.append(cells[1:] != cells[:-1], True))
    found, counts = cells[last], np.diff(last, prepend=-1).astype(np.float64)
    starts = np.searchsorted(found, np.arange(shape[0] + 1) * shape[1])
    return sparse.csr_matrix((counts, found % shape[1], starts), shape=shape)
