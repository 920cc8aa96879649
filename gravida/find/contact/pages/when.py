"""Moments and spans in the reader's words, on the site's clock."""

from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gravida.find.contact.letters import AnswerTime


def day(moment: datetime) -> str:
    """Tuesday 24 November 2026."""
    return date_format(timezone.localtime(moment), "l j F Y")


def moment(at: datetime) -> str:
    """Tuesday 24 November 2026, 14:05."""
    local = timezone.localtime(at)
    return _("%(day)s, %(time)s") % {"day": date_format(local, "l j F Y"), "time": date_format(local, "H:i")}


def by_day(at: datetime) -> str:
    """By Tuesday 24 November 2026."""
    return _("by %(day)s") % {"day": day(at)}


def usually(answer: AnswerTime | None) -> str:
    """How soon a team usually answers, with how many messages that rests on; empty where too few."""
    if answer is None:
        return ""
    if answer.median_working_days is None:
        return _("Of %(n)s people who wrote in the last 90 days, most have had no answer yet.") % {
            "n": answer.n
        }
    days = max(1, round(answer.median_working_days))
    return ngettext(
        "Usually answers in %(days)s working day (%(n)s messages in the last 90 days).",
        "Usually answers in %(days)s working days (%(n)s messages in the last 90 days).",
        days,
    ) % {"days": days, "n": answer.n}


def wait(seconds: int) -> str:
    """How long to wait: 10 minutes, 3 hours."""
    minutes = -(-seconds // 60)
    if minutes <= 90:
        return ngettext("%(n)s minute", "%(n)s minutes", minutes) % {"n": minutes}
    hours = -(-minutes // 60)
    return ngettext("%(n)s hour", "%(n)s hours", hours) % {"n": hours}
