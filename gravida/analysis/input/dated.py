"""Dated values brought to a day: the last one known by then, nothing later, none of a pregnant woman.

A value measured after the event that a question begins with may be made by what came of it. So a row gets the
last value dated before its day; where there are only later ones the value is missing, and counted.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from gravida.analysis.fit import BoolArray, FloatArray, IntArray
from gravida.analysis.input.beside import CODE, RESULTS, SAMPLE, VALUE, VARIABLE, Beside
from gravida.analysis.input.endings import Ending
from gravida.analysis.input.pregnancies import Pregnancies
from gravida.analysis.input.table import BELOW_DETECTION, BLANK, Column, Reasons, Table
from gravida.analysis.plan_expressions import answers
from gravida.protocol.expressions import names_in
from gravida.protocol.obstetrics_dating import LONGEST_PREGNANCY_DAYS
from gravida.protocol.plan import Plan, names_of

_FAR = 10.0**7  # days; more than any two dates lie apart
# Day 0 is that of the last period. Before this day nothing has implanted: five-day embryos are transferred on
# day 19.
IMPLANTED_FROM_DAY = 21


@dataclass(frozen=True, kw_only=True, eq=False)
class DatedColumn:
    """A variable of a dated table. Shapes: all (rows of the table,).

    `woman`: place in the women of the source. `first`, `last`: the days that the row may be of, NaN where it
    has none. `pregnant`: whether the row is of a pregnant woman, by its own word or by the dates of her
    pregnancies.
    """

    column: Column
    grain: str
    woman: IntArray
    first: FloatArray
    last: FloatArray
    pregnant: BoolArray


@dataclass(frozen=True, kw_only=True, eq=False)
class Anchors:
    """Days up to which something may be known. Shapes: (rows,); NaN: nobody knows the day, so nothing is.

    `woman`: place in the women of the source. `inclusive`: whether the day itself counts. `in_pregnancy`:
    whether values of a pregnant woman count.
    """

    woman: IntArray
    day: FloatArray
    inclusive: bool
    in_pregnancy: bool = False


@dataclass(frozen=True, kw_only=True)
class DatedCount:
    """How many rows got a value of a dated variable, and why the others did not.

    `only_later`: measured on or after the day alone; `only_pregnant`: before it, but in pregnancy alone.
    """

    variable: str
    grain: str
    known: int
    only_later: int
    only_pregnant: int
    never: int


def dated_column(beside: Beside, name: str, pregnancies: Pregnancies) -> DatedColumn | None:
    """A variable wherever a dated table holds it; None where none does."""
    found = _of_results(beside, name) or _of_forms(beside, name)
    if found is None:
        return None
    grain, table, column = found
    days = beside.days_of_rows(table)
    if days is None:
        return None
    woman = beside.woman(table)
    pregnant = np.zeros(len(table), dtype=np.bool_)
    if beside.mapping.in_pregnancy is not None:
        pregnant = _told_pregnant(beside, table) | _dated_in_pregnancy(beside, woman, days, pregnancies)
    return DatedColumn(
        column=column, grain=grain, woman=woman, first=days[0], last=days[1], pregnant=pregnant
    )


def _of_forms(beside: Beside, name: str) -> tuple[str, Table, Column] | None:
    for grain, table in beside.dated_tables():
        if name in table:
            return grain, table, table.column(name)
    return None


def _of_results(beside: Beside, name: str) -> tuple[str, Table, Column] | None:
    """The results of one variable as a column: numbers, or codes where no result is a number."""
    results = beside.table(RESULTS)
    if results is None or VARIABLE not in results or VALUE not in results:
        return None
    written = results.column(VARIABLE)
    bare = name.rpartition(".")[2].lower()
    mine = [at for at, word in enumerate(written.words) if word.lower() in (name.lower(), bare)]
    rows = np.flatnonzero(np.isin(written.numbers, mine))
    if not len(rows):
        return None
    table = results.at(rows)
    value = table.column(VALUE)
    if CODE in table and np.isnan(value.numbers).all() and not (value.missing == BELOW_DETECTION).any():
        value = table.column(CODE)
    return RESULTS, table, replace(value, name=bare)


def _told_pregnant(beside: Beside, table: Table) -> BoolArray:
    """Rows that the plan's condition, on the form or on its sample, calls those of a pregnant woman."""
    condition = beside.mapping.in_pregnancy
    samples, rows = beside.table(SAMPLE), beside.sample_rows(table)
    no = np.zeros(len(table), dtype=np.bool_)
    if condition is None:
        return no
    for source, at in ((table, np.arange(len(table))), (samples, rows)):
        if source is None or at is None or not len(source) or not _holds(source, beside):
            continue
        told = np.broadcast_to(answers(condition, lambda name: source.column(str(name))), (len(source),))  # noqa: B023
        no = no | (np.append(told, np.nan)[at] == 1)
    return no


