"""Where mails stand, in words and figures, for staff."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from gravida.web.mail.server import MailFolder, mail_server
from gravida.web.mail.words import STATE, TROUBLE
from gravida.web.models import Mail, MailState
from gravida.web.people.models import Person

STUCK_AFTER = timedelta(hours=1)


@dataclass(frozen=True, kw_only=True)
class MailHealth:
    """Figures of the outbox."""

    waiting: int
    oldest_minutes: int  # age of the oldest that waits; 0 when none does
    failed: int  # not dealt with
    unsure: int  # not dealt with
    is_stuck: bool  # something waits for more than an hour


def health(*, at: datetime) -> MailHealth:
    """The outbox at a moment."""
    waiting = Mail.objects.unfinished()
    oldest = waiting.order_by("queued_at").values_list("queued_at", flat=True).first()
    age = max(at - oldest, timedelta(0)) if oldest else timedelta(0)
    needing = Mail.objects.needing_staff()
    return MailHealth(
        waiting=waiting.count(),
        oldest_minutes=int(age.total_seconds() // 60),
        failed=needing.filter(state=MailState.FAILED).count(),
        unsure=needing.filter(state=MailState.UNSURE).count(),
        is_stuck=age > STUCK_AFTER,
    )


def news_of_mail(person: Person, at: datetime) -> str:
    """A few words for the staff's start page; empty when no mail needs anybody."""
    found = health(at=at)
    troubled = found.failed + found.unsure
    if troubled:
        return ngettext("%(number)s needs you", "%(number)s need you", troubled) % {"number": troubled}
    return _("the queue does not move") if found.is_stuck else ""


@dataclass(frozen=True, kw_only=True)
class MailRow:
    """A mail as a staff page shows it."""

    mail: Mail
    words: str  # its state
    written: str  # when it was queued


def states_about(about: str) -> list[MailRow]:
    """The mails of one object, oldest first, each with its state in words."""
    return with_words(Mail.objects.about(about).without_texts())


def with_words(mails: Iterable[Mail]) -> list[MailRow]:
    """Each mail with its state in words."""
    return [MailRow(mail=mail, words=state_in_words(mail), written=_when(mail.queued_at)) for mail in mails]


def state_in_words(mail: Mail) -> str:
    """As `sent Tue 3 Nov 10:12`, or `waiting: the mail server did not answer, next try Tue 3 Nov 10:27`."""
    match mail.state:
        case MailState.SENT if isinstance(mail_server(), MailFolder):
            return _("written into a folder %(when)s, not sent: no mail server is set") % {
                "when": _when(mail.ended_at)
            }
        case MailState.QUEUED:
            return _waiting(mail)
        case MailState.LEASED:
            return str(STATE[MailState.LEASED])
        case MailState.FAILED | MailState.UNSURE:
            return _("%(state)s %(when)s: %(why)s") % {
                "state": STATE[MailState(mail.state)], "when": _when(mail.ended_at), "why": _why(mail),
            }  # fmt: skip
    return f"{STATE[MailState(mail.state)]} {_when(mail.ended_at)}"


def _waiting(mail: Mail) -> str:
    if not mail.trouble:
        return str(STATE[MailState.QUEUED])
    if mail.next_try_at is None:
        return _("waiting: %(why)s, next try at once") % {"why": _why(mail)}
    return _("waiting: %(why)s, next try %(when)s") % {"why": _why(mail), "when": _when(mail.next_try_at)}


def _why(mail: Mail) -> str:
    """The trouble in words, with the server's own number where it gave one."""
    why = str(TROUBLE[mail.trouble])  # type: ignore[index]  # a stored code is a Trouble
    return f"{why} ({mail.reply_code})" if mail.reply_code else why


def _when(moment: datetime | None) -> str:
    """With the day of the week, in the reader's language: Tue 3 Nov 10:12."""
    if moment is None:
        return ""
    # Months are not written with a capital in French.
    month = "b" if (get_language() or "").startswith("fr") else "M"
    return date_format(timezone.localtime(moment), f"D j {month} H:i")
