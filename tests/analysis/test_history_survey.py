"""The sets and counts that the survey's raw files give, column by column against those at hand."""

import json
from pathlib import Path

import numpy as np
import pytest

from gravida.analysis.fit import FloatArray
from gravida.analysis.history import IndexRule, RiskTable, history
from gravida.analysis.history_facts import Facts, facts
from gravida.analysis.history_recurrent import recurrent_losses
from gravida.analysis.input.pregnancies import Pregnancies
from gravida.analysis.input.read import read_source, read_table
from gravida.analysis.input.table import Table
from gravida.analysis.plan import index_rule, read_plan
from gravida.analysis.plan_columns import PlanColumns
from gravida.analysis.plan_rows import AnalysisRows, analysis_rows

pytestmark = pytest.mark.needs_shared
FILES = {"2002": "2002FemPreg.dat.gz", "2006_2010": "2006_2010_FemPreg.dat.gz"}
PLAN = read_plan("nsfg")


@pytest.fixture(scope="module")
def cycles(shared_data: Path) -> dict[str, Pregnancies]:
    return {cycle: read_source(shared_data / "nsfg" / name, PLAN) for cycle, name in FILES.items()}


def rows_of(risk: RiskTable, question: str, model: str) -> AnalysisRows:
    return analysis_rows(PLAN, PLAN.question(question), risk, model=model)


def stored(shared_data: Path, name: str, cycle: str | None = None) -> Table:
    table = read_table(shared_data / "oracles" / name)
    if cycle is None or "cycle" not in table:
        return table
    written = np.array(table.column("cycle").texts())
    return table.at(np.flatnonzero(written == cycle))


def numbers(table: Table, name: str) -> FloatArray:
    """A stored column; one that is empty throughout is NaN."""
    column = table.column(name)
    return np.where(column.is_missing, np.nan, column.numbers)


# stored column | the same in the survey's own file
SOURCE = {
    "pregordr": "pregordr",
    "weeks": "prglngth",
    "learnprg": "learnprg",
    "datecon": "datecon",
    "datend": "datend",
    "cmintvw": "cmintvw",
    "sest": "sest",
    "priorsmk": "priorsmk",
    "poverty": "poverty",
    "hieduc": "hieduc",
}


WORDS = {"1": "live", "2": "induced", "3": "still", "4": "loss", "5": "ectopic"}


def survey_column(pregnancies: Pregnancies, shared_data: Path, cycle: str, name: str) -> FloatArray:
    if name in pregnancies.table:
        return pregnancies.table.column(name).numbers
    whole = read_table(shared_data / "nsfg" / FILES[cycle], only=[name])
    return whole.column(name).numbers


def assert_every_column(
    table: Table, found: AnalysisRows, risk: RiskTable, *, shared_data: Path, cycle: str, first: int
) -> None:
    """The stored rows are the rows found, column by column, women counted from `first`."""
    source = risk.rows[found.rows]
    pregnancies = risk.pregnancies
    assert len(table) == len(found)
    assert np.array_equal(numbers(table, "wid"), found.woman + first)
    for name, of_survey in SOURCE.items():
        expected = survey_column(pregnancies, shared_data, cycle, of_survey)[source]
        assert np.array_equal(numbers(table, name), expected, equal_nan=True), name
    for name, lag in (("prev_eloss", "early_losses"), ("run_eloss", "losses_immediately_before")):
        assert np.array_equal(numbers(table, name), risk.lag(lag).values[found.rows]), name
    codes = pregnancies.table.column("outcome").at(source).texts()
    assert table.column("out").texts() == [WORDS[code] for code in codes]
    assert np.array_equal(numbers(table, "eloss"), risk.is_early_loss[found.rows])
    per_woman = np.bincount(pregnancies.woman)
    assert np.array_equal(numbers(table, "n_preg"), per_woman[found.woman])
    columns = PlanColumns(plan=PLAN, risk=risk)
    assert np.array_equal(numbers(table, "age"), columns.variable("age")[found.rows])
    weight = found.weight
    assert weight is not None
    # The stored weights were rounded in their 16th digit.
    assert np.allclose(numbers(table, "wgt"), weight, rtol=1e-14, atol=0)
    for at, name in enumerate(found.names):
        assert np.array_equal(numbers(table, name), found.x[:, at]), name


