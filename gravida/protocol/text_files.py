"""The text files of a study folder, read with the line of everything in them."""

import csv
import io
import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gravida.protocol.mistakes import Mistake

# Keys and places in a TOML file: ("criterion", 1, "text", "fr").
TomlPath = tuple[str | int, ...]

_HEADER = re.compile(r"^\s*(\[\[?)\s*([^\[\]#]+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(
    r"""^\s*((?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*'))*)\s*="""
)
_TOML_AT = re.compile(r"\s*\(at (?:line (\d+), column \d+|end of document)\)")
_UNTERMINATED = re.compile(r'"""|\'\'\'|"(?:[^"\\]|\\.)*"|\'[^\']*\'|#.*|[\[\]{}]')


@dataclass(frozen=True, kw_only=True)
class TomlFile:
    """What a TOML file holds, and the line where each key stands."""

    path: Path
    data: dict[str, Any]
    lines: dict[TomlPath, int]

    def line(self, place: TomlPath) -> int:
        """Line of the place, or of the nearest thing around it."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)

    def mistake(self, place: TomlPath, *, found: str, wanted: str) -> Mistake:
        return Mistake(file=self.path, line=self.line(place), found=found, wanted=wanted)


@dataclass(frozen=True, kw_only=True)
class CsvRow:
    """One line of a table: its cells by column, stripped of spaces around."""

    path: Path
    line: int
    cells: dict[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells[column]

    def mistake(self, *, found: str, wanted: str) -> Mistake:
        return Mistake(file=self.path, line=self.line, found=found, wanted=wanted)


def read_text(path: Path, mistakes: list[Mistake]) -> str | None:
    """The file as text; None, and a mistake, where it is absent or not UTF-8."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        mistakes.append(Mistake(file=path, line=1, found="no file", wanted="a file of this name"))
        return None
    except OSError as error:
        mistakes.append(
            Mistake(file=path, line=1, found=f"{error.strerror}", wanted="a file that can be read")
        )
        return None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        mistakes.append(
            Mistake(file=path, line=line, found=f"byte 0x{content[error.start]:02x}", wanted="text in UTF-8")
        )
        return None


def read_toml(path: Path, mistakes: list[Mistake]) -> TomlFile | None:
    """The tables of a TOML file; None, and a mistake, where it cannot be read."""
    text = read_text(path, mistakes)
    if text is None:
        return None
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        mistakes.append(_toml_mistake(path, text, str(error)))
        return None
    return TomlFile(path=path, data=data, lines=key_lines(text))


def _toml_mistake(path: Path, text: str, message: str) -> Mistake:
    place = _TOML_AT.search(message)
    last = max(1, len(text.splitlines()))
    line = int(place.group(1)) if place and place.group(1) else last
    found = f"“{text.splitlines()[line - 1].strip()}”" if text.strip() else "nothing"
    return Mistake(file=path, line=line, found=found, wanted=f"TOML ({_TOML_AT.sub('', message)})")


def key_lines(text: str) -> dict[TomlPath, int]:
    """The line (from 1) of every table and key of a TOML text that is well formed."""
    lines: dict[TomlPath, int] = {}
    counts: dict[TomlPath, int] = {}
    table: TomlPath = ()
    for number, line in _statements(text):
        header = _HEADER.match(line)
        if header:
            table = _table(header, counts)
            lines.setdefault(table, number)
            continue
        key = _KEY.match(line)
        if key:
            place = (*table, *_parts(key.group(1)))
            for end in range(len(table) + 1, len(place) + 1):
                lines.setdefault(place[:end], number)
    return lines


def _table(header: re.Match[str], counts: dict[TomlPath, int]) -> TomlPath:
    """Where a [table] or [[table]] stands; each [[table]] counts one further."""
    place: TomlPath = ()
    parts = _parts(header.group(2))
    for end, part in enumerate(parts, start=1):
        place = (*place, part)
        if header.group(1) == "[[" and end == len(parts):
            counts[place] = counts.get(place, -1) + 1
        if place in counts:
            place = (*place, counts[place])
    return place


def _parts(dotted: str) -> list[str]:
    return [part.strip().strip("\"'") for part in dotted.split(".")]


def _statements(text: str) -> Iterator[tuple[int, str]]:
    """Lines that begin a statement: not inside a long text or an array begun before."""
    closing, depth = "", 0
    for number, line in enumerate(text.splitlines(), start=1):
        if not closing and depth == 0:
            yield number, line
            if _HEADER.match(line):
                continue
        closing, depth = _open_at_end(line, closing, depth)


def _open_at_end(line: str, closing: str, depth: int) -> tuple[str, int]:
    """Which long text is still open after the line, and how many brackets."""
    at = 0
    while True:
        if closing:
            end = line.find(closing, at)
            if end < 0:
                return closing, depth
            at, closing = end + 3, ""
        match = _UNTERMINATED.search(line, at)
        if match is None:
            return "", depth
        at = match.end()
        if match.group() in {'"""', "'''"}:
            closing = match.group()
        elif match.group() in "[{":
            depth += 1
        elif match.group() in "]}":
            depth -= 1


def read_csv(path: Path, columns: Sequence[str], mistakes: list[Mistake]) -> list[CsvRow]:
    """The rows of a table whose first line names its columns; mistakes where a line does not fit."""
    text = read_text(path, mistakes)
    if text is None:
        return []
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[CsvRow] = []
    start = 1
    try:
        for cells in reader:
            line, start = start, reader.line_num + 1
            if line == 1:
                if not _right_columns(path, cells, columns, mistakes):
                    return []
            elif len(cells) == len(columns):
                stripped = (cell.strip() for cell in cells)
                rows.append(CsvRow(path=path, line=line, cells=dict(zip(columns, stripped, strict=True))))
            else:
                mistakes.append(
                    Mistake(file=path, line=line, found=f"{len(cells)} cells", wanted=f"{len(columns)} cells")
                )
    except csv.Error as error:
        mistakes.append(Mistake(file=path, line=start, found=f"{error}", wanted="cells in well-formed CSV"))
    return rows


def _right_columns(path: Path, found: list[str], wanted: Sequence[str], mistakes: list[Mistake]) -> bool:
    if [cell.strip() for cell in found] == list(wanted):
        return True
    mistakes.append(
        Mistake(file=path, line=1, found=f"columns {', '.join(found)}", wanted=f"columns {', '.join(wanted)}")
    )
    return False
