"""Sums over a woman's rows while the rows stream past in blocks."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from gravida.analysis.fit import FloatArray, IntArray

ROWS_AT_ONCE = 1 << 15  # sums of so many rows' women fit the processor's cache


def row_blocks(cluster: NDArray[np.int32], n_clusters: int) -> Iterator[tuple[Any, IntArray]]:
    """Rows of whole clusters, about ROWS_AT_ONCE at a time, and where each cluster starts among them."""
    counts = np.bincount(cluster, minlength=n_clusters)
    bounds = np.concatenate([[0], np.cumsum(counts)])
    in_order = bool((np.diff(cluster) >= 0).all())
    order = None if in_order else np.argsort(cluster, kind="stable")
    begin = 0
    while begin < n_clusters:
        wanted = bounds[begin] + ROWS_AT_ONCE
        end = max(int(np.searchsorted(bounds, wanted, side="right")) - 1, begin + 1)
        rows = slice(int(bounds[begin]), int(bounds[end]))
        yield (rows if order is None else order[rows]), bounds[begin : end + 1] - bounds[begin]
        begin = end


def sum_within(start: IntArray, place: NDArray[Any], amount: FloatArray, table: FloatArray) -> FloatArray:
    """Sum of amount * table[place] within clusters; start (clusters + 1,) bounds of their rows."""
    chosen = sparse.csr_matrix((amount, place, start), shape=(len(start) - 1, len(table)))
    return np.asarray(chosen @ table)
