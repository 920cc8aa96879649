"""The rows and columns of one question: who is in, what happened to her, and the terms of the model."""

from dataclasses import dataclass, replace

import numpy as np

from gravida.analysis.fit import BoolArray, FloatArray, IntArray
from gravida.analysis.history import RiskTable
from gravida.analysis.history_flow import Flow, FlowStep
from gravida.analysis.input.endings import Ending
from gravida.analysis.input.pregnancies import role_column
from gravida.analysis.plan_columns import PlanColumns
from gravida.analysis.plan_disguises import names_read
from gravida.analysis.plan_terms import Terms, terms_of
from gravida.protocol.plan import Plan, Question
from gravida.protocol.plan_words import INTERVAL_YEARS, RECURRENT_MODELS, TIME_MODELS

CENSORED, EVENT = 0, 1
_NOBODY = -2


@dataclass(frozen=True, kw_only=True, eq=False)
class AnalysisRows:
    """What a model of one question is fitted to. Shapes: (rows,), `x` (rows, terms).

    `rows` are places in the risk table, or in the table of women or transfers; `woman` is the cluster.
    `cause`: 0 not ended or cut at the horizon, 1 the outcome, 2 ... the competing outcomes in the order of
    `causes`. `entry`, `exit`: in `time_unit`; of a yes/no model they may be NaN. `factor_of`: the factor of
    each term. `knots`: of each spline. `group` and `stratum`: places in `groups` and `strata`, the columns
    that the question names. `weight`, `survey_stratum`, `sampling_unit`: the survey design where the source
    has one. Missing values are NaN only where `keep_missing` asked for them.
    """

    question: str
    names: tuple[str, ...]
    factor_of: tuple[str, ...]
    x: FloatArray
    knots: tuple[tuple[str, tuple[float, ...]], ...]
    woman: IntArray
    event: FloatArray
    cause: IntArray
    causes: tuple[str, ...]
    entry: FloatArray
    exit: FloatArray
    group: IntArray | None = None
    groups: tuple[str, ...] = ()
    stratum: IntArray | None = None
    strata: tuple[str, ...] = ()
    weight: FloatArray | None = None
    survey_stratum: IntArray | None = None
    sampling_unit: IntArray | None = None
    rows: IntArray
    flow: tuple[FlowStep, ...]
    time_unit: str = "weeks"

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def n_left_out(self) -> int:
        """Rows of the population left out because a factor is missing."""
        return sum(step.pregnancies_out for step in self.flow if step.code.startswith("factor_missing"))


def factor_sets(plan: Plan, question: Question) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The models of a question: which factor each is about ("" for a joint one), and its factors.

    A question that names factors is one joint model; else every factor of the plan gets a model of its own,
    with what must be held equal to judge it; those that read intervals between losses only where the question
    is about repeated losses.
    """
    if question.factors:
        return (("", question.factors),)
    recurrent = is_recurrent(question)
    return tuple(
        (factor.id, (factor.id, *factor.adjust_for))
        for factor in plan.factors
        if recurrent or INTERVAL_YEARS not in names_read(plan, factor.reads)
    )


def is_recurrent(question: Question) -> bool:
    """Whether every model of a question is one of repeated losses."""
    return bool(question.models) and set(question.models) <= RECURRENT_MODELS


def is_time_model(model: str) -> bool:
    """Whether a model of MODELS looks at when an outcome happens."""
    return model in TIME_MODELS


def analysis_rows(
    plan: Plan,
    question: Question,
    risk: RiskTable,
    *,
    model: str,
    factors: tuple[str, ...] | None = None,
    keep_missing: bool = False,
    columns: PlanColumns | None = None,
) -> AnalysisRows:
    """The rows of a question for one of its models.

    `factors`: ids of the factors of the model, those of the question where None. Each reason for leaving a
    row out is a step of `flow`, in the order in which they are looked at. `keep_missing`: rows with a missing
    factor stay, for imputation. NotInPlans, NoSuchColumn where the plan does not fit the source.
    """
    columns = columns or PlanColumns(plan=plan, risk=risk)
    flow = Flow.of(risk.woman, code="at_risk")
    _population(plan, question, columns, flow)
    cause, causes = _causes(plan, question, columns)
    _outcomes_left_out(question, risk, cause, causes, flow, is_timed=is_time_model(model))
    entry, exit_ = risk.entry, risk.exit
    if is_time_model(model):
        entry, exit_, cause = _times(question, risk, cause, flow)
    chosen = question.factors if factors is None else factors
    if question.rows == "first_index_pregnancy":
        flow.leave_out("not_first_index_pregnancy", risk.index_number > 1)
    terms = terms_of(plan, chosen, columns, flow.kept)
    if not keep_missing:
        leave_out_missing(terms, flow)
    found = AnalysisRows(
        question=question.id,
        names=terms.names,
        factor_of=terms.factor_of,
        x=terms.x,
        knots=terms.knots,
        woman=risk.woman,
        event=(cause == EVENT).astype(np.float64),
        cause=cause,
        causes=(question.outcome, *(id_ for id_ in causes if id_ != question.outcome)),
        entry=entry,
        exit=exit_,
        rows=np.arange(len(risk)),
        flow=(),
    )
    return kept_rows(_with_design(found, plan, question, columns, flow), flow)


def _population(plan: Plan, question: Question, columns: PlanColumns, flow: Flow) -> None:
    for code, where in (("population", plan.population.where), ("question", question.where)):
        if where is not None:
            answer = columns.answers(where)
            flow.leave_out(f"not_in_{code}", answer == 0)
            flow.leave_out(f"{code}_cannot_be_told", np.isnan(answer))


def _causes(plan: Plan, question: Question, columns: PlanColumns) -> tuple[IntArray, tuple[str, ...]]:
    """Which outcome each row had: 1 the question's, 2 ... the competing ones, 0 none of them, -1 not told."""
    outcome = plan.outcome(question.outcome)
    ids = (outcome.id, *outcome.competing)
    cause = np.zeros(len(columns.risk), dtype=np.int64)
    unknown = np.zeros(len(columns.risk), dtype=np.bool_)
    for number, id_ in enumerate(ids, start=1):
        event = plan.outcome(id_).event
        if event is None:
            continue
        answer = columns.answers(event)
        cause[(answer == 1) & (cause == 0)] = number
        unknown |= np.isnan(answer)
    return np.where((cause == 0) & unknown, -1, cause), ids


