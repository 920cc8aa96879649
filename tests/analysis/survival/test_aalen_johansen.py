"""Cumulative incidence with late entry: against R, against known truth, and at its traps."""

from typing import Any

import numpy as np
import pytest

from gravida.analysis.fit import NotEstimable
from gravida.analysis.survival.aalen_johansen import EMPTIED, FEW_AT_FIRST, aalen_johansen
from gravida.analysis.survival.entry_effect import entry_effect
from gravida.analysis.survival.intervals import interval

WEEKS = np.array([2.0, 4.0, 6.0, 8.0])


def same(curves: Any, by_r: dict[str, Any]) -> None:
    p, error = np.array(by_r["p"]), np.array(by_r["error"])
    assert curves.event_free == pytest.approx(p[:, 0], abs=1e-12)
    assert curves.incidence == pytest.approx(p[:, 1:], abs=1e-12)
    assert curves.event_free_error == pytest.approx(error[:, 0], abs=1e-12)
    assert curves.incidence_error == pytest.approx(error[:, 1:], abs=1e-12)


def test_curves_and_errors_with_late_entry(small: Any, figures: Any) -> None:
    curves = aalen_johansen(exit_time=small["exit"], entry=small["entry"], cause=small["cause"], at=WEEKS)

    same(curves, figures["curve"])


def test_curves_and_errors_with_weights(small: Any, figures: Any) -> None:
    curves = aalen_johansen(
        exit_time=small["exit"], entry=small["entry"], cause=small["cause"], weights=small["w"], at=WEEKS
    )

    same(curves, figures["curve_weights"])
    assert np.isnan(curves.greenwood_error).all()


def test_curves_and_errors_without_entry(small: Any, figures: Any) -> None:
    curves = aalen_johansen(exit_time=small["exit"], cause=small["cause"], at=WEEKS)

    same(curves, figures["curve_noentry"])


@pytest.mark.parametrize(("key", "weighted"), [("curve", False), ("curve_weights", True)])
def test_errors_by_woman_sum_her_influences(small: Any, figures: Any, key: str, weighted: bool) -> None:
    curves = aalen_johansen(
        exit_time=small["exit"],
        entry=small["entry"],
        cause=small["cause"],
        weights=small["w"] if weighted else None,
        cluster=small["woman"],
        at=np.array([6.0]),
    )

    found = [curves.event_free_error[0], *curves.incidence_error[0]]
    assert found == pytest.approx(figures[key]["by_woman"], abs=1e-12)
    assert curves.n_clusters == len(np.unique(small["woman"]))


def test_curves_given_event_free_at_week_three(small: Any, figures: Any) -> None:
    curves = aalen_johansen(
        exit_time=small["exit"], entry=small["entry"], cause=small["cause"], given_free_at=3.0, at=WEEKS[1:]
    )

    same(curves, figures["curve_after_3"])
    assert curves.n_rows == (small["exit"] > 3).sum()
    assert curves.n_left_before.sum() == ((small["exit"] <= 3) & (small["cause"] > 0)).sum()


def test_greenwood_errors_and_their_limits(small: Any, figures: Any) -> None:
    curves = aalen_johansen(
        exit_time=small["exit"], entry=small["entry"], cause=small["cause"], at=np.array([6.0])
    )

    by_r = np.array(figures["etm"])
    assert curves.incidence[0] == pytest.approx(by_r[:, 0], abs=1e-12)
    assert curves.greenwood_error[0] ** 2 == pytest.approx(by_r[:, 1], abs=1e-13)
    for at, cause in enumerate(curves.causes):
        lower, upper = curves.interval(cause=cause, errors="greenwood")
        assert [lower[0], upper[0]] == pytest.approx(by_r[at, 2:], abs=1e-12)


