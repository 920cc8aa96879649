"""Values as people tell them: three-valued answers, partial dates, gestational ages, quantities."""

import re
from calendar import monthrange
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from enum import Enum
from functools import lru_cache

from msgspec import Struct

from gravida.protocol.answers import Answer, Missing, before

__all__ = [
    "CONCEPTION_AFTER_PERIOD_DAYS", "Answer", "Comparator", "Convention", "DaySpan", "GestationalAge",
    "Missing", "PartialDate", "Quantity", "Value", "before", "day_told", "number_told",
]  # fmt: skip

_YES, _NO, _UNKNOWN = Answer.YES, Answer.NO, Answer.UNKNOWN


class DaySpan(Struct, frozen=True, gc=False):
    """A number of days known between two bounds, both included."""

    min_days: int
    max_days: int

    def __post_init__(self) -> None:
        if self.min_days > self.max_days:
            raise ValueError(f"{self.min_days}..{self.max_days} days: need the lower bound first")

    def __str__(self) -> str:
        return str(self.min_days) if self.min_days == self.max_days else f"{self.min_days}..{self.max_days}"

    def at_least(self, days: int) -> Answer:
        """Whether the span reaches a number of days."""
        return ~before(self.max_days, days, self.min_days, days)


_PARTIAL_DATE = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")


class PartialDate(Struct, frozen=True, gc=False):
    """A date known to the day, the month or the year, held as its first and last possible day.

    `<`, `<=`, `>`, `>=` against a date or another partial date give an Answer. `==` asks whether two
    values are written alike; whether two events fell on one day is `same_day`.
    """

    earliest: date
    latest: date

    def __post_init__(self) -> None:
        if self.earliest > self.latest:
            raise ValueError(f"{self.earliest}..{self.latest}: need the earlier day first")

    @classmethod
    def parse(cls, text: str) -> "PartialDate":
        """`YYYY`, `YYYY-MM` or `YYYY-MM-DD`. ValueError on anything else, and on days no calendar has."""
        return _parse_partial_date(text)

    @classmethod
    def of(cls, day: date) -> "PartialDate":
        """A date known to the day."""
        return cls(day, day)

    @property
    def is_exact(self) -> bool:
        return self.earliest == self.latest

    def __str__(self) -> str:
        if self.earliest == self.latest:
            return self.earliest.isoformat()
        month_end = monthrange(self.latest.year, self.latest.month)[1]
        whole_months = self.earliest.day == 1 and self.latest.day == month_end
        if whole_months and self.earliest.year == self.latest.year:
            if self.earliest.month == self.latest.month:
                return f"{self.earliest:%Y-%m}"
            if (self.earliest.month, self.latest.month) == (1, 12):
                return f"{self.earliest:%Y}"
        return f"{self.earliest.isoformat()}..{self.latest.isoformat()}"

    def __lt__(self, other: "PartialDate | date") -> Answer:
        if not isinstance(other, PartialDate):
            other = PartialDate(other, other)
        if self.latest < other.earliest:
            return _YES
        return _NO if self.earliest >= other.latest else _UNKNOWN

    def __gt__(self, other: "PartialDate | date") -> Answer:
        return _partial(other) < self

    def __le__(self, other: "PartialDate | date") -> Answer:
        if not isinstance(other, PartialDate):
            other = PartialDate(other, other)
        if other.latest < self.earliest:
            return _NO
        return _YES if other.earliest >= self.latest else _UNKNOWN

    def __ge__(self, other: "PartialDate | date") -> Answer:
        return ~(self < other)

    def same_day(self, other: "PartialDate | date") -> Answer:
        """Whether both fell on one day."""
        other = _partial(other)
        if self.latest < other.earliest or other.latest < self.earliest:
            return Answer.NO
        return Answer.YES if self.is_exact and other.is_exact else Answer.UNKNOWN

    def shifted(self, days: int) -> "PartialDate":
        """The same uncertainty, so many days later (earlier where negative)."""
        move = timedelta(days=days)
        return PartialDate(self.earliest + move, self.latest + move)

    def days_since(self, start: "PartialDate | date") -> DaySpan:
        """Days from `start` to this date, fewest and most; negative where this date may come first."""
        start = _partial(start)
        return DaySpan((self.earliest - start.latest).days, (self.latest - start.earliest).days)


def _partial(day: PartialDate | date) -> PartialDate:
    return day if isinstance(day, PartialDate) else PartialDate(day, day)


@lru_cache(maxsize=65536)
def day_told(text: str) -> PartialDate:
    """The day of a date, whole or partial, or of a point in time. ValueError where the text is none."""
    return _parse_partial_date(text.partition("T")[0])


