"""When each woman's wait for a birth begins, from when it is watched, and how and when it ends.

The clock starts at the later of the index event and the day she began to try. A birth ends the wait; so does
what the plan names as competing in her contacts (no longer trying, death), told while she is not pregnant. A
pregnancy that ends otherwise does not: she goes on waiting. Otherwise she is censored at the last news of
her.
"""

from dataclasses import dataclass

import numpy as np

from gravida.analysis.fit import BoolArray, FloatArray, IntArray
from gravida.analysis.history_at import history_at
from gravida.analysis.input.beside import TRANSFER, Beside
from gravida.analysis.input.dated import pregnancy_days
from gravida.analysis.input.endings import Ending
from gravida.analysis.input.snapshot import WOMAN
from gravida.analysis.input.table import Table
from gravida.analysis.plan_beside import (
    ANOTHER_RULE,
    NO_DAY,
    NOT_READABLE,
    Asking,
    first_of,
    is_read_by,
    table_of,
)
from gravida.analysis.plan_columns import PlanColumns
from gravida.analysis.plan_expressions import answers


@dataclass(frozen=True, kw_only=True, eq=False)
class Origin:
    """Where the clock of each woman starts. Shapes: (women of the table,); days from 1970, NaN not known.

    `index`: the index event; `trying`: since when she tries, NaN where she never told; `start`: the later of
    both; `watched`: from when a birth would have been seen; `asked`: whether any column tells of trying.
    """

    index: FloatArray
    trying: FloatArray
    start: FloatArray
    watched: FloatArray
    asked: bool


@dataclass(frozen=True, kw_only=True, eq=False)
class Ends:
    """How each wait ends. Shapes: (women,).

    `cause`: 0 no end seen, 1 the outcome, 2 ... the competing ends in the order of `causes`; `day` NaN where
    there is neither an end nor news. `undated`: the outcome befell her on a day nobody knows;
    `pregnant_at_start`: by a pregnancy that the index rule leaves out.
    """

    cause: IntArray
    day: FloatArray
    causes: tuple[str, ...]
    undated: BoolArray
    pregnant_at_start: BoolArray


def origin_of(asked: Asking) -> Origin:
    """Index event, trying and the later of both. NotAnswerable under an index rule that gives no day."""
    women = table_of(asked)
    woman = asked.beside.woman(women)
    index = _index_day(asked, women, woman)
    trying, told, is_asked = _trying(asked, women, woman, index)
    start = np.maximum(index, trying) if is_asked else index
    watched = _column_days(asked.beside, women, "observed_from")
    seen = start if watched is None else np.fmax(start, watched)
    # Who tells later that she has been trying is known to be at risk from the day on which she tells it.
    seen = np.where(np.isnan(told), seen, np.fmax(seen, told))
    return Origin(index=index, trying=trying, start=start, watched=seen, asked=is_asked)


def _column_days(beside: Beside, table: Table, role: str) -> FloatArray | None:
    days = beside.days(table, role)
    return None if days is None else days[0]


def _index_day(asked: Asking, women: Table, woman: IntArray) -> FloatArray:
    rule = asked.risk.rule
    if rule.kind == "after_inclusion":
        included = _column_days(asked.beside, women, "included")
        if included is None:
            raise asked.refuse(NO_DAY, found="no column for the inclusion", wanted="one in the table woman")
        return included
    if rule.kind == "after_losses":
        return _day_of_last_qualifying_loss(asked, woman)
    raise asked.refuse(
        ANOTHER_RULE,
        found=f"the rule {rule.kind}",
        wanted="after_inclusion or after_losses: a day to wait from",
    )


def _day_of_last_qualifying_loss(asked: Asking, woman: IntArray) -> FloatArray:
    """The end of the pregnancy after which each woman has as many losses as the rule asks for."""
    found = asked.risk.pregnancies
    rows = np.flatnonzero(~np.isnan(found.ended_last))
    after = history_at(found, woman=found.woman[rows], day=found.ended_last[rows], rule=asked.risk.rule)
    days, _ = first_of(found.woman[rows], found.ended_last[rows], after.index, len(found.women))
    mine = asked.woman_of_pregnancies(woman)
    return np.where(mine < 0, np.nan, days[np.maximum(mine, 0)] if len(days) else np.nan)