def test_curves_start_where_enough_are_at_risk() -> None:
    # given: one woman early, then forty
    entry = np.array([0.0] * 2 + [4.0] * 40)
    exit_time = np.array([2.0, 9.0] + [6.0] * 20 + [8.0] * 20)
    cause = np.array([1, 0] + [1] * 10 + [0] * 10 + [2] * 20)

    plain = aalen_johansen(exit_time=exit_time, entry=entry, cause=cause)
    ruled = aalen_johansen(exit_time=exit_time, entry=entry, cause=cause, minimum_at_risk=10)

    # then: the first event no longer halves the curve, and it is counted
    assert plain.incidence[0, 0] == 0.5
    assert plain.warnings == (FEW_AT_FIRST,)
    assert ruled.incidence[0, 0] == pytest.approx(10 / 41)
    assert ruled.first_risk_set == 41
    assert list(ruled.n_left_before) == [1, 0]
    assert ruled.starts_after == 4.0


def test_more_at_risk_than_ever_were_is_refused() -> None:
    with pytest.raises(NotEstimable, match="at most 3 at risk"):
        aalen_johansen(exit_time=np.array([1.0, 2, 3]), cause=np.array([1, 1, 1]), minimum_at_risk=10)


def test_a_curve_that_ends_before_others_enter_says_so() -> None:
    # given: the only woman at risk early has the event; forty come later
    entry, exit_time = np.array([0.0] + [3.0] * 40), np.array([1.0] + [5.0] * 40)
    cause = np.array([1] + [1, 0] * 20)

    alone = aalen_johansen(exit_time=exit_time, entry=entry, cause=cause)
    given = aalen_johansen(exit_time=exit_time, entry=entry, cause=cause, given_free_at=1.0)

    assert alone.incidence[-1, 0] == 1.0
    assert EMPTIED in alone.warnings
    assert given.incidence[-1, 0] == 0.5
    assert EMPTIED not in given.warnings


def test_single_rows_and_certain_events_have_no_error() -> None:
    curves = aalen_johansen(exit_time=np.array([1.0, 1.0]), cause=np.array([1, 1]))

    assert curves.incidence[0, 0] == 1.0
    assert curves.incidence_error[0, 0] == 0.0
    assert [each[0] for each in curves.interval(cause=1)] == [1.0, 1.0]


