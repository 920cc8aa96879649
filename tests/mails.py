"""What journeys ask of the outbox: every mail as its reader gets it, and that none tells of health."""

from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest

from gravida.web.mail.message import envelope
from gravida.web.mail.neutral import URL, telling_words
from gravida.web.mail.outbox import MailKind
from gravida.web.models import Mail

NOTICE = MailKind("test.notice", when_unsure="resend")
# Their text is a person's own, sent on her wish or inside a hospital: every line but the text is looked at.
CARRYING = {"contact.team.full", "contact.person.full_copy"}


@contextmanager
def watched_mails() -> Iterator[list[EmailMessage]]:
    """Every mail that is queued meanwhile, as its reader gets it; at the end none of them may tell of health.

    Looked at as they are queued: a mail that is erased or cancelled later has been looked at, too.
    """
    seen: list[EmailMessage] = []
    telling: dict[str, list[str]] = {}
    real = Mail.save

    def save(mail: Mail, *args: Any, **named: Any) -> None:
        if mail._state.adding:
            message = _as_read(mail)
            seen.append(message)
            if words := _telling(message, kind=mail.kind):
                telling[f"{mail.kind} in {mail.language}"] = words
        real(mail, *args, **named)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Mail, "save", save)
        yield seen
    assert telling == {}, f"mails tell about health: {telling}"


def every_mail_is_neutral() -> int:
    """Look at all mails that stand in the outbox now; how many there are."""
    mails = list(Mail.objects.filter(erased_at=None).order_by("id"))
    found = {
        f"{mail.kind} in {mail.language}": words
        for mail in mails
        if (words := _telling(_as_read(mail), kind=mail.kind))
    }
    assert found == {}, f"mails tell about health: {found}"
    return len(mails)


def _as_read(mail: Mail) -> EmailMessage:
    message = message_from_bytes(envelope(mail).message, policy=policy.default)
    if not isinstance(message, EmailMessage):
        raise TypeError(f"{mail.kind}: found {type(message)}, wanted an EmailMessage")
    return message


def _telling(message: EmailMessage, *, kind: str) -> list[str]:
    """Words that tell, in every header but that of her own address, and in the text with its addresses."""
    heads = [f"{name}: {value}" for name, value in message.items() if name not in {"To", "Message-ID"}]
    text = message.get_content()
    if kind in CARRYING:
        heads = [head for head in heads if not head.startswith("Reply-To")]
        text = "\n".join(URL.findall(text))
    return [word for part in (*heads, text) for word in telling_words(part)]
