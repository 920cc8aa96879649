"""The questions of a plan asked again, each with one thing changed."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

import numpy as np

from gravida.analysis.fit import BoolArray
from gravida.analysis.history import IndexRule, history
from gravida.analysis.history_counting import NotCountable
from gravida.analysis.plan_check_rows import UNPENALISED
from gravida.analysis.plan_riley import smallest_sample
from gravida.analysis.plan_rows import AnalysisRows, factor_sets
from gravida.analysis.plan_rows_any import question_rows
from gravida.analysis.plan_sensitivity import with_weeks_moved
from gravida.analysis.report.results import SensitivityResult
from gravida.analysis.report.results_models import CurveResult
from gravida.analysis.run_curves import CurveSettings, curves_of
from gravida.analysis.run_models import CANNOT, FITTERS, Asked, fit_of, told
from gravida.analysis.run_source import Source, source_from
from gravida.protocol.plan import Question, Sensitivity

Again = Callable[[Source, Sensitivity, Question], Iterator[SensitivityResult]]


def sensitivity(source: Source, asked: Sensitivity, *, smallest: int) -> tuple[SensitivityResult, ...]:
    """Every question of one sensitivity analysis, again; told with its reason where it cannot be run."""
    plan = source.plan
    if not asked.kind:
        return (_not_run(asked, "", "told_in_words"),)
    found: list[SensitivityResult] = []
    for id_ in asked.questions or (plan.questions[0].id,):
        question = plan.question(id_)
        if asked.kind in ("without_entry", "closed_entry"):
            found.append(_curves_again(source, asked, question, smallest))
        else:
            found += _AGAIN[asked.kind](source, asked, question)
    return tuple(found)


def _not_run(
    asked: Sensitivity, question: str, code: str, why: str = "", variant: str = ""
) -> SensitivityResult:
    return SensitivityResult(
        id=asked.id,
        kind=asked.kind,
        question=question,
        variant=variant,
        model=None,
        curves=(),
        not_run=code,
        why_not=why,
    )


def _model_of(question: Question) -> str:
    """The model that is repeated: the first that gives a table of estimates."""
    return next((model for model in question.models if model in FITTERS), "")


def _again(
    source: Source,
    asked: Sensitivity,
    question: Question,
    *,
    variant: str = "",
    model: str = "",
    leave_out: Callable[[AnalysisRows], np.ndarray] | None = None,
) -> Iterator[SensitivityResult]:
    """The question's first model on a changed source or on fewer rows; one for each factor judged apart."""
    wanted = model or _model_of(question)
    if not wanted:
        yield _not_run(asked, question.id, "no_model_to_repeat", variant=variant)
        return
    for about, factors in factor_sets(source.plan, question):
        rows = question_rows(
            source.plan, question, source.risk, model=wanted, factors=factors, columns=source.columns
        )
        if leave_out is not None:
            rows = rows_kept(rows, ~leave_out(rows))
        changed = Asked(source=source, question=question, rows=rows)
        too_few = _too_few(source, rows) if wanted in UNPENALISED else ""
        result = told(changed, too_few or fit_of(changed, wanted), model=wanted, about=about)
        yield replace(_not_run(asked, question.id, "", variant=variant), model=result)


def _too_few(source: Source, rows: AnalysisRows) -> str:
    """Why so few rows are not fitted: under half of Riley's smallest sample; "" where they are enough."""
    events, parameters = float(rows.event.sum()), len(rows.names)
    if not parameters or not 0 < events < len(rows):
        return f"{len(rows)} rows with {events:.0f} events: nothing to compare"
    needed = smallest_sample(
        parameters=parameters, share=events / len(rows), c_statistic=source.plan.thresholds.riley_c
    ).needed
    if 2 * len(rows) >= needed:
        return ""
    return f"{len(rows)} rows for {parameters} parameters: Riley's criteria ask for {needed}"


