"""A published model on these women: what it foretold, and what happened."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from gravida.analysis.binomial_input import binary_outcome
from gravida.analysis.fit import FloatArray
from gravida.analysis.logistic import logistic
from gravida.analysis.penalised.rows import codes_of
from gravida.analysis.prediction.calibration import CalibrationCurve, calibration_curve
from gravida.analysis.prediction.performance import (
    Measure,
    Performance,
    c_measure,
    measure_of,
    performance,
)
from gravida.analysis.prediction.published_models import Published, foretold_log_odds


@dataclass(frozen=True, kw_only=True, eq=False)
class ExternalCheck:
    """One published model checked. `performance` is None where the model gives no risks."""

    model: Published
    c_statistic: Measure
    slope: Measure
    performance: Performance | None
    calibration: CalibrationCurve | None
    n_rows: int
    n_left_out: int  # rows of which the model says nothing
    warnings: tuple[str, ...]


class NothingForetold(Exception):
    """A published model that says nothing of any of these rows."""


def check_published(
    *,
    model: Published,
    names: Sequence[str],
    values: FloatArray,
    loss: ArrayLike,
    clusters: ArrayLike | None,
    verified_only: bool = True,
) -> ExternalCheck:
    """Discrimination and calibration of a published model for another loss.

    values (rows, names) hold the columns the model reads, NaN where unknown; loss (rows,): 0 or 1. Every
    warning of the model's file is carried along, and "unverified_cells_used" where those were asked for.
    ValueError for a column that is not there; NothingForetold.
    Source of the design: Collins et al., BMJ 2024;384:e074820.
    """
    predictor = foretold_log_odds(model, names=names, values=values, verified_only=verified_only)
    told = np.isfinite(predictor)
    if not told.any():
        raise NothingForetold(f"{model.name} says nothing of these {len(told)} rows: none lies in its range")
    y = binary_outcome(np.asarray(loss, dtype=np.float64)[told])
    women = None if clusters is None else np.asarray(clusters)[told]
    codes, count = codes_of(women, rows=len(y))
    slope = logistic(outcome=y, factors=predictor[told][:, None], names=("slope",), clusters=women)
    risks = special.expit(predictor[told])
    full = performance(outcome=y, risks=risks, clusters=women) if model.gives_risks else None
    return ExternalCheck(
        model=model,
        c_statistic=c_measure(y, predictor[told], codes, count, 0.95),
        slope=measure_of(slope.estimates[1], slope.standard_errors[1], 0.95),
        performance=full,
        calibration=calibration_curve(outcome=y, risks=risks, clusters=women) if full else None,
        n_rows=len(y),
        n_left_out=int((~told).sum()),
        warnings=_warnings(model, full, verified_only) + _between(model, names, values[told]),
    )


def _warnings(model: Published, full: Performance | None, verified_only: bool) -> tuple[str, ...]:
    own = model.warnings if full is None else model.warnings + full.warnings
    without_risks = () if model.gives_risks else ("no_intercept_published",)
    unverified = any(not cell.verified for cell in model.cells) and not verified_only
    return own + without_risks + (("unverified_cells_used",) if unverified else ())


def _between(model: Published, names: Sequence[str], values: FloatArray) -> tuple[str, ...]:
    """Whether ages between those of the published table were foretold."""
    if model.kind != "table":
        return ()
    published = [cell.age_years for cell in model.cells]
    exact = np.isin(values[:, names.index("age_years")], published)
    return () if exact.all() else ("interpolated_between_published_ages",)
