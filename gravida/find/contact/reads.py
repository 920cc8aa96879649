"""What pages read of messages and teams."""

from datetime import datetime, timedelta

from gravida.find.contact import keys, links
from gravida.find.contact.answer_times import usually_answers
from gravida.find.contact.inbox_reads import counts, funnel, ready_for_screening
from gravida.find.contact.letters import Openness, Receipt
from gravida.find.contact.models import Access, Request, Team
from gravida.find.contact.openness import openness
from gravida.find.contact.sentences import kind_sentence
from gravida.find.contact.states import NEXT_STEP, State
from gravida.find.contact.status import read_by_her, status_page, timeline
from gravida.find.contact.working_days import after_working_days
from gravida.web.tokens import digest, look_at_link

__all__ = [
    "acknowledges",
    "answer_by",
    "closes",
    "confirms",
    "counts",
    "funnel",
    "kind_sentence",
    "openness",
    "read_by_her",
    "ready_for_screening",
    "receipt",
    "status_page",
    "timeline",
    "usually_answers",
]

RECEIPT_LIVES = timedelta(minutes=30)


def receipt(token: str, *, at: datetime) -> Receipt | None:
    """The page after sending; None for an unknown one, and half an hour after sending."""
    wanted = digest(token, purpose=keys.RECEIPT)
    access = (
        Access.objects.filter(receipt_digest=wanted, made_at__gt=at - RECEIPT_LIVES)
        .select_related("request", "team")
        .first()
    )
    if access is None:
        return None
    request, team = access.request, access.team
    is_suspected = request.where is State.SPAM
    is_mailed = request.has_email and not is_suspected
    return Receipt(
        reference=request.reference,
        code=keys.code_of(token),
        token="" if is_mailed else access.token,
        has_email=request.has_email,
        copy_is_late=is_mailed and request.copy_state == Request.CopyState.PAUSED,
        is_suspected=is_suspected,
        # The centre and the day of this sending, not of one before: who types another's address must not
        # learn of it. Where the message joined another, her private page says so.
        waits_for_staff=not is_suspected and openness(team) is Openness.WAITS,
        team=team,
        answer_by=None if is_suspected else answer_by(team, at=access.made_at),
    )


def answer_by(team: Team, *, at: datetime) -> datetime:
    """By when a team that is written to now should answer: told before the button is pressed."""
    return after_working_days(at, NEXT_STEP[State.VERIFIED].working_days, team.working_calendar)


def confirms(token: str, *, at: datetime) -> Request | None:
    """The message whose address a link would confirm, without using it; for GET."""
    return _of(look_at_link(token, purpose=links.CONFIRM, at=at))


def acknowledges(token: str, *, at: datetime) -> Request | None:
    """The message that a link of the team's mail would acknowledge, without using it; for GET."""
    return _of(look_at_link(token, purpose=links.ACKNOWLEDGE, at=at))


def closes(token: str, *, at: datetime) -> Team | None:
    """The team whose form a link would close, without using it; for GET."""
    request = _of(look_at_link(token, purpose=links.CLOSE, at=at))
    return request.team if request else None


def _of(about: str | None) -> Request | None:
    if about is None:
        return None
    reference = about.removeprefix("contact:")
    return Request.objects.filter(reference=reference, erased_at=None).select_related("team").first()
