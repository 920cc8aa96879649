"""What an expression gives - a number, a date, a code, an answer - told before any data exist."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import Enum

from gravida.protocol.dictionary import Choice, Dictionary, VariableType
from gravida.protocol.expressions import (
    Age,
    Aggregate,
    And,
    Arithmetic,
    Call,
    Compare,
    Day,
    Expression,
    Has,
    Is,
    Measure,
    Name,
    Negative,
    Not,
    Number,
    OneOf,
    Or,
    Text,
    YesNo,
)
from gravida.protocol.units import is_unit
from gravida.protocol.values import PartialDate


class Kind(Enum):
    """What an expression can give. ANY stands for what is wrong already and said once."""

    NUMBER = "a number"
    DATE = "a date"
    CODE = "one choice"
    CODES = "several choices"
    TEXT = "a text"
    ANSWER = "yes or no"
    LINK = "a row of another form"
    ANY = "anything"


KIND_OF_TYPE = {
    VariableType.YN: Kind.ANSWER,
    VariableType.ENUM: Kind.CODE,
    VariableType.MULTI: Kind.CODES,
    VariableType.REF: Kind.LINK,
    **dict.fromkeys((VariableType.INT, VariableType.DEC, VariableType.GA), Kind.NUMBER),
    **dict.fromkeys((VariableType.DATE, VariableType.PDATE, VariableType.DATETIME), Kind.DATE),
}


@dataclass(frozen=True, kw_only=True)
class Complaint:
    """Something in an expression that cannot be: what was found, what was wanted."""

    found: str
    wanted: str


@dataclass(kw_only=True)
class KindReader:
    """Works out kinds within the conditions of one form, and collects complaints."""

    dictionary: Dictionary
    form: str
    complaints: list[Complaint] = field(default_factory=list)

    def complain(self, *, found: str, wanted: str) -> Kind:
        self.complaints.append(Complaint(found=found, wanted=wanted))
        return Kind.ANY

    def kind(self, expression: Expression) -> Kind:
        return _READERS[type(expression)](self, expression)

    def wants(self, expression: Expression, *kinds: Kind) -> Kind:
        """The kind of an expression; a complaint where it is not one of `kinds`."""
        kind = self.kind(expression)
        if kind in {*kinds, Kind.ANY}:
            return kind
        return self.complain(
            found=f"{_shown(expression)}: {kind.value}", wanted=" or ".join(k.value for k in kinds)
        )

    def name(self, name: Name) -> Kind:
        if str(name) == "today":
            return Kind.DATE
        variable = self.dictionary.resolve(name, form=self.form)
        if variable is None:
            return self.complain(
                found=f"{name}, which names no variable", wanted=f"a variable of {self.form} or FORM.variable"
            )
        self._can_be_reached(name)
        return KIND_OF_TYPE.get(variable.type, Kind.TEXT)

    def _can_be_reached(self, name: Name) -> None:
        """One row must be meant: the same form, a form above, or a form without repeats."""
        form = self.dictionary.forms.get(name.form)
        if form is None or form.id == self.form or form.id in self.dictionary.ancestors(self.form):
            return
        if form.repeats or any(
            self.dictionary.forms[above].repeats for above in self.dictionary.ancestors(form.id)
        ):
            wanted = f"latest({name}), or another way to choose among its rows"
            self.complain(found=f"{name}, though {form.id} has many rows", wanted=wanted)

    def choices(self, expression: Expression) -> Sequence[Choice]:
        """The list a variable's codes come from; empty for anything else."""
        name = expression
        if isinstance(expression, Aggregate) and expression.variable:
            name = Name(expression.variable, expression.form)
        if not isinstance(name, Name):
            return ()
        variable = self.dictionary.resolve(name, form=self.form)
        return self.dictionary.choices(variable) if variable else ()

    def code_of(self, variable: Expression, literal: Expression) -> None:
        """Complain where `literal` is no code of the list of `variable`."""
        choices = self.choices(variable)
        code = (
            literal.text
            if isinstance(literal, Number)
            else literal.value
            if isinstance(literal, Text)
            else None
        )
        if choices and code is not None and code not in {choice.code for choice in choices}:
            known = ", ".join(choice.code for choice in choices)
            self.complain(found=f"code {code} of {_shown(variable)}", wanted=f"one of {known}")


def _shown(expression: Expression) -> str:
    if isinstance(expression, Name):
        return str(expression)
    if isinstance(expression, Number):
        return expression.text
    return type(expression).__name__.lower()


def _same_kind(reader: KindReader, left: Expression, right: Expression) -> None:
    first, second = reader.kind(left), reader.kind(right)
    written = isinstance(right, Number | Text) or isinstance(left, Number | Text)
    if Kind.ANY in (first, second) or first is second or (Kind.LINK in (first, second) and written):
        if Kind.CODES in (first, second):
            reader.complain(found=f"{_shown(left)} compared", wanted="several choices has 'code'")
        return
    if Kind.CODE in (first, second) and written:
        reader.code_of(left, right)
        reader.code_of(right, left)
        return
    if {first, second} == {Kind.CODE, Kind.TEXT}:
        return
    reader.complain(found=f"{_shown(left)}: {first.value} beside {second.value}", wanted="two of one kind")


def _compare(reader: KindReader, expression: Compare) -> Kind:
    _same_kind(reader, expression.left, expression.right)
    if expression.comparator not in {"=", "!="}:
        for side in (expression.left, expression.right):
            kind = reader.kind(side) if not isinstance(side, Number) else Kind.NUMBER
            if kind not in {Kind.NUMBER, Kind.DATE, Kind.ANY}:
                found = f"{_shown(side)} {expression.comparator}, though it is {kind.value}"
                reader.complain(found=found, wanted="= or in, or a number or a date")
    return Kind.ANSWER


