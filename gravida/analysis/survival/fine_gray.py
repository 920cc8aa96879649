"""Subdistribution hazards (Fine and Gray), with censoring, late entry and women who repeat."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from gravida.analysis.fit import FloatArray, NotEstimable
from gravida.analysis.survival.baseline import cumulative_hazard
from gravida.analysis.survival.censoring import Convention, WatchedShare, check_watched, watched_share
from gravida.analysis.survival.cox import CoxModel, chi_square, fit_risk_sets
from gravida.analysis.survival.partial_likelihood import Ties
from gravida.analysis.survival.risk_sets import Kept, RiskSets, moments, risk_sets, running
from gravida.analysis.survival.rows import RiskRows, cause_codes, cluster_codes, risk_rows
from gravida.analysis.survival.scores import cluster_scores, meat, score_tables
from gravida.analysis.survival.times import Places

Weights = Literal["known", "estimated"]


@dataclass(frozen=True, kw_only=True, eq=False)
class WatchedRows:
    """The weights of a risk set, and which group's each row has: group (rows,)."""

    shares: WatchedShare
    group: Places
    n_groups: int
    convention: Convention


def fine_gray(
    *,
    x: NDArray[Any],
    exit_time: NDArray[Any],
    cause: NDArray[Any],
    of_cause: int = 1,
    entry: NDArray[Any] | None = None,
    names: Sequence[str] | None = None,
    cluster: NDArray[Any] | None = None,
    ties: Ties = "breslow",
    convention: Convention = "events_first",
    censoring_weights: Weights = "known",
) -> CoxModel:
    """Log subdistribution hazard ratios of one cause; cause 0 is censored, all others compete.

    Shapes: x (rows, factors), all others (rows,). Rows with a competing event stay at risk, weighted by how
    likely they would still be watched. Errors are robust, by cluster where given, else by row; `estimated`
    adds what estimating the weights costs (without late entry). survival::finegray is ("events_first",
    "known"), cmprsk::crr ("events_at_risk", "estimated"). Which rows are censored is told by cause 0 alone:
    where none is, every weight is one and the fit is the Cox model of those who never leave.
    Errors: ValueError naming the input; NotEstimable. See `fit_fine_gray` for patterns and weights.
    Source: Fine and Gray, JASA 1999;94:496; Geskus, Biometrics 2011;67:39 (late entry).
    """
    rows = risk_rows(x=x, exit_time=exit_time, entry=entry, names=names)
    return fit_fine_gray(
        rows,
        cause=cause,
        of_cause=of_cause,
        cluster=cluster,
        ties=ties,
        convention=convention,
        censoring_weights=censoring_weights,
    )


def fit_fine_gray(
    rows: RiskRows,
    *,
    cause: NDArray[Any],
    of_cause: int = 1,
    cluster: NDArray[Any] | None = None,
    censoring_group: NDArray[Any] | None = None,
    ties: Ties = "breslow",
    convention: Convention = "events_first",
    censoring_weights: Weights = "known",
) -> CoxModel:
    """As `fine_gray`, on rows checked before.

    censoring_group (rows,): weights apart in each group; with strata they are apart in each stratum.
    """
    codes = cause_codes(cause, n_rows=rows.n_rows)
    event = codes == of_cause
    if not event.any():
        raise NotEstimable(f"no row of {rows.n_rows} ends in cause {of_cause}")
    if rows.stratum is not None and (censoring_group is not None or censoring_weights == "estimated"):
        raise ValueError(
            "with strata, weights are by stratum and known: give neither censoring_group nor estimated"
        )
    watched = _watched(rows, codes, censoring_group, convention)
    sets = risk_sets(rows, event, kept=_kept(rows, codes, of_cause, watched))
    model = fit_risk_sets(sets, cluster=None, ties=ties, method=f"fine_gray_{ties}", scale="log_subhazard")
    extra = _cost_of_weights(model, codes, watched) if censoring_weights == "estimated" else None
    return _with_robust_errors(model, cluster=cluster, extra=extra, no_censoring=bool((codes > 0).all()))


def predicted_incidence(
    model: CoxModel, *, factors: NDArray[Any], cluster: NDArray[Any] | None = None
) -> tuple[FloatArray, FloatArray, FloatArray | None]:
    """Times, cumulative incidence and its error for one woman's factors, from a Fine-Gray model.

    All (times,); errors by cluster where given (weights taken as known), else None.
    """
    curve = cumulative_hazard(model, factors=factors, cluster=cluster)
    free = np.exp(-curve.hazard)
    return curve.times, 1 - free, None if curve.error is None else free * curve.error


