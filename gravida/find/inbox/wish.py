"""One act asked for by a form of the inbox: on which message, seen in which version, by whom, when."""

from dataclasses import dataclass
from datetime import datetime

from django.http import Http404, QueryDict
from django.shortcuts import get_object_or_404

from gravida.find.contact.models import Request
from gravida.web.people.models import Person
from gravida.web.people.request import StaffRequest
from gravida.web.people.roles import Permission


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What a form asks for; `version` 0 where it names none, which no message has."""

    http: StaffRequest
    message: Request
    act: str

    @property
    def by(self) -> Person:
        """Who asks."""
        return self.http.person

    @property
    def at(self) -> datetime:
        """When it came."""
        return self.http.received_at

    @property
    def typed(self) -> QueryDict:
        """Everything the form holds."""
        return self.http.POST

    @property
    def version(self) -> int:
        """The version of the message that the form's page showed."""
        return number_in(self.typed.get("version", ""))


def number_in(typed: str) -> int:
    """A number as a form carries it; 0 for anything else."""
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 10 else 0


def message_for(person: Person, reference: str, permission: Permission = Permission.READ_MESSAGES) -> Request:
    """The message of a centre where this person may do this; Http404 for all others, and for erased ones."""
    mine = Request.objects.get_for(person, permission).with_team().filter(erased_at=None)
    return get_object_or_404(mine, reference=reference)


def wish_of(http: StaffRequest, reference: str, act: str) -> Wish:
    """What this form asks for; Http404 where the person may not answer there."""
    message = message_for(http.person, reference, Permission.ANSWER_MESSAGES)
    return Wish(http=http, message=message, act=act)


def known(act: str, acts: object) -> str:
    """The act, where it is one of these; else Http404."""
    if act not in acts:  # type: ignore[operator]  # any container of names
        raise Http404(f"no such act: {act}")
    return act
