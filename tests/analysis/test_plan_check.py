"""Plans that would mislead: each is refused with its reason, and the valid one beside it is not."""

from dataclasses import replace
from pathlib import Path

import pytest

from gravida.analysis.history import IndexRule, RiskTable, history
from gravida.analysis.input.read import read_source
from gravida.analysis.plan import index_rule, read_plan
from gravida.analysis.plan_check import cautions, check_plan
from gravida.analysis.plan_refusals import (
    REFUSALS,
    CompetingOutcomesDropped,
    DefinitionNotCountable,
    DefinitionUnknown,
    EntryIgnored,
    FactorAfterOutcome,
    LaggedOutcomeInExchangeableModel,
    LaplaceApproximation,
    MarkerTimingUnknown,
    OutcomeAsFactor,
    OutcomesOverlap,
    QualifyingLossesAsOutcomes,
    RandomInterceptWithHistory,
    Refusal,
    TooManyParameters,
    UnadjustedMarkers,
    UncontrolledMarkers,
)
from gravida.protocol.definitions_file import read_definitions
from gravida.protocol.plan import Plan
from tests.analysis.plans import BASE, OUTCOMES, cohort, factor, plan, question

FALCO = Path(__file__).resolve().parents[2] / "studies" / "falco"
AGE = factor("age")
GEE, AGQ, LAPLACE = '["gee_exchangeable"]', '["logistic_agq"]', '["logistic_laplace"]'


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return cohort(tmp_path_factory.mktemp("cohort") / "pregnancies.csv")


def risk_of(source: Path, made: Plan) -> RiskTable:
    return history(read_source(source, made), rule=index_rule(made))


def refused(made: Plan, source: Path | None = None) -> set[type[Refusal]]:
    risk = None if source is None else risk_of(source, made)
    found = check_plan(made, risk)
    assert all(row.found and row.wanted and row.reason and row.code in str(row) for row in found)
    return {type(row) for row in found}


def test_a_valid_plan_is_not_refused(source: Path):
    made = plan(OUTCOMES, AGE, factor("smokes"), question(factors='["age", "smokes"]'))

    assert refused(made) == set()
    assert refused(made, source) == set()


LAGS = [
    factor("pl", "history.early_losses"),
    factor("pl", "history.losses"),
    factor("pl", "history.longest_run"),
    factor("pl", "history.previous_was_loss"),
    factor("pl", terms='{ any = "history.early_losses >= 1" }'),
    factor("pl", "shadow") + '[[derived]]\nid = "shadow"\nvalue = "2 * moved + 1"\n'
    '[[derived]]\nid = "moved"\nvalue = "history.losses_in_a_row"\n',
]


@pytest.mark.parametrize("lag", LAGS)
def test_earlier_outcomes_by_name_do_not_go_into_models_that_share(lag: str):
    parts = (OUTCOMES, AGE, lag)
    with_lag = '["age", "pl"]'

    assert refused(plan(*parts, question(GEE, factors=with_lag))) == {LaggedOutcomeInExchangeableModel}
    assert refused(plan(*parts, question(AGQ, factors=with_lag))) == {RandomInterceptWithHistory}
    both = {LaplaceApproximation, RandomInterceptWithHistory}
    assert refused(plan(*parts, question(LAPLACE, factors=with_lag))) == both
    assert refused(plan(*parts, question(factors=with_lag))) == set()


def test_earlier_outcomes_under_another_name_are_known_by_what_they_hold(source: Path):
    # given: a column of the source that is 2.5 times the earlier losses and 1, called otherwise
    parts = (OUTCOMES, AGE, factor("renamed"))
    with_lag = '["age", "renamed"]'

    assert refused(plan(*parts, question(GEE, factors=with_lag)), source) == {
        LaggedOutcomeInExchangeableModel
    }
    assert refused(plan(*parts, question(AGQ, factors=with_lag)), source) == {RandomInterceptWithHistory}
    assert refused(plan(*parts, question(factors=with_lag)), source) == set()


def test_a_cut_of_a_renamed_count_is_still_the_count(source: Path):
    cut = factor("cut", terms='{ some = "renamed > 2" }')

    assert refused(plan(OUTCOMES, cut, question(AGQ, factors='["cut"]')), source) == {
        RandomInterceptWithHistory
    }


