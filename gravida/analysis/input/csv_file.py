"""CSV tables: UTF-8 with or without mark, comma, semicolon or tab, plain or gzip."""

import csv
import gzip
import io
import re
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as arrow_csv

from gravida.analysis.input.cells import typed_column
from gravida.analysis.input.mistakes import InputMistake, Mistakes
from gravida.analysis.input.table import Column, Kind, Lines, Origin, Table

_DELIMITERS = (",", ";", "\t")
_MARK = b"\xef\xbb\xbf"


def read_csv(path: Path, kinds: Mapping[str, Kind], mistakes: Mistakes) -> Table | None:
    """The table of a CSV file whose first line names its columns; None, and mistakes, where unreadable.

    `kinds`: kinds wanted of columns, by name in any case; of the others the narrowest that fits. Where the
    file is written with semicolons, 12,5 is a number.
    """
    content = text_bytes(path, mistakes)
    if content is None:
        return None
    header, delimiter = _header(path, content, mistakes)
    if not header:
        return None
    read = _arrow(content, header, delimiter)
    if read is None:
        _name_wrong_lines(path, content, delimiter, len(header), mistakes)
        return None
    origin = Origin(path=path, lines=Lines.TEXT)
    comma = delimiter == ";"
    columns = [
        _column(name, read.column(at), kinds.get(name.lower()), origin, mistakes, decimal_comma=comma)
        for at, name in enumerate(header)
    ]
    return Table(columns=tuple(columns), origin=origin)


def text_bytes(path: Path, mistakes: Mistakes) -> bytes | None:
    """The file unpacked, without its mark; None, and a mistake, where it is absent, broken or not UTF-8."""
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
    content = content.removeprefix(_MARK)
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        found = f"byte 0x{content[error.start]:02x}"
        mistakes.add(InputMistake(file=path, line=line, found=found, wanted="text in UTF-8"))
        return None
    return content


def _header(path: Path, content: bytes, mistakes: Mistakes) -> tuple[list[str], str]:
    """Names of the columns and the sign between them: the one that the first line has most of."""
    first = content.split(b"\n", 1)[0].decode("utf-8").rstrip("\r")
    unquoted = re.sub(r'"[^"]*"', "", first)
    delimiter = max(_DELIMITERS, key=unquoted.count)
    names = [name.strip() for name in next(csv.reader([first], delimiter=delimiter), [])]
    lowered = [name.lower() for name in names]
    problem = ""
    if not any(names):
        problem = "no names of columns"
    elif "" in names:
        problem = f"no name for column {names.index('') + 1}"
    elif len(set(lowered)) < len(lowered):
        problem = f"column {next(name for name in names if lowered.count(name.lower()) > 1)} twice"
    if problem:
        mistakes.add(
            InputMistake(file=path, line=1, found=problem, wanted="a first line that names each column once")
        )
        return [], delimiter
    return names, delimiter


def _arrow(content: bytes, header: list[str], delimiter: str) -> pa.Table | None:
    """Every cell as text, in dictionary code; None where a line does not have one cell per column."""
    wrong = []

    def note(row: object) -> str:
        wrong.append(row)
        return "skip"

    body = content.partition(b"\n")[2]
    if body.count(b'"') % 2:
        return None
    if not body.strip():
        return pa.table({str(at): pa.array([], pa.string()) for at in range(len(header))})
    names = [str(at) for at in range(len(header))]
    try:
        table = arrow_csv.read_csv(
            io.BytesIO(body),
            read_options=arrow_csv.ReadOptions(column_names=names, use_threads=False, block_size=1 << 24),
            parse_options=arrow_csv.ParseOptions(
                delimiter=delimiter, newlines_in_values=b'"' in body, invalid_row_handler=note
            ),
            convert_options=arrow_csv.ConvertOptions(
                column_types={name: pa.string() for name in names}, strings_can_be_null=False
            ),
        )
    except pa.ArrowInvalid:
        return None
    return None if wrong else table


def _column(
    name: str,
    cells: pa.ChunkedArray,
    kind: Kind | None,
    origin: Origin,
    mistakes: Mistakes,
    *,
    decimal_comma: bool,
) -> Column:
    coded = pc.dictionary_encode(cells).combine_chunks()
    if isinstance(coded, pa.ChunkedArray):
        coded = coded.chunk(0) if coded.num_chunks else pa.array([], pa.string()).dictionary_encode()
    places = coded.indices.to_numpy(zero_copy_only=False).astype(np.int64)
    words = coded.dictionary.to_pylist()
    return typed_column(
        name, words, places, kind, origin=origin, mistakes=mistakes, decimal_comma=decimal_comma
    )


def _name_wrong_lines(path: Path, content: bytes, delimiter: str, wanted: int, mistakes: Mistakes) -> None:
    reader = csv.reader(io.StringIO(content.decode("utf-8"), newline=""), delimiter=delimiter, strict=True)
    start = 1
    try:
        for cells in reader:
            line, start = start, reader.line_num + 1
            if cells and len(cells) != wanted:
                found = f"{len(cells)} cells"
                mistakes.add(InputMistake(file=path, line=line, found=found, wanted=f"{wanted} cells"))
    except csv.Error as error:
        mistakes.add(InputMistake(file=path, line=start, found=str(error), wanted="cells in well-formed CSV"))
    if not mistakes.found:
        mistakes.add(InputMistake(file=path, found="quotes that do not close", wanted="well-formed CSV"))


def lines_of_rows(path: Path) -> tuple[int, ...]:
    """The line on which each row of a CSV file begins; empty lines are no rows."""
    content = text_bytes(path, Mistakes()) or b""
    delimiter = _header(path, content, Mistakes())[1]
    reader = csv.reader(io.StringIO(content.decode("utf-8"), newline=""), delimiter=delimiter)
    lines, start = [], 1
    for cells in reader:
        if cells:
            lines.append(start)
        start = reader.line_num + 1
    return tuple(lines[1:])
