"""Cox models of the stored tables, against R."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from gravida.analysis.survival.cox import CoxModel, cox

pytestmark = pytest.mark.needs_shared

RECURRENT = ["age", "black", "hisp", "college"]


def agrees(model: CoxModel, oracle: dict[str, Any], *, errors: str, coefficients: float = 1e-10) -> None:
    wanted = np.array(list(oracle["coef"].values()))
    wanted_errors = np.array(list(oracle[errors].values()))
    assert np.abs(model.fit.estimates - wanted).max() < coefficients
    assert np.abs(model.fit.standard_errors / wanted_errors - 1).max() < max(coefficients, 1e-10)
    if "loglik" in oracle:
        assert model.fit.null_log_likelihood == pytest.approx(oracle["loglik"][0], abs=1e-7)
        assert model.fit.log_likelihood == pytest.approx(oracle["loglik"][1], abs=1e-7)


def test_early_loss_with_entry_at_recognition(r_results: Any, delayed: Any, columns: Callable) -> None:
    oracle = r_results["S4.cox_efron"]

    model = cox(
        x=columns(delayed),
        names=list(oracle["coef"]),
        entry=delayed["entry"],
        exit_time=delayed["exit14"],
        event=delayed["ev14"] == 1,
        cluster=delayed["wid"],
    )

    agrees(model, oracle, errors="se_robust")
    naive = np.sqrt(np.diag(model.fit.model_covariance))
    assert np.abs(naive / np.array(list(oracle["se_naive"].values())) - 1).max() < 1e-10
    assert (model.fit.n_rows, model.fit.n_events) == (oracle["n"], oracle["events"])


def test_the_same_without_entry_is_the_biased_version(
    r_results: Any, delayed: Any, columns: Callable
) -> None:
    model = cox(
        x=columns(delayed),
        exit_time=delayed["exit14"],
        event=delayed["ev14"] == 1,
        cluster=delayed["wid"],
    )

    # R stops at a relative change of 1e-9 in the log-likelihood, 1.5e-8 away from the maximum here.
    agrees(model, r_results["S4.cox_noentry"], errors="se_robust", coefficients=5e-8)


@pytest.mark.parametrize("ties", ["efron", "breslow"])
def test_all_losses_of_a_woman_on_one_clock(r_results: Any, recurrent: Any, columns: Any, ties: Any) -> None:
    model = cox(
        x=columns(recurrent, RECURRENT),
        entry=recurrent["start"],
        exit_time=recurrent["stop"],
        event=recurrent["event"],
        cluster=recurrent["wid"],
        ties=ties,
    )

    agrees(model, r_results[f"S6.AG_{ties}"], errors="se_robust")


@pytest.mark.parametrize("ties", ["efron", "breslow"])
def test_gaps_between_losses_by_order(r_results: Any, recurrent: Any, columns: Any, ties: Any) -> None:
    model = cox(
        x=columns(recurrent, RECURRENT),
        exit_time=recurrent["gap"],
        event=recurrent["event"],
        strata=recurrent["enumc"],
        cluster=recurrent["wid"],
        ties=ties,
    )

    agrees(model, r_results[f"S6.PWP_GT_{ties}"], errors="se_robust")


@pytest.mark.parametrize("cause", [1, 2])
def test_each_cause_with_the_others_as_censored(
    r_results: Any, competing: Any, columns: Any, cause: int
) -> None:
    model = cox(
        x=columns(competing),
        exit_time=competing["exit"],
        event=competing["ev"] == cause,
        cluster=competing["wid"],
    )

    agrees(model, r_results[f"S5.csc_cause{cause}"], errors="se", coefficients=1e-8)


def test_coumarin_and_spontaneous_loss(r_results: Any, abortion: Any) -> None:
    model = cox(
        x=abortion["group"][:, None],
        entry=abortion["entry"],
        exit_time=abortion["exit"],
        event=abortion["cause"] == 3,
    )

    agrees(model, r_results["abortion.cox_spont"], errors="se")
