"""Screening markers: the robust score test, blocks, families, refusals, and wrong findings under the null."""

from dataclasses import replace

import numpy as np
import pytest

from gravida.analysis.markers.blocks import correlated_blocks
from gravida.analysis.markers.power import PowerPanel, Scenario, StabilitySettings, power_panel
from gravida.analysis.markers.score_test import UnadjustedMarkers, score_tests
from gravida.analysis.markers.screen import Marker, PowerComesFirst, Timing, screen_markers
from gravida.analysis.markers.selection_study import selection_study
from gravida.analysis.simulate_markers import Panel, PanelTruth, simulate_panel


@pytest.fixture
def sixty() -> tuple[np.ndarray, np.ndarray]:
    """Sixty rows without chance in them, which R was given by the same formulas."""
    i = np.arange(1, 61)
    a = np.sin(i * 1.7) + i / 40
    b = np.cos(i * 0.9)
    e = (i % 3 == 0).astype(float)
    outcome = (i * 13 % 17) / 17 < 1 / (1 + np.exp(0.4 - 0.8 * a + 0.7 * b - 0.3 * e))
    return outcome.astype(float), np.column_stack([a, b, (i * 7 % 11) / 5, 0.6 * a + np.sin(i * i), e])


def test_score_tests_by_woman_and_by_row_equal_those_put_together_in_r(
    sixty: tuple[np.ndarray, np.ndarray],
) -> None:
    outcome, x = sixty
    given = {
        "outcome": outcome,
        "markers": x[:, [0, 1, 3]],
        "marker_names": ("a", "b", "d"),
        "adjusters": x[:, [2, 4]],
        "adjuster_names": ("c", "e"),
    }

    by_woman = score_tests(**given, clusters=np.arange(60) // 2)
    by_row = score_tests(**given, clusters=None)

    np.testing.assert_allclose(by_woman.z, [2.7892967864465, -2.0349553183511, 1.7669238984783], rtol=1e-9)
    np.testing.assert_allclose(by_row.z, [2.8011879473835, -2.1250210343529, 1.7747381030815], rtol=1e-9)
    assert (by_woman.n_clusters, by_row.n_clusters) == (30, 60)


def test_blocks_are_cut_where_r_cuts_them(sixty: tuple[np.ndarray, np.ndarray]) -> None:
    _, x = sixty

    blocks = correlated_blocks(markers=x, names="abcde", least_correlation=0.45)

    assert list(blocks.block) == [0, 1, 2, 0, 3]
    assert blocks.members(0) == ("a", "d")


def test_a_marker_and_its_mirror_are_one_block_and_a_constant_is_alone() -> None:
    value = np.random.default_rng(60).normal(size=50)

    blocks = correlated_blocks(
        markers=np.column_stack([value, np.ones(50), -value]), names="abc", least_correlation=0.9
    )

    assert list(blocks.block) == [0, 1, 0]


def _power(panel: Panel, **changed: int) -> PowerPanel:
    rows, markers = panel.markers.shape
    made = PowerPanel(
        n_rows=rows,
        n_clusters=int(panel.woman.max()) + 1,
        markers=markers,
        prevalence=0.34,
        level=0.1,
        figures=(),
    )
    return replace(made, **changed)


def _declared(count: int) -> list[Marker]:
    return [
        Marker(
            name=f"m{at}",
            family="nk" if at < 10 else "cytokine",
            timing=Timing.BEFORE_CONCEPTION if at else Timing.AT_LOSS,
        )
        for at in range(count)
    ]


def test_a_strong_marker_is_found_with_its_block_and_its_estimate() -> None:
    truth = PanelTruth(markers=20, causes=(3,), log_odds_per_sd=1.0, batches=2, batch_sd=0.3)
    panel = simulate_panel(rows=600, generator=np.random.default_rng(61), truth=truth)

    screen = screen_markers(
        outcome=panel.loss,
        markers=panel.markers,
        declared=_declared(20),
        adjusters=panel.adjusters,
        adjuster_names=("age", "losses"),
        batch=panel.batch,
        clusters=panel.woman,
        power=_power(panel),
        least_correlation=0.4,
    )

    found = screen.findings[3]
    assert found.false_discovery_rate < 0.001
    assert found.estimate is not None
    assert found.estimate.estimate == pytest.approx(1.0, abs=0.35)
    assert {finding.block for finding in screen.findings[:10]} == {0}
    assert len(screen.found_blocks(level=0.01)) == 1
    assert screen.adjusters == ("age", "losses", "batch 1")
    assert screen.findings[0].warnings == ("measured_at_loss",)


def test_imputed_panels_are_pooled() -> None:
    truth = PanelTruth(markers=4, block_size=2, causes=(0,), log_odds_per_sd=0.8)
    panel = simulate_panel(rows=300, generator=np.random.default_rng(62), truth=truth)
    noise = np.random.default_rng(63)
    panels = [panel.markers + noise.normal(0, 0.3, panel.markers.shape) for _ in range(5)]

    screen = screen_markers(
        outcome=panel.loss,
        markers=panels,
        declared=_declared(4),
        adjusters=panel.adjusters,
        adjuster_names=("age", "losses"),
        batch=None,
        clusters=panel.woman,
        power=_power(panel),
    )

    estimate = screen.findings[0].estimate
    assert screen.imputations == 5
    assert estimate is not None
    assert np.isfinite(estimate.degrees_of_freedom)
    assert screen.findings[0].p_value == estimate.p_value


def test_markers_without_adjusters_are_refused_with_the_reason(
    sixty: tuple[np.ndarray, np.ndarray],
) -> None:
    outcome, x = sixty

    with pytest.raises(UnadjustedMarkers, match="5 markers and no adjuster"):
        score_tests(
            outcome=outcome,
            markers=x,
            marker_names="abcde",
            adjusters=np.empty((60, 0)),
            adjuster_names=(),
            clusters=None,
        )


def test_a_screen_without_the_power_of_its_own_data_is_refused() -> None:
    panel = simulate_panel(rows=80, generator=np.random.default_rng(64), truth=PanelTruth(markers=3))

    with pytest.raises(PowerComesFirst, match=r"\(80, 80, 3\)"):
        screen_markers(
            outcome=panel.loss,
            markers=panel.markers,
            declared=_declared(3),
            adjusters=panel.adjusters,
            adjuster_names=("age", "losses"),
            batch=None,
            clusters=panel.woman,
            power=_power(panel, n_rows=79),
        )


def test_a_missing_marker_value_is_named() -> None:
    panel = simulate_panel(
        rows=80, generator=np.random.default_rng(65), truth=PanelTruth(markers=3, below_detection=0.1)
    )

    with pytest.raises(ValueError, match="'m0' is missing or infinite in 8 rows"):
        score_tests(
            outcome=panel.loss,
            markers=panel.markers,
            marker_names=("m0", "m1", "m2"),
            adjusters=panel.adjusters,
            adjuster_names=("age", "losses"),
            clusters=None,
        )


def test_power_rises_with_the_effect_and_is_told_by_marker_and_by_block() -> None:
    panel = simulate_panel(rows=250, generator=np.random.default_rng(66), truth=PanelTruth(markers=20))
    blocks = correlated_blocks(
        markers=panel.markers, names=[str(at) for at in range(20)], least_correlation=0.4
    )

    power = power_panel(
        markers=panel.markers,
        adjusters=panel.adjusters,
        clusters=panel.woman,
        blocks=blocks.block,
        prevalence=0.34,
        scenarios=[
            Scenario(causes=0, odds_ratio_per_sd=1.0),
            Scenario(causes=2, odds_ratio_per_sd=1.3, adjuster_log_odds=(0.2, 0.3)),
            Scenario(causes=2, odds_ratio_per_sd=2.2, attenuation=0.8),
        ],
        replicates=60,
        stability=StabilitySettings(chosen_per_half=2, pairs=10, replicates=3),
        generator=np.random.default_rng(67),
    )

    by_method = {(figure.method, figure.scenario.odds_ratio_per_sd): figure for figure in power.figures}
    assert by_method["BH", 1.0].any_false <= 0.1 + 0.08
    assert np.isnan(by_method["BH", 1.0].power)
    assert by_method["BH", 2.2].power > by_method["BH", 1.3].power + 0.3
    assert by_method["BH", 2.2].false_share > by_method["BH", 2.2].false_block_share
    assert by_method["stability", 2.2].replicates == 3
    assert (power.n_rows, power.n_clusters, power.markers) == (250, 250, 20)


def test_the_screen_keeps_its_level_under_the_null_with_women_who_repeat() -> None:
    generator = np.random.default_rng(68)
    truth = PanelTruth(markers=40, rows_per_woman=3)
    small = 0
    for _ in range(200):
        panel = simulate_panel(rows=150, generator=generator, truth=truth)
        tests = score_tests(
            outcome=panel.loss,
            markers=panel.markers,
            marker_names=[str(at) for at in range(40)],
            adjusters=panel.adjusters,
            adjuster_names=("age", "losses"),
            clusters=panel.woman,
        )
        small += int(np.sum(tests.p_values < 0.05))

    assert small / (200 * 40) == pytest.approx(0.05, abs=0.015)


@pytest.mark.slow
def test_wrong_findings_under_the_null_stay_below_their_bounds() -> None:
    figures = selection_study(
        rows=150,
        truth=PanelTruth(markers=40),
        replicates=12,
        stability=StabilitySettings(chosen_per_half=4, pairs=25),
        generator=np.random.default_rng(69),
    )

    by_method = {figure.method: figure for figure in figures}
    assert by_method["p"].any_false > 0.5
    assert by_method["BY"].any_false <= 0.1
    assert by_method["stability"].bound is not None
    assert by_method["stability"].mean_false <= by_method["stability"].bound
