"""A woman's history under a definition: losses counted, yes, no or cannot tell, and what would settle it."""

from collections.abc import Iterable, Sequence

from msgspec import Struct
from msgspec.structs import replace

from gravida.protocol.definitions import Definition
from gravida.protocol.definitions_questions import (
    OpenQuestion,
    by_certainty,
    questions_about_losses,
    questions_about_transfers,
)
from gravida.protocol.definitions_runs import losses_of
from gravida.protocol.implantation import TransferFacts, count_failures
from gravida.protocol.obstetrics import Count
from gravida.protocol.obstetrics_classes import History
from gravida.protocol.values import Answer

_UNKNOWN = Answer.UNKNOWN


class Verdict(Struct, frozen=True, gc=False):
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
    losses = losses_of(definition, history)
    by_losses = answer = losses.at_least(definition.losses)
    failures = by_failures = None
    if definition.or_failures is not None:
        failures = count_failures(transfers, definition.or_failures)
        by_failures = failures.at_least(definition.or_failures.at_least)
        answer = by_losses | by_failures
    found = Verdict(definition, losses, by_losses, failures, by_failures, answer)
    if answer is not _UNKNOWN:
        return found
    return replace(found, open_questions=_open_questions(found, history, transfers))


def _open_questions(
    found: Verdict, history: History, transfers: Sequence[TransferFacts]
) -> tuple[OpenQuestion, ...]:
    """What would settle an open verdict, the surest first."""
    definition, rule = found.definition, found.definition.or_failures
    questions: list[OpenQuestion] = []
    if found.by_losses is _UNKNOWN:
        otherwise = Answer.NO if found.by_failures is None else found.by_failures
        questions += questions_about_losses(definition, history, otherwise)
    if found.by_failures is _UNKNOWN and rule is not None:
        questions += questions_about_transfers(rule, transfers, found.by_losses)
    return by_certainty(questions)


def side_by_side(
    definitions: Iterable[Definition], history: History, transfers: Sequence[TransferFacts] = ()
) -> tuple[Verdict, ...]:
    """Every definition on one history."""
    return tuple([verdict(definition, history, transfers) for definition in definitions])
