"""Fine and Gray, absolute risks, cumulative incidence in groups and Gray's test, against R."""

from typing import Any

import numpy as np
import pytest

from gravida.analysis.fit import NotEstimable
from gravida.analysis.survival.absolute_risk import absolute_risk
from gravida.analysis.survival.cox import CoxModel, cox
from gravida.analysis.survival.fine_gray import fine_gray, fit_fine_gray, predicted_incidence
from gravida.analysis.survival.gray import cumulative_incidence, gray_test
from gravida.analysis.survival.rows import risk_rows


def factors(table: Any) -> np.ndarray:
    return np.column_stack([table["a"], table["b"]])


def same(model: CoxModel, by_r: dict[str, Any]) -> None:
    assert model.fit.estimates == pytest.approx(np.atleast_1d(by_r["coef"]), abs=1e-10)
    assert model.fit.standard_errors == pytest.approx(np.atleast_1d(by_r["robust"]), rel=1e-9)
    if "loglik" in by_r:
        assert model.fit.log_likelihood == pytest.approx(by_r["loglik"][1], abs=1e-10)


@pytest.mark.parametrize("ties", ["breslow", "efron"])
@pytest.mark.parametrize("late", [False, True])
def test_fine_gray_as_finegray_and_coxph(small: Any, figures: Any, ties: Any, late: bool) -> None:
    model = fine_gray(
        x=factors(small),
        entry=small["entry"] if late else None,
        exit_time=small["exit"],
        cause=small["cause"],
        cluster=small["woman"],
        ties=ties,
    )

    same(model, figures[f"fine_late_{ties}" if late else f"fine_{ties}"])


def test_fine_gray_with_weights(small: Any, figures: Any) -> None:
    rows = risk_rows(x=factors(small), exit_time=small["exit"], weights=small["w"])

    model = fit_fine_gray(rows, cause=small["cause"], cluster=small["woman"], ties="efron")

    same(model, figures["fine_weights"])


def test_fine_gray_in_strata_weighs_each_stratum_apart(small: Any, figures: Any) -> None:
    rows = risk_rows(x=small["a"][:, None], exit_time=small["exit"], strata=small["b"])

    model = fit_fine_gray(rows, cause=small["cause"], cluster=small["woman"], ties="efron")

    same(model, figures["fine_strata"])
    with pytest.raises(ValueError, match="with strata"):
        fit_fine_gray(rows, cause=small["cause"], censoring_weights="estimated")


def test_fine_gray_as_crr(small: Any, figures: Any) -> None:
    model = fine_gray(
        x=factors(small),
        exit_time=small["exit"],
        cause=small["cause"],
        convention="events_at_risk",
        censoring_weights="estimated",
    )

    same(model, figures["crr"])
    times, incidence, _ = predicted_incidence(model, factors=np.array([0.5, 1.0]))
    at = np.searchsorted(times, [4, 6], side="right") - 1
    assert incidence[at] == pytest.approx(figures["crr"]["incidence"], abs=1e-10)


def test_fine_gray_with_weights_apart_in_groups(small: Any, figures: Any) -> None:
    rows = risk_rows(x=factors(small), exit_time=small["exit"])

    model = fit_fine_gray(rows, cause=small["cause"], censoring_group=small["b"], convention="events_at_risk")

    assert model.fit.estimates == pytest.approx(figures["crr_groups"], abs=1e-10)


def test_weights_as_estimated_are_refused_with_late_entry(small: Any) -> None:
    with pytest.raises(ValueError, match="without late entry"):
        fine_gray(
            x=factors(small),
            entry=small["entry"],
            exit_time=small["exit"],
            cause=small["cause"],
            censoring_weights="estimated",
        )


def test_without_a_censored_row_the_first_cause_is_still_an_event(small: Any) -> None:
    ended = np.where(small["cause"] == 0, 2, small["cause"])

    model = fine_gray(x=factors(small), exit_time=small["exit"], cause=ended)

    # Nobody leaves: rows of other causes stay at risk for ever, which a Cox model with a late exit says too.
    last = small["exit"].max() + 1
    plain = cox(
        x=factors(small),
        exit_time=np.where(ended == 1, small["exit"], last),
        event=ended == 1,
        ties="breslow",
    )
    assert model.fit.estimates == pytest.approx(plain.fit.estimates, abs=1e-12)
    assert model.fit.warnings == ("no_row_is_censored",)


