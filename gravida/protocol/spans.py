"""Numbers and dates known between two bounds: compared, added, and put into functions."""

import calendar
import operator
from collections.abc import Callable, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import Any, Literal

from msgspec import Struct

from gravida.protocol.values import (
    Answer,
    Comparator,
    DaySpan,
    GestationalAge,
    Missing,
    PartialDate,
    Quantity,
)


class CannotCombine(Exception):
    """Values that do not go together: what was found, what was wanted."""

    def __init__(self, *, found: str, wanted: str) -> None:
        super().__init__(f"found {found}, wanted {wanted}")
        self.found = found
        self.wanted = wanted


class Span(Struct, frozen=True, gc=False):
    """All that a number or date can be. Dates count in days (date.toordinal), lengths of time in days.

    An open end does not itself belong to the span: a result "below 5" is from minus infinity to 5, open.
    """

    low: Decimal
    high: Decimal
    kind: Literal["number", "date"] = "number"
    low_open: bool = False
    high_open: bool = False
    unit: str = ""

    @classmethod
    def of_numbers(cls, low: int | Decimal, high: int | Decimal) -> "Span":
        """From `low` to `high`, both included."""
        return cls(Decimal(low), Decimal(high))

    @property
    def is_point(self) -> bool:
        return self.low == self.high and not (self.low_open or self.high_open)

    def __str__(self) -> str:
        ends = [str(_date(end)) if self.kind == "date" else str(end) for end in (self.low, self.high)]
        return ends[0] if self.is_point else "..".join(ends)

    def hull(self, other: "Span") -> "Span":
        """The smallest span that holds both, ends included."""
        return Span(min(self.low, other.low), max(self.high, other.high), self.kind)


# What a name can stand for while an expression is worked out.
Held = (
    None
    | Missing
    | Answer
    | bool
    | int
    | Decimal
    | str
    | frozenset[str]
    | date
    | PartialDate
    | GestationalAge
    | DaySpan
    | Quantity
    | Span
)

_INFINITY = Decimal("Infinity")
_UNKNOWN = Answer.UNKNOWN


def span_of(value: Held) -> Span | None:
    """The number or date as a span; None where the value is neither, or absent."""
    if isinstance(value, Span):
        return value
    if isinstance(value, bool):
        return None
    if isinstance(value, int | Decimal):
        return Span(Decimal(value), Decimal(value))
    if isinstance(value, GestationalAge | DaySpan):
        return Span.of_numbers(value.min_days, value.max_days)
    if isinstance(value, Quantity):
        return _span_of_quantity(value)
    return _span_of_day(value)


def _span_of_day(value: Held) -> Span | None:
    if isinstance(value, PartialDate):
        return Span(Decimal(value.earliest.toordinal()), Decimal(value.latest.toordinal()), "date")
    if isinstance(value, date):
        return Span(Decimal(value.toordinal()), Decimal(value.toordinal()), "date")
    return None


def _span_of_quantity(quantity: Quantity) -> Span:
    sign, value, unit = quantity.comparator, quantity.value, quantity.unit
    low = -_INFINITY if sign in (Comparator.BELOW, Comparator.UP_TO) else value
    high = _INFINITY if sign in (Comparator.ABOVE, Comparator.AT_LEAST) else value
    return Span(
        low,
        high,
        low_open=sign is Comparator.ABOVE,
        high_open=sign is Comparator.BELOW,
        unit=unit,
    )


def is_absent(value: Held) -> bool:
    """Whether nobody knows the value: never entered, missing for a reason, or an unknown answer."""
    return value is None or value is _UNKNOWN or isinstance(value, Missing)


