"""Somebody else was first: what the page showed, what holds now, what was typed - and nothing of it lost."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from gravida.find.contact.models import Request
from gravida.find.contact.states import State
from gravida.find.inbox import when, words
from gravida.find.inbox.act_words import ACT
from gravida.find.inbox.card_page import seen_of
from gravida.find.inbox.offered_acts import offered
from gravida.find.inbox.timeline import Entry, entries
from gravida.find.inbox.wish import Wish
from gravida.web.people.models import Person

# Marks of our own forms; everything else in a form was chosen or typed.
MARKS = ("csrfmiddlewaretoken", "version", "seen", "do")
LATEST = 5


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One thing about the message: as the page showed it, and as it is now."""

    name: str
    seen: str
    now: str
    is_changed: bool


@dataclass(frozen=True, kw_only=True)
class Conflict:
    """Both versions, what was wished, and whether it can still be done."""

    reference: str
    act: str
    act_words: str
    differences: tuple[Difference, ...]
    happened: tuple[Entry, ...]
    typed: tuple[tuple[str, str], ...]
    version: int
    seen: str
    can_still: bool


def conflict_page(wish: Wish) -> HttpResponse:
    """409: both versions beside each other, and everything typed, to be sent again or not."""
    context = {"conflict": conflict_of(wish), "address": wish.http.path}
    return render(wish.http, "inbox/conflict.html", context, status=409)


def conflict_of(wish: Wish) -> Conflict:
    """The same as values."""
    message = Request.objects.with_team().get(pk=wish.message.pk)
    act = _act_of(wish)
    return Conflict(
        reference=message.reference,
        act=act,
        act_words=str(ACT[act].button),
        differences=_differences(wish.typed.get("seen", ""), message),
        happened=entries(message)[:LATEST],
        typed=tuple(
            (name, value) for name, values in wish.typed.lists() if name not in MARKS for value in values
        ),
        version=message.version,
        seen=seen_of(message),
        can_still=act in offered(message),
    )


def _act_of(wish: Wish) -> str:
    return wish.act if wish.act in ACT else "note"


def _differences(seen: str, message: Request) -> tuple[Difference, ...]:
    state, who, call_at = [*seen.split("|"), "", "", ""][:3]
    pairs = (
        (_("State"), _state(state), _state(message.state)),
        (_("Looked after by"), _name(who), _name(str(message.assigned_to_id or ""))),
        (
            _("Hour of the call"),
            _hour(call_at),
            _hour(message.call_at.isoformat() if message.call_at else ""),
        ),
    )
    return tuple(
        Difference(name=name, seen=before, now=now, is_changed=before != now) for name, before, now in pairs
    )


def _state(value: str) -> str:
    known = {state.value: str(words.STATE[state]) for state in State}
    return known.get(value, _("not known"))


def _name(number: str) -> str:
    person = (
        Person.objects.filter(pk=int(number)).first() if number.isdecimal() and len(number) < 10 else None
    )
    return person.name if person else _("nobody")


def _hour(moment: str) -> str:
    try:
        read = parse_datetime(moment)
    except ValueError:
        read = None
    return when.day_and_hour(read) if read and read.tzinfo else _("none")
