"""A site's rows as its models read them: complete rows, women side by side, one design row per pattern."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gravida.analysis.binomial_input import ClusteredRows, cluster_codes
from gravida.analysis.federated.plan import FederatedPlan, FederatedTerm
from gravida.analysis.fit import BoolArray, FloatArray, IntArray


@dataclass(frozen=True, kw_only=True, eq=False)
class SiteRows:
    """Shapes: design (patterns, terms), without the intercept; pattern, outcome, woman, entry_at, exit_at
    (rows,); starts (women + 1,). entry_at and exit_at are places in the plan's weeks: at risk at the places
    above entry_at, up to exit_at; an event of the row is at exit_at. `left_out`: rows with a
    missing value, or never at risk in the plan's weeks.
    """

    plan: FederatedPlan
    design: FloatArray
    pattern: IntArray
    outcome: NDArray[np.uint8]
    woman: IntArray
    starts: IntArray
    entry_at: IntArray
    exit_at: IntArray
    left_out: int

    @property
    def clustered(self) -> ClusteredRows:
        """The rows as the sandwich reads them."""
        return ClusteredRows(pattern=self.pattern, outcome=self.outcome, starts=self.starts)

    @property
    def women(self) -> int:
        """Women with a row."""
        return len(self.starts) - 1


def site_rows(plan: FederatedPlan, columns: Mapping[str, NDArray[Any]]) -> SiteRows:
    """The rows of a table; numbers with NaN and texts with "" or None are missing, such rows are left out.

    ValueError naming the column that is not there, is not 0/1, or leaves before it enters.
    """
    for name in plan.columns:
        if name not in columns:
            raise ValueError(f"no column {name!r}: the table has {', '.join(columns)}")
    told = {name: np.asarray(columns[name]) for name in plan.columns}
    kept = ~np.any([_missing(values) for values in told.values()], axis=0)
    if not kept.any():
        raise ValueError(f"all {len(kept)} rows have a missing value in {', '.join(plan.columns)}")
    told = {name: values[kept] for name, values in told.items()}
    outcome = _answers(plan.outcome, told[plan.outcome])
    entry_at, exit_at, seen = _times(plan, told)
    inside = np.flatnonzero(entry_at < exit_at) if plan.is_cox else np.arange(len(outcome))
    woman = cluster_codes(told[plan.woman][inside], rows=len(inside))
    order = np.argsort(woman, kind="stable")
    chosen = inside[order]
    design, pattern = _patterns(
        np.column_stack([_term(term, told[term.column]) for term in plan.terms])[chosen]
    )
    return SiteRows(
        plan=plan,
        design=design,
        pattern=pattern,
        outcome=(outcome & seen)[chosen],
        woman=woman[order],
        starts=np.concatenate([[0], np.cumsum(np.bincount(woman))]).astype(np.int64),
        entry_at=entry_at[chosen],
        exit_at=exit_at[chosen],
        left_out=int(len(kept) - len(inside)),
    )


def _missing(values: NDArray[Any]) -> BoolArray:
    if values.dtype.kind == "f":
        return np.asarray(~np.isfinite(values))
    if values.dtype.kind in "OU":
        return np.array([cell is None or cell == "" for cell in values.tolist()], dtype=np.bool_)
    return np.zeros(len(values), dtype=np.bool_)


def _answers(name: str, values: NDArray[Any]) -> NDArray[np.uint8]:
    numbers = _numbers(name, values)
    other = ~np.isin(numbers, (0.0, 1.0))
    if other.any():
        raise ValueError(f"column {name!r} holds {numbers[np.argmax(other)]:g}: wanted 0 or 1")
    return numbers.astype(np.uint8)


def _numbers(name: str, values: NDArray[Any]) -> FloatArray:
    try:
        return np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as problem:
        raise ValueError(f"column {name!r} holds texts: wanted numbers") from problem


def _term(term: FederatedTerm, values: NDArray[Any]) -> FloatArray:
    if term.equals is None:
        return _numbers(term.column, values)
    if isinstance(term.equals, str):
        return np.asarray(values.astype(str) == term.equals, dtype=np.float64)
    return np.asarray(_numbers(term.column, values) == term.equals, dtype=np.float64)


def _patterns(matrix: FloatArray) -> tuple[FloatArray, IntArray]:
    """Distinct rows of the matrix and which of them each row is."""
    number = np.zeros(len(matrix), dtype=np.int64)
    for column in matrix.T:
        values, code = np.unique(column, return_inverse=True)
        if len(values) > 1:
            number = np.unique(number * len(values) + code, return_inverse=True)[1].astype(np.int64)
    _, first = np.unique(number, return_index=True)
    return np.ascontiguousarray(matrix[first]), number


def _times(
    plan: FederatedPlan, told: Mapping[str, NDArray[Any]]
) -> tuple[IntArray, IntArray, NDArray[np.uint8]]:
    """Entries taken back to the plan's last week, ends forward to the next; whether the end is seen."""
    if plan.entry is None or plan.exit is None:
        nowhere = np.zeros(len(told[plan.outcome]), dtype=np.int64)
        return nowhere, nowhere, np.ones(len(nowhere), dtype=np.uint8)
    entry, leaving = (_numbers(name, told[name]) for name in (plan.entry, plan.exit))
    if (entry >= leaving).any():
        row = int(np.argmax(entry >= leaving))
        raise ValueError(
            f"{plan.entry} {entry[row]:g} is not before {plan.exit} {leaving[row]:g} in "
            f"{int((entry >= leaving).sum())} rows: wanted an entry before the end"
        )
    weeks = np.asarray(plan.weeks)
    entry_at = np.searchsorted(weeks, entry, side="right") - 1
    exit_at = np.searchsorted(weeks, leaving, side="left")
    last = len(weeks) - 1
    return entry_at, np.minimum(exit_at, last), (exit_at <= last).astype(np.uint8)
