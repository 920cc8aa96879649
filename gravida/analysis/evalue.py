"""The E-value: how strong an unmeasured cause would have to be to explain an association away."""

from dataclasses import dataclass
from math import sqrt
from typing import Literal

Measure = Literal["risk_ratio", "odds_ratio", "hazard_ratio"]


@dataclass(frozen=True, kw_only=True)
class EValue:
    """E-values as risk ratios of 1 or more: of the estimate, and of the interval's limit nearer to 1."""

    estimate: float
    limit: float | None  # None where no interval was given
    risk_ratio: float  # the estimate on, or brought to, the scale of risks


def e_value(
    *,
    measure: Measure,
    estimate: float,
    lower: float | None = None,
    upper: float | None = None,
    outcome_is_rare: bool = False,
) -> EValue:
    """E-value of a ratio and of its confidence limit.

    Unless the outcome is rare (under 15 % at the end of follow-up), an odds ratio is brought to the
    scale of risks by its square root, a hazard ratio by (1 - 0.5^sqrt(HR)) / (1 - 0.5^sqrt(1/HR)).
    The limit's value is 1 where the interval holds 1. ValueError for a ratio not above 0 or limits that
    do not hold the estimate. Source: VanderWeele & Ding, Ann Intern Med 2017;167:268, table 2.
    """
    if estimate <= 0:
        raise ValueError(f"estimate {estimate:g}: wanted a ratio above 0")
    if (lower is None) != (upper is None):
        raise ValueError("one limit is given: wanted both or none")
    ratio = as_risk_ratio(estimate, measure=measure, outcome_is_rare=outcome_is_rare)
    limit = None
    if lower is not None and upper is not None:
        if not 0 <= lower <= estimate <= upper:
            raise ValueError(
                f"interval {lower:g} to {upper:g} of {estimate:g}: wanted 0 <= lower <= estimate <= upper"
            )
        nearer = lower if estimate >= 1 else upper
        limit = 1.0
        if lower > 1 or upper < 1:
            limit = _e_value(as_risk_ratio(nearer, measure=measure, outcome_is_rare=outcome_is_rare))
    return EValue(estimate=_e_value(ratio), limit=limit, risk_ratio=ratio)


def as_risk_ratio(ratio: float, *, measure: Measure, outcome_is_rare: bool) -> float:
    """The ratio on the scale of risks, approximately where the outcome is common."""
    if measure == "risk_ratio" or outcome_is_rare:
        return ratio
    if measure == "odds_ratio":
        return sqrt(ratio)
    return float((1 - 0.5 ** sqrt(ratio)) / (1 - 0.5 ** sqrt(1 / ratio)))


def _e_value(ratio: float) -> float:
    away = ratio if ratio >= 1 else 1 / ratio
    return away + sqrt(away * (away - 1))
