"""The rows of a question about women: how long until a birth, from when she is included and tries."""

from dataclasses import replace

import numpy as np

from gravida.analysis.fit import FloatArray
from gravida.analysis.history import RiskTable
from gravida.analysis.history_at import HistoryAt, history_at
from gravida.analysis.history_flow import Flow
from gravida.analysis.input.dated import Anchors
from gravida.analysis.input.pregnancies import DAYS_PER_MONTH
from gravida.analysis.plan_beside import ANOTHER_RULE, Asking, asking, leave_out_others, table_of
from gravida.analysis.plan_columns import PlanColumns
from gravida.analysis.plan_columns_beside import ColumnsBeside
from gravida.analysis.plan_rows import (
    CENSORED,
    EVENT,
    AnalysisRows,
    is_time_model,
    kept_rows,
    leave_out_missing,
    places_of,
)
from gravida.analysis.plan_terms import Terms, terms_of
from gravida.analysis.woman_clock import Ends, Origin, ends_of, origin_of
from gravida.protocol.plan import Plan, Question

MONTHS_PER_WEEK = 7 / DAYS_PER_MONTH


def woman_rows(
    plan: Plan,
    question: Question,
    risk: RiskTable,
    *,
    model: str,
    factors: tuple[str, ...] | None = None,
    keep_missing: bool = False,
    columns: PlanColumns | None = None,
) -> AnalysisRows:
    """One row per woman: months from her origin to a birth, another end, or the last news of her.

    Women who never tried, and those without a birth or news after their origin, are left out and counted.
    Who is explained and who is not (the role `explained`) is a stratum with a baseline and a curve of its
    own, never a factor. Factors are as known at the origin. NotAnswerable where the source has no table of
    women, or the plan no day to wait from. Source: Keiding, Stat Med 1992;11:1979 (delayed entry); explained
    in docs/plan.md.
    """
    asked = asking(plan, question, risk)
    if not is_time_model(model):
        raise asked.refuse(ANOTHER_RULE, found=f"the model {model}", wanted="a model of time")
    table = table_of(asked)
    woman = asked.beside.woman(table)
    origin = origin_of(asked)
    ends = ends_of(asked, origin, columns or PlanColumns(plan=plan, risk=risk))
    mine = _columns(asked, origin)
    flow = Flow.of(woman)
    _leave_out_before(origin, flow)
    leave_out_others(asked, mine, flow)
    entry, exit_, cause = _times(asked, origin, ends, flow)
    terms = terms_of(plan, question.factors if factors is None else factors, mine, flow.kept)
    if not keep_missing:
        leave_out_missing(terms, flow)
    found = _found(question, terms, ends, (entry, exit_, cause))
    found = replace(found, woman=woman, rows=np.arange(len(table)))
    return kept_rows(_with_groups(found, asked, mine, flow), flow)


def _columns(asked: Asking, origin: Origin) -> ColumnsBeside:
    table = table_of(asked)
    woman = asked.beside.woman(table)
    earlier: HistoryAt = history_at(
        asked.risk.pregnancies, woman=asked.woman_of_pregnancies(woman), day=origin.start
    )
    return ColumnsBeside(
        plan=asked.plan,
        risk=asked.risk,
        beside=asked.beside,
        table=table,
        anchors=Anchors(woman=woman, day=origin.start, inclusive=True),
        earlier=earlier,
    )


def _leave_out_before(origin: Origin, flow: Flow) -> None:
    flow.leave_out("index_event_not_known", np.isnan(origin.index))
    if origin.asked:
        flow.leave_out("never_told_to_try", np.isnan(origin.trying))


def _times(
    asked: Asking, origin: Origin, ends: Ends, flow: Flow
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Months of entry and exit and the cause, cut at the horizon; women never watched are left out."""
    flow.leave_out("pregnant_at_origin", ends.pregnant_at_start)
    flow.leave_out("birth_of_unknown_day", ends.undated)
    flow.leave_out("no_news", np.isnan(ends.day))
    entry = (origin.watched - origin.start) / DAYS_PER_MONTH
    entry = entry if asked.question.entry else np.zeros(len(entry))
    exit_ = (ends.day - origin.start) / DAYS_PER_MONTH
    flow.leave_out("no_time_after_origin", ~(exit_ > 0))
    flow.leave_out("ended_before_she_was_watched", ~(exit_ > entry))
    cause = ends.cause
    if asked.question.horizon_weeks:
        horizon = asked.question.horizon_weeks * MONTHS_PER_WEEK
        after = exit_ > horizon
        cause, exit_ = np.where(after, CENSORED, cause), np.where(after, horizon, exit_)
        flow.leave_out("watched_after_the_horizon", entry >= exit_)
    return entry, exit_, cause.astype(np.float64)


def _found(
    question: Question, terms: Terms, ends: Ends, times: tuple[FloatArray, FloatArray, FloatArray]
) -> AnalysisRows:
    entry, exit_, cause = times
    nobody = np.zeros(len(entry), dtype=np.int64)
    return AnalysisRows(
        question=question.id,
        names=terms.names,
        factor_of=terms.factor_of,
        x=terms.x,
        knots=terms.knots,
        woman=nobody,
        event=(cause == EVENT).astype(np.float64),
        cause=cause.astype(np.int64),
        causes=ends.causes,
        entry=entry,
        exit=exit_,
        rows=nobody,
        flow=(),
        time_unit="months",
    )


def _with_groups(found: AnalysisRows, asked: Asking, columns: ColumnsBeside, flow: Flow) -> AnalysisRows:
    """With a curve and a baseline for explained and unexplained losses, or as the question says."""
    explained = explained_column(asked)
    by = asked.question.by or explained
    strata = asked.question.strata or explained
    group, groups = places_of(by, columns, flow, "group")
    stratum, labels = (group, groups) if strata == by else places_of(strata, columns, flow, "stratum")
    return replace(found, group=group, groups=groups, stratum=stratum, strata=labels)


def explained_column(asked: Asking) -> str:
    """The column that tells whether a woman's losses are explained; "" where none does."""
    return asked.beside.role(table_of(asked), "explained") or ""
