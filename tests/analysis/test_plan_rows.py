"""The rows and terms of a question, and what models fitted to them give."""

import json
from pathlib import Path

import numpy as np
import pytest

from gravida.analysis.conditional import conditional_logistic
from gravida.analysis.history import history
from gravida.analysis.input.mistakes import InputRejected
from gravida.analysis.input.read import read_source
from gravida.analysis.logistic import logistic
from gravida.analysis.plan import index_rule, read_plan
from gravida.analysis.plan_check import check_plan
from gravida.analysis.plan_rows import AnalysisRows, analysis_rows, factor_sets
from gravida.analysis.plan_sensitivity import with_closed_entry, with_weeks_moved, without_entry
from gravida.analysis.survival.cox import cox
from gravida.protocol.plan import Plan
from tests.analysis.plans import OUTCOMES, factor, plan, question

TABLE = """\
woman,order,ending,weeks,recognised_week,age,town
A,1,miscarriage,8,5,30,Lyon
A,2,live_birth,39,6,32,Lyon
B,1,termination,9,4,25,Paris
B,2,miscarriage,16,,27,Paris
C,1,ongoing,6,5,40,
D,1,unknown,,5,41,Nice
E,1,live_birth,40,16,NA,Nice
F,1,miscarriage,4,7,35,Nice
"""


def rows(tmp_path: Path, made: Plan, model: str = "logistic_cluster", **keys: object) -> AnalysisRows:
    path = tmp_path / "pregnancies.csv"
    path.write_text(TABLE, encoding="utf-8")
    risk = history(read_source(path, made))
    return analysis_rows(made, made.questions[0], risk, model=model, **keys)


def steps(found: AnalysisRows) -> dict[str, int]:
    return {step.code: step.pregnancies_out for step in found.flow if step.pregnancies_out}


ASIDE = {"set_aside": '["induced"]', "set_aside_why": '"told"'}


def test_every_row_left_out_is_counted_under_its_reason(tmp_path: Path):
    found = rows(tmp_path, plan(OUTCOMES, factor("age"), question(**ASIDE)))

    assert steps(found) == {
        "set_aside:induced": 1,
        "ongoing": 1,
        "outcome_not_told": 1,
        "factor_missing:age": 1,
    }
    assert found.event.tolist() == [1.0, 0.0, 0.0, 1.0]
    assert found.cause.tolist() == [1, 2, 3, 1]
    assert found.causes == ("early_loss", "birth", "late_loss", "induced")
    assert found.x[:, 0].tolist() == [30.0, 32.0, 27.0, 35.0]
    assert found.n_left_out == 1
    assert [step.pregnancies for step in found.flow][:: len(found.flow) - 1] == [8, 4]


def test_rows_with_a_missing_factor_stay_for_imputation(tmp_path: Path):
    found = rows(tmp_path, plan(OUTCOMES, factor("age"), question(**ASIDE)), keep_missing=True)

    assert np.isnan(found.x).sum() == 1
    assert len(found) == 5


def test_time_models_begin_at_recognition_and_end_in_the_middle_of_a_week(tmp_path: Path):
    made = plan(OUTCOMES, factor("age"), question('["cox_delayed_entry"]', factors="[]", horizon_weeks="14"))
    found = rows(tmp_path, made, "cox_delayed_entry", factors=())

    assert steps(found) == {
        "end_week_not_known": 1,
        "entry_not_known": 1,
        "entered_after_the_end": 1,
        "entered_after_the_horizon": 1,
    }
    assert found.entry.tolist() == [5.0, 6.0, 4.0, 5.0]
    assert found.exit.tolist() == [8.5, 14.0, 9.5, 6.5]
    assert found.cause.tolist() == [1, 0, 4, 0]


def test_a_first_index_pregnancy_is_one_per_woman(tmp_path: Path):
    found = rows(tmp_path, plan(OUTCOMES, factor("age"), question(rows='"first_index_pregnancy"', **ASIDE)))

    assert len(set(found.woman.tolist())) == len(found)


def test_a_population_leaves_out_and_says_where_it_cannot_tell(tmp_path: Path):
    found = rows(tmp_path, plan(OUTCOMES, factor("age"), question(where="\"town != 'Lyon'\"", **ASIDE)))

    assert steps(found)["not_in_question"] == 2
    assert steps(found)["question_cannot_be_told"] == 1