@pytest.mark.parametrize(
    ("cause", "told"),
    [
        (np.array([1.0, np.nan, 0]), "cause of row 1"),
        (np.array([1, -1, 0]), "cause of row 1"),
        (np.array([1, 0.5, 0]), "cause of row 1"),
        (np.array([1, 1]), "cause has 2 rows"),
    ],
)
def test_causes_that_are_no_codes_are_named(cause: np.ndarray, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        aalen_johansen(exit_time=np.array([1.0, 2, 3]), cause=cause)


def test_no_event_has_no_curve() -> None:
    with pytest.raises(NotEstimable, match="no event among 3"):
        aalen_johansen(exit_time=np.array([1.0, 2, 3]), cause=np.zeros(3))


def test_values_between_events_stay_as_they_were(small: Any) -> None:
    curves = aalen_johansen(exit_time=small["exit"], entry=small["entry"], cause=small["cause"])

    asked = np.array([0.2, 4.1, 100.0])
    direct = aalen_johansen(exit_time=small["exit"], entry=small["entry"], cause=small["cause"], at=asked)
    assert curves.at(asked, cause=1) == pytest.approx(direct.incidence[:, 0])
    assert curves.error_at(asked, cause=1) == pytest.approx(direct.incidence_error[:, 0])
    with pytest.raises(KeyError, match="no cause 9"):
        curves.at(asked, cause=9)


@pytest.mark.parametrize("scale", ["log-log", "logit", "log", "plain"])
def test_limits_hold_the_estimate_and_stay_probabilities(scale: Any) -> None:
    p, error = np.array([0.0, 0.02, 0.5, 0.98, 1.0]), np.array([0.0, 0.03, 0.1, 0.03, 0.0])

    lower, upper = interval(p, error, scale=scale)

    assert (lower <= p).all() and (p <= upper).all()
    assert (lower >= 0).all() and (upper <= 1).all()
    with pytest.raises(ValueError, match="level is 95"):
        interval(p, error, level=95)


def test_late_entry_gives_back_the_true_incidence() -> None:
    # given: two causes with hazards 0.03 and 0.05 a week, recognition between weeks 2 and 10
    generator = np.random.default_rng(4)
    size = 60_000
    ends = generator.exponential(1 / 0.08, size)
    cause = np.where(generator.random(size) < 0.03 / 0.08, 1, 2)
    entry = generator.uniform(0, 8, size)
    seen = ends > entry

    effect = entry_effect(exit_time=ends[seen], entry=entry[seen], cause=cause[seen], at=np.array([12.0]))

    truth = 0.03 / 0.08 * (1 - np.exp(-0.08 * 12))
    assert abs(effect.with_entry.incidence[0, 0] - truth) < 4 * effect.with_entry.incidence_error[0, 0]
    assert effect.ignored.incidence[0, 0] < truth - 0.04


@pytest.mark.needs_shared
@pytest.mark.parametrize(("key", "late"), [("S4.AJ", True), ("S4.AJ_noentry", False)])
def test_early_loss_by_week(r_results: Any, delayed: Any, key: str, late: bool) -> None:
    by_r = r_results[key]

    curves = aalen_johansen(
        exit_time=delayed["exit"],
        entry=delayed["entry"] if late else None,
        cause=delayed["ev"],
        at=np.array(by_r["time"], dtype=float),
    )

    same(curves, {"p": by_r["p"], "error": by_r["se_ij"]})


@pytest.mark.needs_shared
def test_errors_by_woman_are_wider_than_survfit_gives(r_results: Any, delayed: Any) -> None:
    by_r = r_results["S4.AJ_cluster"]
    asked = {"exit_time": delayed["exit"], "entry": delayed["entry"], "cause": delayed["ev"]}
    weeks = np.array([6.0, 14.0])

    by_row = aalen_johansen(**asked, at=np.array(r_results["S4.AJ"]["time"], dtype=float))
    by_woman = aalen_johansen(**asked, cluster=delayed["wid"], at=weeks)

    # survfit 3.5-3 leaves clusters of several states out: what it calls clustered is by row.
    same(by_row, {"p": by_r["p"], "error": by_r["se_ij"]})
    # R's own influences (influence = TRUE), summed by woman.
    summed = [[0.038996039813203, 0.039750600335338], [0.032812500300808, 0.034101524145323]]
    assert by_woman.event_free_error == pytest.approx([each[0] for each in summed], abs=1e-12)
    assert by_woman.incidence_error[:, 0] == pytest.approx([each[1] for each in summed], abs=1e-12)


@pytest.mark.needs_shared
@pytest.mark.parametrize("group", [0, 1])
def test_outcomes_with_and_without_coumarin(r_results: Any, abortion: Any, group: int) -> None:
    by_r = r_results[f"abortion.AJ.group{group}"]
    own = abortion["group"] == group

    effect = entry_effect(
        exit_time=abortion["exit"][own], entry=abortion["entry"][own], cause=abortion["cause"][own]
    )

    late = effect.with_entry
    assert late.incidence[-1] == pytest.approx(by_r["p_last"][1:], abs=1e-12)
    assert late.incidence_error[-1] == pytest.approx(by_r["se_ij_last"][1:], abs=1e-12)
    assert effect.crude == pytest.approx(list(by_r["crude"].values()), abs=1e-12)
    for at, cause in enumerate((1, 2, 3)):
        etm = by_r["etm"][f"CIF {cause}"]
        assert late.greenwood_error[-1, at] ** 2 == pytest.approx(etm["var"], rel=1e-10)
        lower, upper = late.interval(cause=cause, errors="greenwood")
        assert [lower[-1], upper[-1]] == pytest.approx([etm["lower"], etm["upper"]], abs=1e-12)


@pytest.mark.needs_shared
def test_who_counts_in_the_week_of_entry_changes_the_risk(abortion: Any) -> None:
    risks = []
    for group in (0, 1):
        own = abortion["group"] == group
        effect = entry_effect(
            exit_time=abortion["exit"][own], entry=abortion["entry"][own], cause=abortion["cause"][own]
        )
        risks.append(
            [float(each.incidence[-1, 2]) for each in (effect.ignored, effect.with_entry, effect.from_entry)]
        )

    # ignored, (entry, exit], [entry, exit]: spontaneous loss without and with coumarin
    assert np.round(risks, 3).tolist() == [[0.068, 0.161, 0.124], [0.249, 0.362, 0.312]]
