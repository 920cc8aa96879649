"""A plan checked before anything is fitted: what is invalid science is refused with the reason."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from gravida.analysis.history import RiskTable, history
from gravida.analysis.history_counting import NotCountable
from gravida.analysis.plan import UnknownDefinition, index_rule
from gravida.analysis.plan_check_beside import explained_as_factor, mixed_grains
from gravida.analysis.plan_check_rows import check_rows
from gravida.analysis.plan_columns import PlanColumns
from gravida.analysis.plan_disguises import (
    counts_whole_history,
    history_read,
    lagged_outcomes,
    names_read,
)
from gravida.analysis.plan_refusals import (
    Caution,
    CompetingOutcomesDropped,
    DefinitionNotCountable,
    DefinitionUnknown,
    EntryIgnored,
    FactorAfterOutcome,
    LaggedOutcomeInExchangeableModel,
    LaplaceApproximation,
    MarkerTimingUnknown,
    OutcomeAsFactor,
    QualifyingLossesAsOutcomes,
    RandomInterceptWithHistory,
    Refusal,
    UnadjustedMarkers,
    UncontrolledMarkers,
)
from gravida.analysis.plan_rows import factor_sets, is_time_model
from gravida.analysis.plan_rows_recurrent import recurrent_refusals
from gravida.protocol.definitions_file import Definitions
from gravida.protocol.expressions import Expression, names_in
from gravida.protocol.plan import Factor, Plan, Question
from gravida.protocol.plan_words import is_history

RANDOM_INTERCEPTS = ("logistic_agq", "logistic_laplace")
EXCHANGEABLE = ("gee_exchangeable",)


def check_plan(
    plan: Plan, risk: RiskTable | None = None, *, definitions: Definitions | None = None
) -> tuple[Refusal, ...]:
    """Every reason why the plan is refused, none where it is valid; in the order of the plan.

    Without a risk table the plan is judged by what it says; with one also by what its columns hold: earlier
    outcomes under other names, endings that no outcome covers, more parameters than the rows carry.
    """
    found = list(_plan_as_a_whole(plan, risk, definitions))
    for question in plan.questions:
        found += _models(plan, question)
        found += _entry(plan, question, risk)
        found += _factors(plan, question)
        found += _competing(plan, question)
        found += mixed_grains(plan, question)
        found += explained_as_factor(plan, question)
        found += recurrent_refusals(plan, question)
    found += _markers(plan)
    if risk is not None and not found:
        found += check_rows(plan, risk)
    return tuple(dict.fromkeys(found))


def _plan_as_a_whole(
    plan: Plan, risk: RiskTable | None, definitions: Definitions | None
) -> Iterator[Refusal]:
    if not plan.index_event.rule:
        yield QualifyingLossesAsOutcomes(
            found="no index_event.rule", wanted="every_pregnancy, after_losses or after_inclusion"
        )
        return
    for question in plan.questions:
        if question.rows == "every_pregnancy" and plan.index_event.rule != "every_pregnancy":
            found = f"rows = every_pregnancy under the rule {plan.index_event.rule}"
            yield QualifyingLossesAsOutcomes(
                question=question.id, found=found, wanted="every_index_pregnancy or first_index_pregnancy"
            )
    yield from _definitions(plan, risk, definitions)
    if risk is not None:
        if plan.index_event.rule != "every_pregnancy":
            yield from _rows_before_index(plan, risk, definitions)
        yield from _chosen_by_the_end(plan, risk)


def _definitions(plan: Plan, risk: RiskTable | None, definitions: Definitions | None) -> Iterator[Refusal]:
    known = [row.id for row in definitions.losses] if definitions else []
    wanted = f"one of {', '.join(known) or 'the definitions of a study folder: none is given'}"
    asked = [("index_event", plan.index_event.definition)]
    asked += [(f"sensitivity {row.id}", id_) for row in plan.sensitivity for id_ in row.definitions]
    for place, id_ in asked:
        if id_ and id_ not in known:
            yield DefinitionUnknown(found=f"{id_} in {place}", wanted=wanted)
    if risk is None or not plan.index_event.definition or plan.index_event.definition not in known:
        return
    try:
        history(risk.pregnancies, rule=index_rule(plan, definitions))
    except NotCountable as error:
        yield DefinitionNotCountable(
            found=f"{error.definition_id} and no {error.needs}", wanted="a definition by class and age"
        )


def _rows_before_index(plan: Plan, risk: RiskTable, definitions: Definitions | None) -> Iterator[Refusal]:
    """Rows that the plan's own rule would not have let in."""
    try:
        allowed = history(risk.pregnancies, rule=index_rule(plan, definitions)).rows
    except (UnknownDefinition, NotCountable):
        return
    before = int((~np.isin(risk.rows, allowed)).sum())
    if before:
        yield QualifyingLossesAsOutcomes(
            found=f"{before} of {len(risk)} rows not after the index event",
            wanted="the rows of history() under the plan's own rule",
        )


