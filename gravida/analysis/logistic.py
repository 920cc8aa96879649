"""Binary regression by maximum likelihood (logit, complementary log-log), clustered by woman."""

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from gravida.analysis.binomial import Cells, Link, Maximum, maximise, residuals
from gravida.analysis.binomial_input import (
    ClusteredRows,
    binary_outcome,
    column,
    design_matrix,
    positive_weights,
    refuse_one_sided,
    rows_by_cluster,
)
from gravida.analysis.compression import CompressedRows
from gravida.analysis.compression_pairs import PatternPairs, pair_meat
from gravida.analysis.crossproduct import linear_predictor
from gravida.analysis.fit import Fit, FloatArray, IntArray
from gravida.analysis.sandwich import Correction, cluster_factor, cluster_meat, sandwiched
from gravida.analysis.sandwich_small import bias_reduced

WeightMeaning = Literal["probability", "frequency"]
SCALES: dict[Link, str] = {"logit": "log_odds", "cloglog": "log_hazard"}
METHODS: dict[Link, str] = {"logit": "logistic", "cloglog": "cloglog"}
FEW_CLUSTERS = 50


def logistic(
    *,
    outcome: ArrayLike,
    factors: ArrayLike,
    names: Sequence[str],
    clusters: ArrayLike | None,
    weights: ArrayLike | None = None,
    weights_are: WeightMeaning = "probability",
    offset: ArrayLike | None = None,
    link: Link = "logit",
    correction: Correction = "CR1",
    intercept: bool = True,
) -> Fit:
    """Binary regression on rows, with the sandwich clustered by woman.

    outcome (rows,) 0 or 1; factors (rows, names), without the intercept, which is added first as
    "(Intercept)"; clusters (rows,) the woman of each row, None only where rows are independent: then the
    model's own covariance is given. weights (rows,): "frequency" counts equal rows, "probability" tells
    how many unseen rows one stands for; both give the same estimates and clustered covariance, they
    differ in the number of rows told and used by CR1S. Rows of weight 0 are left out.
    correction: see `sandwich.cluster_factor`; CR2 brings Satterthwaite's degrees of freedom.
    ValueError for missing or misshapen input; Collinear, Separated, NotEstimable, DidNotConverge.
    Sources: McCullagh & Nelder 1989; Liang & Zeger, Biometrika 1986;73:13; Bell & McCaffrey 2002.
    """
    y = binary_outcome(outcome)
    design, terms = design_matrix(factors, names, intercept=intercept)
    if len(design) != len(y):
        raise ValueError(f"factors have {len(design)} rows and the outcome {len(y)}: wanted the same number")
    weight = None if weights is None else positive_weights(weights, rows=len(y))
    shift = None if offset is None else column(offset, "offset", rows=len(y))
    group = None if clusters is None else np.asarray(clusters)
    if weight is not None and (weight == 0).any():
        kept = weight > 0
        y, design, weight = y[kept], design[kept], weight[kept]
        shift = None if shift is None else shift[kept]
        group = None if group is None else group[kept]
    trials = np.ones(len(y)) if weight is None else weight
    refuse_one_sided(events=float(trials @ y), total=float(trials.sum()))
    cells = Cells(design=design, trials=trials, events=trials * y, offset=shift)
    rows = None if group is None else rows_by_cluster(outcome=y, clusters=group, weight=weight)
    frequency = weights_are == "frequency" and weight is not None
    return fit_cells(
        cells=cells,
        names=terms,
        rows=rows,
        link=link,
        correction=correction,
        n_rows=round(float(trials.sum())) if frequency else len(y),
        n_events=round(float(trials @ y)) if frequency else int(y.sum()),
    )


def logistic_by_pattern(
    *,
    rows: CompressedRows,
    design: ArrayLike,
    names: Sequence[str],
    link: Link = "logit",
    correction: Correction = "CR1",
    inverse_cluster_size: bool = False,
    pairs: PatternPairs | None = None,
) -> Fit:
    """The same model on compressed rows: work grows with distinct patterns, the numbers stay exact.

    design (patterns, names), without the intercept; `compression.treatment_design` makes it from the table.
    inverse_cluster_size weighs each row by 1 / rows of its woman (CWGEE). pairs, where counted before
    (`compression_pairs.count_pairs`), give the clustered covariance without passing over the rows again.
    """
    table = rows.table
    matrix, terms = design_matrix(design, names)
    if len(matrix) != len(table.trials):
        raise ValueError(
            f"design has {len(matrix)} rows: wanted one for each of {len(table.trials)} patterns"
        )
    clustered, trials, events = _counted(rows, inverse_cluster_size)
    refuse_one_sided(events=float(events.sum()), total=float(trials.sum()))
    return fit_cells(
        cells=Cells(design=matrix, trials=trials, events=events),
        names=terms,
        rows=clustered,
        link=link,
        correction=correction,
        n_rows=rows.n_rows,
        n_events=int(table.events.sum()),
        pairs=None if inverse_cluster_size else pairs,
    )


