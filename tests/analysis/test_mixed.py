"""Random intercepts: against lme4, the trap of Laplace, the boundary, and a known truth."""

from typing import Any

import numpy as np
import pytest
from scipy import optimize

from gravida.analysis.binomial_input import design_matrix, rows_by_cluster
from gravida.analysis.compression import Covariate, compress, treatment_design
from gravida.analysis.compression_women import woman_signatures
from gravida.analysis.fit import NotEstimable
from gravida.analysis.logistic import logistic
from gravida.analysis.mixed import TooFewPoints, random_intercept, random_intercept_by_signature
from gravida.analysis.quadrature import Women, marginal, marginal_log_likelihood


def test_the_fit_is_that_of_glmer_with_fifteen_points(peer: Any) -> None:
    # lme4::glmer(nAGQ = 15), bobyqa with rhoend = 1e-10.
    found = random_intercept(**peer.model, lagged_outcome_columns=())

    np.testing.assert_allclose(
        found.fit.estimates, [0.09434812644667, 0.78332073890172, 0.19064688889144], atol=1e-6
    )
    np.testing.assert_allclose(
        found.fit.standard_errors, [0.2284846167125, 0.2865476863611, 0.3415617630712], rtol=1e-5
    )
    assert found.standard_deviation == pytest.approx(0.5939478258921, abs=1e-6)
    assert found.fit.log_likelihood == pytest.approx(-119.4816379045681, abs=1e-9)


def test_nine_points_are_those_of_glmer_too(peer: Any) -> None:
    found = random_intercept(**peer.model, lagged_outcome_columns=(), points=9)

    assert found.fit.log_likelihood == pytest.approx(-119.481637910623, abs=1e-9)


def test_every_start_ends_at_the_same_place(peer: Any) -> None:
    found = random_intercept(**peer.model, lagged_outcome_columns=(), starts=(0.05, 0.5, 4.0))

    assert len(found.starts) == 3
    for start in found.starts:
        assert start.log_likelihood == pytest.approx(found.fit.log_likelihood, abs=1e-9)
        assert start.found_deviation == pytest.approx(found.standard_deviation, abs=1e-6)
    assert "several_maxima" not in found.fit.warnings


@pytest.mark.parametrize("points", [1, 8])
def test_laplace_and_its_neighbours_are_refused(peer: Any, points: int) -> None:
    with pytest.raises(TooFewPoints, match="wanted at least 9"):
        random_intercept(**peer.model, lagged_outcome_columns=(), points=points)


def test_history_as_a_covariate_warns_of_the_first_outcome(peer: Any) -> None:
    found = random_intercept(**peer.model, lagged_outcome_columns=("b",))

    assert "initial_conditions" in found.fit.warnings


def test_women_who_do_not_differ_put_the_deviation_on_its_boundary() -> None:
    # Given: outcomes within a woman more balanced than chance, so that no variance is left.
    women = np.repeat(np.arange(60), 2)
    outcome = np.tile([0, 1], 60)
    factors = np.random.default_rng(2).normal(size=(120, 1))

    # When
    found = random_intercept(
        outcome=outcome, factors=factors, names=("x",), clusters=women, lagged_outcome_columns=()
    )

    # Then
    plain = logistic(outcome=outcome, factors=factors, names=("x",), clusters=None)
    assert found.standard_deviation == 0.0
    assert found.p_value == 1.0
    assert "on_boundary" in found.fit.warnings
    np.testing.assert_allclose(found.fit.covariance, plain.covariance, rtol=1e-12)


def test_a_small_deviation_is_found_from_every_start() -> None:
    # Given: a truth of 0.15, of which this sample shows 0.028: the likelihood is all but flat.
    random = np.random.default_rng(10)
    women = np.repeat(np.arange(2000), random.integers(1, 6, 2000))
    factors = random.normal(size=(len(women), 2))
    draw = random.random(len(women))
    own = 0.15 * random.normal(size=2000)[women]
    outcome = draw < 1 / (1 + np.exp(-(-1 + 0.4 * factors[:, 0] + own)))

    # When
    found = random_intercept(
        outcome=outcome,
        factors=factors,
        names=("a", "b"),
        clusters=women,
        lagged_outcome_columns=(),
        starts=(0.001, 0.3, 2.5),
    )

    # Then
    assert found.standard_deviation == pytest.approx(0.0278, abs=1e-3)
    assert [start.found_deviation for start in found.starts] == pytest.approx(
        [found.standard_deviation] * 3, abs=1e-5
    )
    assert found.p_value > 0.4


def test_one_row_per_woman_is_not_enough(peer: Any) -> None:
    with pytest.raises(NotEstimable, match="every woman has one row"):
        random_intercept(**{**peer.model, "clusters": np.arange(180)}, lagged_outcome_columns=())