def test_categories_stand_against_their_reference(tmp_path: Path):
    town = factor("town", shape='"categories"', reference='"Nice"')
    found = rows(tmp_path, plan(OUTCOMES, town, question(factors='["town"]')))

    # Whoever goes on is no row, so that her town is no category.
    assert found.names == ("town=Lyon", "town=Paris")
    assert found.x.tolist() == [[1, 0], [1, 0], [0, 1], [0, 1], [0, 0], [0, 0]]


def test_groups_and_strata_are_kept_by_their_words(tmp_path: Path):
    found = rows(tmp_path, plan(OUTCOMES, factor("age"), question(by='"town"', strata='"age"')))

    assert found.groups == ("Lyon", "Nice", "Paris")
    assert [found.groups[at] for at in found.group] == ["Lyon", "Lyon", "Paris", "Paris", "Nice"]
    assert [found.strata[at] for at in found.stratum] == ["30", "32", "25", "27", "35"]


def test_each_factor_gets_a_model_of_its_own_where_a_question_names_none():
    made = plan(OUTCOMES, factor("age"), factor("smokes", adjust_for='["age"]'), question(factors="[]"))

    assert factor_sets(made, made.questions[0]) == (("age", ("age",)), ("smokes", ("smokes", "age")))


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("8,5,30", "eight,5,30", "csv:2, column weeks: found “eight”, wanted a number"),
        ("8,5,30", "88,5,30", "csv:2, column weeks: found “88”, wanted 0 to 60 weeks"),
        ("A,2", ",2", "csv:3, column woman: found no value, wanted the woman of the row"),
        ("A,2", "A,2.5", "csv:3, column order: found “2.5”, wanted a whole number, 0 or more"),
        ("live_birth,39", "birth,39", "csv:3, column ending: found “birth”, wanted one of biochemical"),
        (",30,Lyon", ",old,Lyon", "csv:2, column age: found “old”, wanted a number"),
        ("age,town", "years,town", "csv, column age: found no column age, wanted every column"),
        ("woman,order", "wife,order", "csv: found columns wife"),
    ],
)
def test_a_source_that_does_not_fit_is_refused_at_its_line(tmp_path: Path, old: str, new: str, expected: str):
    path = tmp_path / "pregnancies.csv"
    assert old in TABLE
    path.write_text(TABLE.replace(old, new, 1), encoding="utf-8")

    with pytest.raises(InputRejected) as caught:
        read_source(path, plan(OUTCOMES, factor("age"), question()))

    assert expected in str(caught.value)


def test_told_weeks_move_for_a_sensitivity_analysis(tmp_path: Path):
    path = tmp_path / "pregnancies.csv"
    path.write_text(TABLE, encoding="utf-8")
    made = plan(OUTCOMES, factor("age"), question())
    found = read_source(path, made)

    later = with_weeks_moved(found, made, weeks=6)

    assert later.weeks[[0, 3]].tolist() == [14.0, 22.0]
    assert history(later).is_early_loss.sum() == 1
    moved = analysis_rows(made, made.questions[0], history(later), model="logistic_cluster")
    assert moved.event.sum() == 1
    assert np.nanmin(with_weeks_moved(found, made, weeks=-9).weeks) == 0


def test_without_entry_and_with_closed_entry(tmp_path: Path):
    path = tmp_path / "pregnancies.csv"
    path.write_text(TABLE, encoding="utf-8")
    made = plan(OUTCOMES, factor("age"), question('["aalen_johansen"]', factors="[]"))
    risk = history(read_source(path, made))

    bare = analysis_rows(made, without_entry(made.questions[0]), risk, model="aalen_johansen", factors=())

    assert set(bare.entry.tolist()) == {0.0}
    assert with_closed_entry(risk).entry[0] == 4.75


def oracle(shared_data: Path, key: str) -> dict:
    return json.loads((shared_data / "oracles" / "r_results.json").read_text(encoding="utf-8"))[key]


def survey(shared_data: Path, name: str, question_id: str, model: str) -> AnalysisRows:
    made = read_plan("nsfg")
    risk = history(read_source(shared_data / "nsfg" / name, made), rule=index_rule(made))
    assert check_plan(made, risk) == ()
    return analysis_rows(made, made.question(question_id), risk, model=model)


