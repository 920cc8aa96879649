"""FALCO's own plan on a made snapshot, from the folder to fitted models; nothing measured later enters."""

from pathlib import Path

import numpy as np
import pytest

from gravida.analysis.history import RiskTable, history
from gravida.analysis.input.mistakes import InputRejected
from gravida.analysis.input.read import read_source
from gravida.analysis.input.snapshot import write_snapshot
from gravida.analysis.input.table import Table
from gravida.analysis.logistic import logistic
from gravida.analysis.plan import definitions_beside, index_rule, read_plan
from gravida.analysis.plan_check import check_plan
from gravida.analysis.plan_check_beside import factor_places
from gravida.analysis.plan_columns import PlanColumns
from gravida.analysis.plan_rows import factor_sets
from gravida.analysis.plan_rows_any import question_rows
from gravida.analysis.simulate_snapshot import MadeCohort, simulate_snapshot, write_simulated
from gravida.analysis.simulate_woman import LATE_BMI, LATE_TPO, PREGNANT_TSH
from gravida.analysis.survival.aalen_johansen import aalen_johansen
from gravida.analysis.survival.cox import cox
from gravida.protocol.dictionary_file import read_dictionary
from gravida.protocol.plan import Plan

FOLDER = Path(__file__).resolve().parents[2] / "studies" / "falco"
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def falco() -> Plan:
    return read_plan(FOLDER)


@pytest.fixture(scope="module")
def cohort() -> MadeCohort:
    return simulate_snapshot(women=2600, generator=np.random.default_rng(20221024))


@pytest.fixture(scope="module")
def risk(falco: Plan, cohort: MadeCohort, tmp_path_factory: pytest.TempPathFactory) -> RiskTable:
    path = tmp_path_factory.mktemp("falco") / "snapshot"
    write_simulated(path, cohort)
    return history(read_source(path, falco), rule=index_rule(falco, definitions_beside(FOLDER)))


def test_the_plan_is_valid_on_the_snapshot(falco: Plan, risk: RiskTable):
    assert check_plan(falco, risk, definitions=definitions_beside(FOLDER)) == ()


def test_every_column_of_the_snapshot_is_in_the_dictionary(cohort: MadeCohort):
    names = {full.rpartition(".")[2] for full in read_dictionary(FOLDER, []).variables}
    own = {"woman", "variable", "value"}

    for grain, table in cohort.tables.items():
        assert set(table.names) - own <= names, grain
    assert set(cohort.tables["lab_value"].column("variable").words) <= names


def test_every_factor_of_every_question_is_found(falco: Plan, risk: RiskTable):
    for question in falco.questions:
        places = factor_places(falco, question, risk)
        assert [place for place in places if not place.place] == [], question.id
        assert {place.factor for place in places} == {
            id_ for _, factors in factor_sets(falco, question) for id_ in factors
        }


def test_nothing_measured_later_or_in_pregnancy_enters_any_model(falco: Plan, risk: RiskTable):
    late = {
        "body_mass": LATE_BMI,
        "tsh": PREGNANT_TSH,
        "anti_tpo": LATE_TPO,
        "nk_cells": 59.0,
        "regulatory_t_cells": 29.0,
    }

    for question in falco.questions:
        model = question.models[-1]
        for factor, value in late.items():
            rows = question_rows(falco, question, risk, model=model, factors=(factor,))
            assert len(rows) > 300, (question.id, factor)
            assert rows.x.max() < value, (question.id, factor)


def test_the_same_values_stand_in_the_tables_of_what_came_later(cohort: MadeCohort):
    # The traps are set: whoever took the last value of all would take these.
    assert (cohort.tables["lifestyle"].column("lif_bmi").numbers == LATE_BMI).sum() > 500
    assert (cohort.tables["lab_value"].column("value").numbers == LATE_TPO).sum() > 500


