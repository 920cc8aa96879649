"""A register's Parquet as compressed rows, kept packed beside it so that the next model starts at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from gravida.analysis.compression import CompressedRows, Covariate, compress_packed
from gravida.analysis.packed_file import PackedCannotBeTrusted, read_packed, write_packed
from gravida.analysis.packed_source import Columns, Source, read_columns, source_of


@dataclass(frozen=True, kw_only=True, eq=False)
class Packed:
    """Compressed rows, the packed file they were read from or written to, and whether it was there before.

    `file` is None where no packed file is kept: none was wanted, or the folder cannot be written.
    `not_trusted` says why a packed file that was there was made anew; None where none was, or it was used.
    """

    rows: CompressedRows
    file: Path | None
    was_kept: bool
    not_trusted: str | None = None


def packed_rows(
    parquet: Path,
    *,
    covariates: Sequence[Covariate],
    outcome: str = "early_loss",
    woman: str = "woman",
    keep: bool = True,
) -> Packed:
    """The rows of a Parquet file, or of a folder of them, by pattern and woman.

    A covariate's column holds its levels' words, its level numbers from 0, or, where the covariate has
    `values`, numbers that are put on the nearest of them. Outcome 0/1 or no/yes; woman any label.
    With `keep` a packed file stands beside the Parquet, 5 bytes a row and 4 a woman, one for each list of
    columns. It is used only where its checksum holds and the Parquet has the same size, time and footer;
    otherwise it is made anew. Its arrays are memory-mapped and cannot be written.
    FileNotFoundError; ValueError naming file, column, what was found and what was wanted.
    """
    columns = Columns(woman=woman, outcome=outcome, covariates=tuple(covariates))
    source = source_of(parquet)
    file = packed_path(parquet, columns) if keep else None
    reason = None
    if file is not None and file.exists():
        try:
            rows = read_packed(file, source=source, columns=columns)
        except PackedCannotBeTrusted as problem:
            reason = str(problem)
        else:
            return Packed(rows=rows, file=file, was_kept=True)
    rows = _compressed(source, columns)
    if file is None or not _kept(file, rows, source=source, columns=columns):
        return Packed(rows=rows, file=None, was_kept=False, not_trusted=reason)
    return Packed(rows=rows, file=file, was_kept=False, not_trusted=reason)


def packed_path(parquet: Path, columns: Columns) -> Path:
    """Where the packed file of these columns stands: beside the Parquet, under its name."""
    return parquet.with_name(f"{parquet.name}.{columns.digest[:16]}.packed")


def _compressed(source: Source, columns: Columns) -> CompressedRows:
    read = read_columns(source, columns)
    return compress_packed(
        keys=read.keys, covariates=columns.covariates, outcome=read.outcome, starts=read.starts
    )


def _kept(file: Path, rows: CompressedRows, *, source: Source, columns: Columns) -> bool:
    """Whether the packed file could be written; registers often lie where nobody may write."""
    if source_of(source.path) != source:
        raise ValueError(f"{source.path} changed while it was read: read it again when it stands still")
    try:
        write_packed(file, rows, source=source, columns=columns)
    except OSError:
        return False
    return True