@pytest.mark.needs_shared
def test_the_primary_model_on_the_raw_survey_is_that_of_the_stored_set(shared_data: Path):
    found = survey(shared_data, "2002FemPreg.dat.gz", "next_outcome", "logistic_cluster")
    fit = logistic(outcome=found.event, factors=found.x, names=found.names, clusters=found.woman)
    expected = oracle(shared_data, "S1_2002.logit")

    for name, value in expected["coef"].items():
        term = "intercept" if name == "(Intercept)" else name
        estimate = next(t for t in fit.terms() if t.name.strip("()").lower() == term.lower())
        assert estimate.estimate == pytest.approx(value, abs=1e-8), name


# cycle's file | odds ratios after 1, 2 and 3 or more early losses
RATIOS = {"2002FemPreg.dat.gz": (1.52, 2.50, 4.31), "2006_2010_FemPreg.dat.gz": (1.60, 2.92, 6.24)}


@pytest.mark.needs_shared
@pytest.mark.parametrize("name", list(RATIOS))
def test_the_risk_rises_with_each_earlier_loss_as_in_registers(shared_data: Path, name: str):
    found = survey(shared_data, name, "next_outcome", "logistic_cluster")
    fit = logistic(outcome=found.event, factors=found.x, names=found.names, clusters=found.woman)

    ratios = [float(np.exp(fit.term(term).estimate)) for term in ("pl1", "pl2", "pl3")]

    assert ratios == pytest.approx(RATIOS[name], abs=0.005)
    assert 1.3 < ratios[0] < 1.9 < ratios[1] < 3.0 < ratios[2]


# R 4.2.2, survival 3.5.3, coxph by Efron with cluster(wid) on the stored delayed-entry set cut to one cycle:
# rows | coefficients | robust standard errors of pl1, pl2, pl3
BY_CYCLE = {
    "2002FemPreg.dat.gz": (
        3_930,
        (0.365334084016, 0.735095212508, 1.214595224269),
        (0.103011686608, 0.158294814170, 0.222792769788),
    ),
    "2006_2010_FemPreg.dat.gz": (
        6_072,
        (0.321944704499, 0.824978433174, 1.365559493952),
        (0.081527986640, 0.130507282804, 0.154015819194),
    ),
}


@pytest.mark.needs_shared
@pytest.mark.parametrize("name", list(BY_CYCLE))
def test_the_delayed_entry_model_on_a_raw_file_is_r_s_on_that_cycle(shared_data: Path, name: str):
    rows, coefficients, errors = BY_CYCLE[name]
    found = survey(shared_data, name, "when_lost", "cox_delayed_entry")

    fit = cox(
        x=found.x,
        exit_time=found.exit,
        event=found.event,
        entry=found.entry,
        names=found.names,
        cluster=found.woman,
    ).fit

    terms = [fit.term(term) for term in ("pl1", "pl2", "pl3")]
    assert len(found) == rows
    assert [term.estimate for term in terms] == pytest.approx(coefficients, abs=1e-8)
    assert [term.standard_error for term in terms] == pytest.approx(errors, rel=1e-7)


@pytest.mark.needs_shared
def test_delayed_entry_by_exposure_is_as_in_r(shared_data: Path):
    made = read_plan("etm")
    risk = history(read_source(shared_data / "oracles" / "etm_abortion.csv", made))
    found = analysis_rows(made, made.question("hazard"), risk, model="cox_delayed_entry")

    model = cox(x=found.x, exit_time=found.exit, event=found.event, entry=found.entry, names=found.names)

    expected = oracle(shared_data, "abortion.cox_spont")
    assert check_plan(made, risk) == ()
    assert model.fit.estimates[0] == pytest.approx(expected["coef"]["group"], abs=1e-8)


@pytest.mark.needs_shared
def test_matched_sets_are_as_in_r(shared_data: Path):
    made = read_plan("infert")
    risk = history(read_source(shared_data / "oracles" / "infert.csv", made))
    found = analysis_rows(made, made.question("matched"), risk, model="conditional_logistic")

    fit = conditional_logistic(outcome=found.event, factors=found.x, names=found.names, strata=found.stratum)

    expected = oracle(shared_data, "infert.clogit")["coef"]
    assert check_plan(made, risk) == ()
    assert dict(zip(fit.names, fit.estimates, strict=True)) == pytest.approx(expected, abs=1e-8)
