"""An expression worked out over what is known: its value or answer, and which values decided it."""

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Protocol

from msgspec import Struct

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
from gravida.protocol.spans import (
    CannotCombine,
    Held,
    Span,
    calculated,
    compared,
    functions,
    span_of,
)
from gravida.protocol.values import Answer, Missing, PartialDate, Quantity


class Facts(Protocol):
    """What is known of one person, pregnancy or other row."""

    def read(self, name: Name) -> Held:
        """The value that a name stands for; None where nobody entered one."""
        ...

    def rows(self, form: str) -> Iterable["Facts"]:
        """The rows of a form that belong to this one, in their order."""
        ...


class NamedFacts(Struct, frozen=True, kw_only=True, gc=False):
    """Facts held by name alone, as the criteria read them; a name that is absent is unknown."""

    values: Mapping[str, Held]

    def read(self, name: Name) -> Held:
        return self.values.get(name.text)

    def rows(self, form: str) -> Iterable[Facts]:
        return ()


_UNKNOWN = Answer.UNKNOWN


class Used(Struct, frozen=True, gc=False):
    """A value that took part: the name it was read by and what was found there."""

    name: str
    value: Held

    @property
    def is_settled(self) -> bool:
        """Whether the value is known to the point: neither absent nor a range."""
        if isinstance(self.value, Answer):
            return self.value is not _UNKNOWN
        if self.value is None or isinstance(self.value, Missing):
            return False
        span = span_of(self.value)
        return span is None or span.is_point


class Evaluated(Struct, frozen=True, gc=False):
    """What an expression comes to, and the values that decided it."""

    value: Held
    because: tuple[Used, ...] = ()


class Verdict(Struct, frozen=True, gc=False):
    """The answer to a condition, the values that decided it, and what would settle it."""

    answer: Answer
    because: tuple[Used, ...] = ()

    @property
    def unsettled(self) -> tuple[str, ...]:
        """Names whose value would settle the answer; empty where it is yes or no."""
        if self.answer is not Answer.UNKNOWN:
            return ()
        return tuple(dict.fromkeys(used.name for used in self.because if not used.is_settled))


def judge(condition: Expression, facts: Facts) -> Verdict:
    """The answer to a condition. CannotCombine where it is none, or joins what does not go together."""
    found = _EVALUATORS[type(condition)](condition, facts)
    return Verdict(_answer(found.value), found.because)


def any_of(verdicts: "list[Verdict]") -> Verdict:
    """The verdict of conditions of which one is enough."""
    found = _decided(verdicts, alone=Answer.YES)
    return Verdict(_answer(found.value), found.because)


def evaluate(expression: Expression, facts: Facts) -> Evaluated:
    """What the expression comes to; None where it cannot be told. CannotCombine as in judge."""
    return _EVALUATORS[type(expression)](expression, facts)


def _answer(value: Held) -> Answer:
    if isinstance(value, Answer):
        return value
    if value is None or isinstance(value, Missing):
        return _UNKNOWN
    if isinstance(value, bool):
        return Answer.of(value)
    raise CannotCombine(found=repr(value), wanted="yes or no")


def _joined(parts: Iterable[tuple[Used, ...]]) -> tuple[Used, ...]:
    told = [part for part in parts if part]
    if len(told) < 2:
        return told[0] if told else ()
    return tuple(dict.fromkeys([used for part in told for used in part]))


def _literal(value: Callable[..., Held]) -> Callable[..., Evaluated]:
    return lambda expression, _facts: Evaluated(value(expression))


def _name(name: Name, facts: Facts) -> Evaluated:
    value = facts.read(name)
    if isinstance(value, bool):
        value = Answer.of(value)
    return Evaluated(value, (Used(name.text, value),))


def _negative(expression: Negative, facts: Facts) -> Evaluated:
    inner = evaluate(expression.of, facts)
    return Evaluated(value=calculated("-", Decimal(0), inner.value), because=inner.because)


def _arithmetic(expression: Arithmetic, facts: Facts) -> Evaluated:
    left, right = evaluate(expression.left, facts), evaluate(expression.right, facts)
    return Evaluated(
        value=calculated(expression.sign, left.value, right.value),
        because=_joined((left.because, right.because)),
    )


def _call(call: Call, facts: Facts) -> Evaluated:
    if call.function == "if":
        return _choose(call, facts)
    arguments = [evaluate(argument, facts) for argument in call.arguments]
    value = functions(call.function, [argument.value for argument in arguments])
    return Evaluated(value=value, because=_joined(argument.because for argument in arguments))


def _choose(call: Call, facts: Facts) -> Evaluated:
    """`if(condition, then, otherwise)`: where the condition is unknown, all that both could be."""
    condition, then, otherwise = call.arguments
    verdict = judge(condition, facts)
    if verdict.answer is not Answer.UNKNOWN:
        chosen = evaluate(then if verdict.answer is Answer.YES else otherwise, facts)
        return Evaluated(value=chosen.value, because=_joined((verdict.because, chosen.because)))
    first, second = evaluate(then, facts), evaluate(otherwise, facts)
    because = _joined((verdict.because, first.because, second.because))
    if first.value == second.value:
        return Evaluated(value=first.value, because=because)
    one, other = span_of(first.value), span_of(second.value)
    value = one.hull(other) if one and other and one.kind == other.kind else None
    return Evaluated(value=value, because=because)


