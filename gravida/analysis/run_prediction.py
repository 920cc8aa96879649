"""A prognostic model of the plan: behind Riley's gate, corrected for optimism, and beside published ones."""

from collections.abc import Sequence

import numpy as np

from gravida.analysis.fit import FloatArray
from gravida.analysis.input.table import NoSuchColumn
from gravida.analysis.plan_expressions import NotInPlans
from gravida.analysis.plan_rows_any import question_rows
from gravida.analysis.prediction.calibration import CalibrationCurve, calibration_curve
from gravida.analysis.prediction.decision_curve import decision_curve
from gravida.analysis.prediction.external import ExternalCheck, NothingForetold, check_published
from gravida.analysis.prediction.model import Prognosis, Recipe, TooManyParameters, fit_prognosis
from gravida.analysis.prediction.optimism import MEASURES, BootstrapFailed, Optimism, draw_resamples, optimism
from gravida.analysis.prediction.published_models import Published, published_models
from gravida.analysis.report.results_models import (
    CalibrationPoint,
    DecisionPoint,
    ExternalResult,
    MeasureResult,
    PredictionResult,
    SmoothPoint,
)
from gravida.analysis.run_models import CANNOT, Asked, Fitted, told
from gravida.analysis.run_source import Source
from gravida.protocol.plan import Question

RESAMPLES = 200
RESAMPLES_OF_CHECK = 100  # the main model is only checked, on many rows: its optimism is small
THRESHOLDS = tuple(float(value) for value in np.arange(0.05, 0.61, 0.05))
# The columns of published models by the names that plans give them.
NAMES = {
    "age_years": ("age_years", "age"),
    "bmi": ("bmi", "body_mass"),
    "previous_losses": ("history.early_losses",),
    "live_births": ("history.live_births",),
    "polycystic_ovaries": ("polycystic_ovaries", "pcos"),
}


def prediction(source: Source, question: Question, *, method: str, resamples: int) -> PredictionResult | None:
    """One prognostic model (ridge, firth or logistic) of a question; None where rows cannot carry it."""
    rows = question_rows(source.plan, question, source.risk, model="logistic_cluster", columns=source.columns)
    asked = Asked(source=source, question=question, rows=rows)
    recipe = Recipe(method=method)
    try:
        found = fit_prognosis(
            outcome=rows.event,
            factors=rows.x,
            names=rows.names,
            clusters=rows.woman,
            recipe=recipe,
            anticipated_c=source.plan.thresholds.riley_c,
        )
        corrected = optimism(
            outcome=rows.event,
            factors=rows.x,
            names=rows.names,
            clusters=rows.woman,
            recipe=recipe,
            resamples=draw_resamples(
                rows.woman, resamples=resamples, generator=source.generator("optimism", question.id, method)
            ),
        )
        risks = found.risks(rows.x)
        calibration = calibration_curve(outcome=rows.event, risks=risks, clusters=rows.woman)
    except (*CANNOT, TooManyParameters, BootstrapFailed):
        return None
    return _told(asked, found, corrected, calibration, risks)


def _told(
    asked: Asked, found: Prognosis, corrected: Optimism, calibration: CalibrationCurve, risks: FloatArray
) -> PredictionResult:
    rows = asked.rows
    return PredictionResult(
        question=asked.question.id,
        model=told(asked, Fitted(fit=found.fit), model=f"prediction:{found.recipe.method}", about=""),
        penalty=found.penalty,
        needed_rows=found.needed.needed,
        anticipated_c=found.needed.c_statistic,
        resamples=corrected.resamples,
        measures=tuple(_measure(name, corrected) for name in MEASURES),
        calibration_curve=_curve(calibration),
        calibration_groups=tuple(
            CalibrationPoint(
                rows=group.n_rows,
                events=group.n_events,
                foretold=group.foretold,
                observed=group.observed,
                lower=group.lower,
                upper=group.upper,
            )
            for group in calibration.groups
        ),
        average_gap=calibration.average_gap,
        decisions=_decisions(rows.event, risks, rows.woman),
        external=_external(asked),
        warnings=found.warnings,
    )


