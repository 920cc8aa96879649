"""Covariances that stay right when rows of one woman go together: the clustered sandwiches."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy import sparse

from gravida.analysis.binomial_input import ClusteredRows
from gravida.analysis.crossproduct import weighted_cross
from gravida.analysis.fit import FloatArray, NotEstimable

Correction = Literal["CR0", "CR1", "CR1S", "CR2"]
WOMEN_AT_ONCE = 1 << 14  # sums of so many women fit the processor's cache


@dataclass(frozen=True, kw_only=True, eq=False)
class SmallSample:
    """A covariance with the degrees of freedom of each coefficient's t distribution."""

    covariance: FloatArray
    degrees_of_freedom: FloatArray


def cluster_factor(*, correction: Correction, clusters: int, rows: float, terms: int) -> float:
    """What the clustered covariance is multiplied by.

    CR0: 1 (sandwich::vcovCL type HC0, cadjust FALSE; geepack). CR1: G/(G-1) (vcovCL's own default for a
    glm; clubSandwich CR1). CR1S: G/(G-1) (n-1)/(n-k) (vcovCL type HC1; Stata; statsmodels).
    """
    if clusters < 2:
        raise NotEstimable(f"{clusters} cluster: a clustered standard error needs at least 2")
    if correction == "CR0":
        return 1.0
    factor = clusters / (clusters - 1)
    return factor * (rows - 1) / (rows - terms) if correction == "CR1S" else factor


def cluster_meat(*, design: FloatArray, residuals: FloatArray, rows: ClusteredRows) -> FloatArray:
    """Sum over clusters of the outer product of their scores, (terms, terms).

    design (patterns, terms); residuals (2, patterns): a row's score without and with the outcome, before
    its design row. Exact, whatever the number of patterns: scores are summed woman by woman.
    """
    meat = np.zeros((design.shape[1], design.shape[1]))
    clusters = len(rows.starts) - 1
    for first in range(0, clusters, WOMEN_AT_ONCE):
        scores = _scores(design, residuals, rows, first, min(first + WOMEN_AT_ONCE, clusters))
        meat += weighted_cross(scores)
    return meat


def cluster_scores(*, design: FloatArray, residuals: FloatArray, rows: ClusteredRows) -> FloatArray:
    """Score of every cluster, (clusters, terms)."""
    return _scores(design, residuals, rows, 0, len(rows.starts) - 1)


def _scores(
    design: FloatArray, residuals: FloatArray, rows: ClusteredRows, first: int, last: int
) -> FloatArray:
    begin, end = int(rows.starts[first]), int(rows.starts[last])
    pattern = rows.pattern[begin:end]
    values = residuals[rows.outcome[begin:end].astype(np.intp), pattern]
    if rows.weight is not None:
        values = values * rows.weight[begin:end]
    index = np.asarray(pattern, dtype=np.int32 if len(design) < 2**31 else np.int64)
    starts = (rows.starts[first : last + 1] - begin).astype(index.dtype)
    by_woman = sparse.csr_array((values, index, starts), shape=(last - first, len(design)))
    return np.asarray(by_woman @ design)


def sandwiched(*, bread: FloatArray, meat: FloatArray, factor: float = 1.0) -> FloatArray:
    """bread x meat x bread, symmetric to the last bit."""
    covariance = factor * bread @ meat @ bread
    return np.asarray((covariance + covariance.T) / 2)
