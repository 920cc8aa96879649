"""What a marker panel of this size could find: simulated before anyone looks at the outcome."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import special, stats

from gravida.analysis.binomial_input import design_matrix
from gravida.analysis.fit import BoolArray, FloatArray, IntArray, NotEstimable
from gravida.analysis.markers.multiplicity import Adjustment, adjusted_p_values
from gravida.analysis.markers.score_test import null_model, robust_z
from gravida.analysis.markers.stability import stability_selection
from gravida.analysis.penalised.rows import codes_of
from gravida.analysis.simulate import Frailty, draw_frailty

SCREENS = (Adjustment.BENJAMINI_HOCHBERG, Adjustment.BENJAMINI_YEKUTIELI, Adjustment.HOLM)


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """What is supposed true for a power figure."""

    causes: int  # markers that change the risk, each drawn from another block where there are enough
    odds_ratio_per_sd: float
    adjuster_log_odds: tuple[float, ...] = ()  # per standard deviation of each adjuster; none: no effect
    attenuation: float = 1.0  # below 1 women differ by a bridge frailty, odds ratios true on average


@dataclass(frozen=True, kw_only=True)
class PowerFigure:
    """What one method did over the replicates of one scenario."""

    scenario: Scenario
    method: str  # "BH", "BY", "Holm", "stability"
    replicates: int
    power: float  # share of the causes found (nan where there is none)
    block_power: float  # share of the blocks with a cause in which something was found
    false_share: float  # mean share of findings that are no cause
    false_block_share: float  # mean share of blocks found without a cause in them
    any_false: float  # share of replicates with at least one finding that is no cause
    any_false_block: float
    found: float  # mean number of findings


@dataclass(frozen=True, kw_only=True)
class PowerPanel:
    """Power figures, and what they were computed for: a screen refuses a panel made for other data."""

    n_rows: int
    n_clusters: int
    markers: int
    prevalence: float
    level: float
    figures: tuple[PowerFigure, ...]


@dataclass(frozen=True, kw_only=True, eq=False)
class Design:
    """The rows of a panel without its outcome. Shapes: markers (rows, markers); blocks (markers,)."""

    markers: FloatArray
    adjusters: FloatArray
    clusters: IntArray
    blocks: IntArray


@dataclass(frozen=True, kw_only=True)
class StabilitySettings:
    """How stability selection is to be run inside the simulation (and later on the data)."""

    chosen_per_half: int
    threshold: float = 0.75
    pairs: int = 50
    replicates: int = 20


def power_panel(
    *,
    markers: ArrayLike,
    adjusters: ArrayLike,
    clusters: ArrayLike | None,
    blocks: ArrayLike,
    prevalence: float,
    scenarios: Sequence[Scenario],
    level: float = 0.10,
    replicates: int = 200,
    stability: StabilitySettings | None = None,
    generator: np.random.Generator,
) -> PowerPanel:
    """Power of every method at the size, women, adjusters and correlation of these very rows.

    markers (rows, markers), adjusters (rows, adjusters): as measured; the outcome is simulated at
    `prevalence` and never read. blocks (markers,): from correlated_blocks. Stability selection, where
    wanted, runs on its own smaller number of replicates. ValueError for a prevalence outside (0, 1).
    """
    if not 0 < prevalence < 1:
        raise ValueError(f"prevalence {prevalence}: need a number between 0 and 1")
    design = _design(markers, adjusters, clusters, blocks)
    figures: list[PowerFigure] = []
    for scenario in scenarios:
        _check(scenario, design)
        found: dict[str, list[tuple[BoolArray, BoolArray]]] = {}
        for replicate in range(replicates):
            causes = _causes(design, scenario.causes, generator)
            outcome = _outcome(design, causes, scenario, prevalence, generator)
            with_stability = stability if stability and replicate < stability.replicates else None
            for method, chosen in _screened(design, outcome, level, with_stability, generator):
                found.setdefault(method, []).append((chosen, causes))
        figures += [_figure(scenario, method, draws, design.blocks) for method, draws in found.items()]
    return PowerPanel(
        n_rows=len(design.markers),
        n_clusters=int(design.clusters.max()) + 1,
        markers=design.markers.shape[1],
        prevalence=prevalence,
        level=level,
        figures=tuple(figures),
    )


def _design(
    markers: ArrayLike, adjusters: ArrayLike, clusters: ArrayLike | None, blocks: ArrayLike
) -> Design:
    values = np.asarray(markers, dtype=np.float64)
    beside = np.asarray(adjusters, dtype=np.float64)
    values, _ = design_matrix(values, [f"marker {at}" for at in range(values.shape[1])], intercept=False)
    beside, _ = design_matrix(beside, [f"adjuster {at}" for at in range(beside.shape[1])], intercept=False)
    codes, _ = codes_of(clusters, rows=len(values))
    number = np.asarray(blocks, dtype=np.int64)
    if len(beside) != len(values) or number.shape != (values.shape[1],):
        raise ValueError(
            f"{len(values)} rows of markers, {len(beside)} of adjusters, {number.shape} blocks: "
            "wanted as many rows, and one block per marker"
        )
    return Design(markers=_standardised(values), adjusters=beside, clusters=codes, blocks=number)


def _standardised(values: FloatArray) -> FloatArray:
    spread = values.std(axis=0)
    return np.asarray((values - values.mean(axis=0)) / np.where(spread > 0, spread, 1.0))


def _check(scenario: Scenario, design: Design) -> None:
    if not 0 <= scenario.causes <= design.markers.shape[1] or not scenario.odds_ratio_per_sd > 0:
        raise ValueError(
            f"{scenario.causes} causes of odds ratio {scenario.odds_ratio_per_sd}: need 0 to "
            f"{design.markers.shape[1]} causes and an odds ratio above 0"
        )


def _causes(design: Design, count: int, generator: np.random.Generator) -> BoolArray:
    """Which markers are causes in this replicate, spread over blocks as evenly as they allow."""
    order = generator.permutation(design.markers.shape[1])
    _, turn = np.unique(design.blocks[order], return_index=True)
    first = np.zeros(len(order), dtype=bool)
    first[turn] = True
    ordered = np.concatenate([order[first], order[~first]])
    causes = np.zeros(len(order), dtype=bool)
    causes[generator.permutation(ordered[: first.sum()])[:count]] = True
    causes[ordered[first.sum() : max(count, first.sum())]] = True
    return causes


def _outcome(
    design: Design,
    causes: BoolArray,
    scenario: Scenario,
    prevalence: float,
    generator: np.random.Generator,
) -> FloatArray:
    told = np.log(scenario.odds_ratio_per_sd) * design.markers[:, causes].sum(axis=1)
    if scenario.adjuster_log_odds:
        told = told + _standardised(design.adjusters) @ np.asarray(scenario.adjuster_log_odds)
    intercept = _intercept(told, prevalence)
    women = int(design.clusters.max()) + 1
    frailty = np.zeros(women)
    attenuation = scenario.attenuation
    if attenuation < 1:
        frailty = draw_frailty(women, kind=Frailty.BRIDGE, scale=attenuation, generator=generator)
    for _ in range(50):
        risk = special.expit((intercept + told) / attenuation + frailty[design.clusters])
        outcome = generator.random(len(told)) < risk
        if 0 < outcome.sum() < len(outcome):
            return np.asarray(outcome, dtype=np.float64)
    raise NotEstimable(f"{len(told)} rows at prevalence {prevalence}: no draw has both outcomes")


def _intercept(told: FloatArray, prevalence: float) -> float:
    low, high = -40.0, 40.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if special.expit(middle + told).mean() < prevalence else (low, middle)
    return low


def _screened(
    design: Design,
    outcome: FloatArray,
    level: float,
    stability: StabilitySettings | None,
    generator: np.random.Generator,
) -> list[tuple[str, BoolArray]]:
    names = [f"adjuster {at}" for at in range(design.adjusters.shape[1])]
    null = null_model(outcome=outcome, adjusters=design.adjusters, names=names, clusters=design.clusters)
    p_values = np.asarray(2 * stats.norm.sf(np.abs(robust_z(null, design.markers))))
    found = [
        (method.value, np.asarray(adjusted_p_values(p_values, method=method) <= level)) for method in SCREENS
    ]
    if stability is not None:
        kept = stability_selection(
            outcome=outcome,
            markers=design.markers,
            marker_names=[str(at) for at in range(design.markers.shape[1])],
            adjusters=design.adjusters,
            adjuster_names=names,
            clusters=design.clusters,
            chosen_per_half=stability.chosen_per_half,
            threshold=stability.threshold,
            pairs=stability.pairs,
            generator=generator,
        )
        chosen = np.zeros(design.markers.shape[1], dtype=bool)
        chosen[[int(name) for name in kept.selected]] = True
        found.append(("stability", chosen))
    return found


def _figure(
    scenario: Scenario, method: str, draws: list[tuple[BoolArray, BoolArray]], blocks: IntArray
) -> PowerFigure:
    by_marker = np.array([_tally(chosen, causes) for chosen, causes in draws])
    by_block = np.array(
        [_tally(_in_blocks(chosen, blocks), _in_blocks(causes, blocks)) for chosen, causes in draws]
    )
    some = scenario.causes > 0
    return PowerFigure(
        scenario=scenario,
        method=method,
        replicates=len(draws),
        power=float(by_marker[:, 0].mean()) if some else np.nan,
        block_power=float(by_block[:, 0].mean()) if some else np.nan,
        false_share=float(by_marker[:, 1].mean()),
        false_block_share=float(by_block[:, 1].mean()),
        any_false=float(by_marker[:, 2].mean()),
        any_false_block=float(by_block[:, 2].mean()),
        found=float(by_marker[:, 3].mean()),
    )


def _in_blocks(markers: BoolArray, blocks: IntArray) -> BoolArray:
    return np.bincount(blocks, weights=markers, minlength=int(blocks.max()) + 1) > 0


def _tally(chosen: BoolArray, causes: BoolArray) -> tuple[float, float, float, float]:
    """Share of causes found, share of findings that are none, whether any is none, findings."""
    right = float(np.sum(chosen & causes))
    false = float(np.sum(chosen & ~causes))
    return (right / max(causes.sum(), 1), false / max(right + false, 1), float(false > 0), right + false)
