"""Whether a marker goes with the outcome beyond the adjusters: one robust score test per marker."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import special, stats

from gravida.analysis.binomial_input import column, design_matrix
from gravida.analysis.crossproduct import cross_of_two, linear_predictor, weighted_cross
from gravida.analysis.fit import FloatArray, IntArray
from gravida.analysis.penalised.ridge import maximise_ridge
from gravida.analysis.penalised.rows import checked_rows, codes_of


class UnadjustedMarkers(Exception):
    """A list of markers without adjusters: age and earlier losses would speak through the markers."""

    def __init__(self, *, markers: int) -> None:
        self.markers = markers
        super().__init__(
            f"{markers} markers and no adjuster: name at least the woman's age and her earlier losses, "
            "because markers that follow them would be listed as factors"
        )


@dataclass(frozen=True, kw_only=True, eq=False)
class ScoreTests:
    """One test per marker; arrays (markers,). z > 0: more of the marker, more of the outcome."""

    names: tuple[str, ...]
    z: FloatArray
    p_values: FloatArray
    n_rows: int
    n_events: int
    n_clusters: int


@dataclass(frozen=True, kw_only=True, eq=False)
class NullModel:
    """The adjusters' own model, which every test of a panel shares.

    Shapes: design (rows, adjusters + 1); residuals, spread (rows,); inverse (terms, terms).
    """

    design: FloatArray
    residuals: FloatArray
    spread: FloatArray
    inverse: FloatArray
    codes: IntArray
    women: int
    events: int


def null_model(
    *, outcome: ArrayLike, adjusters: ArrayLike, names: Sequence[str], clusters: ArrayLike | None
) -> NullModel:
    """Logistic regression on the adjusters alone; UnadjustedMarkers where there are none."""
    if len(names) == 0:
        raise UnadjustedMarkers(markers=0)
    rows = checked_rows(outcome=outcome, factors=adjusters, names=names)
    beta, _ = maximise_ridge(rows, np.zeros(len(rows.names)))
    mean = special.expit(linear_predictor(rows.design, beta))
    spread = mean * (1 - mean)
    codes, women = codes_of(clusters, rows=len(mean))
    return NullModel(
        design=rows.design,
        residuals=rows.outcome - mean,
        spread=spread,
        inverse=np.asarray(np.linalg.inv(weighted_cross(rows.design, spread))),
        codes=codes,
        women=women,
        events=rows.events,
    )


def robust_z(null: NullModel, markers: FloatArray) -> FloatArray:
    """Score statistics of markers (rows, markers), standard normal where a marker has no effect.

    The part of a marker that the adjusters tell is taken out (which also accounts for their estimated
    coefficients), scores are summed by woman, and their empirical variance stands below.
    Zero for a marker that the adjusters tell in full.
    """
    explained = null.inverse @ cross_of_two(null.design, markers * null.spread[:, None])
    own = markers - null.design @ explained
    scores = own * null.residuals[:, None]
    sums = scores
    if null.women < len(null.codes):
        sums = np.zeros((null.women, markers.shape[1]))
        np.add.at(sums, null.codes, scores)
    variance = np.sum(sums**2, axis=0)
    told = np.sum(own**2, axis=0) <= 1e-20 * np.maximum(np.sum(markers**2, axis=0), 1e-300)
    safe = np.where(told | (variance <= 0), 1.0, variance)
    return np.where(told, 0.0, scores.sum(axis=0) / np.sqrt(safe))


def score_tests(
    *,
    outcome: ArrayLike,
    markers: ArrayLike,
    marker_names: Sequence[str],
    adjusters: ArrayLike,
    adjuster_names: Sequence[str],
    clusters: ArrayLike | None,
) -> ScoreTests:
    """Adjusted robust score test of every marker, (rows, markers), with women as clusters.

    Holds its level in small samples (it leans to the safe side) and needs no fit per marker.
    UnadjustedMarkers without adjusters; ValueError names a marker with missing values.
    Source: Boos, Am Stat 1992;46:327 (generalised score tests).
    """
    if len(adjuster_names) == 0:
        raise UnadjustedMarkers(markers=len(marker_names))
    values, _ = design_matrix(markers, marker_names, intercept=False)
    column(outcome, "outcome", rows=len(values))
    null = null_model(outcome=outcome, adjusters=adjusters, names=adjuster_names, clusters=clusters)
    # Centred, so that a marker's unit and origin cannot cost digits.
    z = robust_z(null, values - values.mean(axis=0))
    return ScoreTests(
        names=tuple(marker_names),
        z=z,
        p_values=np.asarray(2 * stats.norm.sf(np.abs(z))),
        n_rows=len(values),
        n_events=null.events,
        n_clusters=null.women,
    )
