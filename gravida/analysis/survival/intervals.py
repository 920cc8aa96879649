"""Confidence limits of probabilities that stay inside zero and one."""

from typing import Literal

import numpy as np
from scipy import stats

from gravida.analysis.fit import FloatArray

Scale = Literal["log-log", "logit", "log", "plain"]


def interval(
    probability: FloatArray, error: FloatArray, *, level: float = 0.95, scale: Scale = "log-log"
) -> tuple[FloatArray, FloatArray]:
    """Limits at `level`, symmetric on the scale named; a probability of 0 or 1 is its own limit.

    log-log is of 1 - probability, as package etm; log is of the probability, as survival's default.
    ValueError unless 0 < level < 1.
    """
    if not 0 < level < 1:
        raise ValueError(f"level is {level}: need 0 < level < 1")
    wide = float(stats.norm.ppf(0.5 + level / 2))
    inner = (probability > 0) & (probability < 1)
    p = np.where(inner, probability, 0.5)
    lower, upper = _limits(p, wide * error, scale)
    return np.where(inner, lower, probability), np.where(inner, upper, probability)


def _limits(p: FloatArray, reach: FloatArray, scale: Scale) -> tuple[FloatArray, FloatArray]:
    match scale:
        case "plain":
            return np.maximum(p - reach, 0.0), np.minimum(p + reach, 1.0)
        case "log":
            return p * np.exp(-reach / p), np.minimum(p * np.exp(reach / p), 1.0)
        case "logit":
            odds, wide = p / (1 - p), np.exp(reach / (p * (1 - p)))
            return odds / wide / (1 + odds / wide), odds * wide / (1 + odds * wide)
        case "log-log":
            free = np.log1p(-p)
            wide = np.exp(reach / ((1 - p) * np.abs(free)))
            return -np.expm1(free / wide), -np.expm1(free * wide)
