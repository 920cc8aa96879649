"""The rows of a question about embryo transfers: no pregnancy after a transfer, never pooled with losses."""

from dataclasses import replace

import numpy as np

from gravida.analysis.fit import BoolArray, FloatArray, IntArray
from gravida.analysis.history import RiskTable
from gravida.analysis.history_at import HistoryAt, history_at
from gravida.analysis.history_flow import Flow
from gravida.analysis.input.dated import Anchors
from gravida.analysis.input.snapshot import WOMAN
from gravida.analysis.plan_beside import (
    NO_DAY,
    NO_TIME,
    NOT_READABLE,
    Asking,
    asking,
    is_read_by,
    leave_out_others,
    table_of,
)
from gravida.analysis.plan_columns import PlanColumns
from gravida.analysis.plan_columns_beside import ColumnsBeside
from gravida.analysis.plan_rows import (
    EVENT,
    AnalysisRows,
    is_time_model,
    kept_rows,
    leave_out_missing,
    places_of,
)
from gravida.analysis.plan_terms import Terms, terms_of
from gravida.protocol.plan import Plan, Question


def transfer_rows(
    plan: Plan,
    question: Question,
    risk: RiskTable,
    *,
    model: str,
    factors: tuple[str, ...] | None = None,
    keep_missing: bool = False,
    columns: PlanColumns | None = None,
) -> AnalysisRows:
    """One row per transfer after the index event, the woman as cluster.

    Factors and history are as known on the day of the transfer; the pregnancy that came of it is none of
    them. Transfers whose result nobody knows, and those of which it cannot be told whether they came after,
    are left out and counted. NotAnswerable where the source has no table of transfers or no days of them,
    for an outcome that transfers do not tell, and for a model of time.
    """
    asked = asking(plan, question, risk)
    if is_time_model(model):
        raise asked.refuse(NO_TIME, found=f"the model {model}", wanted="a model of a yes/no outcome")
    table = table_of(asked)
    woman, days = asked.beside.woman(table), asked.beside.days(table, "transferred")
    if days is None:
        raise asked.refuse(NO_DAY, found="transfers without a day", wanted="a column for the day of transfer")
    mine = _columns(asked, woman, days)
    flow = Flow.of(woman)
    index, is_open = _index(asked, woman, days, mine.earlier)
    flow.leave_out("index_cannot_be_told", is_open & ~index)
    flow.leave_out("not_after_index_event", ~index)
    leave_out_others(asked, mine, flow)
    cause, causes = _causes(asked, mine, flow)
    if question.rows == "first_index_pregnancy":
        flow.leave_out("not_first_index_transfer", ~_is_first(woman, days[0], flow.kept))
    terms = terms_of(plan, question.factors if factors is None else factors, mine, flow.kept)
    if not keep_missing:
        leave_out_missing(terms, flow)
    group, groups = places_of(question.by, mine, flow, "group")
    stratum, strata = places_of(question.strata, mine, flow, "stratum")
    found = replace(_found(question, terms, cause, causes), woman=woman)
    return kept_rows(replace(found, group=group, groups=groups, stratum=stratum, strata=strata), flow)


def _found(question: Question, terms: Terms, cause: IntArray, causes: tuple[str, ...]) -> AnalysisRows:
    unknown = np.full(len(cause), np.nan)
    return AnalysisRows(
        question=question.id,
        names=terms.names,
        factor_of=terms.factor_of,
        x=terms.x,
        knots=terms.knots,
        woman=np.zeros(len(cause), dtype=np.int64),
        event=(cause == EVENT).astype(np.float64),
        cause=cause,
        causes=causes,
        entry=unknown,
        exit=unknown,
        rows=np.arange(len(cause)),
        flow=(),
    )


def _columns(asked: Asking, woman: IntArray, days: tuple[FloatArray, FloatArray]) -> ColumnsBeside:
    mine = asked.woman_of_pregnancies(woman)
    earlier = history_at(asked.risk.pregnancies, woman=mine, day=days[0], rule=asked.risk.rule)
    return ColumnsBeside(
        plan=asked.plan,
        risk=asked.risk,
        beside=asked.beside,
        table=table_of(asked),
        anchors=Anchors(woman=woman, day=days[0], inclusive=True),
        earlier=earlier,
    )


def _index(
    asked: Asking, woman: IntArray, days: tuple[FloatArray, FloatArray], earlier: HistoryAt
) -> tuple[BoolArray, BoolArray]:
    """Which transfers come after the index event, and of which it cannot be told."""
    every = np.ones(len(woman), dtype=np.bool_)
    kind = asked.risk.rule.kind
    if kind == "every_pregnancy":
        return every, ~every
    if kind == "after_losses":
        return earlier.index, earlier.index_open
    women = asked.beside.table(WOMAN)
    told = None if women is None else asked.beside.days(women, "included")
    included = np.full(len(asked.beside.women), np.nan)
    if women is not None and told is not None:
        included[asked.beside.woman(women)] = told[0]
    else:
        found = asked.risk.pregnancies
        included[asked.beside.places(found.women)[found.woman]] = found.included_on
    after, before = days[0] > included[woman], days[1] <= included[woman]
    return after, ~after & ~before


def _causes(asked: Asking, columns: ColumnsBeside, flow: Flow) -> tuple[IntArray, tuple[str, ...]]:
    """1 the outcome, 2 ... the other ends; rows of no known result are left out."""
    outcome = asked.plan.outcome(asked.question.outcome)
    ids = (outcome.id, *outcome.competing)
    cause = np.zeros(columns.n_rows, dtype=np.int64)
    for number, id_ in enumerate(ids, start=1):
        event = asked.plan.outcome(id_).event
        if event is None or not is_read_by(event, columns.table):
            wanted = "a condition on the columns of transfers"
            raise asked.refuse(NOT_READABLE, found=f"outcome {id_}", wanted=wanted)
        cause[(columns.answers(event) == 1) & (cause == 0)] = number
    for id_ in asked.question.set_aside:
        flow.leave_out(f"set_aside:{id_}", cause == (ids.index(id_) + 1 if id_ in ids else -1))
    flow.leave_out("outcome_not_told", cause == 0)
    return cause, ids


def _is_first(woman: IntArray, day: FloatArray, kept: BoolArray) -> BoolArray:
    """The first of each woman's rows that are kept, by its day."""
    rows = np.flatnonzero(kept)
    rows = rows[np.lexsort((day[rows], woman[rows]))]
    first = np.zeros(len(woman), dtype=np.bool_)
    first[rows[np.unique(woman[rows], return_index=True)[1]]] = True
    return first | ~kept
