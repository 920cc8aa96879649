"""A model over four sites is the model on their rows in one place, and nothing but sums leaves a site."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

from gravida.analysis.federated.messages import (
    Answer,
    Kind,
    Malformed,
    Refusal,
    Request,
    answer_in,
    request,
    request_in,
    to_json,
)
from gravida.analysis.federated.plan import FederatedPlan
from gravida.analysis.federated.rounds import SiteRefused, fit_over, site_answer
from gravida.analysis.federated.rows import SiteRows, site_rows
from gravida.analysis.fit import DidNotConverge, Fit, NotEstimable
from gravida.analysis.logistic import logistic
from gravida.analysis.survival.cox import cox
from tests.analysis.federated.sites import SITES, design, four_sites_of, plan, pooled

Sites = list[dict[str, np.ndarray]]


@pytest.fixture(scope="module")
def four_sites() -> Sites:
    return four_sites_of(rows=40_000, seed=11)


def asking(agreed: FederatedPlan, sites: Sites, *, heard: list[Answer | Refusal] | None = None) -> Callable:
    """Every message as it travels: written as JSON and read again."""
    rows = [site_rows(agreed, columns) for columns in sites]

    def ask(told: Request) -> Sequence[Answer | Refusal]:
        answers = []
        for name, own in zip(agreed.sites, rows, strict=True):
            asked = request_in(to_json(told))
            answers.append(answer_in(to_json(site_answer(own, asked, site=name))))
        if heard is not None:
            heard.extend(answers)
        return answers

    return ask


def equal_fits(found: Fit, wanted: Fit) -> None:
    assert found.estimates == pytest.approx(wanted.estimates, rel=0, abs=1e-8)
    assert found.standard_errors == pytest.approx(wanted.standard_errors, rel=1e-8)
    assert found.covariance == pytest.approx(wanted.covariance, rel=1e-7, abs=1e-12)
    assert found.model_covariance == pytest.approx(wanted.model_covariance, rel=1e-7, abs=1e-12)
    assert found.log_likelihood == pytest.approx(wanted.log_likelihood, rel=1e-10)
    assert found.null_log_likelihood == pytest.approx(wanted.null_log_likelihood, rel=1e-10)
    counts = ("n_rows", "n_events", "n_clusters", "names", "scale", "standard_errors_by")
    assert {name: getattr(found, name) for name in counts} == {name: getattr(wanted, name) for name in counts}


def test_logistic_over_sites_is_logistic_on_pooled_rows(four_sites: Sites) -> None:
    # given
    agreed, rows = plan(), pooled(four_sites)
    # when
    found = fit_over(agreed, asking(agreed, four_sites))
    # then
    names = agreed.names[1:]
    wanted = logistic(outcome=rows["early_loss"], factors=design(rows), names=names, clusters=rows["woman"])
    equal_fits(found, wanted)
    assert found.iterations <= 9


@pytest.mark.parametrize("ties", ["efron", "breslow"])
def test_cox_over_sites_is_cox_on_pooled_rows_at_the_plans_weeks(four_sites: Sites, ties: Any) -> None:
    # given
    agreed, rows = plan(f"cox_{ties}"), pooled(four_sites)
    # when
    found = fit_over(agreed, asking(agreed, four_sites))
    # then
    weeks = np.array(agreed.weeks)
    wanted = cox(
        x=design(rows),
        names=agreed.names,
        entry=weeks[np.searchsorted(weeks, rows["entry_week"], side="right") - 1],
        exit_time=weeks[np.searchsorted(weeks, rows["exit_week"])],
        event=rows["early_loss"],
        cluster=rows["woman"],
        ties=ties,
    ).fit
    equal_fits(found, wanted)


def test_weeks_that_the_data_have_already_change_no_time(four_sites: Sites) -> None:
    # given
    agreed = plan(
        "cox_breslow",
        weeks=[float(week) for week in range(2, 15)],
        terms=[{"name": "smoker", "column": "smoker", "equals": 1}],
        smallest_cell=3,
    )
    rows = pooled(four_sites)
    # when
    found = fit_over(agreed, asking(agreed, four_sites))
    # then
    wanted = cox(
        x=rows["smoker"][:, None].astype(float),
        names=agreed.names,
        entry=rows["entry_week"],
        exit_time=rows["exit_week"],
        event=rows["early_loss"],
        cluster=rows["woman"],
        ties="breslow",
    ).fit
    equal_fits(found, wanted)


def test_rows_with_missing_values_are_left_out_and_counted(four_sites: Sites) -> None:
    # given
    holed = [dict(columns) for columns in four_sites]
    holed[1]["age_years"] = np.where(np.arange(len(holed[1]["woman"])) < 40, np.nan, holed[1]["age_years"])
    holed[2]["age_years"] = np.where(np.arange(len(holed[2]["woman"])) < 3, np.nan, holed[2]["age_years"])
    heard: list[Answer | Refusal] = []
    # when
    found = fit_over(plan(), asking(plan(), holed, heard=heard))
    # then
    kept = pooled(holed)
    kept = {name: values[~np.isnan(kept["age_years"])] for name, values in kept.items()}
    wanted = logistic(
        outcome=kept["early_loss"], factors=design(kept), names=plan().names[1:], clusters=kept["woman"]
    )
    equal_fits(found, wanted)
    told = [answer.counts[3] for answer in heard if isinstance(answer, Answer) and answer.kind is Kind.COUNTS]
    assert told == [0, 40, -1, 0]
    assert found.n_left_out == 40


def test_nothing_that_leaves_a_site_is_as_long_as_its_rows_or_women(four_sites: Sites) -> None:
    # given
    heard: list[Answer | Refusal] = []
    # when
    for model in ("logistic", "cox_efron"):
        fit_over(plan(model), asking(plan(model), four_sites, heard=heard))
    # then
    fewest = min(len(np.unique(columns["woman"])) for columns in four_sites)
    for answer in heard:
        sizes = [value.size for value in vars(answer).values() if isinstance(value, np.ndarray)]
        assert max(sizes) <= 30 < fewest


def test_breslow_lets_no_sum_over_events_leave(four_sites: Sites) -> None:
    heard: list[Answer | Refusal] = []
    fit_over(plan("cox_breslow"), asking(plan("cox_breslow"), four_sites, heard=heard))
    assert all(answer.tied0.size == answer.tied1.size == 0 for answer in heard if isinstance(answer, Answer))


def test_the_coordinator_stops_where_a_site_refuses(four_sites: Sites) -> None:
    # given
    few = [*four_sites[:3], {name: values[:60] for name, values in four_sites[3].items()}]
    # when, then
    with pytest.raises(SiteRefused, match=r"west refuses round 1: .*women"):
        fit_over(plan(), asking(plan(), few))


def test_a_site_with_another_plan_refuses(four_sites: Sites) -> None:
    # given
    own = site_rows(plan(smallest_cell=6), four_sites[0])
    asked = request(plan_hash=plan().hash, round_=1, kind=Kind.COUNTS)
    # when
    told = site_answer(own, asked, site="north")
    # then
    assert isinstance(told, Refusal)
    assert told.reason == "the site holds another plan"


def test_a_site_answers_no_more_rounds_than_the_plan_has(four_sites: Sites) -> None:
    own = site_rows(plan(most_rounds=5), four_sites[0])
    asked = request(plan_hash=own.plan.hash, round_=6, kind=Kind.COUNTS)
    told = site_answer(own, asked, site="north")
    assert isinstance(told, Refusal)
    assert told.reason == "more rounds than the plan allows"


def test_a_run_that_needs_more_rounds_than_the_plan_has_ends_without_an_answer(four_sites: Sites) -> None:
    agreed = plan(most_rounds=4)
    with pytest.raises(DidNotConverge):
        fit_over(agreed, asking(agreed, four_sites))


def test_terms_that_depend_on_each_other_are_named(four_sites: Sites) -> None:
    # given
    agreed = plan(
        terms=[
            {"name": "smoker", "column": "smoker", "equals": 1},
            {"name": "smoker again", "column": "smoker"},
        ]
    )
    # when, then
    with pytest.raises(NotEstimable, match="smoker again"):
        fit_over(agreed, asking(agreed, four_sites))


@pytest.mark.parametrize(
    "estimates",
    [
        pytest.param([12.0, -20.0, 0, 0, 0], id="everybody lost but smokers"),
        pytest.param([-400.0, 0, 0, 0, 10.0], id="the oldest woman alone"),
        pytest.param([5.0, 0, 0, 0, 0], id="worse than a coin"),
    ],
)
def test_estimates_that_single_somebody_out_are_too_far(four_sites: Sites, estimates: list[float]) -> None:
    # given
    own = site_rows(plan(), four_sites[0])
    asked = request(plan_hash=plan().hash, round_=2, kind=Kind.DERIVATIVES, estimates=np.array(estimates))
    # when
    told = site_answer(own, asked, site="north")
    # then
    assert isinstance(told, Answer)
    assert told.too_far
    assert told.score.size == told.information.size == 0


def test_a_hazard_that_singles_one_woman_out_is_too_far(four_sites: Sites) -> None:
    agreed = plan("cox_efron")
    own = site_rows(agreed, four_sites[0])
    told = {"centre": np.zeros(4), "moments": np.arange(1, 6)}
    asked = request(
        plan_hash=agreed.hash, round_=2, kind=Kind.RISK_SUMS, estimates=np.array([0, 0, 0, 9.0]), **told
    )
    answer = site_answer(own, asked, site="north")
    assert isinstance(answer, Answer)
    assert answer.too_far


@pytest.mark.parametrize(
    ("model", "kind", "told", "said"),
    [
        ("logistic", Kind.RISK_SUMS, {}, "not asked of a logistic model"),
        ("logistic", Kind.DERIVATIVES, {"estimates": np.zeros(3)}, "estimates of length 3: wanted 5"),
        ("cox_efron", Kind.DERIVATIVES, {}, "not asked of a Cox model"),
        ("cox_efron", Kind.RISK_SUMS, {"estimates": np.zeros(4), "centre": np.zeros(4)}, "rising places"),
        (
            "cox_efron",
            Kind.RISK_SUMS,
            {"estimates": np.zeros(4), "centre": np.zeros(4), "moments": np.array([2])},
            "events in other weeks",
        ),
    ],
)
def test_a_request_that_is_not_one_of_the_model_is_malformed(
    four_sites: Sites, model: str, kind: Kind, told: dict[str, Any], said: str
) -> None:
    own = site_rows(plan(model), four_sites[0])
    with pytest.raises(Malformed, match=said):
        site_answer(own, request(plan_hash=own.plan.hash, round_=2, kind=kind, **told), site="north")


def test_four_sites_are_named(four_sites: Sites) -> None:
    assert plan().sites == SITES
    assert isinstance(site_rows(plan(), four_sites[0]), SiteRows)
