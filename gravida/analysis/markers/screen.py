"""The screen of a marker panel: adjusted, within declared families, read by block, after its power."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike

from gravida.analysis.binomial_input import design_matrix
from gravida.analysis.fit import DidNotConverge, FloatArray, IntArray, NotEstimable, Term
from gravida.analysis.logistic import logistic
from gravida.analysis.markers.blocks import Blocks, correlated_blocks
from gravida.analysis.markers.multiplicity import Adjustment, adjusted_within_families
from gravida.analysis.markers.power import PowerPanel
from gravida.analysis.markers.score_test import UnadjustedMarkers, score_tests
from gravida.analysis.missing.rubin import pool_fits


class Timing(StrEnum):
    """When a marker was measured, which decides what it can be: a cause, or a trace of the losses."""

    BEFORE_CONCEPTION = "before_conception"
    IN_PREGNANCY = "in_pregnancy"
    AT_LOSS = "at_loss"


@dataclass(frozen=True, kw_only=True)
class Marker:
    """One marker as the plan declares it."""

    name: str
    family: str  # tests that answer one question together
    timing: Timing


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One marker's line. The estimate is a log odds ratio per standard deviation, clustered by woman."""

    marker: Marker
    block: int
    estimate: Term | None  # None where the model has no answer: see `warnings`
    p_value: float  # robust score test, or pooled over imputations
    false_discovery_rate: float  # Benjamini-Hochberg within the family
    false_discovery_rate_any_dependence: float  # Benjamini-Yekutieli, the sensitivity analysis
    family_wise: float  # Holm
    warnings: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, eq=False)
class Screen:
    """All findings, the blocks they belong to, and the power there was to find anything."""

    findings: tuple[Finding, ...]
    blocks: Blocks
    power: PowerPanel
    adjusters: tuple[str, ...]
    n_rows: int
    n_events: int
    n_clusters: int
    imputations: int

    def found_blocks(self, *, level: float) -> tuple[tuple[Finding, ...], ...]:
        """Blocks with a finding at the false discovery rate `level`, each with all of its findings."""
        hits = [finding for finding in self.findings if finding.false_discovery_rate <= level]
        numbers = dict.fromkeys(finding.block for finding in hits)
        return tuple(tuple(hit for hit in hits if hit.block == number) for number in numbers)


class PowerComesFirst(Exception):
    """A screen whose power panel is missing or was made for other data."""

    def __init__(self, *, found: tuple[int, ...], wanted: tuple[int, ...]) -> None:
        self.found, self.wanted = found, wanted
        super().__init__(
            f"the power panel is for rows, women, markers {found}: simulate it for {wanted} before the screen"
        )


def screen_markers(
    *,
    outcome: ArrayLike,
    markers: ArrayLike | Sequence[ArrayLike],
    declared: Sequence[Marker],
    adjusters: ArrayLike,
    adjuster_names: Sequence[str],
    batch: ArrayLike | None,
    clusters: ArrayLike | None,
    power: PowerPanel,
    least_correlation: float = 0.5,
) -> Screen:
    """Test every declared marker, adjusted for the adjusters and for the batch, within its family.

    markers (rows, markers), or as many such matrices as there are imputations (values below detection
    drawn): then tests and estimates are pooled. batch (rows,): label of the run or centre that measured
    the row, None only where there was one. Correlated markers are reported as blocks.
    UnadjustedMarkers, PowerComesFirst; ValueError names a marker with missing values.
    """
    if len(adjuster_names) == 0:
        raise UnadjustedMarkers(markers=len(declared))
    names = [marker.name for marker in declared]
    panels = [design_matrix(panel, names, intercept=False)[0] for panel in _panels(markers)]
    beside, beside_names = with_batches(adjusters, adjuster_names, batch)
    tests = score_tests(
        outcome=outcome,
        markers=panels[0],
        marker_names=names,
        adjusters=beside,
        adjuster_names=beside_names,
        clusters=clusters,
    )
    _refuse_late_power(power, wanted=(tests.n_rows, tests.n_clusters, len(names)))
    estimates = _estimates(outcome, panels, names, beside, beside_names, clusters)
    p_values = tests.p_values if len(panels) == 1 else _pooled_p_values(estimates, names)
    blocks = correlated_blocks(
        markers=np.mean(panels, axis=0), names=names, least_correlation=least_correlation
    )
    return Screen(
        findings=_findings(declared, blocks.block, p_values, estimates),
        blocks=blocks,
        power=power,
        adjusters=tuple(beside_names),
        n_rows=tests.n_rows,
        n_events=tests.n_events,
        n_clusters=tests.n_clusters,
        imputations=len(panels),
    )


