"""A plan checked against its rows: columns under other names, endings uncovered, too many parameters."""

from collections.abc import Iterator
from contextlib import suppress

import numpy as np

from gravida.analysis.fit import FloatArray
from gravida.analysis.history import RiskTable
from gravida.analysis.plan_beside import NotAnswerable
from gravida.analysis.plan_columns import PlanColumns
from gravida.analysis.plan_disguises import disguised_lags, is_outcome, lagged_outcomes
from gravida.analysis.plan_refusals import (
    CompetingOutcomesDropped,
    LaggedOutcomeInExchangeableModel,
    OutcomeAsFactor,
    OutcomesOverlap,
    RandomInterceptWithHistory,
    Refusal,
    TooManyParameters,
)
from gravida.analysis.plan_riley import smallest_sample
from gravida.analysis.plan_rows import AnalysisRows, analysis_rows, factor_sets, is_recurrent
from gravida.analysis.plan_rows_any import question_rows
from gravida.protocol.plan import Plan, Question

# Models that estimate every parameter freely. Matched sets fix the share with the outcome by design, so that
# Riley's criteria do not speak of them; curves, penalised models and tests one by one have none too many.
UNPENALISED = frozenset(
    {
        "logistic_cluster",
        "logistic_agq",
        "cluster_weighted",
        "logistic_survey",
        "logistic_single",
        "standardised_risk",
        "age_spline",
        "weekly_hazards_logit",
        "weekly_hazards_cloglog",
        "cox_delayed_entry",
        "cox_breslow",
        "fine_gray",
        "gee_exchangeable",
    }
)


def check_rows(plan: Plan, risk: RiskTable) -> Iterator[Refusal]:
    """The reasons that only the rows tell, question by question."""
    columns = PlanColumns(plan=plan, risk=risk)
    asked = [row for row in plan.questions if row.grain == "pregnancy" and not is_recurrent(row)]
    for question in asked:
        yield from _overlaps(plan, question, columns)
        for _, factors in factor_sets(plan, question):
            rows = analysis_rows(
                plan,
                question,
                risk,
                model=question.models[0],
                factors=factors,
                keep_missing=True,
                columns=columns,
            )
            yield from _no_kind(question, rows)
            yield from _disguised(plan, question, risk, rows)
        yield from _riley(plan, question, risk, columns)
    for question in (question for question in plan.questions if question.grain != "pregnancy"):
        # A source without the table that a question is about leaves it unanswered, and answers the others.
        with suppress(NotAnswerable):
            yield from _riley(plan, question, risk, columns)


def _overlaps(plan: Plan, question: Question, columns: PlanColumns) -> Iterator[Refusal]:
    outcome = plan.outcome(question.outcome)
    claims = np.zeros(len(columns.risk))
    for id_ in (outcome.id, *outcome.competing):
        event = plan.outcome(id_).event
        if event is not None:
            claims += columns.answers(event) == 1
    twice = int((claims > 1).sum())
    if twice:
        found = f"{twice} rows that two of {', '.join((outcome.id, *outcome.competing))} claim"
        yield OutcomesOverlap(question=question.id, found=found, wanted="each row under one outcome")


def _no_kind(question: Question, rows: AnalysisRows) -> Iterator[Refusal]:
    for step in rows.flow:
        if step.code == "outcome_of_no_kind" and step.pregnancies_out:
            found = f"{step.pregnancies_out} pregnancies that end in none of {', '.join(rows.causes)}"
            yield CompetingOutcomesDropped(
                question=question.id, found=found, wanted="competing outcomes that cover every end"
            )


def _disguised(plan: Plan, question: Question, risk: RiskTable, rows: AnalysisRows) -> Iterator[Refusal]:
    full = np.full((len(risk), len(rows.names)), np.nan)
    full[rows.rows] = rows.x
    event = np.full(len(risk), np.nan)
    event[rows.rows] = rows.event
    kept = ~np.isnan(event)
    weeks = risk.pregnancies.weeks[risk.rows]
    for factor in dict.fromkeys(rows.factor_of):
        mine = full[:, [at for at, of in enumerate(rows.factor_of) if of == factor]]
        if is_outcome(mine, event, weeks, kept):
            found = f"factor {factor}, which settles the outcome of every row"
            yield OutcomeAsFactor(question=question.id, found=found, wanted="what was there before")
            continue
        if not lagged_outcomes(plan, plan.factor(factor)):
            yield from _disguised_lags(question, risk, factor, mine)


def _disguised_lags(
    question: Question, risk: RiskTable, factor: str, columns: FloatArray
) -> Iterator[Refusal]:
    refused: dict[str, type[Refusal]] = {
        "gee_exchangeable": LaggedOutcomeInExchangeableModel,
        "logistic_agq": RandomInterceptWithHistory,
        "logistic_laplace": RandomInterceptWithHistory,
    }
    classes = [refused[model] for model in question.models if model in refused]
    lag = next(disguised_lags(risk, columns), None) if classes else None
    if lag is not None:
        for refusal in dict.fromkeys(classes):
            found = f"factor {factor}, which is {lag} under another name"
            yield refusal(question=question.id, found=found, wanted="logistic_cluster, or other factors")


def _riley(plan: Plan, question: Question, risk: RiskTable, columns: PlanColumns) -> Iterator[Refusal]:
    for model in (model for model in question.models if model in UNPENALISED):
        for about, factors in factor_sets(plan, question):
            rows = question_rows(plan, question, risk, model=model, factors=factors, columns=columns)
            refusal = _too_many(plan, question, model, about, rows)
            if refusal is not None:
                yield refusal
                return


def _too_many(
    plan: Plan, question: Question, model: str, about: str, rows: AnalysisRows
) -> TooManyParameters | None:
    events = float(rows.event.sum())
    share = plan.thresholds.riley_share or (events / len(rows) if len(rows) else 0.0)
    parameters = len(rows.names)
    if not parameters:
        return None
    found = f"{parameters} parameters on {len(rows)} rows with {events:.0f} events in {model}"
    if about:
        found += f" of {about}"
    if not 0 < share < 1:
        return TooManyParameters(
            question=question.id, found=found, wanted="rows with and without the outcome"
        )
    needed = smallest_sample(parameters=parameters, share=share, c_statistic=plan.thresholds.riley_c).needed
    if len(rows) >= needed:
        return None
    wanted = f"{needed} rows for so many (C {plan.thresholds.riley_c:g}, share {share:.3f})"
    return TooManyParameters(question=question.id, found=found, wanted=wanted)