def test_limits_of_detection_and_reasons_reach_the_rows(falco: Plan, risk: RiskTable):
    columns = PlanColumns(plan=falco, risk=risk)
    tpo, tsh = columns.source("AAB.aab_tpo"), columns.source("HOR.hor_tsh")

    assert tpo.below is not None
    assert set(tpo.below[~np.isnan(tpo.below)].tolist()) == {9.0}
    assert tpo.reasons()["below_detection"] > 100
    assert tsh.reasons()["NPE"] > 20


def test_the_first_question_finds_its_truth(falco: Plan, risk: RiskTable, cohort: MadeCohort):
    question = falco.question("next_pregnancy")
    joint = ("age", "earlier_losses", "body_mass", "nk_cells")

    rows = question_rows(falco, question, risk, model="logistic_cluster", factors=joint)
    linear = [at for at, name in enumerate(rows.names) if "'" not in name]
    fit = logistic(
        outcome=rows.event,
        factors=rows.x[:, linear],
        names=tuple(rows.names[at] for at in linear),
        clusters=rows.woman,
    )

    truth = {
        "age": cohort.truth.loss_age,
        "earlier_losses": cohort.truth.loss_earlier,
        "body_mass": cohort.truth.loss_bmi,
        "nk_cells": cohort.truth.loss_nk,
    }
    for term in fit.terms()[1:]:
        assert abs(term.estimate - truth[term.name]) < 3.5 * term.standard_error, term.name
    assert fit.n_clusters < fit.n_rows


def test_the_time_questions_are_fitted(falco: Plan, risk: RiskTable):
    when = question_rows(
        falco, falco.question("when_lost"), risk, model="cox_delayed_entry", factors=("age",)
    )
    wait = question_rows(
        falco, falco.question("time_to_birth"), risk, model="cox_delayed_entry", factors=("age",)
    )

    assert (when.entry > 0).all()
    assert (when.time_unit, wait.time_unit) == ("weeks", "months")
    assert wait.causes == ("birth_after_waiting", "no_longer_trying", "death")
    assert wait.strata == ("1", "2", "4")
    for rows in (when, wait):
        model = cox(
            x=rows.x, exit_time=rows.exit, entry=rows.entry, event=rows.event, names=rows.names,
            strata=rows.stratum, cluster=rows.woman,
        )  # fmt: skip
        curves = aalen_johansen(exit_time=rows.exit, entry=rows.entry, cause=rows.cause, minimum_at_risk=20)
        assert model.fit.n_events == rows.event.sum() > 100
        assert 0 < curves.incidence[-1].sum() <= 1


def test_the_markers_are_screened_on_first_index_pregnancies(falco: Plan, risk: RiskTable):
    question = falco.question("markers")

    rows = question_rows(falco, question, risk, model="score_tests")

    assert len(set(rows.woman.tolist())) == len(rows)
    assert rows.names == ("nk_cells", "regulatory_t_cells")


def test_a_snapshot_without_a_factor_is_refused_with_the_tables_searched(
    falco: Plan, cohort: MadeCohort, tmp_path: Path
):
    tables = dict(cohort.tables)
    lifestyle = tables["lifestyle"]
    tables["lifestyle"] = Table(
        columns=tuple(column for column in lifestyle if column.name != "lif_bmi"), origin=lifestyle.origin
    )
    write_snapshot(tmp_path / "cut", tables, study="falco", dictionary_version="1", frozen_at="2026-11-22")

    with pytest.raises(InputRejected) as caught:
        read_source(tmp_path / "cut", falco)

    assert "column LIF.lif_bmi: found no column LIF.lif_bmi" in str(caught.value)
    assert "dated in conceptus, contact, lab_value, lifestyle" in str(caught.value)


def test_the_same_generator_makes_the_same_bytes(tmp_path: Path):
    for name in ("a", "b"):
        write_simulated(tmp_path / name, simulate_snapshot(women=20, generator=np.random.default_rng(3)))

    for file in (tmp_path / "a").iterdir():
        assert file.read_bytes() == (tmp_path / "b" / file.name).read_bytes()
    with pytest.raises(ValueError, match="0 women"):
        simulate_snapshot(women=0, generator=np.random.default_rng(3))