def compared(left: Held, comparator: str, right: Held) -> Answer:
    """`left comparator right`; UNKNOWN where either is absent. CannotCombine for values of two kinds."""
    if type(left) in _PLAIN_NUMBERS and type(right) in _PLAIN_NUMBERS:
        return Answer.of(_PLAIN_COMPARISONS[comparator](left, right))
    if is_absent(left) or is_absent(right):
        return _UNKNOWN
    if isinstance(left, str) and isinstance(right, str) and comparator in {"=", "!="}:
        return Answer.of((left == right) is (comparator == "="))
    left, right = _same_unit(left, right)
    first, second = span_of(left), span_of(right)
    if first is not None and second is not None and first.kind == second.kind:
        return _SPAN_COMPARISONS[comparator](first, second)
    if not (isinstance(left, Answer) and isinstance(right, Answer)) or comparator not in {"=", "!="}:
        raise CannotCombine(
            found=f"{left!r} {comparator} {right!r}", wanted="two numbers, two dates, or = of two codes"
        )
    return Answer.of((left == right) is (comparator == "="))


def _same_unit(left: Held, right: Held) -> tuple[Held, Held]:
    """Two quantities in the unit of the first; a number beside a quantity is in that quantity's unit."""
    if isinstance(left, Quantity) and isinstance(right, Quantity) and left.unit != right.unit:
        try:
            return left, right.converted(left.unit)
        except ValueError as error:
            raise CannotCombine(found=f"{left} and {right}", wanted="units of one kind") from error
    return left, right


def below(first: Span, second: Span) -> Answer:
    """Whether every, no, or some value of the first lies under those of the second."""
    if first.high < second.low or (first.high == second.low and (first.high_open or second.low_open)):
        return Answer.YES
    return Answer.NO if first.low >= second.high else Answer.UNKNOWN


def same(first: Span, second: Span) -> Answer:
    """Whether both are one value."""
    if Answer.YES in (below(first, second), below(second, first)):
        return Answer.NO
    return Answer.YES if first.is_point and second.is_point else Answer.UNKNOWN


_PLAIN_NUMBERS = (int, Decimal)
_PLAIN_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
}
_SPAN_COMPARISONS: dict[str, Callable[[Span, Span], Answer]] = {
    "=": same,
    "!=": lambda first, second: ~same(first, second),
    "<": below,
    ">": lambda first, second: below(second, first),
    "<=": lambda first, second: ~below(second, first),
    ">=": lambda first, second: ~below(first, second),
}


def calculated(sign: str, left: Held, right: Held) -> Held:
    """`left sign right`. None where either is absent or the result has no bound, as dividing by 0."""
    if is_absent(left) or is_absent(right):
        return None
    first, second = span_of(left), span_of(right)
    if first is None or second is None or not _goes_together(sign, first, second):
        raise CannotCombine(
            found=f"{left!r} {sign} {right!r}",
            wanted="two numbers, two dates to subtract, or a date and days",
        )
    if not all(end.is_finite() for span in (first, second) for end in (span.low, span.high)):
        return None
    if sign == "/" and second.low <= 0 <= second.high:
        return None
    with localcontext(prec=28):
        ends = [_SIGNS[sign](a, b) for a in (first.low, first.high) for b in (second.low, second.high)]
    moved = first.kind != second.kind  # a date and days give a date; two dates give days
    return _kept(Span(min(ends), max(ends), "date" if moved else "number"))


def _goes_together(sign: str, first: Span, second: Span) -> bool:
    if "date" not in (first.kind, second.kind):
        return True
    if first.kind == second.kind:
        return sign == "-"
    return sign == "+" or (sign == "-" and first.kind == "date")


_SIGNS: dict[str, Callable[[Decimal, Decimal], Decimal]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
}


def _kept(span: Span) -> Span | None:
    """The span, or None where a date left the calendar or a number its bounds."""
    ends = (span.low, span.high)
    if span.kind == "date" and not all(1 <= end <= date.max.toordinal() for end in ends):
        return None
    return span if all(end.is_finite() for end in ends) else None


def _date(ordinal: Decimal) -> date:
    return date.fromordinal(int(ordinal))


def functions(name: str, values: Sequence[Held]) -> Held:
    """A function or an aggregate of docs/grammar.md over values. None where it cannot be told."""
    if name == "first_known":
        return next((value for value in values if not is_absent(value)), None)
    if name in {"first", "latest"}:
        return values[0 if name == "first" else -1] if values else None
    if any(is_absent(value) for value in values):
        return None
    return _FUNCTIONS[name](*values)


