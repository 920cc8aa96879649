"""Cox's partial likelihood, its score and information, from sums over risk sets."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from gravida.analysis.crossproduct import linear_predictor, weighted_cross, weighted_sum
from gravida.analysis.fit import FloatArray, IntArray
from gravida.analysis.survival.risk_sets import RiskSets, scaled_columns

Ties = Literal["efron", "breslow"]


@dataclass(frozen=True, kw_only=True, eq=False)
class HazardTerms:
    """What each moment adds to hazards: sums over the tied events k of the d events there.

    With share s = k/d (0 for Breslow), mean event weight w and denominator D = S0 - s E0:
    hazard = sum w/D, hazard_tied = sum w s/D; spread, spread_tied, spread_tied2 = sum w/D^2, w s/D^2,
    w s^2/D^2; log_denominator = sum w log D. All (moments,). Source: Efron, JASA 1977;72:557.
    """

    log_denominator: FloatArray
    hazard: FloatArray
    hazard_tied: FloatArray
    spread: FloatArray
    spread_tied: FloatArray
    spread_tied2: FloatArray


@dataclass(frozen=True, kw_only=True, eq=False)
class PartialLikelihood:
    """The partial likelihood at one point.

    Shapes: relative_risk (patterns,); at_risk0 (moments,), at_risk1 (moments, factors) sums of exp(lp) and
    x exp(lp) over the risk set; tied0, tied1 the same over the events; score (factors,);
    information (factors, factors).
    """

    log_likelihood: float
    score: FloatArray
    information: FloatArray
    relative_risk: FloatArray
    at_risk0: FloatArray
    at_risk1: FloatArray
    tied0: FloatArray
    tied1: FloatArray
    terms: HazardTerms

    def quadratic(self, by_moment: FloatArray | None = None) -> FloatArray:
        """Sum over moments of the squared means that the information takes away, each times `by_moment`."""
        terms = self.terms
        scale = 1.0 if by_moment is None else by_moment
        risk, tied = self.at_risk1, self.tied1
        cross = (risk * (scale * terms.spread_tied)[:, None]).T @ tied
        return np.asarray(
            (risk * (scale * terms.spread)[:, None]).T @ risk
            - cross
            - cross.T
            + (tied * (scale * terms.spread_tied2)[:, None]).T @ tied
        )


def hazard_terms(
    *, at_risk0: FloatArray, tied0: FloatArray, n_events: IntArray, event_weight: FloatArray, ties: Ties
) -> HazardTerms:
    """The sums over tied events of each moment; all inputs (moments,)."""
    if ties == "breslow":
        zero = np.zeros_like(at_risk0)
        return HazardTerms(
            log_denominator=event_weight * np.log(at_risk0),
            hazard=event_weight / at_risk0,
            hazard_tied=zero,
            spread=event_weight / at_risk0**2,
            spread_tied=zero,
            spread_tied2=zero,
        )
    counts = n_events
    start = np.cumsum(counts) - counts
    share = np.arange(int(counts.sum()), dtype=np.float64)
    share -= np.repeat(start.astype(np.float64), counts)
    share /= np.repeat(counts.astype(np.float64), counts)
    denominator = np.repeat(at_risk0, counts)
    denominator -= share * np.repeat(tied0, counts)
    mean_weight = event_weight / counts

    def total(each: FloatArray) -> FloatArray:
        return np.asarray(np.add.reduceat(each, start)) * mean_weight

    inverse = 1 / denominator
    tied = share * inverse
    return HazardTerms(
        log_denominator=total(np.log(denominator)),
        hazard=total(inverse),
        hazard_tied=total(tied),
        spread=total(inverse * inverse),
        spread_tied=total(inverse * tied),
        spread_tied2=total(tied * tied),
    )


def partial_likelihood(
    sets: RiskSets, *, x: FloatArray, beta: FloatArray, offset: FloatArray | None, ties: Ties
) -> PartialLikelihood:
    """The partial likelihood at beta; x (patterns, factors) centred as the caller likes."""
    predictor = linear_predictor(x, beta, offset)
    risk = np.exp(predictor)
    at_risk0, at_risk1 = sets.sums(risk), sets.factor_sums(risk, x)
    tied0, tied1 = sets.deaths @ risk, scaled_columns(sets.deaths, risk) @ x
    terms = hazard_terms(
        at_risk0=at_risk0, tied0=tied0, n_events=sets.n_events, event_weight=sets.event_weight, ties=ties
    )
    by_pattern = sets.deaths_by_pattern
    per_pattern = risk * (sets.spread(terms.hazard) - sets.deaths.T @ terms.hazard_tied)
    found = PartialLikelihood(
        log_likelihood=float(by_pattern @ predictor - terms.log_denominator.sum()),
        score=weighted_sum(x, by_pattern) - terms.hazard @ at_risk1 + terms.hazard_tied @ tied1,
        information=weighted_cross(x, per_pattern),
        relative_risk=risk,
        at_risk0=at_risk0,
        at_risk1=at_risk1,
        tied0=tied0,
        tied1=tied1,
        terms=terms,
    )
    found.information[...] -= found.quadratic()
    return found
