"""A table read as pregnancies: which woman, which place in her history, how and when it ended."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gravida.analysis.fit import FloatArray, IntArray
from gravida.analysis.input.endings import ENDING_OF, Ending, Endings
from gravida.analysis.input.mistakes import Mistakes
from gravida.analysis.input.table import Column, Kind, Table
from gravida.protocol.plan import InputMapping
from gravida.protocol.plan_words import ROLES_BESIDE

if TYPE_CHECKING:
    from gravida.analysis.input.beside import Beside
    from gravida.analysis.input.dated import DatedCount
    from gravida.analysis.input.records import Classified

DAYS_PER_MONTH = 365.25 / 12
LONGEST_WEEKS = 60  # survey files hold told lengths up to 57 weeks
_LAST_OF_WEEK = 6 / 7

# Names that mean a role wherever a plan names no column for it.
USUAL_NAMES: dict[str, tuple[str, ...]] = {
    "woman": ("woman", "participant_code", "wid", "woman_id"),
    "order": ("order", "preg_no", "pregordr", "pregnancy_order"),
    "ending": ("ending", "preg_outcome"),
    "weeks": ("weeks", "gestational_weeks"),
    "recognised_week": ("recognised_week", "learnprg"),
    "began": ("began", "preg_start"),
    "ended": ("ended", "preg_end"),
    "included": ("included", "inc_date"),
    "followed_until": ("followed_until",),
    "trying_since": ("trying_since", "fup_trying_since"),
    "observed_from": ("observed_from",),
    "last_news": ("last_news", "fup_vital_last"),
    "transferred": ("transferred", "trf_date"),
    "dated": ("dated_on", "smp_date", "lif_date", "fup_date"),
    "sample": ("sample", "smp_id"),
}


@dataclass(frozen=True, kw_only=True, eq=False)
class Pregnancies:
    """One row per pregnancy, in the order of the source. Shapes: every array (rows,).

    `woman` is the place of the row's woman in `women` (sorted as texts). Gestational ages are in weeks, of
    amenorrhoea where the source is: `weeks` as told, and the bounds within which the end lies ("8 completed
    weeks" is 8+0 to 8+6). Times are in days, `..._first` and `..._last` where only the month or the year is
    known. NaN is not known. `table` holds every column of the source.
    """

    table: Table
    women: tuple[str, ...]
    woman: IntArray
    order: FloatArray
    ending: Endings
    weeks: FloatArray
    weeks_fewest: FloatArray
    weeks_most: FloatArray
    exit_weeks: FloatArray  # the middle of a completed week; the age itself where days are known
    recognised_week: FloatArray
    began_first: FloatArray
    began_last: FloatArray
    ended_first: FloatArray
    ended_last: FloatArray
    included_on: FloatArray
    followed_until: FloatArray
    women_without_pregnancy: int = 0
    beside: "Beside | None" = None  # the other tables of the source
    dated: "tuple[DatedCount, ...]" = ()  # of each dated variable, who had a value in time
    classified: "Classified | None" = None  # each row as the protocol reads the woman's whole record

    def __len__(self) -> int:
        return len(self.woman)


@dataclass(frozen=True, kw_only=True)
class _Roles:
    """The columns of a table by the role they play."""

    table: Table
    mapping: InputMapping
    mistakes: Mistakes

    def column(self, role: str) -> Column | None:
        name = role_column(self.table.names, self.mapping, role)
        return None if name is None else self.table.column(name)

    def numbers(self, role: str) -> FloatArray:
        column = self.column(role)
        return np.full(len(self.table), np.nan) if column is None else column.numbers

    def complain(self, column: Column, rows: IntArray, *, wanted: str) -> None:
        texts = column.texts() if len(rows) else []
        for row in rows:
            found = f"“{texts[row]}”" if texts[row] else "no value"
            self.mistakes.add(self.table.origin.mistake(int(row), column.name, found=found, wanted=wanted))


def role_column(names: Iterable[str], mapping: InputMapping, role: str) -> str | None:
    """The column that plays a role: the first of the plan that the file has, else one of usual name."""
    spelled = {name.lower(): name for name in names}
    for name in mapping.names(role) or USUAL_NAMES.get(role, ()):
        for candidate in (name, name.rpartition(".")[2]):
            if candidate.lower() in spelled:
                return spelled[candidate.lower()]
    return None


def role_kinds(mapping: InputMapping) -> dict[str, Kind]:
    """The kind wanted of each column that may play a role, by its name in small letters."""
    time = Kind.DATE if mapping.times_in == "dates" else Kind.NUMBER
    recognised = Kind.DATE if mapping.recognised_in == "dates" else Kind.NUMBER
    kinds = {
        "woman": Kind.CODE,
        "order": Kind.NUMBER,
        "ending": Kind.CODE,
        "weeks": Kind.NUMBER,
        "weeks_span": Kind.NUMBER,
        "recognised_week": recognised,
        "began": time,
        "ended": time,
        "included": time,
        "followed_until": time,
        "weight": Kind.NUMBER,
    }
    return _by_name(mapping, kinds)


def role_kinds_beside(mapping: InputMapping) -> dict[str, Kind]:
    """The kinds wanted of columns that play a role in the tables beside the pregnancies."""
    time = Kind.DATE if mapping.times_in == "dates" else Kind.NUMBER
    dates = ("trying_since", "observed_from", "last_news", "transferred", "dated", "included")
    kinds = dict.fromkeys(dates, time) | dict.fromkeys(("woman", "sample", "explained"), Kind.CODE)
    return _by_name(mapping, kinds)


def _by_name(mapping: InputMapping, kinds: Mapping[str, Kind]) -> dict[str, Kind]:
    found: dict[str, Kind] = {}
    for role, kind in kinds.items():
        for name in mapping.names(role) or USUAL_NAMES.get(role, ()):
            found |= {name.lower(): kind, name.rpartition(".")[2].lower(): kind}
    return found


def pregnancies_of(
    table: Table, mapping: InputMapping, mistakes: Mistakes, *, women_without_pregnancy: int = 0
) -> Pregnancies:
    """The pregnancies of a table whose columns play the roles of a mapping; what cannot be is a mistake.

    Where no column plays the woman, every row is a woman of her own.
    """
    roles = _Roles(table=table, mapping=mapping, mistakes=mistakes)
    _named_columns_are_there(roles)
    women, woman = _women(roles)
    weeks, high = _weeks(roles)
    fewest, most, middle = _bounds(roles, weeks, high)
    began, ended = _times(roles, "began"), _times(roles, "ended")
    return Pregnancies(
        table=table,
        women=women,
        woman=woman,
        order=_order(roles),
        ending=_endings(roles),
        weeks=weeks,
        weeks_fewest=fewest,
        weeks_most=most,
        exit_weeks=middle,
        recognised_week=_recognised(roles, began[0]),
        began_first=began[0],
        began_last=began[1],
        ended_first=ended[0],
        ended_last=ended[1],
        included_on=_times(roles, "included")[0],
        followed_until=_times(roles, "followed_until")[0],
        women_without_pregnancy=women_without_pregnancy,
    )


def _named_columns_are_there(roles: _Roles) -> None:
    for columns in roles.mapping.roles:
        if columns.role in ROLES_BESIDE:
            continue
        if role_column(roles.table.names, roles.mapping, columns.role) is None:
            found = f"columns {', '.join(roles.table.names[:40])}"
            wanted = f"{' or '.join(columns.names)}, the {columns.role} of the plan"
            roles.mistakes.add(roles.table.origin.mistake(None, "", found=found, wanted=wanted))


def _women(roles: _Roles) -> tuple[tuple[str, ...], IntArray]:
    column = roles.column("woman")
    if column is None:
        width = len(str(len(roles.table)))
        return tuple(f"{row:0{width}d}" for row in range(len(roles.table))), np.arange(len(roles.table))
    if column.is_missing.any():
        roles.complain(column, np.flatnonzero(column.is_missing), wanted="the woman of the row")
        return ("",), np.zeros(len(roles.table), dtype=np.int64)
    used, woman = np.unique(column.numbers.astype(np.int64), return_inverse=True)
    words = column.words or tuple(column.texts())
    return tuple(words[place] for place in used), woman.astype(np.int64)


def _order(roles: _Roles) -> FloatArray:
    column = roles.column("order")
    if column is None:
        return np.full(len(roles.table), np.nan)
    order = column.numbers
    wrong = ~np.isnan(order) & ((order < 0) | (order != np.round(order)))
    roles.complain(column, np.flatnonzero(wrong), wanted="a whole number, 0 or more")
    return order


def _endings(roles: _Roles) -> Endings:
    column = roles.column("ending")
    if column is None:
        return np.zeros(len(roles.table), dtype=np.int8)
    code_of = {code: ENDING_OF[row.ending] for row in roles.mapping.endings for code in row.codes}
    code_of = code_of or dict(ENDING_OF)
    places = [code_of.get(word) for word in column.words]
    known = np.array([*(Ending.UNKNOWN if place is None else place for place in places), Ending.UNKNOWN])
    is_unheard = np.array([*(place is None for place in places), False])
    at = np.where(column.is_missing, len(column.words), column.numbers).astype(np.int64)
    if is_unheard[at].any():
        wanted = f"one of {', '.join(sorted(code_of))}"
        roles.complain(column, np.flatnonzero(is_unheard[at]), wanted=wanted)
    return known.astype(np.int8)[at]


def _weeks(roles: _Roles) -> tuple[FloatArray, FloatArray]:
    """Weeks at the end, the fewest and the most that the source leaves possible."""
    column = roles.column("weeks")
    if column is None:
        unknown = np.full(len(roles.table), np.nan)
        return unknown, unknown
    per_week = 7.0 if roles.mapping.weeks_in == "days" else 1.0
    weeks = column.numbers / per_week
    wrong = (weeks < 0) | (weeks > LONGEST_WEEKS)
    wanted = f"0 to {LONGEST_WEEKS * per_week:g} {roles.mapping.weeks_in}"
    roles.complain(column, np.flatnonzero(wrong), wanted=wanted)
    return weeks, weeks if column.high is None else column.high / per_week


def _bounds(roles: _Roles, weeks: FloatArray, high: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Fewest and most weeks at the end, and the point that time models use; unknown is 0 to without end."""
    span = np.nan_to_num(roles.numbers("weeks_span")) / 7.0 + np.nan_to_num(high - weeks)
    is_whole = np.zeros(len(weeks), dtype=np.bool_)
    if roles.mapping.weeks_in == "weeks" and roles.mapping.completed_weeks:
        is_whole = weeks == np.floor(weeks)
    most = weeks + span + np.where(is_whole, _LAST_OF_WEEK, 0.0)
    middle = np.where(is_whole, weeks + 0.5, weeks + span / 2)
    is_known = ~np.isnan(weeks)
    return np.where(is_known, weeks, 0.0), np.where(is_known, most, np.inf), middle


def _times(roles: _Roles, role: str) -> tuple[FloatArray, FloatArray]:
    column = roles.column(role)
    if column is None:
        unknown = np.full(len(roles.table), np.nan)
        return unknown, unknown
    if column.kind is Kind.DATE and column.high is not None:
        return column.numbers, column.high
    days = column.numbers * (DAYS_PER_MONTH if roles.mapping.times_in == "months" else 1.0)
    return days, days


def _recognised(roles: _Roles, began: FloatArray) -> FloatArray:
    """The week in which the pregnancy was recognised, as told or from its date."""
    column = roles.column("recognised_week")
    if column is None:
        return np.full(len(roles.table), np.nan)
    if roles.mapping.recognised_in == "dates":
        return (column.numbers - began) / 7.0
    weeks = column.numbers / (7.0 if roles.mapping.recognised_in == "days" else 1.0)
    wrong = (weeks < 0) | (weeks > LONGEST_WEEKS)
    roles.complain(column, np.flatnonzero(wrong), wanted=f"0 to {LONGEST_WEEKS} weeks")
    return weeks
