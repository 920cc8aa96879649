"""Reading the trail: what somebody may see of it, narrowed by a filter."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import QuerySet
from django.utils import timezone

from gravida.web.audit.models import AuditEntry
from gravida.web.people.models import Person
from gravida.web.people.permissions import within
from gravida.web.people.roles import Permission


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A filter of the trail; what is empty narrows nothing."""

    by: Person | None = None
    action: str = ""  # or its beginning
    since: date | None = None  # included
    until: date | None = None  # included


def entries_for(person: Person, asked: Asked) -> QuerySet[AuditEntry]:
    """The entries of this person's studies and centres, newest first; administrators see the whole site's."""
    entries = AuditEntry.objects.filter(within(person, Permission.READ_AUDIT))
    if asked.by:
        entries = entries.filter(by=asked.by)
    if asked.action:
        entries = entries.filter(action__startswith=asked.action)
    if asked.since:
        entries = entries.filter(at__gte=_start_of(asked.since))
    if asked.until:
        entries = entries.filter(at__lt=_start_of(asked.until + timedelta(days=1)))
    return entries.select_related("by", "personal").order_by("-number")


def _start_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