def _refuse_late_power(power: PowerPanel, *, wanted: tuple[int, int, int]) -> None:
    found = (power.n_rows, power.n_clusters, power.markers)
    if found != wanted:
        raise PowerComesFirst(found=found, wanted=wanted)


def _panels(markers: ArrayLike | Sequence[ArrayLike]) -> list[FloatArray]:
    values = np.asarray(markers, dtype=np.float64)
    return [values] if values.ndim == 2 else list(values)


def with_batches(
    adjusters: ArrayLike, names: Sequence[str], batch: ArrayLike | None
) -> tuple[FloatArray, tuple[str, ...]]:
    """The adjusters with an indicator of every batch but the first; none where there is one batch."""
    columns, kept = design_matrix(adjusters, names, intercept=False)
    if batch is None:
        return columns, kept
    labels = np.unique(np.asarray(batch))
    indicators = [np.asarray(batch) == label for label in labels[1:]]
    return np.column_stack([columns, *indicators]), (*kept, *(f"batch {label}" for label in labels[1:]))


def _estimates(
    outcome: ArrayLike,
    panels: list[FloatArray],
    names: list[str],
    adjusters: FloatArray,
    adjuster_names: Sequence[str],
    clusters: ArrayLike | None,
) -> list[Term | str]:
    return [
        _estimate(outcome, [panel[:, at] for panel in panels], name, adjusters, adjuster_names, clusters)
        for at, name in enumerate(names)
    ]


def _estimate(
    outcome: ArrayLike,
    values: list[FloatArray],
    name: str,
    adjusters: FloatArray,
    adjuster_names: Sequence[str],
    clusters: ArrayLike | None,
) -> Term | str:
    """The marker's line per standard deviation, or the code of why there is none."""
    spread = float(np.mean([one.std() for one in values]))
    if spread == 0:
        return "marker_never_changes"
    try:
        fits = [
            logistic(
                outcome=outcome,
                factors=np.column_stack([one / spread, adjusters]),
                names=(name, *adjuster_names),
                clusters=clusters,
            )
            for one in values
        ]
    except (NotEstimable, DidNotConverge):
        return "marker_not_estimable"
    return (fits[0] if len(fits) == 1 else pool_fits(fits)).term(name)


def _pooled_p_values(estimates: list[Term | str], names: list[str]) -> FloatArray:
    for name, estimate in zip(names, estimates, strict=True):
        if isinstance(estimate, str):
            raise NotEstimable(f"marker {name!r} ({estimate}): take it out of its family before imputing")
    return np.array([estimate.p_value for estimate in estimates if isinstance(estimate, Term)])


def _findings(
    declared: Sequence[Marker], block: IntArray, p_values: FloatArray, estimates: list[Term | str]
) -> tuple[Finding, ...]:
    families = [marker.family for marker in declared]
    adjusted = {
        method: adjusted_within_families(p_values, families=families, method=method) for method in Adjustment
    }
    return tuple(
        Finding(
            marker=marker,
            block=int(block[at]),
            estimate=estimate if isinstance(estimate, Term) else None,
            p_value=float(p_values[at]),
            false_discovery_rate=float(adjusted[Adjustment.BENJAMINI_HOCHBERG][at]),
            false_discovery_rate_any_dependence=float(adjusted[Adjustment.BENJAMINI_YEKUTIELI][at]),
            family_wise=float(adjusted[Adjustment.HOLM][at]),
            warnings=_warnings(marker, estimate),
        )
        for at, (marker, estimate) in enumerate(zip(declared, estimates, strict=True))
    )


def _warnings(marker: Marker, estimate: Term | str) -> tuple[str, ...]:
    timing = () if marker.timing is Timing.BEFORE_CONCEPTION else (f"measured_{marker.timing.value}",)
    return timing + ((estimate,) if isinstance(estimate, str) else ())
