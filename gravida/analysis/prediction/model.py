"""A prognostic model as the plan wrote it, fitted only where the women are enough for it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from gravida.analysis.crossproduct import linear_predictor
from gravida.analysis.fit import Fit, FloatArray
from gravida.analysis.logistic import logistic
from gravida.analysis.penalised.firth import firth_estimates, firth_logistic
from gravida.analysis.penalised.ridge import (
    maximise_ridge,
    penalty_matrix,
    ridge_criterion,
    ridge_logistic,
)
from gravida.analysis.penalised.rows import Rows, checked_rows, codes_of
from gravida.analysis.plan_riley import SmallestSample, most_parameters, smallest_sample

PENALTIES = tuple(float(penalty) for penalty in np.geomspace(0.1, 1000, 25))
Estimator = Callable[[Rows], FloatArray]  # rows -> coefficients, the intercept first


class TooManyParameters(Exception):
    """An unpenalised model with more parameters than its women carry (Riley's criteria)."""

    def __init__(self, *, women: int, carried: int, needed: SmallestSample) -> None:
        self.women, self.carried, self.needed = women, carried, needed
        super().__init__(
            f"{needed.parameters} parameters for {women} women at a share of {needed.share:.3f} and an "
            f"anticipated C of {needed.c_statistic}: {needed.needed} women are needed, {women} carry "
            f"{carried}. Name fewer factors, or a penalised model."
        )


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """How coefficients come from rows; all of it is repeated in every resample."""

    method: str  # "logistic", "firth", "ridge"
    penalty: float | None = None  # ridge: given, or None to choose by corrected AIC each time
    penalties: tuple[float, ...] = PENALTIES

    @property
    def is_penalised(self) -> bool:
        """Whether coefficients are held back."""
        return self.method != "logistic"


@dataclass(frozen=True, kw_only=True, eq=False)
class Prognosis:
    """A fitted prognostic model and the sample it would have needed."""

    recipe: Recipe
    fit: Fit
    needed: SmallestSample
    penalty: float | None
    warnings: tuple[str, ...]

    def risks(self, factors: ArrayLike) -> FloatArray:
        """Foretold risk of each row; factors (rows, names) in the order of the fit."""
        columns = np.asarray(factors, dtype=np.float64)
        return np.asarray(special.expit(self.fit.estimates[0] + columns @ self.fit.estimates[1:]))


def fit_prognosis(
    *,
    outcome: ArrayLike,
    factors: ArrayLike,
    names: Sequence[str],
    clusters: ArrayLike | None,
    recipe: Recipe,
    anticipated_c: float,
) -> Prognosis:
    """Fit a pre-specified model behind the gate of Riley's smallest sample.

    anticipated_c: the C statistic that published models reach in this disease, never this data's own.
    TooManyParameters for an unpenalised model on too few women; a penalised one is fitted with the
    code "fewer_women_than_needed". Women, not rows, are counted.
    """
    rows = checked_rows(
        outcome=outcome, factors=factors, names=names, collinear_refused=not recipe.is_penalised
    )
    _, women = codes_of(clusters, rows=len(rows.outcome))
    share = float(rows.outcome.mean())
    needed = smallest_sample(parameters=len(names), share=share, c_statistic=anticipated_c)
    too_few = women < needed.needed
    if too_few and not recipe.is_penalised:
        carried = most_parameters(rows=women, share=share, c_statistic=anticipated_c)
        raise TooManyParameters(women=women, carried=carried, needed=needed)
    fit, penalty = _fit(recipe, rows, outcome, factors, names, clusters)
    return Prognosis(
        recipe=recipe,
        fit=fit,
        needed=needed,
        penalty=penalty,
        warnings=(*fit.warnings, *(("fewer_women_than_needed",) if too_few else ())),
    )


def _fit(
    recipe: Recipe,
    rows: Rows,
    outcome: ArrayLike,
    factors: ArrayLike,
    names: Sequence[str],
    clusters: ArrayLike | None,
) -> tuple[Fit, float | None]:
    if recipe.method == "logistic":
        return logistic(outcome=outcome, factors=factors, names=names, clusters=clusters), None
    if recipe.method == "firth":
        return firth_logistic(outcome=outcome, factors=factors, names=names, clusters=clusters), None
    penalty = chosen_penalty(recipe, rows)
    ridge = ridge_logistic(outcome=outcome, factors=factors, names=names, clusters=clusters, penalty=penalty)
    return ridge.fit, penalty


def estimator(recipe: Recipe) -> Estimator:
    """The recipe as a function of rows alone, for resamples; ValueError for a method that is none."""
    if recipe.method == "logistic":
        return lambda rows: maximise_ridge(rows, np.zeros(len(rows.names)))[0]
    if recipe.method == "firth":
        return firth_estimates
    if recipe.method != "ridge":
        raise ValueError(f"method {recipe.method!r}: wanted logistic, firth or ridge")
    return lambda rows: maximise_ridge(
        rows, penalty_matrix(rows, penalty=chosen_penalty(recipe, rows), unpenalised=())
    )[0]


def chosen_penalty(recipe: Recipe, rows: Rows) -> float:
    """The recipe's penalty, or the one of least corrected AIC on these rows."""
    if recipe.penalty is not None:
        return recipe.penalty
    values = [ridge_criterion(rows, penalty) for penalty in recipe.penalties]
    return recipe.penalties[int(np.argmin(values))]


def risks_of(rows: Rows, coefficients: FloatArray) -> FloatArray:
    """Foretold risks of rows, (rows,)."""
    return np.asarray(special.expit(linear_predictor(rows.design, coefficients)))