def test_the_next_outcome_set_of_2002_follows_from_the_raw_file(cycles: dict, shared_data: Path):
    risk = history(cycles["2002"], rule=index_rule(PLAN))
    found = rows_of(risk, "next_outcome", "logistic_cluster")

    table = stored(shared_data, "S1_2002.csv.gz")

    assert_every_column(table, found, risk, shared_data=shared_data, cycle="2002", first=0)
    assert (len(found), len(np.unique(found.woman)), found.event.sum()) == (11_189, 4_658, 1_560)


# Women of the stored sets are counted on over the cycles; before the second there are 5,033.
@pytest.mark.parametrize(("cycle", "first"), [("2002", 0), ("2006_2010", 5_033)])
def test_the_delayed_entry_set_follows_from_both_cycles(
    cycles: dict, shared_data: Path, cycle: str, first: int
):
    risk = history(cycles[cycle])
    found = rows_of(risk, "when_lost", "cox_delayed_entry")

    table = stored(shared_data, "S4_delayed.csv.gz", cycle)

    assert_every_column(table, found, risk, shared_data=shared_data, cycle=cycle, first=first)
    assert np.array_equal(numbers(table, "entry"), found.entry)
    assert np.array_equal(numbers(table, "exit14"), found.exit)
    assert np.array_equal(numbers(table, "exit"), risk.exit[found.rows])
    assert np.array_equal(numbers(table, "ev14") == 1, found.event == 1)


def test_the_competing_outcomes_set_of_2002_follows_from_the_raw_file(cycles: dict, shared_data: Path):
    risk = history(cycles["2002"])
    table = stored(shared_data, "S5_compet2002.csv.gz")
    factors = PLAN.question("next_outcome").factors
    found = analysis_rows(PLAN, PLAN.question("curve"), risk, model="logistic_cluster", factors=factors)

    assert_every_column(table, found, risk, shared_data=shared_data, cycle="2002", first=0)
    codes = cycles["2002"].table.column("outcome").at(risk.rows[found.rows]).texts()
    event = [{"4": 1, "2": 2, "1": 3, "3": 3, "5": 4}[code] for code in codes]
    assert np.array_equal(numbers(table, "ev"), event)
    assert np.array_equal(numbers(table, "exit"), risk.exit[found.rows])


def test_the_recurrent_set_of_2002_follows_from_the_raw_file(cycles: dict, shared_data: Path):
    risk = history(cycles["2002"])
    table = stored(shared_data, "S6_recurrent2002.csv.gz")

    found = recurrent_losses(risk)

    at_first = PlanColumns(plan=PLAN, risk=risk)
    row_of = np.empty(len(risk), dtype=np.int64)
    row_of[risk.rows] = np.arange(len(risk))
    first = row_of[found.row]
    pairs = {
        "wid": found.woman,
        "start": found.start,
        "stop": found.stop,
        "event": found.event,
        "enum": found.number,
        "gap": found.gap,
        "enumc": found.stratum,
        "age": at_first.variable("age")[first] + found.start / 12,
        "black": (at_first.variable("hisprace") == 3)[first],
        "hisp": (at_first.variable("hisprace") == 1)[first],
        "college": (at_first.variable("hieduc") >= 12)[first],
    }
    assert len(table) == len(found.woman) == 6_593
    for name, expected in pairs.items():
        assert np.allclose(numbers(table, name), expected, rtol=0, atol=1e-9), name
    assert (int(found.event.sum()), len(np.unique(found.woman))) == (1_560, 5_033)