def _spans(values: Sequence[Held], kind: str = "") -> list[Span]:
    found = [span_of(value) for value in values]
    spans = [span for span in found if span is not None and kind in {"", span.kind}]
    if len(spans) != len(values) or len({span.kind for span in spans}) > 1:
        raise CannotCombine(found=", ".join(map(repr, values)), wanted=f"{kind or 'number'}s")
    return spans


def _lowest(*values: Held) -> Held:
    spans = _spans(values)
    return Span(min(s.low for s in spans), min(s.high for s in spans), spans[0].kind) if spans else None


def _highest(*values: Held) -> Held:
    spans = _spans(values)
    return Span(max(s.low for s in spans), max(s.high for s in spans), spans[0].kind) if spans else None


def _total(*values: Held) -> Held:
    total: Held = Decimal(0)
    for value in values:
        total = calculated("+", total, value)
    return total


def _whole_months(start: date, end: date) -> int:
    return 12 * (end.year - start.year) + end.month - start.month - (end.day < start.day)


def _completed(per: int) -> Callable[[Held, Held], Held]:
    """Completed months divided by `per`, from the first date to the second; negative where reversed."""

    def between(start: Held, end: Held) -> Held:
        first, second = _spans([start, end], "date")
        fewest = _whole_months(_date(first.high), _date(second.low)) // per
        most = _whole_months(_date(first.low), _date(second.high)) // per
        return Span.of_numbers(fewest, most)

    return between


def _days(start: Held, end: Held) -> Held:
    _spans([start, end], "date")
    return calculated("-", end, start)


def _add_months(start: Held, months: Held) -> Held:
    (day,), (number,) = _spans([start], "date"), _spans([months], "number")
    if not number.is_point or abs(number.low) > 1200:
        return None
    ends = [_month_later(_date(end), int(number.low)) for end in (day.low, day.high)]
    return Span(Decimal(ends[0].toordinal()), Decimal(ends[1].toordinal()), "date")


def _month_later(day: date, months: int) -> date:
    """The same day so many months later; the last day of the month where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not 1 <= year <= 9999:
        raise CannotCombine(found=f"{day} and {months} months", wanted="a date of the calendar")
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _rounded(value: Held, digits: Held = Decimal(0)) -> Held:
    (span,), (places,) = _spans([value], "number"), _spans([digits], "number")
    step = Decimal(1).scaleb(-min(max(int(places.low), 0), 10))
    if not all(end.is_finite() and abs(end) < 10**15 for end in (span.low, span.high)):
        return None
    return Span(span.low.quantize(step, ROUND_HALF_UP), span.high.quantize(step, ROUND_HALF_UP))


def _size(value: Held) -> Held:
    (span,) = _spans([value], "number")
    ends = sorted((abs(span.low), abs(span.high)))
    return Span(Decimal(0) if span.low <= 0 <= span.high else ends[0], ends[1])


def _starts(value: Held, beginning: Held) -> Held:
    if not isinstance(value, str) or not isinstance(beginning, str):
        raise CannotCombine(found=f"{value!r}, {beginning!r}", wanted="two texts")
    return Answer.of(value.startswith(beginning))


def _length(value: Held) -> Held:
    if not isinstance(value, str | frozenset):
        raise CannotCombine(found=repr(value), wanted="a text or an answer of several choices")
    return Decimal(len(value))


def _end(which: Literal["low", "high"]) -> Callable[[Held], Held]:
    def end_of(value: Held) -> Held:
        (span,) = _spans([value])
        end = span.low if which == "low" else span.high
        return Span(end, end, span.kind) if end.is_finite() else None

    return end_of


_FUNCTIONS: dict[str, Callable[..., Held]] = {
    "abs": _size,
    "round": _rounded,
    "years": _completed(12),
    "months": _completed(1),
    "days": _days,
    "add_months": _add_months,
    "starts": _starts,
    "length": _length,
    "low": _end("low"),
    "high": _end("high"),
    "min": _lowest,
    "max": _highest,
    "sum": _total,
}
