"""Simulated cohorts hold what they declare: risks, history, frailty, entry, missing values."""

import numpy as np
import pytest

from gravida.analysis.simulate import (
    ECTOPIC,
    INDUCED,
    CohortTruth,
    Frailty,
    draw_frailty,
    hide,
    simulate_cohort,
)
from gravida.analysis.simulate_gestations import (
    GestationTruth,
    positive_stable,
    simulate_gestations,
    true_cumulative_incidence,
)
from gravida.analysis.simulate_markers import PanelTruth, simulate_panel
from gravida.analysis.simulate_register import INTERCEPT, register_design, simulate_register
from gravida.analysis.simulate_tables import cohort_table, register_table


def _logistic(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    x = np.column_stack([np.ones(len(y)), x])
    beta = np.zeros(x.shape[1])
    for _ in range(25):
        risk = 1 / (1 + np.exp(-x @ beta))
        beta = beta + np.linalg.solve((x * (risk * (1 - risk))[:, None]).T @ x, x.T @ (y - risk))
    return beta


def test_without_frailty_the_next_outcome_is_logistic_in_the_declared_effects() -> None:
    truth = CohortTruth(late_loss=0, stillbirth=0)
    cohort = simulate_cohort(women=60_000, generator=np.random.default_rng(1), truth=truth)
    rows = cohort.at_stake

    history = [(np.minimum(cohort.previous_early_losses, 3) == level)[rows] for level in (1, 2, 3)]
    x = np.column_stack([cohort.age_years[rows] - 28, cohort.smoker[rows], cohort.bmi[rows] - 24, *history])
    beta = _logistic(x, cohort.early_loss[rows].astype(float))

    np.testing.assert_allclose(beta, [-2.0, 0.05, 0.35, 0.03, 0.42, 0.92, 1.46], atol=0.12)


def test_history_counts_only_what_came_before() -> None:
    cohort = simulate_cohort(women=500, generator=np.random.default_rng(2))

    for woman in range(50):
        rows = cohort.woman == woman
        early = cohort.early_loss[rows]
        assert list(cohort.order[rows]) == list(range(1, rows.sum() + 1))
        assert list(cohort.previous_early_losses[rows]) == [early[:at].sum() for at in range(len(early))]


def test_competing_ends_come_at_their_declared_rates() -> None:
    cohort = simulate_cohort(women=40_000, generator=np.random.default_rng(3))

    assert np.mean(cohort.outcome == INDUCED) == pytest.approx(0.10, abs=0.005)
    assert np.mean(cohort.outcome == ECTOPIC) == pytest.approx(0.015, abs=0.002)


def test_bridge_frailty_leaves_declared_effects_true_on_average() -> None:
    truth = CohortTruth(
        frailty=Frailty.BRIDGE, frailty_scale=0.6, history=(0, 0, 0), induced=0, ectopic=0, late_loss=0
    )
    cohort = simulate_cohort(women=60_000, generator=np.random.default_rng(4), truth=truth)
    first = cohort.order == 1

    x = np.column_stack([cohort.age_years[first] - 28, cohort.smoker[first], cohort.bmi[first] - 24])
    beta = _logistic(x, cohort.early_loss[first].astype(float))

    np.testing.assert_allclose(beta, [-2.0, 0.05, 0.35, 0.03], atol=0.06)


def test_frailty_makes_the_number_of_pregnancies_informative() -> None:
    truth = CohortTruth(frailty=Frailty.NORMAL, frailty_scale=1.5, history=(0, 0, 0))
    cohort = simulate_cohort(women=20_000, generator=np.random.default_rng(5), truth=truth)
    size = np.bincount(cohort.woman)[cohort.woman]
    first = cohort.order == 1

    assert (
        cohort.early_loss[first & (size >= 3)].mean() > cohort.early_loss[first & (size == 1)].mean() + 0.05
    )


def test_a_loss_before_recognition_leaves_no_row_where_the_truth_says_so() -> None:
    truth = CohortTruth(latest_recognition_kept=False)
    cohort = simulate_cohort(women=5_000, generator=np.random.default_rng(6), truth=truth)

    assert np.all(cohort.recognised_week <= cohort.weeks)
    assert (
        cohort.early_loss.mean()
        < simulate_cohort(women=5_000, generator=np.random.default_rng(6)).early_loss.mean()
    )


def test_an_impossible_truth_is_refused() -> None:
    with pytest.raises(ValueError, match=r"competing risks add to 1\.1"):
        simulate_cohort(
            women=5, generator=np.random.default_rng(7), truth=CohortTruth(induced=0.6, ectopic=0.5)
        )


def test_the_bridge_has_mean_zero_and_its_known_variance() -> None:
    drawn = draw_frailty(400_000, kind=Frailty.BRIDGE, scale=0.7, generator=np.random.default_rng(8))

    assert drawn.mean() == pytest.approx(0, abs=0.02)
    assert drawn.var() == pytest.approx(np.pi**2 / 3 * (0.7**-2 - 1), rel=0.02)


def test_hidden_values_have_the_declared_share_and_follow_the_other_column() -> None:
    generator = np.random.default_rng(9)
    other = generator.normal(size=50_000)

    hidden = np.isnan(hide(np.ones(50_000), share=0.3, generator=generator, depends_on=other))

    assert hidden.mean() == pytest.approx(0.3, abs=0.01)
    assert other[hidden].mean() > other[~hidden].mean() + 0.5


def test_gestations_end_as_often_as_their_hazards_say() -> None:
    truth = GestationTruth(effects=(0.0,), mean_recognition=1e-9)
    seen = simulate_gestations(women=100_000, per_woman=1, generator=np.random.default_rng(10), truth=truth)

    for week in (5.0, 8.5, 14.0):
        expected = true_cumulative_incidence(truth, x=np.zeros(1), weeks=np.array([week]))[0]
        assert np.mean((seen.cause == 1) & (seen.exit_week <= week)) == pytest.approx(expected, abs=0.005)


def test_stable_frailty_leaves_the_marginal_incidence_as_declared() -> None:
    truth = GestationTruth(effects=(0.7,), stable_index=0.6, mean_recognition=1e-9)
    seen = simulate_gestations(women=100_000, per_woman=1, generator=np.random.default_rng(11), truth=truth)
    exposed = seen.x[:, 0] == 1

    expected = true_cumulative_incidence(truth, x=np.ones(1), weeks=np.array([14.0]))[0]

    assert np.mean(seen.cause[exposed] == 1) == pytest.approx(expected, abs=0.007)


def test_gestations_that_end_before_recognition_are_counted_not_shown() -> None:
    seen = simulate_gestations(women=5_000, generator=np.random.default_rng(12))

    assert seen.never_seen > 100
    assert np.all(seen.entry_week < seen.exit_week)


def test_positive_stable_draws_have_their_laplace_transform() -> None:
    drawn = positive_stable(400_000, index=0.5, generator=np.random.default_rng(13))

    assert np.mean(np.exp(-2 * drawn)) == pytest.approx(np.exp(-(2**0.5)), abs=0.002)


def test_a_panel_has_its_blocks_prevalence_and_detection_limit() -> None:
    truth = PanelTruth(below_detection=0.2)
    panel = simulate_panel(rows=20_000, generator=np.random.default_rng(14), truth=truth)
    complete = simulate_panel(rows=20_000, generator=np.random.default_rng(14))

    correlation = np.corrcoef(complete.markers, rowvar=False)
    assert correlation[0, 9] == pytest.approx(0.6, abs=0.03)
    assert correlation[0, 10] == pytest.approx(0.0, abs=0.03)
    assert panel.loss.mean() == pytest.approx(0.34, abs=0.01)
    assert np.isnan(panel.markers).mean() == pytest.approx(0.2, abs=0.001)


def test_a_cause_that_is_no_marker_is_refused() -> None:
    with pytest.raises(ValueError, match="need places among 80 markers"):
        simulate_panel(rows=5, generator=np.random.default_rng(15), truth=PanelTruth(causes=(80,)))


def test_a_register_without_frailty_is_logistic_in_its_levels() -> None:
    register = simulate_register(rows=150_000, generator=np.random.default_rng(16), frailty_sd=0.0)
    names, x = register_design(register)

    beta = _logistic(x, register.early_loss.astype(float))

    truth = [effect for effects in register.truth for effect in effects[1:]]
    assert len(names) == len(truth)
    np.testing.assert_allclose(beta, [INTERCEPT, *truth], atol=0.15)


def test_a_register_holds_about_two_and_a_half_pregnancies_per_woman() -> None:
    register = simulate_register(rows=100_000, generator=np.random.default_rng(17))

    assert register.woman.size / (register.woman[-1] + 1) == pytest.approx(2.4, abs=0.03)
    assert np.all(register.entry_week < register.exit_week)


def test_tables_hold_every_pregnancy_with_its_outcome_by_name() -> None:
    cohort = simulate_cohort(women=50, generator=np.random.default_rng(18))
    register = simulate_register(rows=500, generator=np.random.default_rng(19))

    table = cohort_table(cohort)

    assert table.num_rows == cohort.woman.size
    assert set(table["outcome"].to_pylist()) <= {"live", "still", "loss", "induced", "ectopic"}
    assert register_table(register).column_names[:2] == ["woman", "age_band"]
