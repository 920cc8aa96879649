"""Multiple imputation by chained equations, with the outcome in every model and women kept whole."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike

from gravida.analysis.binomial_input import cluster_codes
from gravida.analysis.fit import BoolArray, FloatArray, IntArray
from gravida.analysis.missing.detection import below_detection_draw
from gravida.analysis.missing.draws import category_draw, from_donors, logistic_draw

ITERATIONS = 10
LEAST_OBSERVED = 10  # values from which a model can learn
MIXED = 1.2  # potential scale reduction above which chains have not mixed


class Draw(StrEnum):
    """How a missing value of a variable is drawn."""

    DONORS = "donors"  # predictive mean matching
    LOGISTIC = "logistic"
    CATEGORY = "category"
    BELOW_DETECTION = "below_detection"


@dataclass(frozen=True, kw_only=True)
class Incomplete:
    """One variable to impute."""

    name: str
    draw: Draw
    once_per_woman: bool = False  # the same value for all rows of a woman
    predictors: tuple[str, ...] | None = None  # None: all other columns
    delta: float = 0.0  # added to drawn values (log odds where logistic): missing not at random
    logarithm: bool = True  # below detection: concentrations are modelled as logs


@dataclass(frozen=True, kw_only=True, eq=False)
class Table:
    """Columns of numbers with NaN where missing.

    Shapes: values (rows, names); below, limits (rows, names) or None: cells known only to lie under a
    detection limit, which are NaN in `values`.
    """

    names: tuple[str, ...]
    values: FloatArray
    categorical: tuple[str, ...] = ()  # numbers that are labels: predictors as indicators
    below: BoolArray | None = None
    limits: FloatArray | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class Imputations:
    """Completed tables and how the chains went.

    Shapes: completed (imputations, rows, names); chain_means, chain_deviations (imputations, iterations,
    imputed variables): of the drawn values; scale_reduction (imputed variables,).
    """

    names: tuple[str, ...]
    completed: FloatArray
    imputed: tuple[str, ...]
    missing: tuple[int, ...]  # cells per imputed variable
    incomplete_rows: int
    chain_means: FloatArray
    chain_deviations: FloatArray
    scale_reduction: FloatArray
    warnings: tuple[str, ...]


class OutcomeNotInImputation(Exception):
    """An imputation model without the outcome: it would draw effects towards none."""

    def __init__(self, *, variable: str, outcome: str) -> None:
        self.variable, self.outcome = variable, outcome
        super().__init__(
            f"{variable!r} is imputed without the outcome {outcome!r}: add it to the predictors, "
            "because values drawn without it hide every effect"
        )


def wanted_imputations(values: FloatArray) -> int:
    """At least as many imputations as per cent of rows are incomplete, and no fewer than five.

    Source: White, Royston & Wood, Stat Med 2011;30:377, section 7.
    """
    share = float(np.mean(np.isnan(values).any(axis=1)))
    return max(5, int(np.ceil(100 * share)))


def impute(
    *,
    table: Table,
    variables: Sequence[Incomplete],
    outcome: Sequence[str],
    clusters: ArrayLike | None,
    imputations: int | None = None,
    iterations: int = ITERATIONS,
    generator: np.random.Generator,
) -> Imputations:
    """Completed copies of a table, each from its own chain.

    outcome: columns that every imputation model must hold (the event, and for times the cumulative
    hazard of `nelson_aalen`). clusters (rows,): needed for variables drawn once per woman. imputations:
    as `wanted_imputations` where not given; fewer bring the code "few_imputations".
    OutcomeNotInImputation; ValueError for missing values nobody imputes, a woman with two values of a
    once-per-woman variable, an outcome that is itself missing.
    Source: van Buuren 2018, chapters 4 and 7; Raghunathan et al., Surv Methodol 2001;27:85.
    """
    known = np.isfinite(table.values)
    plan = _plan(table, variables, outcome, clusters, known)
    wanted = wanted_imputations(table.values)
    count = wanted if imputations is None else imputations
    if count < 2 or iterations < 1:
        raise ValueError(f"{count} imputations of {iterations} iterations: need at least 2 and 1")
    completed, means, deviations = [], [], []
    for _ in range(count):
        values, mean, deviation = _chain(plan, iterations, generator)
        completed.append(values)
        means.append(mean)
        deviations.append(deviation)
    reduction = _scale_reduction(np.array(means))
    warnings: tuple[str, ...] = ("few_imputations",) if count < wanted else ()
    if np.any(reduction > MIXED):
        warnings += ("chains_have_not_mixed",)
    return Imputations(
        names=table.names,
        completed=np.array(completed),
        imputed=tuple(step.variable.name for step in plan.steps),
        missing=tuple(int((~known[:, step.column]).sum()) for step in plan.steps),
        incomplete_rows=int((~known).any(axis=1).sum()),
        chain_means=np.array(means),
        chain_deviations=np.array(deviations),
        scale_reduction=reduction,
        warnings=warnings,
    )


@dataclass(frozen=True, kw_only=True, eq=False)
class _Step:
    variable: Incomplete
    column: int
    predictors: tuple[int, ...]


@dataclass(frozen=True, kw_only=True, eq=False)
class _Plan:
    table: Table
    start: FloatArray  # values, women's own values spread over their rows
    known: BoolArray
    steps: tuple[_Step, ...]
    codes: IntArray
    first: IntArray  # a row of every woman


def _plan(
    table: Table,
    variables: Sequence[Incomplete],
    outcome: Sequence[str],
    clusters: ArrayLike | None,
    known: BoolArray,
) -> _Plan:
    _check(table, variables, outcome, clusters, known)
    rows = len(table.values)
    codes = np.arange(rows) if clusters is None else cluster_codes(clusters, rows=rows)
    start = table.values.copy()
    for variable in variables:
        if variable.once_per_woman:
            column = table.names.index(variable.name)
            start[:, column] = _own_value(start[:, column], codes, variable.name)
    known = np.isfinite(start)
    steps = [
        _step(table, variable)
        for variable in variables
        if not known[:, table.names.index(variable.name)].all()
    ]
    for step in steps:
        if known[:, step.column].sum() < LEAST_OBSERVED:
            raise ValueError(
                f"{step.variable.name!r} is known in {known[:, step.column].sum()} rows: "
                f"need {LEAST_OBSERVED} to impute it"
            )
    # From the least to the most missing: each model leans on columns that are nearly complete.
    steps.sort(key=lambda step: int((~known[:, step.column]).sum()))
    _, first = np.unique(codes, return_index=True)
    return _Plan(table=table, start=start, known=known, steps=tuple(steps), codes=codes, first=first)


def _check(
    table: Table,
    variables: Sequence[Incomplete],
    outcome: Sequence[str],
    clusters: ArrayLike | None,
    known: BoolArray,
) -> None:
    if table.values.shape[1:] != (len(table.names),):
        raise ValueError(
            f"values of shape {table.values.shape} with {len(table.names)} names: need one per column"
        )
    named = [variable.name for variable in variables]
    for name in (*named, *outcome, *table.categorical):
        if name not in table.names:
            raise ValueError(f"no column {name!r}: there are {', '.join(table.names)}")
    for variable in variables:
        _check_variable(variable, outcome, clusters)
    for at, name in enumerate(table.names):
        if name not in named and not known[:, at].all():
            raise ValueError(
                f"column {name!r} has {(~known[:, at]).sum()} missing values and no way to draw them"
            )


def _check_variable(variable: Incomplete, outcome: Sequence[str], clusters: ArrayLike | None) -> None:
    if variable.name in outcome:
        raise ValueError(f"the outcome {variable.name!r} cannot be imputed: leave out rows without it")
    if variable.once_per_woman and clusters is None:
        raise ValueError(f"{variable.name!r} is drawn once per woman: need to know the woman of each row")
    if variable.delta and variable.draw is Draw.CATEGORY:
        raise ValueError(f"{variable.name!r} is a category: a delta has no meaning for it")
    for name in outcome:
        if variable.predictors is not None and name not in variable.predictors:
            raise OutcomeNotInImputation(variable=variable.name, outcome=name)


def _own_value(values: FloatArray, codes: IntArray, name: str) -> FloatArray:
    """Every woman's value in all of her rows; ValueError where she has two."""
    known = np.isfinite(values)
    low = np.full(codes.max() + 1, np.inf)
    high = np.full(codes.max() + 1, -np.inf)
    np.minimum.at(low, codes[known], values[known])
    np.maximum.at(high, codes[known], values[known])
    two = np.flatnonzero((low < high) & np.isfinite(low))
    if two.size:
        raise ValueError(
            f"{name!r} is declared once per woman and {two.size} women have more than one value, "
            f"as {low[two[0]]:g} and {high[two[0]]:g}"
        )
    return np.where(np.isfinite(low), low, np.nan)[codes]


