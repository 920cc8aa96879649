"""A row as the message that goes over the wire."""

import re
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from functools import lru_cache
from pathlib import Path

import dkim
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext

from gravida.web.mail.address import WrongAddress, normal_address
from gravida.web.mail.sender import WrongMailSettings, sender
from gravida.web.models import Mail

# Nothing in a subject, name or address may begin a line of its own: the policy refuses it, this counts on it.
POLICY = SMTP.clone(raise_on_defect=True, max_line_length=76)
NO_RETURN = "<>"
WEB_ADDRESS = re.compile(r"https?://[!-;=?-~]{1,900}")
SIGNED = (
    b"from", b"to", b"subject", b"date", b"message-id", b"reply-to", b"mime-version", b"content-type",
    b"content-transfer-encoding", b"auto-submitted", b"list-unsubscribe", b"list-unsubscribe-post",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Envelope:
    """What is said to the server, and the message it is given."""

    return_path: str  # empty: none, so that nothing comes back
    recipient: str
    message: bytes  # CRLF line ends, ASCII only


def envelope(mail: Mail) -> Envelope:
    """The row as one message: one To, one From, no Cc or Bcc; signed where a DKIM key is set.

    Raises WrongAddress, ValueError or UnicodeError for a row that cannot be a message.
    """
    recipient = normal_address(mail.recipient)
    message = EmailMessage(policy=POLICY)
    ours = sender()
    message["From"] = Address(display_name=ours.name, addr_spec=ours.address)
    message["To"] = Address(addr_spec=recipient)
    message["Subject"] = mail.subject
    # In UTC and at the moment of queueing: a repeat must be the same message.
    message["Date"] = format_datetime(mail.queued_at)
    message["Message-ID"] = f"<{mail.message_id}>"
    message["Auto-Submitted"] = "auto-generated"
    if mail.reply_to:
        message["Reply-To"] = Address(addr_spec=normal_address(mail.reply_to))
    message["Content-Language"] = mail.language
    message.set_content(_text(mail), charset="utf-8", cte="quoted-printable")
    whole = _unsubscribe(mail) + bytes(message)
    return Envelope(return_path=return_path(mail), recipient=recipient, message=_signed(whole))


def _unsubscribe(mail: Mail) -> bytes:
    """Headers of one-click unsubscription (RFC 8058), made here: Python folds long addresses apart."""
    if not mail.unsubscribe_url:
        return b""
    if not WEB_ADDRESS.fullmatch(mail.unsubscribe_url):
        raise ValueError("unsubscribe_url: wanted an https address without spaces")
    return (
        f"List-Unsubscribe: <{mail.unsubscribe_url}>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
    ).encode("ascii")


def return_path(mail: Mail) -> str:
    """Where a refusal that comes later goes: nowhere, or to an address that names the mail (VERP)."""
    written: str = settings.MAIL_RETURN_PATH
    if written == NO_RETURN:
        return ""
    try:
        box, _, domain = normal_address(written).rpartition("@")
    except WrongAddress as error:
        raise WrongMailSettings(
            f"GRAVIDA_MAIL_RETURN_PATH is {written!r}: wanted <> or an address, as bounces@example.org"
        ) from error
    return f"{box}+{mail.message_id.partition('@')[0]}@{domain}"


def _text(mail: Mail) -> str:
    """The text, behind a note when an earlier copy may have arrived."""
    if not mail.may_be_repeat:
        return mail.text
    with translation.override(mail.language):
        note = gettext("(Possible repeat: this message may have reached you before.)")
    return f"{note}\n\n{mail.text}"


def _signed(message: bytes) -> bytes:
    """The message behind its DKIM signature (RFC 6376), which covers the unsubscribe headers (RFC 8058)."""
    if not settings.DKIM_KEY:
        return message
    present = {line.split(b":")[0].lower() for line in message.split(b"\r\n\r\n")[0].split(b"\r\n")}
    signature: bytes = dkim.sign(
        message,
        selector=settings.DKIM_SELECTOR.encode(),
        domain=sender().domain.encode(),
        privkey=_dkim_key(settings.DKIM_KEY),
        canonicalize=(b"relaxed", b"relaxed"),
        # From twice: a second one, added on the way, breaks the signature.
        include_headers=[b"from", *(name for name in SIGNED if name in present)],
    )
    return signature + message


@lru_cache(maxsize=2)
def _dkim_key(path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise WrongMailSettings(f"GRAVIDA_DKIM_KEY names {path}: {error.strerror}") from error
