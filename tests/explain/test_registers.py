"""A register's risk table and counts are those of the analysis on the same rows, on DuckDB and on Spark."""

from pathlib import Path
from typing import Any

import ibis
import numpy as np
import pytest

from gravida.analysis.compression import CompressedRows, Covariate, compress, treatment_design
from gravida.analysis.compression_pairs import count_pairs
from gravida.analysis.compression_weeks import weekly_grid, weekly_rows
from gravida.analysis.history import IndexRule, RiskTable, history
from gravida.analysis.history_counting import NotCountable
from gravida.analysis.input.pregnancies import Pregnancies
from gravida.analysis.input.read import read_source
from gravida.analysis.logistic import logistic_by_pattern
from gravida.analysis.plan import read_plan
from gravida.explain.registers import counts
from gravida.explain.registers.risk_table import RegisterRisks, risk_table
from gravida.explain.registers.source import (
    RegisterUnusable,
    duckdb_session,
    register,
    register_of,
    spark_session,
)
from gravida.protocol.definitions_file import read_definitions
from tests.analysis.histories import ENDINGS, Told, pregnancies
from tests.explain.register_tables import columns_in, columns_of, equal, write_register

pytestmark = pytest.mark.xdist_group("one session of Spark")
STUDY = Path(__file__).resolve().parents[2] / "studies" / "falco"
RULES = (
    IndexRule(),
    IndexRule(kind="after_losses", losses=2),
    IndexRule(kind="after_losses", losses=2, in_a_row=True),
)


@pytest.fixture(scope="module")
def duckdb():
    return duckdb_session()


@pytest.fixture(scope="module")
def spark():
    session = spark_session()
    yield session
    session._session.stop()


def made(*, seed: int, women: int = 150, ties: bool = False) -> Pregnancies:
    """Histories of every ending, weeks at the borders of the rules, some unknown, some orders told twice."""
    generator = np.random.default_rng(seed)
    weeks = (5, 8, 13, 14, 16, 19, 20, 21, 22, 23, 24, 39)

    def told(number: int) -> Told:
        age = None if generator.random() < 0.1 else int(generator.choice(weeks))
        ending = str(generator.choice([*ENDINGS, *["miscarriage"] * 12, "fetal_death"]))
        return Told(ending, age, int(generator.integers(1, 4)) if ties else number)

    histories = [[told(number + 1) for number in range(generator.integers(1, 8))] for _ in range(women)]
    return pregnancies(histories, shuffle=seed)


@pytest.mark.parametrize("ties", [False, True])
@pytest.mark.parametrize("rule", RULES, ids=["every", "two losses", "two in a row"])
def test_a_registers_risk_table_is_that_of_the_analysis(
    tmp_path: Path, duckdb: Any, rule: IndexRule, ties: bool
) -> None:
    # given
    told = made(seed=1, ties=ties)
    # when
    found = risk_table(register(duckdb, write_register(told, tmp_path / "register")), rule=rule)
    # then
    wanted = history(told, rule=rule)
    equal(columns_in(found), columns_of(wanted))
    assert found.flow() == wanted.flow


def countable(definition: Any) -> bool:
    try:
        history(made(seed=2, women=2), rule=IndexRule(kind="after_losses", definition=definition))
    except NotCountable:
        return False
    return True


@pytest.mark.parametrize(
    "definition",
    [each for each in read_definitions(STUDY).losses if countable(each)],
    ids=lambda each: each.id,
)
def test_published_definitions_let_in_the_same_women(tmp_path: Path, duckdb: Any, definition: Any) -> None:
    told = made(seed=3)
    rule = IndexRule(kind="after_losses", losses=2, definition=definition)
    found = risk_table(register(duckdb, write_register(told, tmp_path / "register")), rule=rule)
    wanted = history(told, rule=rule)
    equal(columns_in(found), columns_of(wanted))
    assert found.flow() == wanted.flow


@pytest.mark.parametrize("pregnant_enter", [False, True])
def test_rows_after_the_day_of_inclusion_are_the_same(
    tmp_path: Path, duckdb: Any, pregnant_enter: bool
) -> None:
    # given
    told = made(seed=4)
    generator = np.random.default_rng(4)
    began = generator.integers(0, 4000, len(told)).astype(float)
    told.began_first[:] = told.began_last[:] = np.where(generator.random(len(told)) < 0.1, np.nan, began)
    told.ended_first[:] = np.where(generator.random(len(told)) < 0.2, np.nan, began + 7 * 9)
    told.included_on[:] = 7.0 * generator.integers(100, 300, len(told.women))[told.woman]
    told.recognised_week[:] = np.where(generator.random(len(told)) < 0.5, np.nan, 5.0)
    rule = IndexRule(kind="after_inclusion", pregnant_enter=pregnant_enter)
    # when
    found = risk_table(register(duckdb, write_register(told, tmp_path / "register")), rule=rule)
    # then
    wanted = history(told, rule=rule)
    assert 0 < len(wanted) < len(told)
    equal(columns_in(found), columns_of(wanted))


