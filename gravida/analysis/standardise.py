"""Standardised risks: what the model foretells for the same women under one level of a factor or another."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from gravida.analysis.binomial import Link, risk, risk_slope
from gravida.analysis.crossproduct import linear_predictor, weighted_sum
from gravida.analysis.fit import Fit, FloatArray

SCALE_LINKS: dict[str, Link] = {"log_odds": "logit", "log_hazard": "cloglog"}


@dataclass(frozen=True, kw_only=True, eq=False)
class StandardisedRisks:
    """Mean risks by scenario with their covariance. Shapes: risks (scenarios,); covariance square."""

    scenarios: tuple[str, ...]
    risks: FloatArray
    covariance: FloatArray

    @property
    def standard_errors(self) -> FloatArray:
        """Of the risks, (scenarios,)."""
        return np.sqrt(np.diag(self.covariance))


@dataclass(frozen=True, kw_only=True)
class RiskContrast:
    """One scenario against another: the difference of risks, and the logarithm of their ratio."""

    scenario: str
    reference: str
    risk: float
    reference_risk: float
    difference: float
    difference_standard_error: float
    log_ratio: float
    log_ratio_standard_error: float


def standardised_risks(
    *,
    fit: Fit,
    designs: Sequence[ArrayLike],
    scenarios: Sequence[str],
    weights: ArrayLike | None = None,
    offset: ArrayLike | None = None,
) -> StandardisedRisks:
    """Mean predicted risk when every row takes each scenario's design, by the delta method.

    designs: one (rows, terms) per scenario with every column of the fit, the intercept too; compressed,
    one row per pattern with its trials as weights (rows,). The covariance is the fit's own (clustered by
    woman), for these rows' covariates as they are: their sampling is not part of it. Nothing needs to
    have happened under a scenario: check that such rows exist (positivity).
    Source: Hernan & Robins, Causal Inference: What If, 2020, chapter 13.
    """
    if fit.scale not in SCALE_LINKS:
        raise ValueError(f"a fit on the scale {fit.scale} has no risk: wanted {', '.join(SCALE_LINKS)}")
    if len(designs) != len(scenarios):
        raise ValueError(f"{len(designs)} designs for {len(scenarios)} scenarios: wanted one each")
    link = SCALE_LINKS[fit.scale]
    risks, gradients = [], []
    for scenario, design in zip(scenarios, designs, strict=True):
        matrix = np.asarray(design, dtype=np.float64)
        if matrix.ndim != 2 or matrix.shape[1] != len(fit.names):
            raise ValueError(
                f"scenario {scenario!r} has shape {matrix.shape}: wanted (rows, {len(fit.names)}) with "
                f"the columns {', '.join(fit.names)}"
            )
        share = np.ones(len(matrix)) if weights is None else np.asarray(weights, dtype=np.float64)
        share = share / share.sum()
        shift = None if offset is None else np.asarray(offset, dtype=np.float64)
        predictor = linear_predictor(matrix, fit.estimates, shift)
        risks.append(float((share * risk(predictor, link=link)).sum()))
        gradients.append(weighted_sum(matrix, share * risk_slope(predictor, link=link)))
    gradient = np.stack(gradients)
    return StandardisedRisks(
        scenarios=tuple(scenarios),
        risks=np.array(risks),
        covariance=gradient @ fit.covariance @ gradient.T,
    )


def contrast(standardised: StandardisedRisks, *, scenario: str, reference: str) -> RiskContrast:
    """Risk difference and log risk ratio of one scenario against another, with standard errors."""
    at = {name: position for position, name in enumerate(standardised.scenarios)}
    for name in (scenario, reference):
        if name not in at:
            raise KeyError(f"no scenario {name!r}: there are {', '.join(at)}")
    one, other = at[scenario], at[reference]
    risk_of, risk_without = float(standardised.risks[one]), float(standardised.risks[other])
    covariance = standardised.covariance[np.ix_([one, other], [one, other])]
    difference = np.array([1.0, -1.0])
    ratio = np.array([1 / risk_of, -1 / risk_without])
    return RiskContrast(
        scenario=scenario,
        reference=reference,
        risk=risk_of,
        reference_risk=risk_without,
        difference=risk_of - risk_without,
        difference_standard_error=float(np.sqrt(difference @ covariance @ difference)),
        log_ratio=float(np.log(risk_of / risk_without)),
        log_ratio_standard_error=float(np.sqrt(ratio @ covariance @ ratio)),
    )
