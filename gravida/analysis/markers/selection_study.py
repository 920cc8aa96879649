"""How often each way of choosing markers is wrong, and right, over simulated panels of known truth."""

from dataclasses import dataclass

import numpy as np

from gravida.analysis.fit import BoolArray
from gravida.analysis.markers.error_bounds import expected_false
from gravida.analysis.markers.multiplicity import Adjustment, adjusted_p_values
from gravida.analysis.markers.power import StabilitySettings
from gravida.analysis.markers.score_test import score_tests
from gravida.analysis.markers.stability import stability_selection
from gravida.analysis.simulate_markers import Panel, PanelTruth, simulate_panel

ADJUSTERS = ("age_years", "earlier_losses")


@dataclass(frozen=True, kw_only=True)
class SelectionFigure:
    """What one method did over all replicates; a finding is false where the marker is no cause."""

    method: str  # "p", "BH", "BY", "stability"
    any_false: float
    mean_false: float
    false_share: float
    power: float  # nan without causes
    found: float
    bound: float | None  # declared: on P(any false) (p, BH, BY, null only) or on the mean number (stability)


def selection_study(
    *,
    rows: int,
    truth: PanelTruth,
    replicates: int,
    level: float = 0.10,
    stability: StabilitySettings | None = None,
    generator: np.random.Generator,
) -> tuple[SelectionFigure, ...]:
    """The share of wrong and right choices of unadjusted levels, BH, BY and stability selection.

    Under the null (no causes) BH and BY keep P(any false) at `level` and stability selection keeps the
    mean number of false ones at its bound.
    """
    stability = stability or StabilitySettings(chosen_per_half=5)
    chosen: dict[str, list[BoolArray]] = {"p": [], "BH": [], "BY": [], "stability": []}
    for _ in range(replicates):
        panel = simulate_panel(rows=rows, truth=truth, generator=generator)
        for method, kept in _choices(panel, level, stability, generator):
            chosen[method].append(kept)
    causes = np.zeros(truth.markers, dtype=bool)
    causes[list(truth.causes)] = True
    bound = expected_false(
        markers=truth.markers,
        chosen_per_half=stability.chosen_per_half,
        threshold=stability.threshold,
        pairs=stability.pairs,
        assumption="none",
    )
    bounds = {"stability": bound} | ({} if causes.any() else {"BH": level, "BY": level})
    return tuple(
        _figure(method, np.array(kept), causes, bounds.get(method)) for method, kept in chosen.items()
    )


def _choices(
    panel: Panel, level: float, stability: StabilitySettings, generator: np.random.Generator
) -> list[tuple[str, BoolArray]]:
    names = [str(at) for at in range(panel.markers.shape[1])]
    p_values = score_tests(
        outcome=panel.loss,
        markers=panel.markers,
        marker_names=names,
        adjusters=panel.adjusters,
        adjuster_names=ADJUSTERS,
        clusters=panel.woman,
    ).p_values
    kept = stability_selection(
        outcome=panel.loss,
        markers=panel.markers,
        marker_names=names,
        adjusters=panel.adjusters,
        adjuster_names=ADJUSTERS,
        clusters=panel.woman,
        chosen_per_half=stability.chosen_per_half,
        threshold=stability.threshold,
        pairs=stability.pairs,
        generator=generator,
    )
    # Looked at one by one, as unadjusted lists of markers are.
    alone = p_values < 0.05
    return [
        ("p", alone),
        ("BH", np.asarray(adjusted_p_values(p_values, method=Adjustment.BENJAMINI_HOCHBERG) <= level)),
        ("BY", np.asarray(adjusted_p_values(p_values, method=Adjustment.BENJAMINI_YEKUTIELI) <= level)),
        ("stability", np.isin(names, kept.selected)),
    ]


def _figure(method: str, kept: np.ndarray, causes: BoolArray, bound: float | None) -> SelectionFigure:
    false = (kept & ~causes).sum(axis=1)
    found = kept.sum(axis=1)
    return SelectionFigure(
        method=method,
        any_false=float(np.mean(false > 0)),
        mean_false=float(false.mean()),
        false_share=float(np.mean(false / np.maximum(found, 1))),
        power=float(kept[:, causes].mean()) if causes.any() else np.nan,
        found=float(found.mean()),
        bound=bound,
    )
