"""Working days: holidays, week-ends, hours of the night, changes of the clock."""

from datetime import UTC, date, datetime

import pytest

from gravida.find.contact.working_days import (
    Calendar,
    UnknownCalendar,
    after_days,
    after_working_days,
    is_working_day,
    working_days_between,
)

FRANCE, ALSACE, NOWHERE = Calendar(code="FR"), Calendar(code="FR-6AE"), Calendar(code="")


def moment(text: str) -> datetime:
    """An instant as the clocks of Paris show it."""
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("day", "calendar", "works"),
    [
        (date(2026, 12, 24), FRANCE, True),
        (date(2026, 12, 25), FRANCE, False),
        (date(2025, 12, 26), FRANCE, True),
        (date(2025, 12, 26), ALSACE, False),
        (date(2026, 4, 3), FRANCE, True),  # Good Friday
        (date(2026, 4, 3), ALSACE, False),
        (date(2026, 4, 6), FRANCE, False),  # Easter Monday
        (date(2026, 5, 1), FRANCE, False),
        (date(2026, 5, 14), FRANCE, False),  # Ascension
        (date(2026, 7, 14), FRANCE, False),
        (date(2026, 7, 14), NOWHERE, True),
        (date(2026, 11, 7), NOWHERE, False),  # a Saturday
    ],
)
def test_a_day_is_worked_or_not(day: date, calendar: Calendar, works: bool) -> None:
    assert is_working_day(day, calendar) is works


@pytest.mark.parametrize(
    ("begun", "days", "ends"),
    [
        # a plain week
        ("2026-11-03T10:00+01:00", 2, "2026-11-05T10:00+01:00"),
        # over a week-end
        ("2026-11-06T15:00+01:00", 2, "2026-11-10T15:00+01:00"),
        # begun on a Saturday, in the night of Sunday: counted from Monday at nine
        ("2026-11-14T23:30+01:00", 2, "2026-11-18T09:00+01:00"),
        ("2026-11-15T03:00+01:00", 0, "2026-11-16T09:00+01:00"),
        # Christmas Eve, New Year
        ("2026-12-24T16:00+01:00", 2, "2026-12-29T16:00+01:00"),
        ("2026-12-24T16:00+01:00", 5, "2027-01-04T16:00+01:00"),
        # 30 April 2026: 1 and 8 May are Fridays, the 14th Ascension
        ("2026-04-30T12:00+02:00", 2, "2026-05-05T12:00+02:00"),
        ("2026-04-30T12:00+02:00", 7, "2026-05-13T12:00+02:00"),
        ("2026-05-13T12:00+02:00", 2, "2026-05-18T12:00+02:00"),
        # Easter Monday, and the clocks of 29 March in between
        ("2026-03-27T10:00+01:00", 2, "2026-03-31T10:00+02:00"),
        ("2026-04-03T10:00+02:00", 1, "2026-04-07T10:00+02:00"),
        # 14 July 2026 is a Tuesday
        ("2026-07-13T09:00+02:00", 2, "2026-07-16T09:00+02:00"),
        # the clocks of 25 October
        ("2026-10-23T10:00+02:00", 2, "2026-10-27T10:00+01:00"),
    ],
)
def test_so_many_working_days_later(begun: str, days: int, ends: str) -> None:
    assert after_working_days(moment(begun), days, FRANCE) == moment(ends)


def test_the_hour_that_a_change_of_the_clock_skips_is_still_an_hour() -> None:
    # 2026-03-29 has no 02:30 in Paris
    later = after_days(moment("2026-03-28T02:30+01:00"), 1, FRANCE)
    assert later.astimezone(UTC) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)


def test_days_are_those_of_the_clock_not_of_24_hours() -> None:
    assert after_days(moment("2026-10-20T09:00+02:00"), 14, FRANCE) == moment("2026-11-03T09:00+01:00")


def test_what_comes_in_utc_stays_in_utc() -> None:
    later = after_working_days(datetime(2026, 11, 3, 9, tzinfo=UTC), 2, FRANCE)
    assert later.tzinfo is UTC


@pytest.mark.parametrize(
    ("start", "end", "days"),
    [
        ("2026-11-03T12:00+01:00", "2026-11-03T18:00+01:00", 0.25),
        ("2026-11-03T12:00+01:00", "2026-11-04T12:00+01:00", 1.0),
        ("2026-11-06T12:00+01:00", "2026-11-09T12:00+01:00", 1.0),
        ("2026-11-07T08:00+01:00", "2026-11-08T20:00+01:00", 0.0),
        ("2026-12-24T12:00+01:00", "2026-12-28T12:00+01:00", 1.0),
        ("2026-11-04T12:00+01:00", "2026-11-03T12:00+01:00", 0.0),
    ],
)
def test_working_days_between_two_moments(start: str, end: str, days: float) -> None:
    assert working_days_between(moment(start), moment(end), FRANCE) == pytest.approx(days)


def test_an_unknown_calendar_is_named() -> None:
    with pytest.raises(UnknownCalendar, match="FR-59"):
        is_working_day(date(2026, 11, 3), Calendar(code="FR-59"))
