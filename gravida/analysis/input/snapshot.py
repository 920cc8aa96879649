"""A snapshot folder: one typed Parquet file per grain and a manifest.json that vouches for each of them.

The format is docs/analysis-input.md. What is read here is what the manifest says was written: a file that
was changed, cut or left out is refused.
"""

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from pyarrow import parquet

from gravida.analysis.input.mistakes import InputMistake, Mistakes
from gravida.analysis.input.parquet_file import BELOW, HIGH, REASON, read_parquet
from gravida.analysis.input.table import BELOW_DETECTION, BLANK, REASONS, Column, Kind, Table

MANIFEST = "manifest.json"
FORMAT, FORMAT_VERSION = "gravida-snapshot", 1
WOMAN, PREGNANCY = "woman", "pregnancy"
_TEXTS = ("study", "dictionary_version", "frozen_at")


@dataclass(frozen=True, kw_only=True)
class GrainFile:
    """One table of a snapshot: what a row is, its file, its rows and its SHA-256."""

    grain: str
    file: str
    rows: int
    sha256: str


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """What a snapshot holds: of which study, under which dictionary, frozen when (an instant, ISO 8601)."""

    study: str
    dictionary_version: str
    frozen_at: str
    grains: tuple[GrainFile, ...]

    def grain(self, name: str) -> GrainFile | None:
        """The table of a grain; None where the snapshot has none."""
        return next((grain for grain in self.grains if grain.grain == name), None)


def read_manifest(folder: Path, mistakes: Mistakes) -> Manifest | None:
    """The manifest of a folder, its files there and unchanged; None, and mistakes, otherwise."""
    path = folder / MANIFEST
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        mistakes.add(InputMistake(file=path, found=str(error), wanted="the manifest of a snapshot, in JSON"))
        return None
    before = len(mistakes.found)
    manifest = _manifest(path, data, mistakes)
    if len(mistakes.found) > before:
        return None
    for grain in manifest.grains:
        _unchanged(folder / grain.file, grain, mistakes)
    return manifest if len(mistakes.found) == before else None


def _manifest(path: Path, data: Any, mistakes: Mistakes) -> Manifest:
    def wrong(key: str, found: object, wanted: str) -> None:
        mistakes.add(InputMistake(file=path, column=key, found=f"{found!r}", wanted=wanted))

    told = data if isinstance(data, dict) else {}
    if (told.get("format"), told.get("format_version")) != (FORMAT, FORMAT_VERSION):
        wrong("format", (told.get("format"), told.get("format_version")), f"{FORMAT}, {FORMAT_VERSION}")
    for key in _TEXTS:
        if not isinstance(told.get(key), str) or not told[key]:
            wrong(key, told.get(key), "a text")
    grains = told.get("grains")
    if not isinstance(grains, dict) or not grains:
        wrong("grains", grains, "one table or more by grain")
        grains = {}
    found = []
    for name, grain in sorted(grains.items()):
        values = grain if isinstance(grain, dict) else {}
        file, rows, sha256 = values.get("file"), values.get("rows"), values.get("sha256")
        if (
            isinstance(file, str)
            and Path(file).name == file
            and type(rows) is int
            and isinstance(sha256, str)
        ):
            found.append(GrainFile(grain=name, file=str(file), rows=rows, sha256=sha256))
        else:
            wrong(f"grains.{name}", grain, "file (a name in the folder), rows and sha256")
    texts = {key: str(told.get(key)) for key in _TEXTS}
    return Manifest(grains=tuple(found), **texts)


def _unchanged(path: Path, grain: GrainFile, mistakes: Mistakes) -> None:
    if not path.is_file():
        mistakes.add(InputMistake(file=path, found="no file", wanted=f"the table {grain.grain}"))
        return
    found = digest(path)
    if found != grain.sha256:
        wanted = f"{grain.sha256[:12]}…, as the manifest says"
        mistakes.add(InputMistake(file=path, found=f"SHA-256 {found[:12]}…", wanted=wanted))
        return
    rows = parquet.ParquetFile(path).metadata.num_rows
    if rows != grain.rows:
        mistakes.add(InputMistake(file=path, found=f"{rows} rows", wanted=f"{grain.rows} rows"))