def test_patterns_and_tables_too_large_to_keep_give_the_same(small: Any, monkeypatch: Any) -> None:
    x = np.column_stack([np.round(small["a"]), small["b"]])
    patterns, pattern = np.unique(x, axis=0, return_inverse=True)
    times = {"entry": small["entry"], "exit_time": small["exit"], "weights": small["w"]}
    own = {"cause": small["cause"], "cluster": small["woman"], "censoring_group": small["b"]}

    by_row = fit_fine_gray(risk_rows(x=x, **times), **own)
    by_pattern = fit_fine_gray(risk_rows(x=patterns, pattern=pattern, **times), **own)
    monkeypatch.setattr("gravida.analysis.survival.risk_sets.DENSE_CELLS", 0)
    sparse = fit_fine_gray(risk_rows(x=x, **times), **own)

    for other in (by_pattern, sparse):
        assert other.fit.estimates == pytest.approx(by_row.fit.estimates, abs=1e-12)
        assert other.fit.covariance == pytest.approx(by_row.fit.covariance, rel=1e-10)


def test_a_cause_nobody_has_is_refused(small: Any) -> None:
    with pytest.raises(NotEstimable, match="cause 7"):
        fine_gray(x=factors(small), exit_time=small["exit"], cause=small["cause"], of_cause=7)


def test_a_competing_event_in_an_emptied_risk_set_is_refused() -> None:
    with pytest.raises(NotEstimable, match="a competing event at 2"):
        fine_gray(
            x=np.array([[0.0], [1], [0], [1], [0]]),
            entry=np.array([0.0, 5, 5, 5, 5]),
            exit_time=np.array([2.0, 6, 7, 8, 9]),
            cause=np.array([2, 1, 1, 1, 0]),
        )


@pytest.mark.parametrize("ties", ["efron", "breslow"])
@pytest.mark.parametrize("survival", ["product", "exponential"])
def test_absolute_risk_from_two_models(small: Any, figures: Any, ties: Any, survival: Any) -> None:
    x = factors(small)
    first = cox(x=x, exit_time=small["exit"], event=small["cause"] == 1, ties=ties)
    second = cox(x=x[:, :1], exit_time=small["exit"], event=small["cause"] == 2, ties=ties)

    found = absolute_risk(
        [first, second],
        times=np.array([2.0, 4, 6]),
        factors=[np.array([0.5, 1.0]), np.array([0.5])],
        survival=survival,
    )

    assert found.risk == pytest.approx(figures[f"risk_{ties}_{survival}"], abs=1e-10)
    with pytest.raises(ValueError, match="no errors were asked for"):
        found.interval()


@pytest.mark.parametrize("survival", ["product", "exponential"])
def test_error_of_an_absolute_risk_is_what_each_woman_moves(small: Any, survival: Any) -> None:
    x, wanted = factors(small), np.array([0.5, 1.0])

    def risk(weights: np.ndarray, **more: Any) -> Any:
        models = [
            cox(
                x=x,
                entry=small["entry"],
                exit_time=small["exit"],
                event=small["cause"] == each,
                weights=weights,
            )
            for each in (1, 2)
        ]
        return absolute_risk(models, times=np.array([3.0, 6]), factors=wanted, survival=survival, **more)

    found = risk(np.ones(40), cluster=small["woman"])

    moved = []
    for woman in np.unique(small["woman"]):
        up, down = (risk(np.where(small["woman"] == woman, 1 + nudge, 1.0)).risk for nudge in (1e-5, -1e-5))
        moved.append((up - down) / 2e-5)
    assert found.error == pytest.approx(np.sqrt((np.array(moved) ** 2).sum(axis=0)), rel=1e-6)
    lower, upper = found.interval()
    assert (lower < found.risk).all() and (found.risk < upper).all()


def test_error_of_a_fine_gray_incidence_is_what_each_row_moves(small: Any) -> None:
    # given: no censoring, so that no weight of a risk set moves with the rows
    x, wanted = factors(small), np.array([0.5, 1.0])
    ended = np.where(small["cause"] == 0, 2, small["cause"])

    def incidence(weights: np.ndarray, **more: Any) -> Any:
        rows = risk_rows(x=x, exit_time=small["exit"], weights=weights)
        return predicted_incidence(fit_fine_gray(rows, cause=ended), factors=wanted, **more)

    _, _, error = incidence(np.ones(40), cluster=np.arange(40))

    moved = []
    for row in range(40):
        up, down = (incidence(np.where(np.arange(40) == row, 1 + n, 1.0))[1] for n in (1e-5, -1e-5))
        moved.append((up - down) / 2e-5)
    assert error == pytest.approx(np.sqrt((np.array(moved) ** 2).sum(axis=0)), rel=1e-6)


def test_cumulative_incidence_with_grays_variance(small: Any, figures: Any) -> None:
    found = cumulative_incidence(exit_time=small["exit"], cause=small["cause"], at=np.array([2.0, 4, 6]))

    assert pytest.approx(np.array(figures["cuminc"]["p"]), abs=1e-12) == found.incidence.T
    assert pytest.approx(np.array(figures["cuminc"]["var"]), abs=1e-14) == found.variance.T


