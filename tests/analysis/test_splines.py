"""Restricted cubic splines: against Hmisc, straight outside the knots, and the stored fit of age."""

from typing import Any

import numpy as np
import pytest

from gravida.analysis.fit import NotEstimable
from gravida.analysis.logistic import logistic
from gravida.analysis.splines import knots_at_percentiles, restricted_cubic_spline, spline_names

# Hmisc::rcspline.eval on 25 + 10 a: knots; basis of rows 8 and 70.
R_ANSWERS: dict[int, tuple[list[float], list[float], list[float]]] = {
    3: ([16.98, 24.90, 33.00], [26.4, 3.23106528824], [20.6, 0.1848420124033]),
    4: (
        [15.99, 22.00, 28.00, 34.01],
        [26.4, 3.4741024000956, 0.2623303001598],
        [20.6, 0.3017124301399, 0],
    ),
    5: (
        [15.990, 20.445, 24.900, 29.555, 34.010],
        [26.4, 3.47410240009559, 0.65033289831806, 0.01039355704169],
        [20.6, 0.3017124301399, 1.146794288255e-05, 0],
    ),
    6: (
        [15.990, 19.434, 23.078, 26.722, 30.366, 34.010],
        [26.4, 3.4741024000956, 1.0409762882036, 0.1128987961582, 0],
        [20.6, 0.301712430139899, 0.004881868512111, 0, 0],
    ),
    7: (
        [15.4, 18.6, 21.83166666667, 24.9, 28.16833333333, 31.4, 34.505],
        [26.4, 3.646565102111697, 1.300138814678669, 0.261203668068339, 0.009246549376128, 0],
        [20.6, 0.38522631546035, 0.02191774666934, 0, 0, 0],
    ),
}


@pytest.mark.parametrize("number", R_ANSWERS)
def test_knots_and_basis_are_those_of_hmisc(peer: Any, number: int) -> None:
    knots, row_8, row_70 = R_ANSWERS[number]
    values = 25 + 10 * peer.factors[:, 0]

    found = knots_at_percentiles(values, number=number)
    basis = restricted_cubic_spline(values, knots=found)

    np.testing.assert_allclose(found, knots, atol=1e-10)
    np.testing.assert_allclose(basis[[7, 69]], [row_8, row_70], atol=1e-11)


def test_the_curve_is_straight_beyond_the_outer_knots() -> None:
    outside = np.array([5.0, 6.0, 7.0, 50.0, 51.0, 52.0])

    basis = restricted_cubic_spline(outside, knots=(16, 22, 28, 34))

    bend = basis[[0, 3]] - 2 * basis[[1, 4]] + basis[[2, 5]]
    np.testing.assert_allclose(bend, 0, atol=1e-10)


def test_names_carry_one_prime_per_cubic_term() -> None:
    assert spline_names("age", knots=(16, 22, 28, 34)) == ("age", "age'", "age''")


def test_values_too_tied_for_their_knots_are_refused() -> None:
    with pytest.raises(NotEstimable, match="too tied"):
        knots_at_percentiles(np.repeat([0.0, 1.0], [90, 10]))


@pytest.mark.parametrize("knots", [(1.0, 2.0), (1.0, 3.0, 2.0)])
def test_knots_that_do_not_rise_are_refused(knots: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="wanted at least 3"):
        restricted_cubic_spline(np.arange(5.0), knots=knots)


def test_a_missing_value_is_refused() -> None:
    with pytest.raises(ValueError, match="missing in 1 rows"):
        knots_at_percentiles([1.0, np.nan, 2.0])


@pytest.mark.needs_shared
def test_age_in_the_survey_gives_the_stored_spline(survey: Any) -> None:
    stored, age = survey.r["S1.rcs4"], survey.columns["age"]
    names = ("pl1", "pl2", "pl3", "plive")

    knots = knots_at_percentiles(age)
    basis = restricted_cubic_spline(age, knots=knots)
    fit = logistic(
        outcome=survey.columns["eloss"],
        factors=np.column_stack([basis, *(survey.columns[name] for name in names)]),
        names=(*spline_names("age", knots=knots), *names),
        clusters=survey.columns["wid"],
    )

    np.testing.assert_allclose(knots, stored["knots"], atol=1e-12)
    np.testing.assert_allclose(basis[:3], stored["basis_first3"], atol=1e-11)
    np.testing.assert_allclose(fit.estimates, stored["coef"], atol=1e-10)
    assert fit.log_likelihood == pytest.approx(stored["loglik"], abs=1e-9)
