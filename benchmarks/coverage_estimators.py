"""Cohorts of known truth and estimators that should find it: one draw, one fit, truth and interval."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from gravida.analysis.compression_weeks import weekly_grid, weekly_rows
from gravida.analysis.conditional import conditional_logistic
from gravida.analysis.fit import Fit
from gravida.analysis.hazards import week_bands, weekly_hazard
from gravida.analysis.logistic import inverse_cluster_size_weights, logistic
from gravida.analysis.missing.analysis import analyse_imputed
from gravida.analysis.missing.chained import Draw, Incomplete, Table, impute
from gravida.analysis.mixed import random_intercept
from gravida.analysis.penalised.firth import firth_logistic
from gravida.analysis.simulate import Cohort, CohortTruth, Frailty, hide, simulate_cohort
from gravida.analysis.simulate_gestations import (
    Gestations,
    GestationTruth,
    simulate_gestations,
    true_cumulative_incidence,
)
from gravida.analysis.survival.aalen_johansen import aalen_johansen
from gravida.analysis.survival.cox import cox
from gravida.analysis.survival.fine_gray import fine_gray

NAMES = ("age", "smoker", "bmi")
HERS = NAMES[1:]  # the same at all her pregnancies


@dataclass(frozen=True, kw_only=True)
class Truth:
    """One quantity of one simulated study: what is true, and the 95 % interval found."""

    name: str
    value: float
    lower: float
    upper: float

    @property
    def is_covered(self) -> bool:
        """Whether the truth lies within the interval."""
        return self.lower <= self.value <= self.upper


Study = Callable[[np.random.Generator], Sequence[Truth]]

# On average over women the effects hold exactly, whatever her frailty. How often she is pregnant again does
# not depend on what happened; age does, because pauses after births are longer, so it has no effect here.
MARGINAL = CohortTruth(
    frailty=Frailty.BRIDGE,
    history=(0.0, 0.0, 0.0),
    age_per_year=0.0,
    again_after_loss=0.6,
    again_after_birth=0.6,
)
WITHIN = CohortTruth(
    frailty=Frailty.NORMAL, history=(0.0, 0.0, 0.0), again_after_loss=0.7, again_after_birth=0.7
)
GESTATIONS = GestationTruth(stable_index=0.8)
FREE_OF_FACTORS = GestationTruth(stable_index=0.8, effects=(0.0, 0.0), mean_recognition=0.7)


def _rows(cohort: Cohort) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Outcome, factors and woman of the pregnancies at stake."""
    kept = cohort.at_stake
    factors = np.column_stack([cohort.age_years - 28, cohort.smoker, cohort.bmi - 24])[kept].astype(float)
    return cohort.early_loss[kept].astype(float), factors, cohort.woman[kept]


def _terms(fit: Fit, truth: dict[str, float]) -> list[Truth]:
    return [
        Truth(name=name, value=value, lower=fit.term(name).lower, upper=fit.term(name).upper)
        for name, value in truth.items()
    ]


def _effects(truth: CohortTruth) -> dict[str, float]:
    return {"age": truth.age_per_year} | _her_effects(truth)


def _her_effects(truth: CohortTruth) -> dict[str, float]:
    return {"smoker": truth.smoking, "bmi": truth.bmi_per_unit}


def logistic_cr1(generator: np.random.Generator) -> Sequence[Truth]:
    y, factors, woman = _rows(simulate_cohort(women=500, generator=generator, truth=MARGINAL))
    fit = logistic(outcome=y, factors=factors[:, 1:], names=HERS, clusters=woman)
    return _terms(fit, _her_effects(MARGINAL))


def logistic_cwgee(generator: np.random.Generator) -> Sequence[Truth]:
    y, factors, woman = _rows(simulate_cohort(women=500, generator=generator, truth=MARGINAL))
    weights = inverse_cluster_size_weights(woman)
    fit = logistic(outcome=y, factors=factors[:, 1:], names=HERS, clusters=woman, weights=weights)
    return _terms(fit, _her_effects(MARGINAL))


def logistic_cr2(generator: np.random.Generator) -> Sequence[Truth]:
    y, factors, woman = _rows(simulate_cohort(women=100, generator=generator, truth=MARGINAL))
    fit = logistic(outcome=y, factors=factors[:, 1:], names=HERS, clusters=woman, correction="CR2")
    return _terms(fit, _her_effects(MARGINAL))


def logistic_history(generator: np.random.Generator) -> Sequence[Truth]:
    truth = CohortTruth()
    cohort = simulate_cohort(women=3000, generator=generator, truth=truth)
    y, factors, woman = _rows(cohort)
    before = cohort.previous_early_losses[cohort.at_stake]
    factors = np.column_stack([factors, before == 1, before == 2, before >= 3]).astype(float)
    names = (*NAMES, "one loss", "two losses", "three losses")
    fit = logistic(outcome=y, factors=factors, names=names, clusters=woman)
    return _terms(fit, _effects(truth) | dict(zip(names[3:], truth.history, strict=True)))


def firth(generator: np.random.Generator) -> Sequence[Truth]:
    truth = CohortTruth(most_pregnancies=1)
    y, factors, _ = _rows(simulate_cohort(women=250, generator=generator, truth=truth))
    fit = firth_logistic(outcome=y, factors=factors, names=NAMES, clusters=None)
    return _terms(fit, _effects(truth))


def quadrature(generator: np.random.Generator) -> Sequence[Truth]:
    y, factors, woman = _rows(simulate_cohort(women=400, generator=generator, truth=WITHIN))
    found = random_intercept(
        outcome=y, factors=factors, names=NAMES, clusters=woman, lagged_outcome_columns=(), starts=(0.8,)
    )
    return _terms(found.fit, _effects(WITHIN))


