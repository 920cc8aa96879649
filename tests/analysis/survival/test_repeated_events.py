"""Repeated losses: clocks, orders and frailty, against R and a known truth."""

from typing import Any

import numpy as np
import pytest

from gravida.analysis.fit import NotEstimable
from gravida.analysis.survival import frailty_likelihood
from gravida.analysis.survival.frailty import gamma_frailty
from gravida.analysis.survival.recurrent import fit_recurrent, recurrent_intervals
from gravida.analysis.survival.rows import risk_rows

RECURRENT = ["age", "black", "hisp", "college"]


@pytest.fixture
def table(small_table: Any) -> Any:
    """Twenty intervals of nine women."""
    return small_table("recurrent.csv")


def intervals(table: Any, **changes: Any) -> Any:
    asked = {
        "x": table["x"][:, None],
        "start": table["s"],
        "stop": table["e"],
        "event": table["d"],
        "woman": table["w"],
        "last_order": 3,
    }
    return recurrent_intervals(**{**asked, **changes})


@pytest.mark.parametrize("ties", ["efron", "breslow"])
@pytest.mark.parametrize("clock", ["one_clock", "by_order", "gap_by_order"])
def test_three_clocks(table: Any, figures: Any, clock: Any, ties: Any) -> None:
    model = fit_recurrent(intervals(table), clock=clock, ties=ties)

    found = [model.fit.estimates[0], model.fit.standard_errors[0]]
    assert found == pytest.approx(figures[f"{clock}_{ties}"], rel=1e-9)


def test_order_counts_a_womans_own_events_wherever_her_rows_stand(table: Any) -> None:
    mixed = np.random.default_rng(2).permutation(len(table["w"]))
    shuffled = {name: values[mixed] for name, values in table.items()}

    assert list(intervals(table).order) == list(np.minimum(table["o"], 3))
    assert list(intervals(shuffled).order) == list(np.minimum(shuffled["o"], 3))


def test_intervals_of_one_woman_that_overlap_are_named(table: Any) -> None:
    wrong = table["s"].copy()
    wrong[1] = 1.0

    with pytest.raises(ValueError, match="row 1: starts at 1"):
        intervals(table, start=wrong)


def test_no_event_has_no_model(table: Any) -> None:
    with pytest.raises(NotEstimable, match="no event among 20"):
        fit_recurrent(intervals(table, event=np.zeros(20)), clock="one_clock")


@pytest.mark.parametrize("ties", ["efron", "breslow"])
@pytest.mark.parametrize("gap", [False, True])
@pytest.mark.parametrize("in_full", [False, True])
def test_frailty_of_a_given_variance(
    table: Any, figures: Any, monkeypatch: Any, ties: Any, gap: bool, in_full: bool
) -> None:
    if in_full:  # the way that is taken where women have many rows
        monkeypatch.setattr(frailty_likelihood, "_pairs", lambda *_: None)
    rows = risk_rows(
        x=table["x"][:, None],
        entry=None if gap else table["s"],
        exit_time=table["e"] - table["s"] if gap else table["e"],
    )

    model = gamma_frailty(rows, event=table["d"], cluster=table["w"], ties=ties, variance=0.8)

    found = [model.fit.estimates[0], model.fit.standard_errors[0], model.fit.log_likelihood]
    # R's inner loop creeps towards this point and stops 1e-7 before it.
    assert found == pytest.approx(figures[f"frailty_gap_{ties}" if gap else f"frailty_{ties}"], abs=5e-7)


def test_a_known_frailty_and_effect_come_back() -> None:
    generator = np.random.default_rng(8)
    women, truth, variance = 3_000, 0.5, 0.6
    frailty = generator.gamma(1 / variance, variance, women)
    x = generator.normal(size=women)
    woman, gap, event = [], [], []
    for each in range(women):
        for _ in range(3):
            time = generator.exponential(1 / (0.1 * frailty[each] * np.exp(truth * x[each])))
            woman.append(each)
            gap.append(min(time, 15.0))
            event.append(time <= 15)
    rows = risk_rows(x=x[woman][:, None], exit_time=np.array(gap))

    model = gamma_frailty(rows, event=np.array(event), cluster=np.array(woman))

    assert abs(model.fit.estimates[0] - truth) < 4 * model.fit.standard_errors[0]
    assert model.variance == pytest.approx(variance, abs=0.1)
    assert model.no_frailty.p_value < 1e-10
    assert model.without.fit.estimates[0] < model.fit.estimates[0]


def test_women_who_do_not_differ_have_no_frailty() -> None:
    # given: every woman has exactly one event, less spread than chance alone gives
    generator = np.random.default_rng(1)
    rows = risk_rows(x=generator.normal(size=(200, 1)), exit_time=generator.exponential(size=200))

    model = gamma_frailty(rows, event=np.tile([1, 0], 100), cluster=np.repeat(np.arange(100), 2))

    assert model.variance == 0
    assert model.no_frailty.p_value == 1.0
    assert model.fit.warnings == ("no_frailty_variance",)
    assert model.fit.estimates == pytest.approx(model.without.fit.estimates)


def test_a_frailty_model_takes_no_weights(table: Any) -> None:
    rows = risk_rows(x=table["x"][:, None], exit_time=table["e"], weights=np.ones(20))

    with pytest.raises(ValueError, match="takes none"):
        gamma_frailty(rows, event=table["d"], cluster=table["w"])


@pytest.mark.needs_shared
def test_frailty_of_early_losses(r_results: Any, recurrent: Any, columns: Any) -> None:
    oracle = r_results["S6.gamma_frailty"]
    rows = risk_rows(
        x=columns(recurrent, RECURRENT),
        names=RECURRENT,
        entry=recurrent["start"],
        exit_time=recurrent["stop"],
    )

    as_survival = gamma_frailty(rows, event=recurrent["event"], cluster=recurrent["wid"], search="survival")
    highest = gamma_frailty(rows, event=recurrent["event"], cluster=recurrent["wid"])

    # coxph ends its search early: its coefficients belong to 1.1625, its report says 1.1594
    assert as_survival.variance == pytest.approx(oracle["theta"], abs=1e-7)
    assert as_survival.fit.estimates == pytest.approx(list(oracle["coef"].values()), abs=1e-6)
    assert as_survival.fit.standard_errors == pytest.approx(oracle["se"], abs=1e-8)
    # coxph(frailty(wid, eps = 1e-13)) with its inner loop at 1e-12
    assert highest.variance == pytest.approx(1.15936463798561, abs=1e-6)
    assert highest.fit.log_likelihood == pytest.approx(-12684.4993082979, abs=1e-7)
    assert highest.fit.log_likelihood > as_survival.fit.log_likelihood
