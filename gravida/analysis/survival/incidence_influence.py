"""What each row does to a cumulative incidence: its errors by the infinitesimal jackknife and Greenwood's."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from gravida.analysis.fit import FloatArray, IntArray, NotEstimable
from gravida.analysis.survival.clusters import row_blocks
from gravida.analysis.survival.times import Places

CELLS_AT_ONCE = 4_000_000


@dataclass(frozen=True, kw_only=True, eq=False)
class IncidenceTables:
    """Aalen-Johansen estimates on a time axis, and the rows they come from.

    Shapes: entry_at, exit_at, column, weight (rows,), column = place of the cause in `causes` or -1;
    n_at_risk, hazard (times,); n_events, cause_hazard (times, causes); event_free, (times + 1,) and incidence
    (times + 1, causes) with the value before all times in front; event_places: times with any event.
    """

    entry_at: Places
    exit_at: Places
    column: Places
    weight: FloatArray | None
    n_at_risk: FloatArray
    n_events: FloatArray
    hazard: FloatArray
    cause_hazard: FloatArray
    event_free: FloatArray
    incidence: FloatArray
    event_places: IntArray

    @classmethod
    def of(
        cls,
        *,
        n_times: int,
        entry_at: Places,
        exit_at: Places,
        cause: Places,
        causes: tuple[int, ...],
        weight: FloatArray | None,
    ) -> "IncidenceTables":
        """The estimates; NotEstimable where no row ends in a cause."""
        column = np.searchsorted(causes, cause).astype(np.int32)
        column[cause == 0] = -1
        entered = np.bincount(entry_at + 1, weights=weight, minlength=n_times + 1)[:n_times]
        left = np.bincount(exit_at, weights=weight, minlength=n_times)
        at_risk = np.cumsum(entered) - np.concatenate([[0.0], np.cumsum(left)[:-1]])
        n_events = np.column_stack(
            [_counts(exit_at, column == each, weight, n_times) for each in range(len(causes))]
        )
        total = n_events.sum(axis=1)
        places = np.flatnonzero(total > 0)
        if not len(places):
            raise NotEstimable(f"no event among the {len(exit_at)} rows that are still at risk")
        safe = np.where(total > 0, at_risk, 1.0)
        all_fail = (total > 0) & (total >= at_risk * (1 - 1e-12))
        hazard = np.where(all_fail, 1.0, total / safe)
        cause_hazard = n_events / safe[:, None]
        event_free = np.concatenate([[1.0], np.cumprod(1 - hazard)])
        incidence = np.zeros((n_times + 1, len(causes)))
        np.cumsum(event_free[:-1, None] * cause_hazard, axis=0, out=incidence[1:])
        return cls(
            entry_at=entry_at,
            exit_at=exit_at,
            column=column,
            weight=weight,
            n_at_risk=at_risk,
            n_events=n_events,
            hazard=hazard,
            cause_hazard=cause_hazard,
            event_free=event_free,
            incidence=incidence,
            event_places=places,
        )

    def greenwood(self, places: IntArray) -> FloatArray:
        """Standard errors from the multinomial variance of the hazards at each time, (places, causes).

        Source: Andersen, Borgan, Gill and Keiding 1993, section IV.4; equal to package etm (R).
        """
        before, after = self.event_free[:-1], self.incidence[1:]
        events = self.hazard > 0
        risk = np.where(events, self.n_at_risk, 1.0)
        open_end = self.hazard < 1
        lasting = np.where(open_end, 1 / np.where(open_end, 1 - self.hazard, 1.0), 0.0)
        errors = []
        for column in range(self.incidence.shape[1]):
            own, reached = self.cause_hazard[:, column], after[:, column]
            # How the incidence at t answers to the hazard at s: own * before - (F(t) - F(s)) * lasting.
            constant = before + reached * lasting
            other = reached * lasting
            one = own * constant**2 + (self.hazard - own) * other**2
            mean = own * constant + (self.hazard - own) * other
            square = (one - mean**2) / risk
            cross = (own * constant + (self.hazard - own) * other - mean * self.hazard) * lasting / risk
            slope = (self.hazard - self.hazard**2) * lasting**2 / risk
            sums = [np.concatenate([[0.0], np.cumsum(each)])[places + 1] for each in (square, cross, slope)]
            final = self.incidence[places + 1, column]
            errors.append(np.sqrt(np.maximum(sums[0] - 2 * final * sums[1] + final**2 * sums[2], 0.0)))
        return np.column_stack(errors)


@dataclass(frozen=True, kw_only=True, eq=False)
class _Running:
    """Running sums over times, value before all times in front; see `influence_errors`."""

    lost: FloatArray  # (times + 1,) hazard / (risk (1 - hazard))
    own_lost: FloatArray  # (times,) 1 / (risk (1 - hazard)), 0 where all fail
    gained: FloatArray  # (times + 1, causes) jump / risk
    carried: FloatArray  # (times + 1, causes) jump * lost before it
    jump: FloatArray  # (times,) event-free before / risk


def influence_errors(
    tables: IncidenceTables, places: IntArray, *, cluster: NDArray[np.int32] | None, n_clusters: int
) -> tuple[FloatArray, FloatArray]:
    """Errors of the event-free share (places,) and of each incidence (places, causes).

    Each row's influence is the derivative of the estimate by its weight, times its weight; influences of a
    cluster are summed before squaring. Rows that enter, leave and end alike share one influence.
    """
    cell_of, cells = _cells(tables)
    causes = tables.incidence.shape[1]
    sums = _running_sums(tables)
    squares = np.zeros((len(places), causes + 1))
    step = max(1, CELLS_AT_ONCE // (len(cells) * (causes + 1)))
    for begin in range(0, len(places), step):
        part = places[begin : begin + step]
        influence = _influences(tables, sums, cells, part)
        squares[begin : begin + step] = _squared(
            influence, cell_of, weight=tables.weight, cluster=cluster, n_clusters=n_clusters
        ).reshape(len(part), causes + 1)
    errors = np.sqrt(squares)
    return errors[:, 0], errors[:, 1:]


def _counts(exit_at: Places, chosen: NDArray[Any], weight: FloatArray | None, n_times: int) -> FloatArray:
    return np.bincount(
        exit_at[chosen], weights=None if weight is None else weight[chosen], minlength=n_times
    ).astype(np.float64)


def _cells(tables: IncidenceTables) -> tuple[NDArray[Any], IntArray]:
    """Which distinct (entry, exit, cause) each row has, and one row of each."""
    causes = tables.incidence.shape[1] + 1
    times = len(tables.hazard) + 1
    key = ((tables.entry_at.astype(np.int64) + 1) * times + tables.exit_at) * causes + tables.column + 1
    if times * times * causes <= 4 * len(key) + 10_000:
        seen = np.bincount(key, minlength=times * times * causes) > 0
        one = np.zeros(len(seen), dtype=np.int64)
        one[key] = np.arange(len(key))
        return (np.cumsum(seen) - 1)[key], one[seen]
    _, one, cell_of = np.unique(key, return_index=True, return_inverse=True)
    return cell_of, one


def _running_sums(tables: IncidenceTables) -> _Running:
    events = tables.hazard > 0
    risk = np.where(events, tables.n_at_risk, 1.0)
    lasting = events & (tables.hazard < 1)
    own_lost = np.where(lasting, 1 / (risk * np.where(lasting, 1 - tables.hazard, 1.0)), 0.0)
    lost = np.concatenate([[0.0], np.cumsum(tables.hazard * own_lost)])
    jumps = np.diff(tables.incidence, axis=0)
    front = np.zeros((1, jumps.shape[1]))
    return _Running(
        lost=lost,
        own_lost=own_lost,
        gained=np.concatenate([front, np.cumsum(jumps / risk[:, None], axis=0)]),
        carried=np.concatenate([front, np.cumsum(jumps * lost[:-1, None], axis=0)]),
        jump=np.where(events, tables.event_free[:-1] / risk, 0.0),
    )


def _influences(tables: IncidenceTables, sums: _Running, cells: IntArray, places: IntArray) -> FloatArray:
    """Influence of each cell on event-free share and incidences, (cells, places, causes + 1)."""
    entry, exit_at, column = (each[cells, None] for each in (tables.entry_at, tables.exit_at, tables.column))
    entry, leave = entry + 1, exit_at + 1  # places in tables that have a value in front
    now = places[None, :] + 1
    until = np.maximum(np.minimum(now, leave), entry)
    ended = (column >= 0) & (now >= leave)
    own_lost = sums.own_lost[exit_at]
    free = tables.event_free[now] * (sums.lost[until] - sums.lost[entry] - np.where(ended, own_lost, 0.0))
    influence = np.empty((len(cells), len(places), tables.incidence.shape[1] + 1))
    influence[:, :, 0] = free
    for each in range(tables.incidence.shape[1]):
        reached = tables.incidence[:, each]
        since_exit = reached[np.maximum(now, leave)] - reached[leave]
        since_entry = reached[np.maximum(now, entry)] - reached[entry]
        influence[:, :, each + 1] = (
            (sums.carried[:, each][until] - sums.carried[:, each][entry])
            - (sums.gained[:, each][until] - sums.gained[:, each][entry])
            + sums.lost[leave] * since_exit
            - sums.lost[entry] * since_entry
            - np.where(ended, own_lost * since_exit, 0.0)
            + np.where(ended & (column == each), sums.jump[exit_at], 0.0)
        )
    return influence


def _squared(
    influence: FloatArray,
    cell_of: NDArray[Any],
    *,
    weight: FloatArray | None,
    cluster: NDArray[np.int32] | None,
    n_clusters: int,
) -> FloatArray:
    """Sum over clusters (rows, where there are none) of the squared sums of influences."""
    table = influence.reshape(len(influence), -1)
    if cluster is None:
        squares = None if weight is None else weight**2
        return np.asarray(np.bincount(cell_of, weights=squares, minlength=len(table)) @ table**2)
    total = np.zeros(table.shape[1])
    for select, start in row_blocks(cluster, n_clusters):
        cell = cell_of[select]
        amount = np.ones(len(cell)) if weight is None else weight[select]
        sums = sparse.csr_matrix((amount, cell, start), shape=(len(start) - 1, len(table))) @ table
        total += np.einsum("ij,ij->j", sums, sums)
    return total
