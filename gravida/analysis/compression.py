"""Exact compression: rows counted by distinct covariate pattern, women kept side by side."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gravida.analysis.binomial_input import ClusteredRows
from gravida.analysis.fit import FloatArray, IntArray
from gravida.analysis.in_blocks import counted, looked_up, row_slices

KeyArray = NDArray[np.integer]
LARGEST_TABLE = 1 << 26  # keys that are counted in an array; beyond it they are sorted
DESIGN_ROWS = 1 << 11  # of a design filled at once, while they are in the processor's cache


@dataclass(frozen=True, kw_only=True)
class Covariate:
    """One categorical column: its levels, the reference first; values where the levels are numbers."""

    name: str
    levels: tuple[str, ...]
    values: tuple[float, ...] | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class PatternTable:
    """Distinct covariate patterns with their counts.

    Shapes: keys, trials, events (patterns,), ascending by key.
    """

    covariates: tuple[Covariate, ...]
    keys: IntArray
    trials: IntArray
    events: IntArray

    def code(self, covariate: int) -> KeyArray:
        """Level number of one covariate (by its place) in each pattern, (patterns,)."""
        number = len(self.covariates[covariate].levels)
        stride = _space(self.covariates[covariate + 1 :])
        keys = self.keys.astype(np.int32) if _space(self.covariates) < 2**31 else self.keys
        above = keys // stride
        return np.asarray(above - above // number * number)


@dataclass(frozen=True, kw_only=True, eq=False)
class CompressedRows:
    """A pattern table and, woman after woman, the pattern and outcome of each of her rows.

    Shapes: pattern, outcome (rows,); starts (women + 1,) her first row, then the end of all.
    """

    table: PatternTable
    pattern: NDArray[np.int32]
    outcome: NDArray[np.uint8]
    starts: IntArray

    @property
    def n_rows(self) -> int:
        """Rows counted."""
        return len(self.pattern)

    def clustered(self, *, weight: FloatArray | None = None) -> ClusteredRows:
        """The rows as the sandwich reads them."""
        return ClusteredRows(pattern=self.pattern, outcome=self.outcome, starts=self.starts, weight=weight)


def pack(codes: Sequence[NDArray[np.integer]], *, covariates: Sequence[Covariate]) -> KeyArray:
    """One integer per row from the level numbers of all its covariates (mixed radix, first varies slowest).

    codes: one array (rows,) per covariate, 0 to levels - 1. int32 where it fits, else int64.
    ValueError names the covariate whose number is out of range, as a missing one coded below 0.
    """
    space = _space(covariates)
    kind: type[np.int32] | type[np.int64] = np.int32 if 2 * space < 2**31 else np.int64
    key = np.zeros(len(codes[0]), dtype=kind)
    for code, covariate in zip(codes, covariates, strict=True):
        if len(code) and (int(code.min()) < 0 or int(code.max()) >= len(covariate.levels)):
            raise ValueError(
                f"{covariate.name} holds codes {int(code.min())} to {int(code.max())}: "
                f"wanted 0 to {len(covariate.levels) - 1}; missing values are left out before"
            )
    for part in row_slices(len(key)):
        block = key[part]
        for code, covariate in zip(codes, covariates, strict=True):
            block *= kind(len(covariate.levels))
            np.add(block, code[part], out=block, casting="unsafe")
    return key


def unpack(keys: NDArray[np.integer], *, levels: Sequence[int]) -> IntArray:
    """Level numbers from packed keys, (keys, covariates)."""
    codes = np.empty((len(keys), len(levels)), dtype=np.int64)
    rest = keys.astype(np.int64)
    for at in range(len(levels) - 1, -1, -1):
        rest, codes[:, at] = np.divmod(rest, levels[at])
    return codes


def compress(
    *,
    codes: Mapping[str, NDArray[np.integer]],
    covariates: Sequence[Covariate],
    outcome: ArrayLike,
    woman: ArrayLike,
) -> CompressedRows:
    """Rows -> patterns with counts, women side by side.

    codes: level numbers (rows,) of each covariate by name; outcome (rows,) 0 or 1; woman (rows,) her label.
    """
    keys = pack([codes[covariate.name] for covariate in covariates], covariates=covariates)
    y = np.asarray(outcome)
    if y.shape != keys.shape or not ((y == 0) | (y == 1)).all():
        raise ValueError(f"outcome of shape {y.shape}: wanted 0 or 1 for each of {len(keys)} rows")
    labels = np.asarray(woman)
    if labels.shape != keys.shape:
        raise ValueError(f"woman of shape {labels.shape}: wanted one label for each of {len(keys)} rows")
    y = y.astype(np.uint8)
    if len(labels) and not (labels[1:] >= labels[:-1]).all():
        order = np.argsort(labels, kind="stable")
        labels, keys, y = labels[order], keys[order], y[order]
    return compress_packed(keys=keys, covariates=covariates, outcome=y, starts=woman_starts(labels))


def woman_starts(sorted_labels: NDArray[np.generic]) -> IntArray:
    """First row of each woman, then the number of rows, (women + 1,); her rows must stand together."""
    begins = np.ones(len(sorted_labels) + 1, dtype=np.bool_)
    np.not_equal(sorted_labels[1:], sorted_labels[:-1], out=begins[1:-1])
    return np.flatnonzero(begins)


def compress_packed(
    *, keys: KeyArray, covariates: Sequence[Covariate], outcome: NDArray[np.uint8], starts: IntArray
) -> CompressedRows:
    """The same from packed keys that already stand woman by woman."""
    space = _space(covariates)
    if space <= max(LARGEST_TABLE, 0) and space <= max(8 * len(keys), 1 << 20):
        present = counted(keys, size=space)
        found = np.flatnonzero(present)
        number = np.zeros(space, dtype=np.int32)
        number[found] = np.arange(len(found), dtype=np.int32)
        pattern, trials = looked_up(number, keys), present[found]
    else:
        found, inverse, trials = np.unique(keys, return_inverse=True, return_counts=True)
        pattern = inverse.astype(np.int32)
    return CompressedRows(
        table=PatternTable(
            covariates=tuple(covariates),
            keys=found.astype(np.int64),
            trials=trials.astype(np.int64),
            events=np.bincount(pattern[np.flatnonzero(outcome)], minlength=len(found)),
        ),
        pattern=pattern,
        outcome=outcome,
        starts=starts,
    )


def with_outcome(rows: CompressedRows, outcome: NDArray[np.uint8]) -> CompressedRows:
    """The same women and patterns with another outcome, in the order of `rows`."""
    if outcome.shape != rows.pattern.shape:
        raise ValueError(f"outcome of shape {outcome.shape}: wanted ({rows.n_rows},)")
    table = rows.table
    events = np.bincount(rows.pattern[outcome == 1], minlength=len(table.keys))
    return CompressedRows(
        table=PatternTable(covariates=table.covariates, keys=table.keys, trials=table.trials, events=events),
        pattern=rows.pattern,
        outcome=outcome.astype(np.uint8),
        starts=rows.starts,
    )


def gridded(*, name: str, values: ArrayLike, step: float) -> tuple[Covariate, IntArray]:
    """A continuous covariate on a declared grid: rounded to the nearest multiple of `step`.

    Returns the covariate, whose levels are the grid's numbers in use, and the level number of each row.
    """
    numbers = np.asarray(values, dtype=np.float64)
    if not np.isfinite(numbers).all():
        raise ValueError(f"{name} is missing or infinite in {int((~np.isfinite(numbers)).sum())} rows")
    if step <= 0:
        raise ValueError(f"the grid of {name} has step {step:g}: wanted more than 0")
    lines, codes = np.unique(np.rint(numbers / step).astype(np.int64), return_inverse=True)
    on_grid = tuple(float(line) * step for line in lines)
    covariate = Covariate(name=name, levels=tuple(f"{value:g}" for value in on_grid), values=on_grid)
    return covariate, codes.astype(np.int64)


def treatment_design(
    table: PatternTable, *, use: Sequence[str] | None = None
) -> tuple[FloatArray, tuple[str, ...]]:
    """Indicator columns of every level but the reference, numbers as they are: design and names.

    use: the covariates of this model, by default all. Names read covariate=level, or the covariate alone
    where its levels are numbers on a grid. Shape (patterns, names).
    """
    known = {covariate.name: at for at, covariate in enumerate(table.covariates)}
    columns: list[tuple[KeyArray, int | FloatArray]] = []
    names: list[str] = []
    for name in known if use is None else use:
        if name not in known:
            raise KeyError(f"no covariate {name!r}: the table has {', '.join(known)}")
        covariate, code = table.covariates[known[name]], table.code(known[name])
        if covariate.values is not None:
            columns.append((code, np.asarray(covariate.values)))
            names.append(name)
            continue
        for level in range(1, len(covariate.levels)):
            columns.append((code, level))
            names.append(f"{name}={covariate.levels[level]}")
    design = np.empty((len(table.keys), len(columns)))
    for part in row_slices(len(design), DESIGN_ROWS):
        for at, (code, told) in enumerate(columns):
            design[part, at] = code[part] == told if isinstance(told, int) else told[code[part]]
    return design, tuple(names)


def _space(covariates: Sequence[Covariate]) -> int:
    space = 1
    for covariate in covariates:
        space *= len(covariate.levels)
    if space >= 2**62:
        raise ValueError(f"{len(covariates)} covariates make {space:.3g} possible patterns: beyond 64 bits")
    return space
