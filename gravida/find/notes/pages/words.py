"""Words of shared notes, for people."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from gravida.find.notes.models import Ending

LIFE = {
    "hour": gettext_lazy("1 hour"),
    "day": gettext_lazy("1 day"),
    "week": gettext_lazy("7 days"),
    "month": gettext_lazy("30 days"),
}

ENDED = {
    Ending.EXPIRED: gettext_lazy("Its time is over. The copy is deleted."),
    Ending.REVOKED: gettext_lazy("You took it back. The copy is deleted."),
    Ending.TRIES: gettext_lazy("20 wrong tries: deleted. Make a new link if somebody still needs it."),
    Ending.REPORTED: gettext_lazy("Somebody who opened it reported it to this site. The copy is deleted."),
}


@dataclass(frozen=True, kw_only=True)
class Choice:
    """A choice of a form."""

    code: str
    label: str
    is_usual: bool = False


def wait(seconds: int) -> str:
    """How long to wait, in words."""
    minutes = -(-seconds // 60)
    if seconds <= 5:
        return _("a few seconds")
    if minutes < 120:
        return ngettext("%(n)s minute", "%(n)s minutes", minutes) % {"n": minutes}
    hours = -(-minutes // 60)
    return ngettext("%(n)s hour", "%(n)s hours", hours) % {"n": hours}
