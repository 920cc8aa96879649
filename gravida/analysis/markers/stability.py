"""Complementary-pairs stability selection: which markers a lasso keeps choosing from half of the women."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from gravida.analysis.binomial_input import binary_outcome, design_matrix
from gravida.analysis.fit import FloatArray, IntArray, NotEstimable
from gravida.analysis.markers.error_bounds import Assumption, expected_false
from gravida.analysis.markers.score_test import UnadjustedMarkers
from gravida.analysis.penalised.elastic_net import Path, largest_penalty_of_rows, path_of_rows
from gravida.analysis.penalised.rows import Rows, codes_of

PENALTIES_TRIED = 60
SMALLEST_PENALTY = 0.03  # of the largest
MOST_DRAWS = 100


@dataclass(frozen=True, kw_only=True, eq=False)
class Stability:
    """How often every marker was chosen, and what that is worth."""

    names: tuple[str, ...]
    frequencies: FloatArray  # (markers,): share of the halves in which it was chosen
    selected: tuple[str, ...]
    threshold: float
    pairs: int
    chosen_per_half: float  # asked for; at most so many are taken from a half
    chosen_on_average: float
    expected_false: float  # bound, no assumption
    expected_false_r_concave: float
    n_rows: int
    n_clusters: int


def stability_selection(
    *,
    outcome: ArrayLike,
    markers: ArrayLike,
    marker_names: Sequence[str],
    adjusters: ArrayLike,
    adjuster_names: Sequence[str],
    clusters: ArrayLike | None,
    chosen_per_half: int,
    threshold: float = 0.75,
    pairs: int = 50,
    generator: np.random.Generator,
) -> Stability:
    """Markers chosen in at least `threshold` of 2 x pairs halves by a lasso that never penalises adjusters.

    Women, not rows, are split in two; a woman's rows stay together. From each half the first
    `chosen_per_half` markers to enter the path are taken. The bounds are on the expected number of
    selected markers with a below-average chance of being chosen.
    UnadjustedMarkers without adjusters; NotEstimable where halves with and without the outcome
    cannot be drawn. Source: Shah & Samworth, J R Stat Soc B 2013;75:55.
    """
    if len(adjuster_names) == 0:
        raise UnadjustedMarkers(markers=len(marker_names))
    worst, r_concave = _bounds(len(marker_names), chosen_per_half, threshold, pairs)
    rows = _rows(outcome, markers, marker_names, adjusters, adjuster_names)
    codes, women = codes_of(clusters, rows=len(rows.outcome))
    adjusting = len(adjuster_names)
    counts = np.zeros(len(marker_names))
    for _ in range(pairs):
        for half in _complementary_halves(rows.outcome, codes, women, generator):
            counts[_first_to_enter(rows.only(half), adjusting, chosen_per_half)] += 1
    frequencies = counts / (2 * pairs)
    # A share of halves is a multiple of 1 / (2 pairs): half a step of slack keeps equality.
    kept = frequencies >= threshold - 0.25 / pairs
    return Stability(
        names=tuple(marker_names),
        frequencies=frequencies,
        selected=tuple(name for name, keep in zip(marker_names, kept, strict=True) if keep),
        threshold=threshold,
        pairs=pairs,
        chosen_per_half=chosen_per_half,
        chosen_on_average=float(counts.sum() / (2 * pairs)),
        expected_false=worst,
        expected_false_r_concave=r_concave,
        n_rows=len(rows.outcome),
        n_clusters=women,
    )


def _bounds(markers: int, chosen: int, threshold: float, pairs: int) -> tuple[float, float]:
    assumptions: tuple[Assumption, Assumption] = ("none", "r-concave")
    worst, r_concave = (
        expected_false(
            markers=markers, chosen_per_half=chosen, threshold=threshold, pairs=pairs, assumption=assumption
        )
        for assumption in assumptions
    )
    return worst, r_concave


def _rows(
    outcome: ArrayLike,
    markers: ArrayLike,
    marker_names: Sequence[str],
    adjusters: ArrayLike,
    adjuster_names: Sequence[str],
) -> Rows:
    values, _ = design_matrix(markers, marker_names, intercept=False)
    beside, _ = design_matrix(adjusters, adjuster_names)
    response = binary_outcome(outcome)
    if not len(values) == len(beside) == len(response):
        raise ValueError(
            f"{len(response)} outcomes, {len(beside)} rows of adjusters, {len(values)} of markers: "
            "wanted the same number"
        )
    return Rows(
        outcome=response,
        design=np.column_stack([beside, values]),
        names=("(Intercept)", *adjuster_names, *marker_names),
        weights=np.ones(len(response)),
    )


def _complementary_halves(
    outcome: FloatArray, codes: IntArray, women: int, generator: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Two masks of rows, (rows,): half of the women each; with an odd number one woman is in neither."""
    size = women // 2
    for _ in range(MOST_DRAWS):
        order = generator.permutation(women)
        side = np.full(women, -1)
        side[order[:size]], side[order[size : 2 * size]] = 0, 1
        halves = (side[codes] == 0, side[codes] == 1)
        if all(0 < outcome[half].sum() < half.sum() for half in halves):
            return halves
    raise NotEstimable(
        f"{women} women with {outcome.sum():g} events: no split has the outcome in both halves"
    )


def _first_to_enter(rows: Rows, adjusting: int, wanted: int) -> IntArray:
    """Places of the first `wanted` markers on the lasso's path."""
    unpenalised = rows.names[1 : 1 + adjusting]
    largest = largest_penalty_of_rows(rows, alpha=1.0, unpenalised=unpenalised)
    path = path_of_rows(
        rows,
        penalties=largest * np.geomspace(1.0, SMALLEST_PENALTY, PENALTIES_TRIED)[1:],
        alpha=1.0,
        unpenalised=unpenalised,
        standardise=True,
        most_chosen=wanted,
    )
    return _in_order_of_entry(path, 1 + adjusting, rows)[:wanted]


def _in_order_of_entry(path: Path, before: int, rows: Rows) -> IntArray:
    coefficients = path.coefficients[:, before:] * rows.design[:, before:].std(axis=0)
    entered = coefficients != 0
    # The place on the path where a marker came in; among those of one place the larger first.
    first = np.where(entered.any(axis=0), np.argmax(entered, axis=0), len(entered))
    size = np.abs(coefficients[-1])
    order = np.lexsort((-size, first))
    return np.asarray(order[first[order] < len(entered)])