def _holds(table: Table, beside: Beside) -> bool:
    condition = beside.mapping.in_pregnancy
    return condition is not None and all(str(name) in table for name in names_in(condition))


def _dated_in_pregnancy(
    beside: Beside, woman: IntArray, days: tuple[FloatArray, FloatArray], pregnancies: Pregnancies
) -> BoolArray:
    """Rows that may lie within a pregnancy of the woman, from implantation to its last day."""
    began, ended = pregnancy_days(pregnancies)
    began = began + IMPLANTED_FROM_DAY
    of_woman = beside.places([pregnancies.women[at] for at in pregnancies.woman])
    order = np.argsort(of_woman, kind="stable")
    of_woman, began, ended = of_woman[order], began[order], ended[order]
    start = np.searchsorted(of_woman, woman, side="left")
    count = np.searchsorted(of_woman, woman, side="right") - start
    within = np.zeros(len(woman), dtype=np.bool_)
    for number in range(int(count.max(initial=0))):
        at = np.minimum(start + number, max(len(began) - 1, 0))
        within |= (number < count) & (days[0] <= ended[at]) & (days[1] >= began[at])
    return within


def pregnancy_days(pregnancies: Pregnancies) -> tuple[FloatArray, FloatArray]:
    """First and last day on which each pregnancy may have gone on, (rows,) each; NaN where nothing is dated.

    Where one end is not known it lies as far away as a pregnancy can last; one that goes on has no end.
    """
    weeks = np.where(
        np.isfinite(pregnancies.weeks_most), pregnancies.weeks_most * 7.0, LONGEST_PREGNANCY_DAYS
    )
    longest = np.minimum(weeks, float(LONGEST_PREGNANCY_DAYS))
    began = np.where(
        np.isnan(pregnancies.began_first), pregnancies.ended_first - longest, pregnancies.began_first
    )
    guessed = pregnancies.began_last + longest
    ended = np.where(np.isnan(pregnancies.ended_last), guessed, pregnancies.ended_last)
    goes_on = (pregnancies.ending == Ending.ONGOING) & np.isnan(pregnancies.ended_last)
    return began, np.where(goes_on & ~np.isnan(began), np.inf, ended)


def last_known(dated: DatedColumn, anchors: Anchors) -> tuple[Column, DatedCount]:
    """The last value of each anchor's woman that was known by its day, and why others have none.

    A result below detection is a value. Where no value is known the reason of the last row in time is kept.
    """
    has_value = (dated.column.missing == 0) | (dated.column.missing == BELOW_DETECTION)
    allowed = np.ones(len(has_value), dtype=np.bool_) if anchors.in_pregnancy else ~dated.pregnant
    row = _last_row(dated, anchors, has_value & allowed)
    reason = _last_row(dated, anchors, allowed)
    any_time = _has_any(dated, anchors, has_value & allowed)
    in_time = _last_row(dated, anchors, has_value)
    known = row >= 0
    column = dated.column.at(np.maximum(row, 0)) if len(dated.column) else _empty(dated.column, len(row))
    told = np.where(reason >= 0, np.append(dated.column.missing, BLANK)[reason], BLANK)
    count = DatedCount(
        variable=dated.column.name,
        grain=dated.grain,
        known=int(known.sum()),
        only_later=int((~known & any_time).sum()),
        only_pregnant=int((~known & ~any_time & (in_time >= 0)).sum()),
        never=int((~known & ~any_time & (in_time < 0)).sum()),
    )
    return without_values(column, ~known, np.where(told == 0, BLANK, told).astype(np.uint8)), count