@lru_cache(maxsize=65536)
def _parse_partial_date(text: str) -> PartialDate:
    if len(text) == 10 and text[4] == text[7] == "-":
        with suppress(ValueError):  # said below, with what was wanted
            return PartialDate.of(date.fromisoformat(text))
    match = _PARTIAL_DATE.fullmatch(text)
    if match is None:
        raise ValueError(f"date {text!r}: wanted YYYY, YYYY-MM or YYYY-MM-DD")
    year, month, day = (int(part) if part else None for part in match.groups())
    try:
        if year is None or month is None:
            return PartialDate(date(year or 0, 1, 1), date(year or 0, 12, 31))
        if day is None:
            return PartialDate(date(year, month, 1), date(year, month, monthrange(year, month)[1]))
        return PartialDate.of(date(year, month, day))
    except ValueError as error:
        raise ValueError(f"date {text!r}: no calendar has it") from error


class Convention(Enum):
    """From which day a told gestational age was counted."""

    __hash__ = object.__hash__  # members are single objects; rules look them up all the time

    AMENORRHOEA = "SA"  # semaines d'aménorrhée: from the last menstrual period
    SINCE_CONCEPTION = "SG"  # semaines de grossesse: two weeks fewer
    UNKNOWN = "unknown"


# Weeks of amenorrhoea count from the last period, weeks of pregnancy from conception, two weeks later.
CONCEPTION_AFTER_PERIOD_DAYS = 14


class GestationalAge(Struct, frozen=True, gc=False):
    """A gestational age in days of amenorrhoea, between two bounds, with the convention it was told in.

    `<`, `<=`, `>`, `>=` give an Answer. Written in completed weeks and days: `13+6`.
    """

    min_days: int
    max_days: int
    convention: Convention = Convention.AMENORRHOEA

    def __post_init__(self) -> None:
        if not 0 <= self.min_days <= self.max_days:
            raise ValueError(
                f"gestational age {self.min_days}..{self.max_days} days: need 0 <= fewest <= most"
            )

    @classmethod
    def weeks(cls, weeks: int, days: int = 0) -> "GestationalAge":
        """Exactly so many weeks and days of amenorrhoea, as limits are written."""
        return cls(weeks * 7 + days, weeks * 7 + days)

    @staticmethod
    @lru_cache(maxsize=16384)  # pregnancies last 44 weeks: the same few ages come back all the time
    def spanning(
        min_days: int, max_days: int, convention: Convention = Convention.AMENORRHOEA
    ) -> "GestationalAge":
        """The same object for the same age."""
        return GestationalAge(min_days, max_days, convention)

    @classmethod
    def told(cls, *, weeks: int, days: int | None = None, convention: Convention) -> "GestationalAge":
        """A gestational age as someone told it.

        Without days it is the whole completed week; in an unknown convention it is either reading and
        all between. ValueError unless weeks >= 0 and days lie in 0..6.
        """
        if weeks < 0 or not (days is None or 0 <= days <= 6):
            raise ValueError(f"gestational age told as {weeks} weeks {days} days: need weeks >= 0, days 0..6")
        fewest = weeks * 7 + (days or 0)
        most = weeks * 7 + (6 if days is None else days)
        earliest_shift = CONCEPTION_AFTER_PERIOD_DAYS if convention is Convention.SINCE_CONCEPTION else 0
        latest_shift = 0 if convention is Convention.AMENORRHOEA else CONCEPTION_AFTER_PERIOD_DAYS
        return cls.spanning(fewest + earliest_shift, most + latest_shift, convention)

    @classmethod
    def between(cls, day_zero: PartialDate | date, day: PartialDate | date) -> "GestationalAge":
        """The age on `day` of a pregnancy whose day 0 of amenorrhoea is `day_zero`.

        Never below 0 when dates are partial. ValueError where the day lies before day 0 for certain.
        """
        span = _partial(day).days_since(day_zero)
        if span.max_days < 0:
            raise ValueError(f"{day} lies before day 0, {day_zero}: need a day on or after it")
        return cls(max(0, span.min_days), span.max_days)

    @property
    def is_exact(self) -> bool:
        return self.min_days == self.max_days

    def __str__(self) -> str:
        bounds = [f"{days // 7}+{days % 7}" for days in (self.min_days, self.max_days)]
        return bounds[0] if self.is_exact else "..".join(bounds)

    def __lt__(self, other: "GestationalAge") -> Answer:
        if self.max_days < other.min_days:
            return _YES
        return _NO if self.min_days >= other.max_days else _UNKNOWN

    def __gt__(self, other: "GestationalAge") -> Answer:
        return other < self

    def __le__(self, other: "GestationalAge") -> Answer:
        return ~(other < self)

    def __ge__(self, other: "GestationalAge") -> Answer:
        if self.max_days < other.min_days:
            return _NO
        return _YES if self.min_days >= other.max_days else _UNKNOWN