def compressed(risk: RiskTable) -> CompressedRows:
    """The analysis' own compression of the same covariates: losses to 3, births to 1, number to 4."""
    losses, births = (risk.lag(name) for name in ("early_losses", "live_births"))
    fewest = np.column_stack([np.minimum(losses.fewest, 3), np.minimum(births.fewest, 1)])
    most = np.column_stack([np.minimum(losses.most, 3), np.minimum(births.most, 1)])
    kept = (fewest == most).all(axis=1) & (risk.is_early_loss == risk.may_be_early_loss)
    codes = {"early_losses": fewest[kept, 0], "live_births": fewest[kept, 1]}
    codes["number"] = np.minimum(risk.number, 4)[kept] - 1
    return compress(
        codes=codes, covariates=covariates(), outcome=risk.is_early_loss[kept], woman=risk.woman[kept]
    )


def covariates() -> tuple[Covariate, ...]:
    return (
        Covariate(name="early_losses", levels=("0", "1", "2", "3 or more")),
        Covariate(name="live_births", levels=("0", "1 or more")),
        Covariate(name="number", levels=("1 to below 2", "2 to below 3", "3 to below 4", "4 or more")),
    )


def coded(risks: RegisterRisks) -> counts.CodedRows:
    rows = risks.rows
    made_of = [
        counts.capped("early_losses", rows, most=3),
        counts.capped("live_births", rows, most=1),
        counts.banded("number", rows.number, starts=[1, 2, 3, 4]),
    ]
    assert tuple(covariate for covariate, _ in made_of) == covariates()
    settled = rows.is_early_loss == rows.may_be_early_loss
    loss = ibis.ifelse(settled, rows.is_early_loss.cast("int64"), ibis.null("int64"))
    return counts.coded_rows(
        risks.register.session,
        rows,
        covariates=covariates(),
        codes={covariate.name: code for covariate, code in made_of},
        outcome=loss,
    )


def same_counts(found: RegisterRisks, wanted: RiskTable) -> None:
    rows, own = coded(found), compressed(wanted)
    table = counts.patterns(rows)
    for name in ("keys", "trials", "events"):
        np.testing.assert_array_equal(getattr(table, name), getattr(own.table, name))
    assert counts.women(rows) == len(own.starts) - 1
    pairs, own_pairs = counts.pairs(rows, table), count_pairs(own)
    for name in ("number", "first_events", "second_events", "both_events"):
        assert (getattr(pairs, name) - getattr(own_pairs, name)).count_nonzero() == 0, name


def test_patterns_and_pairs_are_counted_alike(tmp_path: Path, duckdb: Any) -> None:
    told = made(seed=5, women=400)
    found = risk_table(register(duckdb, write_register(told, tmp_path / "register")))
    same_counts(found, history(told))


def test_a_model_from_counts_alone_is_the_model_on_rows(tmp_path: Path, duckdb: Any) -> None:
    # given
    told = made(seed=6, women=400)
    rows = coded(risk_table(register(duckdb, write_register(told, tmp_path / "register"))))
    table = counts.patterns(rows)
    design, names = treatment_design(table, use=["live_births", "number"])
    # when
    found = counts.logistic_by_counts(
        table=table, pairs=counts.pairs(rows, table), women=counts.women(rows), design=design, names=names
    )
    # then
    wanted = logistic_by_pattern(rows=compressed(history(told)), design=design, names=names)
    np.testing.assert_allclose(found.estimates, wanted.estimates, rtol=0, atol=1e-12)
    np.testing.assert_allclose(found.covariance, wanted.covariance, rtol=1e-10)
    assert (found.n_rows, found.n_clusters) == (wanted.n_rows, wanted.n_clusters)


def weekly_register(tmp_path: Path) -> tuple[Pregnancies, Path]:
    told = made(seed=7, women=300)
    told.recognised_week[:] = np.random.default_rng(7).integers(2, 5, len(told))
    return told, write_register(told, tmp_path / "register")


