"""Pattern-pair co-occurrence: which two patterns one woman has, enough for every clustered covariance."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from gravida.analysis.compression import CompressedRows
from gravida.analysis.fit import FloatArray, IntArray

PAIRS_AT_ONCE = 1 << 23


@dataclass(frozen=True, kw_only=True, eq=False)
class PatternPairs:
    """Pairs of different rows of one woman, counted by their patterns and outcomes.

    Shapes: first, second (pairs,) pattern numbers, first <= second; counts (4, pairs) of pairs whose
    outcomes are (no, no), (no, yes), (yes, no), (yes, yes); trials, events (patterns,) of single rows.
    Counts of partitions or sites add up.
    """

    first: NDArray[np.int32]
    second: NDArray[np.int32]
    counts: NDArray[np.int32]
    trials: IntArray
    events: IntArray


def count_pairs(rows: CompressedRows) -> PatternPairs:
    """Every pair of rows of one woman, counted; sorted by (first, second)."""
    patterns = len(rows.table.keys)
    code = rows.pattern.astype(np.int64) * 2 + rows.outcome
    sizes = np.diff(rows.starts)
    parts = [
        _pairs_of_size(code, rows.starts[:-1][sizes == size], int(size), patterns)
        for size in np.unique(sizes[sizes > 1])
    ]
    values, counts = _added(parts)
    keys, outcome = np.divmod(values, 4)
    new = np.concatenate([[True], keys[1:] != keys[:-1]]) if len(keys) else np.zeros(0, dtype=bool)
    at = np.cumsum(new) - 1
    table = np.zeros((4, int(new.sum())), dtype=np.int32)
    table[outcome, at] = counts
    first, second = np.divmod(keys[new], patterns)
    return PatternPairs(
        first=first.astype(np.int32),
        second=second.astype(np.int32),
        counts=table,
        trials=rows.table.trials,
        events=rows.table.events,
    )


def pair_meat(*, design: FloatArray, residuals: FloatArray, pairs: PatternPairs) -> FloatArray:
    """Sum over women of the outer product of their scores, from the counts alone, (terms, terms).

    design (patterns, terms); residuals (2, patterns) as `sandwich.cluster_meat`.
    """
    without, with_it = residuals
    first, second = pairs.first, pairs.second
    product = without[first] * (pairs.counts[0] * without[second] + pairs.counts[1] * with_it[second])
    product += with_it[first] * (pairs.counts[2] * without[second] + pairs.counts[3] * with_it[second])
    own = (pairs.trials - pairs.events) * without**2 + pairs.events * with_it**2
    starts = np.searchsorted(first, np.arange(len(design) + 1)).astype(np.int32)
    together = sparse.csr_array((product, second, starts), shape=(len(design), len(design)))
    half = design.T @ (together @ design)
    return np.asarray(half + half.T + (design * own[:, None]).T @ design)


def _pairs_of_size(
    code: IntArray, first_row: IntArray, size: int, patterns: int
) -> tuple[IntArray, IntArray]:
    """Distinct pairs of women with `size` rows, as ((p * patterns + q) * 4 + outcomes), with counts."""
    at_once = max(1, PAIRS_AT_ONCE // size)
    parts = []
    for begin in range(0, len(first_row), at_once):
        women = first_row[begin : begin + at_once]
        for i in range(size):
            for j in range(i + 1, size):
                one, other = code[women + i], code[women + j]
                low, high = np.minimum(one, other), np.maximum(one, other)
                value = ((low >> 1) * patterns + (high >> 1)) * 4 + (low & 1) * 2 + (high & 1)
                parts.append(np.unique(value, return_counts=True))
    return _added(parts)


def _added(parts: list[tuple[IntArray, IntArray]]) -> tuple[IntArray, IntArray]:
    """Counts of equal values, put together."""
    if not parts:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    values = np.concatenate([part[0] for part in parts])
    counts = np.concatenate([part[1] for part in parts])
    found, inverse = np.unique(values, return_inverse=True)
    return found, np.bincount(inverse, weights=counts, minlength=len(found)).astype(np.int64)
