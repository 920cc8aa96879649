"""The same act on several messages, each for itself."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from gravida.find.contact.letters import ChangedMeanwhile, NotYours
from gravida.find.contact.models import Request
from gravida.find.contact.states import IllegalStep
from gravida.web.people.models import Person

_REFUSALS: dict[type[Exception], str] = {
    ChangedMeanwhile: "changed_meanwhile",
    IllegalStep: "illegal_step",
    NotYours: "not_yours",
    Request.DoesNotExist: "not_yours",
}


@dataclass(frozen=True, kw_only=True)
class Bulk:
    """What became of each, by its number in the database."""

    done: tuple[int, ...]
    refused: Mapping[int, str]  # number -> changed_meanwhile, illegal_step, not_yours


def in_bulk(
    act: Callable[..., object], *, chosen: Mapping[int, int], by: Person, at: datetime, **given: object
) -> Bulk:
    """Do `act` (acknowledge, assign, mark_spam ...) to each chosen message: id -> version on the page.

    Each is an act of its own: what is refused for one does not touch the others.
    """
    done: list[int] = []
    refused: dict[int, str] = {}
    mine = Request.objects.get_for(by).in_bulk(list(chosen))
    for number, version in chosen.items():
        try:
            if number not in mine:
                raise NotYours(str(number))
            act(request=mine[number], version=version, by=by, at=at, **given)
        except (ChangedMeanwhile, IllegalStep, NotYours, Request.DoesNotExist) as refusal:
            refused[number] = _REFUSALS[type(refusal)]
        else:
            done.append(number)
    return Bulk(done=tuple(done), refused=refused)
