"""How soon each team usually answers: counted by the worker, read by every page."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import transaction

from gravida.find.contact.answer_time import FEWEST, Wait, median_wait
from gravida.find.contact.letters import AnswerTime
from gravida.find.contact.models import Request, Team
from gravida.find.contact.states import UNANSWERED, State
from gravida.find.contact.working_days import Calendar, working_days_between

ANSWERS_OF = timedelta(days=90)
# An older figure is not shown: the worker stands still, and nobody knows what has happened since.
SHOWN_FOR = timedelta(days=2)
_UNANSWERED = frozenset(state.value for state in UNANSWERED)


def usually_answers(team: Team, *, at: datetime) -> AnswerTime | None:
    """How soon it answers, as last counted: median working days of 90 days; None below five messages.

    Messages that wait still count as long as they have waited, and those that ended unanswered as long as
    they waited then. Spam and duplicates do not count.
    """
    if not team.answers_of or team.answers_at is None or abs(at - team.answers_at) > SHOWN_FOR:
        return None
    return AnswerTime(median_working_days=team.answers_in_days, n=team.answers_of, late=team.answers_late)


def count_answer_times(at: datetime) -> int:
    """Count for every team anew, from one query; how many have enough messages to tell."""
    messages: dict[int, list[_Sent]] = defaultdict(list)
    for sent in _sent(at):
        messages[sent.team].append(sent)
    told = {number: found for number, found in messages.items() if len(found) >= FEWEST}
    with transaction.atomic():
        Team.objects.update(answers_in_days=None, answers_of=0, answers_late=0, answers_at=at)
        for team in Team.objects.filter(pk__in=told).order_by("pk"):
            _write(team, told[team.pk], at=at)
    return len(told)


class _Sent(NamedTuple):
    """What is asked of a message."""

    team: int
    state: str
    counted_from: datetime
    acknowledged_at: datetime | None
    ended_at: datetime | None
    late_at: datetime | None


def _sent(at: datetime) -> Iterable[_Sent]:
    """Messages that began within 90 days; never spam, though its rows be empty by now."""
    sent = Request.objects.filter(counted_from__gt=at - ANSWERS_OF, counted_from__lte=at)
    meant = sent.exclude(state__in=[State.SPAM.value, State.DUPLICATE.value]).exclude(
        erased_at__isnull=False, steps__state_before=State.SPAM.value
    )
    return map(_Sent._make, meant.values_list(*_Sent._fields).iterator())


def _write(team: Team, messages: list[_Sent], *, at: datetime) -> None:
    waits = [_wait(sent, team.working_calendar, at=at) for sent in messages]
    Team.objects.filter(pk=team.pk).update(
        answers_in_days=median_wait(waits),
        answers_of=len(waits),
        answers_late=sum(sent.late_at is not None and sent.state in _UNANSWERED for sent in messages),
    )


def _wait(sent: _Sent, calendar: Calendar, *, at: datetime) -> Wait:
    end = sent.acknowledged_at or min(sent.ended_at or at, at)
    return Wait(
        working_days=working_days_between(sent.counted_from, end, calendar),
        was_answered=sent.acknowledged_at is not None,
    )