def rows_kept(rows: AnalysisRows, kept: np.ndarray) -> AnalysisRows:
    """The rows flagged, with everything that belongs to them."""
    optional = ("group", "stratum", "weight", "survey_stratum", "sampling_unit")
    cut = {name: getattr(rows, name)[kept] for name in optional if getattr(rows, name) is not None}
    return replace(
        rows,
        x=rows.x[kept],
        woman=rows.woman[kept],
        event=rows.event[kept],
        cause=rows.cause[kept],
        entry=rows.entry[kept],
        exit=rows.exit[kept],
        rows=rows.rows[kept],
        **cut,
    )


def _first_only(source: Source, asked: Sensitivity, question: Question) -> Iterator[SensitivityResult]:
    first = replace(question, rows="first_index_pregnancy")
    yield from _again(source, asked, first)


def _moved(source: Source, asked: Sensitivity, question: Question) -> Iterator[SensitivityResult]:
    for weeks in asked.weeks or (-1, 1):
        moved = with_weeks_moved(source.pregnancies, source.plan, weeks=weeks)
        changed = source_from(source.plan, moved, definitions=source.definitions, seed=source.seed)
        yield from _again(changed, asked, question, variant=f"{weeks:+d}")


def _without(source: Source, asked: Sensitivity, question: Question) -> Iterator[SensitivityResult]:
    if asked.where is None:
        yield _not_run(asked, question.id, "no_rows_named")
        return
    answer = source.columns.answers(asked.where)
    yield from _again(source, asked, question, leave_out=lambda rows: answer[rows.rows] == 1)


def _weighted(source: Source, asked: Sensitivity, question: Question) -> Iterator[SensitivityResult]:
    yield from _again(source, asked, question, model="logistic_survey")


def _complete(source: Source, asked: Sensitivity, question: Question) -> Iterator[SensitivityResult]:
    yield from _again(source, asked, question)


def _definitions(source: Source, asked: Sensitivity, question: Question) -> Iterator[SensitivityResult]:
    """Of the plan's rows, those after as many losses as each definition asks, counted its own way."""
    if source.definitions is None:
        yield _not_run(asked, question.id, "no_definitions")
        return
    chosen = asked.definitions or tuple(row.id for row in source.definitions.losses)
    for definition in (row for row in source.definitions.losses if row.id in chosen):
        rule = IndexRule(kind="after_losses", losses=definition.losses, definition=definition)
        try:
            risk = history(source.pregnancies, rule=rule)
        except NotCountable as problem:
            yield _not_run(asked, question.id, "definition_not_countable", problem.needs, definition.id)
            continue
        # Within the plan's own rows: losses that let a woman in are no outcomes under another name either.
        allowed = np.isin(source.risk.rows, risk.rows)
        outside = partial(_outside, allowed)
        yield from _again(source, asked, question, variant=definition.id, leave_out=outside)


def _outside(allowed: BoolArray, rows: AnalysisRows) -> BoolArray:
    """Which rows are not among those allowed, by their place in the risk table."""
    return np.asarray(~allowed[rows.rows])


_AGAIN: dict[str, Again] = {
    "first_index_only": _first_only,
    "shift_weeks": _moved,
    "leave_out": _without,
    "survey_weights": _weighted,
    "complete_cases": _complete,
    "other_definitions": _definitions,
}


def _curves_again(source: Source, asked: Sensitivity, question: Question, smallest: int) -> SensitivityResult:
    version = "entry_ignored" if asked.kind == "without_entry" else "from_entry"
    rows = question_rows(source.plan, question, source.risk, model="aalen_johansen", columns=source.columns)
    settings = CurveSettings(
        minimum_at_risk=source.plan.thresholds.min_risk_set if version == "from_entry" else 1,
        smallest=smallest,
    )
    curves: tuple[CurveResult, ...] = ()
    try:
        curves = curves_of(rows, settings, versions=(version,))
    except CANNOT as problem:
        return _not_run(asked, question.id, "not_estimable", str(problem))
    return replace(_not_run(asked, question.id, ""), curves=curves)
