"""How often the one at higher risk has the event first, among those at risk together."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gravida.analysis.fit import FloatArray, IntArray
from gravida.analysis.survival.cox import CoxModel
from gravida.analysis.survival.risk_sets import RiskSets
from gravida.analysis.survival.rows import cluster_codes

SAME_RISK = 10  # decimals of a linear predictor beyond which two are the same


@dataclass(frozen=True, kw_only=True)
class Concordance:
    """Share of comparable pairs in which the higher risk goes first; ties in risk count half.

    The counts are sums of products of weights. standard_error is None where it was not asked for.
    """

    concordance: float
    standard_error: float | None
    concordant: float
    discordant: float
    tied_risk: float


def concordance(model: CoxModel, *, cluster: NDArray[Any] | None = None, errors: bool = True) -> Concordance:
    """Concordance of a Cox model's linear predictor with its own rows, late entry and strata included.

    A pair is comparable at the time of an event where the other is at risk and does not have it then.
    The error is an infinitesimal jackknife, by cluster where given; `errors=False` spares most of the work.
    Source: Therneau and Watson 2015 (Mayo Clinic report 85); as survival::concordance (R).
    """
    rank = _ranks(model)
    if not errors and model.sets.at_risk is not None:
        return _counted(model.sets, rank)
    return _by_row(model.sets, rank, cluster=cluster if errors else None, errors=errors)


def _ranks(model: CoxModel) -> NDArray[np.int64]:
    """Rank of each pattern's risk from 0, equal risks alike."""
    _, rank = np.unique(np.round(model.linear_predictor, SAME_RISK), return_inverse=True)
    return np.asarray(rank, dtype=np.int64)


def _counted(sets: RiskSets, rank: NDArray[np.int64]) -> Concordance:
    """From counts of patterns at each moment: no row is touched."""
    counts = np.zeros(3)
    levels = int(rank.max()) + 1
    at_risk = np.zeros(0) if sets.at_risk is None else sets.at_risk
    for moment in range(sets.n_moments):
        begin, end = sets.deaths.indptr[moment : moment + 2]
        where, died = sets.deaths.indices[begin:end], sets.deaths.data[begin:end]
        events = np.bincount(rank[where], weights=died, minlength=levels)
        others = np.bincount(rank, weights=at_risk[moment], minlength=levels) - events
        upto = np.cumsum(others)
        counts += [events @ (upto - others), events @ (upto[-1] - upto), events @ others]
    return _result(counts, standard_error=None)


def _by_row(
    sets: RiskSets, rank: NDArray[np.int64], *, cluster: NDArray[Any] | None, errors: bool
) -> Concordance:
    rows = sets.rows
    value = rank[rows.patterns_of(slice(None))]
    weight = np.ones(rows.n_rows) if rows.weights is None else rows.weights
    as_event = _others_around(sets, value, weight)
    events = sets.event_rows
    counts = weight[events] @ as_event
    if not errors:
        return _result(counts, standard_error=None)
    pairs = _events_around(sets, value, weight)
    pairs[events] += as_event
    total = counts.sum()
    somers = (counts[0] - counts[1]) / total
    influence = weight * ((pairs[:, 0] - pairs[:, 1]) - somers * pairs.sum(axis=1)) / total
    if cluster is not None:
        codes, n_clusters = cluster_codes(np.asarray(cluster), n_rows=rows.n_rows)
        influence = np.bincount(codes, weights=influence, minlength=n_clusters)
    return _result(counts, standard_error=float(np.sqrt(influence @ influence)) / 2)


def _result(counts: FloatArray, *, standard_error: float | None) -> Concordance:
    concordant, discordant, tied = (float(each) for each in counts)
    return Concordance(
        concordance=(concordant + tied / 2) / (concordant + discordant + tied),
        standard_error=standard_error,
        concordant=concordant,
        discordant=discordant,
        tied_risk=tied,
    )


def _others_around(sets: RiskSets, value: NDArray[np.int64], weight: FloatArray) -> FloatArray:
    """For each event: weight at risk with it, without the event then: lower, higher, equal (events, 3)."""
    own, moment = value[sets.event_rows], sets.moment_of_event
    total = np.zeros((len(own), 3))
    for places, sign in ((sets.first, 1.0), (sets.last, -1.0)):
        order = np.argsort(places, kind="stable")
        upto = np.searchsorted(places[order], moment, side="right")
        total += sign * _around(value[order], weight[order], np.zeros_like(upto), upto, own)
    order, begin, end = _events_in_order(sets)
    tied = sets.event_rows[order]
    return total - _around(value[tied], weight[tied], begin[moment], end[moment], own)


def _events_around(sets: RiskSets, value: NDArray[np.int64], weight: FloatArray) -> FloatArray:
    """For each row: weight of events it was at risk for and had not itself then (rows, 3).

    Columns as in `_others_around`, seen from the event: the event's risk was higher, lower, equal.
    """
    order, begin, _ = _events_in_order(sets)
    events = sets.event_rows[order]
    bounds = np.concatenate([begin, [len(order)]])
    # A row that has the event at its last moment is no comparison for the events tied with it.
    last = sets.last - sets.event
    last = np.maximum(last, sets.first)
    around = _around(value[events], weight[events], bounds[sets.first], bounds[last], value)
    return around[:, [1, 0, 2]]


def _events_in_order(sets: RiskSets) -> tuple[IntArray, IntArray, IntArray]:
    order = np.argsort(sets.moment_of_event, kind="stable")
    end = np.cumsum(sets.n_events)
    return order, end - sets.n_events, end


def _around(
    value: NDArray[np.int64], weight: FloatArray, begin: IntArray, end: IntArray, query: NDArray[np.int64]
) -> FloatArray:
    """Weight among points begin..end with a value below, above, equal to the query's (queries, 3)."""
    below = _below(value, weight, begin, end, query)
    upto = _below(value, weight, begin, end, query + 1)
    running = np.concatenate([[0.0], np.cumsum(weight)])
    return np.column_stack([below, running[end] - running[begin] - upto, upto - below])


def _below(
    value: NDArray[np.int64], weight: FloatArray, begin: IntArray, end: IntArray, query: NDArray[np.int64]
) -> FloatArray:
    """Weight among points begin..end with a value below the query's, all queries at once.

    Sorts the values bit by bit from the highest, following each query's range through every split.
    Source: Claude, Navarro and Ordonez, Inf Syst 2015;47:15 (wavelet matrix).
    """
    total = np.zeros(len(query))
    begin, end = begin.copy(), end.copy()
    for bit in range(int(max(value.max(initial=0), query.max(initial=0))).bit_length() - 1, -1, -1):
        low = (value >> bit) & 1 == 0
        zeros = np.concatenate([[0], np.cumsum(low)])
        light = np.concatenate([[0.0], np.cumsum(np.where(low, weight, 0.0))])
        high = (query >> bit) & 1 == 1
        total += np.where(high, light[end] - light[begin], 0.0)
        begin = np.where(high, zeros[-1] + begin - zeros[begin], zeros[begin])
        end = np.where(high, zeros[-1] + end - zeros[end], zeros[end])
        value = np.concatenate([value[low], value[~low]])
        weight = np.concatenate([weight[low], weight[~low]])
    return total
