"""The packed file: a header that says what it was made of, then the arrays, mapped into memory as they are.

Layout, little-endian: MAGIC, length and CRC-32 of the header (4 bytes each), the header as JSON; then the
arrays that the header lists, each at a multiple of 64 bytes. The header holds the arrays' CRC-32.
"""

import json
import mmap
import os
import struct
import tempfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gravida.analysis.compression import CompressedRows, PatternTable
from gravida.analysis.packed_source import Columns, Source

MAGIC = b"gravida packed 1\n"
LENGTHS = struct.Struct("<II")
ALIGNED = 64


class PackedCannotBeTrusted(Exception):
    """A packed file that is torn, damaged, of another version, or older than its Parquet."""


def write_packed(file: Path, rows: CompressedRows, *, source: Source, columns: Columns) -> None:
    """Write the packed file whole or not at all. OSError where the folder cannot be written."""
    starts = rows.starts.astype("<i4" if rows.n_rows < 2**31 else "<i8")
    arrays = {
        "keys": rows.table.keys.astype("<i8"),
        "trials": rows.table.trials.astype("<i8"),
        "events": rows.table.events.astype("<i8"),
        "starts": starts,
        "pattern": rows.pattern.astype("<i4", copy=False),
        "outcome": rows.outcome.astype("u1", copy=False),
    }
    header = json.dumps(_made_of(source, columns) | {"arrays": _described(arrays)}).encode()
    temporary, name = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.parent)
    try:
        with os.fdopen(temporary, "wb") as out:
            out.write(MAGIC + LENGTHS.pack(len(header), zlib.crc32(header)) + header)
            for array in arrays.values():
                out.write(bytes(-out.tell() % ALIGNED))
                out.write(_bytes(array))
            out.flush()
            os.fsync(out.fileno())
        Path(name).chmod(0o600)
        Path(name).replace(file)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def read_packed(file: Path, *, source: Source, columns: Columns) -> CompressedRows:
    """The rows of a packed file, mapped into memory. PackedCannotBeTrusted says what is wrong with it."""
    with file.open("rb") as opened:
        if os.fstat(opened.fileno()).st_size == 0:
            raise PackedCannotBeTrusted(f"{file} is empty")
        held = mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ)
    header, at = _header(file, held)
    made_of = json.loads(json.dumps(_made_of(source, columns)))
    for name, wanted in made_of.items():
        if header.get(name) != wanted:
            raise PackedCannotBeTrusted(f"{file} was made of another {name}")
    arrays = _arrays(file, held, header["arrays"], at)
    return CompressedRows(
        table=PatternTable(
            covariates=columns.covariates,
            keys=arrays["keys"],
            trials=arrays["trials"],
            events=arrays["events"],
        ),
        pattern=arrays["pattern"],
        outcome=arrays["outcome"],
        starts=arrays["starts"].astype(np.int64),
    )


def _made_of(source: Source, columns: Columns) -> dict[str, Any]:
    return {"columns": columns.digest, "source": [list(each) for each in source.files]}


def _described(arrays: dict[str, NDArray[Any]]) -> list[list[Any]]:
    return [[name, array.dtype.str, len(array), zlib.crc32(_bytes(array))] for name, array in arrays.items()]


def _bytes(array: NDArray[Any]) -> memoryview:
    return memoryview(np.ascontiguousarray(array).view(np.uint8).data)


def _header(file: Path, held: mmap.mmap) -> tuple[dict[str, Any], int]:
    start = len(MAGIC) + LENGTHS.size
    if len(held) < start or held[: len(MAGIC)] != MAGIC:
        raise PackedCannotBeTrusted(f"{file} does not begin as a packed file of this version")
    length, checksum = LENGTHS.unpack(held[len(MAGIC) : start])
    text = held[start : start + length]
    if len(text) != length or zlib.crc32(text) != checksum:
        raise PackedCannotBeTrusted(f"{file} has a torn header")
    header: dict[str, Any] = json.loads(text)
    return header, start + length


def _arrays(file: Path, held: mmap.mmap, described: list[list[Any]], at: int) -> dict[str, NDArray[Any]]:
    arrays = {}
    whole = memoryview(held)
    for name, kind, length, checksum in described:
        at += -at % ALIGNED
        end = at + np.dtype(kind).itemsize * length
        if end > len(held) or zlib.crc32(whole[at:end]) != checksum:
            raise PackedCannotBeTrusted(f"{file} is torn or damaged in {name}")
        arrays[name] = np.frombuffer(held, dtype=kind, count=length, offset=at)
        at = end
    return arrays