def _watched(
    rows: RiskRows, codes: Places, censoring_group: NDArray[Any] | None, convention: Convention
) -> WatchedRows:
    group, n_groups = np.zeros(rows.n_rows, dtype=np.int32), 1
    if rows.stratum is not None:
        group, n_groups = rows.stratum, rows.n_strata
    if censoring_group is not None:
        group, n_groups = cluster_codes(np.asarray(censoring_group), n_rows=rows.n_rows)
    shares = watched_share(rows, censored=codes == 0, group=group, n_groups=n_groups, convention=convention)
    return WatchedRows(shares=shares, group=group, n_groups=n_groups, convention=convention)


def _kept(rows: RiskRows, codes: Places, of_cause: int, watched: WatchedRows) -> Kept:
    staying = np.flatnonzero((codes > 0) & (codes != of_cause))
    share = watched.shares.share
    at_exit = share[rows.exit_at[staying], watched.group[staying]]
    check_watched(at_exit, rows.times[rows.exit_at[staying]])
    at = moments(rows, codes == of_cause)
    scale = share[at.place]
    if rows.stratum is not None:
        scale = scale * (at.stratum[:, None] == np.arange(rows.n_strata))
    return Kept(rows=staying, group=watched.group[staying], at_exit=at_exit, scale=scale)


def _with_robust_errors(
    model: CoxModel, *, cluster: NDArray[Any] | None, extra: FloatArray | None, no_censoring: bool
) -> CoxModel:
    rows = model.sets.rows
    codes, n_clusters = np.arange(rows.n_rows, dtype=np.int32), rows.n_rows
    if cluster is not None:
        codes, n_clusters = cluster_codes(np.asarray(cluster), n_rows=rows.n_rows)
    sums = cluster_scores(
        model.sets, x=model.x, at=model.likelihood, cluster=codes, n_clusters=n_clusters, extra=extra
    )
    bread = model.fit.model_covariance
    covariance = np.asarray(bread @ meat(sums, len(bread)) @ bread)
    beta = model.fit.estimates
    fit = replace(
        model.fit,
        covariance=covariance,
        standard_errors_by="CR0 by row" if cluster is None else "CR0 by woman",
        n_clusters=n_clusters,
        warnings=("no_row_is_censored",) if no_censoring else (),
    )
    wald = chi_square(float(beta @ np.linalg.solve(covariance, beta)), len(beta))
    return replace(model, fit=fit, wald=wald)


def _cost_of_weights(model: CoxModel, codes: Places, watched: WatchedRows) -> FloatArray:
    """What each row adds to the score because it helped to estimate the weights, (rows, factors).

    ValueError with late entry, for which the share of late entries is estimated too.
    Source: Fine and Gray 1999, the psi of section 3.
    """
    rows, shares = model.sets.rows, watched.shares
    if rows.entry_at is not None:
        raise ValueError("weights as estimated are for rows without late entry: take them as known")
    total = np.zeros((rows.n_rows, model.x.shape[1]))
    for each in range(watched.n_groups):
        pull = _pull_of_censoring(model.sets, model, each)
        at_risk = np.maximum(shares.at_risk[:, [each]], 1.0)
        lost = running(pull * shares.censored[:, [each]] / at_risk**2)
        own = watched.group == each
        until = rows.exit_at[own] + 1
        if watched.convention == "events_first":
            until = until - (codes[own] > 0)
        total[own] = -lost[until]
        leaves = np.flatnonzero(own & (codes == 0))
        total[leaves] += pull[rows.exit_at[leaves]] / at_risk[rows.exit_at[leaves]]
    return total


def _pull_of_censoring(sets: RiskSets, model: CoxModel, group: int) -> FloatArray:
    """How the score answers to the hazard of censoring at each time, (times, factors)."""
    rows, kept = sets.rows, sets.kept
    if kept is None:
        return np.zeros((len(rows.times), model.x.shape[1]))
    tables = score_tables(sets, model.likelihood)
    own = kept.group == group
    members = kept.rows[own]
    pattern = rows.patterns_of(members)
    amount = model.likelihood.relative_risk[pattern] / kept.at_exit[own]
    if rows.weights is not None:
        amount = amount * rows.weights[members]
    order = np.argsort(rows.exit_at[members], kind="stable")
    before = np.searchsorted(rows.exit_at[members][order], np.arange(len(rows.times)))
    staying = running(amount[order])[before]
    staying_x = running(amount[order][:, None] * model.x[pattern][order])[before]
    ahead = np.searchsorted(sets.moment_time, rows.times)
    hazard = tables.kept_hazard[-1, group] - tables.kept_hazard[ahead, group]
    mean = tables.kept_mean[group, -1] - tables.kept_mean[group, ahead]
    return np.asarray(staying_x * hazard[:, None] - staying[:, None] * mean)
