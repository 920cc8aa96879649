"""What the clock does to a message: who is reminded when, and when it ends. The rule is pure, the runner not.

Counted from sending, or from turning to another centre. Working days are those of the centre's calendar.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from gravida.find.contact import states
from gravida.find.contact.states import State
from gravida.find.contact.working_days import Calendar, after_days, after_working_days


class Timer(Enum):
    """What the clock can do; each once for each beginning."""

    REMIND_TEAM = "remind_team"
    TELL_ALTERNATE = "tell_alternate"
    TELL_ADMINISTRATOR_AND_PERSON = "tell_administrator_and_person"
    MARK_LATE = "mark_late"
    EXPIRE = "expire"
    LEAVE_INBOX = "leave_inbox"
    GIVE_UP = "give_up"


T = Timer
# Working days without an answer, and the mail that follows; in this order.
REMINDERS: tuple[tuple[Timer, int], ...] = (
    (T.REMIND_TEAM, 2),
    (T.TELL_ALTERNATE, 5),
    (T.TELL_ADMINISTRATOR_AND_PERSON, 7),
)
LATE_DAYS = 14
EXPIRES_DAYS = 30
# Whoever was told late - the worker was down - has two weeks to choose before anything is deleted.
CHOICE_DAYS = 14
UNVERIFIED_DAYS = 3
GIVE_UP_DAYS = 14


@dataclass(frozen=True, kw_only=True)
class Facts:
    """A message as its timers see it; instants with their zone."""

    state: State
    counted_from: datetime
    state_since: datetime
    told_late_at: datetime | None
    team_is_closed: bool
    fired: frozenset[Timer]  # since counted_from, those passed over included
    calendar: Calendar


@dataclass(frozen=True, kw_only=True)
class Due:
    """A timer that is due. A stale one is passed over: a later one is due already and says more."""

    timer: Timer
    was_due_at: datetime
    is_stale: bool = False


def due(facts: Facts, *, at: datetime) -> list[Due]:
    """What the clock does now, in order; nothing that it has done before.

    After a standstill only the last reminder that is due goes out. A message is closed only when its sender
    was told two weeks before that nobody had answered.
    """
    if facts.state in states.UNANSWERED:
        return [*_leaving(facts, at), *_reminders(facts, at), *_late(facts, at), *_expiry(facts, at)]
    if facts.state is State.ATTEMPT_3:
        ends_at = after_days(facts.state_since, GIVE_UP_DAYS, facts.calendar)
        return [Due(timer=T.GIVE_UP, was_due_at=ends_at)] if at >= ends_at else []
    return []


def expires_at(facts: Facts) -> datetime | None:
    """When an unanswered message is closed; None until its sender has been told that nobody answered."""
    if facts.told_late_at is None:
        return None
    return max(
        after_days(facts.counted_from, EXPIRES_DAYS, facts.calendar),
        after_days(facts.told_late_at, CHOICE_DAYS, facts.calendar),
    )


def _leaving(facts: Facts, at: datetime) -> list[Due]:
    """An address that nobody has confirmed for three days: out of the inbox, into the spam tab."""
    leaves_at = after_days(facts.counted_from, UNVERIFIED_DAYS, facts.calendar)
    if facts.state is not State.UNVERIFIED or at < leaves_at or T.LEAVE_INBOX in facts.fired:
        return []
    return [Due(timer=T.LEAVE_INBOX, was_due_at=leaves_at)]


def _reminders(facts: Facts, at: datetime) -> list[Due]:
    if facts.state is State.UNVERIFIED and _leaving(facts, at):
        return []
    open_ones = []
    for timer, days in REMINDERS:
        when = after_working_days(facts.counted_from, days, facts.calendar)
        if at >= when and timer not in facts.fired:
            open_ones.append((timer, when))
    # A team that has said "not recruiting any more" is left in peace; the person was told then.
    last = None if facts.team_is_closed else open_ones[-1][0] if open_ones else None
    return [Due(timer=timer, was_due_at=when, is_stale=timer is not last) for timer, when in open_ones]


def _late(facts: Facts, at: datetime) -> list[Due]:
    late_at = max(
        after_days(facts.counted_from, LATE_DAYS, facts.calendar),
        after_working_days(facts.counted_from, REMINDERS[-1][1], facts.calendar),
    )
    if (
        at < late_at
        or T.MARK_LATE in facts.fired
        or (facts.state is State.UNVERIFIED and _leaving(facts, at))
    ):
        return []
    return [Due(timer=T.MARK_LATE, was_due_at=late_at)]


def _expiry(facts: Facts, at: datetime) -> list[Due]:
    ends_at = expires_at(facts)
    if ends_at is None or at < ends_at or T.EXPIRE in facts.fired:
        return []
    return [Due(timer=T.EXPIRE, was_due_at=ends_at)]


def next_look_after(at: datetime) -> datetime:
    """When the runner should look again; timers are days long, so a quarter of an hour is soon enough."""
    return at + timedelta(minutes=15)
