"""Weekly cause-specific hazards: when in gestation a loss happens, on counts by pattern and week."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import linalg, sparse

from gravida.analysis.binomial import Cells, Derivatives, Link, derivatives, residuals
from gravida.analysis.binomial_input import design_matrix
from gravida.analysis.binomial_problems import Separated, refuse_collinear_gram, refuse_separated
from gravida.analysis.compression_weeks import WeeklyGrid, WeeklyRows
from gravida.analysis.crossproduct import cross_of_two, linear_predictor, weighted_cross, weighted_sum
from gravida.analysis.fit import DidNotConverge, Fit, FloatArray
from gravida.analysis.logistic import SCALES
from gravida.analysis.sandwich import Correction, cluster_factor

MOST_ITERATIONS = 100
SUSPECT_AFTER = 15
STEP_LIMIT = 1e-9
WOMEN_AT_ONCE = 1 << 13


@dataclass(frozen=True, kw_only=True, eq=False)
class WeekBaseline:
    """How the hazard moves over the weeks: columns (weeks, names), as one indicator per band."""

    columns: FloatArray
    names: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, eq=False)
class _Problem:
    """Counts of one cause with both parts of the design; estimates are baseline first, then factors."""

    baseline: FloatArray  # (weeks, baseline columns)
    factors: FloatArray  # (patterns, factors), centred and scaled
    given: FloatArray  # the factors as they were given
    at_risk: FloatArray  # (patterns, weeks)
    events: FloatArray
    names: tuple[str, ...]
    link: Link


def weekly_hazard(
    *,
    rows: WeeklyRows,
    grid: WeeklyGrid,
    cause: int,
    design: ArrayLike,
    names: Sequence[str],
    baseline: WeekBaseline | None = None,
    link: Link = "logit",
    correction: Correction = "CR1",
) -> Fit:
    """Discrete-time cause-specific hazard, with the covariance clustered by woman.

    The same numbers as binary regression on one row per pregnancy and week at risk, other causes and
    the end of observation being no event; nothing is expanded. design (patterns, names), constant over
    the weeks; baseline by default one column per week ("week 6"), and a week without an event is refused
    with its name: put weeks together with `week_bands`. CR2 is not made here. cloglog gives log hazard
    ratios of grouped proportional hazards.
    Source: Prentice & Gloeckler, Biometrics 1978;34:57; Allison, Sociol Methodol 1982;13:61.
    """
    if correction == "CR2" or cause not in grid.causes:
        raise ValueError(
            f"cause {cause} of {list(grid.causes)} with {correction}: wanted one of them, with CR0, CR1, CR1S"
        )
    over_weeks = each_week(grid) if baseline is None else baseline
    problem, centre, scale = _problem(grid, cause, design, names, over_weeks, link)
    estimates, iterations = _climb(problem)
    final = _derivatives(problem, estimates)
    bread = linalg.inv(_information(problem, final.information))
    back = _back(problem, centre, scale)
    meat = _meat(problem, estimates, rows, grid, cause)
    clusters = len(rows.starts) - 1
    cells = float(problem.at_risk.sum())
    factor = cluster_factor(correction=correction, clusters=clusters, rows=cells, terms=len(estimates))
    return Fit(
        method=f"weekly_{link}",
        scale=SCALES[link],
        names=problem.names,
        estimates=back @ estimates,
        covariance=_turned(back, factor * bread @ meat @ bread),
        model_covariance=_turned(back, bread),
        standard_errors_by=f"{correction} by woman",
        log_likelihood=final.log_likelihood,
        n_rows=len(rows.pattern),
        n_events=round(float(problem.events.sum())),
        n_clusters=clusters,
        iterations=iterations,
    )


def each_week(grid: WeeklyGrid) -> WeekBaseline:
    """One column for every week of the grid."""
    weeks = grid.at_risk.shape[1]
    return WeekBaseline(
        columns=np.eye(weeks), names=tuple(f"week {grid.first_week + at}" for at in range(weeks))
    )


def week_bands(grid: WeeklyGrid, *, starts: Sequence[int]) -> WeekBaseline:
    """One column for every band of weeks; `starts` are the first weeks of the bands, the earliest first."""
    weeks = grid.first_week + np.arange(grid.at_risk.shape[1])
    if list(starts) != sorted(set(starts)) or not starts or starts[0] > weeks[0]:
        raise ValueError(
            f"bands start in weeks {list(starts)}: wanted rising weeks from {weeks[0]} or before"
        )
    band = np.searchsorted(starts, weeks, side="right") - 1
    used = np.unique(band)
    ends = [*(start - 1 for start in starts[1:]), int(weeks[-1])]
    names = (f"weeks {max(starts[at], int(weeks[0]))} to {ends[at]}" for at in used)
    return WeekBaseline(columns=(band[:, None] == used).astype(np.float64), names=tuple(names))


def _problem(
    grid: WeeklyGrid,
    cause: int,
    design: ArrayLike,
    names: Sequence[str],
    baseline: WeekBaseline,
    link: Link,
) -> tuple[_Problem, FloatArray, FloatArray]:
    factors, terms = design_matrix(design, names, intercept=False)
    patterns, weeks = grid.at_risk.shape
    if len(factors) != patterns or len(baseline.columns) != weeks:
        raise ValueError(
            f"design has {len(factors)} rows and baseline {len(baseline.columns)}: "
            f"wanted {patterns} patterns and {weeks} weeks"
        )
    events = grid.events[grid.causes.index(cause)].astype(np.float64)
    for at, name in enumerate(baseline.names):
        if not events[:, baseline.columns[:, at] != 0].any():
            raise Separated(names=(name,))
    trials = grid.at_risk.sum(axis=1).astype(np.float64)
    centre = weighted_sum(factors, trials) / trials.sum()
    scale = np.maximum(np.abs(factors - centre).max(axis=0), 1e-300)
    if _constant(baseline.columns) is None:
        centre = np.zeros_like(centre)
    problem = _Problem(
        baseline=baseline.columns,
        factors=(factors - centre) / scale,
        given=factors,
        at_risk=grid.at_risk.astype(np.float64),
        events=events,
        names=(*baseline.names, *terms),
        link=link,
    )
    refuse_collinear_gram(gram=_information(problem, problem.at_risk), names=problem.names)
    return problem, centre, scale


def _constant(columns: FloatArray) -> FloatArray | None:
    """Weights of the baseline's columns that add up to 1 in every week, if there are."""
    weights = np.asarray(np.linalg.lstsq(columns, np.ones(len(columns)), rcond=None)[0], dtype=np.float64)
    return weights if np.allclose(columns @ weights, 1.0, rtol=0, atol=1e-12) else None


