"""Checks what a binary model is given and sorts its rows by cluster."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gravida.analysis.fit import FloatArray, IntArray, NotEstimable

INTERCEPT = "(Intercept)"


@dataclass(frozen=True, kw_only=True, eq=False)
class ClusteredRows:
    """Rows in the order of their clusters, each pointing at its covariate pattern.

    Shapes: pattern, outcome, weight (rows,); starts (clusters + 1,) first row of each cluster, then the end.
    """

    pattern: NDArray[np.integer]
    outcome: NDArray[np.integer] | NDArray[np.floating]
    starts: IntArray
    weight: FloatArray | None = None

    @property
    def sizes(self) -> IntArray:
        """Rows of each cluster, (clusters,)."""
        return np.diff(self.starts)


def design_matrix(
    factors: ArrayLike, names: Sequence[str], *, intercept: bool = True
) -> tuple[FloatArray, tuple[str, ...]]:
    """The design with its intercept and the names of all columns; ValueError names the column at fault."""
    columns = np.asarray(factors, dtype=np.float64)
    if columns.ndim != 2 or columns.shape[1] != len(names):
        raise ValueError(
            f"factors have shape {columns.shape}: wanted (rows, {len(names)}), one column per name"
        )
    if len(set(names)) != len(names):
        raise ValueError(f"names repeat: {', '.join(names)}")
    finite = np.isfinite(columns).all(axis=0)
    for at in np.flatnonzero(~finite).tolist():
        missing = int((~np.isfinite(columns[:, at])).sum())
        raise ValueError(
            f"factor {names[at]!r} is missing or infinite in {missing} rows: leave them out first"
        )
    if not intercept:
        return columns, tuple(names)
    return np.column_stack([np.ones(len(columns)), columns]), (INTERCEPT, *names)


def binary_outcome(outcome: ArrayLike) -> FloatArray:
    """The outcome as 0.0 and 1.0; NotEstimable where nobody, or everybody, has it."""
    values = column(outcome, "outcome")
    if not np.isin(values, (0.0, 1.0)).all():
        other = values[~np.isin(values, (0.0, 1.0))][0]
        raise ValueError(f"outcome holds {other!r}: wanted 0 or 1")
    refuse_one_sided(events=float(values.sum()), total=float(len(values)))
    return values


def refuse_one_sided(*, events: float, total: float) -> None:
    """NotEstimable unless some rows have the outcome and some have not."""
    if not 0 < events < total:
        raise NotEstimable(
            f"{events:g} of {total:g} rows have the outcome: a model needs rows with it and rows without"
        )


def column(values: ArrayLike, name: str, *, rows: int | None = None) -> FloatArray:
    """One column of finite numbers; ValueError says its name and what is wrong."""
    numbers = np.asarray(values, dtype=np.float64)
    if numbers.ndim != 1 or (rows is not None and len(numbers) != rows):
        raise ValueError(f"{name} has shape {numbers.shape}: wanted ({'rows' if rows is None else rows},)")
    if not np.isfinite(numbers).all():
        missing = int((~np.isfinite(numbers)).sum())
        raise ValueError(f"{name} is missing or infinite in {missing} rows: leave them out first")
    return numbers


def positive_weights(weights: ArrayLike, *, rows: int) -> FloatArray:
    """Weights of 0 or more, not all 0."""
    numbers = column(weights, "weights", rows=rows)
    if (numbers < 0).any():
        raise ValueError(f"weights hold {numbers.min():g}: wanted 0 or more")
    if not numbers.any():
        raise NotEstimable("every weight is 0: no row is left")
    return numbers


def cluster_codes(clusters: ArrayLike, *, rows: int) -> IntArray:
    """Each row's cluster as 0, 1, 2, ... in the order of the labels; missing labels are refused."""
    labels = np.asarray(clusters)
    if labels.shape != (rows,):
        raise ValueError(f"clusters have shape {labels.shape}: wanted ({rows},)")
    if labels.dtype.kind == "f" and np.isnan(labels).any():
        raise ValueError(f"clusters are missing in {int(np.isnan(labels).sum())} rows: leave them out first")
    return np.unique(labels, return_inverse=True)[1].astype(np.int64)


def rows_by_cluster(
    *, outcome: FloatArray, clusters: ArrayLike, weight: FloatArray | None = None
) -> ClusteredRows:
    """Rows, each its own pattern, sorted by cluster (rows of a cluster keep their order)."""
    codes = cluster_codes(clusters, rows=len(outcome))
    order = np.argsort(codes, kind="stable")
    starts = np.concatenate([[0], np.cumsum(np.bincount(codes))]).astype(np.int64)
    return ClusteredRows(
        pattern=order,
        outcome=outcome[order],
        starts=starts,
        weight=None if weight is None else weight[order],
    )
