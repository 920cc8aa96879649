"""What an expression is made of: numbers, dates, names, comparisons, answers joined by and, or, not."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from decimal import Decimal
from functools import cached_property
from typing import Literal

Comparator = Literal["=", "!=", "<", "<=", ">", ">="]
State = Literal["known", "missing", "UNK", "NASK", "NAV", "NA", "NPE", "REF", "ILL", "MSK"]

STATES: tuple[State, ...] = ("known", "missing", "UNK", "NASK", "NAV", "NA", "NPE", "REF", "ILL", "MSK")
AGGREGATES = ("count", "any", "min", "max", "sum", "first", "latest")
# name -> how many arguments it takes, (fewest, most)
FUNCTIONS = {
    "abs": (1, 1),
    "round": (1, 2),
    "years": (2, 2),
    "months": (2, 2),
    "days": (2, 2),
    "add_months": (2, 2),
    "if": (3, 3),
    "first_known": (1, 8),
    "starts": (2, 2),
    "length": (1, 1),
    "low": (1, 1),
    "high": (1, 1),
}


@dataclass(frozen=True)
class Number:
    """A number; `text` keeps it as written, so that code 02 stays apart from code 2."""

    value: Decimal
    text: str


@dataclass(frozen=True)
class Measure:
    """A number with its UCUM unit, written 7.0 'mmol/L'."""

    value: Decimal
    unit: str


@dataclass(frozen=True)
class Age:
    """A gestational age in days of amenorrhoea, written 13w6d."""

    days: int


@dataclass(frozen=True)
class Text:
    """A text or the code of a choice, written 'none'."""

    value: str


@dataclass(frozen=True)
class Day:
    """A full or partial date, written @2022, @2022-10 or @2022-10-24."""

    text: str


@dataclass(frozen=True)
class YesNo:
    """The answers yes and no."""

    yes: bool


@dataclass(frozen=True)
class Name:
    """A variable of the same form, or of another one (FORM.variable), or a fact of a criterion."""

    variable: str
    form: str = ""

    @cached_property
    def text(self) -> str:
        """The name as written."""
        return f"{self.form}.{self.variable}" if self.form else self.variable

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True)
class Negative:
    """The number with its sign turned."""

    of: "Expression"


@dataclass(frozen=True)
class Arithmetic:
    """Left and right joined by + - * or /."""

    sign: str
    left: "Expression"
    right: "Expression"


@dataclass(frozen=True)
class Call:
    """A function of FUNCTIONS."""

    function: str
    arguments: tuple["Expression", ...]


@dataclass(frozen=True)
class Aggregate:
    """One answer made of several rows of a form: count(CON where con_fate = 8), latest(FUP.fup_date)."""

    function: str
    form: str
    variable: str = ""
    where: "Expression | None" = None


@dataclass(frozen=True)
class Compare:
    """Left set against right."""

    comparator: Comparator
    left: "Expression"
    right: "Expression"


@dataclass(frozen=True)
class OneOf:
    """Whether the left is one of the items listed."""

    left: "Expression"
    items: tuple["Expression", ...]


@dataclass(frozen=True)
class Has:
    """Whether an answer of several choices has the choice named."""

    left: "Expression"
    choice: "Expression"


@dataclass(frozen=True)
class Is:
    """Whether a value is known, missing, or missing for the reason named. Always yes or no."""

    left: "Expression"
    state: State


@dataclass(frozen=True)
class Not:
    """The answer turned round."""

    of: "Expression"


@dataclass(frozen=True)
class And:
    """Every part."""

    parts: tuple["Expression", ...]


@dataclass(frozen=True)
class Or:
    """Any part."""

    parts: tuple["Expression", ...]


Expression = (
    Number
    | Measure
    | Age
    | Text
    | Day
    | YesNo
    | Name
    | Negative
    | Arithmetic
    | Call
    | Aggregate
    | Compare
    | OneOf
    | Has
    | Is
    | Not
    | And
    | Or
)


def parts_of(expression: Expression) -> Iterator[Expression]:
    """Every expression inside `expression`, itself first, in the order written."""
    yield expression
    for part in _direct_parts(expression):
        yield from parts_of(part)


def names_in(expression: Expression, *, form: str = "") -> Iterator[Name]:
    """Every variable that `expression` reads, with the form it belongs to: `form` where none is written.

    Inside the `where` of an aggregate a bare name belongs to the aggregate's form.
    """
    if isinstance(expression, Name):
        yield expression if expression.form else Name(expression.variable, form)
    if isinstance(expression, Aggregate):
        if expression.variable:
            yield Name(expression.variable, expression.form)
        if expression.where is not None:
            yield from names_in(expression.where, form=expression.form)
        return
    for part in _direct_parts(expression):
        yield from names_in(part, form=form)


def _direct_parts(expression: Expression) -> Iterator[Expression]:
    for field in fields(expression):
        value = getattr(expression, field.name)
        parts = value if isinstance(value, tuple) else (value,)
        yield from (part for part in parts if isinstance(part, Expression))
