"""Whether hazard ratios stay the same over time: score tests and Schoenfeld's residuals."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from gravida.analysis.fit import FloatArray, IntArray
from gravida.analysis.survival.cox import ChiSquare, CoxModel, chi_square
from gravida.analysis.survival.scores import score_tables

Clock = Literal["km", "identity", "log", "rank"]


@dataclass(frozen=True, kw_only=True)
class ProportionalHazardsTest:
    """One chi-square per factor and one for all, against a trend of its log hazard ratio on the clock."""

    names: tuple[str, ...]
    factors: tuple[ChiSquare, ...]
    all_factors: ChiSquare


@dataclass(frozen=True, kw_only=True, eq=False)
class SchoenfeldResiduals:
    """Factors of each event less their mean in its risk set.

    Shapes: time, row (events,); residual, scaled (events, factors); `scaled` scatters around the log hazard
    ratio over time. Source: Grambsch and Therneau, Biometrika 1994;81:515.
    """

    time: FloatArray
    row: IntArray
    residual: FloatArray
    scaled: FloatArray


def proportional_hazards_test(model: CoxModel, *, clock: Clock = "km") -> ProportionalHazardsTest:
    """Score tests of a factor x time interaction, on the clock named.

    "km" is one minus Kaplan-Meier just before the time, of all rows together. The tests use the model's
    information. Source: Therneau, survival 3 (cox.zph), score form of Grambsch and Therneau 1994.
    """
    clock_time = _clock(model, clock)
    shape = model.sets.n_events
    centred = clock_time - (clock_time @ shape) / shape.sum()
    at, sets = model.likelihood, model.sets
    by_event = sets.deaths @ model.x
    scores = by_event - at.terms.hazard[:, None] * at.at_risk1 + at.terms.hazard_tied[:, None] * at.tied1
    trend = centred @ scores
    plain, once, twice = (_information(model, centred**power) for power in (0, 1, 2))
    left = twice - once @ np.linalg.solve(plain, once)
    tests = []
    for each in range(len(trend)):
        own = twice[each, each] - once[:, each] @ np.linalg.solve(plain, once[:, each])
        tests.append(chi_square(float(trend[each] ** 2 / own), 1))
    return ProportionalHazardsTest(
        names=model.fit.names,
        factors=tuple(tests),
        all_factors=chi_square(float(trend @ np.linalg.solve(left, trend)), len(trend)),
    )


def schoenfeld_residuals(model: CoxModel) -> SchoenfeldResiduals:
    """Residuals of every event, by time; scaled with the mean information per event."""
    sets = model.sets
    order = np.argsort(sets.moment_time[sets.moment_of_event], kind="stable")
    rows, moment = sets.event_rows[order], sets.moment_of_event[order]
    mean = score_tables(sets, model.likelihood).mean
    residual = model.x[sets.rows.patterns_of(rows)] - mean[moment]
    return SchoenfeldResiduals(
        time=sets.moment_time[moment],
        row=rows,
        residual=residual,
        scaled=len(rows) * residual @ model.fit.model_covariance + model.fit.estimates,
    )


def _information(model: CoxModel, by_moment: FloatArray) -> FloatArray:
    """Information of the factors with each moment's part times `by_moment`."""
    at, sets, x = model.likelihood, model.sets, model.x
    spread = sets.spread(by_moment * at.terms.hazard) - sets.deaths.T @ (by_moment * at.terms.hazard_tied)
    return np.asarray((x * (at.relative_risk * spread)[:, None]).T @ x - at.quadratic(by_moment))


def _clock(model: CoxModel, clock: Clock) -> FloatArray:
    time = model.sets.moment_time
    if clock == "identity":
        return time
    if clock == "log":
        return np.log(time)
    rows = model.sets.rows
    exits = np.bincount(rows.exit_at, minlength=len(rows.times))
    place = np.searchsorted(rows.times, time)
    if clock == "rank":
        return (np.cumsum(exits) - exits + (exits + 1) / 2)[place]
    entered = np.zeros(len(rows.times))
    if rows.entry_at is None:
        entered[0] = rows.n_rows
    else:
        entered += np.bincount(rows.entry_at + 1, minlength=len(rows.times) + 1)[: len(rows.times)]
    at_risk = np.cumsum(entered) - np.cumsum(exits) + exits
    events = np.bincount(rows.exit_at[model.sets.event], minlength=len(rows.times))
    survival = np.cumprod(1 - events / np.maximum(at_risk, 1.0))
    return np.asarray(1 - np.concatenate([[1.0], survival])[place])
