"""Counts of pages looked at; a page is never kept from a reader because it could not be counted."""

import logging
from datetime import datetime

from django.db import DatabaseError, transaction

from gravida.find.contact.models import Team
from gravida.find.contact.tallies import count_view

log = logging.getLogger(__name__)


def count_quietly(team: Team, what: str, *, at: datetime) -> None:
    """One more of this for the team's month; nothing about who."""
    try:
        with transaction.atomic():
            count_view(team, what, at=at)
    except DatabaseError:
        log.warning("a page view was not counted: the database took no writes")


def count_without_contact(study: str, *, at: datetime) -> None:
    """Somebody wanted to write about a study that has no team here: staff see how often."""
    count_quietly(Team(study=study, centre="none"), "no_contact", at=at)
