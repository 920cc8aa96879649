"""Survey designs: against R's survey::svyglm, with lonely units and subpopulations."""

from typing import Any

import numpy as np
import pytest

from gravida.analysis.fit import NotEstimable
from gravida.analysis.survey_design import LonelyUnits, SurveyDesign, survey_logistic

WHOLE = [0.1914699421010, 0.8349680022608, 0.1109939985173]


def _fit(peer: Any, *, strata: Any, lonely: Any = "fail", **asked: Any) -> Any:
    return survey_logistic(
        outcome=peer.outcome,
        factors=peer.factors,
        names=("a", "b"),
        design=SurveyDesign(weights=peer.weight, units=peer.woman, strata=strata, lonely=lonely),
        **asked,
    )


@pytest.mark.parametrize(
    ("strata", "errors", "freedom"),
    [
        ("three", [0.1966374296816, 0.3097779930423, 0.2844055766095], 23),
        ("none", [0.2027691399314, 0.3085179983785, 0.2768057639357], 25),
    ],
)
def test_strata_and_units_give_what_svyglm_gives(
    peer: Any, strata: str, errors: list[float], freedom: int
) -> None:
    fit = _fit(peer, strata=peer.woman % 3 if strata == "three" else None)

    np.testing.assert_allclose(fit.estimates, WHOLE, atol=1e-10)
    np.testing.assert_allclose(fit.standard_errors, errors, rtol=1e-9)
    assert fit.degrees_of_freedom.tolist() == [freedom] * 3


def test_the_complementary_log_log_gives_what_svyglm_gives(peer: Any) -> None:
    fit = _fit(peer, strata=peer.woman % 3, link="cloglog")

    np.testing.assert_allclose(fit.estimates, [-0.2641364924033, 0.5821456110225, 0.1193192177559], atol=2e-9)
    np.testing.assert_allclose(
        fit.standard_errors, [0.1285818091563, 0.2060850530079, 0.1901283691491], rtol=2e-9
    )


@pytest.mark.parametrize(
    ("lonely", "errors"),
    [
        ("certainty", [0.1970911303720, 0.3080239904323, 0.2848083235986]),
        ("adjust", [0.1976134532738, 0.3084023838357, 0.2852006519087]),
        ("average", [0.2275812343503, 0.3556754675859, 0.3288683245941]),
    ],
)
def test_a_lonely_unit_is_counted_as_it_was_chosen(peer: Any, lonely: str, errors: list[float]) -> None:
    fit = _fit(peer, strata=np.where(peer.woman == 102, 9, peer.woman % 3), lonely=lonely)

    np.testing.assert_allclose(fit.standard_errors, errors, rtol=1e-9)
    assert fit.degrees_of_freedom[0] == 22


def test_a_lonely_unit_is_refused_with_its_stratum_unless_a_rule_is_chosen(peer: Any) -> None:
    with pytest.raises(LonelyUnits, match="1 strata hold one primary sampling unit") as refused:
        _fit(peer, strata=np.where(peer.woman == 102, 9, peer.woman % 3))

    assert refused.value.strata == ("9",)


def test_units_outside_a_subpopulation_still_count_in_their_strata(peer: Any) -> None:
    inside = (peer.woman < 25) & (np.arange(180) % 4 != 1)

    fit = _fit(peer, strata=peer.woman % 3, domain=inside)

    np.testing.assert_allclose(
        fit.estimates, [0.42377294686662, 0.68339492859394, 0.05864400682133], atol=1e-9
    )
    np.testing.assert_allclose(
        fit.standard_errors, [0.3787757580033, 0.4751608848586, 0.5677669784209], rtol=1e-9
    )
    assert fit.degrees_of_freedom[0] == 7
    assert fit.n_rows == inside.sum()


@pytest.mark.parametrize(
    ("lonely", "errors"),
    [
        ("adjust", [0.2158208057240, 0.3293158853390, 0.3207719927329]),
        ("average", [0.2481976314804, 0.3794549965485, 0.3695924946110]),
    ],
)
def test_a_subpopulation_with_a_lonely_unit_gives_what_svyglm_gives(
    peer: Any, lonely: str, errors: list[float]
) -> None:
    strata = np.where(peer.woman == 102, 9, peer.woman % 3)

    fit = _fit(peer, strata=strata, lonely=lonely, domain=peer.woman >= 9)

    np.testing.assert_allclose(fit.standard_errors, errors, rtol=1e-9)
    assert fit.degrees_of_freedom[0] == 17


def test_the_same_unit_number_in_two_strata_means_two_units(peer: Any) -> None:
    strata = peer.woman % 3
    renumbered = np.unique(peer.woman // 3, return_inverse=True)[1]

    fit = survey_logistic(
        outcome=peer.outcome,
        factors=peer.factors,
        names=("a", "b"),
        design=SurveyDesign(weights=peer.weight, units=renumbered, strata=strata),
    )

    np.testing.assert_allclose(fit.covariance, _fit(peer, strata=strata).covariance, rtol=1e-12)


def test_more_terms_than_the_units_carry_are_refused(peer: Any) -> None:
    with pytest.raises(NotEstimable, match="carry no 3 terms"):
        survey_logistic(
            outcome=peer.outcome,
            factors=peer.factors,
            names=("a", "b"),
            design=SurveyDesign(weights=peer.weight, units=peer.woman % 3),
        )
