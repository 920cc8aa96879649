"""Long columns read in blocks that fit the processor's cache, so that no copy as long as they are is made."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gravida.analysis.fit import IntArray

ROWS_AT_ONCE = 1 << 16


def row_slices(n_rows: int, at_once: int = ROWS_AT_ONCE) -> Iterator[slice]:
    """All rows in order, so many at once."""
    for begin in range(0, n_rows, at_once):
        yield slice(begin, min(begin + at_once, n_rows))


def counted(numbers: NDArray[np.integer], *, size: int, low: int = 0) -> IntArray:
    """How often each of low, low + 1, ... occurs, (size,); no number may lie below, IndexError above."""
    counts = np.zeros(size, dtype=np.int64)
    for part in row_slices(len(numbers)):
        np.add.at(counts, numbers[part].astype(np.int64) - low, 1)
    return counts


def looked_up(table: NDArray[Any], places: NDArray[np.integer], *, low: int = 0) -> NDArray[Any]:
    """table[places - low], (rows,); all places must lie in the table."""
    found = np.empty(len(places), dtype=table.dtype)
    for part in row_slices(len(places)):
        # "clip" never clips here; without it numpy would fill a buffer and copy it.
        np.take(table, places[part].astype(np.int64) - low, out=found[part], mode="clip")
    return found
