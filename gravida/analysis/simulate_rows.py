"""Rows of forms collected one by one and made into typed tables: values, reasons, limits, partial dates."""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from gravida.analysis.input.table import (
    BELOW_DETECTION,
    BLANK,
    REASONS,
    Column,
    Kind,
    Lines,
    Origin,
    Table,
    code_column,
)
from gravida.protocol.values import Missing


@dataclass(frozen=True)
class Below:
    """A result below the limit of detection."""

    limit: float


@dataclass(frozen=True)
class Span:
    """A day or a number known between two bounds."""

    low: float
    high: float


Cell = float | str | Missing | Below | Span | None


@dataclass(kw_only=True)
class FormRows:
    """The rows of one grain. `kinds`: each column's kind, in the order of the table; days count from 1970."""

    kinds: dict[str, Kind]
    rows: list[dict[str, Cell]] = field(default_factory=list)

    def add(self, **values: Cell) -> None:
        """One more row; a column that is not named is blank. KeyError for a column that the form lacks."""
        unknown = set(values) - set(self.kinds)
        if unknown:
            raise KeyError(f"columns {', '.join(sorted(unknown))}: wanted some of {', '.join(self.kinds)}")
        self.rows.append(values)

    def table(self) -> Table:
        """The rows as a typed table."""
        columns = tuple(
            _column(name, kind, [row.get(name) for row in self.rows]) for name, kind in self.kinds.items()
        )
        return Table(columns=columns, origin=Origin(path=Path("simulated"), lines=Lines.ROWS))


def _column(name: str, kind: Kind, cells: list[Cell]) -> Column:
    missing = np.array([_reason(cell) for cell in cells], dtype=np.uint8)
    if kind is Kind.CODE:
        coded = code_column(name, [cell if isinstance(cell, str) else "" for cell in cells])
        return Column(name=name, kind=kind, numbers=coded.numbers, missing=missing, words=coded.words)
    low = np.array([_low(cell) for cell in cells], dtype=np.float64)
    high = np.array([cell.high if isinstance(cell, Span) else _low(cell) for cell in cells])
    below = np.array([cell.limit if isinstance(cell, Below) else np.nan for cell in cells])
    is_span = kind is Kind.DATE or bool((high > low).any())
    return Column(
        name=name,
        kind=kind,
        numbers=low,
        missing=missing,
        high=high if is_span else None,
        below=None if np.isnan(below).all() else below,
    )


def _low(cell: Cell) -> float:
    if isinstance(cell, Span):
        return cell.low
    return float(cell) if isinstance(cell, int | float) else np.nan


def _reason(cell: Cell) -> int:
    if isinstance(cell, Missing):
        return REASONS.index(cell.value)
    if isinstance(cell, Below):
        return BELOW_DETECTION
    return BLANK if cell is None or cell == "" else 0