@pytest.mark.parametrize("cause", [1, 2])
def test_gray_between_groups(small: Any, figures: Any, small_table: Any, cause: int) -> None:
    own = {"exit_time": small["exit"], "cause": small["cause"], "group": small["z"], "of_cause": cause}
    gone = small_table("groups.csv")  # groups that leave the risk set early

    plain = gray_test(**own)
    weighted = gray_test(**own, strata=small["b"], rho=1.0)
    leaving = gray_test(exit_time=gone["t"], cause=gone["c"], group=gone["g"], of_cause=cause)

    assert plain.statistic == pytest.approx(figures["gray"][cause - 1], rel=1e-10)
    assert weighted.statistic == pytest.approx(figures["gray_strata"][cause - 1], rel=1e-10)
    assert leaving.statistic == pytest.approx(figures["gray_gone"][cause - 1], rel=1e-10)
    assert plain.degrees_of_freedom == 2


def test_one_group_has_no_test(small: Any) -> None:
    with pytest.raises(NotEstimable, match="1 group"):
        gray_test(exit_time=small["exit"], cause=small["cause"], group=np.zeros(40))


@pytest.mark.needs_shared
def test_loss_against_all_other_outcomes(r_results: Any, competing: Any, columns: Any) -> None:
    asked = {"x": columns(competing), "exit_time": competing["exit"], "cause": competing["ev"]}

    by_woman = fine_gray(**asked, cluster=competing["wid"])
    by_row = fine_gray(**asked, convention="events_at_risk", censoring_weights="estimated")

    oracle, crr = r_results["S5.finegray_breslow"], r_results["S5.crr"]
    assert by_woman.fit.estimates == pytest.approx(list(oracle["coef"].values()), abs=1e-10)
    assert by_woman.fit.standard_errors == pytest.approx(list(oracle["se_cluster"].values()), rel=1e-10)
    assert by_row.fit.estimates == pytest.approx(list(crr["coef"].values()), abs=5e-8)
    assert by_row.fit.standard_errors == pytest.approx(list(crr["se"].values()), rel=1e-7)
    assert by_row.fit.log_likelihood == pytest.approx(crr["loglik"], abs=1e-8)


@pytest.mark.needs_shared
def test_coumarin_and_loss_with_late_entry_and_competing_outcomes(abortion: Any) -> None:
    model = fine_gray(
        x=abortion["group"][:, None],
        entry=abortion["entry"],
        exit_time=abortion["exit"],
        cause=abortion["cause"],
        of_cause=3,
    )

    assert model.fit.estimates[0] == pytest.approx(0.982300, abs=1e-6)


@pytest.mark.needs_shared
def test_incidence_and_gray_test_by_previous_losses(r_results: Any, competing: Any) -> None:
    losses = competing["pl1"] + 2 * competing["pl2"] + 3 * competing["pl3"]
    weeks = np.array([6.0, 8, 10, 12, 14, 20, 28, 42])

    found = cumulative_incidence(exit_time=competing["exit"], cause=competing["ev"], at=weeks)
    tests = [
        gray_test(exit_time=competing["exit"], cause=competing["ev"], group=losses, of_cause=cause)
        for cause in (1, 2, 3, 4)
    ]

    oracle = r_results["S5.cuminc"]
    assert pytest.approx(np.array(oracle["est"]), abs=1e-12) == found.incidence.T
    assert pytest.approx(np.array(oracle["var"]), abs=1e-15) == found.variance.T
    wanted = r_results["S5.gray_test_by_prevloss"]["tests"]
    assert [each.statistic for each in tests] == pytest.approx([each[0] for each in wanted], rel=1e-9)
    assert tests[3].p_value == pytest.approx(wanted[3][1], rel=1e-9)


@pytest.mark.needs_shared
def test_risk_of_loss_by_week_for_three_women(r_results: Any, competing: Any, columns: Any) -> None:
    x = columns(competing)
    models = [cox(x=x, exit_time=competing["exit"], event=competing["ev"] == each) for each in (1, 2, 3, 4)]
    none, three, older = np.zeros(15), np.zeros(15), np.zeros(15)
    three[7] = older[7] = older[4] = 1.0  # three earlier losses; and aged forty or more

    risks = [
        absolute_risk(models, times=np.array([8.0, 14.0]), factors=each).risk for each in (none, three, older)
    ]

    assert np.array(risks) == pytest.approx(np.array(r_results["S5.CSC_absrisk"]["risk"]), abs=1e-8)
