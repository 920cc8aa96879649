"""What the worker does with the outbox: take a mail, try it, write down how it ended.

A lease holds a mail for one worker, by the database's clock. `is_handed_over` is written before the last
line goes out: a worker that vanishes before it leaves a mail that certainly did not arrive, one that vanishes
after it a mail that may have.
"""

import logging
from datetime import datetime, timedelta
from email.errors import MessageDefect

from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Now

from gravida.web.mail.address import WrongAddress
from gravida.web.mail.attempt import Deadline, Outcome, Verdict
from gravida.web.mail.failures import tell_failed
from gravida.web.mail.folder import file_name, write_into_folder
from gravida.web.mail.message import envelope
from gravida.web.mail.server import MailFolder, MailServer
from gravida.web.mail.smtp import hand_over
from gravida.web.models import Mail, MailQuerySet, MailState, Trouble, WhenUnsure
from gravida.web.sealed import BrokenSeal, LostKey

LEASE = timedelta(minutes=5)
# Minutes until the next attempt; after the last of them, 48 hours in all, a mail is given up.
BACK_OFF_MINUTES = (1, 5, 15, 60, 120, 240, 480, 960, 960, 39)
SKEW = timedelta(seconds=5)
MOST_CRASHES = 5
# A moment further ahead than this was written by a clock that has been set back since.
FURTHEST_TRY = timedelta(minutes=max(BACK_OFF_MINUTES) + 60)

VANISHED = Outcome(verdict=Verdict.UNSURE, trouble=Trouble.STOPPED)
BROKEN = Outcome(verdict=Verdict.REJECTED, trouble=Trouble.BROKEN)

log = logging.getLogger("gravida.mail")


def take(*, holder: str, at: datetime) -> Mail | None:
    """The next mail to send, leased to this worker; None when none is due."""
    sort_out_vanished(at=at)
    due = Mail.objects.filter(state=MailState.QUEUED).filter(
        Q(next_try_at=None) | Q(next_try_at__lte=Now()) | Q(next_try_at__gt=Now() + FURTHEST_TRY)
    )
    for number in due.order_by("id").values_list("id", flat=True)[:20]:
        if due.filter(id=number).update(
            state=MailState.LEASED,
            leased_by=holder,
            leased_until=Now() + LEASE,
            is_handed_over=False,
            next_try_at=None,
        ):
            return Mail.objects.without_texts().get(id=number)
    return None


def attempt(mail: Mail, *, server: MailServer | MailFolder, deadline: Deadline) -> Outcome:
    """Try to hand a leased mail over, once, within the deadline."""

    def may_go() -> bool:
        """Whether the mail is still ours to send; from a yes on it may arrive."""
        return bool(_held(mail).filter(leased_until__gt=Now()).update(is_handed_over=True))

    try:
        written = envelope(Mail.objects.get(id=mail.pk))
    except LostKey as lost:
        log.error("mail %s (%s): %s", mail.pk, mail.kind, lost)
        return Outcome(verdict=Verdict.LATER, trouble=Trouble.BROKEN, concerns_every_mail=True)
    except (WrongAddress, BrokenSeal, ValueError, MessageDefect) as error:
        # Not the error's own text: it may quote an address.
        kind = type(error).__name__
        log.error("mail %s (%s) cannot be made into a message: %s", mail.pk, mail.kind, kind)
        return BROKEN
    if isinstance(server, MailFolder):
        name = file_name(mail.pk, mail.kind)
        return write_into_folder(written, folder=server.path, name=name, may_go=may_go)
    with deadline:
        return hand_over(written, server=server, may_go=may_go, deadline=deadline)