def digest(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def read_grain(
    folder: Path,
    manifest: Manifest,
    grain: str,
    kinds: Mapping[str, Kind],
    mistakes: Mistakes,
    *,
    only: Collection[str] | None = None,
) -> Table | None:
    """The table of a grain; None, and a mistake, where the snapshot has none."""
    found = manifest.grain(grain)
    if found is None:
        has = ", ".join(row.grain for row in manifest.grains)
        mistakes.add(InputMistake(file=folder / MANIFEST, found=f"tables {has}", wanted=f"a table {grain}"))
        return None
    return read_parquet(folder / found.file, kinds, mistakes, only=only)


def write_snapshot(
    folder: Path, tables: Mapping[str, Table], *, study: str, dictionary_version: str, frozen_at: str
) -> Manifest:
    """Write tables by grain as a snapshot; the same tables give the same bytes.

    The manifest is written last: a folder without one was not finished. FileExistsError where the folder
    holds anything.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise FileExistsError(f"{folder}: found files, wanted an empty folder; a snapshot is never changed")
    grains = []
    for grain, table in sorted(tables.items()):
        path = folder / f"{grain}.parquet"
        parquet.write_table(arrow_table(table), path, compression="zstd", version="2.6")
        grains.append(GrainFile(grain=grain, file=path.name, rows=len(table), sha256=digest(path)))
    manifest = Manifest(
        study=study, dictionary_version=dictionary_version, frozen_at=frozen_at, grains=tuple(grains)
    )
    told = {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        **{key: getattr(manifest, key) for key in _TEXTS},
        "grains": {row.grain: {"file": row.file, "rows": row.rows, "sha256": row.sha256} for row in grains},
    }
    text = json.dumps(told, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
    (folder / MANIFEST).write_text(text, encoding="utf-8")
    return manifest


def arrow_table(table: Table) -> pa.Table:
    """The typed columns, and beside a column why cells are empty, limits of detection, upper bounds."""
    arrays: dict[str, pa.Array] = {}
    for column in table:
        arrays[column.name] = _array(column)
        reasons = [REASONS[at] if BLANK < at < BELOW_DETECTION else None for at in column.missing]
        if any(reasons):
            arrays[column.name + REASON] = pa.array(reasons, pa.string()).dictionary_encode()
        if column.below is not None:
            arrays[column.name + BELOW] = _floats(column.below)
        if column.high is not None and not np.array_equal(column.high, column.numbers, equal_nan=True):
            is_date = column.kind is Kind.DATE
            arrays[column.name + HIGH] = _days(column.high) if is_date else _floats(column.high)
    return pa.table(arrays)


def _array(column: Column) -> pa.Array:
    if column.kind is Kind.CODE:
        texts = [text or None for text in column.texts()]
        return pa.array(texts, pa.string()).dictionary_encode()
    if column.kind is Kind.DATE:
        return _days(column.numbers)
    if column.kind is Kind.YES_NO:
        return pa.array([None if np.isnan(value) else bool(value) for value in column.numbers], pa.bool_())
    return _floats(column.numbers)


def _floats(numbers: np.ndarray[tuple[int], np.dtype[np.float64]]) -> pa.Array:
    return pa.array(numbers, pa.float64(), mask=np.isnan(numbers))


def _days(numbers: np.ndarray[tuple[int], np.dtype[np.float64]]) -> pa.Array:
    epoch = date(1970, 1, 1).toordinal()
    days = [None if np.isnan(value) else date.fromordinal(int(value) + epoch) for value in numbers]
    return pa.array(days, pa.date32())
