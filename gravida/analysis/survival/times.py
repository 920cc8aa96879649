"""Times as places on one axis, so that equal times are equal whatever their floating-point noise."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gravida.analysis.fit import FloatArray
from gravida.analysis.in_blocks import counted, looked_up

Places = NDArray[np.int32]
Steps = NDArray[np.integer]

TOLERANCE = float(np.sqrt(np.finfo(np.float64).eps))
LATTICES = (1, 2, 7)  # whole units, halves (weeks + 0.5), days written in weeks
WIDEST_LATTICE = 100_000
BEFORE_ALL = -1  # the entry of a row that was at risk from the start


class IntervalVanishes(ValueError):
    """A row whose entry and exit differ by no more than floating-point noise."""

    def __init__(self, *, row: int, entry: float, exit_time: float) -> None:
        super().__init__(
            f"row {row}: entry {entry!r} and exit {exit_time!r} are the same time up to {TOLERANCE:.1e}; "
            "a row at risk needs entry < exit"
        )


@dataclass(frozen=True, kw_only=True, eq=False)
class TimeAxis:
    """The distinct times of a table and where each row enters and leaves.

    Shapes: times (times,) increasing; entry_at, exit_at (rows,) places in times; entry_at is None where
    every row is at risk from the start, and holds BEFORE_ALL for single rows of that kind.
    """

    times: FloatArray
    entry_at: Places | None
    exit_at: Places


def time_axis(*, exit_time: NDArray[Any], entry: NDArray[Any] | None = None) -> TimeAxis:
    """Every distinct entry and exit once, in order, and each row's places among them.

    Two times are one where they differ by no more than sqrt(machine epsilon), in absolute value or relative
    to the mean time: the convention of survival::aeqSurv (R), chained from each time to the next.
    Errors: IntervalVanishes where this makes entry and exit of a row equal.
    """
    axis = _lattice_axis(exit_time=exit_time, entry=entry)
    if axis is None:
        axis = _sorted_axis(exit_time=exit_time, entry=entry)
    if axis.entry_at is not None and entry is not None:
        vanished = axis.entry_at >= axis.exit_at
        if vanished.any():
            row = int(np.argmax(vanished))
            raise IntervalVanishes(row=row, entry=float(entry[row]), exit_time=float(exit_time[row]))
    return axis


def _lattice_axis(*, exit_time: NDArray[Any], entry: NDArray[Any] | None) -> TimeAxis | None:
    """The axis without sorting, where all times are whole units, halves or sevenths; None otherwise."""
    for scale in LATTICES:
        exits = _on_lattice(exit_time, scale=scale)
        if exits is None:
            continue
        entries = None if entry is None else _on_lattice(entry, scale=scale)
        if entry is not None and entries is None:
            continue
        low = min(int(each.min()) for each in (exits, entries) if each is not None)
        high = max(int(each.max()) for each in (exits, entries) if each is not None)
        if high - low > WIDEST_LATTICE:
            return None
        return _axis_of_steps(exits=exits, entries=entries, low=low, high=high, scale=scale)
    return None


def _axis_of_steps(*, exits: Steps, entries: Steps | None, low: int, high: int, scale: int) -> TimeAxis:
    seen = counted(exits, size=high - low + 1, low=low) > 0
    if entries is not None:
        seen |= counted(entries, size=high - low + 1, low=low) > 0
    place = (np.cumsum(seen) - 1).astype(np.int32)
    return TimeAxis(
        times=(np.flatnonzero(seen) + low) / scale,
        entry_at=None if entries is None else looked_up(place, entries, low=low),
        exit_at=looked_up(place, exits, low=low),
    )


def _on_lattice(time: NDArray[Any], *, scale: int) -> Steps | None:
    if time.dtype.kind in "iu":
        if max(-int(time.min()), int(time.max())) >= 2**31 // scale:
            return None
        return time if scale == 1 else time.astype(np.int32) * np.int32(scale)
    head = time[:1000] * float(scale)
    if not np.isfinite(head).all() or np.abs(head - np.rint(head)).max() > 1e-9:
        return None
    steps = time * float(scale)
    whole = np.rint(steps)
    if not np.isfinite(steps).all() or np.abs(whole).max() > 1e6 or np.abs(steps - whole).max() > 1e-9:
        return None
    return whole.astype(np.int32)


def _sorted_axis(*, exit_time: NDArray[Any], entry: NDArray[Any] | None) -> TimeAxis:
    exits = np.asarray(exit_time, dtype=np.float64)
    entries = None if entry is None else np.asarray(entry, dtype=np.float64)
    every = exits if entries is None else np.concatenate([entries[np.isfinite(entries)], exits])
    distinct = np.unique(every)
    gaps = np.diff(distinct)
    tied = (gaps <= TOLERANCE) | (gaps / np.abs(distinct).mean() <= TOLERANCE)
    times = distinct[np.concatenate([[True], ~tied])]
    return TimeAxis(
        times=times,
        entry_at=None if entries is None else _places(times, entries),
        exit_at=_places(times, exits),
    )


def _places(times: FloatArray, each: FloatArray) -> Places:
    """The last time not after each; -infinity gives BEFORE_ALL."""
    return (np.searchsorted(times, each, side="right") - 1).astype(np.int32)
