"""Expressions of docs/grammar.md worked out for all rows at once, yes, no and cannot tell kept apart.

The numbers are those of gravida/protocol/conditions.py, row by row; a test runs both. What reads other rows
or calendars (aggregates, years, months) has no place in a plan and is refused.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from gravida.analysis.fit import BoolArray, FloatArray
from gravida.analysis.input.table import REASONS, Column, Kind
from gravida.protocol.expressions import (
    Age,
    And,
    Arithmetic,
    Call,
    Compare,
    Day,
    Expression,
    Is,
    Name,
    Negative,
    Not,
    Number,
    OneOf,
    Or,
    Text,
    YesNo,
)
from gravida.protocol.values import PartialDate

_EPOCH = 719163  # date(1970, 1, 1).toordinal()


class NotInPlans(Exception):
    """An expression that a plan cannot hold: it reads other rows, or sets apart what does not compare."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Spans:
    """Numbers known between two bounds; NaN is not known. Shapes: (rows,) or (1,)."""

    low: FloatArray
    high: FloatArray

    @property
    def points(self) -> FloatArray:
        """The number where both bounds are one; else NaN."""
        return np.where(self.low == self.high, self.low, np.nan)


@dataclass(frozen=True, kw_only=True, eq=False)
class Answers:
    """1 yes, 0 no, NaN cannot tell. Shape: (rows,) or (1,)."""

    values: FloatArray


@dataclass(frozen=True, kw_only=True, eq=False)
class Codes:
    """Codes by their words; "" where missing. Shape: (rows,) or (1,)."""

    places: FloatArray
    words: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, eq=False)
class Literal:
    """A number as written, which may stand for a code (02 is not 2)."""

    value: float
    text: str


Value = Spans | Answers | Codes | Literal
Read = Callable[[Name], Column | Spans]


def work_out(expression: Expression, read: Read) -> Value:
    """What an expression comes to for every row. NotInPlans where it cannot be in a plan."""
    evaluator = _EVALUATORS.get(type(expression))
    if evaluator is None:
        raise NotInPlans(f"{type(expression).__name__.lower()}: a plan reads one row at a time")
    return evaluator(expression, read)


def answers(expression: Expression, read: Read) -> FloatArray:
    """The answers to a condition: 1 yes, 0 no, NaN cannot tell; (rows,) or (1,)."""
    return _answers(work_out(expression, read)).values


def numbers(expression: Expression, read: Read) -> FloatArray:
    """The numbers that an expression comes to; an answer counts as 1 or 0; NaN where not known."""
    value = work_out(expression, read)
    return value.values if isinstance(value, Answers) else _spans(value).points


def value_of(column: Column | Spans) -> Value:
    """A column as an expression reads it."""
    if isinstance(column, Spans):
        return column
    if column.kind is Kind.CODE:
        return Codes(places=column.numbers, words=column.words)
    if column.kind is Kind.YES_NO:
        return Answers(values=column.numbers)
    high = column.numbers if column.high is None else column.high
    return Spans(low=column.numbers, high=high)


def _answers(value: Value) -> Answers:
    if isinstance(value, Answers):
        return value
    if isinstance(value, Spans):
        return Answers(values=np.where(np.isin(value.points, (0.0, 1.0)), value.points, np.nan))
    raise NotInPlans(f"{_told(value)}: found no condition, wanted one that answers yes or no")


def _spans(value: Value) -> Spans:
    if isinstance(value, Spans):
        return value
    if isinstance(value, Literal):
        point = np.array([value.value])
        return Spans(low=point, high=point)
    if isinstance(value, Answers):
        return Spans(low=value.values, high=value.values)
    return _numbers_of_codes(value)


def _numbers_of_codes(codes: Codes) -> Spans:
    try:
        of_word = np.array([*(float(word) for word in codes.words), np.nan])
    except ValueError as error:
        raise NotInPlans(f"{_told(codes)}: found codes, wanted numbers") from error
    at = np.where(np.isnan(codes.places), len(codes.words), codes.places).astype(np.int64)
    return Spans(low=of_word[at], high=of_word[at])


def _told(value: Value) -> str:
    if isinstance(value, Codes):
        return f"codes {', '.join(value.words[:5])}"
    return value.text if isinstance(value, Literal) else type(value).__name__.lower()


