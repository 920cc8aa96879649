"""Ridge logistic regression: every factor kept, all held back, for prognosis from few women."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from gravida.analysis.crossproduct import linear_predictor, weighted_cross, weighted_sum
from gravida.analysis.fit import DidNotConverge, Fit, FloatArray, IntArray
from gravida.analysis.penalised.cross_validation import deviance, summarised
from gravida.analysis.penalised.rows import Rows, checked_rows, clustered_covariance, codes_of, moments
from gravida.analysis.sandwich import Correction

MOST_STEPS = 100
STEP_LIMIT = 1e-11  # in standard deviations of a factor


@dataclass(frozen=True, kw_only=True, eq=False)
class Ridge:
    """A ridge fit with what its penalty cost."""

    fit: Fit
    penalty: float
    effective_terms: float  # degrees of freedom spent besides the intercept
    criterion: float  # corrected AIC: smaller is better among penalties on the same rows


@dataclass(frozen=True, kw_only=True, eq=False)
class PenaltyChoice:
    """Penalties tried, (penalties,), and the one chosen."""

    penalties: FloatArray
    values: FloatArray  # of the criterion, smaller is better
    standard_errors: FloatArray | None
    best: float
    by: str  # "deviance on women left out", "corrected AIC"


def ridge_logistic(
    *,
    outcome: ArrayLike,
    factors: ArrayLike,
    names: Sequence[str],
    clusters: ArrayLike | None,
    penalty: float,
    unpenalised: Sequence[str] = (),
    weights: ArrayLike | None = None,
    correction: Correction = "CR1",
) -> Ridge:
    """Logistic regression maximising loglik - penalty/2 x sum of (sd_j b_j)^2.

    sd_j divides by n; penalty = n x glmnet's lambda at alpha 0. The intercept and `unpenalised` are
    free. The model covariance inverts the penalised information (a posterior covariance); the clustered
    one is the sandwich with the women's scores about their mean. Both describe spread around shrunken
    estimates, not around the truth: code "shrunken_estimates".
    Source: le Cessie & van Houwelingen, Appl Stat 1992;41:191; Harrell, RMS 2015, section 9.10.
    """
    rows = checked_rows(
        outcome=outcome, factors=factors, names=names, weights=weights, collinear_refused=penalty <= 0
    )
    matrix = penalty_matrix(rows, penalty=penalty, unpenalised=unpenalised)
    beta, iterations = maximise_ridge(rows, matrix)
    mean = special.expit(linear_predictor(rows.design, beta))
    information = weighted_cross(rows.design, rows.weights * mean * (1 - mean))
    bread = np.asarray(np.linalg.inv(information + np.diag(matrix)), dtype=np.float64)
    codes, women = codes_of(clusters, rows=len(rows.outcome))
    likelihood = _log_likelihood(rows, linear_predictor(rows.design, beta))
    # The free intercept spends exactly one.
    spent = float(np.trace(bread @ information)) - 1
    clustered = clusters is not None
    fit = Fit(
        method="logistic_ridge",
        scale="log_odds",
        names=rows.names,
        estimates=beta,
        covariance=_clustered(rows, mean, bread, codes, women, correction) if clustered else bread,
        model_covariance=bread,
        standard_errors_by=f"{correction} by woman" if clustered else "model",
        log_likelihood=likelihood,
        n_rows=len(rows.outcome),
        n_events=rows.events,
        n_clusters=women,
        iterations=iterations,
        warnings=("shrunken_estimates",) if penalty > 0 else (),
    )
    aic = _corrected_aic(likelihood, spent, rows.weights.sum())
    return Ridge(fit=fit, penalty=penalty, effective_terms=spent, criterion=aic)


def _clustered(
    rows: Rows, mean: FloatArray, bread: FloatArray, codes: IntArray, women: int, correction: Correction
) -> FloatArray:
    scores = rows.design * (rows.weights * (rows.outcome - mean))[:, None]
    # Penalised scores do not sum to zero: each woman's share of the sum is taken off.
    sizes = np.bincount(codes)
    scores = scores - scores.sum(axis=0) / women / sizes[codes, None]
    return clustered_covariance(scores=scores, bread=bread, codes=codes, women=women, correction=correction)


def _corrected_aic(likelihood: float, spent: float, rows: float) -> float:
    if rows - spent - 1 <= 0:
        return np.inf
    return float(-2 * likelihood + 2 * spent * (1 + (spent + 1) / (rows - spent - 1)))


def penalty_matrix(rows: Rows, *, penalty: float, unpenalised: Sequence[str]) -> FloatArray:
    """Diagonal of the penalty on coefficients as given, (terms,)."""
    if not penalty >= 0:
        raise ValueError(f"penalty {penalty}: need a number of 0 or more")
    unknown = [name for name in unpenalised if name not in rows.names]
    if unknown:
        raise ValueError(f"unpenalised {unknown[0]!r} is no factor: there are {', '.join(rows.names[1:])}")
    _, spread = moments(rows)
    free = np.array([name in unpenalised for name in rows.names])
    free[0] = True
    return np.where(free, 0.0, penalty * spread**2)


def maximise_ridge(
    rows: Rows, penalty: FloatArray, *, start: FloatArray | None = None
) -> tuple[FloatArray, int]:
    """The penalised maximum, (terms,), by Newton's steps halved where they lose ground; and their number."""
    _, spread = moments(rows)
    beta = np.zeros(len(rows.names)) if start is None else start
    now = _penalised(rows, beta, penalty)
    for iteration in range(1, MOST_STEPS + 1):
        mean = special.expit(linear_predictor(rows.design, beta))
        information = weighted_cross(rows.design, rows.weights * mean * (1 - mean))
        score = weighted_sum(rows.design, rows.weights * (rows.outcome - mean)) - penalty * beta
        try:
            step = np.linalg.solve(information + np.diag(penalty), score)
        except np.linalg.LinAlgError as problem:
            raise DidNotConverge(method="logistic_ridge", iterations=iteration, step=np.inf) from problem
        for _ in range(30):
            value = _penalised(rows, beta + step, penalty)
            if value >= now - 1e-12 * (1 + abs(now)):
                break
            step = step / 2
        beta, now = beta + step, value
        if float(np.max(np.abs(step * spread))) < STEP_LIMIT:
            return beta, iteration
    raise DidNotConverge(
        method="logistic_ridge", iterations=MOST_STEPS, step=float(np.max(np.abs(step * spread)))
    )