def test_the_derivatives_are_those_of_the_likelihood(peer: Any) -> None:
    # Given
    design, _ = design_matrix(peer.factors, ("a", "b"))
    rows = rows_by_cluster(outcome=peer.outcome.astype(float), clusters=peer.woman)
    women = Women(design=design, rows=rows, women=np.ones(28, dtype=np.int64))
    place = np.array([0.1, 0.5, -0.2, 0.8])

    def height(at: np.ndarray) -> float:
        return marginal_log_likelihood(women, estimates=at[:-1], deviation=float(at[-1]), points=25)

    # When
    found = marginal(women, estimates=place[:-1], deviation=0.8, points=25)

    # Then
    slope = optimize.approx_fprime(place, height, 1e-6)
    np.testing.assert_allclose(found.score, slope, atol=2e-4)
    step = 1e-4 * np.eye(4)
    for i in range(4):
        ahead = marginal(women, estimates=(place + step[i])[:-1], deviation=(place + step[i])[-1], points=25)
        behind = marginal(women, estimates=(place - step[i])[:-1], deviation=(place - step[i])[-1], points=25)
        np.testing.assert_allclose(
            found.information[i], (behind.score - ahead.score) / 2e-4, rtol=1e-4, atol=1e-4
        )


def test_signatures_give_the_same_as_rows() -> None:
    # Given: 4,000 women with a true standard deviation of 1.
    random = np.random.default_rng(8)
    woman = np.repeat(np.arange(4000), random.integers(1, 5, 4000))
    own = random.normal(size=4000)[woman]
    codes = {"age": random.integers(0, 3, len(woman)), "smoker": random.integers(0, 2, 4000)[woman]}
    linear = -1.0 + 0.5 * codes["age"] + 0.3 * codes["smoker"] + own
    outcome = (random.random(len(woman)) < 1 / (1 + np.exp(-linear))).astype(int)
    columns = (
        Covariate(name="age", levels=("20", "30", "40"), values=(0.0, 1.0, 2.0)),
        Covariate(name="smoker", levels=("no", "yes")),
    )
    rows = compress(codes=codes, covariates=columns, outcome=outcome, woman=woman)
    design, names = treatment_design(rows.table)

    # When
    signatures = woman_signatures(rows)
    short = random_intercept_by_signature(
        signatures=signatures, design=design, names=names, lagged_outcome_columns=(), starts=(0.5,)
    )
    long = random_intercept(
        outcome=outcome,
        factors=np.column_stack([codes["age"], codes["smoker"]]),
        names=names,
        clusters=woman,
        lagged_outcome_columns=(),
        starts=(0.5,),
    )

    # Then
    assert len(signatures.women) < 700
    np.testing.assert_allclose(short.fit.estimates, long.fit.estimates, atol=1e-8)
    np.testing.assert_allclose(short.fit.covariance, long.fit.covariance, rtol=1e-7)
    assert short.fit.n_clusters == 4000
    error = short.standard_deviation_error
    assert error is not None
    assert abs(short.standard_deviation - 1) < 2.5 * error
    assert short.p_value < 1e-10
    for term, truth in zip(short.fit.terms(), (-1.0, 0.5, 0.3), strict=True):
        assert term.lower < truth < term.upper


@pytest.mark.needs_shared
def test_the_survey_gives_the_stored_figures_and_not_those_of_laplace(survey: Any) -> None:
    stored, laplace = survey.r["S1_2002.glmer_agq15"], survey.r["S1_2002.glmer_laplace"]

    found = random_intercept(**survey.model(), lagged_outcome_columns=survey.history[:3])

    assert found.fit.log_likelihood == pytest.approx(stored["loglik"], abs=1e-6)
    np.testing.assert_allclose(found.fit.estimates, list(stored["coef"].values()), atol=1e-4)
    np.testing.assert_allclose(found.fit.standard_errors, list(stored["se"].values()), rtol=1e-3)
    assert found.standard_deviation == pytest.approx(stored["sd"], abs=1e-4)
    assert laplace["sd"] > 3 * found.standard_deviation
    assert found.p_value > 0.3


@pytest.mark.needs_shared
def test_the_survey_without_history_gives_the_known_figures(survey: Any) -> None:
    found = random_intercept(**survey.model(survey.background), lagged_outcome_columns=())

    assert found.fit.log_likelihood == pytest.approx(-4389.752146, abs=1e-5)
    assert found.standard_deviation == pytest.approx(0.8264, abs=1e-4)
    assert found.p_value < 1e-20


@pytest.mark.slow
@pytest.mark.needs_shared
def test_one_point_walks_into_the_trap_of_laplace(survey: Any) -> None:
    # Given: the likelihood with one point, which no public function lets through.
    model = survey.model()
    design, _ = design_matrix(model["factors"], model["names"])
    rows = rows_by_cluster(outcome=model["outcome"], clusters=model["clusters"])
    women = Women(design=design, rows=rows, women=np.ones(len(rows.starts) - 1, dtype=np.int64))
    laplace = survey.r["S1_2002.glmer_laplace"]
    there = np.array([*laplace["coef"].values(), laplace["sd"]])

    # When: it is maximised near where glmer's Laplace ended.
    def depth(at: np.ndarray) -> float:
        return -marginal_log_likelihood(women, estimates=at[:-1], deviation=float(at[-1]), points=1)

    # Then: that is a maximum, higher than at the quadrature's answer (glmer's own modes are good to 0.005).
    assert -depth(there) == pytest.approx(laplace["loglik"], abs=1e-2)
    right = survey.r["S1_2002.glmer_agq15"]
    assert depth(there) < depth(np.array([*right["coef"].values(), right["sd"]]))
    for small in (-0.05, 0.05):
        beside = there.copy()
        beside[-1] += small
        assert depth(beside) > depth(there)
