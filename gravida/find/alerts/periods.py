"""When a mail may go out: at most one in each period, of what was found before the period's mail hour. Pure.

Days begin at midnight where the site is; weeks on Monday, months on the first, mails at eight in the morning.
What is found after the hour waits for the next period's, also when the worker was away at the hour itself.
"""

import calendar
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

MAIL_HOUR = time(8)


@dataclass(frozen=True, kw_only=True)
class Period:
    """A span with at most one mail: its name, and until when something must have been found to be in it."""

    name: str
    opened_at: datetime


def period_of(frequency: str, *, at: datetime, zone: ZoneInfo) -> Period:
    """The period that this moment belongs to, for `immediate`, `weekly` or `monthly`."""
    today = at.astimezone(zone).date()
    if frequency == "immediate":
        return Period(name=f"{today:%Y-%m-%d}", opened_at=at)
    first = _first_day(frequency, today)
    if at < _hour(first, zone):  # this period's mail hour is still to come
        first = _first_day(frequency, first - timedelta(days=1))
    year, week, _ = first.isocalendar()
    name = f"{year}-W{week:02}" if frequency == "weekly" else f"{first:%Y-%m}"
    return Period(name=name, opened_at=_hour(first, zone))


def may_mail(frequency: str, *, last_at: datetime | None, at: datetime, zone: ZoneInfo) -> bool:
    """Whether no mail has gone out in this period, also one of another frequency that she has left."""
    return last_at is None or last_at < last_before(frequency, at=at, zone=zone)


def last_before(frequency: str, *, at: datetime, zone: ZoneInfo) -> datetime:
    """The moment before which the last mail must lie, so that another may go out now."""
    midnight = datetime.combine(at.astimezone(zone).date(), time(), zone)
    return min(midnight, period_of(frequency, at=at, zone=zone).opened_at)


def months_later(day: date, months: int) -> date:
    """The same day some months on; the month's last where it has none, as 28 February for 31 January."""
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def _first_day(frequency: str, day: date) -> date:
    if frequency == "weekly":
        return day - timedelta(days=day.weekday())
    if frequency == "monthly":
        return day.replace(day=1)
    raise ValueError(f"frequency {frequency!r}: wanted immediate, weekly or monthly")


def _hour(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, MAIL_HOUR, zone)