def _one_of(reader: KindReader, expression: OneOf) -> Kind:
    for item in expression.items:
        _same_kind(reader, expression.left, item)
    return Kind.ANSWER


def _has(reader: KindReader, expression: Has) -> Kind:
    reader.wants(expression.left, Kind.CODES)
    reader.code_of(expression.left, expression.choice)
    return Kind.ANSWER


def _is(reader: KindReader, expression: Is) -> Kind:
    reader.kind(expression.left)
    return Kind.ANSWER


def _answers(reader: KindReader, expression: And | Or | Not) -> Kind:
    for part in expression.parts if isinstance(expression, And | Or) else (expression.of,):
        reader.wants(part, Kind.ANSWER)
    return Kind.ANSWER


def _arithmetic(reader: KindReader, expression: Arithmetic) -> Kind:
    left = reader.wants(expression.left, Kind.NUMBER, Kind.DATE)
    right = reader.wants(expression.right, Kind.NUMBER, Kind.DATE)
    if Kind.DATE not in (left, right):
        return Kind.NUMBER
    if left is right:
        return Kind.NUMBER if expression.sign == "-" else _no_sum_of_dates(reader, expression)
    if expression.sign == "+" or (expression.sign == "-" and left is Kind.DATE):
        return Kind.DATE
    return _no_sum_of_dates(reader, expression)


def _no_sum_of_dates(reader: KindReader, expression: Arithmetic) -> Kind:
    return reader.complain(
        found=f"{expression.sign} with a date", wanted="date - date, date + days or date - days"
    )


_DATES = (Kind.DATE,)
_NUMBERS = (Kind.NUMBER,)
_SIGNATURES: dict[str, tuple[tuple[tuple[Kind, ...], ...], Kind]] = {
    "abs": ((_NUMBERS,), Kind.NUMBER),
    "round": ((_NUMBERS, _NUMBERS), Kind.NUMBER),
    "years": ((_DATES, _DATES), Kind.NUMBER),
    "months": ((_DATES, _DATES), Kind.NUMBER),
    "days": ((_DATES, _DATES), Kind.NUMBER),
    "add_months": ((_DATES, _NUMBERS), Kind.DATE),
    "starts": (((Kind.TEXT, Kind.CODE), (Kind.TEXT,)), Kind.ANSWER),
    "length": (((Kind.TEXT, Kind.CODES),), Kind.NUMBER),
}


def _call(reader: KindReader, call: Call) -> Kind:
    if call.function == "if":
        reader.wants(call.arguments[0], Kind.ANSWER)
        return _one_kind(reader, call.arguments[1:])
    if call.function == "first_known":
        return _one_kind(reader, call.arguments)
    if call.function in {"low", "high"}:
        return reader.wants(call.arguments[0], Kind.NUMBER, Kind.DATE)
    wanted, gives = _SIGNATURES[call.function]
    for argument, kinds in zip(call.arguments, wanted, strict=False):
        reader.wants(argument, *kinds)
    return gives


def _one_kind(reader: KindReader, expressions: Sequence[Expression]) -> Kind:
    kinds = [reader.kind(expression) for expression in expressions]
    known = {kind for kind in kinds if kind is not Kind.ANY}
    if len(known) > 1:
        return reader.complain(
            found=" beside ".join(kind.value for kind in kinds), wanted="results of one kind"
        )
    return known.pop() if known else Kind.ANY


def _aggregate(reader: KindReader, expression: Aggregate) -> Kind:
    if expression.form not in reader.dictionary.forms:
        known = ", ".join(reader.dictionary.forms)
        return reader.complain(found=f"form {expression.form}", wanted=f"one of {known}")
    inside = KindReader(dictionary=reader.dictionary, form=expression.form, complaints=reader.complaints)
    if expression.where is not None:
        inside.wants(expression.where, Kind.ANSWER)
    if not expression.variable:
        return Kind.NUMBER if expression.function == "count" else Kind.ANSWER
    if expression.function in {"first", "latest"}:
        return inside.kind(Name(expression.variable))
    return inside.wants(
        Name(expression.variable), *(_NUMBERS if expression.function == "sum" else (Kind.NUMBER, Kind.DATE))
    )


def _measure(reader: KindReader, measure: Measure) -> Kind:
    if not is_unit(measure.unit):
        return reader.complain(found=f"unit '{measure.unit}'", wanted="a UCUM unit after the number")
    return Kind.NUMBER


def _day(reader: KindReader, day: Day) -> Kind:
    try:
        PartialDate.parse(day.text)
    except ValueError:
        return reader.complain(found=f"@{day.text}", wanted="a date of the calendar")
    return Kind.DATE


def _always(kind: Kind) -> Callable[..., Kind]:
    return lambda _reader, _expression: kind


_READERS: dict[type, Callable[..., Kind]] = {
    Number: _always(Kind.NUMBER),
    Measure: _measure,
    Age: _always(Kind.NUMBER),
    Text: _always(Kind.TEXT),
    Day: _day,
    YesNo: _always(Kind.ANSWER),
    Name: lambda reader, name: reader.name(name),
    Negative: lambda reader, expression: reader.wants(expression.of, Kind.NUMBER),
    Arithmetic: _arithmetic,
    Call: _call,
    Aggregate: _aggregate,
    Compare: _compare,
    OneOf: _one_of,
    Has: _has,
    Is: _is,
    Not: _answers,
    And: _answers,
    Or: _answers,
}
