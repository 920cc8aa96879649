"""Repeated losses from a plan: the stored results from raw survey rows, intervals in words, refusals."""

import json
from pathlib import Path

import numpy as np
import pytest

from gravida.analysis.history import IndexRule, history
from gravida.analysis.input.read import read_source
from gravida.analysis.plan import BUILT_IN, index_rule, read_plan
from gravida.analysis.plan_beside import NotAnswerable
from gravida.analysis.plan_check import check_plan
from gravida.analysis.plan_rows import AnalysisRows, factor_sets
from gravida.analysis.plan_rows_recurrent import fit_recurrent_rows, recurrent_rows
from gravida.protocol.plan import Plan
from tests.analysis.plans import OUTCOMES, factor, plan, question

MODELS = '["recurrent_andersen_gill", "recurrent_total_times", "recurrent_gap_times", "recurrent_frailty"]'
TABLE = """\
woman,order,ending,weeks,began,ended,followed_until,age,town
A,1,miscarriage,8,0,2,40,20,Lyon
A,2,live_birth,39,10,19,40,21,Lyon
A,3,miscarriage,9,24,26,40,22,Lyon
B,1,live_birth,39,100,109,130,30,Paris
C,1,miscarriage,8,50,52,60,,Nice
D,1,miscarriage,8,,,60,25,Nice
"""
INPUT = '[input]\ntimes_in = "months"\n'
AGED = factor("aged", terms="""{ aged = "age + interval.years" }""")


def rows(tmp_path: Path, made: Plan, rule: IndexRule | None = None) -> AnalysisRows:
    path = tmp_path / "pregnancies.csv"
    path.write_text(TABLE, encoding="utf-8")
    return recurrent_rows(made, made.questions[0], history(read_source(path, made), rule=rule))


def in_months(*parts: str) -> Plan:
    return plan(INPUT, OUTCOMES, *parts)


def test_intervals_run_from_the_first_conception_from_loss_to_loss(tmp_path: Path):
    made = in_months(AGED, question(MODELS, factors='["aged"]'))

    found = rows(tmp_path, made)

    # Losses fall in the middle of the month they are told in; follow-up ends a month after the last news.
    assert found.entry.tolist() == [0.0, 2.5, 26.5, 0.0]
    assert found.exit.tolist() == [2.5, 26.5, 41.0, 31.0]
    assert found.event.tolist() == [1.0, 1.0, 0.0, 0.0]
    assert found.stratum.tolist() == [0, 1, 2, 0]
    assert found.x[:, 0] == pytest.approx([20.0, 20 + 2.5 / 12, 20 + 26.5 / 12, 30.0])
    out = {step.code: step.women_out for step in found.flow if step.women_out}
    assert out == {"no_first_conception_or_follow_up": 1, "factor_missing:aged": 1}
    assert found.time_unit == "months"


def test_women_are_chosen_by_what_was_so_at_their_first_conception(tmp_path: Path):
    made = in_months(AGED, question(MODELS, factors='["aged"]', where="\"town = 'Paris'\""))

    assert rows(tmp_path, made).event.tolist() == [0.0]


@pytest.mark.parametrize("kind", ["after_losses", "after_inclusion"])
def test_a_clock_that_begins_after_certain_losses_is_not_answered(tmp_path: Path, kind: str):
    made = in_months(AGED, question(MODELS, factors='["aged"]'))

    with pytest.raises(NotAnswerable, match=f"found the rule {kind}, wanted every_pregnancy"):
        rows(tmp_path, made, IndexRule(kind=kind, losses=1))


@pytest.mark.parametrize("lag", ["early_losses", "losses_immediately_before", "previous_was_loss"])
def test_earlier_losses_as_factors_of_their_own_repetition_are_refused(lag: str):
    made = in_months(factor("earlier", f"history.{lag}"), question(MODELS, factors='["earlier"]'))

    refusals = check_plan(made)

    assert [refusal.code for refusal in refusals] == ["history_in_recurrent_model"]
    assert f"earlier, which reads {lag}" in str(refusals[0])


def test_other_history_is_allowed_and_a_lag_behind_a_derived_column_is_not():
    derived = '[[derived]]\nid = "hidden"\nvalue = "history.losses * 2"\n'
    births = in_months(factor("births", "history.live_births"), question(MODELS, factors='["births"]'))
    hidden = plan(INPUT, derived, OUTCOMES, factor("hidden"), question(MODELS, factors='["hidden"]'))

    assert check_plan(births) == ()
    assert [refusal.code for refusal in check_plan(hidden)] == ["history_in_recurrent_model"]