def inverse_cluster_size_weights(clusters: ArrayLike) -> FloatArray:
    """1 / rows of the woman for every row: weights of a cluster-weighted GEE, (rows,).

    With them `logistic` asks about a typical pregnancy of a typical woman, so that women with many
    pregnancies do not count more. Source: Williamson, Datta & Satten, Biometrics 2003;59:36.
    """
    _, codes, sizes = np.unique(np.asarray(clusters), return_inverse=True, return_counts=True)
    return np.asarray(1.0 / sizes[codes])


def fit_cells(
    *,
    cells: Cells,
    names: tuple[str, ...],
    rows: ClusteredRows | None,
    link: Link,
    correction: Correction,
    n_rows: int,
    n_events: int,
    pairs: PatternPairs | None = None,
) -> Fit:
    """Fit checked cells and put the covariance of their rows around them; other kernels call this."""
    found = maximise(cells=cells, names=names, link=link)
    covariance, said_by, freedom = _covariance(cells, found, rows, link, correction, n_rows, pairs)
    clusters = n_rows if rows is None else len(rows.starts) - 1
    return Fit(
        method=METHODS[link],
        scale=SCALES[link],
        names=names,
        estimates=found.estimates,
        covariance=covariance,
        model_covariance=found.covariance,
        standard_errors_by=said_by,
        log_likelihood=found.log_likelihood,
        null_log_likelihood=null_log_likelihood(cells, link=link),
        n_rows=n_rows,
        n_events=n_events,
        n_clusters=clusters,
        iterations=found.iterations,
        degrees_of_freedom=freedom,
        warnings=("few_clusters",) if rows is not None and clusters < FEW_CLUSTERS else (),
    )


def null_log_likelihood(cells: Cells, *, link: Link = "logit") -> float:
    """Log-likelihood of the model with the intercept (and the offset) alone."""
    if cells.offset is None:
        share = cells.events.sum() / cells.trials.sum()
        without = cells.trials.sum() - cells.events.sum()
        return float(cells.events.sum() * np.log(share) + without * np.log1p(-share))
    alone = Cells(
        design=np.ones((len(cells.trials), 1)), trials=cells.trials, events=cells.events, offset=cells.offset
    )
    return maximise(cells=alone, names=("(Intercept)",), link=link).log_likelihood


def _counted(
    rows: CompressedRows, inverse_cluster_size: bool
) -> tuple[ClusteredRows, FloatArray, FloatArray]:
    table = rows.table
    if not inverse_cluster_size:
        return rows.clustered(), table.trials.astype(np.float64), table.events.astype(np.float64)
    sizes: IntArray = np.diff(rows.starts)
    weight = np.repeat(1.0 / sizes, sizes)
    count = len(table.trials)
    trials = np.bincount(rows.pattern, weights=weight, minlength=count).astype(np.float64)
    events = np.bincount(rows.pattern, weights=weight * rows.outcome, minlength=count).astype(np.float64)
    return rows.clustered(weight=weight), trials, events


def _covariance(
    cells: Cells,
    found: Maximum,
    rows: ClusteredRows | None,
    link: Link,
    correction: Correction,
    n_rows: int,
    pairs: PatternPairs | None,
) -> tuple[FloatArray, str, FloatArray | None]:
    if rows is None:
        return found.covariance, "model", None
    predictor = linear_predictor(cells.design, found.estimates, cells.offset)
    factor = cluster_factor(
        correction=correction, clusters=len(rows.starts) - 1, rows=n_rows, terms=len(found.estimates)
    )
    if correction == "CR2":
        small = bias_reduced(
            design=cells.design, predictor=predictor, link=link, rows=rows, bread=found.covariance
        )
        return small.covariance, "CR2 by woman", small.degrees_of_freedom
    score = residuals(predictor, link=link)
    if pairs is None:
        meat = cluster_meat(design=cells.design, residuals=score, rows=rows)
    else:
        meat = pair_meat(design=cells.design, residuals=score, pairs=pairs)
    return sandwiched(bread=found.covariance, meat=meat, factor=factor), f"{correction} by woman", None