def _last_row(dated: DatedColumn, anchors: Anchors, usable: BoolArray) -> IntArray:
    """The row of the last usable value by each anchor's day, -1 where there is none."""
    rows = np.flatnonzero(usable & ~np.isnan(dated.last))
    if not len(rows):
        return np.full(len(anchors.day), -1)
    order = np.lexsort((dated.last[rows], dated.woman[rows]))
    rows = rows[order]
    keys = dated.woman[rows] * 2 * _FAR + dated.last[rows]
    asked = anchors.woman * 2 * _FAR + np.nan_to_num(anchors.day, nan=-_FAR)
    place = np.searchsorted(keys, asked, side="right" if anchors.inclusive else "left") - 1
    found = rows[np.maximum(place, 0)]
    mine = (place >= 0) & (dated.woman[found] == anchors.woman) & ~np.isnan(anchors.day)
    return np.where(mine, found, -1)


def _has_any(dated: DatedColumn, anchors: Anchors, usable: BoolArray) -> BoolArray:
    return np.isin(anchors.woman, dated.woman[usable])


def _empty(column: Column, rows: int) -> Column:
    return replace(
        column,
        numbers=np.full(rows, np.nan),
        missing=np.full(rows, BLANK, dtype=np.uint8),
        high=None,
        below=None,
    )


def without_values(column: Column, rows: BoolArray, reason: Reasons) -> Column:
    """The column with no value in these rows, for the reasons given."""
    return replace(
        column,
        numbers=np.where(rows, np.nan, column.numbers),
        missing=np.where(rows, reason, column.missing).astype(np.uint8),
        high=None if column.high is None else np.where(rows, np.nan, column.high),
        below=None if column.below is None else np.where(rows, np.nan, column.below),
    )


def holds(beside: Beside, name: str) -> bool:
    """Whether a dated table holds a variable."""
    return _of_results(beside, name) is not None or _of_forms(beside, name) is not None


def with_dated_values(
    pregnancies: Pregnancies, plan: Plan, beside: Beside
) -> tuple[Pregnancies, tuple[DatedCount, ...]]:
    """The pregnancies with the dated variables that the plan reads, as they were known before each began.

    A factor whose timing is at_recognition is taken up to the week of recognition, in pregnancy too.
    """
    woman = beside.places([pregnancies.women[at] for at in pregnancies.woman])
    before = Anchors(woman=woman, day=pregnancies.began_first, inclusive=False)
    recognised = pregnancies.began_first + 7.0 * pregnancies.recognised_week
    at_recognition = Anchors(woman=woman, day=recognised, inclusive=True, in_pregnancy=True)
    late = _read_at_recognition(plan)
    added, counts = [], []
    for name in _wanted(plan, pregnancies.table):
        dated = dated_column(beside, name, pregnancies)
        if dated is not None:
            column, count = last_known(dated, at_recognition if name in late else before)
            added.append(column)
            counts.append(count)
    return replace(pregnancies, table=pregnancies.table.with_columns(*added)), tuple(counts)


def _wanted(plan: Plan, table: Table) -> Iterator[str]:
    """Names that the plan reads and the pregnancies lack, each once whether with its form or without."""
    imputed = (*plan.imputation.auxiliary, *plan.imputation.below_detection, *plan.imputation.of_woman)
    seen: set[str] = set()
    for name in (*names_of(plan, "pregnancy"), *imputed):
        bare = name.rpartition(".")[2].lower()
        if bare not in seen and name not in table:
            seen.add(bare)
            yield name


def _read_at_recognition(plan: Plan) -> set[str]:
    """Names that factors measured at recognition read, and no other factor."""
    by_timing = {
        is_late: {name for f in plan.factors if (f.timing == "at_recognition") is is_late for name in f.reads}
        for is_late in (True, False)
    }
    return by_timing[True] - by_timing[False]
