"""Repeated events of one woman with a gamma frailty: what she carries beyond her factors."""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, stats

from gravida.analysis.fit import DidNotConverge, Fit, FloatArray
from gravida.analysis.survival.cox import ChiSquare, CoxModel, fit_cox
from gravida.analysis.survival.frailty_likelihood import (
    FrailtyPoint,
    Groups,
    frailty_groups,
    log_likelihood,
    settle,
    variance_score,
)
from gravida.analysis.survival.partial_likelihood import Ties
from gravida.analysis.survival.rows import RiskRows, cluster_codes

Search = Literal["maximum", "survival"]

SMALLEST_VARIANCE = 1e-4
LARGEST_VARIANCE = 1e3
SURVIVAL_STOP = 1e-5  # relative change of the likelihood at which coxph ends its search


@dataclass(frozen=True, kw_only=True, eq=False)
class FrailtyModel:
    """A Cox model with one gamma frailty of mean 1 per cluster.

    variance: theta, of the frailty; 0 where the rows show none. log_frailty (clusters,), in the order of
    their labels. no_frailty: likelihood ratio against theta = 0; its p-value is halved, as theta lies on
    the border there. `variance_of_fit`: the theta at which the coefficients were computed; it differs from
    `variance` only in the search that survival uses.
    """

    fit: Fit
    variance: float
    variance_of_fit: float
    log_frailty: FloatArray
    no_frailty: ChiSquare
    without: CoxModel


def gamma_frailty(
    rows: RiskRows,
    *,
    event: NDArray[Any],
    cluster: NDArray[Any],
    ties: Ties = "efron",
    search: Search = "maximum",
    variance: float | None = None,
) -> FrailtyModel:
    """Log hazard ratios within women, and how much women differ.

    event, cluster (rows,). Errors hold theta fixed and leave out how frailties move together, as coxph does.
    `maximum` finds the theta of highest marginal likelihood; `survival` repeats coxph's own search, which
    ends at a relative change of 1e-5. `variance` fixes theta. Rows carry no weights (ValueError).
    Source: Therneau and Grambsch 2000, chapter 9; frailty(distribution = "gamma") of survival (R).
    """
    if rows.weights is not None:
        raise ValueError("weights are given: a frailty model takes none")
    plain = fit_cox(rows, event=event, ties=ties)
    codes, n_groups = cluster_codes(np.asarray(cluster), n_rows=rows.n_rows)
    groups = frailty_groups(plain, codes, n_groups)
    if variance is not None:
        point = settle(groups, variance, start=None)
        return _result(groups, point, variance=variance)
    if search == "survival":
        point, reported = _as_survival(groups)
        return _result(groups, point, variance=reported)
    point = _highest(groups)
    return _result(groups, point, variance=point.variance)


def _highest(groups: Groups) -> FrailtyPoint:
    """The point where the likelihood's slope in the variance is zero, or the border."""
    seen: list[FrailtyPoint] = []

    def slope(log_variance: float) -> float:
        near = min(seen, key=lambda each: abs(np.log(each.variance) - log_variance)) if seen else None
        seen.append(settle(groups, float(np.exp(log_variance)), start=near))
        return variance_score(groups, seen[-1])

    low, high = np.log(SMALLEST_VARIANCE), 0.0
    if slope(low) <= 0:
        return settle(groups, 0.0, start=None)
    while slope(high) > 0:
        low, high = high, high + 1.0
        if high > np.log(LARGEST_VARIANCE):
            raise DidNotConverge(method="gamma_frailty", iterations=len(seen), step=float(np.exp(high)))
    root = float(optimize.brentq(slope, low, high, xtol=1e-10, rtol=1e-12))
    return settle(groups, float(np.exp(root)), start=seen[-1])


def _as_survival(groups: Groups) -> tuple[FrailtyPoint, float]:
    """coxph's search: 0, 1, then parabolas in the standard deviation until the likelihood hardly moves."""
    variances = [0.0, 1.0]
    likelihoods: list[float] = []
    point = settle(groups, 0.0, start=None)
    for _ in range(20):
        variance = variances[len(likelihoods)]
        point = settle(groups, variance, start=point if point.variance > 0 else None)
        likelihoods.append(log_likelihood(groups, point))
        if len(likelihoods) < 2:
            continue
        if len(likelihoods) == 2:
            variances.append(0.5 if likelihoods[1] < likelihoods[0] + 1 else 2.0)
            continue
        done = abs(1 - likelihoods[-1] / likelihoods[-2]) < SURVIVAL_STOP
        variances.append(_next_variance(np.array(variances), np.array(likelihoods)))
        if done:
            return point, variances[-1]
    raise DidNotConverge(method="gamma_frailty", iterations=20, step=abs(variances[-1] - variances[-2]))


def _next_variance(variances: FloatArray, likelihoods: FloatArray) -> float:
    """Doubled while the largest is the best, else the top of the parabola around the best."""
    if likelihoods[-1] == likelihoods.max() and variances[-1] == variances.max():
        return float(2 * variances.max())
    order = np.argsort(variances)
    deviation, height = np.sqrt(variances[order]), likelihoods[order]
    best = int(np.argmax(height))
    if best == 0:
        beyond = deviation[0] - 3 * (deviation[1] - deviation[0])
        return float(beyond**2 if beyond >= 0 else (deviation[deviation > 0].min() / 10) ** 2)
    if best == len(order) - 1:
        return float((deviation[-1] + 3 * (deviation[-1] - deviation[-2])) ** 2)
    left, middle, right = deviation[best - 1 : best + 2]
    rise, fall = height[best] - height[best - 1], height[best] - height[best + 1]
    top = middle - 0.5 * ((middle - left) ** 2 * fall - (middle - right) ** 2 * rise) / (
        (middle - left) * fall - (middle - right) * rise
    )
    tried = np.sqrt(variances)
    far = len(tried) > 4 and top - tried[-1] > 0.5 * abs(tried[-2] - tried[-3])
    if left <= top <= right and not far:
        return float(top**2)
    wide_left = middle - left > right - middle
    return float((middle - 0.38 * (middle - left) if wide_left else middle + 0.32 * (right - middle)) ** 2)


def _result(groups: Groups, point: FrailtyPoint, *, variance: float) -> FrailtyModel:
    plain = groups.model
    gain = max(2 * (log_likelihood(groups, point) - plain.fit.log_likelihood), 0.0)
    p_value = 1.0 if point.variance == 0 else float(stats.chi2.sf(gain, 1)) / 2
    fit = Fit(
        method=f"cox_gamma_frailty_{plain.ties}",
        scale="log_hazard",
        names=plain.fit.names,
        estimates=point.beta,
        covariance=point.covariance,
        model_covariance=point.covariance,
        standard_errors_by="model, frailty variance held",
        log_likelihood=log_likelihood(groups, point),
        null_log_likelihood=plain.fit.null_log_likelihood,
        n_rows=plain.fit.n_rows,
        n_events=plain.fit.n_events,
        n_clusters=groups.n_groups,
        iterations=point.iterations,
        warnings=("no_frailty_variance",) if point.variance == 0 else (),
    )
    return FrailtyModel(
        fit=fit,
        variance=variance,
        variance_of_fit=point.variance,
        log_frailty=point.log_frailty,
        no_frailty=ChiSquare(statistic=gain, degrees_of_freedom=1, p_value=p_value),
        without=plain,
    )
