"""The same act on several messages: each for itself, and told for each why it was not done."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gravida.find.contact import actions_calls, actions_team
from gravida.find.contact.actions_bulk import in_bulk
from gravida.find.contact.actions_calls import TooEarly
from gravida.find.contact.letters import NotYours
from gravida.find.contact.models import Request
from gravida.find.contact.states import Actor, IllegalStep, State
from gravida.find.inbox import words
from gravida.find.inbox.colleagues import colleagues_at_all
from gravida.find.inbox.offered_acts import offered
from gravida.web.people.models import Person

Text = str | Promise
MOST = 50
ACTS: dict[str, Text] = {
    "assign": _("Give to a colleague"),
    "spam": _("Mark as spam"),
    "duplicate": _("Mark as written twice"),
    "unreachable": _("Close: not reached"),
}
_REFUSED: dict[str, Text] = {
    "changed_meanwhile": _("somebody has changed it meanwhile"),
    "illegal_step": _("not possible at this point"),
    "not_yours": _("not of your centres"),
}


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """A chosen message, and whether the act is possible with it now."""

    number: int
    version: int
    reference: str
    state: str
    is_possible: bool


@dataclass(frozen=True, kw_only=True)
class Result:
    """What became of the chosen messages."""

    act: Text
    done: tuple[str, ...]  # references
    refused: tuple[tuple[str, Text], ...]  # reference, reason


def versions_in(typed: list[str]) -> dict[int, int]:
    """`12:3` as number and version of a message; what is nothing of the kind is left out."""
    pairs = (one.partition(":") for one in typed[:MOST])
    return {
        int(number): int(version)
        for number, _colon, version in pairs
        if number.isascii() and number.isdecimal() and version.isascii() and version.isdecimal()
        and len(number) < 16 and len(version) < 9
    }  # fmt: skip


def chosen_of(person: Person, versions: Mapping[int, int], *, act: str) -> tuple[Chosen, ...]:
    """The chosen messages of this person's centres, as they stand now."""
    return tuple(
        Chosen(
            number=request.pk,
            version=versions[request.pk],
            reference=request.reference,
            state=str(words.STATE[request.where]),
            is_possible=act in offered(request),
        )
        for request in _mine(person, versions)
    )


def colleagues_for(person: Person, versions: Mapping[int, int]) -> list[Person]:
    """Colleagues to whom all of the chosen messages can be given."""
    places = {(request.study, request.team.centre) for request in _mine(person, versions)}
    return colleagues_at_all(places)


def done_to_all(
    act: str, versions: Mapping[int, int], *, by: Person, at: datetime,
    colleague: Person | None = None, of: Request | None = None,
) -> Result:  # fmt: skip
    """Do the act to each chosen message; how many, and which were not and why."""
    acts: dict[str, Callable[..., object]] = {
        "assign": _assign(colleague),
        "spam": actions_team.mark_spam,
        "duplicate": _duplicate(of),
        "unreachable": _unreachable,
    }
    mine = {request.pk: request.reference for request in _mine(by, versions)}
    became = in_bulk(acts[act], chosen=versions, by=by, at=at)
    return Result(
        act=ACTS[act],
        done=tuple(mine[number] for number in became.done),
        refused=tuple(
            (mine[number], _REFUSED[reason]) for number, reason in became.refused.items() if number in mine
        ),
    )


def _mine(person: Person, versions: Mapping[int, int]) -> QuerySet[Request]:
    mine = Request.objects.get_for(person).filter(pk__in=list(versions), erased_at=None)
    return mine.select_related("team").order_by("pk")


def _assign(colleague: Person | None) -> Callable[..., object]:
    def act(*, request: Request, version: int, by: Person, at: datetime) -> object:
        _refuse_unless_offered("assign", request)
        try:
            return actions_team.assign(request=request, version=version, to=colleague, by=by, at=at)
        except actions_team.NotOfThisCentre as error:
            raise NotYours(request.reference) from error

    return act


def _duplicate(of: Request | None) -> Callable[..., object]:
    def act(*, request: Request, version: int, by: Person, at: datetime) -> object:
        if of is None or of.pk == request.pk or of.study != request.study:
            raise IllegalStep(
                now=request.where, to=State.DUPLICATE, by=Actor.TEAM, wanted="another message of the study"
            )
        return actions_team.mark_duplicate(request=request, version=version, of=of, by=by, at=at)

    return act


def _unreachable(*, request: Request, version: int, by: Person, at: datetime) -> object:
    try:
        return actions_calls.unreachable(request=request, version=version, by=by, at=at)
    except TooEarly as error:
        wanted = error.until.isoformat()
        raise IllegalStep(now=request.where, to=State.UNREACHABLE, by=Actor.TEAM, wanted=wanted) from error


def _refuse_unless_offered(act: str, request: Request) -> None:
    if act not in offered(request):
        raise IllegalStep(now=request.where, to=request.where, by=Actor.TEAM, wanted="an open message")
