"""The marker panel of a question: its power first, then the adjusted screen and stability selection."""

from collections.abc import Sequence

import numpy as np

from gravida.analysis.fit import FloatArray
from gravida.analysis.markers.blocks import Blocks, correlated_blocks
from gravida.analysis.markers.power import PowerPanel, Scenario, StabilitySettings, power_panel
from gravida.analysis.markers.screen import Finding, Marker, Screen, Timing, screen_markers
from gravida.analysis.markers.stability import Stability, stability_selection
from gravida.analysis.plan_rows import AnalysisRows
from gravida.analysis.plan_rows_any import question_rows
from gravida.analysis.report.results_models import MarkerResult, MarkersResult, PowerResult
from gravida.analysis.run_models import CANNOT
from gravida.analysis.run_source import Source
from gravida.protocol.plan import Question

LEVEL = 0.10
LEAST_CORRELATION = 0.5
REPLICATES = 100
PAIRS = 50
ODDS_RATIOS = (1.5, 2.0)
SCREENS = frozenset({"score_tests", "stability_selection"})
TIMINGS = {
    "fixed": Timing.BEFORE_CONCEPTION,
    "before_index": Timing.BEFORE_CONCEPTION,
    "at_recognition": Timing.IN_PREGNANCY,
    "during_index": Timing.IN_PREGNANCY,
    "after_outcome": Timing.AT_LOSS,
}


def markers(source: Source, question: Question) -> MarkersResult | None:
    """The screen of a question's factors; None where the question asks for no screen."""
    if not SCREENS & set(question.models):
        return None
    panel = question.factors or tuple(factor.id for factor in source.plan.factors)
    beside = _adjusters(source, panel)
    rows = question_rows(
        source.plan,
        question,
        source.risk,
        model="score_tests",
        factors=(*panel, *beside),
        columns=source.columns,
    )
    try:
        return _screened(source, question, rows, panel)
    except CANNOT as problem:
        return _told(question, rows, panel, why=str(problem))


def _adjusters(source: Source, panel: Sequence[str]) -> tuple[str, ...]:
    wanted = [held for id_ in panel for held in source.plan.factor(id_).adjust_for]
    return tuple(id_ for id_ in dict.fromkeys(wanted) if id_ not in panel)


def _columns(rows: AnalysisRows, panel: Sequence[str], *, inside: bool) -> tuple[FloatArray, tuple[str, ...]]:
    at = [place for place, of in enumerate(rows.factor_of) if (of in panel) is inside]
    return rows.x[:, at], tuple(rows.names[place] for place in at)


def _screened(source: Source, question: Question, rows: AnalysisRows, panel: Sequence[str]) -> MarkersResult:
    values, names = _columns(rows, panel, inside=True)
    beside, beside_names = _columns(rows, panel, inside=False)
    blocks = correlated_blocks(markers=values, names=names, least_correlation=LEAST_CORRELATION)
    chosen_per_half = max(1, min(5, len(names) // 4))
    settings = StabilitySettings(chosen_per_half=chosen_per_half, pairs=PAIRS, replicates=10)
    power = _power(source, question, rows, values, beside, blocks, settings)
    screen = screen_markers(
        outcome=rows.event,
        markers=values,
        declared=_declared(source, rows, names),
        adjusters=beside,
        adjuster_names=beside_names,
        batch=None,
        clusters=rows.woman,
        power=power,
        least_correlation=LEAST_CORRELATION,
    )
    stable = None
    if "stability_selection" in question.models and len(names) > 1:
        stable = stability_selection(
            outcome=rows.event,
            markers=values,
            marker_names=names,
            adjusters=beside,
            adjuster_names=beside_names,
            clusters=rows.woman,
            chosen_per_half=chosen_per_half,
            threshold=settings.threshold,
            pairs=PAIRS,
            generator=source.generator("stability", question.id),
        )
    return _told(question, rows, panel, screen=screen, stable=stable)


def _power(
    source: Source,
    question: Question,
    rows: AnalysisRows,
    values: FloatArray,
    beside: FloatArray,
    blocks: Blocks,
    settings: StabilitySettings,
) -> PowerPanel:
    causes = (0, 1) if values.shape[1] < 10 else (0, 1, 5)
    scenarios = [Scenario(causes=0, odds_ratio_per_sd=1.0)]
    scenarios += [
        Scenario(causes=number, odds_ratio_per_sd=ratio) for number in causes[1:] for ratio in ODDS_RATIOS
    ]
    with_stability = "stability_selection" in question.models and values.shape[1] > 1
    return power_panel(
        markers=values,
        adjusters=beside,
        clusters=rows.woman,
        blocks=blocks.block,
        prevalence=source.plan.thresholds.riley_share or float(rows.event.mean()),
        scenarios=scenarios,
        level=LEVEL,
        replicates=REPLICATES,
        stability=settings if with_stability else None,
        generator=source.generator("power", question.id),
    )


def _declared(source: Source, rows: AnalysisRows, names: Sequence[str]) -> list[Marker]:
    factor_of = dict(zip(rows.names, rows.factor_of, strict=True))
    found = []
    for name in names:
        factor = source.plan.factor(factor_of[name])
        found.append(Marker(name=name, family=factor.family, timing=TIMINGS[factor.timing or "fixed"]))
    return found


def _told(
    question: Question,
    rows: AnalysisRows,
    panel: Sequence[str],
    *,
    screen: Screen | None = None,
    stable: Stability | None = None,
    why: str = "",
) -> MarkersResult:
    frequency = dict(zip(stable.names, stable.frequencies, strict=True)) if stable else {}
    return MarkersResult(
        question=question.id,
        rows=len(rows),
        events=int(rows.event.sum()),
        clusters=len(np.unique(rows.woman)),
        adjusters=_columns(rows, panel, inside=False)[1],
        level=LEVEL,
        power=_power_told(screen.power) if screen else (),
        findings=tuple(_finding(one, frequency) for one in screen.findings) if screen else (),
        stable=stable.selected if stable else (),
        expected_false=stable.expected_false if stable else None,
        not_screened=why,
    )


def _power_told(power: PowerPanel) -> tuple[PowerResult, ...]:
    return tuple(
        PowerResult(
            method=figure.method,
            causes=figure.scenario.causes,
            odds_ratio_per_sd=figure.scenario.odds_ratio_per_sd,
            replicates=figure.replicates,
            power=figure.power,
            false_share=figure.false_share,
            any_false=figure.any_false,
        )
        for figure in power.figures
    )


def _finding(found: Finding, frequency: dict[str, float]) -> MarkerResult:
    estimate = found.estimate
    chosen = frequency.get(found.marker.name)
    return MarkerResult(
        name=found.marker.name,
        family=found.marker.family,
        block=found.block + 1,
        estimate=estimate.estimate if estimate else None,
        standard_error=estimate.standard_error if estimate else None,
        lower=estimate.lower if estimate else None,
        upper=estimate.upper if estimate else None,
        p_value=found.p_value,
        benjamini_hochberg=found.false_discovery_rate,
        benjamini_yekutieli=found.false_discovery_rate_any_dependence,
        holm=found.family_wise,
        chosen_by_stability=None if chosen is None else float(chosen),
        warnings=found.warnings,
    )
