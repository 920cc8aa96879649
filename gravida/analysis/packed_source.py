"""Which columns of which Parquet files a model reads, and their rows as one packed number each."""

import hashlib
import json
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from pyarrow import parquet

from gravida.analysis.compression import Covariate, KeyArray, pack, woman_starts
from gravida.analysis.fit import IntArray

ROWS_AT_ONCE = 1 << 18
FOOTER_END = 8  # bytes: length of the footer, then "PAR1"


@dataclass(frozen=True, kw_only=True)
class Columns:
    """The columns of one packing: whose row, what happened, and the covariates, the first varies slowest."""

    woman: str
    outcome: str
    covariates: tuple[Covariate, ...]

    @cached_property
    def digest(self) -> str:
        """SHA-256 of names and levels."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()

    @property
    def names(self) -> list[str]:
        """Every column read, each once."""
        return [self.woman, self.outcome, *(covariate.name for covariate in self.covariates)]


@dataclass(frozen=True, kw_only=True)
class Source:
    """Parquet files as they stood at one moment: name, bytes, time of change and footer of each."""

    path: Path
    files: tuple[tuple[str, int, int, str], ...]

    @property
    def paths(self) -> list[Path]:
        """The files, in the order of their names."""
        return [self.path if self.path.is_file() else self.path / name for name, *_ in self.files]


@dataclass(frozen=True, kw_only=True, eq=False)
class PackedColumns:
    """Packed keys and outcomes (rows,), women side by side; starts (women + 1,)."""

    keys: KeyArray
    outcome: NDArray[np.uint8]
    starts: IntArray


def source_of(path: Path) -> Source:
    """A Parquet file, or all of a folder, by what tells one content from another without reading it all.

    The footer holds place, size and range of every column chunk. FileNotFoundError where there is none.
    """
    files = sorted(path.rglob("*.parquet")) if path.is_dir() else [path]
    if not files:
        raise FileNotFoundError(2, "no .parquet file in it", str(path))
    root = path if path.is_dir() else path.parent
    return Source(path=path, files=tuple(_identity(file, root) for file in files))


def _identity(file: Path, root: Path) -> tuple[str, int, int, str]:
    with file.open("rb") as opened:
        size = opened.seek(0, 2)
        opened.seek(max(0, size - FOOTER_END))
        length = int.from_bytes(opened.read(4), "little")
        opened.seek(max(0, size - FOOTER_END - length))
        footer = hashlib.sha256(opened.read()).hexdigest()
    return str(file.relative_to(root)), size, file.stat().st_mtime_ns, footer


def read_columns(source: Source, columns: Columns) -> PackedColumns:
    """Every row as its packed key and outcome, sorted by woman where the files are not.

    ValueError names file, column, what was found and what was wanted.
    """
    files = [_open(path, columns) for path in source.paths]
    total = sum(file.metadata.num_rows for file in files)
    keys: KeyArray | None = None
    outcome = np.empty(total, dtype=np.uint8)
    women: list[pa.Array] = []
    done = 0
    for path, file in zip(source.paths, files, strict=True):
        for batch in file.iter_batches(ROWS_AT_ONCE, columns=columns.names, use_threads=False):
            rows = slice(done, done + len(batch))
            told = _Batch(path=path, batch=batch)
            part = pack([told.levels(each) for each in columns.covariates], covariates=columns.covariates)
            keys = np.empty(total, dtype=part.dtype) if keys is None else keys
            keys[rows], outcome[rows] = part, told.answers(columns.outcome)
            women.append(told.whole(columns.woman))
            done = rows.stop
    if keys is None:
        raise ValueError(f"{source.path} has no rows: nothing to compress")
    return _by_woman(keys, outcome, _labels(women))


def _open(path: Path, columns: Columns) -> parquet.ParquetFile:
    try:
        file = parquet.ParquetFile(path, memory_map=True)
    except pa.ArrowInvalid as problem:
        raise ValueError(f"{path} is no Parquet file: {problem}") from problem
    for name in columns.names:
        if name not in file.schema_arrow.names:
            raise ValueError(f"{path} has no column {name!r}: it has {', '.join(file.schema_arrow.names)}")
    return file


def _labels(women: list[pa.Array]) -> NDArray[Any]:
    if pa.types.is_integer(women[0].type):
        return np.concatenate([part.to_numpy(zero_copy_only=False) for part in women])
    texts = pa.chunked_array([part.cast(pa.string()) for part in women]).dictionary_encode()
    return np.asarray(texts.combine_chunks().indices.to_numpy(zero_copy_only=False))


def _by_woman(keys: KeyArray, outcome: NDArray[np.uint8], labels: NDArray[Any]) -> PackedColumns:
    if not (labels[1:] >= labels[:-1]).all():
        order = np.argsort(labels, kind="stable")
        keys, outcome, labels = keys[order], outcome[order], labels[order]
    return PackedColumns(keys=keys, outcome=outcome, starts=woman_starts(labels))


@dataclass(frozen=True, kw_only=True, eq=False)
class _Batch:
    """Some rows of one file."""

    path: Path
    batch: pa.RecordBatch

    def whole(self, name: str) -> pa.Array:
        """A column without a missing value."""
        cells = self.batch.column(self.batch.schema.get_field_index(name))
        if cells.null_count:
            raise ValueError(
                f"{self.path}: column {name!r} is missing in {cells.null_count} of {len(cells)} rows read at "
                "once: wanted a value in each; leave rows with missing values out before"
            )
        return cells

    def levels(self, covariate: Covariate) -> NDArray[np.integer]:
        """Level numbers of one covariate, (rows,)."""
        cells = self.whole(covariate.name)
        if covariate.values is not None:
            return self._on_grid(covariate, cells)
        if pa.types.is_integer(cells.type) or pa.types.is_boolean(cells.type):
            numbers = cells.cast(pa.uint8()) if pa.types.is_boolean(cells.type) else cells
            codes: NDArray[np.integer] = numbers.to_numpy(zero_copy_only=False)
            return codes
        return self._of_words(covariate, cells)

    def _of_words(self, covariate: Covariate, cells: pa.Array) -> NDArray[np.integer]:
        words = cells if pa.types.is_dictionary(cells.type) else cells.cast(pa.string()).dictionary_encode()
        known = {word: at for at, word in enumerate(covariate.levels)}
        for word in words.dictionary.to_pylist():
            if word not in known:
                wanted = ", ".join(covariate.levels)
                raise ValueError(f"{self.path}: column {covariate.name!r} holds {word!r}: wanted {wanted}")
        level = np.array([known[word] for word in words.dictionary.to_pylist()], dtype=np.int64)
        return np.asarray(level[words.indices.to_numpy(zero_copy_only=False)])

    def _on_grid(self, covariate: Covariate, cells: pa.Array) -> NDArray[np.integer]:
        grid = np.asarray(covariate.values, dtype=np.float64)
        numbers = cells.cast(pa.float64()).to_numpy(zero_copy_only=False)
        order = np.argsort(grid)
        borders = (grid[order][1:] + grid[order][:-1]) / 2
        level = order[np.searchsorted(borders, numbers)]
        half = np.diff(grid[order]).min(initial=np.inf) / 2 * (1 + 1e-9)
        off = ~(np.abs(numbers - grid[level]) <= (half if len(grid) > 1 else 0.0))
        if off.any():
            found = f"{numbers[np.argmax(off)]:g}"
            wanted = f"numbers on a grid from {grid.min():g} to {grid.max():g}"
            raise ValueError(f"{self.path}: column {covariate.name!r} holds {found}: wanted {wanted}")
        return np.asarray(level)

    def answers(self, name: str) -> NDArray[np.uint8]:
        """A column of 0 and 1, or of no and yes, (rows,)."""
        cells = self.whole(name)
        if pa.types.is_boolean(cells.type):
            cells = cells.cast(pa.uint8())
        low, high = pc.min_max(cells).values() if len(cells) else (pa.scalar(0), pa.scalar(0))
        whole = pa.types.is_integer(cells.type)
        if not whole or low.as_py() < 0 or high.as_py() > 1:
            found = f"{low.as_py()!r} to {high.as_py()!r}"
            raise ValueError(f"{self.path}: column {name!r} holds {found}: wanted 0 or 1 in whole numbers")
        numbers: Any = cells.to_numpy(zero_copy_only=False)
        return np.asarray(numbers, dtype=np.uint8)