def finish(mail: Mail, outcome: Outcome, *, at: datetime) -> None:
    """Write down how an attempt ended; nothing when another worker has the mail by now."""
    log.info(
        "mail %s (%s): %s %s", mail.pk, mail.kind, outcome.verdict, outcome.reply_code or outcome.trouble
    )
    with transaction.atomic():
        held = _held(mail)
        match outcome.verdict:
            case Verdict.ACCEPTED:
                _end(held, MailState.SENT, at=at, outcome=outcome)
            case Verdict.REJECTED:
                _fail(mail, held, at=at, outcome=outcome)
            case Verdict.UNSURE if mail.when_unsure == WhenUnsure.PARK or mail.may_be_repeat:
                # One repeat is enough: a second unsure ending is for people to look at.
                _end(held, MailState.UNSURE, at=at, outcome=outcome)
            case Verdict.UNSURE | Verdict.LATER:
                _later(mail, held, at=at, outcome=outcome)
            case Verdict.GIVEN_UP:
                pass  # cancelled, or another worker's: its row already says so


def sort_out_vanished(*, at: datetime) -> None:
    """Mails whose worker vanished: again when they certainly did not arrive, else as their kind says."""
    vanished = Mail.objects.filter(state=MailState.LEASED).filter(
        Q(leased_until__lte=Now()) | Q(leased_until__gt=Now() + LEASE + SKEW)
    )
    for mail in vanished.without_texts():
        # Each row as it was read: another worker, or the one that seemed gone, may be at it too.
        row = vanished.filter(id=mail.pk, leased_by=mail.leased_by, is_handed_over=mail.is_handed_over)
        if mail.is_handed_over:
            _sort_out_unsure(mail, row, at=at)
        elif mail.crashes >= MOST_CRASHES - 1:
            with transaction.atomic():
                _fail(mail, row, at=at, outcome=BROKEN)
        else:
            row.update(crashes=mail.crashes + 1)
            _free(row)


def _sort_out_unsure(mail: Mail, row: MailQuerySet, *, at: datetime) -> None:
    """A mail that was handed over by a worker that vanished: once more with a note, or left to staff."""
    if mail.when_unsure == WhenUnsure.PARK or mail.may_be_repeat or mail.erased_at is not None:
        _end(row, MailState.UNSURE, at=at, outcome=VANISHED)
    else:
        row.update(may_be_repeat=True)
        _free(row)


def abandon(mail: Mail, *, at: datetime) -> None:
    """After a fault of ours in the middle of an attempt: as if its worker had vanished."""
    _held(mail).update(leased_until=Now())
    sort_out_vanished(at=at)


def _held(mail: Mail) -> MailQuerySet:
    """The row, while it is leased to whom it was leased."""
    return Mail.objects.filter(id=mail.pk, state=MailState.LEASED, leased_by=mail.leased_by)


def _free(rows: MailQuerySet) -> None:
    """Back into the queue, due at once."""
    rows.update(state=MailState.QUEUED, trouble=Trouble.STOPPED, leased_by="", leased_until=None)


def _end(rows: MailQuerySet, state: MailState, *, at: datetime, outcome: Outcome) -> int:
    """A state that the worker does not leave again; how many rows were still there."""
    return rows.update(
        state=state,
        ended_at=at,
        trouble=outcome.trouble,
        reply_code=outcome.reply_code,
        leased_by="",
        leased_until=None,
        next_try_at=None,
    )


def _fail(mail: Mail, rows: MailQuerySet, *, at: datetime, outcome: Outcome) -> None:
    """Failed for good, and the part that queued it is told in the same transaction."""
    if _end(rows, MailState.FAILED, at=at, outcome=outcome):
        tell_failed(mail)


def _later(mail: Mail, held: MailQuerySet, *, at: datetime, outcome: Outcome) -> None:
    """Again after a while that grows; failed after 48 hours; not at all when its texts went meanwhile."""
    if _end(held.exclude(erased_at=None), MailState.CANCELLED, at=at, outcome=outcome):
        return
    if outcome.verdict is Verdict.UNSURE:
        held.update(may_be_repeat=True)
    if outcome.trouble is Trouble.STOPPED:
        _free(held)
    elif mail.tries >= len(BACK_OFF_MINUTES):
        _fail(mail, held, at=at, outcome=outcome)
    else:
        held.update(
            state=MailState.QUEUED,
            tries=F("tries") + 1,
            next_try_at=Now() + timedelta(minutes=BACK_OFF_MINUTES[mail.tries]),
            trouble=outcome.trouble,
            reply_code=outcome.reply_code,
            leased_by="",
            leased_until=None,
        )
