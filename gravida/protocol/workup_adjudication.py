"""Two experts, blind to each other, confirm or change the computed class; a third where they differ."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from gravida.protocol.workup_results import WorkupClass


@dataclass(frozen=True, kw_only=True)
class Opinion:
    """One expert's class. `expert` is a key of the person, never shown to the other experts."""

    expert: str
    workup_class: WorkupClass


class AdjudicationState(StrEnum):
    """Where an adjudication stands."""

    WAITING_FOR_FIRST = "waiting_for_first"
    WAITING_FOR_SECOND = "waiting_for_second"
    WAITING_FOR_THIRD = "waiting_for_third"  # the first two differ
    DECIDED = "decided"
    WITHOUT_MAJORITY = "without_majority"  # three opinions, three classes: they meet


@dataclass(frozen=True, kw_only=True)
class Adjudication:
    """The state, the class once decided, and whether it departs from the computed one (then say why)."""

    state: AdjudicationState
    workup_class: WorkupClass | None = None
    needs_reason: bool = False


def adjudicated(computed: WorkupClass, opinions: Sequence[Opinion]) -> Adjudication:
    """What up to three opinions come to. The computed class is kept beside and decides nothing.

    ValueError where one expert gives two opinions, more than three are given, or a third where two agree.
    """
    experts = [opinion.expert for opinion in opinions]
    if len(set(experts)) != len(experts):
        raise ValueError(f"{len(opinions)} opinions of {len(set(experts))} experts: need one of each")
    classes = [opinion.workup_class for opinion in opinions]
    if len(classes) < 2:
        first, second = AdjudicationState.WAITING_FOR_FIRST, AdjudicationState.WAITING_FOR_SECOND
        return Adjudication(state=second if classes else first)
    agree = classes[0] is classes[1]
    if len(classes) > (2 if agree else 3):
        raise ValueError(f"{len(classes)} opinions: need two that agree, or two that differ and a third")
    if len(classes) == 2 and not agree:
        return Adjudication(state=AdjudicationState.WAITING_FOR_THIRD)
    decided = classes[-1]
    if decided not in classes[:-1]:
        return Adjudication(state=AdjudicationState.WITHOUT_MAJORITY)
    return Adjudication(
        state=AdjudicationState.DECIDED, workup_class=decided, needs_reason=decided is not computed
    )
