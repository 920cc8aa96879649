"""A woman's history under a definition: losses counted, yes, no or cannot tell, and what would settle it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from gravida.protocol.definitions import Definition
from gravida.protocol.definitions_questions import (
    OpenQuestion,
    by_certainty,
    questions_about_losses,
    questions_about_transfers,
)
from gravida.protocol.definitions_runs import Place, count_losses
from gravida.protocol.implantation import TransferFacts, count_failures
from gravida.protocol.obstetrics import Count
from gravida.protocol.obstetrics_classes import History
from gravida.protocol.values import Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """One definition on one history. `failures` is None where the definition does not look at transfers."""

    definition: Definition
    losses: Count
    by_losses: Answer
    failures: Count | None
    by_failures: Answer | None
    answer: Answer
    open_questions: tuple[OpenQuestion, ...] = ()


def verdict(definition: Definition, history: History, transfers: Sequence[TransferFacts] = ()) -> Verdict:
    """What a definition says of a woman, with everything that would settle it where it cannot tell."""
    places = [
        Place(definition.parts(row), row.earliest, row.latest, row.partner) for row in history.pregnancies
    ]
    losses = count_losses(definition, places, order_is_certain=history.order_is_certain)
    by_losses = losses.at_least(definition.losses)
    failures = by_failures = None
    answer = by_losses
    if definition.or_failures is not None:
        failures = count_failures(transfers, definition.or_failures)
        by_failures = failures.at_least(definition.or_failures.at_least)
        answer = by_losses | by_failures
    questions: list[OpenQuestion] = []
    if answer is Answer.UNKNOWN and by_losses is Answer.UNKNOWN:
        questions += questions_about_losses(
            definition, history, places, Answer.NO if by_failures is None else by_failures
        )
    if answer is Answer.UNKNOWN and by_failures is Answer.UNKNOWN and definition.or_failures is not None:
        questions += questions_about_transfers(definition.or_failures, transfers, by_losses)
    return Verdict(
        definition=definition,
        losses=losses,
        by_losses=by_losses,
        failures=failures,
        by_failures=by_failures,
        answer=answer,
        open_questions=by_certainty(questions),
    )


def side_by_side(
    definitions: Iterable[Definition], history: History, transfers: Sequence[TransferFacts] = ()
) -> tuple[Verdict, ...]:
    """Every definition on one history."""
    return tuple(verdict(definition, history, transfers) for definition in definitions)
