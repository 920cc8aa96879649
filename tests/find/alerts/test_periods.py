"""When a mail may go out: days, weeks and months where the site is, clock changes and leap days included."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from gravida.find.alerts.periods import may_mail, months_later, period_of

PARIS = ZoneInfo("Europe/Paris")


def paris(text: str) -> datetime:
    """A moment by the clock of Paris."""
    return datetime.fromisoformat(text).replace(tzinfo=PARIS)


@pytest.mark.parametrize(
    ("frequency", "at", "name", "opened_at"),
    [
        ("immediate", "2026-11-03T10:00", "2026-11-03", "2026-11-03T10:00"),
        ("immediate", "2026-11-03T00:00", "2026-11-03", "2026-11-03T00:00"),
        # Weeks: from Monday at eight to Monday at eight.
        ("weekly", "2026-11-02T07:59", "2026-W44", "2026-10-26T08:00"),
        ("weekly", "2026-11-02T08:00", "2026-W45", "2026-11-02T08:00"),
        ("weekly", "2026-11-08T23:59", "2026-W45", "2026-11-02T08:00"),
        # The clock goes back on 25 October and forward on 29 March: eight stays eight.
        ("weekly", "2026-10-25T12:00", "2026-W43", "2026-10-19T08:00"),
        ("weekly", "2026-10-26T08:00", "2026-W44", "2026-10-26T08:00"),
        ("weekly", "2027-03-29T07:59", "2027-W12", "2027-03-22T08:00"),
        ("weekly", "2027-03-29T08:00", "2027-W13", "2027-03-29T08:00"),
        # A week of two years is named by its Thursday.
        ("weekly", "2027-01-01T12:00", "2026-W53", "2026-12-28T08:00"),
        ("monthly", "2026-11-01T07:59", "2026-10", "2026-10-01T08:00"),
        ("monthly", "2026-11-01T08:00", "2026-11", "2026-11-01T08:00"),
        ("monthly", "2028-02-29T23:00", "2028-02", "2028-02-01T08:00"),
        ("monthly", "2028-03-01T08:00", "2028-03", "2028-03-01T08:00"),
        ("monthly", "2027-01-01T03:00", "2026-12", "2026-12-01T08:00"),
    ],
)
def test_a_moment_belongs_to_one_period(frequency: str, at: str, name: str, opened_at: str) -> None:
    period = period_of(frequency, at=paris(at), zone=PARIS)
    assert (period.name, period.opened_at) == (name, paris(opened_at))


@pytest.mark.parametrize("frequency", ["weekly", "monthly", "immediate"])
def test_hour_by_hour_through_three_years_periods_only_go_forward(frequency: str) -> None:
    at, seen = datetime(2026, 1, 1, tzinfo=UTC), []
    while at < datetime(2029, 1, 1, tzinfo=UTC):
        period = period_of(frequency, at=at, zone=PARIS)
        assert period.opened_at <= at
        if not seen or seen[-1].name != period.name:
            seen.append(period)
        at += timedelta(hours=1)
    names = [period.name for period in seen]
    assert len(names) == len(set(names))
    assert [period.opened_at for period in seen] == sorted(period.opened_at for period in seen)
    assert len(names) == {"weekly": 157, "monthly": 37, "immediate": 1097}[frequency]


@pytest.mark.parametrize(
    ("frequency", "last", "at", "may"),
    [
        ("immediate", None, "2026-11-03T10:00", True),
        ("immediate", "2026-11-03T00:10", "2026-11-03T23:50", False),
        ("immediate", "2026-11-03T23:50", "2026-11-04T00:10", True),
        ("weekly", "2026-11-02T08:05", "2026-11-08T10:00", False),
        ("weekly", "2026-11-02T08:05", "2026-11-09T08:00", True),
        ("monthly", "2026-11-01T09:00", "2026-11-30T10:00", False),
        ("monthly", "2026-11-01T09:00", "2026-12-01T08:00", True),
        # She has changed from "at once" to weekly on the day of a mail.
        ("weekly", "2026-11-02T07:00", "2026-11-02T09:00", False),
        ("monthly", "2026-11-28T12:00", "2026-12-01T09:00", True),
        # A clock that was set back sends nothing twice.
        ("immediate", "2026-11-05T10:00", "2026-11-03T10:00", False),
    ],
)
def test_one_mail_a_period(frequency: str, last: str | None, at: str, may: bool) -> None:
    assert may_mail(frequency, last_at=last and paris(last), at=paris(at), zone=PARIS) is may


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        ("2027-01-31", 1, "2027-02-28"),
        ("2028-01-31", 1, "2028-02-29"),
        ("2028-02-29", 6, "2028-08-29"),
        ("2026-11-30", 3, "2027-02-28"),
        ("2026-08-31", 6, "2027-02-28"),
        ("2026-12-15", 1, "2027-01-15"),
    ],
)
def test_a_pause_ends_on_the_same_day_of_a_later_month(day: str, months: int, later: str) -> None:
    assert months_later(date.fromisoformat(day), months) == date.fromisoformat(later)


def test_an_unknown_frequency_is_refused() -> None:
    with pytest.raises(ValueError, match="wanted immediate, weekly or monthly"):
        period_of("yearly", at=paris("2026-11-03T10:00"), zone=PARIS)
