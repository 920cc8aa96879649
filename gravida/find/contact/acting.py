"""One act on one message: row taken, step checked, numbers counted, trail written, in one transaction."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.db.models import F

from gravida.find.contact import states
from gravida.find.contact.letters import ChangedMeanwhile, NotYours
from gravida.find.contact.models import Request, Step, TaskTrouble
from gravida.find.contact.states import NEXT_STEP, SETTLED, Actor, State
from gravida.find.contact.tallies import count
from gravida.find.contact.working_days import after_working_days
from gravida.web.audit import trail
from gravida.web.people.models import Person
from gravida.web.people.permissions import may
from gravida.web.people.roles import Permission


@dataclass(kw_only=True)
class Act:
    """An act under way: change `request`, take steps; the rest is written when the act ends."""

    request: Request
    actor: Actor
    by: Person | None
    at: datetime
    reason: str = ""
    counted: list[str] = field(default_factory=list)

    def step(self, to: State, *, reason: str = "", actor: Actor | None = None) -> None:
        """Take the message to a state. IllegalStep."""
        request, actor = self.request, actor or self.actor
        states.check(now=request.where, to=to, by=actor, reason=reason)
        Step.objects.create(
            request=request,
            state_before=request.state,
            state_after=to.value,
            at=self.at,
            actor=actor.value,
            by=self.by,
            reason=reason,
        )
        request.state, request.state_since = to.value, self.at
        request.ended_at = self.at if to in SETTLED else None
        request.due_at = due_at(request, at=self.at)
        self.counted.append(to.value)

    def answered(self) -> None:
        """The team has reacted: the first time counts as its answer."""
        if self.request.acknowledged_at is None:
            self.request.acknowledged_at = self.at
            self.counted.append("answered")


@contextmanager
def acting(
    action: str,
    *,
    request_id: int,
    version: int | None = None,
    actor: Actor,
    by: Person | None = None,
    needs: Permission = Permission.ANSWER_MESSAGES,
    at: datetime,
) -> Iterator[Act]:
    """Take a message for one act, in one transaction; a member of staff needs `needs` at its centre.

    ChangedMeanwhile where `version` is no longer the message's; NotYours; Request.DoesNotExist.
    """
    with transaction.atomic():
        act = Act(request=take(request_id, version=version), actor=actor, by=by, at=at)
        if by is not None:
            refuse_strangers(by, act.request, needs=needs)
        before = {name: str(getattr(act.request, name) or "") for name in _TOLD}
        yield act
        if actor is not Actor.CLOCK:
            TaskTrouble.objects.filter(request=act.request).delete()
        act.request.save()
        count(act.request.team, act.counted, at=at)
        after = {name: str(getattr(act.request, name) or "") for name in _TOLD}
        trail.record(
            action=f"contact.{action}",
            by=by,
            at=at,
            about=act.request,
            study=act.request.study,
            centre=act.request.team.centre,
            changes={name: (before[name], after[name]) for name in _TOLD if before[name] != after[name]},
            reason=act.reason,
        )


# What the trail tells of a message that changed; who she is never stands there.
_TOLD = ("state", "assigned_to", "team", "confirmed_at", "call_at", "erased_at")


def take(request_id: int, *, version: int | None = None) -> Request:
    """The message, its row held until the transaction ends and its version raised.

    A conditional UPDATE: of two who saw the same version one passes, on either engine.
    """
    rows = Request.objects.filter(pk=request_id)
    wanted = rows if version is None else rows.filter(version=version)
    if not wanted.update(version=F("version") + 1):
        found = rows.values_list("version", flat=True).get()
        raise ChangedMeanwhile(found=found, wanted=version or 0)
    return Request.objects.select_related("team", "assigned_to").get(pk=request_id)


def refuse_strangers(by: Person, request: Request, *, needs: Permission) -> None:
    """NotYours unless this member of staff may do this at the message's centre."""
    if not may(by, needs, study=request.study, centre=request.team.centre):
        raise NotYours(request.reference)


def due_at(request: Request, *, at: datetime) -> datetime | None:
    """By when the next step should come, from the state that begins at `at`; None where nothing follows."""
    expected = NEXT_STEP.get(request.where)
    if expected is None:
        return None
    if request.where is State.CALL_BOOKED:
        return request.call_at
    begins = request.counted_from if request.where in states.UNANSWERED else at
    return after_working_days(begins, expected.working_days, request.team.working_calendar)
