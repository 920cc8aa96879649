"""One question of the plan, answered by each of its models."""

from dataclasses import dataclass

from gravida.analysis.fit import Fit
from gravida.analysis.plan_beside import NotAnswerable
from gravida.analysis.plan_rows import factor_sets
from gravida.analysis.plan_rows_any import question_rows
from gravida.analysis.report.results import FlowResult, QuestionResult
from gravida.analysis.report.results_models import (
    CurveResult,
    FactorTest,
    ImputationResult,
    ModelResult,
    PredictionResult,
    RiskResult,
    SmoothResult,
)
from gravida.analysis.run_curves import CurveSettings, curves_of
from gravida.analysis.run_describe import flow_told
from gravida.analysis.run_imputation import imputation
from gravida.analysis.run_markers import markers
from gravida.analysis.run_models import CANNOT, FITTERS, Asked, logistic_by_woman, model_result
from gravida.analysis.run_prediction import RESAMPLES, RESAMPLES_OF_CHECK, prediction
from gravida.analysis.run_risks import adjusted_in_families, factor_tests, risk_along, risk_contrasts
from gravida.analysis.run_source import Source
from gravida.protocol.plan import Question

LOGISTIC = frozenset({"logistic_cluster", "standardised_risk", "age_spline"})


@dataclass(frozen=True, kw_only=True)
class _OfLogistic:
    """What a logistic fit tells beside its table."""

    tests: tuple[FactorTest, ...] = ()
    risks: tuple[RiskResult, ...] = ()
    smooth: tuple[SmoothResult, ...] = ()


def answer(source: Source, question: Question, *, smallest: int) -> QuestionResult:
    """The question's models, tests, risks, curves, imputation, prognosis and markers."""
    try:
        flow_of(source, question)
    except NotAnswerable as refused:
        return _not_answered(question, refused.code)
    first = question == source.plan.questions[0]
    models, of_logistic = _models(source, question)
    screened = markers(source, question)
    return QuestionResult(
        id=question.id,
        grain=question.grain,
        outcome=question.outcome,
        not_answered="",
        flow=(),  # told by the first step, with the flows of all questions
        models=models,
        tests=of_logistic.tests,
        risks=of_logistic.risks,
        smooth=of_logistic.smooth,
        curves=_curves(source, question, smallest),
        imputation=_imputations(source, question),
        predictions=_predictions(source, question, is_first=first),
        markers=(screened,) if screened else (),
    )


def _not_answered(question: Question, code: str) -> QuestionResult:
    return QuestionResult(
        id=question.id,
        grain=question.grain,
        outcome=question.outcome,
        not_answered=code,
        flow=(),
        models=(),
        tests=(),
        risks=(),
        curves=(),
        smooth=(),
        imputation=(),
        predictions=(),
        markers=(),
    )


def flow_of(source: Source, question: Question) -> tuple[FlowResult, ...]:
    """Who is left out of a question, for which reason; of its first model."""
    rows = question_rows(source.plan, question, source.risk, model=question.models[0], columns=source.columns)
    return flow_told(rows.flow)


def _models(source: Source, question: Question) -> tuple[tuple[ModelResult, ...], _OfLogistic]:
    fitted: list[ModelResult] = []
    beside: list[_OfLogistic] = []
    for about, factors in factor_sets(source.plan, question):
        fitted += [
            model_result(source, question, model=model, about=about, factors=factors)
            for model in question.models
            if model in FITTERS and factors
        ]
        if LOGISTIC & set(question.models) and factors:
            beside.append(_of_logistic(source, question, about, factors))
    tests = adjusted_in_families(tuple(test for one in beside for test in one.tests))
    return tuple(fitted), _OfLogistic(
        tests=tests,
        risks=tuple(risk for one in beside for risk in one.risks),
        smooth=tuple(curve for one in beside for curve in one.smooth),
    )


def _of_logistic(source: Source, question: Question, about: str, factors: tuple[str, ...]) -> _OfLogistic:
    rows = question_rows(
        source.plan, question, source.risk, model="logistic_cluster", factors=factors, columns=source.columns
    )
    asked = Asked(source=source, question=question, rows=rows)
    try:
        fit: Fit = logistic_by_woman(asked)
        tests, risks = factor_tests(source.plan, fit, rows), risk_contrasts(fit, rows)
        smooth = risk_along(fit, rows)
    except CANNOT:
        return _OfLogistic()
    if about:
        # Each factor has a model of its own: what is held equal there is not what the model is about.
        tests = tuple(test for test in tests if test.factor == about)
        risks = tuple(risk for risk in risks if risk.factor == about)
        smooth = tuple(curve for curve in smooth if curve.factor == about)
    return _OfLogistic(tests=tests, risks=risks, smooth=smooth)


def _curves(source: Source, question: Question, smallest: int) -> tuple[CurveResult, ...]:
    if "aalen_johansen" not in question.models:
        return ()
    rows = question_rows(
        source.plan, question, source.risk, model="aalen_johansen", factors=(), columns=source.columns
    )
    settings = CurveSettings(minimum_at_risk=source.plan.thresholds.min_risk_set, smallest=smallest)
    known = bool((rows.entry > 0).any())
    versions = ("with_entry", "entry_ignored", "given_free_at") if known else ("with_entry", "given_free_at")
    try:
        return curves_of(rows, settings, versions=versions)
    except CANNOT:
        return ()


def _imputations(source: Source, question: Question) -> tuple[ImputationResult, ...]:
    found = []
    for about, factors in factor_sets(source.plan, question):
        try:
            result = imputation(source, question, about=about, factors=factors)
        except CANNOT:
            continue
        if result is not None:
            found.append(result)
    return tuple(found)


def _predictions(source: Source, question: Question, *, is_first: bool) -> tuple[PredictionResult, ...]:
    """Prognoses that the plan asks for; the first question's logistic model is checked the same way."""
    found: list[PredictionResult | None] = []
    if "prediction" in question.models or question.purpose == "prediction":
        found.append(prediction(source, question, method="ridge", resamples=RESAMPLES))
    elif is_first and "logistic_cluster" in question.models and question.factors:
        found.append(prediction(source, question, method="logistic", resamples=RESAMPLES_OF_CHECK))
    return tuple(one for one in found if one is not None)
