"""Numbers by study, centre and month: what stays when a message is erased."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db.models import F

from gravida.find.contact.models import Tally, Team


def count(team: Team, what: Iterable[str], *, at: datetime) -> None:
    """Add one to each of these counters of the team, in the caller's transaction."""
    day = team.working_calendar.local(at).date()
    # In one order for all, so that two transactions never wait for each other.
    for name in sorted(set(what)):
        _add(team, name, date(day.year, day.month, 1))


def count_view(team: Team, what: str, *, at: datetime) -> None:
    """Count a page that was looked at: `viewed` or `form_opened`; nothing about who."""
    count(team, (what,), at=at)


def _add(team: Team, what: str, month: date) -> None:
    rows = Tally.objects.filter(study=team.study, centre=team.centre, month=month, what=what)
    if not rows.update(count=F("count") + 1):
        Tally.objects.bulk_create(
            [Tally(study=team.study, centre=team.centre, month=month, what=what, count=0)],
            ignore_conflicts=True,
        )
        rows.update(count=F("count") + 1)
