"""Repeated losses from a plan: intervals between a woman's losses, her factors, and four models of them."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from gravida.analysis.fit import Fit
from gravida.analysis.history import RiskTable
from gravida.analysis.history_flow import Flow
from gravida.analysis.history_lags import Lag
from gravida.analysis.history_recurrent import LAST_NUMBER, Intervals, recurrent_losses
from gravida.analysis.input.table import Column, number_column
from gravida.analysis.plan_beside import ANOTHER_RULE, NotAnswerable
from gravida.analysis.plan_columns import PlanColumns
from gravida.analysis.plan_disguises import lagged_outcomes
from gravida.analysis.plan_refusals import HistoryInRecurrentModel, Refusal
from gravida.analysis.plan_rows import AnalysisRows
from gravida.analysis.plan_terms import Terms, terms_of
from gravida.analysis.survival.frailty import Search, gamma_frailty
from gravida.analysis.survival.partial_likelihood import Ties
from gravida.analysis.survival.recurrent import Clock, fit_recurrent, recurrent_intervals
from gravida.analysis.survival.rows import risk_rows
from gravida.protocol.plan import Plan, Question
from gravida.protocol.plan_words import INTERVAL_YEARS, RECURRENT_MODELS

CLOCKS: dict[str, Clock] = {
    "recurrent_andersen_gill": "one_clock",
    "recurrent_total_times": "by_order",
    "recurrent_gap_times": "gap_by_order",
}
FRAILTY = "recurrent_frailty"


@dataclass(frozen=True, kw_only=True, eq=False)
class RecurrentFit:
    """A model of repeated losses; `variance` and `no_frailty_p_value` of the frailty model alone."""

    fit: Fit
    variance: float | None = None
    no_frailty_p_value: float | None = None


def recurrent_rows(
    plan: Plan,
    question: Question,
    risk: RiskTable,
    *,
    factors: tuple[str, ...] | None = None,
) -> AnalysisRows:
    """The intervals (entry, exit] between a woman's losses, in months since her first conception.

    `stratum` is the number of the interval, the fourth and later ones together. Factors are as known at the
    first conception; `interval.years` is the time from it to the beginning of each interval. `flow` counts
    women. Women of whom a factor is missing at their first conception are left out whole; so are those of
    whom nobody knows when it was, or until when they were followed. NotAnswerable unless every pregnancy can
    be an outcome: after an index event the clock would begin with losses that are certain by design.
    """
    if risk.rule.kind != "every_pregnancy":
        wanted = "every_pregnancy: a clock that begins before the losses"
        raise NotAnswerable(
            ANOTHER_RULE, question=question.id, found=f"the rule {risk.rule.kind}", wanted=wanted
        )
    intervals = recurrent_losses(risk)
    flow = Flow.of(risk.woman, code="at_risk")
    flow.leave_out("no_first_conception_or_follow_up", ~np.isin(risk.woman, intervals.woman))
    own = IntervalColumns(plan=plan, risk=risk, intervals=intervals)
    _leave_out_by_condition(own, question, flow)
    kept = np.isin(intervals.woman, risk.woman[flow.kept])
    terms = terms_of(plan, question.factors if factors is None else factors, own, kept)
    for factor in dict.fromkeys(terms.factor_of):
        mine = [at for at, of in enumerate(terms.factor_of) if of == factor]
        lacks = np.isnan(terms.x[:, mine]).any(axis=1)
        flow.leave_out(f"factor_missing:{factor}", np.isin(risk.woman, intervals.woman[lacks]))
    return _of_kept(question, risk, intervals, terms, flow)


@dataclass(kw_only=True, eq=False)
class IntervalColumns(PlanColumns):
    """Columns for intervals: those of each woman's first pregnancy, and how long she had been watched."""

    intervals: Intervals

    @property
    def n_rows(self) -> int:
        """Intervals."""
        return len(self.intervals.woman)

    def lag(self, name: str) -> Lag:
        """What earlier pregnancies said at the first conception: nothing yet."""
        place = np.full(len(self.risk.pregnancies), -1)
        place[self.risk.rows] = np.arange(len(self.risk))
        return self.risk.lag(name).at(place[self.intervals.row])

    def source(self, name: str) -> Column:
        """A column of the first pregnancy, or the years from it to the beginning of each interval."""
        if name == INTERVAL_YEARS:
            return number_column(name, self.intervals.start / 12)
        return self.risk.pregnancies.table.column(name).at(self.intervals.row)


