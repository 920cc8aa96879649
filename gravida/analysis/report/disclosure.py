"""The answers of a run with small counts masked, and what they could be worked out from."""

from dataclasses import replace

from gravida.analysis.report.codec import MASKED
from gravida.analysis.report.results import QuestionResult, SensitivityResult
from gravida.analysis.report.results_models import (
    CalibrationPoint,
    Count,
    ImputationResult,
    MarkersResult,
    ModelResult,
    PredictionResult,
    RiskResult,
)


def masked_question(found: QuestionResult, *, smallest: int) -> QuestionResult:
    """The answers to a question with their small counts masked; flows are masked together elsewhere."""
    return replace(
        found,
        models=tuple(_model(model, smallest) for model in found.models),
        risks=tuple(_risk(risk, smallest) for risk in found.risks),
        imputation=tuple(_imputation(one, smallest) for one in found.imputation),
        predictions=tuple(_prediction(one, smallest) for one in found.predictions),
        markers=tuple(_markers(one, smallest) for one in found.markers),
    )


def masked_sensitivity(found: SensitivityResult, *, smallest: int) -> SensitivityResult:
    """A sensitivity analysis with its small counts masked."""
    return replace(found, model=None if found.model is None else _model(found.model, smallest))


def _small(count: Count, smallest: int) -> Count:
    return MASKED if isinstance(count, int) and 0 < count < smallest else count


def number_of(count: Count) -> int:
    """A count that was not masked yet. TypeError for a masked one: counts are masked once."""
    if isinstance(count, str):
        raise TypeError("counts are masked once: found a masked one")
    return count


def _model(model: ModelResult, smallest: int) -> ModelResult:
    events = model.events
    small_rest = isinstance(events, int) and 0 < model.rows - events < smallest
    return replace(
        model,
        events=MASKED if small_rest else _small(events, smallest),
        left_out=_small(model.left_out, smallest),
    )


def _risk(risk: RiskResult, smallest: int) -> RiskResult:
    return replace(risk, rows_at_level=_small(risk.rows_at_level, smallest))


def _imputation(found: ImputationResult, smallest: int) -> ImputationResult:
    return replace(
        found,
        incomplete_rows=_small(found.incomplete_rows, smallest),
        variables=tuple(replace(one, missing=_small(one.missing, smallest)) for one in found.variables),
        pooled=_model(found.pooled, smallest),
        complete_cases=_model(found.complete_cases, smallest),
    )


def _prediction(found: PredictionResult, smallest: int) -> PredictionResult:
    return replace(
        found,
        model=_model(found.model, smallest),
        calibration_groups=tuple(_group(group, smallest) for group in found.calibration_groups),
        external=tuple(replace(one, left_out=_small(one.left_out, smallest)) for one in found.external),
    )


def _group(group: CalibrationPoint, smallest: int) -> CalibrationPoint:
    """A group with few events, or few without, is told by what was foretold alone."""
    events, rows = number_of(group.events), number_of(group.rows)
    if not any(0 < count < smallest for count in (events, rows - events)):
        return group
    return replace(group, rows=_small(rows, smallest), events=MASKED, observed=None, lower=None, upper=None)


def _markers(found: MarkersResult, smallest: int) -> MarkersResult:
    events = found.events
    few_without = isinstance(events, int) and 0 < found.rows - events < smallest
    return replace(found, events=MASKED if few_without else _small(events, smallest))