def _number(expression: Number, read: Read) -> Value:
    return Literal(value=float(expression.value), text=expression.text)


def _age(expression: Age, read: Read) -> Value:
    return Literal(value=float(expression.days), text=str(expression.days))


def _text(expression: Text, read: Read) -> Value:
    return Codes(places=np.zeros(1), words=(expression.value,))


def _day(expression: Day, read: Read) -> Value:
    day = PartialDate.parse(expression.text)
    low, high = (float(end.toordinal() - _EPOCH) for end in (day.earliest, day.latest))
    return Spans(low=np.array([low]), high=np.array([high]))


def _yes_no(expression: YesNo, read: Read) -> Value:
    return Answers(values=np.array([float(expression.yes)]))


def _name(expression: Name, read: Read) -> Value:
    return value_of(read(expression))


def _negative(expression: Negative, read: Read) -> Value:
    of = _spans(work_out(expression.of, read))
    return Spans(low=-of.high, high=-of.low)


def _arithmetic(expression: Arithmetic, read: Read) -> Value:
    left, right = (_spans(work_out(side, read)) for side in (expression.left, expression.right))
    if expression.sign == "+":
        return Spans(low=left.low + right.low, high=left.high + right.high)
    if expression.sign == "-":
        return Spans(low=left.low - right.high, high=left.high - right.low)
    with np.errstate(divide="ignore", invalid="ignore"):
        if expression.sign == "/":
            inside = (right.low <= 0) & (right.high >= 0)  # dividing by what may be zero: not known
            ends = [_divided(a, b, inside) for a in (left.low, left.high) for b in (right.low, right.high)]
        else:
            ends = [a * b for a in (left.low, left.high) for b in (right.low, right.high)]
    return Spans(low=np.minimum.reduce(ends), high=np.maximum.reduce(ends))


def _divided(above: FloatArray, below: FloatArray, inside: BoolArray) -> FloatArray:
    return np.where(inside, np.nan, above / np.where(below == 0, np.nan, below))


def _compare(expression: Compare, read: Read) -> Value:
    left, right = work_out(expression.left, read), work_out(expression.right, read)
    sign = expression.comparator
    if sign in ("=", "!="):
        same = _same(left, right)
        return Answers(values=same if sign == "=" else 1.0 - same)
    if sign in (">", ">="):
        left, right, sign = right, left, "<" if sign == ">" else "<="
    first, second = _spans(left), _spans(right)
    if sign == "<":
        return Answers(values=_before(first, second))
    return Answers(values=1.0 - _before(second, first))


def _before(first: Spans, second: Spans) -> FloatArray:
    """Whether every, no or some number of the first lies below those of the second."""
    unknown = np.isnan(first.low) | np.isnan(first.high) | np.isnan(second.low) | np.isnan(second.high)
    yes, no = first.high < second.low, first.low >= second.high
    return np.where(unknown, np.nan, np.where(yes, 1.0, np.where(no, 0.0, np.nan)))


def _same(left: Value, right: Value) -> FloatArray:
    if isinstance(right, Codes) and not isinstance(left, Codes):
        left, right = right, left
    if isinstance(left, Codes):
        return _same_code(left, right)
    if isinstance(left, Answers) or isinstance(right, Answers):
        first, second = _answer_values(left), _answer_values(right)
        return np.where(np.isnan(first) | np.isnan(second), np.nan, (first == second).astype(np.float64))
    a, b = _spans(left), _spans(right)
    apart = (a.high < b.low) | (b.high < a.low)
    points = (a.low == a.high) & (b.low == b.high)
    unknown = np.isnan(a.low) | np.isnan(b.low) | np.isnan(a.high) | np.isnan(b.high)
    return np.where(unknown, np.nan, np.where(apart, 0.0, np.where(points, 1.0, np.nan)))


def _answer_values(value: Value) -> FloatArray:
    return value.values if isinstance(value, Answers) else _spans(value).points


