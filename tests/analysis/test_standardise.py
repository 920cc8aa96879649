"""Standardised risks: against the delta method by hand in R, on patterns, and the stored figures."""

from typing import Any

import numpy as np
import pytest

from gravida.analysis.logistic import logistic
from gravida.analysis.standardise import contrast, standardised_risks


def _designs(peer: Any) -> list[np.ndarray]:
    ones = np.ones(180)
    return [np.column_stack([ones, peer.factors[:, 0], level * ones]) for level in (0, 1)]


def test_differences_and_ratios_are_those_of_the_delta_method_in_r(peer: Any) -> None:
    fit = logistic(**peer.model)

    both = standardised_risks(fit=fit, designs=_designs(peer), scenarios=("without", "with"))
    found = contrast(both, scenario="with", reference="without")

    assert found.reference_risk == pytest.approx(0.51859534965047, abs=1e-12)
    assert found.risk == pytest.approx(0.56284557709884, abs=1e-12)
    assert found.difference == pytest.approx(0.04425022744837, abs=1e-12)
    assert found.difference_standard_error == pytest.approx(0.05643759316438, rel=1e-10)
    assert found.log_ratio == pytest.approx(0.08188139878174, abs=1e-12)
    assert found.log_ratio_standard_error == pytest.approx(0.10365099014450, rel=1e-10)


def test_patterns_with_their_counts_give_the_same(peer: Any) -> None:
    fit = logistic(**peer.model)
    long = standardised_risks(fit=fit, designs=_designs(peer), scenarios=("without", "with"))

    designs = [np.unique(design, axis=0, return_counts=True) for design in _designs(peer)]
    short = standardised_risks(
        fit=fit,
        designs=[design for design, _ in designs],
        scenarios=("without", "with"),
        weights=designs[0][1],
    )

    np.testing.assert_allclose(short.risks, long.risks, rtol=1e-13)
    np.testing.assert_allclose(short.covariance, long.covariance, rtol=1e-12)


@pytest.mark.parametrize("link", ["logit", "cloglog"])
def test_the_standard_error_follows_the_change_of_the_risk(peer: Any, link: Any) -> None:
    # The gradient, by moving each coefficient a little.
    fit = logistic(**peer.model, link=link)
    design = _designs(peer)[1]

    def mean_risk(estimates: np.ndarray) -> float:
        linear = design @ estimates
        return float(np.mean(1 / (1 + np.exp(-linear)) if link == "logit" else 1 - np.exp(-np.exp(linear))))

    moved = 1e-6 * np.eye(3)
    gradient = [(mean_risk(fit.estimates + step) - mean_risk(fit.estimates - step)) / 2e-6 for step in moved]
    found = standardised_risks(fit=fit, designs=[design], scenarios=("all",))

    assert found.risks[0] == pytest.approx(mean_risk(fit.estimates), abs=1e-14)
    expected = np.sqrt(np.array(gradient) @ fit.covariance @ np.array(gradient))
    assert found.standard_errors[0] == pytest.approx(expected, rel=1e-7)


def test_a_saturated_model_gives_the_risks_as_they_were_seen(peer: Any) -> None:
    outcome, exposed = peer.outcome, peer.factors[:, 1]
    fit = logistic(outcome=outcome, factors=exposed[:, None], names=("b",), clusters=peer.woman)

    found = standardised_risks(fit=fit, designs=[[[1, 0]], [[1, 1]]], scenarios=("0", "1"))

    np.testing.assert_allclose(
        found.risks, [outcome[exposed == 0].mean(), outcome[exposed == 1].mean()], atol=1e-12
    )


def test_a_design_without_the_intercept_is_refused(peer: Any) -> None:
    fit = logistic(**peer.model)

    with pytest.raises(ValueError, match=r"wanted \(rows, 3\) with the columns \(Intercept\), a, b"):
        standardised_risks(fit=fit, designs=[peer.factors], scenarios=("all",))


@pytest.mark.needs_shared
def test_three_losses_against_none_give_the_stored_figures(survey: Any) -> None:
    stored, model = survey.r["S1.gformula"], survey.model()
    fit = logistic(**model, correction="CR0")
    none = np.column_stack([np.ones(len(model["outcome"])), model["factors"]])
    at = [1 + model["names"].index(name) for name in survey.history[:3]]
    none[:, at] = 0
    three = none.copy()
    three[:, at[2]] = 1

    both = standardised_risks(fit=fit, designs=[none, three], scenarios=("0", "3 or more"))
    found = contrast(both, scenario="3 or more", reference="0")

    assert found.reference_risk == pytest.approx(stored["risk0"], abs=1e-11)
    assert found.risk == pytest.approx(stored["risk3"], abs=1e-11)
    assert found.difference_standard_error == pytest.approx(stored["se_rd"], rel=1e-9)
    assert found.log_ratio == pytest.approx(stored["log_rr"], abs=1e-11)
    assert found.log_ratio_standard_error == pytest.approx(stored["se_log_rr"], rel=1e-9)
