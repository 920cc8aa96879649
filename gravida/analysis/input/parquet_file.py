"""Parquet tables: typed columns as they are, texts read like the cells of a CSV."""

from collections.abc import Collection, Mapping
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import parquet

from gravida.analysis.input.cells import typed_column
from gravida.analysis.input.mistakes import InputMistake, Mistakes
from gravida.analysis.input.table import BELOW_DETECTION, BLANK, REASONS, Column, Kind, Origin, Table

# Beside a typed column: why a cell is empty, the limit it lies below, the upper bound of a span.
REASON, BELOW, HIGH = "__missing", "__below", "__high"
COMPANIONS = (REASON, BELOW, HIGH)


def read_parquet(
    path: Path, kinds: Mapping[str, Kind], mistakes: Mistakes, *, only: Collection[str] | None = None
) -> Table | None:
    """The table of a Parquet file; None, and mistakes, where it cannot be read.

    Numbers, dates and answers keep their type; an empty cell is missing, for the reason that the companion
    column NAME__missing gives. Texts become the kind wanted, or codes.
    """
    try:
        file = parquet.ParquetFile(path, memory_map=True)
    except FileNotFoundError:
        mistakes.add(InputMistake(file=path, found="no file", wanted="a file of this name"))
        return None
    except (pa.ArrowInvalid, OSError) as error:
        mistakes.add(InputMistake(file=path, found=str(error), wanted="a Parquet file"))
        return None
    names = file.schema_arrow.names
    if only is not None:
        wanted = {name.lower() for name in only}
        names = [name for name in names if name.partition("__")[0].lower() in wanted]
    read = file.read(columns=names)
    origin = Origin(path=path)
    own = [name for name in names if not name.endswith(COMPANIONS)]
    columns = [_column(name, read, kinds.get(name.lower()), origin, mistakes) for name in own]
    if len({column.name.lower() for column in columns}) < len(columns):
        mistakes.add(InputMistake(file=path, found="names that differ in case only", wanted="each name once"))
        return None
    return Table(columns=tuple(columns), origin=origin)


def _column(name: str, read: pa.Table, wanted: Kind | None, origin: Origin, mistakes: Mistakes) -> Column:
    cells = read.column(name)
    kind = _kind(cells.type)
    if kind is None:
        found = f"type {cells.type}"
        mistakes.add(origin.mistake(None, name, found=found, wanted="numbers, dates, answers or texts"))
        kind, cells = Kind.CODE, pa.chunked_array([pa.array([""] * len(cells))])
    if kind is Kind.CODE or wanted is Kind.CODE:
        column = _from_texts(name, cells, wanted or Kind.CODE, origin, mistakes)
    else:
        column = _typed(name, cells, kind)
        if wanted is not None and wanted is not kind and not _stands_for(kind, wanted, column):
            found = f"{kind.value} columns"
            mistakes.add(origin.mistake(None, name, found=found, wanted=f"{wanted.value} columns"))
    return _with_companions(column, read, origin, mistakes)


def _kind(type_: pa.DataType) -> Kind | None:
    if pa.types.is_boolean(type_):
        return Kind.YES_NO
    if pa.types.is_integer(type_) or pa.types.is_floating(type_) or pa.types.is_decimal(type_):
        return Kind.NUMBER
    if pa.types.is_date(type_) or pa.types.is_timestamp(type_):
        return Kind.DATE
    value = type_.value_type if pa.types.is_dictionary(type_) else type_
    return Kind.CODE if pa.types.is_string(value) or pa.types.is_large_string(value) else None


def _stands_for(kind: Kind, wanted: Kind, column: Column) -> bool:
    """An answer is a number 0 or 1, and numbers 0 and 1 are answers."""
    if kind is Kind.YES_NO:
        return wanted is Kind.NUMBER
    known = column.numbers[~column.is_missing]
    return kind is Kind.NUMBER and wanted is Kind.YES_NO and bool(np.isin(known, (0.0, 1.0)).all())


def _typed(name: str, cells: pa.ChunkedArray, kind: Kind) -> Column:
    if kind is Kind.DATE:
        cells = cells.cast(pa.date32()).cast(pa.int32())
    numbers = cells.cast(pa.float64()).to_numpy().astype(np.float64) + 0.0
    missing = np.where(np.isfinite(numbers), 0, BLANK).astype(np.uint8)
    numbers = np.where(missing != 0, np.nan, numbers)
    high = numbers.copy() if kind is Kind.DATE else None
    return Column(name=name, kind=kind, numbers=numbers, missing=missing, high=high)


def _from_texts(name: str, cells: pa.ChunkedArray, kind: Kind, origin: Origin, mistakes: Mistakes) -> Column:
    if pa.types.is_floating(cells.type):  # code 1 stored as 1.0 is still code 1
        written = [None if cell is None else f"{cell:.17g}" for cell in cells.to_pylist()]
        cells = pa.chunked_array([pa.array(written, pa.string())])
    texts = pc.fill_null(cells.cast(pa.string()), "")
    coded = pa.chunked_array(texts.chunks, pa.string()).combine_chunks().dictionary_encode()
    places = coded.indices.to_numpy(zero_copy_only=False).astype(np.int64)
    return typed_column(name, coded.dictionary.to_pylist(), places, kind, origin=origin, mistakes=mistakes)


def _with_companions(column: Column, read: pa.Table, origin: Origin, mistakes: Mistakes) -> Column:
    """The column with the reasons, limits and last days that stand beside it."""
    name, missing, below, last = column.name, column.missing, column.below, column.high
    if name + REASON in read.column_names:
        missing = _reasons(column, read.column(name + REASON), origin, mistakes)
    if name + BELOW in read.column_names:
        below = read.column(name + BELOW).cast(pa.float64()).to_numpy().astype(np.float64)
        missing = np.where(np.isfinite(below), BELOW_DETECTION, missing).astype(np.uint8)
    if name + HIGH in read.column_names and column.kind in (Kind.DATE, Kind.NUMBER):
        bound = read.column(name + HIGH)
        if column.kind is Kind.DATE:
            bound = bound.cast(pa.date32()).cast(pa.int32())
        told = bound.cast(pa.float64()).to_numpy().astype(np.float64)
        last = np.where(np.isfinite(told), told, column.numbers)
        for row in np.flatnonzero(last < column.numbers)[:50]:
            found = "an upper bound below the lower"
            mistakes.add(origin.mistake(int(row), name, found=found, wanted="the lower bound first"))
    return Column(
        name=name,
        kind=column.kind,
        numbers=column.numbers,
        missing=missing,
        words=column.words,
        high=last,
        below=below,
    )


def _reasons(
    column: Column, cells: pa.ChunkedArray, origin: Origin, mistakes: Mistakes
) -> np.ndarray[tuple[int], np.dtype[np.uint8]]:
    told = _from_texts(column.name + REASON, cells, Kind.CODE, origin, mistakes)
    # The reasons themselves read as missing codes, which is what they are here.
    missing = np.where(column.missing != 0, np.maximum(told.missing, BLANK), 0).astype(np.uint8)
    for row in np.flatnonzero(~told.is_missing)[:50]:
        found = f"reason “{told.words[int(told.numbers[row])]}”"
        wanted = f"one of {', '.join(REASONS[2:-1])}"
        mistakes.add(origin.mistake(int(row), column.name, found=found, wanted=wanted))
    for row in np.flatnonzero((told.missing > BLANK) & (column.missing == 0))[:50]:
        found = f"a value and the reason {REASONS[told.missing[row]]}"
        mistakes.add(origin.mistake(int(row), column.name, found=found, wanted="one of both"))
    return missing
