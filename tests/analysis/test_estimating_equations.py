"""Estimating equations: against geepack, on signatures, and the refusal where history is a covariate."""

from typing import Any

import numpy as np
import pytest

from gravida.analysis.compression import Covariate as Column
from gravida.analysis.compression import compress, gridded, treatment_design
from gravida.analysis.compression_women import woman_signatures
from gravida.analysis.estimating_equations import (
    LaggedOutcome,
    exchangeable,
    exchangeable_by_signature,
    independence,
)
from gravida.analysis.fit import DidNotConverge

# geepack::geeglm with geese.control(epsilon = 1e-13): estimates, errors, alpha, phi.
R_ANSWERS: dict[str, tuple[list[float], list[float], float, float]] = {
    "logit": (
        [0.08530057387722, 0.72523509080803, 0.17112398899787],
        [0.2063811187698, 0.2751759148250, 0.2399801867445],
        0.07071874226289,
        1.00126053114418,
    ),
    "cloglog": (
        [-0.3313665261223, 0.5303963332008, 0.1565802854068],
        [0.1425709374609, 0.1872164010318, 0.1604545077403],
        0.07203861119442,
        1.00422390597597,
    ),
}


@pytest.mark.parametrize("link", R_ANSWERS)
def test_an_exchangeable_correlation_gives_what_geepack_gives(peer: Any, link: Any) -> None:
    estimates, errors, correlation, scale = R_ANSWERS[link]

    found = exchangeable(**peer.model, lagged_outcome_columns=(), link=link)

    np.testing.assert_allclose(found.fit.estimates, estimates, atol=1e-9)
    np.testing.assert_allclose(found.fit.standard_errors, errors, rtol=1e-8)
    assert found.correlation == pytest.approx(correlation, abs=1e-9)
    assert found.scale == pytest.approx(scale, abs=1e-9)


def test_working_independence_gives_what_geepack_gives(peer: Any) -> None:
    fit = independence(**peer.model)

    np.testing.assert_allclose(
        fit.standard_errors, [0.2014397748534, 0.2780628668735, 0.2324056915807], rtol=1e-9
    )


def test_signatures_give_the_same_as_rows(peer: Any) -> None:
    # Given: a few levels only, so that women repeat each other.
    coarse, code = gridded(name="a", values=peer.factors[:, 0], step=0.5)
    young = Column(name="b", levels=("no", "yes"))
    rows = compress(
        codes={"a": code, "b": peer.factors[:, 1].astype(int)},
        covariates=(coarse, young),
        outcome=peer.outcome,
        woman=peer.woman,
    )
    design, names = treatment_design(rows.table)

    # When
    short = exchangeable_by_signature(
        signatures=woman_signatures(rows), design=design, names=names, lagged_outcome_columns=()
    )
    factors = np.column_stack([np.asarray(coarse.values)[code], peer.factors[:, 1]])
    long = exchangeable(**{**peer.model, "factors": factors}, lagged_outcome_columns=())

    # Then
    assert names == ("a", "b=yes")
    np.testing.assert_allclose(short.fit.estimates, long.fit.estimates, rtol=1e-12)
    np.testing.assert_allclose(short.fit.covariance, long.fit.covariance, rtol=1e-11)
    assert short.correlation == pytest.approx(long.correlation, rel=1e-12)


def test_earlier_outcomes_as_a_covariate_are_refused(peer: Any) -> None:
    with pytest.raises(LaggedOutcome, match="b tell of earlier outcomes") as refused:
        exchangeable(**peer.model, lagged_outcome_columns=("b",))

    assert refused.value.columns == ("b",)


def test_women_with_one_row_each_have_no_correlation(peer: Any) -> None:
    found = exchangeable(**{**peer.model, "clusters": np.arange(180)}, lagged_outcome_columns=())

    assert found.correlation == 0.0
    np.testing.assert_allclose(
        found.fit.estimates, [0.08080337948962, 0.69643150648757, 0.18554311212030], atol=1e-9
    )


@pytest.mark.needs_shared
def test_the_survey_without_history_gives_the_stored_figures(survey: Any) -> None:
    stored = survey.r["S1_2002.gee_exch_nohist"]

    found = exchangeable(**survey.model(survey.background), lagged_outcome_columns=())

    np.testing.assert_allclose(found.fit.estimates, list(stored["coef"].values()), atol=1e-10)
    np.testing.assert_allclose(found.fit.standard_errors, list(stored["se"].values()), rtol=1e-10)
    assert found.correlation == pytest.approx(stored["alpha"], abs=1e-10)
    assert found.scale == pytest.approx(stored["scale"], abs=1e-10)


@pytest.mark.needs_shared
def test_the_survey_under_independence_gives_the_stored_figures(survey: Any) -> None:
    fit = independence(**survey.model())

    np.testing.assert_allclose(fit.estimates, survey.stored("S1_2002.gee_ind", "coef"), atol=1e-11)
    np.testing.assert_allclose(fit.standard_errors, survey.stored("S1_2002.gee_ind", "se"), rtol=1e-10)


@pytest.mark.needs_shared
@pytest.mark.filterwarnings("error")
def test_history_that_is_not_declared_ends_without_a_number(survey: Any) -> None:
    # geepack answers with coefficients of 1e15 here, statsmodels says that it converged.
    with pytest.raises(DidNotConverge):
        exchangeable(**survey.model(), lagged_outcome_columns=())
