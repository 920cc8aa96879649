"""Binary regression on a survey: sampling weights, strata and primary sampling units, by linearisation."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from gravida.analysis.binomial import Link, residuals
from gravida.analysis.binomial_input import binary_outcome, cluster_codes, design_matrix, positive_weights
from gravida.analysis.crossproduct import linear_predictor
from gravida.analysis.fit import BoolArray, Fit, FloatArray, IntArray, NotEstimable
from gravida.analysis.logistic import logistic

LonelyUnit = Literal["fail", "certainty", "adjust", "average"]


class LonelyUnits(NotEstimable):
    """Strata with a single primary sampling unit, whose variance the sample cannot tell."""

    def __init__(self, *, strata: tuple[str, ...]) -> None:
        self.strata = strata
        super().__init__(
            f"{len(strata)} strata hold one primary sampling unit ({', '.join(strata[:5])}): merge them with "
            "a neighbour, or choose how to count them: certainty, adjust or average"
        )


@dataclass(frozen=True, kw_only=True, eq=False)
class SurveyDesign:
    """How rows were sampled. Shapes (rows,): weights above 0; strata and units labels.

    Units are nested in strata: the same label in two strata means two units. Strata None: one stratum.
    """

    weights: ArrayLike
    units: ArrayLike
    strata: ArrayLike | None = None
    lonely: LonelyUnit = "fail"


def survey_logistic(
    *,
    outcome: ArrayLike,
    factors: ArrayLike,
    names: Sequence[str],
    design: SurveyDesign,
    domain: ArrayLike | None = None,
    link: Link = "logit",
) -> Fit:
    """Weighted binary regression with the design's linearised covariance, as R's survey::svyglm.

    outcome, factors, names as `logistic`; `domain` (rows,) picks the rows of a subpopulation, while units
    outside it still count in their strata. Intervals use t with (units - strata + 1 - terms) degrees of
    freedom, counted in the domain. A lonely unit is refused ("fail"), adds nothing ("certainty"), is
    compared with 0, the mean of all ("adjust"), or counts as the mean of the other strata ("average").
    Source: Binder, Int Stat Rev 1983;51:279; Lumley, J Stat Softw 2004;9(8).
    """
    y = np.asarray(outcome, dtype=np.float64)
    matrix = np.asarray(factors, dtype=np.float64)
    weight = positive_weights(design.weights, rows=len(y))
    stratum, unit = _codes(design, rows=len(y))
    inside = _inside(domain, weight)
    fit = logistic(
        outcome=binary_outcome(y[inside]),
        factors=matrix[inside],
        names=names,
        clusters=None,
        weights=weight[inside] / weight[inside].mean(),
        link=link,
    )
    full, _ = design_matrix(matrix[inside], names)
    predictor = linear_predictor(full, fit.estimates)
    score = residuals(predictor, link=link)[y[inside].astype(np.intp), np.arange(len(predictor))]
    score = score * weight[inside] / weight[inside].mean()
    influence = (full * score[:, None]) @ fit.model_covariance
    covariance = _linearised(influence, stratum, unit, inside, design)
    units, freedom = _freedom(stratum[inside], unit[inside], terms=len(fit.names))
    return replace(
        fit,
        covariance=covariance,
        standard_errors_by="survey design",
        n_clusters=units,
        degrees_of_freedom=np.full(len(fit.names), freedom),
    )


def _freedom(stratum: IntArray, unit: IntArray, *, terms: int) -> tuple[int, float]:
    """Units in the domain, and the degrees of freedom they leave."""
    units, strata = len(np.unique(unit)), len(np.unique(stratum))
    freedom = units - strata + 1 - terms
    if freedom < 1:
        raise NotEstimable(
            f"{units} units in {strata} strata carry no {terms} terms: wanted at least one degree of freedom"
        )
    return units, float(freedom)


def _codes(design: SurveyDesign, *, rows: int) -> tuple[IntArray, IntArray]:
    strata = np.zeros(rows, dtype=np.int64) if design.strata is None else design.strata
    stratum = cluster_codes(strata, rows=rows)
    unit = cluster_codes(design.units, rows=rows)
    return stratum, cluster_codes(stratum * (unit.max() + 1) + unit, rows=rows)


def _inside(domain: ArrayLike | None, weight: FloatArray) -> BoolArray:
    if domain is None:
        return np.asarray(weight > 0)
    chosen = np.asarray(domain)
    if chosen.shape != weight.shape or chosen.dtype != np.bool_:
        raise ValueError(f"domain has shape {chosen.shape}: wanted true or false for {len(weight)} rows")
    return np.asarray(chosen & (weight > 0))


def _linearised(
    influence: FloatArray, stratum: IntArray, unit: IntArray, inside: BoolArray, design: SurveyDesign
) -> FloatArray:
    """Sum over strata of the covariance of their units' totals."""
    units = int(unit.max()) + 1
    totals = np.zeros((units, influence.shape[1]))
    np.add.at(totals, unit[inside], influence)
    of_unit = np.empty(units, dtype=np.int64)
    of_unit[unit] = stratum
    number = np.bincount(of_unit)
    lonely = number == 1
    if lonely.any() and design.lonely == "fail":
        labels = np.unique(np.asarray(design.strata)) if design.strata is not None else np.array(["all"])
        raise LonelyUnits(strata=tuple(str(label) for label in labels[lonely]))
    mean = np.zeros((len(number), totals.shape[1]))
    np.add.at(mean, of_unit, totals)
    mean /= number[:, None]
    if design.lonely == "adjust":
        mean[lonely] = 0.0
    factor = np.where(lonely, 1.0, number / np.maximum(number - 1, 1))
    centred = (totals - mean[of_unit]) * np.sqrt(factor[of_unit])[:, None]
    covariance = centred.T @ centred
    if design.lonely == "average":
        seen = np.unique(stratum[inside])
        covariance = covariance * len(seen) / int((~lonely[seen]).sum())
    return np.asarray((covariance + covariance.T) / 2)
