"""Score residuals of a Cox model, summed by woman while rows stream past, and the sandwich they give."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gravida.analysis.crossproduct import weighted_cross
from gravida.analysis.fit import BoolArray, FloatArray, IntArray
from gravida.analysis.survival.clusters import row_blocks, sum_within
from gravida.analysis.survival.partial_likelihood import PartialLikelihood
from gravida.analysis.survival.risk_sets import RiskSets, running
from gravida.analysis.survival.times import Places

FEW_SPANS = 1 << 13  # from one moment to another: so few that each has its row in a table


@dataclass(frozen=True, kw_only=True, eq=False)
class ScoreTables:
    """What a row's score residual is looked up in.

    mean (moments, factors): mean factors of the events' risk set, averaged over ties; hazard_run
    (moments + 1,), mean_run (moments + 1, factors): running sums of hazard, and of hazard times mean;
    tied (moments,), tied_mean (moments, factors): what an event row is not at risk for in its own tie;
    kept_hazard (moments + 1, groups), kept_mean (groups, moments + 1, factors): as hazard_run and mean_run,
    weighted, for rows kept after a competing event; spans: None where moments are many, or rows few.
    """

    mean: FloatArray
    hazard_run: FloatArray
    mean_run: FloatArray
    tied: FloatArray
    tied_mean: FloatArray
    kept_hazard: FloatArray
    kept_mean: FloatArray
    spans: "SpanTables | None" = None


@dataclass(frozen=True, kw_only=True, eq=False)
class SpanTables:
    """The same for a row at risk from one moment to another: without the event, then with it at the end.

    Number of a span: (event * places + first) * places + last. Shapes: hazard (spans,) times risk is taken
    from the row's factors; mean (spans + moments, factors) times risk is added, and the rows of
    -ScoreTables.mean, which follow the spans, times the weight of an event.
    """

    places: int
    hazard: FloatArray
    mean: FloatArray


def score_tables(sets: RiskSets, at: PartialLikelihood) -> ScoreTables:
    """The look-up tables of score residuals at one point of the likelihood."""
    terms = at.terms
    hazard_mean = terms.spread[:, None] * at.at_risk1 - terms.spread_tied[:, None] * at.tied1
    scale = np.zeros((sets.n_moments, 0)) if sets.kept is None else sets.kept.scale
    kept_mean = [running(hazard_mean * scale[:, [group]]) for group in range(scale.shape[1])]
    tables = ScoreTables(
        mean=(terms.hazard[:, None] * at.at_risk1 - terms.hazard_tied[:, None] * at.tied1)
        / sets.event_weight[:, None],
        hazard_run=running(terms.hazard),
        mean_run=running(hazard_mean),
        tied=terms.hazard_tied,
        tied_mean=terms.spread_tied[:, None] * at.at_risk1 - terms.spread_tied2[:, None] * at.tied1,
        kept_hazard=running(terms.hazard[:, None] * scale),
        kept_mean=np.array(kept_mean).reshape(scale.shape[1], sets.n_moments + 1, hazard_mean.shape[1]),
    )
    few = 2 * (sets.n_moments + 1) ** 2 <= min(FEW_SPANS, sets.rows.n_rows)
    return replace(tables, spans=_span_tables(tables)) if few else tables


def _span_tables(tables: ScoreTables) -> SpanTables:
    places = len(tables.hazard_run)
    hazard = np.tile(tables.hazard_run - tables.hazard_run[:, None], (2, 1, 1))
    mean = np.tile(tables.mean_run - tables.mean_run[:, None], (2, 1, 1, 1))
    hazard[1, :, 1:] -= tables.tied
    mean[1, :, 1:] -= tables.tied_mean
    by_span = mean.reshape(hazard.size, -1)
    return SpanTables(places=places, hazard=hazard.ravel(), mean=np.concatenate([by_span, -tables.mean]))


@dataclass(frozen=True, kw_only=True, eq=False)
class KeptRows:
    """Rows kept after a competing event, spread over all rows: group (rows,) or -1; inverse (rows,)."""

    group: NDArray[np.int32]
    inverse: FloatArray


def kept_rows(sets: RiskSets) -> KeptRows | None:
    """Group and inverse weight at exit of every kept row, looked up by row; None where none are kept."""
    if sets.kept is None:
        return None
    group = np.full(sets.rows.n_rows, -1, dtype=np.int32)
    inverse = np.zeros(sets.rows.n_rows)
    group[sets.kept.rows] = sets.kept.group
    inverse[sets.kept.rows] = 1 / sets.kept.at_exit
    return KeptRows(group=group, inverse=inverse)


def cluster_scores(
    sets: RiskSets,
    *,
    x: FloatArray,
    at: PartialLikelihood,
    cluster: NDArray[np.int32],
    n_clusters: int,
    extra: FloatArray | None = None,
) -> Iterator[FloatArray]:
    """Score residuals times weight, summed within clusters, a block of (clusters, factors) at a time.

    cluster (rows,) numbered from 0. `extra` (rows, factors) is added row by row before summing.
    Source: Lin and Wei, JASA 1989;84:1074; for tied events and late entry as survival::coxph (R).
    """
    tables = score_tables(sets, at)
    kept = kept_rows(sets)
    for select, start in row_blocks(cluster, n_clusters):
        total = _block_scores(sets, x=x, at=at, tables=tables, kept=kept, select=select, start=start)
        if extra is not None:
            total += np.add.reduceat(extra[select], start[:-1], axis=0)
        yield total


def meat(blocks: Iterator[FloatArray], n_factors: int) -> FloatArray:
    """Sum over clusters of the outer products of their scores, (factors, factors)."""
    total = np.zeros((n_factors, n_factors))
    for block in blocks:
        total += weighted_cross(block)
    return total


def score_residuals(sets: RiskSets, *, x: FloatArray, at: PartialLikelihood) -> FloatArray:
    """Score residual of each row, without its weight, (rows, factors)."""
    each = np.arange(sets.rows.n_rows, dtype=np.int32)
    blocks = cluster_scores(sets, x=x, at=at, cluster=each, n_clusters=len(each))
    weighted = np.concatenate(list(blocks))
    return weighted if sets.rows.weights is None else weighted / sets.rows.weights[:, None]


def _block_scores(
    sets: RiskSets,
    *,
    x: FloatArray,
    at: PartialLikelihood,
    tables: ScoreTables,
    kept: KeptRows | None,
    select: Any,
    start: IntArray,
) -> FloatArray:
    pattern = sets.rows.patterns_of(select)
    first, last, event = sets.first[select], sets.last[select], sets.event[select]
    weight = None if sets.rows.weights is None else sets.rows.weights[select]
    risk = at.relative_risk[pattern]
    if weight is not None:
        risk = risk * weight
    happened = np.flatnonzero(event)
    spells = Spells(
        start=start,
        first=first,
        last=last,
        risk=risk,
        event=event,
        happened=happened,
        event_weight=np.ones(len(happened)) if weight is None else weight[happened],
        events_before=np.concatenate([[0], np.cumsum(event)])[start],
    )
    on_factors, total = _by_moment(tables, spells) if tables.spans is None else _by_span(tables.spans, spells)
    if kept is not None:
        total += _kept_scores(tables, kept, select=select, start=start, risk=risk, last=last, out=on_factors)
    total += sum_within(start, pattern, on_factors, x)
    return total


@dataclass(frozen=True, kw_only=True, eq=False)
class Spells:
    """Rows of some clusters: first, last, risk, event (rows,); happened, event_weight (events,) of them.

    start, events_before (clusters + 1,) bound each cluster's rows and events.
    """

    start: IntArray
    first: Places
    last: Places
    risk: FloatArray
    event: BoolArray
    happened: IntArray
    event_weight: FloatArray
    events_before: IntArray


def _by_moment(tables: ScoreTables, spells: Spells) -> tuple[FloatArray, FloatArray]:
    """Weight of each row on its factors (rows,), and the means' part of each cluster (clusters, factors)."""
    first, last, risk, happened = spells.first, spells.last, spells.risk, spells.happened
    moment = last[happened] - 1
    on_factors = -risk * (tables.hazard_run[last] - tables.hazard_run[first])
    on_factors[happened] += spells.event_weight + risk[happened] * tables.tied[moment]
    means = sum_within(spells.start, last, risk, tables.mean_run)
    means -= sum_within(spells.start, first, risk, tables.mean_run)
    means -= sum_within(spells.events_before, moment, spells.event_weight, tables.mean)
    means -= sum_within(spells.events_before, moment, risk[happened], tables.tied_mean)
    return on_factors, means


