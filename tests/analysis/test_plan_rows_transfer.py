"""Rows of transfers: only those after inclusion, clustered by woman, and what was known on their day."""

from pathlib import Path

import numpy as np
import pytest

from gravida.analysis.history import RiskTable, history
from gravida.analysis.input.mistakes import InputRejected
from gravida.analysis.input.read import read_source
from gravida.analysis.logistic import logistic
from gravida.analysis.plan import index_rule, read_plan
from gravida.analysis.plan_beside import NotAnswerable
from gravida.analysis.plan_check import check_plan
from gravida.analysis.plan_check_beside import factor_places
from gravida.analysis.plan_rows import AnalysisRows
from gravida.analysis.plan_rows_any import question_rows
from gravida.analysis.plan_rows_transfer import transfer_rows
from gravida.analysis.simulate_snapshot import simulate_snapshot, write_simulated
from gravida.protocol.plan import Plan
from tests.analysis.cohort_folder import cohort_plan, folder, risk_of
from tests.analysis.plans import factor, question

FALCO = Path(__file__).resolve().parents[2] / "studies" / "falco"
ASKED = {"grain": '"transfer"', "outcome": '"nothing"', "factors": '["age"]'}
WOMEN = "woman,included,age\nA,2023-01-01,30\nB,2023-01-01,40\nC,,35"
# B's first transfer brought her second pregnancy, which had its day 0 nineteen days before it.
PREGNANCIES = """\
woman,order,ending,weeks,began,ended
A,1,miscarriage,8,2020-01-01,2020-02-26
B,1,miscarriage,8,2021-01-01,2021-02-26
B,2,miscarriage,8,2023-03-01,2023-04-26
"""
TRANSFERS = """\
woman,moved,result,embryos
A,2022-12-31,0,1
A,2023-01-01,0,1
A,2023-01-02,0,2
A,2023-05,1,1
A,2023,0,1
B,2023-03-20,1,1
B,2023-06-20,0,2
B,2023-09-20,9,1
B,2023-12-20,,1
C,2023-06-20,0,1
"""


def source(tmp_path: Path, made: Plan, **tables: str) -> RiskTable:
    path = folder(
        tmp_path / "cohort",
        **{"woman": WOMEN, "pregnancy": PREGNANCIES, "transfer": TRANSFERS, **tables},
    )
    return risk_of(path, made)


def rows(tmp_path: Path, *factors: str, **keys: str) -> AnalysisRows:
    made = cohort_plan(*(factors or (factor("age"),)), question(**(ASKED | keys)))
    return transfer_rows(made, made.questions[0], source(tmp_path, made), model="logistic_cluster")


def test_only_transfers_after_inclusion_with_a_known_result_are_rows(tmp_path: Path):
    found = rows(tmp_path)

    assert found.rows.tolist() == [2, 3, 5, 6]
    assert found.event.tolist() == [1.0, 0.0, 0.0, 1.0]
    assert found.woman.tolist() == [0, 0, 1, 1]
    assert found.causes == ("nothing", "something")
    assert {step.code: step.pregnancies_out for step in found.flow if step.pregnancies_out} == {
        "index_cannot_be_told": 2,
        "not_after_index_event": 2,
        "outcome_not_told": 2,
    }


def test_the_history_before_a_transfer_does_not_hold_the_pregnancy_that_came_of_it(tmp_path: Path):
    found = rows(
        tmp_path,
        factor("losses", "history.early_losses"),
        factor("earlier", "history.earlier_pregnancies"),
        factors='["losses", "earlier"]',
    )

    assert found.x.tolist() == [[1, 1], [1, 1], [1, 1], [2, 2]]


def test_factors_are_those_of_the_transfer_of_the_woman_or_the_last_dated_before(tmp_path: Path):
    made = cohort_plan(
        factor("age"),
        factor("embryos"),
        factor("weight"),
        question(**ASKED | {"factors": '["age", "embryos", "weight"]'}),
    )
    lifestyle = "woman,seen,weight\nA,2022-01-01,60\nA,2023-03-01,62\nA,2023-12-01,99\nB,2023-03-20,70"
    risk = source(tmp_path, made, lifestyle=lifestyle)

    found = question_rows(made, made.questions[0], risk, model="logistic_cluster")

    assert found.x.tolist() == [[30, 2, 60], [30, 1, 62], [40, 1, 70], [40, 2, 70]]
    places = factor_places(made, made.questions[0], risk)
    assert [(one.name, one.place) for one in places] == [
        ("age", "woman"),
        ("embryos", "transfer"),
        ("weight", "lifestyle"),
    ]


