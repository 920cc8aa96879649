"""Risk of one outcome by a given week for a woman's factors, from one hazard model per competing cause."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from gravida.analysis.fit import FloatArray
from gravida.analysis.survival.baseline import against_centre, hazard_influence
from gravida.analysis.survival.cox import CoxModel
from gravida.analysis.survival.intervals import Scale, interval
from gravida.analysis.survival.rows import cluster_codes

Survival = Literal["product", "exponential"]


@dataclass(frozen=True, kw_only=True, eq=False)
class AbsoluteRisk:
    """Risk of one cause at each time, (times,), with its error by the delta method (None if not asked)."""

    times: FloatArray
    risk: FloatArray
    error: FloatArray | None

    def interval(self, *, level: float = 0.95, scale: Scale = "log-log") -> tuple[FloatArray, FloatArray]:
        """Pointwise confidence limits, (times,) each; ValueError where errors were not asked for."""
        if self.error is None:
            raise ValueError("no errors were asked for: give clusters to absolute_risk")
        return interval(self.risk, self.error, level=level, scale=scale)


def absolute_risk(
    models: Sequence[CoxModel],
    *,
    times: NDArray[Any],
    factors: NDArray[Any] | Sequence[NDArray[Any]],
    cause: int = 0,
    stratum: int = 0,
    given_free_at: float = -np.inf,
    cluster: NDArray[Any] | None = None,
    survival: Survival = "product",
) -> AbsoluteRisk:
    """Risk of models[cause] by each time, for one woman, all other models competing.

    models: one Cox model per cause on the same rows; factors (factors,), or one array per model where the
    models differ in theirs. Risks count from `given_free_at`. With `cluster` (rows,) the errors are
    infinitesimal jackknife, the women's influences on all models summed before squaring.
    "product" multiplies 1 - hazard, "exponential" exp(-hazard).
    Source: Benichou and Gail, Biometrics 1990;46:813; riskRegression::predict.CSC (R).
    """
    wanted = [factors] * len(models) if isinstance(factors, np.ndarray) else list(factors)
    if len(wanted) != len(models):
        raise ValueError(f"{len(wanted)} sets of factors for {len(models)} models")
    axis = _Axis(models, wanted, stratum=stratum, given_free_at=given_free_at)
    at = np.searchsorted(axis.times, np.asarray(times, dtype=np.float64), side="right")
    before = np.concatenate([[1.0], axis.event_free(survival)])
    reached = np.concatenate([[0.0], np.cumsum(before[:-1] * axis.hazards[cause])])
    error = None
    if cluster is not None:
        total = np.zeros((cluster_codes(np.asarray(cluster), n_rows=len(cluster))[1], len(at)))
        for each, model in enumerate(models):
            gradient = axis.gradient(each, at, reached=reached, survival=survival)
            if each == cause:
                gradient += axis.own(each, at, before=before)
            total += hazard_influence(model, gradient=gradient, factors=wanted[each], cluster=cluster)
        error = np.sqrt(np.einsum("ct,ct->t", total, total))
    return AbsoluteRisk(times=np.asarray(times, dtype=np.float64), risk=reached[at], error=error)


class _Axis:
    """Hazards of all models for one woman on the event times of any of them, (models, times)."""

    def __init__(
        self,
        models: Sequence[CoxModel],
        factors: Sequence[NDArray[Any]],
        *,
        stratum: int,
        given_free_at: float,
    ) -> None:
        self.models = models
        self.own_moments = [_moments(model, stratum, given_free_at) for model in models]
        own_times = [model.sets.moment_time[own] for model, own in zip(models, self.own_moments, strict=True)]
        self.times = np.unique(np.concatenate(own_times))
        self.places = [np.searchsorted(self.times, each) for each in own_times]
        self.hazards = np.zeros((len(models), len(self.times)))
        for at, (model, own, values) in enumerate(zip(models, self.own_moments, factors, strict=True)):
            relative, _ = against_centre(model, values)
            self.hazards[at, self.places[at]] = relative * model.likelihood.terms.hazard[own]

    def event_free(self, survival: Survival) -> FloatArray:
        """Share free of all causes after each time, (times,)."""
        total = self.hazards.sum(axis=0)
        if survival == "exponential":
            return np.asarray(np.exp(-np.cumsum(total)))
        return np.asarray(np.cumprod(np.maximum(1 - total, 0.0)))

    def gradient(self, each: int, at: NDArray[Any], *, reached: FloatArray, survival: Survival) -> FloatArray:
        """How the risk at each time falls with each hazard of a model that uses up those at risk."""
        places, own = self.places[each], self.own_moments[each]
        lasting = np.ones(len(places))
        if survival == "product":
            left = 1 - self.hazards.sum(axis=0)[places]
            lasting = np.where(left > 0, 1 / np.where(left > 0, left, 1.0), 0.0)
        later = np.maximum(reached[at][:, None] - reached[places + 1][None, :], 0.0)
        full = np.zeros((len(at), self.models[each].sets.n_moments))
        full[:, own] = -later * lasting
        return full

    def own(self, each: int, at: NDArray[Any], *, before: FloatArray) -> FloatArray:
        """How the risk at each time rises with each hazard of its own cause."""
        places, own = self.places[each], self.own_moments[each]
        full = np.zeros((len(at), self.models[each].sets.n_moments))
        full[:, own] = (places[None, :] < at[:, None]) * before[places]
        return full


def _moments(model: CoxModel, stratum: int, given_free_at: float) -> NDArray[Any]:
    sets = model.sets
    own = np.flatnonzero((sets.moment_stratum == stratum) & (sets.moment_time > given_free_at))
    if not len(own):
        raise ValueError(f"{model.fit.method}: no event in stratum {stratum} after {given_free_at}")
    return own