def _leave_out_by_condition(columns: IntervalColumns, question: Question, flow: Flow) -> None:
    """Women whom the population or the question does not take, by their first pregnancy."""
    woman = columns.intervals.woman
    for code, where in (("population", columns.plan.population.where), ("question", question.where)):
        if where is not None:
            answer = columns.answers(where)
            flow.leave_out(f"not_in_{code}", np.isin(flow.woman, woman[answer == 0]))
            flow.leave_out(f"{code}_cannot_be_told", np.isin(flow.woman, woman[np.isnan(answer)]))


def _of_kept(
    question: Question, risk: RiskTable, intervals: Intervals, terms: Terms, flow: Flow
) -> AnalysisRows:
    kept = np.isin(intervals.woman, risk.woman[flow.kept])
    return AnalysisRows(
        question=question.id,
        names=terms.names,
        factor_of=terms.factor_of,
        x=terms.x[kept],
        knots=terms.knots,
        woman=intervals.woman[kept],
        event=intervals.event[kept],
        cause=intervals.event[kept].astype(np.int64),
        causes=(question.outcome,),
        entry=intervals.start[kept],
        exit=intervals.stop[kept],
        stratum=intervals.stratum[kept] - 1,
        strata=tuple(str(number) for number in range(1, LAST_NUMBER + 1)),
        rows=np.flatnonzero(kept),
        flow=tuple(flow.steps),
        time_unit="months",
    )


def fit_recurrent_rows(
    rows: AnalysisRows, *, model: str, ties: Ties = "efron", search: Search = "maximum"
) -> RecurrentFit:
    """One of RECURRENT_MODELS fitted: every loss alike, by order on one clock or anew, or with a frailty.

    The errors of the first three are by woman; those of the frailty model hold its variance fixed. ValueError
    for another model; NotEstimable, DidNotConverge as the estimators say.
    """
    if model == FRAILTY:
        table = risk_rows(x=rows.x, names=rows.names, entry=rows.entry, exit_time=rows.exit)
        found = gamma_frailty(table, event=rows.event, cluster=rows.woman, ties=ties, search=search)
        return RecurrentFit(
            fit=found.fit, variance=found.variance, no_frailty_p_value=found.no_frailty.p_value
        )
    if model not in CLOCKS:
        raise ValueError(f"model {model!r}: wanted one of {', '.join(sorted(RECURRENT_MODELS))}")
    checked = recurrent_intervals(
        x=rows.x,
        names=rows.names,
        start=rows.entry,
        stop=rows.exit,
        event=rows.event,
        woman=rows.woman,
        last_order=LAST_NUMBER,
    )
    return RecurrentFit(fit=fit_recurrent(checked, clock=CLOCKS[model], ties=ties).fit)


def recurrent_refusals(plan: Plan, question: Question) -> Iterator[Refusal]:
    """Earlier losses as factors of a model whose events they are."""
    asked = [model for model in question.models if model in RECURRENT_MODELS]
    ids = question.factors or tuple(factor.id for factor in plan.factors)
    for id_ in ids if asked else ():
        lags = lagged_outcomes(plan, plan.factor(id_))
        if lags:
            found = f"{asked[0]} with {id_}, which reads {', '.join(sorted(lags))}"
            yield HistoryInRecurrentModel(
                question=question.id,
                found=found,
                wanted="factors from before the first loss, named one by one",
            )
