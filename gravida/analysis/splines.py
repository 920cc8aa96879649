"""Restricted cubic splines: a smooth curve of a continuous factor, straight beyond the outer knots."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from gravida.analysis.fit import FloatArray, NotEstimable

# Share of values below the first knot and above the last, the others evenly between.
# Harrell, Regression Modeling Strategies, 2nd ed. 2015, table 2.3.
OUTER_PERCENT = {3: 10.0, 4: 5.0, 5: 5.0, 6: 5.0, 7: 2.5}


def knots_at_percentiles(
    values: ArrayLike, *, number: int = 4, percentiles: Sequence[float] | None = None
) -> tuple[float, ...]:
    """Harrell's knots (or those at `percentiles`), by linear interpolation as R's quantile type 7.

    NotEstimable where values are so tied that two knots would be the same.
    """
    numbers = np.asarray(values, dtype=np.float64)
    if not np.isfinite(numbers).all():
        raise ValueError(f"values are missing in {int((~np.isfinite(numbers)).sum())} rows: leave them out")
    if percentiles is None and number not in OUTER_PERCENT:
        raise ValueError(f"{number} knots: wanted 3 to 7, or the percentiles")
    if percentiles is None:
        percentiles = np.linspace(OUTER_PERCENT[number], 100 - OUTER_PERCENT[number], number).tolist()
    knots = tuple(float(knot) for knot in np.percentile(numbers, np.asarray(percentiles)))
    if len(set(knots)) < len(knots):
        raise NotEstimable(f"knots at {knots} repeat: the values are too tied; wanted fewer knots")
    return knots


def restricted_cubic_spline(values: ArrayLike, *, knots: Sequence[float]) -> FloatArray:
    """Basis (rows, knots - 1): the values themselves, then cubic terms over (last - first knot) squared.

    Source: Harrell 2015, section 2.4.5; Hmisc::rcspline.eval with norm = 2.
    """
    x = np.asarray(values, dtype=np.float64)
    t = np.asarray(knots, dtype=np.float64)
    if len(t) < 3 or (np.diff(t) <= 0).any():
        raise ValueError(f"knots are {tuple(knots)}: wanted at least 3, each above the one before")
    size, gap = (t[-1] - t[0]) ** 2, t[-1] - t[-2]
    before_last, last = _cube(x - t[-2]), _cube(x - t[-1])
    terms = [
        (_cube(x - knot) - before_last * (t[-1] - knot) / gap + last * (t[-2] - knot) / gap) / size
        for knot in t[:-2]
    ]
    return np.column_stack([x, *terms])


def spline_names(name: str, *, knots: Sequence[float]) -> tuple[str, ...]:
    """Names of the basis: the factor, then the factor with one prime more for each cubic term."""
    return tuple(name + "'" * at for at in range(len(knots) - 1))


def _cube(above: FloatArray) -> FloatArray:
    return np.asarray(np.maximum(above, 0.0) ** 3)
