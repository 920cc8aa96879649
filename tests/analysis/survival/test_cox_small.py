"""Cox models on forty rows with ties, weights, strata and late entry, against R."""

from typing import Any

import numpy as np
import pytest

from gravida.analysis.survival.baseline import cumulative_hazard
from gravida.analysis.survival.concordance import concordance
from gravida.analysis.survival.cox import CoxModel, cox, robust_score_test
from gravida.analysis.survival.proportionality import proportional_hazards_test, schoenfeld_residuals
from gravida.analysis.survival.scores import score_residuals

KINDS = ["plain", "noentry", "weights", "strata", "all"]


def fitted(table: Any, kind: str, ties: Any) -> CoxModel:
    optional: dict[str, Any] = {}
    if kind != "noentry":
        optional["entry"] = table["entry"]
    if kind in ("weights", "all"):
        optional["weights"] = table["w"]
    if kind in ("strata", "all"):
        optional["strata"] = table["z"]
    if kind == "all":
        optional["offset"] = table["off"]
    return cox(
        x=np.column_stack([table["a"], table["b"]]),
        names=["a", "b"],
        exit_time=table["exit"],
        event=table["cause"] == 1,
        cluster=table["woman"],
        ties=ties,
        **optional,
    )


@pytest.fixture(params=[(kind, ties) for kind in KINDS for ties in ("efron", "breslow")], ids="-".join)
def pair(request: Any, small: Any, figures: Any) -> tuple[CoxModel, dict[str, Any]]:
    kind, ties = request.param
    return fitted(small, kind, ties), figures[f"{kind}_{ties}"]


def test_coefficients_errors_and_likelihood(pair: Any) -> None:
    model, by_r = pair

    assert model.fit.estimates == pytest.approx(by_r["coef"], abs=1e-10)
    assert model.fit.standard_errors == pytest.approx(by_r["robust"], rel=1e-9)
    assert np.sqrt(np.diag(model.fit.model_covariance)) == pytest.approx(by_r["naive"], rel=1e-9)
    assert model.fit.null_log_likelihood == pytest.approx(by_r["loglik"][0], abs=1e-11)
    assert model.fit.log_likelihood == pytest.approx(by_r["loglik"][1], abs=1e-11)


def test_score_wald_and_likelihood_ratio(pair: Any, small: Any) -> None:
    model, by_r = pair

    assert model.score.statistic == pytest.approx(by_r["score"], rel=1e-9)
    assert model.wald.statistic == pytest.approx(by_r["wald"], rel=1e-9)
    assert model.likelihood_ratio.statistic == pytest.approx(2 * np.diff(by_r["loglik"])[0], abs=1e-10)
    if "robust_score" in by_r:
        found = robust_score_test(model, cluster=small["woman"])
        assert found.statistic == pytest.approx(by_r["robust_score"], rel=1e-9)


def test_score_residual_of_a_row_tied_up_to_noise(pair: Any) -> None:
    model, by_r = pair

    residuals = score_residuals(model.sets, x=model.x, at=model.likelihood)

    assert residuals[8] == pytest.approx(by_r["residual"], abs=1e-10)
    assert residuals.shape == (40, 2)


def test_concordance_and_its_error_by_woman(pair: Any, small: Any) -> None:
    model, by_r = pair

    found = concordance(model, cluster=small["woman"])

    assert [found.concordance, found.standard_error] == pytest.approx(by_r["concordance"], rel=1e-11)
    assert concordance(model, errors=False).concordance == pytest.approx(found.concordance, rel=1e-13)


@pytest.mark.parametrize(
    ("clock", "key"), [("km", "zph"), ("identity", "zph_identity"), ("rank", "zph_rank")]
)
def test_proportional_hazards(pair: Any, clock: Any, key: str) -> None:
    model, by_r = pair

    found = proportional_hazards_test(model, clock=clock)

    statistics = [each.statistic for each in (*found.factors, found.all_factors)]
    assert statistics == pytest.approx(by_r[key], rel=1e-8)


@pytest.mark.parametrize("ties", ["efron", "breslow"])
@pytest.mark.parametrize("kind", ["plain", "noentry", "weights"])
def test_cumulative_hazard_and_its_error(small: Any, figures: Any, kind: str, ties: str) -> None:
    by_r = figures[f"{kind}_{ties}"]

    curve = cumulative_hazard(fitted(small, kind, ties), factors=np.array([0.5, 1.0]))

    at = np.searchsorted(curve.times, [4, 6], side="right") - 1
    assert curve.hazard[at] == pytest.approx(by_r["hazard"], rel=1e-9)
    assert curve.model_error[at] == pytest.approx(by_r["hazard_error"], rel=1e-9)


def test_error_by_woman_is_the_sum_of_what_each_woman_moves(small: Any) -> None:
    model = fitted(small, "weights", "efron")
    factors = np.array([0.5, 1.0])
    curve = cumulative_hazard(model, factors=factors, cluster=small["woman"])

    moved = []
    for woman in np.unique(small["woman"]):
        ends = []
        for nudge in (1e-5, -1e-5):
            scale = np.where(small["woman"] == woman, 1 + nudge, 1.0)
            again = fitted({**small, "w": small["w"] * scale}, "weights", "efron")
            ends.append(cumulative_hazard(again, factors=factors).hazard)
        moved.append((ends[0] - ends[1]) / 2e-5)

    assert curve.error == pytest.approx(np.sqrt((np.array(moved) ** 2).sum(axis=0)), rel=1e-7)


def test_schoenfeld_residuals_add_to_zero_and_scatter_around_the_coefficient(small: Any) -> None:
    model = fitted(small, "plain", "efron")

    found = schoenfeld_residuals(model)

    assert found.residual.sum(axis=0) == pytest.approx([0, 0], abs=1e-9)
    assert found.scaled.mean(axis=0) == pytest.approx(model.fit.estimates, abs=1e-9)
    assert (np.diff(found.time) >= 0).all()
