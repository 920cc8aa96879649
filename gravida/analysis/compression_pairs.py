"""Pattern-pair co-occurrence: which two patterns one woman has, enough for every clustered covariance."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse

from gravida.analysis.compression import CompressedRows
from gravida.analysis.crossproduct import cross_of_two, weighted_cross
from gravida.analysis.fit import FloatArray, IntArray


@dataclass(frozen=True, kw_only=True, eq=False)
class PatternPairs:
    """Pairs of different rows of one woman, counted by their patterns p <= q.

    Sparse matrices (patterns, patterns), upper triangle: number of pairs; outcomes of p; outcomes of q;
    pairs with both outcomes. trials, events (patterns,): single rows. Counts of partitions or sites that
    share a pattern table add up.
    """

    number: Any
    first_events: Any
    second_events: Any
    both_events: Any
    trials: IntArray
    events: IntArray


def count_pairs(rows: CompressedRows) -> PatternPairs:
    """Every pair of rows of one woman, counted."""
    patterns = len(rows.table.keys)
    values = _pair_values(rows, patterns)
    values.sort()
    last = np.flatnonzero(np.append(values[1:] != values[:-1], True)) if len(values) else values
    counts = np.diff(last, prepend=-1)
    pair, outcomes = np.divmod(values[last], 4)
    return PatternPairs(
        number=_matrix(pair, counts, patterns),
        first_events=_matrix(pair[outcomes >= 2], counts[outcomes >= 2], patterns),
        second_events=_matrix(pair[outcomes % 2 == 1], counts[outcomes % 2 == 1], patterns),
        both_events=_matrix(pair[outcomes == 3], counts[outcomes == 3], patterns),
        trials=rows.table.trials,
        events=rows.table.events,
    )


def pair_meat(*, design: FloatArray, residuals: FloatArray, pairs: PatternPairs) -> FloatArray:
    """Sum over women of the outer product of their scores, from the counts alone, (terms, terms).

    design (patterns, terms); residuals (2, patterns) as `sandwich.cluster_meat`.
    """
    without, with_it = residuals
    calm = design * without[:, None]
    change = design * (with_it - without)[:, None]
    half = cross_of_two(calm, pairs.number @ calm + pairs.second_events @ change)
    half += cross_of_two(change, pairs.first_events @ calm + pairs.both_events @ change)
    own = (pairs.trials - pairs.events) * without**2 + pairs.events * with_it**2
    return np.asarray(half + half.T + weighted_cross(design, own))


def _pair_values(rows: CompressedRows, patterns: int) -> IntArray:
    """(p * patterns + q) * 4 + 2 * outcome of p + outcome of q, for every pair of every woman."""
    sizes = np.diff(rows.starts)
    values = np.empty(int((sizes * (sizes - 1) // 2).sum()), dtype=np.int64)
    filled = 0
    for size in np.unique(sizes[sizes > 1]):
        first_row = rows.starts[:-1][sizes == size]
        for i in range(size):
            for j in range(i + 1, size):
                one = rows.pattern[first_row + i].astype(np.int64) * 2 + rows.outcome[first_row + i]
                other = rows.pattern[first_row + j].astype(np.int64) * 2 + rows.outcome[first_row + j]
                low, high = np.minimum(one, other), np.maximum(one, other)
                value = ((low >> 1) * patterns + (high >> 1)) * 4 + (low & 1) * 2 + (high & 1)
                values[filled : filled + len(value)] = value
                filled += len(value)
    return values


def _matrix(pair: IntArray, counts: IntArray, patterns: int) -> Any:
    """Sorted pair numbers with counts, as a sparse matrix; equal pairs are added."""
    new = np.flatnonzero(np.append(True, pair[1:] != pair[:-1])) if len(pair) else pair
    number = np.add.reduceat(counts, new) if len(pair) else counts
    first, second = np.divmod(pair[new], patterns)
    starts = np.searchsorted(first, np.arange(patterns + 1))
    kind = np.int32 if len(new) < 2**31 else np.int64
    return sparse.csr_array(
        (number.astype(np.float64), second.astype(kind), starts.astype(kind)), shape=(patterns, patterns)
    )
