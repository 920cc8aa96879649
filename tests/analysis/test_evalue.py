"""E-values: the published example, every scale, and the borders of the interval."""

from math import sqrt
from typing import Any

import pytest

from gravida.analysis.evalue import e_value


def test_the_published_example_of_bottle_feeding() -> None:
    # VanderWeele & Ding 2017: risk ratio 3.9 (1.8 to 8.7) -> 7.26 and 3.0.
    found = e_value(measure="risk_ratio", estimate=3.9, lower=1.8, upper=8.7)

    assert found.estimate == pytest.approx(7.26, abs=0.005)
    assert found.limit == pytest.approx(3.0, abs=1e-12)


@pytest.mark.parametrize(
    ("measure", "rare", "ratio"),
    [
        ("odds_ratio", True, 4.0),
        ("odds_ratio", False, 2.0),
        ("hazard_ratio", True, 4.0),
        ("hazard_ratio", False, (1 - 0.5**2.0) / (1 - 0.5**0.5)),
        ("risk_ratio", False, 4.0),
    ],
)
def test_a_ratio_of_4_on_every_scale(measure: Any, rare: bool, ratio: float) -> None:
    found = e_value(measure=measure, estimate=4.0, outcome_is_rare=rare)

    assert found.risk_ratio == pytest.approx(ratio, rel=1e-14)
    assert found.estimate == pytest.approx(ratio + sqrt(ratio * (ratio - 1)), rel=1e-14)
    assert found.limit is None


def test_a_protective_ratio_counts_as_its_inverse() -> None:
    harmful = e_value(measure="risk_ratio", estimate=2.0, lower=1.25, upper=3.2)
    protective = e_value(measure="risk_ratio", estimate=0.5, lower=1 / 3.2, upper=0.8)

    assert protective.estimate == pytest.approx(harmful.estimate, rel=1e-14)
    assert protective.limit == pytest.approx(harmful.limit, rel=1e-14)


@pytest.mark.parametrize(("lower", "upper"), [(0.9, 4.0), (1.0, 4.0)])
def test_an_interval_that_holds_1_has_the_value_1(lower: float, upper: float) -> None:
    assert e_value(measure="risk_ratio", estimate=2.0, lower=lower, upper=upper).limit == 1.0


def test_no_association_needs_no_confounder() -> None:
    assert e_value(measure="odds_ratio", estimate=1.0).estimate == 1.0


@pytest.mark.parametrize(
    "bad",
    [
        {"estimate": 0.0},
        {"estimate": 2.0, "lower": 1.0},
        {"estimate": 2.0, "lower": 2.5, "upper": 3.0},
        {"estimate": 2.0, "lower": 1.0, "upper": 1.5},
    ],
)
def test_impossible_ratios_are_refused(bad: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="wanted"):
        e_value(measure="risk_ratio", **bad)
