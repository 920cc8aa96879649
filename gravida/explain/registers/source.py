"""A register's Parquet folder as pregnancies: the roles that the analysis reads, as Ibis columns.

Columns: woman; ending (a word of a plan's [input.endings]); and, where the register has them, row (a number
of its own for each row, which settles the order of rows told at the same time), order, weeks, weeks_span
(days), recognised_week, began, ended, included (days, whatever day is 0).
"""

from dataclasses import dataclass
from pathlib import Path

import ibis
from ibis.expr.types import NumericValue, Table, Value

from gravida.analysis.input.endings import ENDING_OF, Ending

LAST_OF_WEEK = 6 / 7
UNKNOWN_MOST = 1e9  # weeks: beyond every border
OPTIONAL = ("row", "order", "weeks", "weeks_span", "recognised_week", "began", "ended", "included")


class RegisterUnusable(ValueError):
    """A register without the columns that make pregnancies: which, and what it has."""


@dataclass(frozen=True, kw_only=True)
class Register:
    """Pregnancies in an engine: one row each, columns named as in `analysis.input.pregnancies`.

    `session` is the Ibis backend that runs what is asked.
    """

    session: ibis.BaseBackend
    pregnancies: Table


def duckdb_session() -> ibis.BaseBackend:
    """DuckDB within this process: the default engine."""
    return ibis.duckdb.connect()


def spark_session(*, threads: int = 2) -> ibis.BaseBackend:
    """Spark on this machine alone. A cluster's session is made by `ibis.pyspark.connect(session)` instead."""
    from pyspark.sql import SparkSession  # noqa: PLC0415 - it starts a Java machine

    session = (
        SparkSession.builder.master(f"local[{threads}]")
        .appName("gravida")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.shuffle.partitions", "4")
        .config("spark.sql.session.timeZone", "UTC")
        .getOrCreate()
    )
    return ibis.pyspark.connect(session)


def register(session: ibis.BaseBackend, folder: Path, *, completed_weeks: bool = True) -> Register:
    """The register in a folder of Parquet files, or one file; rows are read when a result is asked for.

    completed_weeks: whole weeks are completed weeks, 8 being 8+0 to 8+6.
    """
    files = str(folder / "*.parquet") if folder.is_dir() else str(folder)
    return register_of(session, session.read_parquet(files), completed_weeks=completed_weeks)


def register_of(session: ibis.BaseBackend, table: Table, *, completed_weeks: bool = True) -> Register:
    """The register in a table of the session. RegisterUnusable where woman or ending is not there."""
    for name in ("woman", "ending"):
        if name not in table.columns:
            raise RegisterUnusable(f"no column {name!r}: the register has {', '.join(table.columns)}")
    weeks, span = number(table, "weeks"), number(table, "weeks_span").fill_null(0.0) / 7.0
    whole = (weeks == weeks.floor()) if completed_weeks else ibis.literal(False)
    last = weeks + span + ibis.ifelse(whole, LAST_OF_WEEK, 0.0)
    began, ended = number(table, "began"), number(table, "ended")
    kept = {name: table[name] for name in table.columns if name not in (*OPTIONAL, "ending")}
    told = {
        "row": number(table, "row").fill_null(0.0),
        "order": number(table, "order"),
        "ending": _ending(table.ending),
        "weeks_fewest": weeks.fill_null(0.0),
        "weeks_most": last.fill_null(UNKNOWN_MOST),
        "exit_weeks": ibis.ifelse(whole, weeks + 0.5, weeks + span / 2),
        "recognised_week": number(table, "recognised_week"),
        "began": began,
        "ended": ended,
        "included": number(table, "included"),
    }
    return Register(session=session, pregnancies=table.select(**(kept | told)))


def number(table: Table, name: str) -> NumericValue:
    """A column as a number; null where it is missing, or not there at all."""
    if name not in table.columns:
        return ibis.null("float64")
    column = table[name].cast("float64")
    return ibis.ifelse(column.isnan(), ibis.null("float64"), column)


def _ending(words: Value) -> Value:
    told = words.cast("string").lower()
    return told.cases(*((word, int(code)) for word, code in ENDING_OF.items()), else_=int(Ending.UNKNOWN))