def test_other_factors_may_share_a_random_intercept(source: Path):
    made = plan(OUTCOMES, AGE, factor("births", "history.live_births"), question(AGQ, factors='["births"]'))

    assert refused(made, source) == set()
    found = cautions(made, risk_of(source, made))
    assert [(row.code, row.found) for row in found] == [
        ("other_ends_as_factors", "logistic_agq with live_births")
    ]


def test_laplace_is_refused_whatever_the_factors():
    assert refused(plan(OUTCOMES, AGE, question(LAPLACE))) == {LaplaceApproximation}


ROLES = '[input.columns]\nwoman = "woman"\n'


@pytest.mark.parametrize("model", ["cox_delayed_entry", "aalen_johansen", "weekly_hazards_logit"])
def test_a_known_entry_is_not_ignored(source: Path, model: str):
    made = plan(OUTCOMES, AGE, question(f'["{model}"]', entry="false"))

    assert refused(made, source) == {EntryIgnored}
    assert refused(plan(OUTCOMES, AGE, question(f'["{model}"]')), source) == set()


def test_a_named_week_of_recognition_is_not_ignored_before_data_are_read(tmp_path: Path):
    text = "\n".join((BASE, OUTCOMES, AGE, question('["cox_breslow"]', entry="false")))
    path = tmp_path / "plan.toml"
    path.write_text(text.replace('woman = "woman"', 'woman = "woman"\nrecognised_week = "week"'))

    assert refused(read_plan(path)) == {EntryIgnored}


def test_qualifying_losses_are_never_outcomes(source: Path, tmp_path: Path):
    parts = (OUTCOMES, AGE)
    after = 'rule = "after_losses"\nlosses = 2'

    def with_rule(rule: str, asked: str) -> Plan:
        path = tmp_path / "plan.toml"
        path.write_text("\n".join((BASE.replace('rule = "every_pregnancy"', rule), *parts, asked)))
        return read_plan(path)

    # the plan does not say from when
    assert refused(with_rule("", question())) == {QualifyingLossesAsOutcomes}
    # it says so, and then takes every pregnancy
    every = question('["firth"]', rows='"every_pregnancy"')
    assert refused(with_rule(after, every)) == {QualifyingLossesAsOutcomes}
    assert refused(with_rule(after, question('["firth"]')), source) == set()
    # a table of rows that the plan's rule would not have let in
    made = with_rule(after, question('["firth"]'))
    risk = history(read_source(source, made), rule=IndexRule())
    assert {type(row) for row in check_plan(made, risk)} == {QualifyingLossesAsOutcomes}


def test_women_are_not_chosen_by_a_count_that_holds_the_outcomes(source: Path):
    # given: all_losses, a column with each woman's losses over all her pregnancies
    chosen = question('["firth"]', where='"all_losses >= 2"')
    before = question('["firth"]', where='"history.early_losses >= 2"')

    assert refused(plan(OUTCOMES, AGE, chosen), source) == {QualifyingLossesAsOutcomes}
    assert refused(plan(OUTCOMES, AGE, before), source) == set()


@pytest.mark.parametrize(
    "bad",
    [
        factor("bad", "weeks"),
        factor("bad", terms="{ x = \"ending = 'live_birth'\" }"),
        factor("bad", "hidden") + '[[derived]]\nid = "hidden"\nvalue = "weeks * 7"\n',
        factor("early_loss", "age"),
    ],
)
def test_the_outcome_is_no_factor(bad: str):
    id_ = "early_loss" if 'id = "early_loss"' in bad else "bad"

    assert refused(plan(OUTCOMES, bad, question(factors=f'["{id_}"]'))) == {OutcomeAsFactor}


@pytest.mark.parametrize("bad", [factor("told_end"), factor("season", shape='"categories"')])
def test_the_outcome_under_another_name_is_known_by_what_it_holds(source: Path, bad: str):
    name = "told_end" if "told_end" in bad else "season"
    made = plan(OUTCOMES, bad, question('["ridge"]', factors=f'["{name}"]'))

    assert refused(made, source) == {OutcomeAsFactor}


@pytest.mark.parametrize("timing", ["during_index", "after_outcome"])
def test_what_is_measured_after_the_outcome_is_no_factor(timing: str):
    late = factor("late", "smokes", timing=f'"{timing}"')

    assert refused(plan(OUTCOMES, late, question(factors='["late"]'))) == {FactorAfterOutcome}


FAMILY = """\
[[family]]
id = "markers"
name.en = "Markers"
name.fr = "Marqueurs"
control = "CONTROL"
markers = true
"""