def _chosen_by_the_end(plan: Plan, risk: RiskTable) -> Iterator[Refusal]:
    """Women chosen by a count of losses that holds the outcomes too."""
    columns = PlanColumns(plan=plan, risk=risk)
    wheres: list[tuple[str, Expression | None]] = [("", plan.population.where)]
    wheres += [(question.id, question.where) for question in plan.questions]
    for question, where in wheres:
        names = () if where is None else tuple(str(name) for name in names_in(where))
        for name in sorted(names_read(plan, names)):
            source = not is_history(name) and name in risk.pregnancies.table
            if source and counts_whole_history(risk, columns.words(name)[1]):
                yield QualifyingLossesAsOutcomes(
                    question=question,
                    found=f"{name}, which counts each woman's losses over all her pregnancies",
                    wanted="history.early_losses, the count before each pregnancy",
                )


def _models(plan: Plan, question: Question) -> Iterator[Refusal]:
    lagged = {
        id_: lags
        for _, factors in factor_sets(plan, question)
        for id_ in factors
        if (lags := lagged_outcomes(plan, plan.factor(id_)))
    }
    told = "; ".join(f"{id_} reads {', '.join(sorted(lags))}" for id_, lags in lagged.items())
    for model in question.models:
        if model == "logistic_laplace":
            yield LaplaceApproximation(
                question=question.id,
                found=f"{model}{' with ' + told if told else ''}",
                wanted="logistic_agq, without earlier losses, or logistic_cluster",
            )
        if model in EXCHANGEABLE and lagged:
            yield LaggedOutcomeInExchangeableModel(
                question=question.id, found=f"{model}: {told}", wanted="logistic_cluster"
            )
        if model in RANDOM_INTERCEPTS and lagged:
            yield RandomInterceptWithHistory(
                question=question.id, found=f"{model}: {told}", wanted="logistic_cluster, or other factors"
            )


def _entry(plan: Plan, question: Question, risk: RiskTable | None) -> Iterator[Refusal]:
    timed = [model for model in question.models if is_time_model(model)]
    named = plan.input.names("recognised_week")
    known = bool(named) if risk is None else risk.entry_is_known
    if timed and known and not question.entry:
        yield EntryIgnored(
            question=question.id,
            found=f"{timed[0]} with entry = false, where {' or '.join(named) or 'a week of entry'} is known",
            wanted="entry = true; a sensitivity analysis without_entry shows the difference",
        )


