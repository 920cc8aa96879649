"""Cohorts of pregnancy histories whose truth is known: for tests, coverage studies and dress rehearsals."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from gravida.analysis.fit import BoolArray, FloatArray, IntArray

OUTCOMES = ("live", "still", "loss", "induced", "ectopic")  # a pregnancy's outcome is a place in this table
LIVE, STILL, LOSS, INDUCED, ECTOPIC = range(5)
LAST_EARLY_WEEK = 13


class Frailty(StrEnum):
    """How women differ in ways that no covariate tells."""

    NONE = "none"
    NORMAL = "normal"  # log odds vary by a normal; declared effects hold within a woman
    BRIDGE = "bridge"  # declared effects hold on average over women, exactly (Wang & Louis 2003)


@dataclass(frozen=True, kw_only=True)
class CohortTruth:
    """What is true in a simulated cohort; effects are log odds ratios of an early loss."""

    intercept: float = -2.0  # at age 28, no earlier loss, no exposure
    age_per_year: float = 0.05
    smoking: float = 0.35
    bmi_per_unit: float = 0.03  # from 24 kg/m2
    history: tuple[float, float, float] = (0.42, 0.92, 1.46)  # 1, 2, 3 or more earlier early losses
    smoking_prevalence: float = 0.25
    late_loss: float = 0.01  # risk at 14 weeks or later
    stillbirth: float = 0.005
    induced: float = 0.10
    ectopic: float = 0.015
    frailty: Frailty = Frailty.NONE
    frailty_scale: float = 0.8  # standard deviation (normal) or attenuation in (0, 1) (bridge)
    again_after_loss: float = 0.75  # probability of one more pregnancy
    again_after_birth: float = 0.45
    most_pregnancies: int = 12
    latest_recognition_kept: bool = True  # False: a loss before recognition leaves no row


@dataclass(frozen=True, kw_only=True, eq=False)
class Cohort:
    """Pregnancies in order within women; every array is (pregnancies,).

    History counts what came before the row and includes pregnancies that left no row.
    """

    truth: CohortTruth
    woman: IntArray
    order: IntArray  # 1 is her first
    age_years: FloatArray  # at conception
    smoker: BoolArray
    bmi: FloatArray
    outcome: IntArray  # place in OUTCOMES
    weeks: IntArray  # completed weeks at the end
    recognised_week: IntArray  # first week she is known to be pregnant: the entry of delayed entry
    conceived_month: FloatArray  # since her first conception
    previous_early_losses: IntArray
    consecutive_early_losses: IntArray
    previous_live_births: IntArray

    @property
    def early_loss(self) -> BoolArray:
        """Loss or stillbirth before 14 weeks, (pregnancies,)."""
        lost = (self.outcome == LOSS) | (self.outcome == STILL)
        return np.asarray(lost & (self.weeks <= LAST_EARLY_WEEK))

    @property
    def at_stake(self) -> BoolArray:
        """Rows of the next-outcome model: neither induced nor ectopic, (pregnancies,)."""
        return np.asarray(self.outcome <= LOSS)


@dataclass(eq=False)
class _Women:
    """Where every woman still in the simulation stands."""

    number: IntArray
    age: FloatArray
    month: FloatArray
    smoker: BoolArray
    bmi: FloatArray
    frailty: FloatArray
    losses: IntArray
    run: IntArray
    births: IntArray

    def only(self, kept: BoolArray) -> "_Women":
        return _Women(**{name: values[kept] for name, values in vars(self).items()})


def simulate_cohort(
    *, women: int, generator: np.random.Generator, truth: CohortTruth | None = None
) -> Cohort:
    """Histories of `women` women under a declared truth.

    Among rows at stake the probability of an early loss is logistic in the declared effects, within a
    woman (normal frailty) or on average (bridge, exact where the history effects are zero). The number
    of pregnancies depends on outcomes, so it is informative wherever there is frailty.
    ValueError where the truth is not possible. Source of the bridge: Wang & Louis, Biometrika 2003;90:765.
    """
    truth = truth or CohortTruth()
    _check(women, truth)
    state = _start(women, truth, generator)
    rows: list[tuple[np.ndarray, ...]] = []
    for order in range(1, truth.most_pregnancies + 1):
        if not state.number.size:
            break
        rows.append(_one_pregnancy_each(state, order, truth, generator))
        state = _after(state, rows[-1], truth, generator)
    columns = [np.concatenate(parts) for parts in zip(*rows, strict=True)]
    sequence = np.lexsort((columns[1], columns[0]))
    if not truth.latest_recognition_kept:
        # A loss before recognition is never told: what left truncation does to a cohort.
        sequence = sequence[(columns[7] <= columns[6])[sequence]]
    return Cohort(truth=truth, **dict(zip(_COLUMNS, (column[sequence] for column in columns), strict=True)))


_COLUMNS = (
    "woman",
    "order",
    "age_years",
    "smoker",
    "bmi",
    "outcome",
    "weeks",
    "recognised_week",
    "conceived_month",
    "previous_early_losses",
    "consecutive_early_losses",
    "previous_live_births",
)


def _check(women: int, truth: CohortTruth) -> None:
    if women < 1:
        raise ValueError(f"{women} women: need at least one")
    others = truth.induced + truth.ectopic
    if not 0 <= others < 1 or not 0 <= truth.late_loss + truth.stillbirth < 1:
        raise ValueError(f"competing risks add to {others}: need a sum in [0, 1)")
    if truth.frailty is Frailty.BRIDGE and not 0 < truth.frailty_scale < 1:
        raise ValueError(f"bridge attenuation {truth.frailty_scale}: need a number between 0 and 1")


def _start(women: int, truth: CohortTruth, generator: np.random.Generator) -> _Women:
    return _Women(
        number=np.arange(women),
        age=np.clip(generator.normal(26.5, 4.5, women), 15, 44),
        month=np.zeros(women),
        smoker=generator.random(women) < truth.smoking_prevalence,
        bmi=np.clip(generator.gamma(16, 1.55, women), 15, 55),
        frailty=draw_frailty(women, kind=truth.frailty, scale=truth.frailty_scale, generator=generator),
        losses=np.zeros(women, dtype=np.int64),
        run=np.zeros(women, dtype=np.int64),
        births=np.zeros(women, dtype=np.int64),
    )


def draw_frailty(women: int, *, kind: Frailty, scale: float, generator: np.random.Generator) -> FloatArray:
    """Log odds by which each woman differs, (women,), mean zero."""
    if kind is Frailty.NONE:
        return np.zeros(women)
    if kind is Frailty.NORMAL:
        return generator.normal(0, scale, women)
    uniform = generator.random(women)
    return np.asarray(np.log(np.sin(scale * np.pi * uniform) / np.sin(scale * np.pi * (1 - uniform))) / scale)


def _log_odds(state: _Women, truth: CohortTruth) -> FloatArray:
    history = np.array([0.0, *truth.history])[np.minimum(state.losses, 3)]
    told = (
        truth.intercept
        + truth.age_per_year * (state.age - 28)
        + truth.smoking * state.smoker
        + truth.bmi_per_unit * (state.bmi - 24)
        + history
    )
    if truth.frailty is Frailty.BRIDGE:
        told = told / truth.frailty_scale
    return np.asarray(told + state.frailty)


def _one_pregnancy_each(
    state: _Women, order: int, truth: CohortTruth, generator: np.random.Generator
) -> tuple[np.ndarray, ...]:
    count = state.number.size
    early = generator.random(count) < 1 / (1 + np.exp(-_log_odds(state, truth)))
    late = generator.random(count)
    outcome = np.where(late < truth.late_loss, LOSS, LIVE)
    outcome = np.where(
        (late >= truth.late_loss) & (late < truth.late_loss + truth.stillbirth), STILL, outcome
    )
    outcome = np.where(early, LOSS, outcome)
    other = generator.random(count)
    outcome = np.where(other < truth.induced, INDUCED, outcome)
    outcome = np.where((other >= truth.induced) & (other < truth.induced + truth.ectopic), ECTOPIC, outcome)
    weeks = _weeks(outcome, early, generator)
    recognised = 3 + np.minimum(generator.geometric(0.35, count), 10)
    return (
        state.number,
        np.full(count, order),
        state.age,
        state.smoker,
        state.bmi,
        outcome,
        weeks,
        recognised,
        state.month,
        state.losses,
        state.run,
        state.births,
    )


def _weeks(outcome: IntArray, early: BoolArray, generator: np.random.Generator) -> IntArray:
    count = outcome.size
    early_week = 4 + generator.binomial(9, 0.45, count)
    by_outcome = (
        generator.choice(np.arange(36, 43), size=count, p=[0.05, 0.1, 0.2, 0.3, 0.25, 0.08, 0.02]),
        generator.integers(24, 40, count),
        np.where(early, early_week, generator.integers(14, 22, count)),
        generator.integers(6, 14, count),
        generator.integers(5, 11, count),
    )
    return np.choose(outcome, by_outcome)


def _after(
    state: _Women, rows: tuple[np.ndarray, ...], truth: CohortTruth, generator: np.random.Generator
) -> _Women:
    outcome, weeks = rows[5], rows[6]
    early = ((outcome == LOSS) | (outcome == STILL)) & (weeks <= LAST_EARLY_WEEK)
    live = outcome == LIVE
    again = generator.random(outcome.size) < np.where(live, truth.again_after_birth, truth.again_after_loss)
    pause = weeks / 4.345 + generator.gamma(2, np.where(live, 9.0, 4.0))
    state = _Women(
        number=state.number,
        age=state.age + pause / 12,
        month=state.month + pause,
        smoker=state.smoker,
        bmi=state.bmi,
        frailty=state.frailty,
        losses=state.losses + early,
        run=np.where(early, state.run + 1, 0),
        births=state.births + live,
    )
    return state.only(again & (state.age < 48))


def hide(
    values: FloatArray,
    *,
    share: float,
    generator: np.random.Generator,
    depends_on: FloatArray | None = None,
    strength: float = 1.0,
) -> FloatArray:
    """A copy with about `share` of the values missing (NaN).

    Completely at random; or, with `depends_on` (rows,), log odds of missing rise by `strength` per
    standard deviation of it: at random given an observed column, not at random given `values` itself.
    """
    if not 0 <= share < 1:
        raise ValueError(f"share {share} of missing values: need 0 <= share < 1")
    result = np.array(values, dtype=np.float64)
    if share == 0:
        return result
    slope = np.zeros(result.shape)
    if depends_on is not None:
        slope = strength * (depends_on - np.mean(depends_on)) / np.std(depends_on)
    low, high = -40.0, 40.0
    for _ in range(60):
        middle = (low + high) / 2
        found = float(np.mean(1 / (1 + np.exp(-(middle + slope)))))
        low, high = (middle, high) if found < share else (low, middle)
    result[generator.random(result.shape) < 1 / (1 + np.exp(-(low + slope)))] = np.nan
    return result