def _climb(problem: _Problem) -> tuple[FloatArray, int]:
    estimates = np.zeros(len(problem.names))
    constant = _constant(problem.baseline)
    if constant is not None:
        share = problem.events.sum() / problem.at_risk.sum()
        estimates[: len(constant)] = constant * np.log(share / (1 - share))
    now = _derivatives(problem, estimates)
    largest = np.inf
    for iteration in range(1, MOST_ITERATIONS + 1):
        if iteration == SUSPECT_AFTER:
            _refuse_separated(problem)
        step = linalg.solve(_information(problem, now.curvature), _score(problem, now.score), assume_a="pos")
        slack = 1e-12 * (1 + abs(now.log_likelihood))
        for _ in range(30):
            moved = _derivatives(problem, estimates + step)
            if moved.log_likelihood >= now.log_likelihood - slack:
                break
            step = step / 2
        estimates, now, largest = estimates + step, moved, float(np.max(np.abs(step)))
        if largest < STEP_LIMIT:
            return estimates, iteration
    raise DidNotConverge(method="weekly hazard", iterations=MOST_ITERATIONS, step=largest)


def _predictor(problem: _Problem, estimates: FloatArray) -> FloatArray:
    weeks = problem.baseline @ estimates[: problem.baseline.shape[1]]
    return linear_predictor(problem.factors, estimates[problem.baseline.shape[1] :])[:, None] + weeks


