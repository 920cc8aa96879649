"""Gestations week by week under known cause-specific hazards, seen only from recognition on."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gravida.analysis.fit import FloatArray, IntArray

CENSORED, LOSS, INDUCED, BIRTH = 0, 1, 2, 3


@dataclass(frozen=True, kw_only=True)
class GestationTruth:
    """Weekly hazards at reference covariates, and log hazard ratios of loss.

    Hazards are per week, constant within a week: entry w holds over (first_week + w, first_week + w + 1].
    """

    loss: tuple[float, ...] = (0.01, 0.02, 0.03, 0.035, 0.03, 0.025, 0.02, 0.015, 0.01, 0.007, 0.005)
    induced: tuple[float, ...] = (0.0, 0.01, 0.015, 0.02, 0.02, 0.015, 0.01, 0.008, 0.004, 0.002, 0.001)
    effects: tuple[float, ...] = (0.5, -0.3)  # a binary, then a standard normal covariate
    first_week: float = 3.0
    stable_index: float = 1.0  # below 1: positive stable frailty by woman; effects stay marginal log HRs
    mean_recognition: float = 1.5  # weeks after first_week, exponential
    whole_weeks: bool = False  # True rounds ends up to the week: ties


@dataclass(frozen=True, kw_only=True, eq=False)
class Gestations:
    """Gestations that reached recognition; arrays (rows,), x (rows, covariates)."""

    truth: GestationTruth
    woman: IntArray
    x: FloatArray
    entry_week: FloatArray
    exit_week: FloatArray
    cause: IntArray  # 0 still pregnant at the end, 1 loss, 2 induced
    never_seen: int  # gestations that ended before recognition


def simulate_gestations(
    *,
    women: int,
    per_woman: int = 2,
    generator: np.random.Generator,
    truth: GestationTruth | None = None,
) -> Gestations:
    """Rows with delayed entry, competing ends and women who repeat.

    The marginal cause-specific hazard of loss is proportional with the declared effects whatever the
    stable index: a positive stable frailty keeps proportional hazards.
    Source: Hougaard, Biometrika 1986;73:671.
    """
    truth = truth or GestationTruth()
    _check(truth, women, per_woman)
    woman = np.repeat(np.arange(women), per_woman)
    count = woman.size
    columns = [(generator.random(count) < 0.4).astype(np.float64)]
    columns += [generator.normal(size=count) for _ in truth.effects[1:]]
    x = np.column_stack(columns)
    frailty = positive_stable(women, index=truth.stable_index, generator=generator)[woman]
    relative = np.exp(x @ np.array(truth.effects)) ** (1 / truth.stable_index) * frailty
    loss_at = _time_of(generator.exponential(size=count) / relative, truth.loss, truth)
    induced_at = _time_of(generator.exponential(size=count), truth.induced, truth, index=1.0)
    end = truth.first_week + len(truth.loss)
    exit_week = np.minimum(np.minimum(loss_at, induced_at), end)
    cause = np.where(exit_week >= end, CENSORED, np.where(loss_at <= induced_at, LOSS, INDUCED))
    entry = truth.first_week + generator.exponential(truth.mean_recognition, count)
    if truth.whole_weeks:
        exit_week, entry = np.ceil(exit_week), np.floor(entry)
    seen = entry < exit_week
    return Gestations(
        truth=truth,
        woman=woman[seen],
        x=x[seen],
        entry_week=entry[seen],
        exit_week=exit_week[seen],
        cause=cause[seen],
        never_seen=int(np.sum(~seen)),
    )


def _check(truth: GestationTruth, women: int, per_woman: int) -> None:
    if len(truth.loss) != len(truth.induced) or min(*truth.loss, *truth.induced) < 0:
        raise ValueError("weekly hazards of loss and of induced ends: need the same weeks, none below 0")
    if not 0 < truth.stable_index <= 1:
        raise ValueError(f"stable index {truth.stable_index}: need 0 < index <= 1")
    if women < 1 or per_woman < 1:
        raise ValueError(f"{women} women with {per_woman} gestations: need at least one of each")


def positive_stable(count: int, *, index: float, generator: np.random.Generator) -> FloatArray:
    """Draws with Laplace transform exp(-s^index), (count,).

    Source: Chambers, Mallows & Stuck, JASA 1976;71:340.
    """
    if index == 1:
        return np.ones(count)
    angle = generator.uniform(0, np.pi, count)
    exponential = generator.exponential(size=count)
    first = np.sin(index * angle) / np.sin(angle) ** (1 / index)
    second = (np.sin((1 - index) * angle) / exponential) ** ((1 - index) / index)
    return np.asarray(first * second)


def _time_of(
    conditional: FloatArray, weekly: Sequence[float], truth: GestationTruth, *, index: float | None = None
) -> FloatArray:
    """Week at which the cumulative hazard reaches each draw; infinite where it never does."""
    power = truth.stable_index if index is None else index
    cumulative = np.concatenate([[0.0], np.cumsum(weekly)])
    weeks = truth.first_week + np.arange(cumulative.size)
    # Within a woman the cumulative hazard is the marginal one to the power 1/index.
    wanted = conditional**power
    time = np.interp(wanted, cumulative, weeks)
    return np.where(wanted >= cumulative[-1], np.inf, time)


def true_cumulative_incidence(
    truth: GestationTruth, *, x: FloatArray, weeks: FloatArray, cause: int = LOSS
) -> FloatArray:
    """Probability of an end by `cause` up to each week from first_week on, at covariates x; (weeks,).

    Exact for the piecewise-constant hazards, over all gestations, recognised or not.
    """
    loss = np.array(truth.loss) * np.exp(float(np.dot(x, truth.effects)))
    induced = np.array(truth.induced)
    total = loss + induced
    chosen = loss if cause == LOSS else induced
    surviving = np.concatenate([[1.0], np.exp(-np.cumsum(total))])
    share = np.divide(chosen, total, out=np.zeros_like(total), where=total > 0)
    steps = np.concatenate([[0.0], np.cumsum(share * (surviving[:-1] - surviving[1:]))])
    at = np.clip(np.asarray(weeks, dtype=np.float64) - truth.first_week, 0, total.size)
    whole = np.minimum(at.astype(np.int64), total.size - 1)
    within = surviving[whole] * (1 - np.exp(-total[whole] * (at - whole)))
    return np.asarray(steps[whole] + share[whole] * within)
