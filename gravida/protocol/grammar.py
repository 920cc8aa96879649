"""The small language of branches, calculations and criteria: text in, a tree of expressions out.

Written out for authors of studies in docs/grammar.md. Nothing here computes: conditions.py does.
"""

import re
from dataclasses import dataclass
from decimal import Decimal

from gravida.protocol.expressions import (
    AGGREGATES,
    FUNCTIONS,
    STATES,
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

LONGEST_TEXT = 2_000  # signs; the longest expression of a real study has about 300
DEEPEST = 40  # levels of brackets, "not" and signs inside one another


class GrammarMistake(Exception):
    """An expression that is not in the language: where (sign, from 1), what was found, what was wanted."""

    def __init__(self, *, at: int, found: str, wanted: str) -> None:
        super().__init__(f"sign {at}: found {found}, wanted {wanted}")
        self.at = at
        self.found = found
        self.wanted = wanted


@dataclass(frozen=True)
class Token:
    """A word or sign of the text and where it starts (from 1)."""

    kind: str
    text: str
    at: int

    def __str__(self) -> str:
        return f"“{self.text}”" if self.text else "the end"


_TOKEN = re.compile(
    r"""(?P<space>\s+)
    |(?P<day>@[0-9]{4}(?:-[0-9]{2}){0,2})
    |(?P<age>[0-9]{1,2}w[0-6]d)(?![A-Za-z0-9_])
    |(?P<number>[0-9]+(?:\.[0-9]+)?)(?![A-Za-z_])
    |(?P<text>'(?:[^'\n]|'')*')
    |(?P<word>[A-Za-z_][A-Za-z0-9_]*)
    |(?P<sign>!=|<=|>=|[=<>+\-*/(),.])""",
    re.VERBOSE | re.ASCII,
)
_RESERVED = frozenset({"and", "or", "not", "in", "has", "is", "where", "yes", "no"})


def tokens(text: str) -> list[Token]:
    """The words and signs of `text`, then an empty end. GrammarMistake where a sign belongs to none."""
    found: list[Token] = []
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise GrammarMistake(
                at=at + 1, found=f"“{text[at]}”", wanted="a name, a number, 'text', @date or a sign"
            )
        if match.lastgroup != "space":
            found.append(Token(str(match.lastgroup), match.group(), at + 1))
        at = match.end()
    return [*found, Token("end", "", len(text) + 1)]


def parse(text: str) -> Expression:
    """The expression that `text` writes. GrammarMistake where it is none, too long or too deep."""
    if len(text) > LONGEST_TEXT:
        raise GrammarMistake(at=LONGEST_TEXT, found=f"{len(text)} signs", wanted=f"at most {LONGEST_TEXT}")
    reader = _Reader(tokens(text))
    expression = reader.any_of()
    if reader.next.kind != "end":
        raise reader.mistake("and, or, a comparison, or the end")
    return expression


class _Reader:
    """One method per rule of docs/grammar.md, each leaving the tokens it did not use."""

    def __init__(self, found: list[Token]) -> None:
        self._tokens = found
        self._place = 0
        self._depth = 0

    @property
    def next(self) -> Token:
        return self._tokens[self._place]

    def mistake(self, wanted: str) -> GrammarMistake:
        return GrammarMistake(at=self.next.at, found=str(self.next), wanted=wanted)

    def take(self) -> Token:
        token = self.next
        self._place += token.kind != "end"
        return token

    def takes(self, *texts: str) -> str:
        """The text of the next token when it is one of `texts` (then used up), or nothing."""
        if self.next.kind in {"word", "sign"} and self.next.text in texts:
            return self.take().text
        return ""

    def must_take(self, text: str) -> None:
        if not self.takes(text):
            raise self.mistake(f"“{text}”")

    def deeper(self) -> None:
        self._depth += 1
        if self._depth > DEEPEST:
            raise self.mistake(f"at most {DEEPEST} levels")

    def any_of(self) -> Expression:
        self.deeper()
        parts = [self.all_of()]
        while self.takes("or"):
            parts.append(self.all_of())
        self._depth -= 1
        return parts[0] if len(parts) == 1 else Or(tuple(parts))

    def all_of(self) -> Expression:
        parts = [self.negation()]
        while self.takes("and"):
            parts.append(self.negation())
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    def negation(self) -> Expression:
        if not self.takes("not"):
            return self.comparison()
        self.deeper()
        inner = self.negation()
        self._depth -= 1
        return Not(inner)

    def comparison(self) -> Expression:
        left = self.sum()
        if word := self.takes("in", "has", "is"):
            return {"in": self._one_of, "has": self._has, "is": self._is}[word](left)
        found: list[Expression] = []
        while sign := self.takes("=", "!=", "<", "<=", ">", ">="):
            right = self.sum()
            found.append(Compare(sign, left, right))  # type: ignore[arg-type]
            left = right
            if len(found) > 2:
                raise self.mistake("at most two comparisons in a row, as in 18 <= age <= 50")
        if not found:
            return left
        return found[0] if len(found) == 1 else And(tuple(found))

    def _one_of(self, left: Expression) -> Expression:
        self.must_take("(")
        items = [self.sum()]
        while self.takes(","):
            items.append(self.sum())
        self.must_take(")")
        return OneOf(left, tuple(items))

    def _has(self, left: Expression) -> Expression:
        return Has(left, self.primary())

    def _is(self, left: Expression) -> Expression:
        turned = bool(self.takes("not"))
        state = next((state for state in STATES if self.takes(state)), None)
        if state is None:
            raise self.mistake(f"one of {', '.join(STATES)}")
        return Not(Is(left, state)) if turned else Is(left, state)

    def sum(self) -> Expression:
        left = self.product()
        while sign := self.takes("+", "-"):
            left = Arithmetic(sign, left, self.product())
        return left

    def product(self) -> Expression:
        left = self.signed()
        while sign := self.takes("*", "/"):
            left = Arithmetic(sign, left, self.signed())
        return left

    def signed(self) -> Expression:
        if not self.takes("-"):
            return self.primary()
        self.deeper()
        inner = self.signed()
        self._depth -= 1
        return Negative(inner)

    def primary(self) -> Expression:
        token = self.next
        if self.takes("("):
            inner = self.any_of()
            self.must_take(")")
            return inner
        if token.kind == "word":
            return self._word()
        if token.kind not in {"number", "text", "day", "age"}:
            raise self.mistake("a name, a number, 'text' or @date")
        self.take()
        return self._literal(token)

    def _literal(self, token: Token) -> Expression:
        if token.kind == "text":
            return Text(_unquoted(token.text))
        if token.kind == "day":
            return Day(token.text[1:])
        if token.kind == "age":
            weeks, days = token.text[:-1].split("w")
            return Age(7 * int(weeks) + int(days))
        if self.next.kind == "text":
            return Measure(Decimal(token.text), _unquoted(self.take().text))
        return Number(Decimal(token.text), token.text)

    def _word(self) -> Expression:
        if answer := self.takes("yes", "no"):
            return YesNo(answer == "yes")
        if self.next.text in _RESERVED:
            raise self.mistake("a name")
        word = self.take()
        if self.takes("("):
            return self._call(word)
        return self._dotted(word)

    def _dotted(self, word: Token) -> Name:
        if not self.takes("."):
            return Name(word.text)
        if self.next.kind != "word" or self.next.text in _RESERVED:
            raise self.mistake("the name of a variable after the point")
        return Name(self.take().text, word.text)

    def _call(self, word: Token) -> Expression:
        if word.text in AGGREGATES:
            return self._aggregate(word.text)
        if word.text not in FUNCTIONS:
            known = ", ".join(sorted({*FUNCTIONS, *AGGREGATES}))
            raise GrammarMistake(at=word.at, found=str(word), wanted=f"one of {known}")
        arguments = [self.any_of()]
        while self.takes(","):
            arguments.append(self.any_of())
        self.must_take(")")
        fewest, most = FUNCTIONS[word.text]
        if not fewest <= len(arguments) <= most:
            wanted = f"{fewest}" if fewest == most else f"{fewest} to {most}"
            raise GrammarMistake(
                at=word.at, found=f"{len(arguments)} arguments of {word.text}", wanted=wanted
            )
        return Call(word.text, tuple(arguments))

    def _aggregate(self, function: str) -> Expression:
        if self.next.kind != "word":
            raise self.mistake("the name of a form")
        name = self._dotted(self.take())
        where = self.any_of() if self.takes("where") else None
        self.must_take(")")
        form, variable = (name.form, name.variable) if name.form else (name.variable, "")
        if bool(variable) == (function in {"count", "any"}):
            wanted = "a form" if variable else "a variable of a form, as FORM.variable"
            raise self.mistake(f"{wanted} in {function}()")
        return Aggregate(function, form, variable, where)


def _unquoted(text: str) -> str:
    return text[1:-1].replace("''", "'")