def markers(control: str, **keys: str) -> Plan:
    keys = {"family": '"markers"', "adjust_for": '["age"]'} | keys
    found = [factor(id_, "smokes", **keys) for id_ in ("one", "two")]
    return plan(FAMILY.replace("CONTROL", control), OUTCOMES, AGE, *found, question(factors='["one"]'))


def test_markers_are_adjusted_timed_and_controlled():
    assert refused(markers("benjamini_hochberg")) == set()
    assert refused(markers("none")) == {UncontrolledMarkers}
    assert refused(markers("holm", adjust_for="[]")) == {UnadjustedMarkers}
    assert refused(markers("holm", timing="")) == {MarkerTimingUnknown}


def test_factors_that_are_screened_are_adjusted_too():
    assert refused(plan(OUTCOMES, AGE, question('["score_tests"]'))) == {UnadjustedMarkers}


def test_competing_outcomes_are_not_dropped(source: Path):
    alone = OUTCOMES.replace('competing = ["birth", "late_loss", "induced"]', "", 1)
    some = OUTCOMES.replace('competing = ["birth", "late_loss", "induced"]', 'competing = ["birth"]', 1)
    aside = {"set_aside": '["induced"]', "set_aside_why": '"told"'}

    assert refused(plan(alone, AGE, question())) == {CompetingOutcomesDropped}
    assert refused(plan(some, AGE, question()), source) == {CompetingOutcomesDropped}
    assert refused(plan(OUTCOMES, AGE, question(**aside)), source) == set()
    timed = question('["cox_delayed_entry"]', **aside)
    assert refused(plan(OUTCOMES, AGE, timed)) == {CompetingOutcomesDropped}


def test_outcomes_of_a_question_do_not_overlap(source: Path):
    wide = OUTCOMES.replace("ending = 'live_birth'\"", "ending in ('live_birth', 'miscarriage')\"")

    assert refused(plan(wide, AGE, question()), source) == {OutcomesOverlap}


def test_more_parameters_than_the_rows_carry_need_penalisation(tmp_path: Path):
    few = cohort(tmp_path / "few.csv", women=40)
    parts = (OUTCOMES, AGE, factor("smokes"))
    asked = {"factors": '["age", "smokes"]'}

    assert refused(plan(*parts, question(**asked)), few) == {TooManyParameters}
    assert refused(plan(*parts, question('["cox_delayed_entry"]', **asked)), few) == {TooManyParameters}
    assert refused(plan(*parts, question('["firth"]', **asked)), few) == set()
    assert refused(plan(*parts, question('["conditional_logistic"]', **asked)), few) == set()


def test_the_c_statistic_of_the_plan_sets_how_many_parameters_there_may_be(source: Path):
    parts = (OUTCOMES, AGE, factor("smokes"), question(factors='["age", "smokes"]'))

    assert refused(plan(*parts, "[thresholds]\nriley_c = 0.52\n"), source) == {TooManyParameters}
    assert refused(plan(*parts, "[thresholds]\nriley_c = 0.7\n"), source) == set()


def test_a_definition_is_one_that_is_given(source: Path):
    made = plan(OUTCOMES, AGE, question('["firth"]'))
    event = replace(made.index_event, rule="after_losses", definition="RCOG_2023")
    named, made_up = replace(made, index_event=event), replace(event, definition="MINE_2030")
    known = read_definitions(FALCO)

    assert {type(row) for row in check_plan(named)} == {DefinitionUnknown}
    assert check_plan(named, definitions=known) == ()
    assert {type(row) for row in check_plan(replace(made, index_event=made_up), definitions=known)} == {
        DefinitionUnknown
    }
    stopped = replace(made, index_event=replace(event, definition="CNGOF_2014"))
    risk = risk_of(source, made)
    assert {type(row) for row in check_plan(stopped, risk, definitions=known)} == {DefinitionNotCountable}


def test_every_reason_has_its_own_code_and_sentence():
    codes = [refusal.code for refusal in REFUSALS]

    assert len(set(codes)) == len(codes) == 18
    assert len({refusal.reason for refusal in REFUSALS}) == 18
    assert set(REFUSALS) == set(Refusal.__subclasses__())


@pytest.mark.parametrize("name", ["nsfg", "etm", "infert", FALCO])
def test_the_plans_that_come_along_are_not_refused(name: str | Path):
    assert check_plan(read_plan(name), definitions=read_definitions(FALCO)) == ()
