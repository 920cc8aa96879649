"""Values below a detection limit: drawn from what is known of them, never set to half the limit."""

from dataclasses import dataclass

import numpy as np
from scipy import special

from gravida.analysis.crossproduct import linear_predictor, weighted_cross, weighted_sum
from gravida.analysis.fit import BoolArray, DidNotConverge, FloatArray
from gravida.analysis.missing.draws import with_intercept

MOST_STEPS = 100


@dataclass(frozen=True, kw_only=True, eq=False)
class CensoredFit:
    """A normal linear model fitted to values and to limits. Shapes: coefficients (terms,)."""

    coefficients: FloatArray
    deviation: float
    log_likelihood: float
    scaled: FloatArray  # (terms + 1,): coefficients / deviation, then 1 / deviation
    covariance: FloatArray  # of `scaled`


def censored_normal(*, values: FloatArray, below: BoolArray, design: FloatArray) -> CensoredFit:
    """Tobit model by Newton's method in Olsen's form, where the likelihood has one maximum.

    values (rows,): measured, or the limit where `below`; design (rows, terms) with its intercept.
    DidNotConverge where nothing is above a limit. Source: Olsen, Econometrica 1978;46:1211.
    """
    columns = np.column_stack([-design, values])
    spread = float(values[~below].std()) if np.sum(~below) > 1 else 1.0
    theta = np.zeros(columns.shape[1])
    theta[0], theta[-1] = float(values.mean()) / (spread or 1.0), 1 / (spread or 1.0)
    now, score, information = _likelihood(theta, columns, below)
    for _ in range(MOST_STEPS):
        step = np.linalg.solve(information, score)
        while theta[-1] + step[-1] <= 0 or _likelihood(theta + step, columns, below)[0] < now - 1e-9:
            step = step / 2
            if np.max(np.abs(step)) < 1e-14:
                break
        theta = theta + step
        now, score, information = _likelihood(theta, columns, below)
        if np.max(np.abs(step)) < 1e-10 * (1 + np.max(np.abs(theta))):
            return CensoredFit(
                coefficients=theta[:-1] / theta[-1],
                deviation=float(1 / theta[-1]),
                log_likelihood=now,
                scaled=theta,
                covariance=np.asarray(np.linalg.inv(information), dtype=np.float64),
            )
    raise DidNotConverge(method="censored_normal", iterations=MOST_STEPS, step=float(np.max(np.abs(step))))


def _likelihood(
    theta: FloatArray, columns: FloatArray, below: BoolArray
) -> tuple[float, FloatArray, FloatArray]:
    """Log-likelihood, score and observed information at (coefficients / deviation, 1 / deviation)."""
    z = linear_predictor(columns, theta)
    inside = ~below
    ratio = np.exp(-0.5 * z[below] ** 2 - 0.5 * np.log(2 * np.pi) - special.log_ndtr(z[below]))
    value = np.sum(np.log(theta[-1]) - 0.5 * np.log(2 * np.pi) - 0.5 * z[inside] ** 2)
    value += np.sum(special.log_ndtr(z[below]))
    score = weighted_sum(columns[below], ratio) - weighted_sum(columns[inside], z[inside])
    score[-1] += inside.sum() / theta[-1]
    curvature = np.ones(len(z))
    curvature[below] = ratio * (z[below] + ratio)
    information = weighted_cross(columns, curvature)
    information[-1, -1] += inside.sum() / theta[-1] ** 2
    return float(value), score, information


def below_detection_draw(
    *,
    values: FloatArray,
    measured: BoolArray,
    below: BoolArray,
    limits: FloatArray,
    predictors: FloatArray,
    generator: np.random.Generator,
    logarithm: bool = True,
) -> FloatArray:
    """Values for all rows that were not measured, from a censored normal model with drawn parameters.

    Shapes: values, measured, below, limits (rows,); predictors (rows, predictors). Rows `below` get a
    value under their limit; rows neither measured nor below get one from the whole distribution.
    `logarithm` models logs, as most concentrations ask for. Returns (rows not measured,), in row order.
    ValueError where a log is asked of a value or limit of 0 or less.
    """
    if logarithm and (np.any(values[measured] <= 0) or np.any(limits[below] <= 0)):
        raise ValueError("a value or detection limit of 0 or less has no logarithm: model it as measured")
    known = measured | below
    design = with_intercept(predictors)
    raw = np.where(below, limits, values)[known]
    response = np.log(raw) if logarithm else raw
    fit = censored_normal(values=response, below=below[known], design=design[known])
    coefficients, deviation = _parameters(fit, generator)
    wanted = ~measured
    centre = design[wanted] @ coefficients
    drawn = centre + deviation * generator.normal(size=len(centre))
    under = below[wanted]
    top = limits[wanted][under]
    top = np.log(top) if logarithm else top
    drawn[under] = centre[under] + deviation * _normal_below((top - centre[under]) / deviation, generator)
    return np.exp(drawn) if logarithm else drawn


def _parameters(fit: CensoredFit, generator: np.random.Generator) -> tuple[FloatArray, float]:
    root = np.linalg.cholesky((fit.covariance + fit.covariance.T) / 2)
    for _ in range(1000):
        drawn = fit.scaled + root @ generator.normal(size=len(fit.scaled))
        if drawn[-1] > 0:
            return drawn[:-1] / drawn[-1], float(1 / drawn[-1])
    raise DidNotConverge(method="below_detection_draw", iterations=1000, step=np.inf)


def _normal_below(top: FloatArray, generator: np.random.Generator) -> FloatArray:
    """Standard normal draws below `top`, right also far out in the tail."""
    log_share = special.log_ndtr(top) + np.log(generator.random(len(top)))
    return np.asarray(special.ndtri_exp(log_share))