def _measure(name: str, corrected: Optimism) -> MeasureResult:
    found = getattr(corrected, name)
    return MeasureResult(
        name=name,
        apparent=found.apparent,
        optimism=found.optimism,
        corrected=found.corrected,
        lower=found.lower,
        upper=found.upper,
    )


def _curve(calibration: CalibrationCurve) -> tuple[SmoothPoint, ...]:
    every = range(0, len(calibration.foretold), 4)
    return tuple(
        SmoothPoint(
            value=float(calibration.foretold[at]),
            risk=float(calibration.observed[at]),
            lower=float(calibration.lower[at]),
            upper=float(calibration.upper[at]),
        )
        for at in every
    )


def _decisions(event: FloatArray, risks: FloatArray, woman: np.ndarray) -> tuple[DecisionPoint, ...]:
    decisions = decision_curve(outcome=event, risks=risks, clusters=woman, thresholds=THRESHOLDS)
    return tuple(
        DecisionPoint(
            threshold=one.threshold,
            model=one.model.estimate,
            lower=one.model.lower,
            upper=one.model.upper,
            everyone=one.everyone.estimate,
        )
        for one in decisions
    )


def _external(asked: Asked) -> tuple[ExternalResult, ...]:
    return tuple(_published(asked, model) for model in published_models())


def _published(asked: Asked, model: Published) -> ExternalResult:
    rows = asked.rows
    columns, lacking = _columns(asked, model.columns)
    if lacking:
        return _not_checked(model, f"no column for {', '.join(lacking)}")
    try:
        check = check_published(
            model=model,
            names=model.columns,
            values=np.column_stack(columns),
            loss=rows.event,
            clusters=rows.woman,
        )
    except (NothingForetold, *CANNOT) as problem:
        return _not_checked(model, str(problem))
    return ExternalResult(
        name=model.name,
        citation=model.citation,
        rows=check.n_rows,
        left_out=check.n_left_out,
        measures=_measures_of(check),
        warnings=check.warnings,
        not_checked="",
    )


def _measures_of(check: ExternalCheck) -> tuple[MeasureResult, ...]:
    found = {"c_statistic": check.c_statistic, "slope": check.slope}
    if check.performance is not None:
        found["intercept"] = check.performance.intercept
        found["observed_to_expected"] = check.performance.observed_to_expected
    return tuple(
        MeasureResult(
            name=name,
            apparent=one.estimate,
            optimism=None,
            corrected=None,
            lower=one.lower,
            upper=one.upper,
        )
        for name, one in found.items()
    )


def _not_checked(model: Published, why: str) -> ExternalResult:
    return ExternalResult(
        name=model.name,
        citation=model.citation,
        rows=0,
        left_out=0,
        measures=(),
        warnings=model.warnings,
        not_checked=why,
    )


def _columns(asked: Asked, names: Sequence[str]) -> tuple[list[FloatArray], list[str]]:
    found: list[FloatArray] = []
    lacking: list[str] = []
    for name in names:
        values = next(
            filter(lambda one: one is not None, (_column(asked, n) for n in NAMES.get(name, (name,)))), None
        )
        if values is None:
            lacking.append(name)
        else:
            found.append(values)
    return found, lacking


def _column(asked: Asked, name: str) -> FloatArray | None:
    """A column by its own name, or by the id of a factor that reads it; None where the source has none."""
    factor = next((row for row in asked.source.plan.factors if row.id == name and row.variable), None)
    for candidate in (name, factor.variable if factor else name):
        try:
            return asked.source.columns.variable(candidate)[asked.rows.rows]
        except (NoSuchColumn, NotInPlans, KeyError):
            continue
    return None
