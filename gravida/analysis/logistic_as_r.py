"""The figures that R's glm prints with its default precision, to compare with published R results."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike
from scipy import linalg

from gravida.analysis.binomial import risk
from gravida.analysis.binomial_input import binary_outcome, design_matrix, rows_by_cluster
from gravida.analysis.crossproduct import linear_predictor, weighted_cross, weighted_sum
from gravida.analysis.fit import DidNotConverge, Fit, FloatArray
from gravida.analysis.logistic import logistic
from gravida.analysis.sandwich_small import bias_reduced

R_PRECISION = 1e-8  # glm.control(epsilon), on the relative change of the deviance
R_MOST_ITERATIONS = 25


def logistic_as_r(
    *, outcome: ArrayLike, factors: ArrayLike, names: Sequence[str], clusters: ArrayLike
) -> Fit:
    """Logistic regression with CR2 as clubSandwich gives it after R's glm with default control.

    glm stops one Newton step early and keeps the covariance of the step before its last, so that such
    CR2 standard errors are off by up to 1e-4 of themselves; `logistic` has the exact ones. Arguments as
    there. The degrees of freedom are the exact fit's.
    """
    y = binary_outcome(outcome)
    design, _ = design_matrix(factors, names)
    estimates, lagging = _glm(design, y)
    predictor = linear_predictor(design, estimates)
    mean = risk(predictor)
    bread = linalg.inv(weighted_cross(design, mean * (1 - mean)))
    rows = rows_by_cluster(outcome=y, clusters=clusters)
    small = bias_reduced(design=design, predictor=predictor, link="logit", rows=rows, bread=bread)
    turn = lagging @ linalg.inv(bread)
    exact = logistic(outcome=y, factors=factors, names=names, clusters=clusters, correction="CR2")
    return replace(
        exact,
        estimates=estimates,
        covariance=turn @ small.covariance @ turn.T,
        model_covariance=lagging,
        standard_errors_by="CR2 by woman, R's default precision",
    )


def _glm(design: FloatArray, y: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Estimates where glm.fit stops, and its unscaled covariance, which lags one step behind."""
    mean = (y + 0.5) / 2
    predictor = np.log(mean / (1 - mean))
    deviance = _deviance(predictor, y)
    for _ in range(R_MOST_ITERATIONS):
        weights = mean * (1 - mean)
        lagging = linalg.inv(weighted_cross(design, weights))
        working = predictor + (y - mean) / weights
        estimates = lagging @ weighted_sum(design, weights * working)
        predictor = linear_predictor(design, estimates)
        mean = risk(predictor)
        before, deviance = deviance, _deviance(predictor, y)
        if abs(deviance - before) / (abs(deviance) + 0.1) < R_PRECISION:
            return estimates, np.asarray(lagging)
    raise DidNotConverge(method="glm", iterations=R_MOST_ITERATIONS, step=abs(deviance - before))


def _deviance(predictor: FloatArray, y: FloatArray) -> float:
    return float(2 * (np.logaddexp(0.0, predictor) - y * predictor).sum())
