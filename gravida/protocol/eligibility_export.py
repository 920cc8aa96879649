"""The criteria as plain data, for a browser to evaluate without sending any answer anywhere.

The form, version 1. A rule is a list whose first item is its sign:
["and", rule, ...], ["or", rule, ...], ["not", rule], ["yes", fact] (a yes/no fact),
[sign, term, term] with a sign among = != < <= > >=, ["in", term, [term, ...]] and ["known", fact].
A term is a number, a text, or {"fact": name}. A fact that is not known makes a comparison unknown; "and" is
no where any part is no, else unknown where any is; "or" the other way round; "known" is always yes or no.
"""

from typing import Any

from gravida.protocol.criteria import Criteria, Criterion, Fact
from gravida.protocol.expressions import (
    And,
    Compare,
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

VERSION = 1
JSON = Any


class CannotExport(Exception):
    """A rule that the browser's small form does not hold: which criterion, what was found."""

    def __init__(self, *, criterion: str, found: str) -> None:
        super().__init__(f"criterion {criterion}: found {found}, wanted comparisons of facts, and, or, not")
        self.criterion = criterion
        self.found = found


def exported(criteria: Criteria) -> dict[str, JSON]:
    """The criteria as dictionaries, lists, texts, numbers and truth values alone.

    Texts are left out: pages have them. CannotExport where a rule computes rather than compares.
    """
    return {
        "version": VERSION,
        "facts": [_fact(fact) for fact in criteria.facts],
        "criteria": [_criterion(criterion) for criterion in criteria.criteria],
    }


def _fact(fact: Fact) -> dict[str, JSON]:
    return {
        "id": fact.id,
        "type": fact.type,
        "asked": bool(fact.question),
        "sensitive": fact.sensitive,
        "low": fact.low,
        "high": fact.high,
    }


def _criterion(criterion: Criterion) -> dict[str, JSON]:
    try:
        parts = [{"id": part.id, "rule": _rule(part.rule)} for part in criterion.parts]
    except _NotPlain as error:
        raise CannotExport(criterion=criterion.id, found=error.found) from error
    return {"id": criterion.id, "kind": criterion.kind.value, "parts": parts}


class _NotPlain(Exception):
    def __init__(self, expression: Expression) -> None:
        super().__init__()
        self.found = type(expression).__name__.lower()


def _rule(rule: Expression) -> list[JSON]:
    match rule:
        case And(parts=parts) | Or(parts=parts):
            return ["and" if isinstance(rule, And) else "or", *map(_rule, parts)]
        case Not(of=inner):
            return ["not", _rule(inner)]
        case Is(left=inner, state="missing"):
            return ["not", _rule(Is(inner, "known"))]
        case _:
            return _statement(rule)


def _statement(rule: Expression) -> list[JSON]:
    """A rule that holds no other."""
    match rule:
        case Name():
            return ["yes", str(rule)]
        case Compare(comparator=sign, left=left, right=right):
            return _comparison(sign, left, right)
        case OneOf(left=left, items=items):
            return ["in", _term(left), [_term(item) for item in items]]
        case Is(left=Name() as name, state="known"):
            return ["known", str(name)]
        case _:
            raise _NotPlain(rule)


def _comparison(sign: str, left: Expression, right: Expression) -> list[JSON]:
    """A comparison; one with yes or no, as `on_ame = no`, is the fact itself or its contrary."""
    for one, other in ((left, right), (right, left)):
        if isinstance(other, YesNo) and isinstance(one, Name) and sign in ("=", "!="):
            plain = ["yes", str(one)]
            return plain if other.yes is (sign == "=") else ["not", plain]
    return [sign, _term(left), _term(right)]


def _term(term: Expression) -> JSON:
    match term:
        case Name():
            return {"fact": str(term)}
        case Text(value=text):
            return text
        case Number(value=value):
            return int(value) if value == value.to_integral_value() else float(value)
        case Negative(of=Number(value=value)):
            return int(-value) if value == value.to_integral_value() else float(-value)
    raise _NotPlain(term)
