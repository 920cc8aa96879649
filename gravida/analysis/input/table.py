"""A table read and typed: numbers, dates, answers or codes; each cell known, or missing for a reason."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gravida.analysis.fit import BoolArray, FloatArray, IntArray
from gravida.analysis.input.mistakes import InputMistake
from gravida.protocol.values import Missing

Reasons = NDArray[np.uint8]

# Why a cell has no value, by the number that `Column.missing` keeps; 0 is a value.
REASONS = ("", "blank", *(reason.value for reason in Missing), "below_detection")
BLANK = REASONS.index("blank")
BELOW_DETECTION = REASONS.index("below_detection")


class Kind(Enum):
    """What the cells of a column are."""

    NUMBER = "number"
    YES_NO = "yes or no"
    DATE = "date"
    CODE = "code"


@dataclass(frozen=True, kw_only=True, eq=False)
class Column:
    """One column. Shapes: all arrays (rows,); `words` (distinct codes,).

    `numbers`: the value; 1 or 0 of an answer; of a date its first possible day, counted from 1970-01-01; of a
    code its place in `words`. NaN where there is none. `high`: where a date is known to the month or the year
    only, or a number between two bounds, the last day or the upper bound; None where all are points.
    `missing`: 0, or the place of the reason in REASONS. `below`: the limit where a laboratory wrote
    "< limit"; such a cell is missing with the reason "below_detection", never 0.
    """

    name: str
    kind: Kind
    numbers: FloatArray
    missing: Reasons
    words: tuple[str, ...] = ()
    high: FloatArray | None = None
    below: FloatArray | None = None

    def __len__(self) -> int:
        return len(self.numbers)

    @property
    def is_missing(self) -> BoolArray:
        """Whether each cell has no value, (rows,)."""
        return np.not_equal(self.missing, 0)

    def texts(self) -> list[str]:
        """Each cell as text; "" where it is missing."""
        if self.kind is Kind.CODE:
            words = (*self.words, "")
            places = np.where(self.is_missing, len(self.words), self.numbers).astype(np.int64)
            return [words[place] for place in places]
        return ["" if np.isnan(value) else f"{value:g}" for value in self.numbers]

    def reasons(self) -> dict[str, int]:
        """How many cells are missing for each reason that occurs."""
        counts = np.bincount(self.missing, minlength=len(REASONS))
        return {REASONS[at]: int(counts[at]) for at in range(1, len(REASONS)) if counts[at]}

    def at(self, rows: IntArray) -> "Column":
        """The same column with the rows chosen, in their order."""
        return Column(
            name=self.name,
            kind=self.kind,
            numbers=self.numbers[rows],
            missing=self.missing[rows],
            words=self.words,
            high=None if self.high is None else self.high[rows],
            below=None if self.below is None else self.below[rows],
        )


def number_column(name: str, numbers: FloatArray | IntArray | Sequence[float]) -> Column:
    """A column of numbers held in memory; NaN is missing, as blank."""
    values = np.asarray(numbers, dtype=np.float64)
    return Column(
        name=name,
        kind=Kind.NUMBER,
        numbers=values,
        missing=np.where(np.isnan(values), BLANK, 0).astype(np.uint8),
    )


def code_column(name: str, texts: Sequence[str]) -> Column:
    """A column of codes held in memory; an empty text is missing, as blank."""
    written = np.asarray(texts, dtype=np.str_)
    words, places = np.unique(written, return_inverse=True)
    missing = np.where(written == "", BLANK, 0).astype(np.uint8)
    return Column(
        name=name,
        kind=Kind.CODE,
        numbers=np.where(missing != 0, np.nan, places.astype(np.float64)),
        missing=missing,
        words=tuple(str(word) for word in words),
    )


class Lines(Enum):
    """How the rows of a table stand in its file."""

    TEXT = "text"  # found again by reading the file, since a quoted cell can hold line ends
    ONE_PER_ROW = "one line per row"
    ROWS = "rows without lines"


@dataclass(frozen=True, kw_only=True)
class Origin:
    """Where the rows of a table come from. `rows` are their places in the file, where some were left out."""

    path: Path
    lines: Lines = Lines.ROWS
    rows: IntArray | None = field(default=None, repr=False, compare=False)

    def line(self, row: int) -> int:
        """Line (or row, from 1) of a row of the table in its file."""
        place = row if self.rows is None else int(self.rows[row])
        if self.lines is Lines.TEXT:
            from gravida.analysis.input.csv_file import lines_of_rows  # noqa: PLC0415 - needed for mistakes only

            return _lines(self.path, lines_of_rows)[place]
        return place + 1

    def mistake(self, row: int | None, column: str, *, found: str, wanted: str) -> InputMistake:
        """A mistake in one row, or in the file where `row` is None."""
        return InputMistake(
            file=self.path,
            line=None if row is None else self.line(row),
            column=column,
            found=found,
            wanted=wanted,
            unit="row" if self.lines is Lines.ROWS else "line",
        )


@lru_cache(maxsize=2)
def _lines(path: Path, read: object) -> tuple[int, ...]:
    found: tuple[int, ...] = read(path)  # type: ignore[operator]
    return found


class NoSuchColumn(KeyError):
    """A column that a table does not have."""

    def __init__(self, name: str, table: "Table") -> None:
        super().__init__(f"no column {name!r} in {table.origin.path}: it has {', '.join(table.names[:60])}")


@dataclass(frozen=True, kw_only=True, eq=False)
class Table:
    """Columns of equal length and the file they come from; names are unique whatever their case."""

    columns: tuple[Column, ...]
    origin: Origin
    _places: dict[str, int] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        places = {column.name.lower(): at for at, column in enumerate(self.columns)}
        lengths = {len(column) for column in self.columns}
        if len(places) != len(self.columns) or len(lengths) > 1:
            raise ValueError(
                f"columns {', '.join(self.names)} of lengths {sorted(lengths)}: need unique names, one length"
            )
        object.__setattr__(self, "_places", places)

    def __len__(self) -> int:
        return len(self.columns[0]) if self.columns else 0

    def __iter__(self) -> Iterator[Column]:
        return iter(self.columns)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self.spelled(name) is not None

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns, in their order."""
        return tuple(column.name for column in self.columns)

    def spelled(self, name: str) -> str | None:
        """The column's spelling of a name; FORM.variable is also found as variable. None: no such column."""
        for candidate in (name, name.rpartition(".")[2]):
            at = self._places.get(candidate.lower())
            if at is not None:
                return self.columns[at].name
        return None

    def column(self, name: str) -> Column:
        """The column of a name, in any case, or of FORM.variable. NoSuchColumn with the names there are."""
        spelled = self.spelled(name)
        if spelled is None:
            raise NoSuchColumn(name, self)
        return self.columns[self._places[spelled.lower()]]

    def at(self, rows: IntArray) -> "Table":
        """The rows chosen, in their order; they remember their lines."""
        before = self.origin.rows
        kept = rows if before is None else before[rows]
        origin = Origin(path=self.origin.path, lines=self.origin.lines, rows=kept)
        return Table(columns=tuple(column.at(rows) for column in self.columns), origin=origin)

    def with_columns(self, *more: Column) -> "Table":
        """The table with more columns, or with these in place of those of the same name."""
        new = {column.name.lower(): column for column in more}
        kept = [new.pop(column.name.lower(), column) for column in self.columns]
        return Table(columns=(*kept, *new.values()), origin=self.origin)
