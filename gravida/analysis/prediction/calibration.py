"""Foretold risk against what happened: a smooth curve with its interval, and points of equal groups."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import special, stats

from gravida.analysis.fit import DidNotConverge, FloatArray, NotEstimable
from gravida.analysis.logistic import logistic
from gravida.analysis.penalised.rows import codes_of
from gravida.analysis.prediction.performance import checked_risks, mean_by_woman
from gravida.analysis.splines import knots_at_percentiles, restricted_cubic_spline

CURVE_POINTS = 101


@dataclass(frozen=True, kw_only=True)
class CalibrationGroup:
    """Rows of about equal foretold risk, and the share of them with the outcome."""

    n_rows: int
    n_events: int
    foretold: float  # mean risk
    observed: float
    lower: float
    upper: float


@dataclass(frozen=True, kw_only=True, eq=False)
class CalibrationCurve:
    """Observed risk as a smooth function of the foretold one; arrays (points,)."""

    foretold: FloatArray
    observed: FloatArray
    lower: FloatArray
    upper: FloatArray
    knots: int  # 0: a straight line on the log odds scale, where the risks are too tied to bend
    average_gap: float  # ICI: mean distance between foretold and observed risk
    median_gap: float  # E50
    gap_of_nine_in_ten: float  # E90
    groups: tuple[CalibrationGroup, ...]


def calibration_curve(
    *,
    outcome: ArrayLike,
    risks: ArrayLike,
    clusters: ArrayLike | None,
    knots: int = 4,
    groups: int = 10,
    level: float = 0.95,
) -> CalibrationCurve:
    """Restricted cubic spline of the log odds of risks (rows,), with the interval clustered by woman.

    The curve runs over the middle 98 per cent of risks; gaps are averaged over all rows. Fewer knots are
    taken where risks are tied. Sources: Harrell 2015, section 10.11; Austin & Steyerberg, Stat Med
    2019;38:4051 (ICI, E50, E90).
    """
    y, risk = checked_risks(outcome, risks)
    predictor = special.logit(risk)
    low, high = np.quantile(risk, [0.01, 0.99])
    grid = np.linspace(low, high, CURVE_POINTS)
    used, columns, at_grid = _basis(predictor, special.logit(grid), knots)
    try:
        names = [f"s{at}" for at in range(columns.shape[1])]
        fit = logistic(outcome=y, factors=columns, names=names, clusters=clusters)
    except (NotEstimable, DidNotConverge):
        used, columns, at_grid = 0, predictor[:, None], special.logit(grid)[:, None]
        fit = logistic(outcome=y, factors=columns, names=("s0",), clusters=clusters)
    shown = np.column_stack([np.ones(CURVE_POINTS), at_grid])
    centre = shown @ fit.estimates
    variance = np.einsum("ij,jk,ik->i", shown, fit.covariance, shown)
    half = float(stats.norm.ppf(0.5 + level / 2)) * np.sqrt(np.maximum(variance, 0.0))
    smooth = special.expit(fit.estimates[0] + columns @ fit.estimates[1:])
    gaps = np.abs(smooth - risk)
    return CalibrationCurve(
        foretold=grid,
        observed=special.expit(centre),
        lower=special.expit(centre - half),
        upper=special.expit(centre + half),
        knots=used,
        average_gap=float(gaps.mean()),
        median_gap=float(np.median(gaps)),
        gap_of_nine_in_ten=float(np.quantile(gaps, 0.9)),
        groups=_groups(y, risk, clusters, groups, level),
    )


def _basis(predictor: FloatArray, grid: FloatArray, knots: int) -> tuple[int, FloatArray, FloatArray]:
    for number in range(knots, 2, -1):
        try:
            places = knots_at_percentiles(predictor, number=number)
        except NotEstimable:
            continue
        return (
            number,
            restricted_cubic_spline(predictor, knots=places),
            restricted_cubic_spline(grid, knots=places),
        )
    return 0, predictor[:, None], grid[:, None]


def _groups(
    y: FloatArray, risk: FloatArray, clusters: ArrayLike | None, groups: int, level: float
) -> tuple[CalibrationGroup, ...]:
    borders = np.unique(np.quantile(risk, np.linspace(0, 1, groups + 1)[1:-1]))
    place = np.searchsorted(borders, risk, side="left")
    return tuple(
        _group(y[place == at], risk[place == at], _part(clusters, place == at), level)
        for at in np.unique(place)
    )


def _part(clusters: ArrayLike | None, kept: np.ndarray) -> ArrayLike | None:
    return None if clusters is None else np.asarray(clusters)[kept]


def _group(y: FloatArray, risk: FloatArray, clusters: ArrayLike | None, level: float) -> CalibrationGroup:
    """One point; its interval is Wilson's on the number of rows that clustering leaves effective."""
    count, share = len(y), float(y.mean())
    effective = float(count)
    codes, women = codes_of(clusters, rows=count)
    if women < count and women > 1 and 0 < share < 1:
        error = mean_by_woman(y, codes=codes, women=women, level=level).standard_error
        effective = min(effective, share * (1 - share) / error**2) if error > 0 else effective
    z = float(stats.norm.ppf(0.5 + level / 2))
    centre = (share + z**2 / (2 * effective)) / (1 + z**2 / effective)
    half = z / (1 + z**2 / effective) * np.sqrt(share * (1 - share) / effective + z**2 / (4 * effective**2))
    return CalibrationGroup(
        n_rows=count,
        n_events=int(y.sum()),
        foretold=float(risk.mean()),
        observed=share,
        lower=float(max(centre - half, 0.0)),
        upper=float(min(centre + half, 1.0)),
    )
