"""What the worker does for the shared parts: forgetting, and telling the operator."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection

from gravida.web.file_rewriting import rewrite_file
from gravida.web.mail.operator import tell_operator
from gravida.web.mail.outbox import erase_texts
from gravida.web.models import Mail, MailState, OneTimeLink, Spending
from gravida.web.periodic import Task

KEEP_TEXTS = timedelta(days=30)
KEEP_LINKS = timedelta(days=30)
KEEP_USES = timedelta(days=8)  # longer than any limit's span


def forget_texts(at: datetime) -> int:
    """Erase recipients and texts 30 days after a mail ended, whatever its end; rows stay as counters."""
    ended = Mail.objects.exclude(state__in=[MailState.QUEUED, MailState.LEASED])
    return erase_texts(ended.filter(ended_at__lt=at - KEEP_TEXTS))


def forget_links(at: datetime) -> int:
    """Delete single-use links a month after they expired."""
    return OneTimeLink.objects.filter(expires_at__lt=at - KEEP_LINKS).delete()[0]


def forget_uses(at: datetime) -> int:
    """Delete counted uses whose span is long over."""
    return Spending.objects.filter(began_at__lt=at - KEEP_USES).delete()[0]


def fold_log_into_file(at: datetime) -> None:
    """SQLite keeps the last changes in a second file: bring them into the first, so that erased is erased."""
    if connection.vendor == "sqlite" and not connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _tell_operator(at: datetime) -> None:
    if settings.OPERATOR_MAIL:
        tell_operator(to=settings.OPERATOR_MAIL, at=at)


TASKS = (
    Task("mail.texts", timedelta(hours=6), forget_texts),
    Task("links", timedelta(days=1), forget_links),
    Task("limits", timedelta(days=1), forget_uses),
    Task("mail.operator", timedelta(hours=1), _tell_operator),
    Task("database.log", timedelta(hours=1), fold_log_into_file, opens_own_transactions=True),
    Task("database.file", timedelta(minutes=30), rewrite_file, opens_own_transactions=True),
)
