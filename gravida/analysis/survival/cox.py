"""Cox's proportional hazards with delayed entry, ties, strata and errors that hold when women repeat."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from gravida.analysis.fit import DidNotConverge, Fit, FloatArray, NotEstimable
from gravida.analysis.survival.partial_likelihood import PartialLikelihood, Ties, partial_likelihood
from gravida.analysis.survival.risk_sets import RiskSets, risk_sets
from gravida.analysis.survival.rows import RiskRows, cluster_codes, event_flags, risk_rows
from gravida.analysis.survival.scores import cluster_scores, meat

MAXIMUM_ITERATIONS = 30
STEP = 1e-9  # of a standard error: the next Newton step would be about its square
RUNNING = 0.1  # a step this long although the likelihood is flat: the coefficient has no end
DEPENDENT = 1e-10  # share of a factor's information that its forerunners leave


class MonotoneLikelihood(NotEstimable):
    """A factor that separates those with the event from all others at risk: its coefficient has no end."""

    def __init__(self, *, names: tuple[str, ...]) -> None:
        self.names = names
        super().__init__(
            f"the partial likelihood rises without end along {', '.join(names)}: at every event time the "
            "event falls to the highest (or lowest) value at risk. Leave it out or use a penalised model."
        )


@dataclass(frozen=True, kw_only=True)
class ChiSquare:
    """A chi-square statistic with its degrees of freedom and p-value."""

    statistic: float
    degrees_of_freedom: int
    p_value: float


@dataclass(frozen=True, kw_only=True, eq=False)
class CoxModel:
    """A fitted Cox model and what later questions about it need.

    `centre` (factors,): the point that `likelihood` measures relative risks from.
    `wald` uses the covariance that `fit` reports.
    """

    fit: Fit
    ties: Ties
    sets: RiskSets
    centre: FloatArray
    likelihood: PartialLikelihood
    null_likelihood: PartialLikelihood
    likelihood_ratio: ChiSquare
    wald: ChiSquare
    score: ChiSquare

    @property
    def x(self) -> FloatArray:
        """Centred factors by pattern."""
        return self.sets.rows.x - self.centre

    @property
    def linear_predictor(self) -> FloatArray:
        """Log hazard ratio of each pattern against the centre, offset included, (patterns,)."""
        return np.log(self.likelihood.relative_risk)


def chi_square(statistic: float, degrees_of_freedom: int) -> ChiSquare:
    """A chi-square statistic with its p-value."""
    return ChiSquare(
        statistic=float(statistic),
        degrees_of_freedom=degrees_of_freedom,
        p_value=float(stats.chi2.sf(statistic, degrees_of_freedom)),
    )


def cox(
    *,
    x: NDArray[Any],
    exit_time: NDArray[Any],
    event: NDArray[Any],
    entry: NDArray[Any] | None = None,
    names: Sequence[str] | None = None,
    offset: NDArray[Any] | None = None,
    strata: NDArray[Any] | None = None,
    weights: NDArray[Any] | None = None,
    cluster: NDArray[Any] | None = None,
    ties: Ties = "efron",
) -> CoxModel:
    """Log hazard ratios of factors, from intervals (entry, exit] that end in an event or not.

    Shapes: x (rows, factors), all others (rows,). event is 0/1; other causes count as censored at exit.
    cluster: the woman; without it the errors are the model's. For tables of patterns see `fit_cox`.
    Errors: ValueError naming the input; NotEstimable (no event, factors that depend on each other),
    MonotoneLikelihood, DidNotConverge.
    Source: Cox, JRSS B 1972;34:187; Efron, JASA 1977;72:557; conventions of survival::coxph (R).
    """
    rows = risk_rows(
        x=x, exit_time=exit_time, entry=entry, names=names, offset=offset, strata=strata, weights=weights
    )
    return fit_cox(rows, event=event, cluster=cluster, ties=ties)


def fit_cox(
    rows: RiskRows, *, event: NDArray[Any], cluster: NDArray[Any] | None = None, ties: Ties = "efron"
) -> CoxModel:
    """As `cox`, on rows checked before: the way for tables of patterns and for several causes."""
    sets = risk_sets(rows, event_flags(event, n_rows=rows.n_rows))
    return fit_risk_sets(sets, cluster=cluster, ties=ties, method=f"cox_{ties}", scale="log_hazard")


def fit_risk_sets(
    sets: RiskSets, *, cluster: NDArray[Any] | None, ties: Ties, method: str, scale: str
) -> CoxModel:
    """The maximum of the partial likelihood on risk sets that stand."""
    rows = sets.rows
    centre = _centre(sets)
    x = rows.x - centre
    offset = None if rows.offset is None else rows.offset - rows.offset.mean()
    start = partial_likelihood(sets, x=x, beta=np.zeros(x.shape[1]), offset=offset, ties=ties)
    check_independent(start.information, rows.names)
    beta, found, iterations = _climb(sets, x=x, offset=offset, ties=ties, start=start, method=method)
    model: FloatArray = np.asarray(np.linalg.inv(found.information), dtype=np.float64)
    covariance, n_clusters = model, rows.n_rows
    if cluster is not None:
        codes, n_clusters = cluster_codes(np.asarray(cluster), n_rows=rows.n_rows)
        sums = cluster_scores(sets, x=x, at=found, cluster=codes, n_clusters=n_clusters)
        covariance = np.asarray(model @ meat(sums, x.shape[1]) @ model)
    size = len(beta)
    fit = Fit(
        method=method,
        scale=scale,
        names=rows.names,
        estimates=beta,
        covariance=covariance,
        model_covariance=model,
        standard_errors_by="model" if cluster is None else "CR0 by woman",
        log_likelihood=found.log_likelihood,
        null_log_likelihood=start.log_likelihood,
        n_rows=rows.n_rows,
        n_events=len(sets.event_rows),
        n_clusters=n_clusters,
        iterations=iterations,
    )
    return CoxModel(
        fit=fit,
        ties=ties,
        sets=sets,
        centre=centre,
        likelihood=found,
        null_likelihood=start,
        likelihood_ratio=chi_square(2 * (found.log_likelihood - start.log_likelihood), size),
        wald=chi_square(float(beta @ np.linalg.solve(covariance, beta)), size),
        score=chi_square(float(start.score @ np.linalg.solve(start.information, start.score)), size),
    )


def robust_score_test(model: CoxModel, *, cluster: NDArray[Any]) -> ChiSquare:
    """The score test of all factors at once, with clusters' sums as its variance (coxph's `rscore`)."""
    codes, n_clusters = cluster_codes(np.asarray(cluster), n_rows=model.sets.rows.n_rows)
    start = model.null_likelihood
    sums = cluster_scores(model.sets, x=model.x, at=start, cluster=codes, n_clusters=n_clusters)
    size = len(start.score)
    return chi_square(float(start.score @ np.linalg.solve(meat(sums, size), start.score)), size)


def check_independent(information: FloatArray, names: tuple[str, ...]) -> None:
    """NotEstimable naming the factors that carry no information beyond those before them."""
    lost: list[str] = []
    left = information.copy()
    for at, name in enumerate(names):
        if left[at, at] <= DEPENDENT * information[at, at] or information[at, at] <= 0:
            lost.append(name)
            left[at, :] = 0.0
            left[:, at] = 0.0
            continue
        column = left[:, at] / left[at, at]
        left -= np.outer(column, left[at, :])
    if lost:
        raise NotEstimable(
            f"{', '.join(lost)}: constant among those at risk, or a combination of the factors before"
        )


def _centre(sets: RiskSets) -> FloatArray:
    """Mean factors of the events: the point at which risks stay near one."""
    counts = sets.deaths_by_pattern
    return np.asarray(counts @ sets.rows.x / counts.sum())


def _climb(
    sets: RiskSets,
    *,
    x: FloatArray,
    offset: FloatArray | None,
    ties: Ties,
    start: PartialLikelihood,
    method: str,
) -> tuple[FloatArray, PartialLikelihood, int]:
    """Newton's way up, each step halved until the likelihood does not fall."""
    beta, here, step = np.zeros(x.shape[1]), start, np.zeros(x.shape[1])
    for iteration in range(1, MAXIMUM_ITERATIONS + 1):
        step = _newton_step(here, names=sets.rows.names, step=step)
        errors = 1 / np.sqrt(np.maximum(np.diag(here.information), 1e-300))
        if np.all(np.abs(step) <= STEP * errors):
            return beta, here, iteration
        there = partial_likelihood(sets, x=x, beta=beta + step, offset=offset, ties=ties)
        while not there.log_likelihood >= here.log_likelihood - 1e-10 * abs(here.log_likelihood):
            step = step / 2
            if np.all(np.abs(step) <= STEP * errors):
                return beta, here, iteration
            there = partial_likelihood(sets, x=x, beta=beta + step, offset=offset, ties=ties)
        flat = abs(there.log_likelihood - here.log_likelihood) <= 1e-9 * abs(here.log_likelihood)
        beta, here = beta + step, there
        if flat and iteration > 8:
            _check_bounded(step, names=sets.rows.names)
    raise DidNotConverge(method=method, iterations=MAXIMUM_ITERATIONS, step=float(np.abs(step).max()))


def _newton_step(here: PartialLikelihood, *, names: tuple[str, ...], step: FloatArray) -> FloatArray:
    try:
        return np.asarray(np.linalg.solve(here.information, here.score), dtype=np.float64)
    except np.linalg.LinAlgError as singular:
        raise MonotoneLikelihood(names=_longest(step, names)) from singular


def _check_bounded(step: FloatArray, *, names: tuple[str, ...]) -> None:
    """MonotoneLikelihood where the likelihood no longer rises but a coefficient still runs."""
    if (np.abs(step) > RUNNING).any():
        raise MonotoneLikelihood(names=_longest(step, names))


def _longest(step: FloatArray, names: tuple[str, ...]) -> tuple[str, ...]:
    longest = np.abs(step).max()
    return tuple(name for name, each in zip(names, np.abs(step), strict=True) if each >= 0.5 * longest)
