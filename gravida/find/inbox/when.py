"""How old a message is and when its next step is due, in words; colour only repeats them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

OVERDUE, SOON, CALM, NONE = "overdue", "soon", "calm", ""


@dataclass(frozen=True, kw_only=True)
class Due:
    """When something is due: its colour's name and its words."""

    age: str
    words: str


def day(moment: datetime) -> str:
    """Tuesday 24 November 2026."""
    return date_format(timezone.localtime(moment), "l j F Y")


def day_and_hour(moment: datetime) -> str:
    """Tuesday 24 November 2026, 14:05."""
    return date_format(timezone.localtime(moment), "l j F Y, H:i")


def short(moment: datetime) -> str:
    """Tue 24 Nov, 14:05."""
    # Months are not written with a capital in French.
    month = "b" if (get_language() or "").startswith("fr") else "M"
    return date_format(timezone.localtime(moment), f"D j {month}, H:i")


def ago(moment: datetime, *, at: datetime) -> str:
    """Today, yesterday, 5 days ago: by the days of the calendar."""
    days = (timezone.localtime(at).date() - timezone.localtime(moment).date()).days
    if days <= 0:
        return _("today")
    if days == 1:
        return _("yesterday")
    return ngettext("%(n)s day ago", "%(n)s days ago", days) % {"n": days}


def due(due_at: datetime | None, *, at: datetime) -> Due:
    """Overdue by so much, due today, or due by a day; nothing due has no words."""
    if due_at is None:
        return Due(age=NONE, words="")
    if due_at <= at:
        return Due(age=OVERDUE, words=_overdue(at - due_at))
    local = timezone.localtime(due_at)
    if local.date() == timezone.localtime(at).date():
        return Due(age=SOON, words=_("due today, %(hour)s") % {"hour": date_format(local, "H:i")})
    age = SOON if due_at - at < timedelta(days=1) else CALM
    return Due(age=age, words=_("due by %(day)s") % {"day": short(due_at)})


def _overdue(late: timedelta) -> str:
    if late < timedelta(hours=1):
        return _("overdue for less than an hour")
    if late < timedelta(days=1):
        hours = int(late.total_seconds() // 3600)
        return ngettext("overdue for %(n)s hour", "overdue for %(n)s hours", hours) % {"n": hours}
    return ngettext("overdue for %(n)s day", "overdue for %(n)s days", late.days) % {"n": late.days}