def _factors(plan: Plan, question: Question) -> Iterator[Refusal]:
    outcome = plan.outcome(question.outcome)
    events = [plan.outcome(id_).event for id_ in (outcome.id, *outcome.competing)]
    of_outcome = names_read(plan, tuple(str(n) for event in events if event for n in names_in(event)))
    of_outcome |= {name for role in ("ending", "weeks", "ended") for name in plan.input.names(role)}
    lowered = {name.lower() for name in of_outcome}
    ids = {id_ for _, factors in factor_sets(plan, question) for id_ in factors}
    for factor in (factor for factor in plan.factors if factor.id in ids):
        read = names_read(plan, factor.reads)
        shared = sorted(name for name in read if name.lower() in lowered)
        if factor.id == outcome.id or shared:
            found = f"factor {factor.id} reads {', '.join(shared) or 'the outcome'}"
            yield OutcomeAsFactor(question=question.id, found=found, wanted="what was there before")
        if factor.timing in ("during_index", "after_outcome"):
            found = f"factor {factor.id} measured {factor.timing}"
            yield FactorAfterOutcome(
                question=question.id, found=found, wanted="fixed, before_index or at_recognition"
            )


def _competing(plan: Plan, question: Question) -> Iterator[Refusal]:
    outcome = plan.outcome(question.outcome)
    timed = [model for model in question.models if is_time_model(model)]
    if question.set_aside and timed:
        yield CompetingOutcomesDropped(
            question=question.id,
            found=f"{', '.join(question.set_aside)} set aside in {timed[0]}",
            wanted="time models with every competing outcome",
        )
    others = [row.id for row in plan.outcomes if row.id != outcome.id and row.form == outcome.form]
    if others and not outcome.competing:
        found = f"{outcome.id} without competing outcomes, where the plan has {', '.join(others)}"
        yield CompetingOutcomesDropped(
            question=question.id, found=found, wanted="competing outcomes, some of them set aside or none"
        )


def _markers(plan: Plan) -> Iterator[Refusal]:
    screened = {
        id_
        for question in plan.questions
        if {"score_tests", "stability_selection"} & set(question.models)
        for id_ in question.factors
    }
    for family in (family for family in plan.families if family.markers):
        mine = [factor for factor in plan.factors if factor.family == family.id]
        if len(mine) > 1 and family.control == "none":
            found = f"{len(mine)} markers in the family {family.id} with control none"
            yield UncontrolledMarkers(found=found, wanted="benjamini_hochberg, benjamini_yekutieli or holm")
        yield from _marker_timings(mine)
        screened |= {factor.id for factor in mine}
    for factor in (factor for factor in plan.factors if factor.id in screened):
        if not factor.adjust_for:
            found = f"marker {factor.id} with adjust_for = []"
            yield UnadjustedMarkers(found=found, wanted="at least age and earlier losses held equal")


def _marker_timings(markers: list[Factor]) -> Iterator[Refusal]:
    for factor in markers:
        if not factor.timing:
            found = f"marker {factor.id} without timing"
            yield MarkerTimingUnknown(found=found, wanted="fixed, before_index or at_recognition")


@dataclass(frozen=True, kw_only=True)
class _Sharing:
    """A model that shares something between a woman's pregnancies, and the other ends it reads."""

    model: str
    lags: tuple[str, ...]


def cautions(plan: Plan, risk: RiskTable) -> tuple[Caution, ...]:
    """What is valid but must be said beside the numbers, in the order of the plan."""
    found = []
    for question in plan.questions:
        sharing = _Sharing(
            model=next((m for m in question.models if m in (*RANDOM_INTERCEPTS, *EXCHANGEABLE)), ""),
            lags=tuple(sorted({lag for f in question.factors for lag in history_read(plan, plan.factor(f))})),
        )
        if sharing.model and sharing.lags:
            told = f"{sharing.model} with {', '.join(sharing.lags)}"
            found.append(Caution(code="other_ends_as_factors", question=question.id, found=told))
        if any(is_time_model(model) for model in question.models) and not risk.entry_is_known:
            found.append(Caution(code="entry_not_recorded", question=question.id, found="no week of entry"))
    if len(risk.pregnancies.women) == len(risk.pregnancies):
        found.append(Caution(code="one_row_per_woman", found=f"{len(risk.pregnancies)} rows and women"))
    return tuple(found)
