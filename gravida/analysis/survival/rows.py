"""Rows at risk: one woman's interval from entry to exit, what ended it, and the factors she carries."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from gravida.analysis.fit import BoolArray, FloatArray
from gravida.analysis.survival.times import BEFORE_ALL, Places, time_axis

AtRisk = Literal["after_entry", "from_entry"]


@dataclass(frozen=True, kw_only=True, eq=False)
class RiskRows:
    """A checked table of intervals (entry, exit].

    Factors are kept once per distinct pattern: a row's factors are x[pattern[row]]; pattern is None where
    every row is its own pattern. Shapes: x (patterns, factors), offset (patterns,) or None; times (times,);
    entry_at, exit_at (rows,) places in times (entry_at None: at risk from the start); stratum (rows,)
    0-based or None; weights (rows,) or None.
    """

    x: FloatArray
    names: tuple[str, ...]
    pattern: NDArray[Any] | None
    offset: FloatArray | None
    times: FloatArray
    entry_at: Places | None
    exit_at: Places
    stratum: Places | None
    n_strata: int
    weights: FloatArray | None

    @property
    def n_rows(self) -> int:
        """Rows at risk."""
        return len(self.exit_at)

    @property
    def n_patterns(self) -> int:
        """Distinct patterns of factors (rows, where none were given)."""
        return len(self.x)

    def patterns_of(self, rows: Any) -> NDArray[Any]:
        """Pattern of each of these rows."""
        if self.pattern is not None:
            return np.asarray(self.pattern[rows])
        if isinstance(rows, slice):
            return np.arange(*rows.indices(self.n_rows), dtype=np.int32)
        rows = np.asarray(rows)
        return np.flatnonzero(rows) if rows.dtype == np.bool_ else rows


def risk_rows(
    *,
    x: NDArray[Any],
    exit_time: NDArray[Any],
    entry: NDArray[Any] | None = None,
    names: Sequence[str] | None = None,
    pattern: NDArray[Any] | None = None,
    offset: NDArray[Any] | None = None,
    strata: NDArray[Any] | None = None,
    weights: NDArray[Any] | None = None,
    at_risk: AtRisk = "after_entry",
) -> RiskRows:
    """A table of intervals checked and coded once, for one or more models.

    Units: entry and exit_time in any one unit (weeks, days); a row is at risk after entry, up to and at exit,
    or from its entry time on (`from_entry`).
    x is (rows, factors), or (patterns, factors) with pattern (rows,); offset goes with x.
    Errors: ValueError naming the input for lengths that differ, values that are missing or not finite,
    weights that are not above 0, entries that are not before exits.
    """
    table, labels = _factors(x, names)
    n_rows = len(exit_time)
    _check_lengths(n_rows if pattern is None else len(table), {"x": table, "offset": offset})
    _check_lengths(n_rows, {"entry": entry, "pattern": pattern, "strata": strata, "weights": weights})
    check_times(exit_time=exit_time, entry=entry)
    if pattern is not None:
        _check_pattern(pattern, n_patterns=len(table))
    axis = time_axis(exit_time=exit_time, entry=entry)
    stratum, n_strata = (None, 1) if strata is None else _codes(np.asarray(strata))
    return RiskRows(
        x=table,
        names=labels,
        pattern=pattern,
        offset=None if offset is None else _finite("offset", offset),
        times=axis.times,
        entry_at=axis.entry_at if at_risk == "after_entry" else counted_from_entry(axis.entry_at),
        exit_at=axis.exit_at,
        stratum=stratum,
        n_strata=n_strata,
        weights=None if weights is None else positive("weights", weights),
    )


def _factors(x: NDArray[Any], names: Sequence[str] | None) -> tuple[FloatArray, tuple[str, ...]]:
    table = np.ascontiguousarray(x, dtype=np.float64)
    if table.ndim != 2:
        raise ValueError(f"x has {table.ndim} dimensions: need 2, (rows, factors)")
    labels = tuple(names) if names is not None else tuple(f"x{at + 1}" for at in range(table.shape[1]))
    if len(labels) != table.shape[1]:
        raise ValueError(f"{len(labels)} names for {table.shape[1]} columns of x")
    if not np.isfinite(table).all():
        for at, label in enumerate(labels):
            _check_finite(label, table[:, at])
    return table, labels


def counted_from_entry(entry_at: Places | None) -> Places | None:
    """Entry places moved one time back, so that a row is at risk at its entry time too."""
    return None if entry_at is None else np.maximum(entry_at - np.int32(1), np.int32(BEFORE_ALL))


def event_flags(event: NDArray[Any], *, n_rows: int) -> BoolArray:
    """The event of each row as yes or no; ValueError where it is neither 0/1 nor boolean."""
    flags = np.asarray(event)
    if len(flags) != n_rows:
        raise ValueError(f"event has {len(flags)} rows, exit_time has {n_rows}")
    if flags.dtype == np.bool_:
        return flags
    known = (flags == 0) | (flags == 1)
    if not known.all():
        row = int(np.argmin(known))
        raise ValueError(f"event of row {row} is {flags[row]!r}: need 0 (none) or 1 (event)")
    return np.asarray(flags == 1)


def cause_codes(cause: NDArray[Any], *, n_rows: int) -> Places:
    """Causes as whole numbers, 0 = censored; ValueError where one is missing, negative or no whole number."""
    codes = np.asarray(cause)
    if len(codes) != n_rows:
        raise ValueError(f"cause has {len(codes)} rows, exit_time has {n_rows}")
    if codes.dtype.kind == "f":
        whole = np.isfinite(codes) & (codes == np.rint(codes))
        if not whole.all():
            row = int(np.argmin(whole))
            raise ValueError(f"cause of row {row} is {codes[row]!r}: need 0 (censored), 1, 2, ...")
    if len(codes) and codes.min() < 0:
        row = int(np.argmin(codes))
        raise ValueError(f"cause of row {row} is {codes[row]!r}: need 0 (censored), 1, 2, ...")
    return codes.astype(np.int32)


def cluster_codes(cluster: NDArray[Any], *, n_rows: int) -> tuple[Places, int]:
    """Clusters numbered from 0 in the order of their labels, and how many there are."""
    if len(cluster) != n_rows:
        raise ValueError(f"cluster has {len(cluster)} rows, exit_time has {n_rows}")
    labels = np.asarray(cluster)
    if labels.dtype.kind == "f":
        _check_finite("cluster", labels)
    return _codes(labels)


def _codes(labels: NDArray[Any]) -> tuple[Places, int]:
    if labels.dtype.kind in "iu" and len(labels):
        if (labels[1:] >= labels[:-1]).all():
            codes = np.zeros(len(labels), dtype=np.int32)
            np.cumsum(labels[1:] != labels[:-1], out=codes[1:])
            return codes, int(codes[-1]) + 1
        low, high = int(labels.min()), int(labels.max())
        if high - low < 4 * len(labels) + 1000:
            seen = np.bincount(labels - low, minlength=high - low + 1) > 0
            return (np.cumsum(seen) - 1).astype(np.int32)[labels - low], int(seen.sum())
    distinct, inverse = np.unique(labels, return_inverse=True)
    return inverse.astype(np.int32), len(distinct)


def _check_lengths(wanted: int, arrays: dict[str, NDArray[Any] | None]) -> None:
    if wanted == 0:
        raise ValueError("no rows: nothing is at risk")
    for name, values in arrays.items():
        if values is not None and len(values) != wanted:
            raise ValueError(f"{name} has {len(values)} rows: need {wanted}")


def _check_pattern(pattern: NDArray[Any], *, n_patterns: int) -> None:
    if pattern.dtype.kind not in "iu":
        raise ValueError(f"pattern is of type {pattern.dtype}: need whole numbers, rows of x")
    low, high = int(pattern.min()), int(pattern.max())
    if low < 0 or high >= n_patterns:
        raise ValueError(f"pattern runs from {low} to {high}: need 0 to {n_patterns - 1}, rows of x")


def check_times(*, exit_time: NDArray[Any], entry: NDArray[Any] | None) -> None:
    _check_finite("exit_time", np.asarray(exit_time))
    if entry is None:
        return
    started = np.asarray(entry)
    if started.dtype.kind == "f" and np.isnan(started).any():
        raise ValueError(f"entry of row {int(np.argmax(np.isnan(started)))} is missing")
    wrong = started >= exit_time
    if wrong.any():
        row = int(np.argmax(wrong))
        raise ValueError(f"row {row}: entry {started[row]!r} is not before exit {exit_time[row]!r}")


def _check_finite(name: str, values: NDArray[Any]) -> None:
    if values.dtype.kind in "iub":
        return
    finite = np.isfinite(values)
    if not finite.all():
        row = int(np.argmin(finite))
        raise ValueError(f"{name} of row {row} is {values[row]!r}: missing values are not estimated here")


def _finite(name: str, values: NDArray[Any]) -> FloatArray:
    numbers = np.asarray(values, dtype=np.float64)
    _check_finite(name, numbers)
    return numbers


def positive(name: str, values: NDArray[Any]) -> FloatArray:
    numbers = _finite(name, values)
    if (numbers <= 0).any():
        row = int(np.argmax(numbers <= 0))
        raise ValueError(f"{name} of row {row} is {numbers[row]!r}: need more than 0; leave other rows out")
    return numbers
