"""Firth's logistic regression: finite, nearly unbiased odds ratios where events are few or separated."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import optimize, special, stats

from gravida.analysis.crossproduct import linear_predictor, weighted_cross, weighted_sum
from gravida.analysis.fit import DidNotConverge, Fit, FloatArray
from gravida.analysis.penalised.rows import Rows, checked_rows, clustered_covariance, codes_of, moments
from gravida.analysis.sandwich import Correction

MOST_ITERATIONS = 200
STEP_LIMIT = 1e-10  # in standard deviations of a factor
LARGEST_STEP = 5.0  # of one coefficient, in standard deviations of its factor, as logistf's maxstep
MOST_HALVINGS = 25


@dataclass(frozen=True, kw_only=True)
class ProfileInterval:
    """A penalised profile-likelihood interval and test of one term, on the log odds scale."""

    name: str
    estimate: float
    lower: float
    upper: float
    p_value: float  # penalised likelihood ratio test of no effect


@dataclass(frozen=True, kw_only=True, eq=False)
class _State:
    """The penalised likelihood at one point. Shapes: beta, score (terms,); information (terms, terms)."""

    beta: FloatArray
    log_likelihood: float  # penalised
    plain_log_likelihood: float
    residual: FloatArray  # (rows,): score of a row by its linear predictor, penalty included
    score: FloatArray
    information: FloatArray
    augmented: FloatArray  # (terms, terms): information with each row counted 1 + leverage times


def firth_logistic(
    *,
    outcome: ArrayLike,
    factors: ArrayLike,
    names: Sequence[str],
    clusters: ArrayLike | None,
    weights: ArrayLike | None = None,
    correction: Correction = "CR1",
) -> Fit:
    """Log odds ratios by Firth's penalised likelihood (Jeffreys prior).

    outcome (rows,) 0 or 1; factors (rows, names), without the intercept, which is added first; clusters
    (rows,) the woman of each row, None only where rows are independent; weights (rows,) count equal rows.
    Model standard errors are those of the inverse Fisher information at the penalised estimates (as
    brglm2; some software inverts the augmented information and is about 2 % off). The clustered covariance
    sums the penalised scores by woman, with the code "penalised_sandwich_is_first_order": its small-sample
    behaviour is known only to first order. `log_likelihood` is the penalised one.
    Source: Firth, Biometrika 1993;80:27; Heinze & Schemper, Stat Med 2002;21:2409.
    """
    rows = checked_rows(outcome=outcome, factors=factors, names=names, weights=weights)
    best, iterations = _maximise(rows, free=np.ones(len(rows.names), dtype=bool))
    inverse = np.asarray(np.linalg.inv(best.information), dtype=np.float64)
    codes, women = codes_of(clusters, rows=len(rows.outcome))
    covariance, by = inverse, "model"
    if clusters is not None:
        scores = rows.design * best.residual[:, None]
        covariance = clustered_covariance(
            scores=scores, bread=inverse, codes=codes, women=women, correction=correction
        )
        by = f"{correction} by woman"
    return Fit(
        method="logistic_firth",
        scale="log_odds",
        names=rows.names,
        estimates=best.beta,
        covariance=covariance,
        model_covariance=inverse,
        standard_errors_by=by,
        log_likelihood=best.log_likelihood,
        null_log_likelihood=_null(rows),
        n_rows=len(rows.outcome),
        n_events=rows.events,
        n_clusters=women,
        iterations=iterations,
        warnings=() if clusters is None else ("penalised_sandwich_is_first_order",),
    )


def firth_profile_intervals(
    *,
    outcome: ArrayLike,
    factors: ArrayLike,
    names: Sequence[str],
    weights: ArrayLike | None = None,
    terms: Sequence[str] | None = None,
    level: float = 0.95,
) -> tuple[ProfileInterval, ...]:
    """Penalised profile-likelihood intervals: right where Wald's are too short, as under separation.

    Rows count as independent: with repeating women use the clustered Wald interval of firth_logistic.
    Source: Heinze & Schemper, Stat Med 2002;21:2409 (penalty of the full model throughout).
    """
    rows = checked_rows(outcome=outcome, factors=factors, names=names, weights=weights)
    best, _ = _maximise(rows, free=np.ones(len(rows.names), dtype=bool))
    drop = float(stats.chi2.ppf(level, 1))
    wanted = rows.names if terms is None else tuple(terms)
    return tuple(_interval(rows, best, rows.names.index(name), drop) for name in wanted)


def _interval(rows: Rows, best: _State, at: int, drop: float) -> ProfileInterval:
    error = float(np.sqrt(np.linalg.inv(best.information)[at, at]))
    estimate = float(best.beta[at])

    def excess(value: float) -> float:
        return 2 * (best.log_likelihood - _profile(rows, best, at, value)) - drop

    ends = [_crossing(excess, estimate, side * error) for side in (-1, 1)]
    ratio = max(excess(0.0) + drop, 0.0)
    return ProfileInterval(
        name=rows.names[at],
        estimate=estimate,
        lower=ends[0],
        upper=ends[1],
        p_value=float(stats.chi2.sf(ratio, 1)),
    )


def _crossing(excess: Callable[[float], float], estimate: float, step: float) -> float:
    """Where the likelihood has fallen by the quantile, on the side of `step`."""
    far = estimate + 2 * step
    for _ in range(60):
        if excess(far) > 0:
            return float(optimize.brentq(excess, estimate, far, xtol=1e-10, rtol=1e-12))
        far += step * 2
    raise DidNotConverge(method="firth profile", iterations=60, step=far)


def _profile(rows: Rows, best: _State, at: int, value: float) -> float:
    free = np.ones(len(rows.names), dtype=bool)
    free[at] = False
    start = best.beta.copy()
    start[at] = value
    # From the maximum along the likelihood's ridge: a start that Newton's steps need not search.
    shift = np.linalg.solve(best.information[np.ix_(free, free)], best.information[free, at])
    start[free] -= shift * (value - best.beta[at])
    return _maximise(rows, free=free, start=start)[0].log_likelihood


def firth_estimates(rows: Rows) -> FloatArray:
    """The penalised estimates alone, (terms,), for checked rows as resamples are."""
    return _maximise(rows, free=np.ones(len(rows.names), dtype=bool))[0].beta


def _null(rows: Rows) -> float:
    # The penalty of the full design stays, so that the ratio of both is a test (Heinze & Schemper).
    free = np.zeros(len(rows.names), dtype=bool)
    free[0] = True
    return _maximise(rows, free=free)[0].log_likelihood


def _state(rows: Rows, beta: FloatArray) -> _State:
    predictor = linear_predictor(rows.design, beta)
    mean = special.expit(predictor)
    spread = rows.weights * mean * special.expit(-predictor)
    information = weighted_cross(rows.design, spread)
    sign, log_determinant = np.linalg.slogdet(information)
    leverage = np.zeros(len(mean))
    if sign > 0:
        solved = np.linalg.solve(information, rows.design.T)
        leverage = spread * np.einsum("ij,ji->i", rows.design, solved)
    plain = float(np.sum(rows.weights * (rows.outcome * predictor - np.logaddexp(0.0, predictor))))
    residual = rows.weights * (rows.outcome - mean) + leverage * (0.5 - mean)
    return _State(
        beta=beta,
        log_likelihood=plain + 0.5 * log_determinant if sign > 0 else -np.inf,
        plain_log_likelihood=plain,
        residual=residual,
        score=weighted_sum(rows.design, residual),
        information=information,
        augmented=information + weighted_cross(rows.design, spread * leverage),
    )


def _maximise(rows: Rows, *, free: np.ndarray, start: FloatArray | None = None) -> tuple[_State, int]:
    """The penalised maximum over the free terms, others held at `start` (zero)."""
    _, spread = moments(rows)
    now = _state(rows, np.zeros(len(free)) if start is None else start)
    step = np.zeros(len(free))
    for iteration in range(1, MOST_ITERATIONS + 1):
        # The plain information forgets the penalty's curvature: where one row stands alone in a level its
        # steps are twice too long and never end.
        step[free] = np.linalg.solve(now.augmented[np.ix_(free, free)], now.score[free])
        step = step / max(1.0, float(np.max(np.abs(step * spread))) / LARGEST_STEP)
        now, taken = _uphill(rows, now, step)
        if float(np.max(np.abs(taken * spread))) < STEP_LIMIT:
            return now, iteration
    raise DidNotConverge(
        method="logistic_firth", iterations=MOST_ITERATIONS, step=float(np.max(np.abs(step)))
    )


def _uphill(rows: Rows, now: _State, step: FloatArray) -> tuple[_State, FloatArray]:
    slack = 1e-11 * (1 + abs(now.log_likelihood))
    for _ in range(MOST_HALVINGS):
        moved = _state(rows, now.beta + step)
        if moved.log_likelihood >= now.log_likelihood - slack:
            break
        step = step / 2
    return moved, step
