"""The clock's rule: each timer once, in order, none in a burst."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from gravida.find.contact.states import State
from gravida.find.contact.timers import Facts, Timer, due
from gravida.find.contact.working_days import Calendar

T = Timer
SENT = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)  # a Tuesday; Wednesday the 11th is a holiday


def facts(**changed: object) -> Facts:
    """A delivered message that nobody has answered."""
    plain = Facts(
        state=State.DELIVERED,
        counted_from=SENT,
        state_since=SENT,
        told_late_at=None,
        team_is_closed=False,
        fired=frozenset(),
        calendar=Calendar(),
    )
    return replace(plain, **changed)


def fired(given: Facts, at: datetime) -> list[tuple[Timer, bool]]:
    """What is due, and whether it is passed over."""
    return [(one.timer, one.is_stale) for one in due(given, at=at)]


def play(given: Facts, *, looks: list[datetime]) -> list[tuple[int, Timer]]:
    """Let the clock run: what it did, with the day after sending on which it did it."""
    done = []
    for at in looks:
        for one in due(given, at=at):
            given = replace(given, fired=given.fired | {one.timer})
            if one.timer is T.TELL_ADMINISTRATOR_AND_PERSON:
                given = replace(given, told_late_at=at)
            if not one.is_stale:
                done.append(((at - SENT).days, one.timer))
            if one.timer in (T.EXPIRE, T.LEAVE_INBOX):
                return done
    return done


def hourly(days: float) -> list[datetime]:
    """Every hour from sending on."""
    return [SENT + timedelta(hours=hour) for hour in range(int(days * 24) + 1)]


def test_silence_escalates() -> None:
    assert play(facts(), looks=hourly(40)) == [
        (2, T.REMIND_TEAM),
        (7, T.TELL_ALTERNATE),  # five working days: Tuesday to Tuesday
        (10, T.TELL_ADMINISTRATOR_AND_PERSON),  # seven: over the 11th, Friday the 13th
        (14, T.MARK_LATE),
        (30, T.EXPIRE),
    ]


@pytest.mark.parametrize(
    ("hours", "expected"),
    [
        (47.99, []),
        (48, [(T.REMIND_TEAM, False)]),
    ],
)
def test_a_reminder_comes_at_its_hour_and_not_before(hours: float, expected: list) -> None:
    assert fired(facts(), SENT + timedelta(hours=hours)) == expected


def test_nothing_fires_twice() -> None:
    at = SENT + timedelta(days=2)
    assert fired(facts(fired=frozenset({T.REMIND_TEAM})), at) == []


def test_after_a_week_without_the_worker_only_the_last_reminder_goes_out() -> None:
    assert fired(facts(), SENT + timedelta(days=8)) == [(T.REMIND_TEAM, True), (T.TELL_ALTERNATE, False)]
    assert fired(facts(), SENT + timedelta(days=12)) == [
        (T.REMIND_TEAM, True), (T.TELL_ALTERNATE, True), (T.TELL_ADMINISTRATOR_AND_PERSON, False),
    ]  # fmt: skip


def test_after_a_month_without_the_worker_she_is_told_before_anything_is_deleted() -> None:
    down = [SENT + timedelta(days=40, hours=hour) for hour in range(24 * 20)]
    assert play(facts(), looks=down) == [
        (40, T.TELL_ADMINISTRATOR_AND_PERSON), (40, T.MARK_LATE), (54, T.EXPIRE),
    ]  # fmt: skip


@pytest.mark.parametrize("state", [State.ACKNOWLEDGED, State.ATTEMPT_1, State.CALL_BOOKED, State.INCLUDED])
def test_an_answered_message_is_left_alone(state: State) -> None:
    assert due(facts(state=state), at=SENT + timedelta(days=60)) == []


def test_an_opened_message_is_not_an_answered_one() -> None:
    assert fired(facts(state=State.OPENED), SENT + timedelta(days=2)) == [(T.REMIND_TEAM, False)]


def test_an_address_nobody_confirmed_leaves_the_inbox_after_three_days() -> None:
    given = facts(state=State.UNVERIFIED)
    assert play(given, looks=hourly(40)) == [(2, T.REMIND_TEAM), (3, T.LEAVE_INBOX)]


def test_an_unconfirmed_message_found_late_only_leaves() -> None:
    assert fired(facts(state=State.UNVERIFIED), SENT + timedelta(days=20)) == [(T.LEAVE_INBOX, False)]


def test_three_attempts_and_fourteen_days() -> None:
    given = facts(state=State.ATTEMPT_3, state_since=SENT + timedelta(days=6))
    assert due(given, at=SENT + timedelta(days=19, hours=23)) == []
    assert fired(given, SENT + timedelta(days=20)) == [(T.GIVE_UP, False)]


def test_a_closed_team_is_not_reminded_but_its_messages_end() -> None:
    given = facts(team_is_closed=True, told_late_at=SENT + timedelta(days=1))
    assert [one for one in play(given, looks=hourly(40)) if one[1] is not T.MARK_LATE] == [(30, T.EXPIRE)]


def test_order_holds_over_every_day_of_two_years() -> None:
    # given messages of every day, at an hour of the night and one of the day
    order = [T.REMIND_TEAM, T.TELL_ALTERNATE, T.TELL_ADMINISTRATOR_AND_PERSON, T.MARK_LATE, T.EXPIRE]
    for day in range(0, 730, 1):
        sent = SENT + timedelta(days=day, hours=(day * 7) % 24)
        given = facts(counted_from=sent, state_since=sent)
        looks = [sent + timedelta(hours=6 * step) for step in range(4 * 36)]
        assert [timer for _, timer in play(given, looks=looks)] == order, sent


@pytest.mark.parametrize(
    ("sent", "reminded"),
    [
        ("2026-12-24T16:00+01:00", "2026-12-29T16:00+01:00"),
        ("2026-04-30T12:00+02:00", "2026-05-05T12:00+02:00"),
        ("2026-07-13T09:00+02:00", "2026-07-16T09:00+02:00"),
        ("2026-04-03T10:00+02:00", "2026-04-08T10:00+02:00"),
        ("2026-03-27T10:00+01:00", "2026-03-31T10:00+02:00"),
        ("2026-10-23T10:00+02:00", "2026-10-27T10:00+01:00"),
    ],
)
def test_reminders_keep_holidays_and_changes_of_the_clock(sent: str, reminded: str) -> None:
    begun, ends = datetime.fromisoformat(sent), datetime.fromisoformat(reminded)
    given = facts(counted_from=begun)
    assert due(given, at=ends - timedelta(minutes=1)) == []
    assert fired(given, ends) == [(T.REMIND_TEAM, False)]
