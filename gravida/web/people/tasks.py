"""What the worker does for staff: forgetting what is no longer needed."""

from datetime import datetime, timedelta

from gravida.web.people import kept_forms
from gravida.web.people.models import StaffSession
from gravida.web.periodic import Task

KEEP_SESSIONS = timedelta(days=30)


def forget_sessions(at: datetime) -> int:
    """Delete sessions a month after their browser was last seen; the audit trail keeps the sign-ins."""
    return StaffSession.objects.filter(seen_at__lt=at - KEEP_SESSIONS).delete()[0]


def forget_kept_forms(at: datetime) -> int:
    """Delete what was kept of forms for longer than it may be."""
    return kept_forms.forget_old(at=at)


TASKS = (
    Task("people.sessions", timedelta(days=1), forget_sessions),
    Task("people.kept_forms", timedelta(minutes=5), forget_kept_forms),
)
