"""Logistic regression with a random intercept of each woman, by adaptive quadrature and several starts."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import linalg, stats

from gravida.analysis.binomial import Cells, Maximum, maximise
from gravida.analysis.binomial_input import binary_outcome, design_matrix, rows_by_cluster
from gravida.analysis.compression_women import WomanSignatures
from gravida.analysis.fit import DidNotConverge, Fit, FloatArray, NotEstimable
from gravida.analysis.quadrature import Marginal, Women, marginal

FEWEST_POINTS = 9
STARTS = (0.3, 1.0, 2.5)  # standard deviations of the intercept, in log odds
MOST_ITERATIONS = 100
STEP_LIMIT = 1e-8
ON_BOUNDARY = 1e-3
LARGEST_STEP = 0.5  # of the standard deviation
SAME_MAXIMUM = 1e-4


class TooFewPoints(Exception):
    """Laplace's approximation, or nearly: with one to five rows per woman its answers are wrong.

    On the survey rows of 2002 Laplace puts the standard deviation at 0.90 and the quadrature at 0.25,
    and the odds ratio of three earlier losses at 1.2 instead of 3.7.
    """

    def __init__(self, *, points: int) -> None:
        self.points = points
        super().__init__(f"{points} quadrature points: wanted at least {FEWEST_POINTS}, better 15")


@dataclass(frozen=True, kw_only=True)
class Start:
    """Where one search began and what it found; searches that did not end are not told."""

    deviation: float
    found_deviation: float
    log_likelihood: float


@dataclass(frozen=True, kw_only=True, eq=False)
class RandomIntercept:
    """The fit (coefficients within a woman), the intercepts' standard deviation, the test that it is 0."""

    fit: Fit
    standard_deviation: float
    standard_deviation_error: float | None  # None on the boundary
    likelihood_ratio: float
    p_value: float  # half a chi-square with one degree of freedom: 0 is on the boundary
    starts: tuple[Start, ...]


def random_intercept(
    *,
    outcome: ArrayLike,
    factors: ArrayLike,
    names: Sequence[str],
    clusters: ArrayLike,
    lagged_outcome_columns: Sequence[str],
    points: int = 15,
    starts: Sequence[float] = STARTS,
) -> RandomIntercept:
    """Logistic regression with a normal intercept for each woman, as lme4's glmer with nAGQ = points.

    outcome, factors, names, clusters as `logistic`. lagged_outcome_columns: those of `names` made of
    earlier outcomes; the model is fitted but warns ("initial_conditions"), because a woman's first
    outcome is not independent of her intercept. Standard errors are those of the observed information,
    not clustered: the model itself says how rows of a woman go together.
    TooFewPoints below 9; warnings "on_boundary", "several_maxima". DidNotConverge where no start ends.
    Source: Pinheiro & Bates 1995; Self & Liang, J Am Stat Assoc 1987;82:605 (test on the boundary).
    """
    y = binary_outcome(outcome)
    design, terms = design_matrix(factors, names)
    rows = rows_by_cluster(outcome=y, clusters=clusters)
    alike = np.ones(len(rows.starts) - 1, dtype=np.int64)
    women = Women(design=design, rows=rows, women=alike)
    return _fit(women, terms, lagged_outcome_columns, points, starts)


def random_intercept_by_signature(
    *,
    signatures: WomanSignatures,
    design: ArrayLike,
    names: Sequence[str],
    lagged_outcome_columns: Sequence[str],
    points: int = 15,
    starts: Sequence[float] = STARTS,
) -> RandomIntercept:
    """The same on woman signatures, so that work grows with distinct women; design (patterns, names)."""
    matrix, terms = design_matrix(design, names)
    women = Women(design=matrix, rows=signatures.rows, women=signatures.women)
    return _fit(women, terms, lagged_outcome_columns, points, starts)


def _fit(
    women: Women, names: tuple[str, ...], lagged: Sequence[str], points: int, starts: Sequence[float]
) -> RandomIntercept:
    if points < FEWEST_POINTS:
        raise TooFewPoints(points=points)
    if not (women.rows.sizes > 1).any():
        raise NotEstimable("every woman has one row: a random intercept needs women with several")
    by_row = np.repeat(women.women, women.rows.sizes).astype(np.float64)
    patterns = len(women.design)
    cells = Cells(
        design=women.design,
        trials=np.bincount(women.rows.pattern, by_row, patterns).astype(np.float64),
        events=np.bincount(women.rows.pattern, by_row * women.rows.outcome, patterns).astype(np.float64),
    )
    alone = maximise(cells=cells, names=names)
    searches = _searches(women, alone.estimates, starts, points)
    found = [
        Start(deviation=start, found_deviation=abs(float(place[-1])), log_likelihood=at.log_likelihood)
        for start, (place, at, _) in searches.items()
    ]
    place, at, iterations = max(searches.values(), key=lambda search: search[1].log_likelihood)
    if abs(place[-1]) < ON_BOUNDARY or at.log_likelihood < alone.log_likelihood:
        return _on_boundary(women, names, cells, alone, lagged, found)
    statistic = 2 * (at.log_likelihood - alone.log_likelihood)
    covariance = linalg.inv(at.information)
    fit = _as_fit(
        women,
        names,
        cells,
        place[:-1],
        covariance[:-1, :-1],
        at.log_likelihood,
        iterations,
        alone,
        _warnings(lagged, found),
    )
    return RandomIntercept(
        fit=fit,
        standard_deviation=abs(float(place[-1])),
        standard_deviation_error=float(np.sqrt(covariance[-1, -1])),
        likelihood_ratio=statistic,
        p_value=float(stats.chi2.sf(statistic, 1) / 2),
        starts=tuple(found),
    )


