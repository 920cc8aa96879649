"""What a model's own rows flatter it by: Harrell's bootstrap, drawing women and not rows."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from gravida.analysis.binomial_input import cluster_codes
from gravida.analysis.crossproduct import linear_predictor
from gravida.analysis.fit import DidNotConverge, FloatArray, IntArray, NotEstimable
from gravida.analysis.penalised.ridge import maximise_ridge
from gravida.analysis.penalised.rows import Rows, checked_rows
from gravida.analysis.prediction.model import Estimator, Recipe, estimator
from gravida.analysis.prediction.performance import c_statistic

MOST_FAILED = 0.1  # share of resamples without an answer above which nothing is said
LARGEST_LOG_ODDS = 35.0


@dataclass(frozen=True, kw_only=True)
class Corrected:
    """One measure: on its own rows, by how much these flatter it, and what is left."""

    apparent: float
    optimism: float
    corrected: float
    lower: float  # the bootstrap's spread, moved to the corrected measure; women who might have come
    upper: float


@dataclass(frozen=True, kw_only=True, eq=False)
class Optimism:
    """Optimism-corrected performance.

    Shapes: in_resample, on_original (resamples, 5), columns as `MEASURES`.
    """

    c_statistic: Corrected
    slope: Corrected
    intercept: Corrected
    brier: Corrected
    scaled_brier: Corrected
    resamples: int
    without_slope: int  # resamples whose risks separate the outcome: left out of the slope's mean
    failed: int  # resamples in which the model had no answer, left out
    in_resample: FloatArray
    on_original: FloatArray
    n_rows: int
    n_clusters: int


MEASURES = ("c_statistic", "slope", "intercept", "brier", "scaled_brier")


class BootstrapFailed(Exception):
    """More than a tenth of the resamples have no answer."""

    def __init__(self, *, failed: int, resamples: int) -> None:
        self.failed, self.resamples = failed, resamples
        super().__init__(
            f"{failed} of {resamples} resamples have no answer: the model is too large for these women; "
            "use a penalised one"
        )


def draw_resamples(clusters: ArrayLike, *, resamples: int, generator: np.random.Generator) -> IntArray:
    """Places of women drawn with replacement, (resamples, women), women in the order of their labels."""
    women = len(np.unique(np.asarray(clusters)))
    return np.asarray(generator.integers(0, women, size=(resamples, women)), dtype=np.int64)


def optimism(
    *,
    outcome: ArrayLike,
    factors: ArrayLike,
    names: Sequence[str],
    clusters: ArrayLike,
    recipe: Recipe,
    resamples: IntArray,
    level: float = 0.95,
) -> Optimism:
    """Refit in every resample of women, and compare it there with what it does on the original rows.

    resamples (resamples, women): places of women from 0 (`draw_resamples`, or stored ones). The whole
    recipe is repeated, the choice of a penalty too. ValueError for a place that is no woman;
    BootstrapFailed. Resamples whose risks separate the outcome have no slope and are left out of its mean.
    Intervals are the bootstrap's spread about the corrected measure, a little narrow in small samples.
    Source: Harrell, Lee & Mark, Stat Med 1996;15:361; intervals after Noma et al., Stat Med 2021;40:5691.
    """
    rows = checked_rows(
        outcome=outcome, factors=factors, names=names, collinear_refused=not recipe.is_penalised
    )
    of_woman = _rows_of_women(clusters, len(rows.outcome))
    drawn = np.asarray(resamples, dtype=np.int64)
    if drawn.ndim != 2 or drawn.min() < 0 or drawn.max() >= len(of_woman):
        raise ValueError(
            f"resamples of shape {drawn.shape} with places {drawn.min()} to {drawn.max()}: need "
            f"(resamples, women) with places 0 to {len(of_woman) - 1}"
        )
    fitted = estimator(recipe)
    apparent = measures(rows, fitted(rows))
    pairs = [_one(rows, of_woman, places, fitted) for places in drawn]
    kept = [pair for pair in pairs if pair is not None]
    failed = len(pairs) - len(kept)
    if failed > MOST_FAILED * len(pairs):
        raise BootstrapFailed(failed=failed, resamples=len(pairs))
    inside, outside = (np.array(side) for side in zip(*kept, strict=True))
    corrected = [
        _corrected(apparent[at], inside[:, at], outside[:, at], level) for at in range(len(MEASURES))
    ]
    return Optimism(
        **dict(zip(MEASURES, corrected, strict=True)),
        resamples=len(kept),
        without_slope=int(np.sum(~np.isfinite(inside[:, 1] + outside[:, 1]))),
        failed=failed,
        in_resample=inside,
        on_original=outside,
        n_rows=len(rows.outcome),
        n_clusters=len(of_woman),
    )


def _rows_of_women(clusters: ArrayLike, rows: int) -> list[IntArray]:
    codes = cluster_codes(clusters, rows=rows)
    order = np.argsort(codes, kind="stable")
    return [np.asarray(part) for part in np.split(order, np.cumsum(np.bincount(codes))[:-1])]


def _one(
    rows: Rows, of_woman: list[IntArray], places: IntArray, fitted: Estimator
) -> tuple[FloatArray, FloatArray] | None:
    sample = rows.only(np.concatenate([of_woman[place] for place in places]))
    if not 0 < sample.events < len(sample.outcome):
        return None
    try:
        coefficients = fitted(sample)
        return measures(sample, coefficients), measures(rows, coefficients)
    except (DidNotConverge, NotEstimable, np.linalg.LinAlgError):
        return None


def measures(rows: Rows, coefficients: FloatArray) -> FloatArray:
    """C, calibration slope, calibration in the large, Brier, scaled Brier of coefficients on rows, (5,)."""
    predictor = linear_predictor(rows.design, coefficients)
    if np.max(np.abs(predictor)) > LARGEST_LOG_ODDS:
        raise NotEstimable("a resample separates the outcome")
    risk = special.expit(predictor)
    share = float(rows.outcome.mean())
    brier = float(np.mean((rows.outcome - risk) ** 2))
    return np.array(
        [
            c_statistic(rows.outcome, risk),
            _slope(rows.outcome, predictor),
            _in_the_large(rows.outcome, predictor),
            brier,
            1 - brier / (share * (1 - share)),
        ]
    )


def _slope(outcome: FloatArray, predictor: FloatArray) -> float:
    # A model that foretells the same for everyone says nothing to calibrate.
    if np.ptp(predictor) < 1e-12:
        return 0.0
    rows = Rows(
        outcome=outcome,
        design=np.column_stack([np.ones(len(outcome)), predictor]),
        names=("(Intercept)", "slope"),
        weights=np.ones(len(outcome)),
    )
    try:
        return float(maximise_ridge(rows, np.zeros(2), start=np.array([0.0, 1.0]))[0][1])
    except (DidNotConverge, np.linalg.LinAlgError):
        return np.nan


def _in_the_large(outcome: FloatArray, predictor: FloatArray) -> float:
    shift = 0.0
    for _ in range(100):
        risk = special.expit(predictor + shift)
        step = float(np.sum(outcome - risk) / np.sum(risk * (1 - risk)))
        shift += float(np.clip(step, -1, 1))
        if abs(step) < 1e-12:
            return shift
    raise DidNotConverge(method="calibration in the large", iterations=100, step=step)


def _corrected(apparent: float, inside: FloatArray, outside: FloatArray, level: float) -> Corrected:
    known = np.isfinite(inside) & np.isfinite(outside)
    inside, outside = inside[known], outside[known]
    flattered = float(np.mean(inside - outside))
    # The slope of a plain model on its own rows is 1 by construction: its spread is that on the original.
    spread = outside if np.ptp(inside) < 1e-6 else inside
    lower, upper = np.quantile(spread - spread.mean(), [0.5 - level / 2, 0.5 + level / 2])
    corrected = float(apparent - flattered)
    return Corrected(
        apparent=float(apparent),
        optimism=flattered,
        corrected=corrected,
        lower=corrected + float(lower),
        upper=corrected + float(upper),
    )