def _compare(expression: Compare, facts: Facts) -> Evaluated:
    left, right = evaluate(expression.left, facts), evaluate(expression.right, facts)
    answer = compared(
        _as_code(expression.left, left.value, right.value),
        expression.comparator,
        _as_code(expression.right, right.value, left.value),
    )
    return Evaluated(answer, _joined((left.because, right.because)))


def _as_code(written: Expression, value: Held, other: Held) -> Held:
    """A number written beside a code is that code, sign for sign: 02 is not 2."""
    return written.text if isinstance(written, Number) and isinstance(other, str) else value


def _one_of(expression: OneOf, facts: Facts) -> Evaluated:
    left = evaluate(expression.left, facts)
    items = [evaluate(item, facts) for item in expression.items]
    found = {
        compared(left.value, "=", _as_code(written, item.value, left.value))
        for written, item in zip(expression.items, items, strict=True)
    }
    answer = next((answer for answer in (Answer.YES, Answer.UNKNOWN) if answer in found), Answer.NO)
    return Evaluated(value=answer, because=_joined([left.because, *(item.because for item in items)]))


def _has(expression: Has, facts: Facts) -> Evaluated:
    left = evaluate(expression.left, facts)
    choice = evaluate(expression.choice, facts)
    code = expression.choice.text if isinstance(expression.choice, Number) else choice.value
    if left.value is None or isinstance(left.value, Missing):
        return Evaluated(value=Answer.UNKNOWN, because=left.because)
    if not isinstance(left.value, frozenset) or not isinstance(code, str):
        raise CannotCombine(found=f"{left.value!r} has {code!r}", wanted="several choices has a code")
    return Evaluated(value=Answer.of(code in left.value), because=left.because)


def _is(expression: Is, facts: Facts) -> Evaluated:
    left = evaluate(expression.left, facts)
    absent = left.value is None or isinstance(left.value, Missing) or left.value is Answer.UNKNOWN
    if expression.state in {"known", "missing"}:
        found = absent is (expression.state == "missing")
    else:
        found = left.value is Missing[expression.state]
    return Evaluated(value=Answer.of(found), because=left.because)


def _not(expression: Not, facts: Facts) -> Evaluated:
    inner = judge(expression.of, facts)
    return Evaluated(value=~inner.answer, because=inner.because)


def _and(expression: And, facts: Facts) -> Evaluated:
    return _decided([judge(part, facts) for part in expression.parts], alone=Answer.NO)


def _or(expression: Or, facts: Facts) -> Evaluated:
    return _decided([judge(part, facts) for part in expression.parts], alone=Answer.YES)


def _decided(verdicts: list[Verdict], *, alone: Answer) -> Evaluated:
    """Verdicts joined; `alone` is the answer that one of them suffices to give."""
    for answer in (alone, _UNKNOWN):
        deciding = [verdict.because for verdict in verdicts if verdict.answer is answer]
        if deciding:
            return Evaluated(answer, _joined(deciding))
    return Evaluated(~alone, _joined([verdict.because for verdict in verdicts]))


def _aggregate(expression: Aggregate, facts: Facts) -> Evaluated:
    judged = [
        (row, judge(expression.where, row) if expression.where else Verdict(answer=Answer.YES))
        for row in facts.rows(expression.form)
    ]
    because = _joined(verdict.because for _, verdict in judged) or (
        Used(name=expression.form, value=Decimal(len(judged))),
    )
    sure = [row for row, verdict in judged if verdict.answer is Answer.YES]
    possible = [row for row, verdict in judged if verdict.answer is not Answer.NO]
    if expression.function == "count":
        return Evaluated(value=Span.of_numbers(len(sure), len(possible)), because=because)
    if expression.function == "any":
        return _decided([verdict for _, verdict in judged], alone=Answer.YES) if judged else _no(because)
    if len(sure) != len(possible):
        return Evaluated(value=None, because=because)
    values = [evaluate(Name(expression.variable), row) for row in sure]
    read = tuple(Used(name=f"{expression.form}.{expression.variable}", value=found.value) for found in values)
    return Evaluated(
        value=functions(expression.function, [found.value for found in values]),
        because=_joined((because, read)),
    )


def _no(because: tuple[Used, ...]) -> Evaluated:
    return Evaluated(value=Answer.NO, because=because)


_EVALUATORS: dict[type, Callable[..., Evaluated]] = {
    Number: _literal(lambda number: number.value),
    Measure: _literal(lambda measure: Quantity(measure.value, measure.unit)),
    Age: _literal(lambda age: Decimal(age.days)),
    Text: _literal(lambda text: text.value),
    Day: _literal(lambda day: PartialDate.parse(day.text)),
    YesNo: _literal(lambda literal: Answer.of(literal.yes)),
    Name: _name,
    Negative: _negative,
    Arithmetic: _arithmetic,
    Call: _call,
    Aggregate: _aggregate,
    Compare: _compare,
    OneOf: _one_of,
    Has: _has,
    Is: _is,
    Not: _not,
    And: _and,
    Or: _or,
}
