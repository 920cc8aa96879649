"""Counts of pages looked at: gathered in memory, written once a minute; reading never waits for writing.

A process that is killed loses what it gathered within that minute; nothing else hangs on these numbers.
"""

import logging
from collections import Counter
from datetime import datetime, timedelta
from threading import Lock

from django.db import DatabaseError, transaction

from gravida.find.contact.models import Team
from gravida.find.contact.tallies import count_view

log = logging.getLogger(__name__)

WRITTEN_EVERY = timedelta(minutes=1)
# Counters beyond it are not begun before the next writing: an address can name many studies.
MOST_AT_ONCE = 1000


class Gathered:
    """What this process has counted and not written down so far."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, str, str, str]] = Counter()
        self._written_at: datetime | None = None
        self._lock = Lock()

    def add(self, team: Team, what: str, *, at: datetime) -> None:
        """One more of this for the team's month; nothing about who."""
        with self._lock:
            if len(self._counts) < MOST_AT_ONCE:
                self._counts[(team.study, team.centre, team.calendar, what)] += 1
            if self._written_at is None:
                self._written_at = at
            if abs(at - self._written_at) < WRITTEN_EVERY:
                return
            self._written_at = at
            counts, self._counts = self._counts, Counter()
        _write(counts, at=at)

    def write(self, *, at: datetime) -> None:
        """Write down everything now."""
        with self._lock:
            counts, self._counts = self._counts, Counter()
            self._written_at = at
        _write(counts, at=at)


def _write(counts: Counter[tuple[str, str, str, str]], *, at: datetime) -> None:
    try:
        with transaction.atomic():
            for (study, centre, calendar, what), times in sorted(counts.items()):
                team = Team(study=study, centre=centre, calendar=calendar)
                for _ in range(times):
                    count_view(team, what, at=at)
    except DatabaseError:
        log.warning("page views of a minute were not counted: the database took no writes")


gathered = Gathered()


def count_without_contact(study: str, *, at: datetime) -> None:
    """Somebody wanted to write about a study that has no team here: staff see how often."""
    gathered.add(Team(study=study, centre="none"), "no_contact", at=at)
