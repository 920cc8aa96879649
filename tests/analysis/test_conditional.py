"""Conditional logistic regression: against survival::clogit, m cases to n controls, and its refusals."""

import csv
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gravida.analysis.binomial_problems import Collinear, Separated
from gravida.analysis.conditional import conditional_logistic
from gravida.analysis.fit import NotEstimable


def _model(peer: Any) -> dict[str, Any]:
    return {
        "outcome": peer.outcome,
        "factors": peer.factors,
        "names": ("a", "b"),
        "strata": peer.woman,
    }


def test_sets_of_any_cases_and_controls_give_what_clogit_gives(peer: Any) -> None:
    # survival::clogit(method = "exact"), eps = 1e-12.
    fit = conditional_logistic(**_model(peer))

    np.testing.assert_allclose(fit.estimates, [0.9084345481076, 0.1273527140418], atol=1e-10)
    np.testing.assert_allclose(fit.standard_errors, [0.2960109988770, 0.3564012256542], rtol=1e-10)
    assert fit.log_likelihood == pytest.approx(-71.11535320797, abs=1e-9)
    assert fit.null_log_likelihood == pytest.approx(-76.19981151280, abs=1e-9)


def test_sets_without_a_case_or_without_a_control_are_counted_as_left_out(peer: Any) -> None:
    fit = conditional_logistic(**_model(peer))

    cases = {woman: peer.outcome[peer.woman == woman] for woman in np.unique(peer.woman)}
    silent = [woman for woman, outcomes in cases.items() if outcomes.min() == outcomes.max()]
    assert fit.n_left_out == np.isin(peer.woman, silent).sum() == 18
    assert fit.n_clusters == 28 - len(silent)


def test_the_recursion_is_the_sum_over_all_choices(peer: Any) -> None:
    # The likelihood of one set, written out choice by choice, at the estimate and beside it.
    fit = conditional_logistic(**_model(peer))

    def height(at: np.ndarray) -> float:
        total = 0.0
        for woman in np.unique(peer.woman):
            own = peer.woman == woman
            linear, cases = peer.factors[own] @ at, int(peer.outcome[own].sum())
            ways = [linear[list(chosen)].sum() for chosen in combinations(range(own.sum()), cases)]
            total += linear @ peer.outcome[own] - np.logaddexp.reduce(ways)
        return total

    assert height(fit.estimates) == pytest.approx(fit.log_likelihood, abs=1e-9)
    assert height(fit.estimates + np.array([0.05, 0.0])) < fit.log_likelihood
    assert height(fit.estimates - np.array([0.0, 0.05])) < fit.log_likelihood


def test_a_large_set_keeps_within_the_numbers_of_the_machine() -> None:
    random = np.random.default_rng(9)
    x = random.normal(size=3000)
    outcome = (random.random(3000) < 1 / (1 + np.exp(-(0.5 * x + 40)))).astype(int)
    outcome[random.permutation(3000)[:1500]] = 0
    strata = np.arange(3000) % 2

    fit = conditional_logistic(outcome=outcome, factors=(x + 500)[:, None], names=("x",), strata=strata)

    assert np.isfinite(fit.log_likelihood)
    assert abs(fit.estimates[0]) < 4 * fit.standard_errors[0]


def test_a_known_truth_is_found_whatever_the_sets_differ_in() -> None:
    random = np.random.default_rng(12)
    strata = np.repeat(np.arange(3000), 4)
    x = random.normal(size=12_000)
    own = 2 * random.normal(size=3000)[strata]
    outcome = random.random(12_000) < 1 / (1 + np.exp(-(0.6 * x + own - 0.5)))

    fit = conditional_logistic(outcome=outcome, factors=x[:, None], names=("x",), strata=strata)

    term = fit.term("x")
    assert term.lower < 0.6 < term.upper


def test_a_factor_that_never_differs_within_a_set_is_refused_by_name(peer: Any) -> None:
    factors = np.column_stack([peer.factors[:, 0], np.sin(peer.woman)])

    with pytest.raises(NotEstimable, match="'b' never differs within a matched set"):
        conditional_logistic(**{**_model(peer), "factors": factors})


def test_a_doubled_factor_is_refused_with_the_names(peer: Any) -> None:
    # The same but for what the set has in common.
    factors = np.column_stack([peer.factors[:, 0], 3 * peer.factors[:, 0] + peer.woman])

    with pytest.raises(Collinear, match=r"'b' .* combination of 'a'"):
        conditional_logistic(**{**_model(peer), "factors": factors})


def test_a_factor_that_foretells_the_case_is_refused_by_name(peer: Any) -> None:
    marker = peer.outcome * (np.arange(180) % 2)

    with pytest.raises(Separated) as refused:
        conditional_logistic(**{**_model(peer), "factors": np.column_stack([peer.factors[:, 0], marker])})

    assert refused.value.names == ("b",)


def test_sets_of_one_row_say_nothing(peer: Any) -> None:
    with pytest.raises(NotEstimable, match="no set holds both"):
        conditional_logistic(**{**_model(peer), "strata": np.arange(180)})


@pytest.mark.needs_shared
def test_the_matched_women_of_infert_give_the_published_figures(shared_data: Path) -> None:
    with (shared_data / "oracles/infert.csv").open() as file:
        rows = list(csv.DictReader(file))
    columns = {
        name: np.array([float(row[name]) for row in rows])
        for name in ("case", "spontaneous", "induced", "stratum")
    }

    fit = conditional_logistic(
        outcome=columns["case"],
        factors=np.column_stack([columns["spontaneous"], columns["induced"]]),
        names=("spontaneous", "induced"),
        strata=columns["stratum"],
    )

    np.testing.assert_allclose(fit.estimates, [1.985875516678, 1.409011631875], atol=1e-10)
    np.testing.assert_allclose(fit.standard_errors, [0.3524435398072, 0.3607124362489], rtol=1e-9)
    assert fit.log_likelihood == pytest.approx(-64.202236924431, abs=1e-10)
