"""Generalised estimating equations: working independence, and exchangeable where history is no covariate."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import linalg, sparse

from gravida.analysis.binomial import Cells, Link, maximise, risk, risk_slope
from gravida.analysis.binomial_input import ClusteredRows, binary_outcome, design_matrix, rows_by_cluster
from gravida.analysis.compression_women import WomanSignatures
from gravida.analysis.crossproduct import linear_predictor, weighted_cross, weighted_sum
from gravida.analysis.fit import DidNotConverge, Fit, FloatArray, IntArray
from gravida.analysis.logistic import METHODS, SCALES, logistic
from gravida.analysis.sandwich import Correction, cluster_factor, sandwiched

MOST_ITERATIONS = 200
STEP_LIMIT = 1e-10


class LaggedOutcome(Exception):
    """A covariate made of earlier outcomes in a model that ties a woman's rows together: it is not fitted.

    With an exchangeable correlation the estimating function of one row contains residuals of the others,
    which such a covariate foretells: its expectation is not 0 (Pepe & Anderson, Commun Stat 1994;23:939).
    """

    def __init__(self, *, columns: tuple[str, ...]) -> None:
        self.columns = columns
        super().__init__(
            f"{', '.join(columns)} tell of earlier outcomes: an exchangeable correlation would be biased and "
            "may diverge. Use working independence with the covariance clustered by woman."
        )


@dataclass(frozen=True, kw_only=True, eq=False)
class ExchangeableFit:
    """The fit, the correlation of two rows of one woman, and the scale (mean squared Pearson residual)."""

    fit: Fit
    correlation: float
    scale: float


@dataclass(frozen=True, kw_only=True, eq=False)
class _State:
    """Working quantities at one value of the estimates, by row of the clusters."""

    root: FloatArray  # slope / standard deviation
    residual: FloatArray  # Pearson
    correlation: float
    scale: float
    score: FloatArray  # (clusters, terms)
    information: FloatArray


def independence(
    *,
    outcome: ArrayLike,
    factors: ArrayLike,
    names: Sequence[str],
    clusters: ArrayLike,
    link: Link = "logit",
    correction: Correction = "CR0",
) -> Fit:
    """GEE with working independence: logistic regression with geepack's sandwich, CR0."""
    return logistic(
        outcome=outcome, factors=factors, names=names, clusters=clusters, link=link, correction=correction
    )


def exchangeable(
    *,
    outcome: ArrayLike,
    factors: ArrayLike,
    names: Sequence[str],
    clusters: ArrayLike,
    lagged_outcome_columns: Sequence[str],
    link: Link = "logit",
    correction: Correction = "CR0",
) -> ExchangeableFit:
    """GEE with one correlation between any two rows of a woman, as geepack's geeglm.

    The scale is the mean squared Pearson residual, the correlation the mean product over all pairs
    divided by it; neither is corrected for the number of terms. outcome, factors, names, clusters as
    `logistic`. lagged_outcome_columns: those of `names` that are made of earlier outcomes; LaggedOutcome
    is raised unless there are none. DidNotConverge where the equations have no answer.
    Source: Halekoh, Hojsgaard & Yan, J Stat Softw 2006;15(2).
    """
    y = binary_outcome(outcome)
    design, terms = design_matrix(factors, names)
    rows = rows_by_cluster(outcome=y, clusters=clusters)
    women = np.ones(len(rows.starts) - 1, dtype=np.int64)
    return _exchangeable(design, terms, rows, women, lagged_outcome_columns, link, correction)


def exchangeable_by_signature(
    *,
    signatures: WomanSignatures,
    design: ArrayLike,
    names: Sequence[str],
    lagged_outcome_columns: Sequence[str],
    link: Link = "logit",
    correction: Correction = "CR0",
) -> ExchangeableFit:
    """The same on woman signatures; design (patterns, names) without the intercept."""
    matrix, terms = design_matrix(design, names)
    return _exchangeable(
        matrix, terms, signatures.rows, signatures.women, lagged_outcome_columns, link, correction
    )


