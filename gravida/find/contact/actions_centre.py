"""A centre closes its form, opens it again, or says that what stands here about it is right."""

from datetime import datetime

from django.db import transaction

from gravida.find.contact import links, mails_to_person
from gravida.find.contact.letters import NotYours
from gravida.find.contact.models import Request, Team
from gravida.find.contact.states import UNANSWERED
from gravida.find.contact.tallies import count
from gravida.web.audit import trail
from gravida.web.people.models import Person
from gravida.web.people.permissions import may
from gravida.web.people.roles import Permission
from gravida.web.tokens import redeem_link


def close_centre(*, team: Team, by: Person, at: datetime) -> Team:
    """Not recruiting any more: the form closes, those who wait are told what else they can do."""
    _refuse_strangers(by, team)
    with transaction.atomic():
        return _close(team, by=by, at=at)


def close_centre_by_link(*, token: str, at: datetime) -> Team:
    """The same by the single-use link, without signing in. LinkSpent."""
    with transaction.atomic():
        request = links.message_of(redeem_link(token, purpose=links.CLOSE, at=at))
        return _close(request.team, by=None, at=at)


def reopen_centre(*, team: Team, by: Person, at: datetime) -> Team:
    """The team takes messages again."""
    _refuse_strangers(by, team)
    with transaction.atomic():
        if Team.objects.filter(pk=team.pk, closed_at__isnull=False).update(closed_at=None, closed_by=None):
            _told("reopened", team, by=by, at=at)
    return Team.objects.get(pk=team.pk)


def confirm_centre(*, team: Team, by: Person, at: datetime) -> Team:
    """The team says that what stands here about it is right: "confirmed on" today."""
    _refuse_strangers(by, team)
    with transaction.atomic():
        today = team.working_calendar.local(at).date()
        Team.objects.filter(pk=team.pk).update(confirmed_on=today)
        _told("confirmed_centre", team, by=by, at=at)
    return Team.objects.get(pk=team.pk)


def _close(team: Team, *, by: Person | None, at: datetime) -> Team:
    """Close once; the persons who wait are told in the same transaction."""
    if Team.objects.filter(pk=team.pk, closed_at=None).update(closed_at=at, closed_by=by):
        waiting = Request.objects.filter(team=team, state__in=[state.value for state in UNANSWERED])
        for request in waiting.select_related("team").order_by("pk"):
            mails_to_person.team_closed(request, at=at)
        waiting.filter(told_late_at=None).update(told_late_at=at)
        count(team, ("closed",), at=at)
        _told("closed", team, by=by, at=at)
    return Team.objects.get(pk=team.pk)


def _told(action: str, team: Team, *, by: Person | None, at: datetime) -> None:
    trail.record(action=f"contact.{action}", by=by, at=at, about=team, study=team.study, centre=team.centre)


def _refuse_strangers(by: Person, team: Team) -> None:
    if not may(by, Permission.ANSWER_MESSAGES, study=team.study, centre=team.centre):
        raise NotYours(f"{team}")