def _same_code(codes: Codes, other: Value) -> FloatArray:
    unknown = np.isnan(codes.places)
    if isinstance(other, Literal):
        word = other.text
    elif isinstance(other, Codes) and len(other.places) == 1:
        word = other.words[0]
    elif isinstance(other, Codes):
        mine = np.array([*codes.words, ""])[_at(codes)]
        theirs = np.array([*other.words, ""])[_at(other)]
        unknown = unknown | np.isnan(other.places)
        return np.where(unknown, np.nan, (mine == theirs).astype(np.float64))
    else:
        return _same(_numbers_of_codes(codes), other)
    place = codes.words.index(word) if word in codes.words else -1
    return np.where(unknown, np.nan, (codes.places == place).astype(np.float64))


def _at(codes: Codes) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.where(np.isnan(codes.places), len(codes.words), codes.places).astype(np.int64)


def _one_of(expression: OneOf, read: Read) -> Value:
    left = work_out(expression.left, read)
    return Answers(values=_any([_same(left, work_out(item, read)) for item in expression.items]))


def _is(expression: Is, read: Read) -> Value:
    if not isinstance(expression.left, Name):
        raise NotInPlans(f"is {expression.state}: wanted the name of a column before it")
    column = read(expression.left)
    if isinstance(column, Spans):
        missing = np.where(np.isnan(column.points), 1, 0)
    else:
        missing = column.missing.astype(np.int64)
    if expression.state in ("known", "missing"):
        return Answers(values=((missing == 0) == (expression.state == "known")).astype(np.float64))
    return Answers(values=(missing == REASONS.index(expression.state)).astype(np.float64))


def _not(expression: Not, read: Read) -> Value:
    return Answers(values=1.0 - answers(expression.of, read))


def _and(expression: And, read: Read) -> Value:
    return Answers(values=1.0 - _any([1.0 - answers(part, read) for part in expression.parts]))


def _or(expression: Or, read: Read) -> Value:
    return Answers(values=_any([answers(part, read) for part in expression.parts]))


def _any(parts: list[FloatArray]) -> FloatArray:
    """Kleene's or: yes where any part is, no where all are, else cannot tell."""
    parts = list(np.broadcast_arrays(*parts))
    yes = np.logical_or.reduce([part == 1.0 for part in parts])
    no = np.logical_and.reduce([part == 0.0 for part in parts])
    return np.where(yes, 1.0, np.where(no, 0.0, np.nan))


def _call(expression: Call, read: Read) -> Value:
    if expression.function == "if":
        return _if(expression, read)
    arguments = [_spans(work_out(argument, read)) for argument in expression.arguments]
    first = arguments[0]
    if expression.function == "low":
        return Spans(low=first.low, high=first.low)
    if expression.function == "high":
        return Spans(low=first.high, high=first.high)
    if expression.function == "days":
        return Spans(low=arguments[1].low - first.high, high=arguments[1].high - first.low)
    if expression.function == "first_known":
        return _first_known(arguments)
    if expression.function == "abs":
        across = (first.low < 0) & (first.high > 0)
        ends = np.abs(first.low), np.abs(first.high)
        return Spans(low=np.where(across, 0.0, np.minimum(*ends)), high=np.maximum(*ends))
    raise NotInPlans(f"{expression.function}(): wanted abs, days, first_known, high, if or low in a plan")


def _first_known(arguments: list[Spans]) -> Spans:
    low, high = arguments[0].low, arguments[0].high
    for argument in arguments[1:]:
        unknown = np.isnan(low)
        low, high = np.where(unknown, argument.low, low), np.where(unknown, argument.high, high)
    return Spans(low=low, high=high)


def _if(expression: Call, read: Read) -> Value:
    condition = answers(expression.arguments[0], read)
    yes, no = (_spans(work_out(argument, read)) for argument in expression.arguments[1:])
    return Spans(
        low=np.where(condition == 1, yes.low, np.where(condition == 0, no.low, np.minimum(yes.low, no.low))),
        high=np.where(
            condition == 1, yes.high, np.where(condition == 0, no.high, np.maximum(yes.high, no.high))
        ),
    )


_EVALUATORS: dict[type, Callable[..., Value]] = {
    Number: _number,
    Age: _age,
    Text: _text,
    Day: _day,
    YesNo: _yes_no,
    Name: _name,
    Negative: _negative,
    Arithmetic: _arithmetic,
    Compare: _compare,
    OneOf: _one_of,
    Is: _is,
    Not: _not,
    And: _and,
    Or: _or,
    Call: _call,
}