def _penalised(rows: Rows, beta: FloatArray, penalty: FloatArray) -> float:
    return _log_likelihood(rows, linear_predictor(rows.design, beta)) - float(penalty @ beta**2) / 2


def _log_likelihood(rows: Rows, predictor: FloatArray) -> float:
    return float(np.sum(rows.weights * (rows.outcome * predictor - np.logaddexp(0.0, predictor))))


def ridge_penalty_by_women_left_out(
    *,
    outcome: ArrayLike,
    factors: ArrayLike,
    names: Sequence[str],
    penalties: ArrayLike,
    folds: IntArray,
    unpenalised: Sequence[str] = (),
) -> PenaltyChoice:
    """The penalty of least deviance on rows of folds left out (`folds_by_woman`).

    Penalties are on the scale of all rows; a fold trains with its share of them, so that the prior
    weight of a row stays the same.
    """
    rows = checked_rows(outcome=outcome, factors=factors, names=names, collinear_refused=False)
    wanted = np.asarray(penalties, dtype=np.float64)
    by_row = np.empty((len(wanted), len(rows.outcome)))
    for label in np.unique(folds):
        held = np.asarray(folds) == label
        training = rows.only(~held)
        share = len(training.outcome) / len(rows.outcome)
        for at, penalty in enumerate(wanted):
            matrix = penalty_matrix(training, penalty=penalty * share, unpenalised=unpenalised)
            beta, _ = maximise_ridge(training, matrix)
            by_row[at, held] = deviance(rows.outcome[held], rows.design[held] @ beta)
    mean, error = summarised(by_row, folds=np.asarray(folds), weights=rows.weights)
    return PenaltyChoice(
        penalties=wanted,
        values=mean,
        standard_errors=error,
        best=float(wanted[np.argmin(mean)]),
        by="deviance on women left out",
    )


def ridge_criterion(rows: Rows, penalty: float, unpenalised: Sequence[str] = ()) -> float:
    """Corrected AIC of a penalty on checked rows: smaller is better."""
    matrix = penalty_matrix(rows, penalty=penalty, unpenalised=unpenalised)
    beta, _ = maximise_ridge(rows, matrix)
    predictor = linear_predictor(rows.design, beta)
    mean = special.expit(predictor)
    information = weighted_cross(rows.design, rows.weights * mean * (1 - mean))
    spent = float(np.trace(np.linalg.solve(information + np.diag(matrix), information))) - 1
    return _corrected_aic(_log_likelihood(rows, predictor), spent, rows.weights.sum())


def ridge_penalty_by_information(
    *,
    outcome: ArrayLike,
    factors: ArrayLike,
    names: Sequence[str],
    penalties: ArrayLike,
    unpenalised: Sequence[str] = (),
) -> PenaltyChoice:
    """The penalty of least corrected AIC: no folds, no chance, for samples too small to split.

    Source: Hurvich & Tsai, Biometrika 1989;76:297; Harrell, RMS 2015, section 9.10 (terms without
    the intercept, as his pentrace).
    """
    rows = checked_rows(outcome=outcome, factors=factors, names=names, collinear_refused=False)
    wanted = np.asarray(penalties, dtype=np.float64)
    values = np.array([ridge_criterion(rows, float(penalty), unpenalised) for penalty in wanted])
    return PenaltyChoice(
        penalties=wanted,
        values=values,
        standard_errors=None,
        best=float(wanted[np.argmin(values)]),
        by="corrected AIC",
    )
