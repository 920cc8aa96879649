"""What pages read of messages and teams."""

from datetime import datetime, timedelta

from gravida.find.contact import keys, links
from gravida.find.contact.answer_time import FEWEST, Wait, median_wait
from gravida.find.contact.inbox_reads import counts, funnel, ready_for_screening
from gravida.find.contact.letters import AnswerTime, Openness, Receipt
from gravida.find.contact.models import Access, Request, Team
from gravida.find.contact.openness import openness
from gravida.find.contact.sentences import kind_sentence
from gravida.find.contact.states import NEXT_STEP, State
from gravida.find.contact.status import read_by_her, status_page, timeline
from gravida.find.contact.working_days import after_working_days, working_days_between
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

ANSWERS_OF = timedelta(days=90)
RECEIPT_LIVES = timedelta(minutes=30)


def usually_answers(team: Team, *, at: datetime) -> AnswerTime | None:
    """How soon it answers: median working days of the last 90 days; None below five messages.

    Messages that wait still count as long as they have waited, and those that ended unanswered as long as
    they waited then. Spam and duplicates do not count.
    """
    sent = Request.objects.filter(team=team, counted_from__gt=at - ANSWERS_OF, counted_from__lte=at)
    waits = [
        _wait(request, team, at=at)
        for request in sent.exclude(state__in=[State.SPAM.value, State.DUPLICATE.value]).exclude(
            erased_at__isnull=False, steps__state_before=State.SPAM.value
        )
    ]
    if len(waits) < FEWEST:
        return None
    late = Request.objects.unanswered().filter(team=team, late_at__isnull=False).count()
    return AnswerTime(median_working_days=median_wait(waits), n=len(waits), late=late)


def _wait(request: Request, team: Team, *, at: datetime) -> Wait:
    end = request.acknowledged_at or min(request.ended_at or at, at)
    return Wait(
        working_days=working_days_between(request.counted_from, end, team.working_calendar),
        was_answered=request.acknowledged_at is not None,
    )


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