def test_a_factor_that_reads_intervals_is_for_questions_on_repeated_losses_alone():
    made = in_months(
        AGED,
        factor("age"),
        question(factors="[]"),
        question(MODELS, id='"again"', factors="[]"),
    )

    assert factor_sets(made, made.questions[0]) == (("age", ("age",)),)
    assert [about for about, _ in factor_sets(made, made.questions[1])] == ["aged", "age"]


def test_another_model_is_named():
    with pytest.raises(ValueError, match="wanted one of recurrent_andersen_gill"):
        fit_recurrent_rows(None, model="cox_breslow")  # type: ignore[arg-type]


SURVEY_FACTORS = (
    factor("age_then", family='"history"', terms="""{ age_then = "age + interval.years" }"""),
    factor(
        "two_origins",
        family='"circumstances"',
        terms="""{ black_alone = "hisprace = 3", hispanic = "hisprace = 1" }""",
    ),
)


@pytest.fixture(scope="module")
def survey_rows(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> AnalysisRows:
    path = tmp_path_factory.mktemp("plan") / "plan.toml"
    asked = question(MODELS, id='"repeated"', factors='["age_then", "two_origins", "college"]')
    built_in = (BUILT_IN / "nsfg.toml").read_text(encoding="utf-8")
    path.write_text("\n".join((built_in, *SURVEY_FACTORS, asked)), encoding="utf-8")
    made = read_plan(path)
    risk = history(read_source(shared_data / "nsfg" / "2002FemPreg.dat.gz", made), rule=index_rule(made))
    return recurrent_rows(made, made.question("repeated"), risk)


def stored(shared_data: Path, key: str) -> dict:
    return json.loads((shared_data / "oracles" / "r_results.json").read_text(encoding="utf-8"))[key]


@pytest.mark.needs_shared
@pytest.mark.parametrize(
    ("model", "key"), [("recurrent_andersen_gill", "AG"), ("recurrent_gap_times", "PWP_GT")]
)
@pytest.mark.parametrize("ties", ["efron", "breslow"])
def test_raw_survey_rows_give_the_stored_models(
    shared_data: Path, survey_rows: AnalysisRows, model: str, key: str, ties: str
):
    expected = stored(shared_data, f"S6.{key}_{ties}")

    fit = fit_recurrent_rows(survey_rows, model=model, ties=ties).fit

    assert fit.estimates == pytest.approx(list(expected["coef"].values()), abs=1e-8)
    assert fit.standard_errors == pytest.approx(list(expected["se_robust"].values()), rel=1e-7)
    assert (fit.n_rows, fit.n_events, fit.n_clusters) == (6593, 1560, 5033)


# R 4.2.2, survival 3.5.3: coxph(Surv(start, stop, event) ~ age + black + hisp + college + strata(enumc),
# cluster = wid) on the stored set S6.
TOTAL_TIMES = {
    "efron": (
        (0.013067216301353, -0.252386405439068, -0.152216448526015, -0.013241822462496),
        (0.0058069989279517, 0.0704852421372794, 0.0684215178722444, 0.0659652805286006),
    ),
    "breslow": (
        (0.012887915102906, -0.250473154567684, -0.150534865655596, -0.014159442270257),
        (0.0057406295742182, 0.0699013853322477, 0.0678462521036612, 0.0654050287113881),
    ),
}


@pytest.mark.needs_shared
@pytest.mark.parametrize("ties", list(TOTAL_TIMES))
def test_the_order_of_losses_on_one_clock_is_that_of_r(survey_rows: AnalysisRows, ties: str):
    fit = fit_recurrent_rows(survey_rows, model="recurrent_total_times", ties=ties).fit

    assert fit.estimates == pytest.approx(TOTAL_TIMES[ties][0], abs=1e-8)
    assert fit.standard_errors == pytest.approx(TOTAL_TIMES[ties][1], rel=1e-7)


@pytest.mark.needs_shared
def test_the_frailty_of_women_is_the_stored_one(shared_data: Path, survey_rows: AnalysisRows):
    expected = stored(shared_data, "S6.gamma_frailty")

    found = fit_recurrent_rows(survey_rows, model="recurrent_frailty", search="survival")
    highest = fit_recurrent_rows(survey_rows, model="recurrent_frailty")

    assert found.fit.estimates == pytest.approx(list(expected["coef"].values()), abs=1e-6)
    assert found.fit.standard_errors == pytest.approx(expected["se"], rel=1e-6)
    assert found.variance == pytest.approx(expected["theta"], abs=1e-6)
    assert highest.fit.log_likelihood >= found.fit.log_likelihood - 1e-6
    assert np.abs(highest.variance - found.variance) < 1e-3
    assert highest.no_frailty_p_value < 1e-6
