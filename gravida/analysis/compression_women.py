"""Woman signatures: women with the same patterns and outcomes, in whatever order, counted once."""

from dataclasses import dataclass

import numpy as np

from gravida.analysis.binomial_input import ClusteredRows
from gravida.analysis.compression import CompressedRows
from gravida.analysis.fit import IntArray


@dataclass(frozen=True, kw_only=True, eq=False)
class WomanSignatures:
    """Distinct multisets of (pattern, outcome), each as one cluster, with the number of women who have it.

    Enough for everything that does not depend on the order of a woman's rows: clustered covariances,
    exchangeable GEE, random intercepts, inverse-cluster-size weights, the bootstrap of women.
    Shapes: women (signatures,); rows as `ClusteredRows`, one cluster per signature.
    """

    rows: ClusteredRows
    women: IntArray


def woman_signatures(rows: CompressedRows) -> WomanSignatures:
    """Signatures ordered by number of rows, then by their sorted (pattern, outcome) pairs."""
    sizes = np.diff(rows.starts)
    parts: list[IntArray] = []
    counts: list[IntArray] = []
    lengths: list[IntArray] = []
    for size in np.unique(sizes[sizes > 0]):
        first_row = rows.starts[:-1][sizes == size]
        at = first_row[:, None] + np.arange(size)
        code = rows.pattern[at].astype(np.int64) * 2 + rows.outcome[at]
        code.sort(axis=1)
        distinct, women = _distinct_rows(code)
        parts.append(distinct.ravel())
        counts.append(women)
        lengths.append(np.full(len(women), size, dtype=np.int64))
    code = np.concatenate(parts)
    return WomanSignatures(
        rows=ClusteredRows(
            pattern=code >> 1,
            outcome=(code & 1).astype(np.uint8),
            starts=np.concatenate([[0], np.cumsum(np.concatenate(lengths))]).astype(np.int64),
        ),
        women=np.concatenate(counts),
    )


def _distinct_rows(code: IntArray) -> tuple[IntArray, IntArray]:
    """Distinct rows in lexical order with their counts; columns are taken in one after another."""
    number = np.unique(code[:, 0], return_inverse=True)[1].astype(np.int64)
    for at in range(1, code.shape[1]):
        values, column = np.unique(code[:, at], return_inverse=True)
        number = np.unique(number * len(values) + column, return_inverse=True)[1].astype(np.int64)
    _, first, women = np.unique(number, return_index=True, return_counts=True)
    return code[first], women.astype(np.int64)
