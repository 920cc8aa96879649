"""Performance of foretold risks: against pROC and glm in R, with women as clusters, and at the borders."""

import numpy as np
import pytest

from gravida.analysis.fit import NotEstimable
from gravida.analysis.prediction.calibration import calibration_curve
from gravida.analysis.prediction.decision_curve import decision_curve
from gravida.analysis.prediction.performance import performance


@pytest.fixture
def sixty() -> tuple[np.ndarray, np.ndarray]:
    """Sixty outcomes and risks without chance in them, some risks tied; R was given the same formulas."""
    i = np.arange(1, 61)
    a, b = np.sin(i * 1.7) + i / 40, np.cos(i * 0.9)
    truth = 1 / (1 + np.exp(0.4 - 0.8 * a + 0.7 * b - 0.3 * (i % 3 == 0)))
    risks = 1 / (1 + np.exp(0.2 - np.round(1.5 * a, 1) + 0.4 * b * (i % 2)))
    return ((i * 13 % 17) / 17 < truth).astype(float), risks


def test_c_and_its_error_are_those_of_proc(sixty: tuple[np.ndarray, np.ndarray]) -> None:
    found = performance(outcome=sixty[0], risks=sixty[1], clusters=None).c_statistic

    assert found.estimate == pytest.approx(0.739130434783, abs=1e-12)
    assert found.standard_error**2 == pytest.approx(0.00430747266312, rel=1e-10)


def test_with_women_of_two_rows_the_error_is_obuchowskis(sixty: tuple[np.ndarray, np.ndarray]) -> None:
    found = performance(outcome=sixty[0], risks=sixty[1], clusters=np.arange(60) // 2).c_statistic

    assert found.standard_error**2 == pytest.approx(0.00462253362972, rel=1e-10)
    assert 0.5 < found.lower < found.estimate < found.upper < 1


def test_slope_intercept_and_brier_are_those_of_r(sixty: tuple[np.ndarray, np.ndarray]) -> None:
    found = performance(outcome=sixty[0], risks=sixty[1], clusters=None)

    assert found.slope.estimate == pytest.approx(0.734968836203, abs=1e-9)
    assert found.intercept.estimate == pytest.approx(-0.330399526614, abs=1e-9)
    assert found.brier.estimate == pytest.approx(0.206339345544, abs=1e-12)
    assert found.scaled_brier.estimate == pytest.approx(0.127119102280, abs=1e-11)
    assert found.warnings == ("few_events",)


def test_errors_by_woman_agree_with_a_bootstrap_of_women() -> None:
    generator = np.random.default_rng(140)
    woman = np.repeat(np.arange(300), 2)
    shared = generator.normal(0, 1.5, 300)[woman]
    told = generator.normal(size=300)[woman]
    outcome = (generator.random(600) < 1 / (1 + np.exp(-told - shared))).astype(float)
    risks = 1 / (1 + np.exp(-told))
    found = performance(outcome=outcome, risks=risks, clusters=woman)

    drawn = []
    for _ in range(300):
        rows = (2 * generator.integers(0, 300, 300)[:, None] + np.arange(2)).ravel()
        one = performance(outcome=outcome[rows], risks=risks[rows], clusters=None)
        drawn.append([one.c_statistic.estimate, one.scaled_brier.estimate, one.observed_to_expected.estimate])

    errors = np.std(drawn, axis=0)
    assert found.c_statistic.standard_error == pytest.approx(errors[0], rel=0.15)
    assert found.scaled_brier.standard_error == pytest.approx(errors[1], rel=0.15)
    assert found.observed_to_expected.standard_error == pytest.approx(errors[2], rel=0.15)


def test_net_benefit_is_that_of_the_formula_and_everyone_is_beaten_where_risks_tell(
    sixty: tuple[np.ndarray, np.ndarray],
) -> None:
    low, half, high = decision_curve(
        outcome=sixty[0], risks=sixty[1], clusters=np.arange(60) // 2, thresholds=(0.2, 0.5, 0.7)
    )

    assert low.model.estimate == pytest.approx(low.everyone.estimate) == pytest.approx(0.520833333333)
    assert half.model.estimate == pytest.approx(0.266666666667)
    assert half.everyone.estimate == pytest.approx(0.233333333333)
    assert high.model.estimate == pytest.approx(0.0722222222222)
    assert high.over_everyone.lower > 0
    assert high.acted_on < half.acted_on < low.acted_on


def test_the_calibration_curve_is_the_spline_r_fits(sixty: tuple[np.ndarray, np.ndarray]) -> None:
    curve = calibration_curve(outcome=sixty[0], risks=sixty[1], clusters=None, groups=5)

    assert curve.knots == 4
    assert curve.average_gap == pytest.approx(0.08105957660, abs=1e-8)
    assert curve.median_gap == pytest.approx(0.08686467605, abs=1e-8)
    assert curve.gap_of_nine_in_ten == pytest.approx(0.12160590583, abs=1e-8)
    assert np.all((curve.lower < curve.observed) & (curve.observed < curve.upper))
    assert sum(group.n_rows for group in curve.groups) == 60
    assert all(group.lower <= group.observed <= group.upper for group in curve.groups)


def test_risks_with_few_values_get_a_straight_curve() -> None:
    risks = np.repeat([0.2, 0.6], 50)
    outcome = np.concatenate([np.arange(50) % 5 == 0, np.arange(50) % 5 < 3]).astype(float)

    curve = calibration_curve(outcome=outcome, risks=risks, clusters=None)

    assert curve.knots == 0
    assert curve.average_gap == pytest.approx(0, abs=1e-8)
    assert len(curve.groups) == 2


def test_right_risks_are_found_right() -> None:
    generator = np.random.default_rng(141)
    risks = generator.uniform(0.05, 0.8, 20_000)
    outcome = (generator.random(20_000) < risks).astype(float)

    found = performance(outcome=outcome, risks=risks, clusters=None)

    assert found.slope.lower < 1 < found.slope.upper
    assert found.intercept.lower < 0 < found.intercept.upper
    assert found.observed_to_expected.lower < 1 < found.observed_to_expected.upper
    assert found.warnings == ()


def test_a_risk_of_one_or_a_single_outcome_is_refused() -> None:
    with pytest.raises(ValueError, match=r"risk 1\.0: need more than 0 and less than 1"):
        performance(outcome=[0, 1], risks=[0.5, 1.0], clusters=None)
    with pytest.raises(NotEstimable):
        performance(outcome=[0, 0], risks=[0.5, 0.4], clusters=None)


def test_a_threshold_of_one_has_no_odds() -> None:
    with pytest.raises(ValueError, match=r"thresholds from 0\.5 to 1\.0"):
        decision_curve(outcome=[0, 1], risks=[0.4, 0.6], clusters=None, thresholds=[0.5, 1.0])
