"""Criteria of a study as its folder writes them: facts, texts, sources and rules."""

from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import Any

from gravida.protocol.expressions import Expression, Or, names_in

# A text in each language of the study, by language code.
Texts = dict[str, str]


class CriterionKind(Enum):
    """Whether a criterion lets in or keeps out."""

    INCLUSION = "inclusion"
    EXCLUSION = "exclusion"


@dataclass(frozen=True, kw_only=True)
class Fact:
    """Something the criteria ask about one woman, under one name for visitors, staff and analysts.

    `type` is a type of the dictionary (int, yn ...). `question` is empty where only the team can tell.
    A sensitive fact is never sent with a message unless the visitor asks for it. `variable` is where the
    staff's screening keeps it (FORM.variable). `low` and `high` bound what a visitor can type.
    """

    id: str
    type: str
    unit: str = ""
    variable: str = ""
    question: Texts
    help: Texts
    sensitive: bool = False
    low: int | None = None
    high: int | None = None


@dataclass(frozen=True, kw_only=True)
class Source:
    """Where a criterion comes from: the field of the registry record and the item in it."""

    field: str
    item: str


@dataclass(frozen=True, kw_only=True)
class CriterionPart:
    """One of the ways to meet a criterion."""

    id: str
    text: Texts
    rule: Expression
    rule_text: str


@dataclass(frozen=True, kw_only=True)
class Criterion:
    """One criterion; met where its rule is yes. A criterion with several parts is met by any of them."""

    id: str
    kind: CriterionKind
    text: Texts
    source: Source
    parts: tuple[CriterionPart, ...]

    @cached_property
    def results(self) -> dict[tuple[object, ...], Any]:
        """What it came to, by the facts it read; filled by who judges it."""
        return {}

    @cached_property
    def rule(self) -> Expression:
        rules = tuple(part.rule for part in self.parts)
        return rules[0] if len(rules) == 1 else Or(rules)

    @cached_property
    def fact_ids(self) -> tuple[str, ...]:
        """Names of the facts its rule reads, in the order written."""
        return tuple(dict.fromkeys(str(name) for name in names_in(self.rule)))


@dataclass(frozen=True, kw_only=True)
class Criteria:
    """Every criterion of a study, in the order of the record, and the facts they ask about."""

    facts: tuple[Fact, ...] = ()
    criteria: tuple[Criterion, ...] = ()

    def fact(self, fact_id: str) -> Fact:
        """The fact of that name. KeyError where the study has none."""
        return {fact.id: fact for fact in self.facts}[fact_id]

    @cached_property
    def asked(self) -> tuple[Fact, ...]:
        """Facts that a visitor is asked, in the order asked."""
        return tuple(fact for fact in self.facts if fact.question)

    @cached_property
    def asked_ids(self) -> frozenset[str]:
        return frozenset(fact.id for fact in self.asked)
