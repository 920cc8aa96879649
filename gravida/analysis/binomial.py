"""Binomial likelihoods over distinct covariate patterns: links, derivatives, the search for their maximum."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy import linalg, special

from gravida.analysis.binomial_problems import refuse_collinear, refuse_separated
from gravida.analysis.crossproduct import linear_predictor, weighted_cross, weighted_sum
from gravida.analysis.fit import DidNotConverge, FloatArray

Link = Literal["logit", "cloglog"]

MOST_ITERATIONS = 100
SUSPECT_AFTER = 12  # iterations; a proper maximum is found in four to eight
STEP_LIMIT = 1e-7  # in ranges of a factor; Newton's next error is its square
LARGEST_HALVINGS = 30


@dataclass(frozen=True, kw_only=True, eq=False)
class Cells:
    """Trials and events of each covariate pattern; with continuous covariates a pattern is a row.

    Shapes: design (patterns, terms); trials, events, offset (patterns,). Weighted counts need not be whole.
    """

    design: FloatArray
    trials: FloatArray
    events: FloatArray
    offset: FloatArray | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class Derivatives:
    """The log-likelihood and what each pattern adds to its derivatives by the predictor, (patterns,)."""

    log_likelihood: float
    score: FloatArray
    curvature: FloatArray  # observed
    information: FloatArray  # expected, as R's glm inverts it


@dataclass(frozen=True, kw_only=True, eq=False)
class Maximum:
    """Where the likelihood is largest. Shapes: estimates (terms,); covariance (terms, terms)."""

    estimates: FloatArray
    covariance: FloatArray  # inverse expected information
    log_likelihood: float
    iterations: int


def risk(linear_predictor: FloatArray, *, link: Link = "logit") -> FloatArray:
    """Probability of the outcome at each linear predictor."""
    if link == "logit":
        return np.asarray(special.expit(linear_predictor), dtype=np.float64)
    return -np.expm1(-np.exp(linear_predictor))


def risk_slope(linear_predictor: FloatArray, *, link: Link = "logit") -> FloatArray:
    """Derivative of the probability by the linear predictor."""
    if link == "logit":
        mean = special.expit(linear_predictor)
        return np.asarray(mean * (1 - mean), dtype=np.float64)
    return np.exp(linear_predictor - np.exp(linear_predictor))


def residuals(linear_predictor: FloatArray, *, link: Link = "logit") -> FloatArray:
    """Score of one trial by its linear predictor: first without the outcome, then with it, (2, patterns).

    (y - mean) times slope / variance; sandwich's estfun for a glm without the row of the design.
    """
    if link == "logit":
        mean = special.expit(linear_predictor)
        return np.stack([-mean, special.expit(-linear_predictor)])
    hazard = np.exp(linear_predictor)
    return np.stack([-hazard, hazard / np.expm1(np.maximum(hazard, 1e-300))])


def derivatives(cells: Cells, linear_predictor: FloatArray, *, link: Link = "logit") -> Derivatives:
    """Log-likelihood of the cells and its derivatives by the linear predictor."""
    if link == "cloglog":
        return _cloglog(cells, linear_predictor)
    mean = special.expit(linear_predictor)
    information = cells.trials * mean * special.expit(-linear_predictor)
    log_total = np.maximum(linear_predictor, 0.0) + np.log1p(np.exp(-np.abs(linear_predictor)))
    return Derivatives(
        log_likelihood=float((cells.events * linear_predictor - cells.trials * log_total).sum()),
        score=cells.events - cells.trials * mean,
        curvature=information,
        information=information,
    )


def _cloglog(cells: Cells, linear_predictor: FloatArray) -> Derivatives:
    hazard = np.maximum(np.exp(np.minimum(linear_predictor, 700.0)), 1e-300)
    mean = -np.expm1(-hazard)
    without = cells.trials - cells.events
    ratio = hazard * np.exp(-hazard) / mean
    return Derivatives(
        log_likelihood=float((cells.events * np.log(mean) - without * hazard).sum()),
        score=cells.events * ratio - without * hazard,
        curvature=cells.events * ratio * (hazard / mean - 1) + without * hazard,
        information=cells.trials * hazard * ratio,
    )


def maximise(*, cells: Cells, names: tuple[str, ...], link: Link = "logit") -> Maximum:
    """Maximum likelihood by Newton's steps, halved where they would lose ground.

    The design holds every column, the intercept too. Collinear or constant columns and factors that
    separate the outcome are refused by name (NotEstimable); DidNotConverge where the steps never end.
    """
    centre, scale = _standards(cells)
    design = cells.design - centre
    design /= scale
    standard = Cells(
        design=design,
        trials=cells.trials,
        events=cells.events,
        offset=cells.offset,
    )
    refuse_collinear(design=standard.design, weights=cells.trials, names=names)
    estimates, iterations = _climb(standard, original=cells, names=names, link=link)
    final = derivatives(standard, linear_predictor(standard.design, estimates, standard.offset), link=link)
    bread = linalg.inv(weighted_cross(standard.design, final.information))
    back = _back(centre, scale, cells.design)
    covariance = back @ bread @ back.T
    return Maximum(
        estimates=back @ estimates,
        covariance=(covariance + covariance.T) / 2,
        log_likelihood=final.log_likelihood,
        iterations=iterations,
    )


def _climb(cells: Cells, *, original: Cells, names: tuple[str, ...], link: Link) -> tuple[FloatArray, int]:
    estimates = _even_risk(cells, link=link)
    now = derivatives(cells, linear_predictor(cells.design, estimates, cells.offset), link=link)
    largest = np.inf
    for iteration in range(1, MOST_ITERATIONS + 1):
        if iteration == SUSPECT_AFTER:
            refuse_separated(
                design=original.design, trials=original.trials, events=original.events, names=names
            )
        try:
            step = linalg.solve(
                weighted_cross(cells.design, now.curvature),
                weighted_sum(cells.design, now.score),
                assume_a="pos",
            )
        except linalg.LinAlgError as problem:
            refuse_separated(
                design=original.design, trials=original.trials, events=original.events, names=names
            )
            raise DidNotConverge(method=link, iterations=iteration, step=largest) from problem
        estimates, now, taken = _halved(cells, estimates, step, now, link=link)
        largest = float(np.max(np.abs(taken), initial=0.0))
        if largest < STEP_LIMIT:
            return estimates, iteration
    raise DidNotConverge(method=link, iterations=MOST_ITERATIONS, step=largest)


def _even_risk(cells: Cells, *, link: Link) -> FloatArray:
    """Where the search begins: one risk for all rows, if the design has a constant column."""
    estimates = np.zeros(cells.design.shape[1])
    constant = np.flatnonzero((cells.design == cells.design[0]).all(axis=0) & (cells.design[0] != 0))
    if constant.size and cells.offset is None:
        share = cells.events.sum() / cells.trials.sum()
        level = np.log(share / (1 - share)) if link == "logit" else np.log(-np.log1p(-share))
        estimates[constant[0]] = level / cells.design[0, constant[0]]
    return estimates


def _halved(
    cells: Cells, estimates: FloatArray, step: FloatArray, now: Derivatives, *, link: Link
) -> tuple[FloatArray, Derivatives, FloatArray]:
    slack = 1e-12 * (1 + abs(now.log_likelihood))
    for _ in range(LARGEST_HALVINGS):
        moved = derivatives(cells, linear_predictor(cells.design, estimates + step, cells.offset), link=link)
        if moved.log_likelihood >= now.log_likelihood - slack:
            break
        step = step / 2
    return estimates + step, moved, step


def _standards(cells: Cells) -> tuple[FloatArray, FloatArray]:
    """Centre and spread of each column; nothing is centred in a design without a constant column."""
    total = cells.trials.sum()
    low, high = cells.design.min(axis=0), cells.design.max(axis=0)
    mean = weighted_sum(cells.design, cells.trials) / total
    centre = np.where(low == high, 0.0, mean) if (low == high).any() else np.zeros_like(mean)
    # Half the range rather than the standard deviation: one pass, and rare indicators stay small.
    spread = np.maximum(high - centre, centre - low)
    return centre, np.where(spread > 0, spread, 1.0)


def _back(centre: FloatArray, scale: FloatArray, design: FloatArray) -> FloatArray:
    """Matrix that takes estimates on standardised columns to the columns as they were given."""
    back = np.diag(1 / scale)
    constant = np.flatnonzero((design.min(axis=0) == design.max(axis=0)) & (design[0] != 0))
    if constant.size:
        at = int(constant[0])
        back[at] -= centre / scale / design[0, at]
    return back
