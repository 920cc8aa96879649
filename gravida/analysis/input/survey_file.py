"""Fixed-width survey files (.dat, .dat.gz) read by the Stata dictionary that stands beside them."""

import gzip
from collections.abc import Collection, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gravida.analysis.fit import FloatArray
from gravida.analysis.input.cells import typed_column
from gravida.analysis.input.mistakes import InputMistake, Mistakes
from gravida.analysis.input.stata_dictionary import Field, dictionary_beside, read_stata_dictionary
from gravida.analysis.input.table import BLANK, Column, Kind, Lines, Origin, Table

Signs = NDArray[np.uint8]
_LINE_END, _RETURN, _SPACE = 10, 13, 32


def read_survey(
    path: Path, kinds: Mapping[str, Kind], mistakes: Mistakes, *, only: Collection[str] | None = None
) -> Table | None:
    """The table of a fixed-width file; None, and mistakes, where file or dictionary cannot be read.

    `only`: names of the columns to read, in any case; all where None.
    """
    layout = dictionary_beside(path, mistakes)
    fields = read_stata_dictionary(layout, mistakes) if layout is not None else ()
    signs = _signs(path, mistakes) if fields else None
    if layout is None or signs is None:
        return None
    _inside_the_lines(layout, fields, signs.shape[1], mistakes)
    if mistakes.found:
        return None
    wanted = None if only is None else {name.lower() for name in only}
    origin = Origin(path=path, lines=Lines.ONE_PER_ROW)
    columns = tuple(
        _column(field, signs, kinds.get(field.name), origin, mistakes)
        for field in fields
        if wanted is None or field.name in wanted
    )
    return Table(columns=columns, origin=origin)


def _signs(path: Path, mistakes: Mistakes) -> Signs | None:
    """The lines as bytes, (rows, longest line); shorter lines end in spaces."""
    try:
        content = path.read_bytes()
        if content[:2] == b"\x1f\x8b":
            content = gzip.decompress(content)
    except FileNotFoundError:
        mistakes.add(InputMistake(file=path, found="no file", wanted="a file of this name"))
        return None
    except (OSError, EOFError) as error:
        mistakes.add(InputMistake(file=path, found=str(error), wanted="a file that can be read"))
        return None
    lines = content.splitlines()
    if not lines:
        mistakes.add(InputMistake(file=path, found="no lines", wanted="one line per pregnancy"))
        return None
    width = max(map(len, lines))
    joined = b"".join(line.ljust(width) for line in lines)
    signs: Signs = np.frombuffer(joined, dtype=np.uint8).reshape(len(lines), width)
    if signs.max() > 127:
        row = int(np.flatnonzero((signs > 127).any(axis=1))[0])
        found = f"byte 0x{int(signs[row].max()):02x}"
        mistakes.add(InputMistake(file=path, line=row + 1, found=found, wanted="letters, digits and spaces"))
        return None
    return signs


def _inside_the_lines(layout: Path, fields: tuple[Field, ...], width: int, mistakes: Mistakes) -> None:
    for field in fields:
        if field.end > width:
            found = f"signs {field.start + 1} to {field.end}"
            mistakes.add(
                InputMistake(
                    file=layout,
                    line=field.line,
                    column=field.name,
                    found=found,
                    wanted=f"a place in lines of {width} signs",
                )
            )


def _column(field: Field, signs: Signs, kind: Kind | None, origin: Origin, mistakes: Mistakes) -> Column:
    cut = np.ascontiguousarray(signs[:, field.start : field.end])
    texts = cut.view(f"S{field.end - field.start}").ravel()
    if kind is None:
        kind = Kind.NUMBER if field.is_number else Kind.CODE
    if kind is Kind.NUMBER and not field.decimals:
        numbers = _numbers(texts, cut)
        if numbers is not None:
            blank = np.isnan(numbers)
            missing = np.where(blank, BLANK, 0).astype(np.uint8)
            return Column(name=field.name, kind=kind, numbers=numbers, missing=missing)
    distinct, places = np.unique(texts, return_inverse=True)
    words = [_pointed(word.decode("ascii").strip(), field.decimals, kind) for word in distinct.tolist()]
    return typed_column(field.name, words, places, kind, origin=origin, mistakes=mistakes)


def _numbers(texts: NDArray[np.bytes_], cut: Signs) -> FloatArray | None:
    """The numbers where every cell is one or blank; None where a cell is anything else."""
    filled = np.where((cut == _SPACE).all(axis=1), b"nan", texts)
    try:
        numbers = filled.astype(np.float64)
    except ValueError:
        return None
    is_finite = np.isfinite(numbers) | (filled == b"nan")
    return numbers + 0.0 if is_finite.all() else None


def _pointed(word: str, decimals: int, kind: Kind) -> str:
    """A number with the decimal point that its format implies."""
    if not decimals or kind is not Kind.NUMBER or "." in word or not word.lstrip("+-").isdigit():
        return word
    sign, digits = ("-", word[1:]) if word[0] == "-" else ("", word.lstrip("+"))
    digits = digits.zfill(decimals + 1)
    return f"{sign}{digits[:-decimals]}.{digits[-decimals:]}"