def _derivatives(problem: _Problem, estimates: FloatArray) -> Derivatives:
    """Derivatives by the predictor of each pattern and week, (patterns, weeks)."""
    cells = Cells(design=problem.factors, trials=problem.at_risk, events=problem.events)
    return derivatives(cells, _predictor(problem, estimates), link=problem.link)


def _score(problem: _Problem, by_cell: FloatArray) -> FloatArray:
    return np.concatenate(
        [by_cell.sum(axis=0) @ problem.baseline, weighted_sum(problem.factors, by_cell.sum(axis=1))]
    )


def _information(problem: _Problem, by_cell: FloatArray) -> FloatArray:
    weeks = (problem.baseline * by_cell.sum(axis=0)[:, None]).T @ problem.baseline
    mixed = problem.baseline.T @ cross_of_two(by_cell, problem.factors)
    return np.block([[weeks, mixed], [mixed.T, weighted_cross(problem.factors, by_cell.sum(axis=1))]])


def _meat(
    problem: _Problem, estimates: FloatArray, rows: WeeklyRows, grid: WeeklyGrid, cause: int
) -> FloatArray:
    """Sum over women of the outer product of her score over all her weeks at risk."""
    by_cell = residuals(_predictor(problem, estimates), link=problem.link)
    terms = len(problem.names)
    meat = np.zeros((terms, terms))
    women = len(rows.starts) - 1
    for first in range(0, women, WOMEN_AT_ONCE):
        last = min(first + WOMEN_AT_ONCE, women)
        span = slice(int(rows.starts[first]), int(rows.starts[last]))
        starts = rows.starts[first : last + 1] - span.start
        residual = _row_residuals(by_cell, rows, span, grid, cause)
        by_week = np.add.reduceat(residual, starts[:-1], axis=0) @ problem.baseline
        by_pattern = sparse.csr_array(
            (residual.sum(axis=1), rows.pattern[span], starts), shape=(last - first, len(problem.factors))
        )
        meat += weighted_cross(np.hstack([by_week, by_pattern @ problem.factors]))
    return meat


def _row_residuals(
    by_cell: FloatArray, rows: WeeklyRows, span: slice, grid: WeeklyGrid, cause: int
) -> FloatArray:
    """Score of each row in each week by its predictor, 0 where it is not at risk, (rows, weeks)."""
    pattern = rows.pattern[span]
    entered, left = rows.entry_week[span] - grid.first_week, rows.exit_week[span] - grid.first_week
    week = np.arange(grid.at_risk.shape[1])
    at_risk = (week >= entered[:, None]) & (week <= left[:, None])
    residual = np.where(at_risk, by_cell[0][pattern], 0.0)
    seen = np.flatnonzero(rows.cause[span] == cause)
    residual[seen, left[seen]] = by_cell[1][pattern[seen], left[seen]]
    return residual


def _back(problem: _Problem, centre: FloatArray, scale: FloatArray) -> FloatArray:
    """Matrix that takes estimates on standardised factors to the factors as they were given."""
    columns = problem.baseline.shape[1]
    back = np.diag(np.concatenate([np.ones(columns), 1 / scale]))
    constant = _constant(problem.baseline)
    if constant is not None:
        back[:columns, columns:] = -np.outer(constant, centre / scale)
    return back


def _turned(back: FloatArray, covariance: FloatArray) -> FloatArray:
    turned = back @ covariance @ back.T
    return np.asarray((turned + turned.T) / 2)


def _refuse_separated(problem: _Problem) -> None:
    pattern, week = np.nonzero(problem.at_risk)
    refuse_separated(
        design=np.hstack([problem.baseline[week], problem.given[pattern]]),
        trials=problem.at_risk[pattern, week],
        events=problem.events[pattern, week],
        names=problem.names,
        baseline=problem.names[: problem.baseline.shape[1]],
    )
