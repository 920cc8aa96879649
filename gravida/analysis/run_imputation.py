"""A question's main model with its missing values drawn, many times over, and pooled."""

from dataclasses import dataclass

import numpy as np

from gravida.analysis.fit import BoolArray, Fit, FloatArray, IntArray, NotEstimable
from gravida.analysis.logistic import logistic
from gravida.analysis.missing.analysis import ImputedAnalysis, Model, analyse_imputed
from gravida.analysis.missing.chained import Draw, Imputations, Incomplete, Table, impute
from gravida.analysis.plan_rows import AnalysisRows, analysis_rows
from gravida.analysis.report.results_models import ImputationResult, ImputedVariable, Named
from gravida.analysis.run_models import Asked, Fitted, told
from gravida.analysis.run_sensitivity import rows_kept
from gravida.analysis.run_source import Source
from gravida.analysis.splines import restricted_cubic_spline
from gravida.protocol.plan import Question

OUTCOME = "outcome"


@dataclass(frozen=True, kw_only=True, eq=False)
class _Variable:
    """One factor as one column to impute, and its columns in the model.

    kind: number (linear, or a spline of it), category (indicators of one code). Shapes: values (rows,).
    """

    factor: str
    kind: str
    columns: tuple[int, ...]
    values: FloatArray
    knots: tuple[float, ...] | None

    def terms(self, values: FloatArray) -> FloatArray:
        """The columns of the model from completed values, (rows, columns)."""
        if self.knots is not None:
            return restricted_cubic_spline(values, knots=self.knots)
        if self.kind == "number":
            return values[:, None]
        return np.asarray(values[:, None] == np.arange(1, len(self.columns) + 1), dtype=np.float64)


def imputation(
    source: Source, question: Question, *, about: str, factors: tuple[str, ...]
) -> ImputationResult | None:
    """The logistic model of a question over imputed tables; None where nothing is missing or asked for."""
    plan = source.plan
    asks = plan.imputation.method == "chained_equations" and "logistic_cluster" in question.models
    if not asks or question.grain != "pregnancy":
        return None
    rows = analysis_rows(
        plan,
        question,
        source.risk,
        model="logistic_cluster",
        factors=factors,
        keep_missing=True,
        columns=source.columns,
    )
    if not len(rows) or not np.isnan(rows.x).any():
        return None
    variables = [_variable(rows, factor) for factor in dict.fromkeys(rows.factor_of)]
    table = _table(source, rows, variables)
    asked = Asked(source=source, question=question, rows=rows)
    completed = impute(
        table=table,
        variables=_incomplete(source, variables),
        outcome=(OUTCOME,),
        clusters=rows.woman,
        imputations=plan.imputation.imputations or None,
        iterations=plan.imputation.iterations,
        generator=source.generator("imputation", question.id, about),
    )
    analysis = analyse_imputed(table=table, imputations=completed, model=_model(asked, variables))
    return _told(asked, completed, analysis, about=about, iterations=plan.imputation.iterations)


def _variable(rows: AnalysisRows, factor: str) -> _Variable:
    at = tuple(place for place, of in enumerate(rows.factor_of) if of == factor)
    x = rows.x[:, at]
    knots = dict(rows.knots).get(factor)
    is_code = knots is None and (len(at) > 1 or bool(np.isin(x[~np.isnan(x)], (0.0, 1.0)).all()))
    if not is_code:
        return _Variable(factor=factor, kind="number", columns=at, values=x[:, 0], knots=knots)
    known = x[~np.isnan(x).any(axis=1)]
    if not np.isin(known, (0.0, 1.0)).all() or (known.sum(axis=1) > 1).any():
        raise NotEstimable(f"the terms of {factor} overlap: wanted categories, to draw one for each row")
    codes = np.where(np.isnan(x).any(axis=1), np.nan, x @ np.arange(1, len(at) + 1))
    return _Variable(factor=factor, kind="category", columns=at, values=codes, knots=None)


def _below(source: Source, rows: AnalysisRows, variables: list[_Variable]) -> tuple[BoolArray, FloatArray]:
    """Which cells are known only to lie under a limit, and the limits."""
    shape = (len(rows), len(variables) + 1)
    below, limits = np.zeros(shape, dtype=np.bool_), np.full(shape, np.nan)
    for place, variable in enumerate(variables):
        name = source.plan.factor(variable.factor).variable
        if name not in source.plan.imputation.below_detection or variable.kind != "number":
            continue
        column = source.columns.source(name)
        if column.below is not None:
            found = column.below[rows.rows]
            below[:, place] = ~np.isnan(found) & np.isnan(variable.values)
            limits[:, place] = found
    return below, limits


def _table(source: Source, rows: AnalysisRows, variables: list[_Variable]) -> Table:
    values = np.column_stack([*(variable.values for variable in variables), rows.event])
    below, limits = _below(source, rows, variables)
    return Table(
        names=(*(variable.factor for variable in variables), OUTCOME),
        values=values,
        categorical=tuple(v.factor for v in variables if v.kind == "category" and len(v.columns) > 1),
        below=below if below.any() else None,
        limits=limits if below.any() else None,
    )


def _incomplete(source: Source, variables: list[_Variable]) -> list[Incomplete]:
    imputation = source.plan.imputation
    found = []
    for variable in variables:
        if not np.isnan(variable.values).any():
            continue
        name = source.plan.factor(variable.factor).variable
        draw = Draw.DONORS
        if variable.kind == "category":
            draw = Draw.CATEGORY if len(variable.columns) > 1 else Draw.LOGISTIC
        elif name in imputation.below_detection:
            draw = Draw.BELOW_DETECTION
        once = name in imputation.of_woman or variable.factor in imputation.of_woman
        found.append(Incomplete(name=variable.factor, draw=draw, once_per_woman=once))
    return found


def _model(asked: Asked, variables: list[_Variable]) -> Model:
    def fit(values: FloatArray, places: IntArray) -> Fit:
        x = np.column_stack([variable.terms(values[:, at]) for at, variable in enumerate(variables)])
        return logistic(
            outcome=asked.rows.event[places],
            factors=x,
            names=asked.rows.names,
            clusters=asked.rows.woman[places],
            correction=asked.correction,
        )

    return fit


def _told(
    asked: Asked, completed: Imputations, analysis: ImputedAnalysis, *, about: str, iterations: int
) -> ImputationResult:
    complete = np.asarray(np.isfinite(asked.rows.x).all(axis=1))
    beside = Asked(source=asked.source, question=asked.question, rows=rows_kept(asked.rows, complete))
    found = analysis.complete_case
    case = Fitted(fit=found) if found is not None else "too few rows are complete for this model"
    shares = zip(analysis.pooled.names, analysis.pooled.missing_fraction, strict=True)
    return ImputationResult(
        question=asked.question.id,
        imputations=len(completed.completed),
        iterations=iterations,
        incomplete_rows=completed.incomplete_rows,
        variables=tuple(
            ImputedVariable(name=name, missing=missing, scale_reduction=float(reduction))
            for name, missing, reduction in zip(
                completed.imputed, completed.missing, completed.scale_reduction, strict=True
            )
        ),
        pooled=told(asked, Fitted(fit=analysis.fit), model="logistic_cluster", about=about),
        complete_cases=told(beside, case, model="logistic_cluster", about=about),
        missing_fraction=tuple(Named(name=name, value=float(share)) for name, share in shares),
        warnings=completed.warnings,
    )
