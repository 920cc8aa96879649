"""What every fitted model gives back: estimates with their covariance, who was used, and how it went."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy import stats

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True)
class Term:
    """One coefficient, on the scale of its model (a log odds ratio, a log hazard ratio)."""

    name: str
    estimate: float
    standard_error: float
    lower: float
    upper: float
    p_value: float
    degrees_of_freedom: float  # infinite where the normal distribution is used


@dataclass(frozen=True, kw_only=True, eq=False)
class Fit:
    """A fitted model.

    `covariance` is the one to report: clustered by woman wherever rows of one woman can repeat.
    Shapes: estimates, degrees_of_freedom (terms,); covariance, model_covariance (terms, terms).
    """

    method: str  # as "logistic", "cox_efron", "fine_gray"
    scale: str  # "log_odds", "log_hazard", "log_subhazard", "risk"
    names: tuple[str, ...]
    estimates: FloatArray
    covariance: FloatArray
    model_covariance: FloatArray
    standard_errors_by: str  # "CR1 by woman", "CR2 by woman", "model", "survey design", "Rubin"
    log_likelihood: float
    null_log_likelihood: float | None = None
    n_rows: int
    n_events: int
    n_clusters: int
    n_left_out: int = 0  # rows with a missing value in outcome or factor
    iterations: int = 0
    degrees_of_freedom: FloatArray | None = None  # None: normal distribution
    warnings: tuple[str, ...] = field(default=())  # codes; the report has their words

    @property
    def standard_errors(self) -> FloatArray:
        """Square roots of the covariance's diagonal, (terms,)."""
        return np.sqrt(np.diag(self.covariance))

    def terms(self, *, level: float = 0.95) -> tuple[Term, ...]:
        """Every coefficient with its Wald interval and two-sided p-value."""
        freedom = (
            np.full(len(self.names), np.inf) if self.degrees_of_freedom is None else self.degrees_of_freedom
        )
        errors = self.standard_errors
        quantiles = stats.t.ppf(0.5 + level / 2, freedom)
        p_values = 2 * stats.t.sf(np.abs(self.estimates / errors), freedom)
        return tuple(
            Term(
                name=name,
                estimate=float(self.estimates[at]),
                standard_error=float(errors[at]),
                lower=float(self.estimates[at] - quantiles[at] * errors[at]),
                upper=float(self.estimates[at] + quantiles[at] * errors[at]),
                p_value=float(p_values[at]),
                degrees_of_freedom=float(freedom[at]),
            )
            for at, name in enumerate(self.names)
        )

    def term(self, name: str, *, level: float = 0.95) -> Term:
        """One coefficient by its name; KeyError with the names there are."""
        for term in self.terms(level=level):
            if term.name == name:
                return term
        raise KeyError(f"no term {name!r}: this fit has {', '.join(self.names)}")


class DidNotConverge(Exception):
    """An iteration that ended without an answer; no number of it may be shown."""

    def __init__(self, *, method: str, iterations: int, step: float) -> None:
        super().__init__(
            f"{method} did not converge: after {iterations} iterations the last step was {step:.3g}. "
            "Look for a factor that separates the outcome, or use the penalised model."
        )


class NotEstimable(Exception):
    """A model that the rows cannot carry: a constant or doubled factor, no event, no cluster."""


def two_sided_normal(statistic: FloatArray) -> FloatArray:
    """Two-sided p-values of normal statistics."""
    return np.asarray(2 * stats.norm.sf(np.abs(statistic)), dtype=np.float64)
