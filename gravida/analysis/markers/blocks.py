"""Markers that go together, so that a finding is read as a block and not as its loudest member."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.cluster import hierarchy
from scipy.spatial.distance import squareform
from scipy.stats import rankdata

from gravida.analysis.binomial_input import design_matrix
from gravida.analysis.crossproduct import weighted_cross
from gravida.analysis.fit import FloatArray, IntArray


@dataclass(frozen=True, kw_only=True, eq=False)
class Blocks:
    """Correlated blocks of markers, numbered from 0 in the order of their first marker."""

    names: tuple[str, ...]
    block: IntArray  # (markers,)
    correlation: FloatArray  # (markers, markers)
    least_correlation: float  # average |rho| at which two blocks are one

    def members(self, block: int) -> tuple[str, ...]:
        """Names of one block's markers."""
        return tuple(name for name, at in zip(self.names, self.block, strict=True) if at == block)


def correlated_blocks(
    *,
    markers: ArrayLike,
    names: Sequence[str],
    least_correlation: float,
    ranks: bool = False,
) -> Blocks:
    """Blocks by average-linkage clustering on 1 - |rho|, cut where the declared correlation says.

    markers (rows, markers). `ranks` takes Spearman's correlation. A marker that never changes is
    uncorrelated with all. ValueError unless 0 < least_correlation <= 1.
    """
    if not 0 < least_correlation <= 1:
        raise ValueError(f"correlation {least_correlation} at which to cut: need 0 < correlation <= 1")
    values, _ = design_matrix(markers, names, intercept=False)
    if ranks:
        values = rankdata(values, axis=0)
    correlation = _correlation(values)
    if len(names) < 2:
        return Blocks(
            names=tuple(names),
            block=np.zeros(len(names), dtype=np.int64),
            correlation=correlation,
            least_correlation=least_correlation,
        )
    distance = np.clip(1 - np.abs(correlation), 0.0, 1.0)
    tree = hierarchy.linkage(squareform(distance, checks=False), method="average")
    labels = hierarchy.fcluster(tree, t=1 - least_correlation, criterion="distance")
    _, first, number = np.unique(labels, return_index=True, return_inverse=True)
    order = np.empty(len(first), dtype=np.int64)
    order[np.argsort(first)] = np.arange(len(first))
    return Blocks(
        names=tuple(names),
        block=order[number],
        correlation=correlation,
        least_correlation=least_correlation,
    )


def _correlation(values: FloatArray) -> FloatArray:
    centred = values - values.mean(axis=0)
    spread = np.sqrt(np.sum(centred**2, axis=0))
    scaled = centred / np.where(spread > 0, spread, 1.0)
    correlation = np.clip(weighted_cross(scaled), -1.0, 1.0)
    np.fill_diagonal(correlation, 1.0)
    return np.asarray(correlation)