def _exchangeable(
    design: FloatArray,
    names: tuple[str, ...],
    rows: ClusteredRows,
    women: IntArray,
    lagged: Sequence[str],
    link: Link,
    correction: Correction,
) -> ExchangeableFit:
    if lagged:
        raise LaggedOutcome(columns=tuple(lagged))
    by_row = np.repeat(women, rows.sizes).astype(np.float64)
    trials = _by_pattern(rows, by_row, len(design))
    events = _by_pattern(rows, by_row * rows.outcome, len(design))
    start = maximise(
        cells=Cells(design=design, trials=trials, events=events), names=names, link=link
    ).estimates
    estimates, state, iterations = _solve(design, rows, women, start, link)
    bread = linalg.inv(state.information)
    clusters = int(women.sum())
    factor = cluster_factor(correction=correction, clusters=clusters, rows=by_row.sum(), terms=len(names))
    meat = weighted_cross(state.score, women.astype(np.float64))
    fit = Fit(
        method=f"{METHODS[link]}_exchangeable",
        scale=SCALES[link],
        names=names,
        estimates=estimates,
        covariance=sandwiched(bread=bread, meat=meat, factor=factor),
        model_covariance=state.scale * bread,
        standard_errors_by=f"{correction} by woman",
        log_likelihood=float("nan"),
        n_rows=round(float(by_row.sum())),
        n_events=round(float(events.sum())),
        n_clusters=clusters,
        iterations=iterations,
    )
    return ExchangeableFit(fit=fit, correlation=state.correlation, scale=state.scale)


def _solve(
    design: FloatArray, rows: ClusteredRows, women: IntArray, start: FloatArray, link: Link
) -> tuple[FloatArray, _State, int]:
    estimates, largest = start, np.inf
    unit = np.maximum(np.abs(design).max(axis=0), 1e-300)
    for iteration in range(1, MOST_ITERATIONS + 1):
        state = _state(design, rows, women, estimates, link)
        total = weighted_sum(state.score, women.astype(np.float64))
        try:
            step = np.linalg.solve(state.information, total)
        except np.linalg.LinAlgError:
            break
        largest = float(np.max(np.abs(step * unit)))
        if not np.isfinite(largest) or largest > 1e3:
            break
        estimates = estimates + step
        if largest < STEP_LIMIT:
            return estimates, _state(design, rows, women, estimates, link), iteration
    raise DidNotConverge(method="exchangeable GEE", iterations=iteration, step=largest)


def _state(
    design: FloatArray, rows: ClusteredRows, women: IntArray, estimates: FloatArray, link: Link
) -> _State:
    predictor = linear_predictor(design, estimates)
    mean = risk(predictor, link=link)
    spread = np.sqrt(mean * (1 - mean))
    root = (risk_slope(predictor, link=link) / spread)[rows.pattern]
    residual = (rows.outcome - mean[rows.pattern]) / spread[rows.pattern]
    first, sizes = rows.starts[:-1], rows.sizes
    sums = np.add.reduceat(residual, first)
    squares = np.add.reduceat(residual**2, first)
    scale = float((women * squares).sum() / (women * sizes).sum())
    pairs = float((women * sizes * (sizes - 1)).sum())
    correlation = float((women * (sums**2 - squares)).sum()) / scale / pairs if pairs else 0.0
    shared = correlation / (1 + (sizes - 1) * correlation)
    whitened = (residual - np.repeat(shared * sums, sizes)) / (1 - correlation)
    index = rows.pattern
    shape = (len(sizes), len(design))
    score = sparse.csr_array((root * whitened, index, rows.starts), shape=shape) @ design
    together = sparse.csr_array((root, index, rows.starts), shape=shape) @ design
    own = _by_pattern(rows, root**2 * np.repeat(women, sizes), len(design))
    information = weighted_cross(design, own) - weighted_cross(together, np.asarray(women * shared))
    return _State(
        root=root,
        residual=residual,
        correlation=correlation,
        scale=scale,
        score=np.asarray(score),
        information=information / (1 - correlation),
    )


def _by_pattern(rows: ClusteredRows, values: FloatArray, patterns: int) -> FloatArray:
    total: FloatArray = np.bincount(rows.pattern, weights=values, minlength=patterns).astype(np.float64)
    return total