def test_a_column_of_pregnancies_is_none_of_a_transfer_and_the_reason_is_told(tmp_path: Path):
    made = cohort_plan(factor("weeks"), question(**ASKED | {"factors": '["weeks"]'}))

    found = factor_places(made, made.questions[0], source(tmp_path, made))

    assert [(one.place, one.why) for one in found] == [
        ("", "weeks is a column of pregnancies, which come after")
    ]


def test_the_first_transfer_of_each_woman_alone(tmp_path: Path):
    assert rows(tmp_path, rows='"first_index_pregnancy"').rows.tolist() == [2, 5]


def test_after_two_losses_transfers_count_from_the_second_on(tmp_path: Path):
    made = cohort_plan(factor("age"), question(**ASKED), index='rule = "after_losses"\nlosses = 2\n')

    found = transfer_rows(made, made.questions[0], source(tmp_path, made), model="logistic_cluster")

    assert found.rows.tolist() == [6]


@pytest.mark.parametrize(
    ("keys", "tables", "expected"),
    [
        ({"models": '["cox_breslow"]'}, {}, "wanted a model of a yes/no outcome"),
        ({}, {"transfer": "woman,result\nA,0\n"}, "found transfers without a day"),
        ({"outcome": '"birth"'}, {}, "found outcome birth, wanted a condition on the columns of transfers"),
    ],
)
def test_what_transfers_cannot_answer_is_said(tmp_path: Path, keys: dict, tables: dict, expected: str):
    models = keys.get("models", '["logistic_cluster"]')
    made = cohort_plan(factor("age"), question(**ASKED | keys))
    model = models.strip('[]"')

    with pytest.raises(NotAnswerable, match=expected):
        transfer_rows(made, made.questions[0], source(tmp_path, made, **tables), model=model)


def test_a_source_without_transfers_answers_its_other_questions(tmp_path: Path):
    made = cohort_plan(factor("age"), question(**ASKED))
    path = folder(tmp_path / "bare", woman=WOMEN, pregnancy=PREGNANCIES)
    risk = risk_of(path, made)

    with pytest.raises(NotAnswerable, match="tables pregnancy, woman, wanted a table transfer"):
        question_rows(made, made.questions[0], risk, model="logistic_cluster")
    assert check_plan(made, risk) == ()


def test_transfers_are_never_pooled_with_losses():
    shared = cohort_plan(factor("age"), question(**ASKED), question(id='"other"', outcome='"nothing"'))
    losses = cohort_plan(factor("age"), question(**ASKED | {"outcome": '"birth_awaited"'}))

    for made in (shared, losses):
        assert "transfers_pooled_with_losses" in {refusal.code for refusal in check_plan(made)}


# file | line | column and what was found
MISTAKES = [
    ("woman,moved,result\nA,2023-02-01,0\nZ,2023-02-01,0", "transfer.csv:3, column woman: found “Z”"),
    ("woman,moved,result\nA,soon,0", "transfer.csv:2, column moved: found “soon”, wanted a date"),
    ("who,moved,result\nA,2023-02-01,0", "wanted a column that names the woman"),
    ("woman,moved,result\n,2023-02-01,0", "transfer.csv:2, column woman: found no value"),
]


@pytest.mark.parametrize(("table", "expected"), MISTAKES)
def test_a_table_of_transfers_that_does_not_fit_is_refused_at_its_line(
    tmp_path: Path, table: str, expected: str
):

    with pytest.raises(InputRejected) as caught:
        source(tmp_path, cohort_plan(factor("age"), question(**ASKED)), transfer=table)

    assert expected in str(caught.value)


def test_the_truth_of_a_made_cohort_comes_back(tmp_path: Path):
    made = simulate_snapshot(women=2500, generator=np.random.default_rng(5))
    write_simulated(tmp_path / "cohort", made)
    falco = read_plan(FALCO)
    risk = history(read_source(tmp_path / "cohort", falco), rule=index_rule(falco))
    asked = falco.question("transfers")

    found = transfer_rows(falco, asked, risk, model="logistic_cluster", factors=("age",))
    plain = logistic(outcome=found.event, factors=found.x[:, :1], names=("age",), clusters=found.woman)

    transfers = sum(len(life.transfers) for life in made.lives)
    told = sum(step.pregnancies_out for step in found.flow if step.code == "outcome_not_told")
    assert len(found) + told == transfers
    slope = plain.terms()[1]
    assert abs(slope.estimate - made.truth.transfer_age) < 3 * slope.standard_error
    assert len(set(found.woman.tolist())) < len(found)