def _outcomes_left_out(
    question: Question,
    risk: RiskTable,
    cause: IntArray,
    causes: tuple[str, ...],
    flow: Flow,
    *,
    is_timed: bool,
) -> None:
    """Rows set aside, going on, of an ending nobody told (censored in a time model), or of no outcome."""
    for id_ in question.set_aside:
        number = causes.index(id_) + 1 if id_ in causes else _NOBODY
        flow.leave_out(f"set_aside:{id_}", np.asarray(cause == number, dtype=np.bool_))
    ongoing = (cause <= 0) & (risk.ending == Ending.ONGOING)
    if question.ongoing == "left_out" or not is_timed:
        flow.leave_out("ongoing", ongoing)
    endings_are_told = bool((risk.pregnancies.ending != Ending.UNKNOWN).any())
    lost = (cause == 0) & (risk.ending == Ending.UNKNOWN) & endings_are_told
    flow.leave_out("outcome_not_told", ((cause == -1) & ~ongoing) | (lost & (not is_timed)))
    flow.leave_out("outcome_of_no_kind", (cause == 0) & ~ongoing & ~lost)


def _times(
    question: Question, risk: RiskTable, cause: IntArray, flow: Flow
) -> tuple[FloatArray, FloatArray, IntArray]:
    """Entry and exit in weeks and the cause, cut at the horizon; rows never watched are left out."""
    cause = np.maximum(cause, CENSORED)
    entry = risk.entry if question.entry else np.zeros(len(risk))
    exit_ = risk.exit
    flow.leave_out("end_week_not_known", np.isnan(exit_))
    if question.entry and risk.entry_is_known:
        flow.leave_out("entry_not_known", np.isnan(entry))
    else:
        entry = np.zeros(len(risk))
    flow.leave_out("entered_after_the_end", np.greater_equal(entry, exit_))
    if question.horizon_weeks:
        after = exit_ > question.horizon_weeks
        cause = np.where(after, CENSORED, cause)
        exit_ = np.where(after, question.horizon_weeks, exit_)
        flow.leave_out("entered_after_the_horizon", np.greater_equal(entry, exit_))
    return entry, exit_, cause


def leave_out_missing(terms: Terms, flow: Flow) -> None:
    """Rows in which a term of a factor is missing, factor by factor."""
    for factor in dict.fromkeys(terms.factor_of):
        mine = [at for at, of in enumerate(terms.factor_of) if of == factor]
        missing = np.isnan(terms.x[:, mine])
        flow.leave_out(f"factor_missing:{factor}", np.logical_or.reduce(missing, axis=1))


def _with_design(
    found: AnalysisRows, plan: Plan, question: Question, columns: PlanColumns, flow: Flow
) -> AnalysisRows:
    """With the groups, strata and survey design that the question and the source have."""
    group, groups = places_of(question.by, columns, flow, "group")
    stratum, strata = places_of(question.strata, columns, flow, "stratum")
    names = columns.risk.pregnancies.table.names
    weight, survey_stratum, unit = (
        role_column(names, plan.input, role) for role in ("weight", "stratum", "sampling_unit")
    )
    return replace(
        found,
        group=group,
        groups=groups,
        stratum=stratum,
        strata=strata,
        weight=None if weight is None else columns.variable(weight),
        survey_stratum=None if survey_stratum is None else _codes(survey_stratum, columns),
        sampling_unit=None if unit is None else _codes(unit, columns),
    )


def places_of(
    name: str, columns: PlanColumns, flow: Flow, role: str
) -> tuple[IntArray | None, tuple[str, ...]]:
    """Each row's place among the words of a column, and the words; nothing where no column is named."""
    if not name:
        return None, ()
    words, places = columns.words(name)
    flow.leave_out(f"{role}_missing:{name}", np.isnan(places))
    return np.nan_to_num(places).astype(np.int64), words


def _codes(name: str, columns: PlanColumns) -> IntArray:
    places = columns.words(name)[1]
    return np.where(np.isnan(places), -1, places).astype(np.int64)


def kept_rows(found: AnalysisRows, flow: Flow) -> AnalysisRows:
    """The rows that the flow has kept, with its steps."""
    keep: BoolArray = flow.kept
    optional = ("group", "stratum", "weight", "survey_stratum", "sampling_unit")
    cut = {name: getattr(found, name)[keep] for name in optional if getattr(found, name) is not None}
    return replace(
        found,
        x=found.x[keep],
        woman=found.woman[keep],
        event=found.event[keep],
        cause=found.cause[keep],
        entry=found.entry[keep],
        exit=found.exit[keep],
        rows=found.rows[keep],
        flow=tuple(flow.steps),
        **cut,
    )
