"""Staff decide whether messages may go to an address that a record brought."""

from datetime import datetime

from django.db import transaction

from gravida.find.contact.letters import NotYours
from gravida.find.contact.models import Team, TeamAddress
from gravida.find.contact.waiting import tell_what_waited
from gravida.web.audit import trail
from gravida.web.people.models import Person
from gravida.web.people.permissions import may
from gravida.web.people.roles import Permission


class AlreadyDecided(Exception):
    """An address of the study folder, which is approved by standing there."""


def approve_address(*, address: TeamAddress, by: Person, at: datetime) -> TeamAddress:
    """Messages may go there; those that waited leave at once. NotYours, AlreadyDecided."""
    return _decide(address, TeamAddress.State.APPROVED, by=by, at=at)


def refuse_address(*, address: TeamAddress, by: Person, at: datetime) -> TeamAddress:
    """No message goes there. NotYours, AlreadyDecided."""
    return _decide(address, TeamAddress.State.REFUSED, by=by, at=at)


def _decide(address: TeamAddress, state: TeamAddress.State, *, by: Person, at: datetime) -> TeamAddress:
    with transaction.atomic():
        held = TeamAddress.objects.select_for_update(of=("self",)).select_related("team").get(pk=address.pk)
        team = held.team
        _refuse_strangers(by, team)
        if held.source == Team.Source.FOLDER:
            raise AlreadyDecided(held.pk)
        before = held.state
        held.state, held.decided_by, held.decided_at = state, by, at
        # Somebody has looked at it: a refusal of the mail server long ago counts no more.
        held.broken_since = None
        held.save()
        Team.objects.filter(pk=team.pk, broken_since__isnull=False).update(broken_since=None)
        if state == TeamAddress.State.APPROVED:
            tell_what_waited(team, at=at)
        trail.record(
            action=f"contact.address_{state.value}", by=by, at=at, about=held, study=team.study,
            centre=team.centre, changes={"state": (before, held.state)},
        )  # fmt: skip
    return held


def _refuse_strangers(by: Person, team: Team) -> None:
    if not may(by, Permission.APPROVE_CONTACTS, study=team.study, centre=team.centre):
        raise NotYours(f"{team}")
