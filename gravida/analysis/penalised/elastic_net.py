"""Lasso and elastic-net logistic regression at given penalties, each held to its optimality conditions."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from gravida.analysis.crossproduct import linear_predictor, weighted_cross, weighted_sum
from gravida.analysis.fit import DidNotConverge, FloatArray, IntArray
from gravida.analysis.penalised.quadratic import minimise_quadratic
from gravida.analysis.penalised.rows import Rows, checked_rows, moments

MOST_STEPS = 200
KKT_LIMIT = 1e-11  # of a gradient on the scale of the mean log-likelihood


@dataclass(frozen=True, kw_only=True, eq=False)
class Path:
    """Coefficients at every penalty, on the scale of the factors as given.

    Shapes: penalties, log_likelihoods, kkt_gaps (penalties,); coefficients (penalties, terms), the
    intercept first; chosen (penalties,) factors that are not zero.
    No standard errors: after selection a Wald interval has no known coverage (code in `warnings`).
    """

    names: tuple[str, ...]
    unpenalised: tuple[str, ...]
    alpha: float
    penalties: FloatArray
    coefficients: FloatArray
    chosen: IntArray
    log_likelihoods: FloatArray
    kkt_gaps: FloatArray  # largest breach of the optimality conditions
    n_rows: int
    n_events: int
    warnings: tuple[str, ...] = ("no_standard_errors_after_selection",)

    def linear_predictor(self, factors: ArrayLike) -> FloatArray:
        """Log odds of new rows, (penalties, rows)."""
        columns = np.asarray(factors, dtype=np.float64)
        return np.asarray(self.coefficients[:, :1] + self.coefficients[:, 1:] @ columns.T)


@dataclass(frozen=True, kw_only=True, eq=False)
class _Problem:
    """Standardised rows. Shapes: x (rows, terms), weights sum to 1, absolute/squared penalties per term."""

    x: FloatArray
    y: FloatArray
    weights: FloatArray
    factors: FloatArray  # (terms,) multiplier of the penalty; 0 for the intercept and the unpenalised
    alpha: float


def elastic_net_path(
    *,
    outcome: ArrayLike,
    factors: ArrayLike,
    names: Sequence[str],
    penalties: ArrayLike,
    alpha: float = 1.0,
    unpenalised: Sequence[str] = (),
    standardise: bool = True,
    weights: ArrayLike | None = None,
) -> Path:
    """Elastic-net logistic regression at each penalty, in the conventions of glmnet.

    Minimises -loglik / n + penalty x sum_j f_j ((1 - alpha) b_j^2 / 2 + alpha |b_j|) with factors scaled
    to unit standard deviation (divided by n) where `standardise`; f_j is 0 for the unpenalised and
    names / penalised for the others, as glmnet rescales its penalty factors. alpha 1 is the lasso.
    The intercept is never penalised. DidNotConverge names the penalty's step.
    Source: Friedman, Hastie & Tibshirani, J Stat Softw 2010;33(1).
    """
    rows = checked_rows(
        outcome=outcome, factors=factors, names=names, weights=weights, collinear_refused=False
    )
    return path_of_rows(
        rows, penalties=penalties, alpha=alpha, unpenalised=unpenalised, standardise=standardise
    )


def path_of_rows(
    rows: Rows,
    *,
    penalties: ArrayLike,
    alpha: float,
    unpenalised: Sequence[str],
    standardise: bool,
    most_chosen: int | None = None,
) -> Path:
    """The path on checked rows; stops after the first penalty with `most_chosen` penalised factors."""
    wanted = np.asarray(penalties, dtype=np.float64)
    _check(wanted, alpha, unpenalised, rows.names)
    centre, spread = moments(rows) if standardise else _means(rows)
    problem = _problem(rows, centre, spread, alpha, unpenalised)
    beta = _null_start(problem)
    found = np.zeros((len(wanted), len(rows.names)))
    likelihoods, gaps = np.zeros(len(wanted)), np.zeros(len(wanted))
    done = 0
    for at in np.argsort(-wanted, kind="stable"):
        beta, likelihoods[at], gaps[at] = _solve(problem, float(wanted[at]), beta)
        found[at] = _unscaled(beta, centre, spread)
        done += 1
        if most_chosen is not None and np.sum((beta != 0) & (problem.factors > 0)) >= most_chosen:
            break
    kept = np.sort(np.argsort(-wanted, kind="stable")[:done])
    return Path(
        names=rows.names,
        unpenalised=tuple(unpenalised),
        alpha=alpha,
        penalties=wanted[kept],
        coefficients=found[kept],
        chosen=np.sum(found[kept, 1:] != 0, axis=1),
        log_likelihoods=likelihoods[kept] * rows.weights.sum(),
        kkt_gaps=gaps[kept],
        n_rows=len(rows.outcome),
        n_events=rows.events,
    )


def _check(penalties: FloatArray, alpha: float, unpenalised: Sequence[str], names: tuple[str, ...]) -> None:
    if penalties.ndim != 1 or penalties.size == 0 or not np.all(penalties > 0):
        raise ValueError(f"penalties {penalties}: need one or more numbers above 0")
    if not 0 <= alpha <= 1:
        raise ValueError(f"alpha {alpha}: need 0 (ridge) <= alpha <= 1 (lasso)")
    unknown = [name for name in unpenalised if name not in names]
    if unknown:
        raise ValueError(f"unpenalised {unknown[0]!r} is no factor: there are {', '.join(names[1:])}")


def _means(rows: Rows) -> tuple[FloatArray, FloatArray]:
    centre, _ = moments(rows)
    return centre, np.ones_like(centre)


def _problem(
    rows: Rows, centre: FloatArray, spread: FloatArray, alpha: float, unpenalised: Sequence[str]
) -> _Problem:
    multipliers = np.array([0.0 if name in unpenalised else 1.0 for name in rows.names])
    multipliers[0] = 0.0
    if multipliers.any():
        multipliers *= (len(rows.names) - 1) / multipliers.sum()
    # A factor that never changes in these rows (a fold, a half) has nothing to say there.
    x = (rows.design - centre) / spread
    return _Problem(
        x=x,
        y=rows.outcome,
        weights=rows.weights / rows.weights.sum(),
        factors=multipliers,
        alpha=alpha,
    )


def _null_start(problem: _Problem) -> FloatArray:
    share = float(np.sum(problem.weights * problem.y))
    beta = np.zeros(problem.x.shape[1])
    beta[0] = np.log(share / (1 - share))
    return beta


def _unscaled(beta: FloatArray, centre: FloatArray, spread: FloatArray) -> FloatArray:
    result = beta / spread
    result[0] = beta[0] - result[1:] @ centre[1:]
    return result


def _solve(problem: _Problem, penalty: float, beta: FloatArray) -> tuple[FloatArray, float, float]:
    """Proximal Newton steps from `beta`; gives the solution, its mean log-likelihood and KKT gap."""
    absolute = penalty * problem.alpha * problem.factors
    squared = penalty * (1 - problem.alpha) * problem.factors
    predictor = linear_predictor(problem.x, beta)
    now = _objective(problem, predictor, beta, absolute, squared)
    change = np.inf
    for _ in range(MOST_STEPS):
        mean = special.expit(predictor)
        gradient = weighted_sum(problem.x, problem.weights * (problem.y - mean))
        gap = _kkt_gap(gradient, beta, absolute, squared)
        if gap < KKT_LIMIT:
            return beta, _mean_log_likelihood(problem, predictor), gap
        active = (beta != 0) | (np.abs(gradient) > absolute)
        curvature = problem.weights * mean * special.expit(-predictor)
        block = problem.x[:, active]
        target = minimise_quadratic(
            hessian=weighted_cross(block, curvature),
            gradient=gradient[active],
            start=beta[active],
            absolute=absolute[active],
            squared=squared[active],
        )
        step = np.zeros_like(beta)
        step[active] = target - beta[active]
        beta, predictor, now, change = _backtracked(problem, beta, step, predictor, now, absolute, squared)
    raise DidNotConverge(method="elastic_net", iterations=MOST_STEPS, step=change)


def _backtracked(
    problem: _Problem,
    beta: FloatArray,
    step: FloatArray,
    predictor: FloatArray,
    now: float,
    absolute: FloatArray,
    squared: FloatArray,
) -> tuple[FloatArray, FloatArray, float, float]:
    moved = linear_predictor(problem.x, step)
    size = 1.0
    for _ in range(40):
        trial = beta + size * step
        value = _objective(problem, predictor + size * moved, trial, absolute, squared)
        if value <= now + 1e-14 * (1 + abs(now)):
            break
        size /= 2
    return trial, predictor + size * moved, value, float(np.max(np.abs(size * step)))


def _mean_log_likelihood(problem: _Problem, predictor: FloatArray) -> float:
    return float(np.sum(problem.weights * (problem.y * predictor - np.logaddexp(0.0, predictor))))


def _objective(
    problem: _Problem, predictor: FloatArray, beta: FloatArray, absolute: FloatArray, squared: FloatArray
) -> float:
    return float(absolute @ np.abs(beta) + squared @ beta**2 / 2 - _mean_log_likelihood(problem, predictor))


def _kkt_gap(gradient: FloatArray, beta: FloatArray, absolute: FloatArray, squared: FloatArray) -> float:
    left = gradient - squared * beta
    breach = np.where(
        beta != 0, np.abs(left - absolute * np.sign(beta)), np.maximum(np.abs(left) - absolute, 0.0)
    )
    return float(np.max(breach))


def largest_penalty(
    *,
    outcome: ArrayLike,
    factors: ArrayLike,
    names: Sequence[str],
    alpha: float = 1.0,
    unpenalised: Sequence[str] = (),
    weights: ArrayLike | None = None,
) -> float:
    """The smallest penalty at which no penalised factor enters (standardised factors; alpha above 0)."""
    rows = checked_rows(
        outcome=outcome, factors=factors, names=names, weights=weights, collinear_refused=False
    )
    return largest_penalty_of_rows(rows, alpha=alpha, unpenalised=unpenalised)


def largest_penalty_of_rows(rows: Rows, *, alpha: float, unpenalised: Sequence[str]) -> float:
    """The same on checked rows."""
    if not 0 < alpha <= 1:
        raise ValueError(f"alpha {alpha}: without an absolute penalty no penalty keeps all factors out")
    problem = _problem(rows, *moments(rows), alpha, unpenalised)
    beta, _, _ = _solve(problem, 1e6, _null_start(problem))
    residual = problem.weights * (problem.y - special.expit(linear_predictor(problem.x, beta)))
    gradient = np.abs(weighted_sum(problem.x, residual))
    penalised = problem.factors > 0
    return float(np.max(gradient[penalised] / problem.factors[penalised]) / alpha)


def penalty_sequence(*, largest: float, count: int = 100, ratio: float = 1e-2) -> FloatArray:
    """Penalties from `largest` down to `ratio` of it, evenly on the log scale."""
    return largest * np.geomspace(1.0, ratio, count)