def _step(table: Table, variable: Incomplete) -> _Step:
    others = variable.predictors or tuple(name for name in table.names if name != variable.name)
    return _Step(
        variable=variable,
        column=table.names.index(variable.name),
        predictors=tuple(table.names.index(name) for name in others if name != variable.name),
    )


def _chain(
    plan: _Plan, iterations: int, generator: np.random.Generator
) -> tuple[FloatArray, FloatArray, FloatArray]:
    values = plan.start.copy()
    for step in plan.steps:
        gaps = ~plan.known[:, step.column]
        pool = plan.start[~gaps, step.column]
        drawn = pool[generator.integers(0, len(pool), len(values))]
        values[gaps, step.column] = (
            drawn[plan.first][plan.codes] if step.variable.once_per_woman else drawn
        )[gaps]
    means = np.zeros((iterations, len(plan.steps)))
    deviations = np.zeros((iterations, len(plan.steps)))
    for turn in range(iterations):
        for at, step in enumerate(plan.steps):
            gaps = ~plan.known[:, step.column]
            values[gaps, step.column] = _redrawn(plan, step, values, generator)
            means[turn, at] = values[gaps, step.column].mean()
            deviations[turn, at] = values[gaps, step.column].std()
    return values, means, deviations


def _redrawn(plan: _Plan, step: _Step, values: FloatArray, generator: np.random.Generator) -> FloatArray:
    """New values for the gaps of one column, (gaps,)."""
    gaps = ~plan.known[:, step.column]
    predictors = _predictors(plan.table, step, values)
    if not step.variable.once_per_woman:
        return _drawn(plan, step, values[:, step.column], ~gaps, predictors, None, generator)
    # One row per woman: means of what changes between her rows, and how many rows she has.
    sizes = np.bincount(plan.codes)
    sums = np.zeros((len(sizes), predictors.shape[1]))
    np.add.at(sums, plan.codes, predictors)
    of_woman = np.column_stack([sums / sizes[:, None], sizes])
    known = ~gaps[plan.first]
    drawn = np.zeros(len(sizes))
    drawn[~known] = _drawn(
        plan, step, values[plan.first, step.column], known, of_woman, plan.first, generator
    )
    return drawn[plan.codes][gaps]


