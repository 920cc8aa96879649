"""The penalised partial likelihood of a gamma frailty at one variance, and its marginal likelihood."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse, special

from gravida.analysis.fit import DidNotConverge, FloatArray, IntArray
from gravida.analysis.survival.cox import CoxModel
from gravida.analysis.survival.partial_likelihood import PartialLikelihood, partial_likelihood
from gravida.analysis.survival.risk_sets import RiskSets, risk_sets, running
from gravida.analysis.survival.rows import RiskRows

MAXIMUM_ROUNDS = 500
STEP = 1e-10


@dataclass(frozen=True, kw_only=True, eq=False)
class Groups:
    """A Cox model without frailty, its rows apart, and which group each row belongs to.

    Shapes: x (rows, factors) centred; offset (rows,); group (rows,); events (groups,);
    pairs: rows of one group that are at risk together, (pairs,) each, None where a full table is smaller.
    """

    model: CoxModel
    sets: RiskSets
    x: FloatArray
    offset: FloatArray
    group: NDArray[np.int32]
    n_groups: int
    events: FloatArray
    pairs: tuple[IntArray, IntArray] | None


@dataclass(frozen=True, kw_only=True, eq=False)
class FrailtyPoint:
    """The highest point at one variance: beta and covariance of factors, log_frailty (groups,)."""

    variance: float
    beta: FloatArray
    covariance: FloatArray
    log_frailty: FloatArray
    partial: float
    iterations: int


def frailty_groups(model: CoxModel, group: NDArray[np.int32], n_groups: int) -> Groups:
    """The rows of a fitted model made ready for a frailty per group."""
    rows = model.sets.rows
    pattern = rows.patterns_of(slice(None))
    apart = RiskRows(
        x=rows.x[pattern],
        names=rows.names,
        pattern=None,
        offset=None,
        times=rows.times,
        entry_at=rows.entry_at,
        exit_at=rows.exit_at,
        stratum=rows.stratum,
        n_strata=rows.n_strata,
        weights=None,
    )
    sets = risk_sets(apart, model.sets.event)
    sizes = np.bincount(group, minlength=n_groups)
    in_full = sets.n_moments * n_groups < float(sizes @ sizes)
    return Groups(
        model=model,
        sets=sets,
        x=apart.x - model.centre,
        offset=np.zeros(rows.n_rows) if rows.offset is None else (rows.offset - rows.offset.mean())[pattern],
        group=group,
        n_groups=n_groups,
        events=np.bincount(group[sets.event_rows], minlength=n_groups).astype(np.float64),
        pairs=None if in_full else _pairs(group, n_groups),
    )


def settle(groups: Groups, variance: float, *, start: FrailtyPoint | None) -> FrailtyPoint:
    """The maximum over coefficients and frailties at one variance (0: no frailty).

    The information among frailties is taken as diagonal, which leaves the maximum where it is.
    """
    if variance == 0:
        fit = groups.model.fit
        return FrailtyPoint(
            variance=0.0,
            beta=fit.estimates,
            covariance=fit.model_covariance,
            log_frailty=np.zeros(groups.n_groups),
            partial=fit.log_likelihood,
            iterations=0,
        )
    beta = groups.model.fit.estimates if start is None else start.beta
    frailty = np.zeros(groups.n_groups) if start is None else start.log_frailty
    for iteration in range(1, MAXIMUM_ROUNDS + 1):
        here = _at(groups, beta, frailty)
        step, frailty_step, covariance = _step(groups, here, frailty, variance)
        longest = max(np.abs(step).max(), np.abs(frailty_step).max())
        damp = min(1.0, 2.0 / longest) if longest > 0 else 1.0
        beta, moved = beta + damp * step, frailty + damp * frailty_step
        frailty = moved - np.log(np.exp(moved).mean())
        if longest < STEP:
            return FrailtyPoint(
                variance=variance,
                beta=beta,
                covariance=covariance,
                log_frailty=frailty,
                partial=_at(groups, beta, frailty).log_likelihood,
                iterations=iteration,
            )
    raise DidNotConverge(method="gamma_frailty", iterations=MAXIMUM_ROUNDS, step=float(longest))


def log_likelihood(groups: Groups, point: FrailtyPoint) -> float:
    """Log-likelihood with the frailties integrated out; the Cox model's own at variance 0."""
    if point.variance == 0:
        return point.partial
    nu, events = 1 / point.variance, groups.events
    whole = special.gammaln(nu + events) - special.gammaln(nu) - events * np.log(nu + events)
    penalty = nu * (point.log_frailty - np.exp(point.log_frailty))
    return float(point.partial + (penalty + nu + events + nu * np.log(nu / (nu + events)) + whole).sum())


def variance_score(groups: Groups, point: FrailtyPoint) -> float:
    """Slope of the log-likelihood in the log variance, at the highest point of that variance."""
    nu, events = 1 / point.variance, groups.events
    by_nu = (
        point.log_frailty
        - np.exp(point.log_frailty)
        + 1
        + np.log(nu / (nu + events))
        + special.digamma(nu + events)
        - special.digamma(nu)
    )
    return float(-nu * by_nu.sum())


