"""Working days of a centre: Monday to Friday but for the public holidays of its calendar.

Pure: the day and the calendar are arguments.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

# When work begins: what comes in at night or on a holiday is counted from then.
OPENS_AT = time(9)
_SATURDAY = 5


class UnknownCalendar(Exception):
    """A calendar that no public holidays are known for; carries its code."""


@dataclass(frozen=True, kw_only=True)
class Calendar:
    """Whose holidays are kept, and on whose clock.

    `code` is a country as FR, or with its region as FR-6AE (Alsace) or FR-57 (Moselle); empty: none known.
    """

    code: str = "FR"
    zone: str = "Europe/Paris"

    def local(self, moment: datetime) -> datetime:
        """The moment on the centre's clock."""
        return moment.astimezone(ZoneInfo(self.zone))


def is_working_day(day: date, calendar: Calendar) -> bool:
    """Whether the centre works on this day."""
    return day.weekday() < _SATURDAY and day not in _holidays(calendar.code, day.year)


def next_working_day(day: date, calendar: Calendar) -> date:
    """This day if the centre works on it, else the first after it."""
    while not is_working_day(day, calendar):
        day += timedelta(days=1)
    return day


def after_working_days(moment: datetime, days: int, calendar: Calendar) -> datetime:
    """The same hour so many working days later, in UTC.

    What falls on a day without work counts from the beginning of work on the next working day: a message of
    Saturday is two working days old on Wednesday morning, one of Friday at 15:00 on Tuesday at 15:00.
    The hour is kept on the centre's clock, also over a change of the clock.
    """
    here = calendar.local(moment)
    day = next_working_day(here.date(), calendar)
    hour = here.time() if day == here.date() else OPENS_AT
    for _ in range(days):
        day = next_working_day(day + timedelta(days=1), calendar)
    return datetime.combine(day, hour, tzinfo=here.tzinfo).astimezone(moment.tzinfo)


def after_days(moment: datetime, days: int, calendar: Calendar) -> datetime:
    """The same hour so many days later on the centre's clock."""
    here = calendar.local(moment)
    later = datetime.combine(here.date() + timedelta(days=days), here.time(), tzinfo=here.tzinfo)
    return later.astimezone(moment.tzinfo)


def working_days_between(start: datetime, end: datetime, calendar: Calendar) -> float:
    """Working days from one moment to another, the parts of the first and the last day by the hour.

    A working day has 24 hours here, so that a quarter of one is six hours; holidays and week-ends have none.
    0.0 where the end is not after the start.
    """
    first, last = calendar.local(start), calendar.local(end)
    if last <= first:
        return 0.0
    total = 0.0
    day = first.date()
    while day <= last.date():
        if is_working_day(day, calendar):
            begins = _share(first) if day == first.date() else 0.0
            ends = _share(last) if day == last.date() else 1.0
            total += ends - begins
        day += timedelta(days=1)
    return total


def _share(moment: datetime) -> float:
    """How much of its day has passed on the clock, in [0, 1)."""
    return (moment.hour * 3600 + moment.minute * 60 + moment.second) / 86400


@lru_cache(maxsize=400)
def _holidays(code: str, year: int) -> frozenset[date]:
    if not code:
        return frozenset()
    country, _, region = code.partition("-")
    try:
        return frozenset(holidays.country_holidays(country, subdiv=region or None, years=year))
    except NotImplementedError as error:
        raise UnknownCalendar(code) from error
