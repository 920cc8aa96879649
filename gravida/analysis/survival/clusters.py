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
    in_order = bool((cluster[1:] >= cluster[:-1]).all())
    order = None if in_order else np.argsort(cluster, kind="stable")
    in_turn = cluster if order is None else cluster[order]
    begin = done = 0
    while begin < len(in_turn):
        end = _whole_clusters(in_turn, begin)
        rows, upto = slice(begin, end), n_clusters if end == len(in_turn) else int(in_turn[end])
        sizes = np.bincount(in_turn[rows] - np.int32(done), minlength=upto - done)
        yield (rows if order is None else order[rows]), np.concatenate([[0], np.cumsum(sizes)])
        begin, done = end, upto


def _whole_clusters(in_turn: NDArray[np.int32], begin: int) -> int:
    """The end of about ROWS_AT_ONCE rows from `begin` that divides no cluster."""
    end = begin + ROWS_AT_ONCE
    if end >= len(in_turn):
        return len(in_turn)
    whole = int(np.searchsorted(in_turn, in_turn[end], side="left"))
    return whole if whole > begin else int(np.searchsorted(in_turn, in_turn[end], side="right"))


def sum_within(start: IntArray, place: NDArray[Any], amount: FloatArray, table: FloatArray) -> FloatArray:
    """Sum of amount * table[place] within clusters; start (clusters + 1,) bounds of their rows."""
    chosen = sparse.csr_matrix((amount, place, start), shape=(len(start) - 1, len(table)))
    return np.asarray(chosen @ table)
