"""A model on imputed tables: pooled, beside its complete cases, and under values missing not at random."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from gravida.analysis.fit import DidNotConverge, Fit, FloatArray, IntArray, NotEstimable
from gravida.analysis.missing.chained import ITERATIONS, Imputations, Incomplete, Table, impute
from gravida.analysis.missing.rubin import Pooled, pool, pool_fits

Model = Callable[[FloatArray, IntArray], Fit]  # a table's values and the places of its rows -> a fit


@dataclass(frozen=True, kw_only=True, eq=False)
class ImputedAnalysis:
    """One model, pooled over imputations, with what the complete cases alone would have said."""

    fit: Fit
    pooled: Pooled
    complete_case: Fit | None  # None where too few rows are complete: see `fit.warnings`
    complete_rows: int


@dataclass(frozen=True, kw_only=True, eq=False)
class DeltaScenario:
    """The pooled fit where what is missing of one variable differs by `delta` from what was seen."""

    variable: str
    delta: float
    fit: Fit


def analyse_imputed(
    *, table: Table, imputations: Imputations, model: Model, complete_df: float | None = None
) -> ImputedAnalysis:
    """Fit `model` on every completed table, pool by Rubin, and fit the complete rows beside.

    The model takes values (rows, names) and the rows' places in the table (for outcome, women, weights
    kept elsewhere). Complete rows have no missing value in any column of the table.
    """
    everyone = np.arange(len(table.values))
    fits = [model(values, everyone) for values in imputations.completed]
    fit = pool_fits(fits, complete_df=complete_df)
    pooled = pool(
        names=fit.names,
        estimates=np.array([one.estimates for one in fits]),
        covariances=np.array([one.covariance for one in fits]),
        complete_df=_complete_df(fits[0]) if complete_df is None else complete_df,
    )
    complete = np.flatnonzero(np.isfinite(table.values).all(axis=1))
    beside, warnings = _complete_case(table, complete, model)
    return ImputedAnalysis(
        fit=replace(fit, warnings=fit.warnings + imputations.warnings + warnings),
        pooled=pooled,
        complete_case=beside,
        complete_rows=len(complete),
    )


def _complete_df(fit: Fit) -> float:
    clustered = "woman" in fit.standard_errors_by
    return float(fit.n_clusters - 1 if clustered else fit.n_rows - len(fit.names))


def _complete_case(table: Table, complete: IntArray, model: Model) -> tuple[Fit | None, tuple[str, ...]]:
    try:
        fit = model(table.values[complete], complete)
    except (NotEstimable, DidNotConverge):
        return None, ("complete_cases_not_estimable",)
    return replace(fit, n_left_out=len(table.values) - len(complete)), ()


def delta_scenarios(
    *,
    table: Table,
    variables: Sequence[Incomplete],
    varied: str,
    deltas: Sequence[float],
    outcome: Sequence[str],
    clusters: ArrayLike | None,
    model: Model,
    imputations: int,
    iterations: int = ITERATIONS,
    seed: int,
) -> tuple[DeltaScenario, ...]:
    """The pooled fit for each delta of one variable, with the same random numbers for all.

    delta is in the variable's unit, or log odds where it is drawn logistically; 0 is missing at random.
    Source: van Buuren 2018, section 9.2; Carpenter & Kenward 2013, chapter 10.
    """
    scenarios = []
    for delta in deltas:
        changed = [
            replace(variable, delta=delta) if variable.name == varied else variable for variable in variables
        ]
        completed = impute(
            table=table,
            variables=changed,
            outcome=outcome,
            clusters=clusters,
            imputations=imputations,
            iterations=iterations,
            generator=np.random.default_rng(seed),
        )
        analysis = analyse_imputed(table=table, imputations=completed, model=model)
        scenarios.append(DeltaScenario(variable=varied, delta=delta, fit=analysis.fit))
    return tuple(scenarios)


def nelson_aalen(*, entry: ArrayLike, exit_time: ArrayLike, event: ArrayLike) -> FloatArray:
    """Cumulative hazard each row has lived through, from its entry to its exit, (rows,).

    The column that belongs beside the event in an imputation model for times. At risk at t: entry < t
    <= exit. ValueError where an exit is not after its entry.
    Source: White & Royston, Stat Med 2009;28:1982.
    """
    start = np.asarray(entry, dtype=np.float64)
    stop = np.asarray(exit_time, dtype=np.float64)
    happened = np.asarray(event) > 0
    if not np.all(start < stop):
        raise ValueError(f"{int(np.sum(~(start < stop)))} rows end before they enter: need entry < exit")
    times, deaths = np.unique(stop[happened], return_counts=True)
    at_risk = np.searchsorted(np.sort(start), times, side="left") - np.searchsorted(
        np.sort(stop), times, side="left"
    )
    cumulative = np.concatenate([[0.0], np.cumsum(deaths / at_risk)])
    until = cumulative[np.searchsorted(times, stop, side="right")]
    return np.asarray(until - cumulative[np.searchsorted(times, start, side="right")])
