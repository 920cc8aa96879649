"""The rows a penalised fit takes, checked, and the clustered covariance around its scores."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from gravida.analysis.binomial_input import (
    binary_outcome,
    cluster_codes,
    design_matrix,
    positive_weights,
)
from gravida.analysis.binomial_problems import refuse_collinear
from gravida.analysis.crossproduct import weighted_cross, weighted_sum
from gravida.analysis.fit import FloatArray, IntArray
from gravida.analysis.sandwich import Correction, cluster_factor, sandwiched


@dataclass(frozen=True, kw_only=True, eq=False)
class Rows:
    """Checked rows. Shapes: outcome, weights (rows,); design (rows, terms), the intercept first."""

    outcome: FloatArray
    design: FloatArray
    names: tuple[str, ...]
    weights: FloatArray

    @property
    def events(self) -> int:
        """Rows with the outcome."""
        return int(self.outcome.sum())

    def only(self, kept: np.ndarray) -> "Rows":
        """The kept rows (a mask or places, as of a resample)."""
        return Rows(
            outcome=self.outcome[kept], design=self.design[kept], names=self.names, weights=self.weights[kept]
        )


def checked_rows(
    *,
    outcome: ArrayLike,
    factors: ArrayLike,
    names: Sequence[str],
    weights: ArrayLike | None = None,
    collinear_refused: bool = True,
) -> Rows:
    """Rows for a penalised logistic fit, or the reason why there can be none.

    factors (rows, names), without the intercept, which is added first. ValueError names a column with a
    missing value; NotEstimable where no row or every row has the outcome; Collinear, unless the penalty
    makes it harmless.
    """
    values = binary_outcome(outcome)
    design, terms = design_matrix(factors, names)
    if len(design) != len(values):
        raise ValueError(
            f"factors have {len(design)} rows and the outcome {len(values)}: wanted the same number"
        )
    mass = np.ones(len(values)) if weights is None else positive_weights(weights, rows=len(values))
    if (mass == 0).any():
        raise ValueError(f"{int((mass == 0).sum())} rows have weight 0: leave them out first")
    rows = Rows(outcome=values, design=design, names=terms, weights=mass)
    if collinear_refused:
        centre, spread = moments(rows)
        refuse_collinear(design=(rows.design - centre) / spread, weights=rows.weights, names=terms)
    return rows


def moments(rows: Rows) -> tuple[FloatArray, FloatArray]:
    """Weighted mean and standard deviation (divided by the total weight) of every column, (terms,).

    The intercept's are 0 and 1, and so is the deviation of a column that never changes.
    """
    total = rows.weights.sum()
    centre = weighted_sum(rows.design, rows.weights) / total
    centre[0] = 0.0
    spread = np.sqrt(weighted_sum((rows.design - centre) ** 2, rows.weights) / total)
    constant = np.ptp(rows.design, axis=0) == 0
    return centre, np.where(constant, 1.0, spread)


def codes_of(clusters: ArrayLike | None, *, rows: int) -> tuple[IntArray, int]:
    """Every row's woman as a number from 0, (rows,), and how many women; None is one woman per row."""
    if clusters is None:
        return np.arange(rows), rows
    codes = cluster_codes(clusters, rows=rows)
    return codes, int(codes.max()) + 1


def clustered_covariance(
    *, scores: FloatArray, bread: FloatArray, codes: IntArray, women: int, correction: Correction
) -> FloatArray:
    """The sandwich around scores (rows, terms) summed by woman."""
    sums = np.zeros((women, scores.shape[1]))
    np.add.at(sums, codes, scores)
    factor = cluster_factor(correction=correction, clusters=women, rows=len(scores), terms=scores.shape[1])
    return sandwiched(bread=bread, meat=weighted_cross(sums), factor=factor)