def same_weeks(session: Any, told: Pregnancies, folder: Path) -> None:
    # given
    risk = history(told)
    known = np.isfinite(risk.exit)
    late = np.floor(np.where(known, risk.exit, 0)).astype(int)
    code = np.minimum(risk.number, 2)[known] - 1
    cause = np.where(risk.is_early_loss, 1, np.where(risk.ending == 1, 2, 0))[known]
    woman, entry = risk.woman[known], risk.entry[known].astype(int)
    own = weekly_rows(pattern=code, entry_week=entry, exit_week=late[known], cause=cause, woman=woman)
    # when
    rows = risk_table(register(session, folder)).rows
    rows = rows.filter(rows.exit.notnull())
    covariate, level = counts.banded("number", rows.number, starts=[1, 2])
    coded_rows = counts.coded_rows(
        session,
        rows,
        covariates=[covariate],
        codes={"number": level},
        outcome=rows.is_early_loss,
        keep={
            "entry_week": rows.entry.cast("int64"),
            "exit_week": rows.exit.floor().cast("int64"),
            "cause": ibis.cases((rows.is_early_loss, 1), (rows.ending == 1, 2), else_=0),
        },
    )
    found = counts.weekly(coded_rows, counts.patterns(coded_rows), causes=(1, 2))
    # then
    wanted = weekly_grid(own, patterns=2, causes=(1, 2))
    assert found.first_week == wanted.first_week
    np.testing.assert_array_equal(found.at_risk, wanted.at_risk)
    np.testing.assert_array_equal(found.events, wanted.events)


def test_weekly_grids_are_counted_alike(tmp_path: Path, duckdb: Any) -> None:
    same_weeks(duckdb, *weekly_register(tmp_path))


@pytest.mark.slow
def test_spark_gives_what_duckdb_gives(tmp_path: Path, spark: Any, duckdb: Any) -> None:
    # given
    told = made(seed=8, women=60, ties=True)
    folder = write_register(told, tmp_path / "register")
    # when
    found = [risk_table(register(session, folder), rule=RULES[2]) for session in (spark, duckdb)]
    # then
    wanted = history(told, rule=RULES[2])
    for each in found:
        equal(columns_in(each), columns_of(wanted))
        assert each.flow() == wanted.flow


@pytest.mark.slow
def test_spark_counts_what_the_analysis_counts(tmp_path: Path, spark: Any) -> None:
    told = made(seed=9, women=80)
    same_counts(risk_table(register(spark, write_register(told, tmp_path / "a"))), history(told))
    (tmp_path / "weekly").mkdir()
    same_weeks(spark, *weekly_register(tmp_path / "weekly"))


@pytest.mark.slow
@pytest.mark.needs_shared
@pytest.mark.parametrize("engine", ["duckdb", "spark"])
def test_the_surveys_risk_table_is_the_same_in_an_engine(
    tmp_path: Path, shared_data: Path, engine: str, request: pytest.FixtureRequest
) -> None:
    # given
    session = request.getfixturevalue(engine)
    told = read_source(shared_data / "nsfg" / "2002FemPreg.dat.gz", read_plan("nsfg"))
    folder = write_register(told, tmp_path / "register")
    rule = IndexRule(kind="after_losses", losses=3)
    # when
    found = risk_table(register(session, folder))
    # then
    equal(columns_in(found), columns_of(history(told)))
    same_counts(found, history(told))
    if engine == "spark":  # the same expressions with one filter more, at half a minute more
        return
    after = risk_table(register(session, folder), rule=rule)
    equal(columns_in(after), columns_of(history(told, rule=rule)))


def test_a_table_without_endings_is_refused_with_what_it_has(duckdb: Any) -> None:
    with pytest.raises(RegisterUnusable, match="no column 'ending': the register has woman"):
        register_of(duckdb, ibis.memtable({"woman": [1, 2]}))


def test_words_become_levels_and_other_words_are_missing(duckdb: Any) -> None:
    table = ibis.memtable({"woman": [1, 2, 3], "origin": ["north", "elsewhere", "south"], "loss": [0, 1, 1]})
    origin = Covariate(name="origin", levels=("north", "south"))
    coded_rows = counts.coded_rows(
        duckdb,
        table,
        covariates=[origin],
        codes={"origin": counts.level_of(table.origin, origin)},
        outcome=table.loss,
    )
    found = counts.patterns(coded_rows)
    assert (found.keys.tolist(), found.trials.tolist(), found.events.tolist()) == ([0, 1], [1, 1], [0, 1])
