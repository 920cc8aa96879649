"""The outbox: a mail is a row in the transaction that causes it; the worker sends it later."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.conf import settings
from django.db import IntegrityError, connection, models, transaction
from django.db.models import Value
from django.db.models.functions import Cast, Concat, Now

from gravida.web.mail.address import normal_address
from gravida.web.mail.folder import forget_files
from gravida.web.mail.neutral import URL, refuse_telling_words
from gravida.web.mail.sender import sender
from gravida.web.mail.server import MailFolder, mail_server
from gravida.web.mail.texts import Written, write
from gravida.web.models import Mail, MailState
from gravida.web.sealed import blind


@dataclass(frozen=True)
class MailKind:
    """A kind of mail, and what becomes of one that may or may not have arrived.

    `resend` sends it again with the same Message-ID and a note; `park` leaves it to staff.
    A kind that carries a visitor's text may hold her own words; ours are checked all the same.
    """

    code: str
    when_unsure: Literal["resend", "park"]
    carries_visitor_text: bool = False


class OutsideTransaction(Exception):
    """A mail was queued outside the transaction of what it tells: one could be kept without the other."""


def queue(
    *,
    kind: MailKind,
    about: str,
    to: str,
    language: str,
    template: str,
    context: Mapping[str, str],
    period: str = "",
    reply_to: str = "",
    unsubscribe_url: str = "",
    at: datetime,
) -> Mail | None:
    """Put a mail into the outbox, in the caller's transaction; None when it was queued before in this period.

    Raises OutsideTransaction, WrongAddress, IncompleteText, and NotNeutral when a disease word stands in
    sender, subject, text or a web address.
    """
    if not connection.in_atomic_block:
        raise OutsideTransaction(f"{kind.code} about {about}: call queue() inside transaction.atomic()")
    recipient = normal_address(to)
    recipient_blind = blind(recipient, purpose="mail recipient")
    key = Mail.objects.filter(kind=kind.code, about=about, recipient_blind=recipient_blind, period=period)
    if key.exists():
        return None
    written = write(template, language=language, context=context)
    _refuse_telling(kind, written, template, language, context, reply_to, unsubscribe_url)
    mail = Mail(
        kind=kind.code,
        about=about,
        period=period,
        recipient_blind=recipient_blind,
        when_unsure=kind.when_unsure,
        language=language,
        recipient=recipient,
        subject=written.subject,
        text=written.text,
        reply_to=normal_address(reply_to) if reply_to else "",
        unsubscribe_url=unsubscribe_url,
        message_id=_message_id(kind.code, about, recipient_blind, period),
        queued_at=at,
    )
    try:
        with transaction.atomic():
            mail.save(force_insert=True)
    except IntegrityError:
        if key.exists():
            return None
        raise
    return mail


def cancel(*, about: str, at: datetime) -> int:
    """Take back the mails of an object that no server has been given yet; how many."""
    return (
        Mail.objects.about(about)
        .unfinished()
        .filter(is_handed_over=False)
        .update(state=MailState.CANCELLED, ended_at=at, leased_by="", leased_until=None, next_try_at=None)
    )


def erase(*, about: str) -> int:
    """Remove recipient, subject, text and reply address of an object's mails; how many.

    State and dates stay as counters. What was not sent yet will not be.
    """
    mails = Mail.objects.about(about)
    mails.unfinished().filter(is_handed_over=False).update(
        state=MailState.CANCELLED, ended_at=Now(), leased_by="", leased_until=None, next_try_at=None
    )
    return erase_texts(mails)


def erase_texts(mails: models.QuerySet[Mail]) -> int:
    """Remove what a person could be known by from these rows; how many that were not empty already."""
    numbers = list(mails.filter(erased_at=None).values_list("id", flat=True))
    transaction.on_commit(lambda: _forget_files(numbers))
    return mails.filter(erased_at=None).update(
        recipient="",
        subject="",
        text="",
        reply_to="",
        unsubscribe_url="",
        message_id="",
        # Unique again by the row's number: hashes of addresses go with the addresses.
        recipient_blind=Concat(Value("erased "), Cast("id", models.CharField())),
        erased_at=Now(),
    )


def _forget_files(numbers: list[int]) -> None:
    """On a site without a mail server the mails lie in a folder: they go, too."""
    where = mail_server()
    forget_files(where.path if isinstance(where, MailFolder) else settings.MAIL_FOLDER, numbers)


def _message_id(*parts: str) -> str:
    """The same for the same mail, on our own domain."""
    key = "\0".join(parts).encode()
    return f"{hashlib.sha256(key).hexdigest()[:40]}@{sender().domain}"


def _refuse_telling(
    kind: MailKind,
    written: Written,
    template: str,
    language: str,
    context: Mapping[str, str],
    reply_to: str,
    unsubscribe_url: str,
) -> None:
    """NotNeutral, looking at our own words only where the text is a visitor's."""
    if kind.carries_visitor_text:
        # Her words replaced by a sign that says nothing; addresses of pages are ours and stay.
        ours = {name: value if URL.match(value) else value and "·" for name, value in context.items()}
        text, reply_to = write(template, language=language, context=ours).text, ""
    else:
        text = written.text
    refuse_telling_words(
        {
            "sender": f"{sender().name} {sender().address}",
            "subject": written.subject,
            "text": text,
            "reply-to": reply_to,
            "unsubscribe": unsubscribe_url,
        }
    )
