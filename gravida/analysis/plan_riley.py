"""The smallest sample for a model of a yes/no outcome: three criteria, the largest of which decides.

Sources: Riley et al., Stat Med 2019;38:1276 (binary outcomes) and BMJ 2020;368:m441; Cox-Snell R2 from a C
statistic: Riley, Van Calster and Collins, Stat Med 2021;40:859, whose simulation is an integral here.
"""

import math
from dataclasses import dataclass

import numpy as np
from scipy import stats

SHRINKAGE = 0.9  # criterion 1: the slope that is left after overfitting
OPTIMISM = 0.05  # criterion 2: largest loss of Nagelkerke's R2
MARGIN = 0.05  # criterion 3: half width of the interval of the overall risk
_NODES = 200


@dataclass(frozen=True, kw_only=True)
class SmallestSample:
    """Women needed by each criterion; `needed` is the largest. `cox_snell` is the R2 they rest on."""

    parameters: int
    share: float
    c_statistic: float
    cox_snell: float
    by_shrinkage: int
    by_optimism: int
    by_overall_risk: int

    @property
    def needed(self) -> int:
        """Rows that a model of so many parameters needs."""
        return max(self.by_shrinkage, self.by_optimism, self.by_overall_risk)

    @property
    def events_per_parameter(self) -> float:
        """Events in that sample for each parameter."""
        return self.needed * self.share / self.parameters


def cox_snell_from_c(c_statistic: float, share: float) -> float:
    """Cox-Snell R2 of a model with this C statistic where a share has the outcome.

    The linear predictor is normal with one variance in both groups, so that the true model is logistic in it.
    ValueError unless 0.5 <= c < 1 and 0 < share < 1.
    """
    if not 0.5 <= c_statistic < 1 or not 0 < share < 1:
        raise ValueError(f"C {c_statistic}, share {share}: need 0.5 <= C < 1 and 0 < share < 1")
    distance = math.sqrt(2) * float(stats.norm.ppf(c_statistic))
    nodes, weights = np.polynomial.hermite_e.hermegauss(_NODES)
    weights = weights / weights.sum()

    def log_likelihood(mean: float, sign: float) -> float:
        logit = math.log(share / (1 - share)) + distance * (nodes + mean) - distance**2 / 2
        return float(weights @ -np.logaddexp(0.0, -sign * logit))

    fitted = share * log_likelihood(distance, 1.0) + (1 - share) * log_likelihood(0.0, -1.0)
    null = share * math.log(share) + (1 - share) * math.log(1 - share)
    return 1 - math.exp(2 * (null - fitted))


def smallest_sample(*, parameters: int, share: float, c_statistic: float) -> SmallestSample:
    """The sample that a model of so many parameters needs (intercept apart), by each of three criteria.

    ValueError unless parameters >= 1; where C is 0.5 no sample is enough, and criterion 1 says so by a number
    beyond every study.
    """
    if parameters < 1:
        raise ValueError(f"{parameters} parameters: need 1 or more")
    cox_snell = cox_snell_from_c(c_statistic, share)
    null = share * math.log(share) + (1 - share) * math.log(1 - share)
    largest = 1 - math.exp(2 * null)
    kept = cox_snell / (cox_snell + OPTIMISM * largest)
    return SmallestSample(
        parameters=parameters,
        share=share,
        c_statistic=c_statistic,
        cox_snell=cox_snell,
        by_shrinkage=_by_shrinkage(parameters, cox_snell, SHRINKAGE),
        by_optimism=_by_shrinkage(parameters, cox_snell, kept),
        by_overall_risk=math.ceil((1.96 / MARGIN) ** 2 * share * (1 - share)),
    )


def _by_shrinkage(parameters: int, cox_snell: float, shrinkage: float) -> int:
    if not 0 < cox_snell < shrinkage < 1:
        return 10**12
    return math.ceil(parameters / ((shrinkage - 1) * math.log(1 - cox_snell / shrinkage)))


def most_parameters(*, rows: int, share: float, c_statistic: float) -> int:
    """How many parameters a sample carries; 0 where it carries none."""
    parameters = 0
    while smallest_sample(parameters=parameters + 1, share=share, c_statistic=c_statistic).needed <= rows:
        parameters += 1
    return parameters
