"""CR2 and its degrees of freedom, against clubSandwich 0.5.8 on converged fits of few clusters."""

from typing import Any

import numpy as np
import pytest

from gravida.analysis.logistic import logistic

R_ANSWERS = {  # standard errors; Satterthwaite's degrees of freedom
    "logit": (
        [0.2062451859973, 0.2850571739181, 0.2383036273819],
        [22.57427395965, 23.36356582720, 22.98753025626],
    ),
    "weighted": (
        [0.2039135042429, 0.3117764094133, 0.2797354961525],
        [22.33403446398, 22.43886930912, 22.17649098586],
    ),
    "cloglog": (
        [0.1417805684135, 0.1942703770080, 0.1584304727625],
        [22.51902562824, 23.27168660956, 22.72125269148],
    ),
}


@pytest.mark.parametrize("model", R_ANSWERS)
def test_errors_and_degrees_of_freedom_are_those_of_clubsandwich(peer: Any, model: str) -> None:
    errors, freedom = R_ANSWERS[model]
    asked: dict[str, dict[str, Any]] = {
        "logit": {},
        "weighted": {"weights": peer.weight},
        "cloglog": {"link": "cloglog"},
    }

    fit = logistic(**peer.model, **asked[model], correction="CR2")

    np.testing.assert_allclose(fit.standard_errors, errors, rtol=1e-8)
    np.testing.assert_allclose(fit.degrees_of_freedom, freedom, rtol=1e-8)


def test_with_one_row_per_cluster_cr2_divides_by_what_the_leverage_leaves(peer: Any) -> None:
    # Then CR2 is HC2: each squared residual over 1 - leverage.
    fit = logistic(**{**peer.model, "clusters": np.arange(180)}, correction="CR2")

    design = np.column_stack([np.ones(180), peer.factors])
    mean = 1 / (1 + np.exp(-design @ fit.estimates))
    weight = mean * (1 - mean)
    leverage = weight * np.einsum("ij,jk,ik->i", design, fit.model_covariance, design)
    score = design * ((peer.outcome - mean) / np.sqrt(1 - leverage))[:, None]
    expected = fit.model_covariance @ score.T @ score @ fit.model_covariance
    np.testing.assert_allclose(fit.covariance, expected, rtol=1e-10)


def test_a_factor_of_one_woman_alone_stays_finite(peer: Any) -> None:
    # Her rows decide the coefficient alone: leverage 1, the case clubSandwich answers by a pseudo-inverse.
    alone = (peer.woman == 8).astype(float)
    factors = np.column_stack([peer.factors, alone])

    fit = logistic(**{**peer.model, "factors": factors, "names": ("a", "b", "alone")}, correction="CR2")

    assert np.isfinite(fit.standard_errors).all()
