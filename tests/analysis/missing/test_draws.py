"""Draws for missing values: against survreg where a limit censors, and against the truth they should keep."""

import numpy as np
import pytest

from gravida.analysis.missing.analysis import nelson_aalen
from gravida.analysis.missing.detection import below_detection_draw, censored_normal
from gravida.analysis.missing.draws import category_draw, from_donors, logistic_draw


def test_a_censored_normal_model_is_the_one_survreg_fits() -> None:
    i = np.arange(1, 61)
    a, b = np.sin(i * 1.7) + i / 40, np.cos(i * 0.9)
    y = 1 + 0.8 * a - 0.5 * b + np.sin(i * i * 0.37)
    below = y < 0.6

    fit = censored_normal(
        values=np.where(below, 0.6, y), below=below, design=np.column_stack([np.ones(60), a, b])
    )

    np.testing.assert_allclose(fit.coefficients, [1.024198471715, 0.861641757450, -0.526768428138], rtol=1e-7)
    assert fit.deviation == pytest.approx(0.704228432549, rel=1e-7)
    assert fit.log_likelihood == pytest.approx(-61.0145649309, abs=1e-7)


def test_donors_are_observed_values_near_in_prediction() -> None:
    generator = np.random.default_rng(80)
    x = generator.uniform(0, 10, 400)
    values = np.round(3 * x + generator.normal(size=400), 2)
    observed = generator.random(400) < 0.7

    drawn = from_donors(
        values=values, observed=observed, predictors=x[:, None], generator=np.random.default_rng(81)
    )

    assert set(drawn) <= set(values[observed])
    assert np.std(drawn - 3 * x[~observed]) == pytest.approx(1.0, abs=0.25)


def test_with_fewer_observed_than_donors_all_of_them_serve() -> None:
    values = np.array([1.0, 2.0, 3.0, np.nan, np.nan, np.nan])

    drawn = from_donors(
        values=values,
        observed=np.isfinite(values),
        predictors=np.arange(6.0)[:, None],
        generator=np.random.default_rng(82),
    )

    assert set(drawn) <= {1.0, 2.0, 3.0}


def test_logistic_draws_keep_the_risk_among_like_rows_and_delta_shifts_it() -> None:
    generator = np.random.default_rng(83)
    x = generator.normal(size=20_000)
    values = (generator.random(20_000) < 1 / (1 + np.exp(-(x - 1)))).astype(float)
    observed = generator.random(20_000) < 1 / (1 + np.exp(-x))

    shares = [
        logistic_draw(
            values=values,
            observed=observed,
            predictors=x[:, None],
            generator=np.random.default_rng(84),
            delta=delta,
        ).mean()
        for delta in (0.0, 1.0)
    ]

    assert shares[0] == pytest.approx(values[~observed].mean(), abs=0.015)
    assert shares[1] > shares[0] + 0.1


def test_a_predictor_that_separates_still_gives_finite_draws() -> None:
    x = np.linspace(-1, 1, 60)
    values = (x > 0).astype(float)
    observed = np.arange(60) % 3 > 0

    drawn = logistic_draw(
        values=values, observed=observed, predictors=x[:, None], generator=np.random.default_rng(85)
    )

    assert set(drawn) <= {0.0, 1.0}
    assert np.mean(drawn == values[~observed]) > 0.7


def test_category_draws_keep_each_categorys_share_among_like_rows() -> None:
    generator = np.random.default_rng(86)
    x = generator.normal(size=9_000)
    values = np.argmax(
        np.column_stack([np.zeros(9_000), x, 2 * x - 1]) + generator.gumbel(size=(9_000, 3)), 1
    )
    observed = generator.random(9_000) < 1 / (1 + np.exp(-x))

    drawn = category_draw(
        values=values.astype(float),
        observed=observed,
        predictors=x[:, None],
        generator=np.random.default_rng(87),
    )

    for level in range(3):
        assert np.mean(drawn == level) == pytest.approx(np.mean(values[~observed] == level), abs=0.025)


def test_draws_below_a_limit_lie_below_it_and_keep_the_distribution() -> None:
    generator = np.random.default_rng(88)
    x = generator.normal(size=5_000)
    concentration = np.exp(0.5 + 0.6 * x + 0.7 * generator.normal(size=5_000))
    limits = np.where(np.arange(5_000) % 2 == 0, 0.9, 1.4)  # two assays
    lost = generator.random(5_000) < 0.1
    below = (concentration < limits) & ~lost
    measured = ~below & ~lost

    drawn = below_detection_draw(
        values=np.where(measured, concentration, np.nan),
        measured=measured,
        below=below,
        limits=limits,
        predictors=x[:, None],
        generator=np.random.default_rng(89),
    )

    completed = concentration.copy()
    completed[~measured] = drawn
    assert np.all(completed[below] < limits[below])
    assert np.log(completed).mean() == pytest.approx(np.log(concentration).mean(), abs=0.03)
    assert np.log(completed).std() == pytest.approx(np.log(concentration).std(), abs=0.03)
    assert np.corrcoef(np.log(completed), x)[0, 1] == pytest.approx(
        np.corrcoef(np.log(concentration), x)[0, 1], abs=0.02
    )


def test_a_limit_of_zero_has_no_logarithm() -> None:
    with pytest.raises(ValueError, match="has no logarithm"):
        below_detection_draw(
            values=np.array([1.0, np.nan]),
            measured=np.array([True, False]),
            below=np.array([False, True]),
            limits=np.zeros(2),
            predictors=np.ones((2, 1)),
            generator=np.random.default_rng(90),
        )


def test_the_cumulative_hazard_lived_through_is_survfits_with_delayed_entry() -> None:
    i = np.arange(1, 61)
    entry = i % 4
    exit_time = entry + 1 + i * 7 % 9

    lived = nelson_aalen(entry=entry, exit_time=exit_time, event=i % 3 != 0)

    np.testing.assert_allclose(
        lived[:8],
        [
            0.9846214004209,
            0.6524979884427,
            0.3524979884427,
            0.0689655172414,
            1.3179547337542,
            0.9156558831795,
            0.5524979884427,
            0.1689655172414,
        ],
        rtol=1e-10,
    )


def test_a_row_that_ends_before_it_enters_is_refused() -> None:
    with pytest.raises(ValueError, match="1 rows end before they enter"):
        nelson_aalen(entry=[0, 3], exit_time=[2, 3], event=[1, 1])