def _by_span(spans: SpanTables, spells: Spells) -> tuple[FloatArray, FloatArray]:
    """As `_by_moment`, with one look-up for each row and one more for each event."""
    places, happened = np.int32(spans.places), spells.happened
    span = (spells.event * places + spells.first) * places + spells.last
    on_factors = -spells.risk * spans.hazard[span]
    on_factors[happened] += spells.event_weight
    means = sum_within(
        spells.start + spells.events_before,
        np.insert(span, happened, len(spans.hazard) + spells.last[happened] - 1),
        np.insert(spells.risk, happened, spells.event_weight),
        spans.mean,
    )
    return on_factors, means


def _kept_scores(
    tables: ScoreTables,
    kept: KeptRows,
    *,
    select: Any,
    start: IntArray,
    risk: FloatArray,
    last: NDArray[np.int32],
    out: FloatArray,
) -> FloatArray:
    """What follows after a competing event: changes `out` (the rows' weight on x), gives the means' part."""
    group, scaled = kept.group[select], risk * kept.inverse[select]
    total = np.zeros((len(start) - 1, tables.mean.shape[1]))
    for each in range(tables.kept_hazard.shape[1]):
        amount = np.where(group == each, scaled, 0.0)
        hazard = tables.kept_hazard[:, each]
        out -= amount * (hazard[-1] - hazard[last])
        total += sum_within(start, np.full_like(last, len(hazard) - 1), amount, tables.kept_mean[each])
        total -= sum_within(start, last, amount, tables.kept_mean[each])
    return total
