"""Mistakes in input files: which file, line and column, what was found, what was wanted."""

from dataclasses import dataclass, field
from pathlib import Path

SHOWN = 50  # mistakes told together; whoever has more has one cause


@dataclass(frozen=True, kw_only=True)
class InputMistake:
    """One thing that keeps a file from being read.

    `line` counts from 1, as an editor shows it; in a file without lines (Parquet) it is the row and `unit`
    says so. `column` is empty where the line or the file as a whole is meant.
    """

    file: Path
    line: int | None = None
    column: str = ""
    found: str
    wanted: str
    unit: str = "line"

    def __str__(self) -> str:
        place = str(self.file)
        if self.line is not None:
            place = f"{place}:{self.line}" if self.unit == "line" else f"{place}, {self.unit} {self.line}"
        column = f", column {self.column}" if self.column else ""
        return f"{place}{column}: found {self.found or 'an empty text'}, wanted {self.wanted}"


class InputRejected(Exception):
    """Files that cannot be analysed, with every mistake (up to 50) and how many more there are."""

    def __init__(self, mistakes: tuple[InputMistake, ...], *, more: int = 0) -> None:
        self.mistakes, self.more = mistakes, more
        rest = [f"and {more} more mistakes of these kinds"] if more else []
        super().__init__("\n".join([*map(str, mistakes), *rest]))


@dataclass(kw_only=True)
class Mistakes:
    """Mistakes as they are found; `reject` raises them all together."""

    found: list[InputMistake] = field(default_factory=list)
    more: int = 0

    def add(self, mistake: InputMistake) -> None:
        """Keep a mistake, or only count it once enough are kept."""
        if len(self.found) < SHOWN:
            self.found.append(mistake)
        else:
            self.more += 1

    def reject(self) -> None:
        """InputRejected where anything was found."""
        if self.found:
            raise InputRejected(tuple(self.found), more=self.more)
