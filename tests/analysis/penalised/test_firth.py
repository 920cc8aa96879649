"""Firth's logistic regression: against brglm2, a separated table by hand, and known truth."""

import json
from pathlib import Path

import numpy as np
import pyarrow.csv
import pytest

from gravida.analysis.binomial_problems import Collinear
from gravida.analysis.fit import NotEstimable
from gravida.analysis.penalised.firth import firth_logistic, firth_profile_intervals

FORWARD = ("age", "consec3", "plive", "pind", "black", "hisp", "college", "poor")


def _forward_set(shared_data: Path) -> tuple[np.ndarray, np.ndarray]:
    table = pyarrow.csv.read_csv(shared_data / "oracles/S7_rpl.csv.gz")
    columns = {name: table[name].to_numpy() for name in ("eloss", "run_eloss", *FORWARD[:1], *FORWARD[2:])}
    columns["consec3"] = columns["run_eloss"] >= 3
    return columns["eloss"], np.column_stack([columns[name] for name in FORWARD]).astype(float)


@pytest.mark.needs_shared
def test_the_women_after_a_third_loss_give_what_brglm2_gives(shared_data: Path) -> None:
    oracle = json.loads((shared_data / "oracles/r_results.json").read_text())["S7.firth"]
    outcome, factors = _forward_set(shared_data)

    fit = firth_logistic(outcome=outcome, factors=factors, names=FORWARD, clusters=None)

    np.testing.assert_allclose(fit.estimates, list(oracle["coef"].values()), atol=1e-9)
    np.testing.assert_allclose(fit.standard_errors, list(oracle["se"].values()), rtol=1e-9)


def test_one_binary_factor_gives_the_odds_ratio_with_a_half_added_to_each_cell() -> None:
    # For a saturated 2 x 2 table Firth's estimate is known: add 1/2 to every cell.
    outcome = np.repeat([1, 0, 1, 0], [0, 12, 5, 7])
    exposed = np.repeat([1.0, 1.0, 0.0, 0.0], [0, 12, 5, 7])

    fit = firth_logistic(outcome=outcome, factors=exposed[:, None], names=("exposed",), clusters=None)

    assert fit.estimates[1] == pytest.approx(np.log(0.5 / 12.5) - np.log(5.5 / 7.5), abs=1e-9)


def test_a_level_with_a_single_row_has_its_finite_estimate() -> None:
    # Plain Fisher scoring never settles here; the estimate is known as the table is saturated.
    outcome = np.repeat([1, 1, 0], [1, 5, 14])
    alone = np.repeat([1.0, 0.0], [1, 19])

    fit = firth_logistic(outcome=outcome, factors=alone[:, None], names=("alone",), clusters=None)

    assert fit.estimates[1] == pytest.approx(np.log(1.5 / 0.5) - np.log(5.5 / 14.5), abs=1e-9)
    assert fit.iterations < 40


def test_weights_count_equal_rows() -> None:
    generator = np.random.default_rng(30)
    factors = generator.integers(0, 3, size=(60, 2)).astype(float)
    outcome = generator.integers(0, 2, 60)
    weights = generator.integers(1, 4, 60)

    short = firth_logistic(outcome=outcome, factors=factors, names="ab", clusters=None, weights=weights)
    long = firth_logistic(
        outcome=np.repeat(outcome, weights),
        factors=np.repeat(factors, weights, axis=0),
        names="ab",
        clusters=None,
    )

    np.testing.assert_allclose(short.estimates, long.estimates, atol=1e-9)
    np.testing.assert_allclose(short.standard_errors, long.standard_errors, rtol=1e-9)


def test_women_of_one_row_each_have_the_sandwich_of_their_scores() -> None:
    generator = np.random.default_rng(31)
    factors = generator.normal(size=(80, 2))
    outcome = generator.integers(0, 2, 80)

    fit = firth_logistic(outcome=outcome, factors=factors, names="ab", clusters=np.arange(80))

    assert fit.standard_errors_by == "CR1 by woman"
    assert fit.warnings == ("penalised_sandwich_is_first_order",)
    np.testing.assert_allclose(fit.standard_errors, np.sqrt(np.diag(fit.model_covariance)), rtol=0.3)


def test_twice_the_same_rows_of_every_woman_leave_her_uncertainty_unchanged() -> None:
    generator = np.random.default_rng(32)
    factors = generator.normal(size=(400, 1))
    outcome = (generator.random(400) < 0.3).astype(float)
    woman = np.arange(400)

    once = firth_logistic(outcome=outcome, factors=factors, names="a", clusters=woman)
    twice = firth_logistic(
        outcome=np.tile(outcome, 2), factors=np.tile(factors, (2, 1)), names="a", clusters=np.tile(woman, 2)
    )

    np.testing.assert_allclose(twice.standard_errors, once.standard_errors, rtol=0.01)
    assert np.all(twice.model_covariance < 0.6 * once.model_covariance + 1e-3)


def test_profile_intervals_are_finite_and_lopsided_where_the_outcome_is_separated() -> None:
    outcome = np.repeat([1, 0, 1, 0], [0, 12, 5, 7])
    exposed = np.repeat([1.0, 1.0, 0.0, 0.0], [0, 12, 5, 7])

    (interval,) = firth_profile_intervals(
        outcome=outcome, factors=exposed[:, None], names=("exposed",), terms=("exposed",)
    )

    # R 4.2.2: the penalised likelihood maximised by optim and searched by uniroot.
    assert interval.lower == pytest.approx(-7.8393834, abs=1e-5)
    assert interval.upper == pytest.approx(-0.5220994, abs=1e-5)
    assert interval.p_value == pytest.approx(0.0132225, abs=1e-6)


def test_small_samples_are_unbiased_where_maximum_likelihood_is_not() -> None:
    generator = np.random.default_rng(33)
    found = []
    for _ in range(300):
        factor = generator.normal(size=(60, 1))
        outcome = generator.random(60) < 1 / (1 + np.exp(1 - 1.2 * factor[:, 0]))
        found.append(firth_logistic(outcome=outcome, factors=factor, names="a", clusters=None).estimates[1])

    assert np.mean(found) == pytest.approx(1.2, abs=0.06)


def test_a_doubled_factor_is_refused_by_name() -> None:
    factor = np.random.default_rng(34).normal(size=40)

    with pytest.raises(Collinear, match="'again'"):
        firth_logistic(
            outcome=np.arange(40) % 2,
            factors=np.column_stack([factor, 2 * factor]),
            names=("age", "again"),
            clusters=None,
        )


def test_an_outcome_that_nobody_has_is_refused() -> None:
    with pytest.raises(NotEstimable, match="0 of 10 rows"):
        firth_logistic(outcome=np.zeros(10), factors=np.ones((10, 1)), names=("a",), clusters=None)
