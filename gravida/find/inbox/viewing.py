"""Opening a message: the look at who wrote is in the trail, once for each opening."""

from datetime import datetime, timedelta

from django.db import transaction

from gravida.find.contact import actions_team
from gravida.find.contact.models import Message, Request
from gravida.find.contact.states import State
from gravida.web.audit import trail
from gravida.web.audit.models import AuditEntry
from gravida.web.people.models import Person

# Whoever comes back to a message within this time is still in the same opening of it.
ONE_OPENING = timedelta(minutes=30)
OPENED, VIEWED = "contact.opened", "contact.viewed"
_FIRST = (State.VERIFIED, State.DELIVERED)


def open_message(*, request: Request, by: Person, at: datetime) -> Request:
    """The message as it stands, its opening in the trail; nothing is written within one opening.

    The first opening of all is a step; later ones raise no version, so that a colleague who only looks
    makes nobody's page stale.
    """
    is_unread = request.messages.filter(author=Message.Author.PERSON, read_at=None).exists()
    if request.where in _FIRST:
        return actions_team.opened(request=request, by=by, at=at)
    if not is_unread and _was_opened_lately(request, by, at=at):
        return request
    with transaction.atomic():
        request.messages.filter(author=Message.Author.PERSON, read_at=None).update(read_at=at)
        trail.record(
            action=VIEWED, by=by, at=at, about=request, study=request.study, centre=request.team.centre
        )
    return request


def _was_opened_lately(request: Request, by: Person, *, at: datetime) -> bool:
    return AuditEntry.objects.filter(
        about=trail.reference(request), by=by, action__in=(OPENED, VIEWED), at__gt=at - ONE_OPENING
    ).exists()
