"""Why a plan is refused: one class per reason, with what was found and what is valid instead."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """A plan that would give wrong numbers. `code` is stable; the report has its words in each language.

    `question`: id of the question that cannot be answered so, "" where the plan as a whole is meant.
    """

    code: ClassVar[str]
    reason: ClassVar[str]
    question: str = ""
    found: str
    wanted: str

    def __str__(self) -> str:
        place = f"question {self.question}" if self.question else "the plan"
        return f"{place} [{self.code}]: found {self.found}, wanted {self.wanted}. {self.reason}"


class QualifyingLossesAsOutcomes(Refusal):
    """Rows from before the index event among the outcomes."""

    code = "qualifying_losses_as_outcomes"
    reason = (
        "The losses that let a woman in are certain by design; counted as outcomes they turn a risk of 45 % "
        "into 63 % in public data."
    )


class LaggedOutcomeInExchangeableModel(Refusal):
    """An exchangeable GEE with earlier outcomes as a factor."""

    code = "lagged_outcome_in_exchangeable_model"
    reason = (
        "With earlier outcomes as factors only working independence with standard errors by woman is valid "
        "(Pepe and Anderson 1994); the exchangeable model diverges, at times without a sign."
    )


class LaplaceApproximation(Refusal):
    """A random intercept by the Laplace approximation, on clusters of a few yes/no outcomes."""

    code = "laplace_approximation"
    reason = (
        "On one to five yes/no outcomes per woman the approximation is badly wrong: an odds ratio of 1.18 "
        "where adaptive quadrature gives 3.73 on the same data."
    )


class RandomInterceptWithHistory(Refusal):
    """A random intercept with earlier outcomes as a factor."""

    code = "random_intercept_with_history"
    reason = (
        "What makes women differ also made their earlier outcomes: the intercept and the history are not "
        "independent (initial conditions), and neither is estimated."
    )


class EntryIgnored(Refusal):
    """A time model that begins at week 0 although the week of recognition is known."""

    code = "entry_ignored"
    reason = (
        "A pregnancy is only seen from the week it is recognised; losses before are not in the data. Without "
        "entry a cumulative loss of 32 % reads as 17 %."
    )


class TooManyParameters(Refusal):
    """More parameters than Riley's smallest sample carries, without penalisation."""

    code = "too_many_parameters"
    reason = (
        "With so few rows for so many parameters the model fits chance (Riley 2019, 2020): use firth or "
        "ridge, or fewer factors named beforehand."
    )


class UnadjustedMarkers(Refusal):
    """Markers judged without anything held equal."""

    code = "unadjusted_markers"
    reason = "Markers change with age and earlier losses: an unadjusted list finds these, not the markers."


class UncontrolledMarkers(Refusal):
    """A list of markers without control of false discoveries."""

    code = "uncontrolled_markers"
    reason = "Among many markers some are small by chance: a family of markers names its control."


class OutcomeAsFactor(Refusal):
    """A factor that is the outcome, or made from it."""

    code = "outcome_as_factor"
    reason = "A factor that contains the outcome predicts it perfectly and says nothing."


class FactorAfterOutcome(Refusal):
    """A factor measured during or after the pregnancy that is the outcome."""

    code = "factor_after_outcome"
    reason = "What is measured in or after the pregnancy can be made by its end; it cannot explain it."


class MarkerTimingUnknown(Refusal):
    """A marker of which the plan does not say when it was measured."""

    code = "marker_timing_unknown"
    reason = "Markers measured after the losses, or in pregnancy, differ for that reason alone."


class CompetingOutcomesDropped(Refusal):
    """Pregnancies that end in another way, left out without a word."""

    code = "competing_outcomes_dropped"
    reason = (
        "Every way in which a pregnancy can end is the outcome, competes with it, or is set aside with a "
        "reason; induced terminations alone are as many as losses."
    )


class OutcomesOverlap(Refusal):
    """Pregnancies that two outcomes of one question claim."""

    code = "outcomes_overlap"
    reason = "A pregnancy ends once: an outcome and its competing outcomes are disjoint."


class ExplainedAsFactor(Refusal):
    """Explained or unexplained losses as a factor of a question about women."""

    code = "explained_as_factor"
    reason = (
        "Women whose losses are explained are treated for what explains them: their hazard is not that of "
        "the others times a number. They are a stratum."
    )


class TransfersPooledWithLosses(Refusal):
    """One question about transfers and pregnancies together."""

    code = "transfers_pooled_with_losses"
    reason = (
        "A transfer that brings no pregnancy and a pregnancy that is lost are two outcomes of two "
        "populations; pooled they answer neither question."
    )


class HistoryInRecurrentModel(Refusal):
    """Earlier losses as a factor where the losses themselves are the events."""

    code = "history_in_recurrent_model"
    reason = (
        "In a model of repeated losses the earlier losses are its events and its strata; as factors they are "
        "counted twice, and with a frailty they are not independent of it."
    )


class DefinitionUnknown(Refusal):
    """Losses counted by a definition that nobody has given."""

    code = "definition_unknown"
    reason = "What counts as a loss decides who is in; a definition stands in definitions.toml of the study."


class DefinitionNotCountable(Refusal):
    """Losses counted by a definition that reads what the source does not hold."""

    code = "definition_not_countable"
    reason = "Counting without what the definition asks would be another definition under its name."


REFUSALS: tuple[type[Refusal], ...] = (
    QualifyingLossesAsOutcomes,
    LaggedOutcomeInExchangeableModel,
    LaplaceApproximation,
    RandomInterceptWithHistory,
    EntryIgnored,
    TooManyParameters,
    UnadjustedMarkers,
    UncontrolledMarkers,
    OutcomeAsFactor,
    FactorAfterOutcome,
    MarkerTimingUnknown,
    CompetingOutcomesDropped,
    OutcomesOverlap,
    ExplainedAsFactor,
    TransfersPooledWithLosses,
    HistoryInRecurrentModel,
    DefinitionUnknown,
    DefinitionNotCountable,
)


@dataclass(frozen=True, kw_only=True)
class Caution:
    """Something valid that a reader must know: a stable code, the question, and values."""

    code: str
    question: str = ""
    found: str
