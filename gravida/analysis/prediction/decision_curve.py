"""Whether acting on a model does more good than acting on everyone or on no one."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from gravida.analysis.fit import FloatArray
from gravida.analysis.penalised.rows import codes_of
from gravida.analysis.prediction.performance import Measure, checked_risks, mean_by_woman


@dataclass(frozen=True, kw_only=True)
class Decision:
    """Net benefit per row at one threshold of risk; acting on no one has 0."""

    threshold: float
    model: Measure
    everyone: Measure
    over_everyone: Measure  # the model minus acting on everyone, on the same women
    acted_on: float  # share of rows at or above the threshold


def decision_curve(
    *,
    outcome: ArrayLike,
    risks: ArrayLike,
    clusters: ArrayLike | None,
    thresholds: ArrayLike,
    level: float = 0.95,
) -> tuple[Decision, ...]:
    """Net benefit at every threshold, with intervals from women's sums.

    Net benefit = share of true positives - share of false positives x t / (1 - t); a row is positive at
    risk >= t. ValueError for a threshold outside (0, 1).
    Source: Vickers & Elkin, Med Decis Making 2006;26:565; Vickers et al., BMC Med Inform 2008;8:53.
    """
    y, risk = checked_risks(outcome, risks)
    codes, women = codes_of(clusters, rows=len(y))
    wanted = np.atleast_1d(np.asarray(thresholds, dtype=np.float64))
    if not np.all((wanted > 0) & (wanted < 1)):
        raise ValueError(f"thresholds from {wanted.min()} to {wanted.max()}: need more than 0, less than 1")

    def measured(values: FloatArray) -> Measure:
        return mean_by_woman(values, codes=codes, women=women, level=level)

    decisions = []
    for threshold in wanted:
        benefit = y - (1 - y) * threshold / (1 - threshold)
        acted = risk >= threshold
        decisions.append(
            Decision(
                threshold=float(threshold),
                model=measured(benefit * acted),
                everyone=measured(benefit),
                over_everyone=measured(benefit * acted - benefit),
                acted_on=float(acted.mean()),
            )
        )
    return tuple(decisions)
