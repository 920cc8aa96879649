"""Cumulative hazard of a fitted Cox model for given factors, with errors that know its coefficients' own."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gravida.analysis.fit import FloatArray, IntArray
from gravida.analysis.survival.clusters import row_blocks, sum_within
from gravida.analysis.survival.cox import CoxModel
from gravida.analysis.survival.risk_sets import running
from gravida.analysis.survival.rows import cluster_codes
from gravida.analysis.survival.scores import KeptRows, cluster_scores, kept_rows


@dataclass(frozen=True, kw_only=True, eq=False)
class CumulativeHazard:
    """Cumulative hazard for one set of factors, at every event time of one stratum.

    Shapes: all (times,). model_error: Tsiatis' (Efron's for tied events); error: infinitesimal jackknife,
    by woman where clusters were given, None where they were not asked for.
    """

    times: FloatArray
    hazard: FloatArray
    model_error: FloatArray
    error: FloatArray | None


def cumulative_hazard(
    model: CoxModel,
    *,
    factors: NDArray[Any] | None = None,
    stratum: int = 0,
    cluster: NDArray[Any] | None = None,
) -> CumulativeHazard:
    """Cumulative hazard of a woman with these factors, (factors,) and no offset; all 0 where None.

    stratum: its place among the sorted strata. Source: Tsiatis, Ann Stat 1981;9:93; survfit.coxph (R).
    """
    sets, terms = model.sets, model.likelihood.terms
    own = np.flatnonzero(sets.moment_stratum == stratum)
    if not len(own):
        raise ValueError(f"stratum {stratum} has no event: the model has {sets.rows.n_strata} strata")
    relative, from_centre = against_centre(model, factors)
    means = hazard_means(model)
    hazard = np.cumsum(terms.hazard[own])
    distance = np.cumsum(means[own], axis=0) - hazard[:, None] * from_centre
    variance = np.cumsum(terms.spread[own]) + np.einsum(
        "ti,ij,tj->t", distance, model.fit.model_covariance, distance
    )
    error = None
    if cluster is not None:
        upto = (own[:, None] >= np.arange(sets.n_moments)) & (sets.moment_stratum == stratum)
        sums = hazard_influence(model, gradient=upto.astype(np.float64), factors=factors, cluster=cluster)
        error = np.sqrt(np.einsum("ct,ct->t", sums, sums))
    return CumulativeHazard(
        times=sets.moment_time[own],
        hazard=relative * hazard,
        model_error=relative * np.sqrt(variance),
        error=error,
    )


def hazard_means(model: CoxModel) -> FloatArray:
    """Hazard times mean factors at each moment, (moments, factors), about the centre."""
    at = model.likelihood
    return at.terms.spread[:, None] * at.at_risk1 - at.terms.spread_tied[:, None] * at.tied1


def hazard_influence(
    model: CoxModel, *, gradient: FloatArray, factors: NDArray[Any] | None, cluster: NDArray[Any]
) -> FloatArray:
    """What each cluster adds to sums of hazards for these factors, (clusters, sums).

    gradient (sums, moments): how much each sum rises per unit of the hazard at each moment. Rows count
    through their own event, their time at risk and the coefficients.
    """
    sets, at = model.sets, model.likelihood
    codes, n_clusters = cluster_codes(np.asarray(cluster), n_rows=sets.rows.n_rows)
    relative, from_centre = against_centre(model, factors)
    slope = gradient @ (at.terms.hazard[:, None] * from_centre - hazard_means(model))
    by_score = model.fit.model_covariance @ slope.T
    scores = cluster_scores(sets, x=model.x, at=at, cluster=codes, n_clusters=n_clusters)
    direct = _direct_influence(model, gradient, codes, n_clusters)
    total = [block @ by_score + own for block, own in zip(scores, direct, strict=True)]
    return np.asarray(relative * np.concatenate(total))


@dataclass(frozen=True, kw_only=True, eq=False)
class _Influence:
    """What a row's influence is looked up in: (moments + 1, sums) running sums, (moments, sums) tables."""

    lost: FloatArray
    gained: FloatArray
    tied: FloatArray
    kept_lost: tuple[FloatArray, ...]
    kept: KeptRows | None


def _direct_influence(
    model: CoxModel, gradient: FloatArray, codes: NDArray[np.int32], n_clusters: int
) -> list[FloatArray]:
    """Clusters' influence with coefficients held, in the blocks of `cluster_scores`."""
    sets, terms = model.sets, model.likelihood.terms
    loss = (gradient * terms.spread).T
    scale = np.zeros((sets.n_moments, 0)) if sets.kept is None else sets.kept.scale
    tables = _Influence(
        lost=running(loss),
        gained=(gradient * (terms.hazard / sets.event_weight)).T,
        tied=(gradient * terms.spread_tied).T,
        kept_lost=tuple(running(loss * scale[:, [group]]) for group in range(scale.shape[1])),
        kept=kept_rows(sets),
    )
    return [_block_influence(model, tables, select, start) for select, start in row_blocks(codes, n_clusters)]


def _block_influence(model: CoxModel, tables: _Influence, select: Any, start: IntArray) -> FloatArray:
    sets = model.sets
    first, last, event = sets.first[select], sets.last[select], sets.event[select]
    weight = np.ones(len(event)) if sets.rows.weights is None else sets.rows.weights[select]
    risk = weight * model.likelihood.relative_risk[sets.rows.patterns_of(select)]
    happened = np.flatnonzero(event)
    moment = last[happened] - 1
    inside = np.concatenate([[0], np.cumsum(event)])[start]
    total = sum_within(start, first, risk, tables.lost) - sum_within(start, last, risk, tables.lost)
    total += sum_within(inside, moment, weight[happened], tables.gained)
    total += sum_within(inside, moment, risk[happened], tables.tied)
    if tables.kept is None:
        return total
    group, amount = tables.kept.group[select], risk * tables.kept.inverse[select]
    for each, lost in enumerate(tables.kept_lost):
        own = np.where(group == each, amount, 0.0)
        total += sum_within(start, last, own, lost)
        total -= sum_within(start, np.full_like(last, sets.n_moments), own, lost)
    return total


def against_centre(model: CoxModel, factors: NDArray[Any] | None) -> tuple[float, FloatArray]:
    """Relative risk of these factors against the centre, and their distance from it.

    Relative risks of rows are taken from the mean offset; without an offset of its own a woman stands at 0.
    """
    rows = model.sets.rows
    wanted = np.zeros(len(model.centre)) if factors is None else np.asarray(factors, dtype=np.float64)
    if wanted.shape != model.centre.shape:
        raise ValueError(f"factors have shape {wanted.shape}: need ({len(model.centre)},)")
    distance = wanted - model.centre
    offset = 0.0 if rows.offset is None else -float(rows.offset.mean())
    return float(np.exp(distance @ model.fit.estimates + offset)), distance
