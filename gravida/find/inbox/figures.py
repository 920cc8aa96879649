"""What became of a centre's messages, in figures: by month, how soon, why not, in which languages."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from gravida.find.contact.answer_time import Wait, median_wait
from gravida.find.contact.inbox_reads import FUNNEL
from gravida.find.contact.models import Language, Request, Tally, Team
from gravida.find.contact.working_days import working_days_between
from gravida.find.inbox.forms import criteria_of
from gravida.find.inbox.small_cells import FEWEST, Cell, cells, one, share

MONTHS = 12


@dataclass(frozen=True, kw_only=True)
class Stage:
    """One stage of the way over all months; `width` is its bar, 0 to 100."""

    name: str
    cell: Cell
    width: int


@dataclass(frozen=True, kw_only=True)
class Month:
    """A month's counts, in the order of the stages."""

    name: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, kw_only=True)
class Named:
    """A count with what it counts."""

    name: str
    cell: Cell


@dataclass(frozen=True, kw_only=True)
class Median:
    """A median time in working days; None where more than half wait still. `n` as it may be shown."""

    name: str
    n: Cell
    working_days: float | None


@dataclass(frozen=True, kw_only=True)
class Figures:
    """Everything that the centre's page tells in figures; small counts hidden."""

    stages: tuple[Stage, ...]
    months: tuple[Month, ...]
    medians: tuple[Median, ...]
    reasons: tuple[Named, ...]
    languages: tuple[Named, ...]
    unanswered: float | None
    has_any: bool


def stage_names() -> dict[str, str]:
    """The stages of inbox_reads.FUNNEL in words."""
    return {
        "viewed": _("page seen"),
        "form_opened": _("form opened"),
        "sent": _("sent"),
        "answered": _("answered"),
        "reached": _("reached"),
        "prescreened": _("prescreened"),
        "included": _("in the study"),
    }


def figures(team: Team, *, at: datetime) -> Figures:
    """The last twelve months of a centre; who may see the centre may see them."""
    months = _months(at)
    counted = _tallies(team, since=months[0])
    totals = _over_months(counted)
    stages = _stages(totals)
    return Figures(
        stages=stages,
        months=_by_month(counted, months),
        medians=_medians(team, at=at),
        reasons=_reasons(team.study, totals),
        languages=_languages(totals),
        unanswered=_unanswered(team, since=months[0], at=at),
        has_any=any(totals.values()),
    )


Counted = Mapping[tuple[date, str], int]


def _months(at: datetime) -> list[date]:
    """First days of the last twelve months, oldest first, the present one included."""
    last = at.year * 12 + at.month - 1
    return [date(month // 12, month % 12 + 1, 1) for month in range(last - MONTHS + 1, last + 1)]


def _tallies(team: Team, *, since: date) -> Counted:
    rows = Tally.objects.filter(study=team.study, centre=team.centre, month__gte=since)
    return {(month, what): count for month, what, count in rows.values_list("month", "what", "count")}


def _over_months(counted: Counted) -> dict[str, int]:
    totals: dict[str, int] = defaultdict(int)
    for (_month, what), count in counted.items():
        totals[what] += count
    return totals


def _stages(totals: Mapping[str, int]) -> tuple[Stage, ...]:
    shown = [one(totals.get(what, 0)) for what in FUNNEL]
    most = max((cell.value or 0 for cell in shown), default=0)
    names = stage_names()
    return tuple(
        Stage(name=names[what], cell=cell, width=round(100 * (cell.value or 0) / most) if most else 0)
        for what, cell in zip(FUNNEL, shown, strict=True)
    )


def _by_month(counted: Counted, months: Sequence[date]) -> tuple[Month, ...]:
    """Newest first. Each stage's months add up to its total, so they are hidden together."""
    columns = [cells([counted.get((month, what), 0) for month in months]) for what in FUNNEL]
    rows = [
        Month(name=date_format(month, "F Y"), cells=tuple(column[index] for column in columns))
        for index, month in enumerate(months)
    ]
    return tuple(reversed(rows))


def _named(counts: Iterable[tuple[str, int]]) -> tuple[Named, ...]:
    pairs = sorted((pair for pair in counts if pair[1]), key=lambda pair: (-pair[1], pair[0]))
    shown = cells([count for _name, count in pairs])
    return tuple(Named(name=name, cell=cell) for (name, _count), cell in zip(pairs, shown, strict=True))


def _reasons(study: str, totals: Mapping[str, int]) -> tuple[Named, ...]:
    names = dict(criteria_of(study))
    return _named((names.get(code, code), count) for code, count in _parts(totals, "not_possible"))


def _languages(totals: Mapping[str, int]) -> tuple[Named, ...]:
    names = dict(Language.choices)
    return _named((names.get(code, code), count) for code, count in _parts(totals, "sent"))


def _parts(totals: Mapping[str, int], what: str) -> list[tuple[str, int]]:
    return [(name.partition(":")[2], count) for name, count in totals.items() if name.startswith(f"{what}:")]


def _messages(team: Team, *, since: date) -> list[Request]:
    """Rows of messages that count: erased ones, too, for they hold their dates."""
    rows = Request.objects.filter(team=team, sent_at__date__gte=since)
    return list(rows.exclude(Q(state="spam") | Q(state="duplicate")))


def _medians(team: Team, *, at: datetime) -> tuple[Median, ...]:
    messages = _messages(team, since=_months(at)[0])
    return (
        _median(_("from sending to the first answer"), messages, "acknowledged_at", team, at=at),
        _median(_("from sending to the first talk"), messages, "reached_at", team, at=at),
    )


def _median(name: str, messages: Sequence[Request], until: str, team: Team, *, at: datetime) -> Median:
    """Those that wait still count as long as they have waited (answer_time.median_wait)."""
    waits = []
    for message in messages:
        ended: datetime | None = getattr(message, until)
        end = ended or min(message.ended_at or at, at)
        days = working_days_between(message.sent_at, end, team.working_calendar)
        waits.append(Wait(working_days=days, was_answered=ended is not None))
    n = one(len(waits))
    return Median(name=name, n=n, working_days=median_wait(waits) if len(waits) >= FEWEST else None)


def _unanswered(team: Team, *, since: date, at: datetime) -> float | None:
    """Of messages whose answer was due, the share that had none."""
    was_due = [
        message
        for message in _messages(team, since=since)
        if message.acknowledged_at or message.ended_at or (message.due_at and message.due_at <= at)
    ]
    silent = sum(1 for message in was_due if message.acknowledged_at is None)
    return share(silent, len(was_due))
