"""A Stata dictionary (.dct): where each variable stands in the lines of a fixed-width file.

Source: Stata reference, "infile (fixed format)": _column, _skip, _newline, _lines, _first, %w.d formats.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from gravida.analysis.input.mistakes import InputMistake, Mistakes

_NUMBERS = {"byte", "int", "long", "float", "double"}
_TYPE = re.compile(r"byte|int|long|float|double|str\d+")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_FORMAT = re.compile(r"%-?(\d+)(?:\.(\d+))?([fgesS])")
_DIRECTIVE = re.compile(r"_(columns?|skip|newline|lines?|first|lrecl)(?:\((\d+)\))?")
_LABEL = re.compile(r'"[^"]*"?')


@dataclass(frozen=True, kw_only=True)
class Field:
    """One variable of a fixed-width file: bytes `start` to `end` (from 0, end excluded) of each line.

    `decimals`: digits after a decimal point that the file does not write.
    """

    name: str
    start: int
    end: int
    is_number: bool
    decimals: int = 0
    label: str = ""
    line: int = 0  # in the .dct


@dataclass(kw_only=True)
class _Reader:
    path: Path
    mistakes: Mistakes
    fields: list[Field]
    position: int = 0

    def mistake(self, line: int, found: str, wanted: str) -> None:
        self.mistakes.add(InputMistake(file=self.path, line=line, found=found, wanted=wanted))


def read_stata_dictionary(path: Path, mistakes: Mistakes) -> tuple[Field, ...]:
    """The variables of a .dct, names in small letters; mistakes where a line cannot be read."""
    try:
        content = path.read_bytes()
    except OSError as error:
        mistakes.add(InputMistake(file=path, found=f"{error.strerror}", wanted="a Stata dictionary"))
        return ()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")  # labels of the survey's older files
    reader = _Reader(path=path, mistakes=mistakes, fields=[])
    body = _body(reader, text.splitlines())
    for number, line in body:
        _read_line(reader, number, line)
    if not reader.fields and not mistakes.found:
        reader.mistake(1, "no variable", "lines as _column(1) int name %4f")
    return tuple(reader.fields)


def _body(reader: _Reader, lines: list[str]) -> list[tuple[int, str]]:
    """The lines between the brackets, without comments."""
    body, is_open = [], False
    for number, written in enumerate(lines, start=1):
        line = written.strip()
        if not is_open:
            if re.match(r"(?:infile\s+)?dictionary\b[^{]*\{", line):
                is_open, line = True, line.partition("{")[2].strip()
            elif line and not line.startswith(("*", "/")):
                reader.mistake(number, f"“{line[:60]}”", "infile dictionary {")
                return []
        if line == "}":
            break
        if is_open and line and not line.startswith(("*", "//")):
            body.append((number, line))
    return body


def _read_line(reader: _Reader, number: int, line: str) -> None:
    rest = _directives(reader, number, line)
    if not rest:
        return
    label = _LABEL.search(rest)
    words = (rest[: label.start()] if label else rest).split()
    kind = words.pop(0) if words and _TYPE.fullmatch(words[0]) else "float"
    name = words.pop(0).lower() if words else ""
    form = _FORMAT.fullmatch(words.pop(0)) if words else None
    if not _NAME.fullmatch(name) or form is None or words:
        reader.mistake(number, f"“{line[:80]}”", "a variable as _column(1) int name %4f")
        return
    if any(field.name == name for field in reader.fields):
        reader.mistake(number, f"variable {name} a second time", "each name once")
        return
    width, decimals = int(form[1]), int(form[2] or 0)
    is_number = kind in _NUMBERS and form[3] in "fge"
    reader.fields.append(
        Field(
            name=name,
            start=reader.position,
            end=reader.position + width,
            is_number=is_number,
            decimals=decimals,
            label=label.group().strip('"') if label else "",
            line=number,
        )
    )
    reader.position += width


def _directives(reader: _Reader, number: int, line: str) -> str:
    """The line without the directives before its variable; they move the position."""
    while match := _DIRECTIVE.match(line):
        word, count = match[1].rstrip("s"), int(match[2] or 1)
        if word == "column":
            reader.position = count - 1
        elif word == "skip":
            reader.position += count
        elif word == "newline" or (word == "line" and count > 1) or (word == "first" and count > 1):
            reader.mistake(number, match.group(), "one line per row, from the first line on")
        line = line[match.end() :].strip()
    return line


def dictionary_beside(path: Path, mistakes: Mistakes) -> Path | None:
    """The .dct that belongs to a .dat or .dat.gz: beside it, beginning with its name (2002FemPreg...)."""
    stem = re.sub(r"\.dat(?:\.gz)?$", "", path.name, flags=re.IGNORECASE).lower()
    found = sorted(
        other
        for other in path.parent.glob("*")
        if other.suffix.lower() == ".dct" and other.stem.lower().startswith(stem)
    )
    exact = [other for other in found if other.stem.lower() == stem]
    if len(exact) == 1 or len(found) == 1:
        return (exact or found)[0]
    names = ", ".join(other.name for other in found) or "none"
    mistakes.add(
        InputMistake(
            file=path,
            found=f"{names} beside it",
            wanted=f"one Stata dictionary whose name begins with {path.name[: len(stem)]}",
        )
    )
    return None