def _trying(
    asked: Asking, women: Table, woman: IntArray, index: FloatArray
) -> tuple[FloatArray, FloatArray, bool]:
    """Since when each woman tries, on which later day she told it, and whether any column tells."""
    own = asked.beside.days(women, "trying_since")
    if own is not None:
        return (own[0] + own[1]) / 2, np.full(len(women), np.nan), True
    for _, table in asked.beside.dated_tables():
        since, told = asked.beside.days(table, "trying_since"), asked.beside.days(table, "dated")
        if since is None or told is None:
            continue
        of_woman = asked.beside.woman(table)
        everyone = len(asked.beside.women)
        at_index = np.full(everyone, np.nan)
        at_index[woman] = index
        _, by_index = first_of(of_woman, -told[0], told[0] <= at_index[of_woman], everyone)
        later = (told[0] > at_index[of_woman]) & ~np.isnan(since[0])
        _, first_later = first_of(of_woman, told[0], later, everyone)
        # What she said last before the index event holds, if she tried then; else what she says first after.
        tried = (by_index >= 0) & ~np.isnan(since[0][by_index])
        row = np.where(tried, by_index, first_later)
        mine = row[woman]
        # "Since March" is its middle, and never after the day on which it was told.
        middle = np.minimum((since[0] + since[1]) / 2, told[0])
        is_told = mine >= 0
        return (
            np.where(is_told, middle[mine], np.nan),
            np.where(is_told, told[0][mine], np.nan),
            True,
        )
    return np.full(len(women), np.nan), np.full(len(women), np.nan), False


def ends_of(asked: Asking, origin: Origin, columns: PlanColumns) -> Ends:
    """Births, competing ends and last news. `columns` read the pregnancies of the risk table."""
    women = table_of(asked)
    woman = asked.beside.woman(women)
    birth, undated, unsure = _births(asked, origin, columns, woman)
    causes, stops = _stops(asked, origin, woman)
    news = np.fmin(last_news(asked, women, woman), unsure)
    cause = np.zeros(len(women), dtype=np.int64)
    day = news.copy()
    for number, when in [*enumerate(stops, start=2), (1, birth)]:
        # On one day a birth goes before what else was told; what is told after the last news is news.
        known = ~np.isnan(when) & ~(when > unsure)
        sooner = known & ((cause == 0) | (when < day) | ((number == 1) & (when <= day)))
        day, cause = np.where(sooner, when, day), np.where(sooner, number, cause)
    return Ends(
        cause=cause,
        day=day,
        causes=(asked.question.outcome, *causes),
        undated=undated & (cause != 1),
        pregnant_at_start=_pregnant_at(asked, origin, woman),
    )


def _births(
    asked: Asking, origin: Origin, columns: PlanColumns, woman: IntArray
) -> tuple[FloatArray, BoolArray, FloatArray]:
    """Each woman's first outcome after her start; whether one has no day; until when none is sure."""
    risk, found = asked.risk, asked.risk.pregnancies
    event = asked.plan.outcome(asked.question.outcome).event
    if event is None or not is_read_by(event, found.table):
        raise asked.refuse(
            NOT_READABLE, found=f"outcome {asked.question.outcome}", wanted="a condition on pregnancies"
        )
    answer = columns.answers(event)
    ended = (found.ended_first + found.ended_last)[risk.rows] / 2
    of_woman = asked.beside.places([found.women[at] for at in risk.woman])
    start = np.full(len(asked.beside.women), np.nan)
    start[woman] = origin.start
    after = ~(ended <= start[of_woman])
    days, _ = first_of(of_woman, ended, (answer == 1) & after, len(start))
    undated = np.zeros(len(start), dtype=np.bool_)
    undated[of_woman[(answer == 1) & np.isnan(ended)]] = True
    # An ending nobody told may have been a birth: nothing is sure from the day the pregnancy began.
    open_ = after & (np.isnan(answer) | (risk.ending == Ending.UNKNOWN))
    unsure, _ = first_of(of_woman, found.began_last[risk.rows], open_, len(start))
    return days[woman], undated[woman], unsure[woman]


