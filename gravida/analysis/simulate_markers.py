"""Panels of correlated markers with known causes, batches and a detection limit."""

from dataclasses import dataclass

import numpy as np

from gravida.analysis.fit import BoolArray, FloatArray, IntArray


@dataclass(frozen=True, kw_only=True)
class PanelTruth:
    """What is true of a marker panel: blocks of equally correlated markers, a few of them causes."""

    markers: int = 80
    block_size: int = 10
    correlation: float = 0.6  # within a block
    causes: tuple[int, ...] = ()  # places of the markers that change the risk
    log_odds_per_sd: float = 0.0
    prevalence: float = 0.34  # of the outcome
    age_per_year: float = 0.05  # adjusters' log odds ratios
    per_previous_loss: float = 0.25
    batches: int = 4
    batch_sd: float = 0.0  # shift of a whole batch, in marker standard deviations
    below_detection: float = 0.0  # share of values under the detection limit, every marker
    rows_per_woman: int = 1


@dataclass(frozen=True, kw_only=True, eq=False)
class Panel:
    """A simulated panel; arrays (rows,) or (rows, markers)."""

    truth: PanelTruth
    woman: IntArray
    loss: FloatArray  # 0 / 1
    adjusters: FloatArray  # (rows, 2): age in years, earlier losses
    batch: IntArray
    markers: FloatArray  # as measured; NaN below the detection limit
    detection_limits: FloatArray  # (markers,)
    below: BoolArray  # (rows, markers)


def simulate_panel(*, rows: int, generator: np.random.Generator, truth: PanelTruth | None = None) -> Panel:
    """Markers of `rows` samples and the outcome of the pregnancy that followed each.

    Markers are standard normal before batch shifts, the same for all rows of a woman; the log odds
    are linear in the causes, in age and in earlier losses. ValueError where a cause is no marker.
    """
    truth = truth or PanelTruth()
    if any(not 0 <= at < truth.markers for at in truth.causes):
        raise ValueError(f"causes {truth.causes}: need places among {truth.markers} markers")
    if not 0 <= truth.correlation < 1:
        raise ValueError(f"correlation {truth.correlation} within blocks: need 0 <= correlation < 1")
    women = -(-rows // truth.rows_per_woman)
    woman = np.repeat(np.arange(women), truth.rows_per_woman)[:rows]
    latent = block_normals(women, truth=truth, generator=generator)[woman]
    age = np.clip(generator.normal(33, 4.7, women), 18, 45)[woman]
    losses = (3 + generator.poisson(0.7, women))[woman].astype(np.float64)
    told = truth.age_per_year * (age - 33) + truth.per_previous_loss * (losses - 3.7)
    told = told + truth.log_odds_per_sd * latent[:, list(truth.causes)].sum(axis=1)
    loss = generator.random(rows) < 1 / (1 + np.exp(-(_intercept(told, truth.prevalence) + told)))
    batch = generator.integers(0, truth.batches, rows)
    shift = generator.normal(0, truth.batch_sd, (truth.batches, truth.markers)) if truth.batch_sd else None
    measured = latent if shift is None else latent + shift[batch]
    limits = np.quantile(measured, truth.below_detection, axis=0)
    below = measured < limits if truth.below_detection else np.zeros(measured.shape, dtype=bool)
    return Panel(
        truth=truth,
        woman=woman,
        loss=loss.astype(np.float64),
        adjusters=np.column_stack([age, losses]),
        batch=batch,
        markers=np.where(below, np.nan, measured),
        detection_limits=limits,
        below=below,
    )


def block_normals(rows: int, *, truth: PanelTruth, generator: np.random.Generator) -> FloatArray:
    """Standard normals correlated within blocks, (rows, markers)."""
    blocks = -(-truth.markers // truth.block_size)
    shared = np.repeat(generator.normal(size=(rows, blocks)), truth.block_size, axis=1)[:, : truth.markers]
    own = generator.normal(size=(rows, truth.markers))
    return np.asarray(np.sqrt(truth.correlation) * shared + np.sqrt(1 - truth.correlation) * own)


def _intercept(told: FloatArray, prevalence: float) -> float:
    low, high = -30.0, 30.0
    for _ in range(60):
        middle = (low + high) / 2
        found = float(np.mean(1 / (1 + np.exp(-(middle + told)))))
        low, high = (middle, high) if found < prevalence else (low, middle)
    return low