def _at(groups: Groups, beta: FloatArray, frailty: FloatArray) -> PartialLikelihood:
    return partial_likelihood(
        groups.sets,
        x=groups.x,
        beta=beta,
        offset=groups.offset + frailty[groups.group],
        ties=groups.model.ties,
    )


def _step(
    groups: Groups, here: PartialLikelihood, frailty: FloatArray, variance: float
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """A step of coefficients and frailties, and the coefficients' covariance."""
    sets, terms = groups.sets, here.terms
    weight = here.relative_risk * (sets.spread(terms.hazard) - sets.deaths.T @ terms.hazard_tied)
    expected = np.bincount(groups.group, weights=weight, minlength=groups.n_groups)
    size = np.exp(frailty) / variance
    diagonal = expected - _own_squares(groups, here) + size
    pull = groups.events - expected - (size - 1 / variance)
    cross = _cross(groups, here, weight)
    schur = here.information - cross.T @ (cross / diagonal[:, None])
    covariance = np.asarray(np.linalg.inv(schur), dtype=np.float64)
    step = covariance @ (here.score - cross.T @ (pull / diagonal))
    return step, (pull - cross @ step) / diagonal, covariance


def _cross(groups: Groups, here: PartialLikelihood, weight: FloatArray) -> FloatArray:
    """Information between each frailty and each factor, (groups, factors)."""
    sets, terms, risk = groups.sets, here.terms, here.relative_risk
    means = terms.spread[:, None] * here.at_risk1 - terms.spread_tied[:, None] * here.tied1
    run = running(means)
    rows = groups.x * weight[:, None] - risk[:, None] * (run[sets.last] - run[sets.first])
    tied = terms.spread_tied[:, None] * here.at_risk1 - terms.spread_tied2[:, None] * here.tied1
    rows[sets.event_rows] += risk[sets.event_rows, None] * tied[sets.moment_of_event]
    member = sparse.csr_matrix(
        (np.ones(len(groups.group)), groups.group, np.arange(len(groups.group) + 1)),
        shape=(len(groups.group), groups.n_groups),
    )
    return np.asarray(member.T @ rows)


def _own_squares(groups: Groups, here: PartialLikelihood) -> FloatArray:
    """What a frailty's information loses because its own group stands in the risk sets, (groups,)."""
    sets, terms, risk = groups.sets, here.terms, here.relative_risk
    if groups.pairs is None:
        return _own_squares_in_full(groups, here)
    one, other = groups.pairs
    product = risk[one] * risk[other]
    first = np.maximum(sets.first[one], sets.first[other])
    last = np.minimum(sets.last[one], sets.last[other])
    run = running(terms.spread)
    part = np.where(last > first, run[np.maximum(last, first)] - run[first], 0.0)
    moment = np.maximum(sets.last[one] - 1, 0)
    tied = sets.event[one] & (sets.first[other] <= moment) & (moment < sets.last[other])
    part -= 2 * np.where(tied, terms.spread_tied[moment], 0.0)
    both = tied & sets.event[other] & (sets.last[other] - 1 == moment)
    part += np.where(both, terms.spread_tied2[moment], 0.0)
    return np.asarray(
        np.bincount(groups.group[one], weights=product * part, minlength=groups.n_groups), dtype=np.float64
    )


def _own_squares_in_full(groups: Groups, here: PartialLikelihood) -> FloatArray:
    sets, terms, risk = groups.sets, here.terms, here.relative_risk
    shape = (sets.n_moments + 1) * groups.n_groups

    def table(moment: NDArray[np.int32], rows: NDArray[np.int64]) -> FloatArray:
        key = moment.astype(np.int64) * groups.n_groups + groups.group[rows]
        counts = np.bincount(key, weights=risk[rows], minlength=shape).astype(np.float64)
        return counts.reshape(-1, groups.n_groups)

    every = np.arange(len(risk))
    at_risk = np.cumsum(table(sets.first, every) - table(sets.last, every), axis=0)[:-1]
    events = table(sets.moment_of_event, sets.event_rows)[:-1]
    return np.asarray(
        terms.spread @ at_risk**2
        - 2 * (terms.spread_tied @ (at_risk * events))
        + terms.spread_tied2 @ events**2
    )


def _pairs(group: NDArray[np.int32], n_groups: int) -> tuple[IntArray, IntArray]:
    """Every ordered pair of rows of one group, a row with itself too."""
    order = np.argsort(group, kind="stable")
    counts = np.bincount(group, minlength=n_groups)
    start = np.cumsum(counts) - counts
    repeats = counts[group[order]]
    one = np.repeat(order, repeats)
    begin = np.repeat(start[group[order]], repeats)
    place = np.arange(len(one)) - np.repeat(np.cumsum(repeats) - repeats, repeats)
    return one, order[begin + place]