def imputed(generator: np.random.Generator) -> Sequence[Truth]:
    y, factors, woman = _rows(simulate_cohort(women=300, generator=generator, truth=MARGINAL))
    smoker = hide(factors[:, 1], share=0.2, generator=generator, depends_on=y)
    table = Table(names=("y", *HERS), values=np.column_stack([y, smoker, factors[:, 2]]))
    completed = impute(
        table=table,
        variables=[Incomplete(name="smoker", draw=Draw.LOGISTIC)],
        outcome=("y",),
        clusters=None,
        imputations=10,
        iterations=1,  # one incomplete column: a chain has nowhere to go
        generator=generator,
    )

    def model(values: np.ndarray, rows: np.ndarray) -> Fit:
        return logistic(outcome=y[rows], factors=values[:, 1:], names=HERS, clusters=woman[rows])

    found = analyse_imputed(table=table, imputations=completed, model=model)
    return _terms(found.fit, _her_effects(MARGINAL))


def matched(generator: np.random.Generator) -> Sequence[Truth]:
    """Sets of one case and three controls, drawn by the exact conditional chance of each to be the case."""
    sets, size, effects = 150, 4, np.array([0.5, -0.3])
    x = np.stack([generator.random((sets, size)) < 0.4, generator.standard_normal((sets, size))], axis=2)
    chance = np.exp(x @ effects)
    reached = np.cumsum(chance, axis=1) / chance.sum(axis=1, keepdims=True)
    case = (generator.random((sets, 1)) > reached).sum(axis=1)
    outcome = (np.arange(size) == case[:, None]).ravel().astype(float)
    fit = conditional_logistic(
        outcome=outcome, factors=x.reshape(-1, 2), names=("a", "b"), strata=np.repeat(np.arange(sets), size)
    )
    return _terms(fit, {"a": effects[0], "b": effects[1]})


def _gestation_truth(truth: GestationTruth) -> dict[str, float]:
    return {"a": truth.effects[0], "b": truth.effects[1]}


def cox_robust(generator: np.random.Generator) -> Sequence[Truth]:
    seen = simulate_gestations(women=400, generator=generator, truth=GESTATIONS)
    fit = cox(
        x=seen.x,
        names=("a", "b"),
        entry=seen.entry_week,
        exit_time=seen.exit_week,
        event=seen.cause == 1,
        cluster=seen.woman,
    ).fit
    return _terms(fit, _gestation_truth(GESTATIONS))


def hazards(generator: np.random.Generator) -> Sequence[Truth]:
    truth = GestationTruth(stable_index=0.8, whole_weeks=True)
    seen: Gestations = simulate_gestations(women=400, generator=generator, truth=truth)
    pattern = np.arange(len(seen.woman))
    rows = weekly_rows(
        pattern=pattern,
        entry_week=seen.entry_week + 1,  # at risk in the weeks after entry, named by their ends
        exit_week=seen.exit_week,
        cause=seen.cause,
        woman=seen.woman,
    )
    grid = weekly_grid(rows, patterns=len(pattern), causes=(1, 2))
    bands = week_bands(grid, starts=(grid.first_week, 6, 8, 10, 12))
    fit = weekly_hazard(
        rows=rows, grid=grid, cause=1, design=seen.x, names=("a", "b"), baseline=bands, link="cloglog"
    )
    return _terms(fit, _gestation_truth(truth))


def incidence(generator: np.random.Generator) -> Sequence[Truth]:
    seen = simulate_gestations(women=500, generator=generator, truth=FREE_OF_FACTORS)
    weeks = np.array([6.0, 9.0, 12.0])
    truth = true_cumulative_incidence(FREE_OF_FACTORS, x=np.zeros(2), weeks=weeks)
    curves = aalen_johansen(
        exit_time=seen.exit_week, entry=seen.entry_week, cause=seen.cause, cluster=seen.woman, at=weeks
    )
    lower, upper = curves.interval(cause=1)
    return [
        Truth(name=f"week {week:g}", value=float(value), lower=float(low), upper=float(high))
        for week, value, low, high in zip(weeks, truth, lower, upper, strict=True)
    ]


def subdistribution(generator: np.random.Generator) -> Sequence[Truth]:
    """Times whose subhazard of cause 1 is proportional exactly; censoring of its own."""
    rows, share, effects = 500, 0.4, np.array([0.5, -0.3])
    x = np.column_stack([generator.random(rows) < 0.4, generator.standard_normal(rows)])
    relative = np.exp(x @ effects)
    ever = 1 - (1 - share) ** relative
    first = generator.random(rows) < ever
    reached = 1 - (1 - generator.random(rows) * ever) ** (1 / relative)
    time = np.where(first, -np.log1p(-reached / share), generator.exponential(size=rows))
    censored = generator.uniform(0.5, 3.0, rows)
    cause = np.where(time <= censored, np.where(first, 1, 2), 0)
    fit = fine_gray(x=x, names=("a", "b"), exit_time=np.minimum(time, censored), cause=cause, of_cause=1).fit
    return _terms(fit, {"a": effects[0], "b": effects[1]})


STUDIES: dict[str, Study] = {
    "logistic, CR1 by woman": logistic_cr1,
    "logistic with history, CR1": logistic_history,
    "logistic, CR2, 100 women": logistic_cr2,
    "CWGEE, 1/n weights": logistic_cwgee,
    "Firth, 220 rows": firth,
    "random intercept, AGQ 15": quadrature,
    "Rubin, 20 % missing": imputed,
    "conditional logistic, 1:3": matched,
    "Cox, late entry, by woman": cox_robust,
    "weekly hazards, cloglog": hazards,
    "Aalen-Johansen, by woman": incidence,
    "Fine-Gray": subdistribution,
}