def _predictors(table: Table, step: _Step, values: FloatArray) -> FloatArray:
    columns = []
    for at in step.predictors:
        if table.names[at] in table.categorical:
            levels = np.unique(values[:, at])
            columns += [(values[:, at] == level).astype(np.float64) for level in levels[1:]]
        else:
            columns.append(values[:, at])
    return np.column_stack(columns) if columns else np.empty((len(values), 0))


def _drawn(
    plan: _Plan,
    step: _Step,
    values: FloatArray,
    known: BoolArray,
    predictors: FloatArray,
    rows: IntArray | None,
    generator: np.random.Generator,
) -> FloatArray:
    variable = step.variable
    if variable.draw is Draw.BELOW_DETECTION:
        return _drawn_below(plan, step, values, known, predictors, rows, generator)
    if variable.draw is Draw.LOGISTIC:
        return logistic_draw(
            values=values, observed=known, predictors=predictors, delta=variable.delta, generator=generator
        )
    if variable.draw is Draw.CATEGORY:
        return category_draw(values=values, observed=known, predictors=predictors, generator=generator)
    drawn = from_donors(values=values, observed=known, predictors=predictors, generator=generator)
    return drawn + variable.delta


def _drawn_below(
    plan: _Plan,
    step: _Step,
    values: FloatArray,
    known: BoolArray,
    predictors: FloatArray,
    rows: IntArray | None,
    generator: np.random.Generator,
) -> FloatArray:
    at = slice(None) if rows is None else rows
    below = np.zeros(len(values), bool) if plan.table.below is None else plan.table.below[at, step.column]
    limits = np.zeros(len(values)) if plan.table.limits is None else plan.table.limits[at, step.column]
    drawn = below_detection_draw(
        values=values,
        measured=known,
        below=below & ~known,
        limits=limits,
        predictors=predictors,
        generator=generator,
        logarithm=step.variable.logarithm,
    )
    # What lies under a limit is known to: only what is wholly missing can be missing not at random.
    return drawn + np.where(below[~known], 0.0, step.variable.delta)


def _scale_reduction(means: FloatArray) -> FloatArray:
    """Potential scale reduction of the chains' means over the second half, (variables,); 1 is mixed."""
    kept = means[:, means.shape[1] // 2 :]
    length = kept.shape[1]
    if length < 2:
        return np.ones(kept.shape[2])
    within = kept.var(axis=1, ddof=1).mean(axis=0)
    between = kept.mean(axis=1).var(axis=0, ddof=1)
    ratio = np.divide(between, within, out=np.zeros_like(within), where=within > 0)
    return np.asarray(np.sqrt((length - 1) / length + ratio))
