"""The smallest sample against published and independent figures."""

import pytest

from gravida.analysis.plan_riley import cox_snell_from_c, most_parameters, smallest_sample

# C statistic | rows for 2, 5, 10, 15, 20 parameters where 34 per cent have the outcome. These were simulated
# with a million draws; the integral is their limit, within the noise of that simulation.
SIMULATED = {
    0.60: (639, 1596, 3191, 4786, 6381),
    0.63: (373, 933, 1865, 2798, 3730),
    0.65: (345, 702, 1403, 2105, 2806),
    0.70: (345, 386, 771, 1156, 1541),
}


@pytest.mark.parametrize("c", list(SIMULATED))
def test_the_simulated_table_is_met_within_its_noise(c: float):
    for parameters, expected in zip((2, 5, 10, 15, 20), SIMULATED[c], strict=True):
        found = smallest_sample(parameters=parameters, share=0.34, c_statistic=c)

        assert found.needed == pytest.approx(expected, rel=0.011), parameters


def test_the_sample_that_a_cohort_planned_is_met_exactly():
    # OPAL, BMJ Open 2022;12:e062402: 931 couples for five parameters.
    assert smallest_sample(parameters=5, share=0.34, c_statistic=0.63).needed == 931


def test_the_overall_risk_alone_asks_for_345():
    found = smallest_sample(parameters=2, share=0.34, c_statistic=0.7)

    assert (found.by_overall_risk, found.needed) == (345, 345)


def test_a_model_that_tells_nothing_explains_nothing_and_needs_everybody():
    assert cox_snell_from_c(0.5, 0.3) == pytest.approx(0.0, abs=1e-12)
    assert smallest_sample(parameters=1, share=0.3, c_statistic=0.5).needed > 10**9


def test_the_r2_grows_with_c_and_is_symmetric_in_the_share():
    grown = [cox_snell_from_c(c, 0.3) for c in (0.55, 0.6, 0.7, 0.8, 0.9)]

    assert grown == sorted(grown)
    assert cox_snell_from_c(0.7, 0.3) == pytest.approx(cox_snell_from_c(0.7, 0.7), rel=1e-9)


def test_how_many_parameters_a_sample_carries():
    assert most_parameters(rows=931, share=0.34, c_statistic=0.63) == 5
    assert most_parameters(rows=930, share=0.34, c_statistic=0.63) == 4
    assert most_parameters(rows=100, share=0.34, c_statistic=0.63) == 0


@pytest.mark.parametrize(("c", "share"), [(0.4, 0.3), (1.0, 0.3), (0.6, 0.0), (0.6, 1.0)])
def test_impossible_values_are_refused(c: float, share: float):
    with pytest.raises(ValueError, match=r"need 0\.5 <= C < 1"):
        smallest_sample(parameters=3, share=share, c_statistic=c)
    with pytest.raises(ValueError, match="need 1 or more"):
        smallest_sample(parameters=0, share=0.3, c_statistic=0.6)