def _searches(
    women: Women, estimates: FloatArray, starts: Sequence[float], points: int
) -> dict[float, tuple[FloatArray, Marginal, int]]:
    """The searches that end, by their start; DidNotConverge where none does."""
    ended: dict[float, tuple[FloatArray, Marginal, int]] = {}
    for start in starts:
        try:
            ended[start] = _climb(women, estimates, start, points)
        except DidNotConverge:
            if start == starts[-1] and not ended:
                raise
    return ended


def _climb(
    women: Women, estimates: FloatArray, deviation: float, points: int
) -> tuple[FloatArray, Marginal, int]:
    """Uphill from one start, halving steps that would lose height."""
    place = np.append(estimates, deviation)
    now = marginal(women, estimates=place[:-1], deviation=place[-1], points=points)
    largest = np.inf
    for iteration in range(1, MOST_ITERATIONS + 1):
        step = _step(now)
        for _ in range(40):
            there = place + step
            moved = marginal(women, estimates=there[:-1], deviation=there[-1], points=points)
            if moved.log_likelihood >= now.log_likelihood - 1e-9 * (1 + abs(now.log_likelihood)):
                break
            step = step / 2
        place, now, largest = there, moved, float(np.max(np.abs(step)))
        if largest < STEP_LIMIT or (abs(place[-1]) < ON_BOUNDARY / 10 and largest < ON_BOUNDARY):
            return place, now, iteration
    raise DidNotConverge(method="random intercept", iterations=MOST_ITERATIONS, step=largest)


def _step(now: Marginal) -> FloatArray:
    """Newton's step; where the likelihood bends upwards along the deviation, uphill by the same bend.

    Near 0 it bends upwards as far as a small maximum: there the step doubles the deviation.
    """
    try:
        root = linalg.cho_factor(now.information[:-1, :-1])
    except linalg.LinAlgError:
        return np.asarray(linalg.solve(now.complete_information, now.score, assume_a="pos"))
    mixed = linalg.cho_solve(root, now.information[:-1, -1])
    bend = abs(now.information[-1, -1] - now.information[:-1, -1] @ mixed)
    slope = now.score[-1] - mixed @ now.score[:-1]
    along = float(np.clip(slope / max(bend, 1e-12), -LARGEST_STEP, LARGEST_STEP))
    return np.append(linalg.cho_solve(root, now.score[:-1]) - mixed * along, along)


def _on_boundary(
    women: Women,
    names: tuple[str, ...],
    cells: Cells,
    alone: Maximum,
    lagged: Sequence[str],
    found: list[Start],
) -> RandomIntercept:
    fit = _as_fit(
        women,
        names,
        cells,
        alone.estimates,
        alone.covariance,
        alone.log_likelihood,
        alone.iterations,
        alone,
        ("on_boundary", *_warnings(lagged, found)),
    )
    return RandomIntercept(
        fit=fit,
        standard_deviation=0.0,
        standard_deviation_error=None,
        likelihood_ratio=0.0,
        p_value=1.0,
        starts=tuple(found),
    )


def _warnings(lagged: Sequence[str], found: list[Start]) -> tuple[str, ...]:
    heights = [start.log_likelihood for start in found]
    said = ("initial_conditions",) if lagged else ()
    return (*said, "several_maxima") if max(heights) - min(heights) > SAME_MAXIMUM else said


def _as_fit(
    women: Women,
    names: tuple[str, ...],
    cells: Cells,
    estimates: FloatArray,
    covariance: FloatArray,
    log_likelihood: float,
    iterations: int,
    alone: Maximum,
    warnings: tuple[str, ...],
) -> Fit:
    return Fit(
        method="random_intercept",
        scale="log_odds",
        names=names,
        estimates=estimates,
        covariance=covariance,
        model_covariance=covariance,
        standard_errors_by="model",
        log_likelihood=log_likelihood,
        null_log_likelihood=alone.log_likelihood,
        n_rows=round(float(cells.trials.sum())),
        n_events=round(float(cells.events.sum())),
        n_clusters=int(women.women.sum()),
        iterations=iterations,
        warnings=warnings,
    )