@pytest.mark.parametrize(("cycle", "first", "rows"), [("2002", 0, 53), ("2006_2010", 5_033, 100)])
def test_the_first_pregnancy_after_the_third_loss_follows_from_both_cycles(
    cycles: dict, shared_data: Path, cycle: str, first: int, rows: int
):
    # given: among pregnancies that ended in a birth or a loss, each woman's first with three losses before
    risk = history(cycles[cycle], rule=IndexRule(kind="after_losses", losses=3))
    found = rows_of(risk, "next_outcome", "logistic_cluster")
    _, firsts = np.unique(found.woman, return_index=True)

    table = stored(shared_data, "S7_rpl.csv.gz", cycle)

    assert len(table) == rows == len(firsts)
    assert np.array_equal(numbers(table, "wid"), found.woman[firsts] + first)
    assert np.array_equal(numbers(table, "eloss"), found.event[firsts])
    for at, name in enumerate(found.names):
        assert np.array_equal(numbers(table, name), found.x[firsts, at]), name
    for name, lag in (("prev_eloss", "early_losses"), ("run_eloss", "losses_immediately_before")):
        assert np.array_equal(numbers(table, name), risk.lag(lag).values[found.rows[firsts]]), name


def as_stored(found: Facts) -> dict[str, object]:
    """The counts in the shape of facts.json."""
    risk = {
        key: {row.group: [row.events, row.pregnancies, round(row.share, 6)] for row in rows}
        for key, rows in (
            ("risk_by_prev", found.risk_by_earlier),
            ("risk_by_run", found.risk_by_run),
            ("risk_by_age", found.risk_by_age),
        )
    }
    return {
        "pregnancies": found.pregnancies,
        "women": found.women,
        "outcomes": {row.what: row.count for row in found.endings},
        "eloss": found.early_losses,
        "loss_any_outcome4": next(row.count for row in found.endings if row.what == "loss"),
        "loss4_ge14": found.losses_from_14_weeks,
        "still_lt14": found.stillbirths_before_14_weeks,
        "still_lt20": found.stillbirths_before_20_weeks,
        "women_by_eloss": {row.what: row.count for row in found.women_by_early_losses},
        "women_ge3": found.women_with(3),
        "women_ge2": found.women_with(2),
        **risk,
        "first_preg_after_3rd_eloss": {row.what: row.count for row in found.after_third},
        "first_preg_after_3rd_eloss_n": sum(row.count for row in found.after_third),
        "first_preg_after_3rd_eloss_early": found.after_third_early_losses,
    }


@pytest.mark.parametrize("cycle", list(FILES))
def test_every_count_of_the_facts_is_reproduced(cycles: dict, shared_data: Path, cycle: str):
    pregnancies = cycles[cycle]
    age = pregnancies.table.column("agecon").numbers / 100

    found = as_stored(facts(pregnancies, age_years=age))

    assert found == json.loads((shared_data / "nsfg" / "facts.json").read_text(encoding="utf-8"))[cycle]


def test_what_is_odd_in_told_histories_is_counted(cycles: dict):
    quality = [history(pregnancies).quality for pregnancies in cycles.values()]

    # Losses heap at 4, 6, 9 and 13 weeks, and 17.6 per cent were recognised in their week or after it.
    assert all(heap.ratio > 1.9 for row in quality for heap in row.heaps)
    known = sum(row.losses_with_known_recognition for row in quality)
    late = sum(row.recognised_at_or_after_loss for row in quality)
    assert round(100 * late / known, 1) == 17.6
    assert [row.negative_gaps for row in quality] == [190, 157]
    assert [row.inversions for row in quality] == [10, 33]
    assert [row.same_order_twice for row in quality] == [0, 0]
    assert sum(int(row.losses_by_week[:14].sum()) for row in quality) == 1_560 + 2_489


def test_qualifying_losses_as_outcomes_would_have_raised_the_risk(cycles: dict):
    # given: the women with three losses or more, of both cycles
    wrong = right = women = 0
    totals = {"wrong": 0, "right": 0}
    for pregnancies in cycles.values():
        every = history(pregnancies)
        lost = np.bincount(every.woman, weights=every.is_early_loss)[every.woman] >= 3
        counted = np.isin(every.ending, (1, 3, 4)) & lost
        wrong += int(every.is_early_loss[counted].sum())
        totals["wrong"] += int(counted.sum())
        after = history(pregnancies, rule=IndexRule(kind="after_losses", losses=3))
        first = np.isin(after.ending, (1, 3, 4)) & (after.index_number == 1)
        right += int(after.is_early_loss[first].sum())
        totals["right"] += int(first.sum())
        women += len(np.unique(every.woman[lost]))

    assert women == 78 + 139
    assert wrong / totals["wrong"] > 0.6
    assert right / totals["right"] < 0.48
