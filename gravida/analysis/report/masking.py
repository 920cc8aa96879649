"""Small counts masked, and as many others as it takes so that no masked one can be worked out.

A reader knows every published number, every sum, and that a masked count is 1 or more (zeros are shown).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linprog

from gravida.analysis.fit import BoolArray, FloatArray, IntArray
from gravida.analysis.report.codec import MASKED

Known = int | str
_TOLERANCE = 1e-6


@dataclass(frozen=True, kw_only=True, eq=False)
class Sums:
    """Counts and the sums among them: equations (sums, counts) of -1, 0, 1 whose rows come to 0.

    `fixed`: counts told elsewhere too, which cannot be masked.
    """

    counts: IntArray
    equations: FloatArray
    fixed: BoolArray


def masks(sums: Sums, *, smallest: int) -> BoolArray:
    """Which counts are not shown: those from 1 to smallest - 1, and others so that none has one value left.

    Sources: Cox, JASA 1980;75:377 (complementary suppression); bounds by linear programming.
    """
    small = (sums.counts > 0) & (sums.counts < smallest) & ~sums.fixed
    hidden: BoolArray = small.copy()
    while True:
        exposed = _exposed(sums, hidden)
        if not exposed.any():
            return hidden
        more = _one_more(sums, hidden, int(np.flatnonzero(exposed)[0]))
        if more is None:
            return hidden
        hidden[more] = True


def _exposed(sums: Sums, hidden: BoolArray) -> BoolArray:
    """Masked counts that the published ones leave a single value."""
    found = np.zeros(len(hidden), dtype=np.bool_)
    for count in np.flatnonzero(hidden):
        found[count] = _is_exposed(sums, hidden, int(count))
    return found


def _is_exposed(sums: Sums, hidden: BoolArray, count: int) -> bool:
    at = np.flatnonzero(hidden)
    left = sums.equations[:, at]
    right = -sums.equations[:, ~hidden] @ sums.counts[~hidden]
    told = np.abs(left).any(axis=1)
    place = int(np.searchsorted(at, count))
    low, high = (_bound(left[told], right[told], place, sign) for sign in (1.0, -1.0))
    return bool(high - low < 1 - _TOLERANCE)


def _bound(left: FloatArray, right: FloatArray, place: int, sign: float) -> float:
    """The least (sign 1) or greatest (sign -1) that one masked count can be."""
    cost = np.zeros(left.shape[1])
    cost[place] = sign
    if not len(left):
        return 1.0 if sign > 0 else float("inf")
    answer = linprog(cost, A_eq=left, b_eq=right, bounds=[(1, None)] * left.shape[1], method="highs")
    if answer.status == 3:  # without end
        return float("inf")
    return float(sign * answer.fun)


def _one_more(sums: Sums, hidden: BoolArray, exposed: int) -> int | None:
    """The smallest published count that stands in a sum with the exposed one; zeros hide nothing."""
    beside = np.abs(sums.equations[sums.equations[:, exposed] != 0]).any(axis=0)
    # A sum reaches an exposed count through other masked ones too: look one sum further where need be.
    for _ in range(len(sums.equations)):
        candidates = np.flatnonzero(beside & ~hidden & ~sums.fixed & (sums.counts > 0))
        ordered = candidates[np.argsort(sums.counts[candidates], kind="stable")]
        for candidate in ordered:
            # Hidden alone, a count beside a fixed one would be worked out at once: it hides nothing.
            with_it = hidden.copy()
            with_it[candidate] = True
            if not _is_exposed(sums, with_it, int(candidate)):
                return int(candidate)
        onward = [candidate for candidate in ordered if _leads_on(sums, hidden, exposed, int(candidate))]
        if onward or len(ordered):
            return int((onward or ordered)[0])
        wider = np.abs(sums.equations[(sums.equations[:, beside] != 0).any(axis=1)]).any(axis=0)
        if (wider == beside).all():
            return None
        beside = wider
    return None


def _leads_on(sums: Sums, hidden: BoolArray, exposed: int, candidate: int) -> bool:
    """Whether a candidate stands in another sum with a count that could be hidden with it."""
    others = (sums.equations[:, candidate] != 0) & (sums.equations[:, exposed] == 0)
    beside = np.abs(sums.equations[others]).any(axis=0)
    beside[candidate] = False
    return bool((beside & ~hidden & ~sums.fixed & (sums.counts > 0)).any())


def shown(counts: Sequence[int], hidden: Sequence[bool] | BoolArray) -> tuple[Known, ...]:
    """Each count, or the mark where it is hidden."""
    return tuple(MASKED if hide else int(count) for count, hide in zip(counts, hidden, strict=True))


def table_sums(
    cells: IntArray, *, row_totals: bool, column_totals: bool, fixed_columns: bool = False
) -> tuple[Sums, int]:
    """A table and its totals as sums: cells row by row, then row totals, column totals and the total.

    Gives the sums and how many counts are cells. `fixed_columns`: the column totals are told elsewhere.
    """
    rows, columns = cells.shape
    counts = [*cells.reshape(-1)]
    equations: list[dict[int, int]] = []
    if row_totals:
        equations += _totals(
            counts, [[r * columns + c for c in range(columns)] for r in range(rows)], cells.sum(axis=1)
        )
    at_columns = len(counts)
    if column_totals:
        equations += _totals(
            counts, [[r * columns + c for r in range(rows)] for c in range(columns)], cells.sum(axis=0)
        )
    if row_totals and column_totals:
        equations += _totals(counts, [list(range(at_columns, at_columns + columns))], [int(cells.sum())])
        last = len(counts) - 1
        first_row = rows * columns
        equations.append({**{first_row + r: 1 for r in range(rows)}, last: -1})
    fixed = np.zeros(len(counts), dtype=np.bool_)
    if fixed_columns:
        fixed[at_columns : at_columns + columns] = True
    matrix = np.zeros((len(equations), len(counts)))
    for number, equation in enumerate(equations):
        for at, sign in equation.items():
            matrix[number, at] = sign
    return Sums(counts=np.array(counts, dtype=np.int64), equations=matrix, fixed=fixed), rows * columns


def _totals(counts: list[int], groups: list[list[int]], totals: Sequence[int]) -> list[dict[int, int]]:
    found = []
    for members, total in zip(groups, totals, strict=True):
        counts.append(int(total))
        found.append({**dict.fromkeys(members, 1), len(counts) - 1: -1})
    return found


def chain_sums(stayed: Sequence[int], left: Sequence[int]) -> Sums:
    """A flow: who stayed after each step is who stayed before less who left; both ends are told elsewhere.

    Counts: all of `stayed`, then all of `left`; left[0] is 0.
    """
    steps = len(stayed)
    matrix = np.zeros((max(steps - 1, 0), 2 * steps))
    for step in range(1, steps):
        matrix[step - 1, [step - 1, step, steps + step]] = [1, -1, -1]
    fixed = np.zeros(2 * steps, dtype=np.bool_)
    fixed[0] = True
    if steps > 2:
        fixed[steps - 1] = True
    return Sums(counts=np.array([*stayed, *left], dtype=np.int64), equations=matrix, fixed=fixed)
