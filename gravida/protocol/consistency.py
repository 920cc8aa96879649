"""Contradictions inside one woman's record: each a code, a severity, and the row and field it concerns.

What one variable may hold is the dictionary's; here is what only several variables or rows together show.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import Enum

from msgspec import Struct

from gravida.protocol.record import Row, WomanRecord


class Severity(Enum):
    """What a contradiction does."""

    HARD = "hard"  # the row cannot be completed
    SOFT = "soft"  # opens a query
    LIST = "list"  # appears on a work list


class Finding(Struct, frozen=True, gc=False):
    """One contradiction. `field` is the variable to look at; `other` a second row that takes part."""

    code: str
    severity: Severity
    row: Row | None
    field: str
    spoils_result: bool = False  # the result cannot be interpreted
    other: Row | None = None
    found: str = ""  # the values that contradict each other, as codes and numbers


# What a check yields: row, field, what was found, and the other row where there is one.
Hit = tuple[Row | None, str, str] | tuple[Row | None, str, str, Row]


@dataclass(frozen=True, kw_only=True)
class Check:
    """One check: its code, what it asks, and whether it also makes a result uninterpretable."""

    code: str
    about: str
    severity: Severity
    rule: Callable[[WomanRecord], Iterator[Hit]]
    spoils_result: bool = False


def findings(record: WomanRecord, checks: Iterable[Check]) -> list[Finding]:
    """Everything that the checks find in one record, in the order of the checks."""
    return [_finding(check, hit) for check in checks for hit in check.rule(record)]


def _finding(check: Check, hit: Hit) -> Finding:
    row, field, values, *other = hit
    return Finding(
        code=check.code,
        severity=check.severity,
        spoils_result=check.spoils_result,
        row=row,
        field=field,
        found=values,
        other=other[0] if other else None,
    )