class Comparator(Enum):
    """What a laboratory wrote before a number. A value below detection is `<` its limit, never 0."""

    __hash__ = object.__hash__  # members are single objects; rules look them up all the time

    EQUAL = "="
    BELOW = "<"
    UP_TO = "<="
    ABOVE = ">"
    AT_LEAST = ">="


_QUANTITY = re.compile(r"(<=|>=|=|<|>|≤|≥)?\s*([+-]?[0-9]+(?:[.,][0-9]+)?)(?:\s*(\S+))?")


class Quantity(Struct, frozen=True, gc=False):
    """A number with its comparator and its unit, in UCUM; as many decimals as were typed.

    `<`, `<=`, `>`, `>=` against a quantity give an Answer; units of one kind are converted. ValueError
    where units cannot be compared: mass and amount of substance need `converted` with the analyte first.
    """

    value: Decimal
    unit: str = "1"
    comparator: Comparator = Comparator.EQUAL

    @classmethod
    def parse(cls, text: str, unit: str | None = None) -> "Quantity":
        """`12,5`, `< 0.01 m[IU]/L`: comma or point. ValueError on anything else or on two different units."""
        return _parse_quantity(text, unit)

    def __str__(self) -> str:
        sign = "" if self.comparator is Comparator.EQUAL else f"{self.comparator.value} "
        return f"{sign}{self.value}" + ("" if self.unit == "1" else f" {self.unit}")

    def converted(self, unit: str, *, analyte: str | None = None) -> "Quantity":
        """The same quantity in another unit; between mass and amount where the analyte is named.

        ValueError where no factor is known, naming both units and the analyte.
        """
        from gravida.protocol.values_conversion import converted  # noqa: PLC0415 - few rules convert

        if unit == self.unit:
            return self
        return Quantity(converted(self.value, self.unit, unit, analyte), unit, self.comparator)

    def __lt__(self, other: "Quantity") -> Answer:
        return _below(_bounds(self), _bounds(other.converted(self.unit)))

    def __gt__(self, other: "Quantity") -> Answer:
        return other < self

    def __le__(self, other: "Quantity") -> Answer:
        return ~(other < self)

    def __ge__(self, other: "Quantity") -> Answer:
        return ~(self < other)


@lru_cache(maxsize=16384)
def number_told(text: str) -> Decimal:
    """The number of a quantity, without its sign and its unit. ValueError where the text is none."""
    return _parse_quantity(text, None).value


@lru_cache(maxsize=16384)
def _parse_quantity(text: str, unit: str | None) -> Quantity:
    match = _QUANTITY.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"quantity {text!r}: wanted a number, perhaps with <, <=, > or >= and a unit")
    sign, number, written_unit = match.groups()
    if unit is not None and written_unit not in (None, unit):
        raise ValueError(f"quantity {text!r}: found unit {written_unit!r}, wanted {unit!r}")
    try:
        value = Decimal(number.replace(",", "."))
    except InvalidOperation as error:  # pragma: no cover - the pattern admits only numbers
        raise ValueError(f"quantity {text!r}: {number!r} is no number") from error
    comparator = Comparator({"≤": "<=", "≥": ">=", None: "="}.get(sign, sign))
    return Quantity(value, written_unit or unit or "1", comparator)


@dataclass(frozen=True, slots=True)
class _Bounds:
    """Where a quantity can lie; None is without bound."""

    low: Decimal | None
    low_included: bool
    high: Decimal | None
    high_included: bool


def _bounds(quantity: Quantity) -> _Bounds:
    sign, value = quantity.comparator, quantity.value
    included = sign in (Comparator.EQUAL, Comparator.UP_TO, Comparator.AT_LEAST)
    low = None if sign in (Comparator.BELOW, Comparator.UP_TO) else value
    high = None if sign in (Comparator.ABOVE, Comparator.AT_LEAST) else value
    return _Bounds(low, included, high, included)


def _below(first: _Bounds, second: _Bounds) -> Answer:
    """Whether every, no, or some value of the first lies strictly below those of the second."""
    if first.high is not None and second.low is not None:
        touching = first.high == second.low and not (first.high_included and second.low_included)
        if first.high < second.low or touching:
            return Answer.YES
    if first.low is not None and second.high is not None and first.low >= second.high:
        return Answer.NO
    return Answer.UNKNOWN


# What a form's variable can hold when rules read it.
Value = bool | int | Decimal | str | PartialDate | GestationalAge | Quantity | Missing | None
