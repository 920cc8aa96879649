"""How well each penalty foretells women it has not seen: cross-validation with whole women left out."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from gravida.analysis.binomial_input import cluster_codes
from gravida.analysis.fit import FloatArray, IntArray
from gravida.analysis.penalised.elastic_net import Path, path_of_rows
from gravida.analysis.penalised.rows import checked_rows

LEAST_RISK = 1e-5  # a risk is held this far from 0 and 1, so that one row cannot be infinitely wrong


@dataclass(frozen=True, kw_only=True, eq=False)
class CrossValidation:
    """Deviance per row on women left out, by penalty; (penalties,) arrays."""

    penalties: FloatArray
    deviances: FloatArray
    standard_errors: FloatArray  # over folds
    chosen: IntArray  # factors that are not zero in the fit on all rows
    best: float  # the penalty of least deviance
    simplest: float  # the largest penalty within one standard error of it


def folds_by_woman(clusters: ArrayLike, *, folds: int, generator: np.random.Generator) -> IntArray:
    """A fold in 0 .. folds-1 for every row, all rows of a woman in the same, women evenly spread."""
    labels = np.asarray(clusters)
    codes = cluster_codes(labels, rows=len(labels))
    women = int(codes.max()) + 1
    if not 2 <= folds <= women:
        raise ValueError(f"{folds} folds for {women} women: need at least 2 folds and a woman for each")
    of_woman = np.arange(women) % folds
    return np.asarray(generator.permutation(of_woman)[codes])


def deviance(outcome: FloatArray, predictor: FloatArray) -> FloatArray:
    """-2 log-likelihood of each row, risks held within [1e-5, 1 - 1e-5]; shape of the predictor."""
    risk = np.clip(special.expit(predictor), LEAST_RISK, 1 - LEAST_RISK)
    return np.asarray(-2 * (outcome * np.log(risk) + (1 - outcome) * np.log1p(-risk)))


def summarised(by_row: FloatArray, *, folds: IntArray, weights: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Mean deviance and its standard error over folds, (penalties,), from (penalties, rows)."""
    labels = np.unique(folds)
    mass = np.array([weights[folds == label].sum() for label in labels])
    mean = (
        np.array([np.sum(by_row[:, folds == label] * weights[folds == label], axis=1) for label in labels])
        / mass[:, None]
    )
    centre = mass @ mean / mass.sum()
    spread = mass @ (mean - centre) ** 2 / mass.sum()
    return centre, np.sqrt(spread / (len(labels) - 1))


def cross_validated_path(
    *,
    outcome: ArrayLike,
    factors: ArrayLike,
    names: Sequence[str],
    penalties: ArrayLike,
    folds: IntArray,
    alpha: float = 1.0,
    unpenalised: Sequence[str] = (),
    standardise: bool = True,
    weights: ArrayLike | None = None,
) -> tuple[Path, CrossValidation]:
    """The path on all rows and its cross-validated deviance, as glmnet's cv does with given folds.

    folds (rows,): a label per row; give rows of one woman the same (`folds_by_woman`), else she is
    foretold from herself. Every fold standardises its own training rows.
    ValueError with fewer than three folds, as the standard error over folds has no meaning then.
    """
    rows = checked_rows(
        outcome=outcome, factors=factors, names=names, weights=weights, collinear_refused=False
    )
    labels = np.unique(folds)
    if len(folds) != len(rows.outcome) or len(labels) < 3:
        raise ValueError(f"{len(labels)} folds over {len(folds)} labels: need 3 or more, one label per row")
    path = path_of_rows(
        rows, penalties=penalties, alpha=alpha, unpenalised=unpenalised, standardise=standardise
    )
    by_row = np.empty((len(path.penalties), len(rows.outcome)))
    for label in labels:
        held = np.asarray(folds) == label
        trained = path_of_rows(
            rows.only(~held),
            penalties=penalties,
            alpha=alpha,
            unpenalised=unpenalised,
            standardise=standardise,
        )
        by_row[:, held] = deviance(rows.outcome[held], trained.linear_predictor(rows.design[held, 1:]))
    mean, error = summarised(by_row, folds=np.asarray(folds), weights=rows.weights)
    best = _largest_where(path.penalties, mean <= mean.min())
    bound = (mean + error)[np.flatnonzero(path.penalties == best)[0]]
    return path, CrossValidation(
        penalties=path.penalties,
        deviances=mean,
        standard_errors=error,
        chosen=path.chosen,
        best=best,
        simplest=_largest_where(path.penalties, mean <= bound),
    )


def _largest_where(penalties: FloatArray, kept: np.ndarray) -> float:
    return float(np.max(penalties[kept]))