def _stops(asked: Asking, origin: Origin, woman: IntArray) -> tuple[tuple[str, ...], list[FloatArray]]:
    """The competing ends that contacts tell: their ids, and each woman's first day of each."""
    pregnancies = asked.risk.pregnancies.table
    names, days = [], []
    for id_ in asked.plan.outcome(asked.question.outcome).competing:
        event = asked.plan.outcome(id_).event
        if event is None or is_read_by(event, pregnancies):
            continue
        table = next((t for _, t in asked.beside.dated_tables() if is_read_by(event, t)), None)
        told = None if table is None else asked.beside.days(table, "dated")
        if table is None or told is None:
            wanted = "a table of contacts that tells it, with their days"
            raise asked.refuse(NOT_READABLE, found=f"competing outcome {id_}", wanted=wanted)
        of_woman = asked.beside.woman(table)
        start = np.full(len(asked.beside.women), np.nan)
        start[woman] = origin.start
        answer = np.broadcast_to(answers(event, lambda name: table.column(str(name))), (len(table),))  # noqa: B023
        chosen = (answer == 1) & (told[0] > start[of_woman]) & ~_in_pregnancy(asked, of_woman, told[0])
        first, _ = first_of(of_woman, told[0], chosen, len(start))
        names.append(id_)
        days.append(first[woman])
    return tuple(names), days


def _in_pregnancy(asked: Asking, woman: IntArray, day: FloatArray) -> BoolArray:
    """Whether each day lies in a pregnancy of the woman: what she says of trying then is no stop."""
    found = asked.risk.pregnancies
    began, ended = pregnancy_days(found)
    within = np.zeros(len(day), dtype=np.bool_)
    rows_of: dict[int, list[int]] = {}
    for row, at in enumerate(asked.beside.places([found.women[at] for at in found.woman])):
        rows_of.setdefault(int(at), []).append(row)
    for at in range(len(day)):
        rows = rows_of.get(int(woman[at]), [])
        within[at] = any(began[row] <= day[at] <= ended[row] for row in rows)
    return within


def _pregnant_at(asked: Asking, origin: Origin, woman: IntArray) -> BoolArray:
    """Whether a pregnancy that the index rule leaves out goes on when the clock starts."""
    if asked.risk.rule.pregnant_enter:
        return np.zeros(len(woman), dtype=np.bool_)
    within = _in_pregnancy(asked, woman, np.nan_to_num(origin.index, nan=-np.inf))
    return within & ~np.isnan(origin.index)


def last_news(asked: Asking, women: Table, woman: IntArray) -> FloatArray:
    """The last day on which each woman was heard of: as told, else the latest of all her dated rows."""
    told = _column_days(asked.beside, women, "last_news")
    latest = np.full(len(asked.beside.women), np.nan)
    for grain, table in asked.beside.tables.items():
        if told is None and grain != WOMAN:
            _latest(latest, asked.beside, table, "last_news")
    if told is None and np.isnan(latest).all():
        _latest_of_all(asked, latest)
    return latest[woman] if told is None else np.fmax(told, latest[woman])


def _latest(latest: FloatArray, beside: Beside, table: Table, role: str) -> None:
    days = beside.days(table, role)
    if days is not None:
        np.fmax.at(latest, beside.woman(table), days[0])


def _latest_of_all(asked: Asking, latest: FloatArray) -> None:
    found, beside = asked.risk.pregnancies, asked.beside
    for _, table in beside.dated_tables():
        _latest(latest, beside, table, "dated")
    transfers = beside.table(TRANSFER)
    if transfers is not None:
        _latest(latest, beside, transfers, "transferred")
    of_woman = beside.places([found.women[at] for at in found.woman])
    for days in (found.began_first, found.ended_first, found.followed_until):
        np.fmax.at(latest, of_woman, days)
