"""The message on the wire: one From, one To, nothing else that names anybody; signed where a key is set."""

import email
import email.policy
import itertools
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import dkim
import pytest
from aiosmtpd.controller import Controller
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gravida.web.mail.address import WrongAddress
from gravida.web.mail.message import envelope
from gravida.web.mail.neutral import NotNeutral
from gravida.web.mail.outbox import MailKind, queue
from gravida.web.mail.sender import WrongMailSettings
from gravida.web.mail.signature import signing_fault
from gravida.web.mail.texts import IncompleteText
from gravida.web.models import Mail
from tests.web.mail.conftest import NOON, try_once
from tests.web.mail.servers import free_port

Queued = Callable[..., Mail]
VISITORS = MailKind("test.copy", when_unsure="park", carries_visitor_text=True)
UNSUBSCRIBE = "https://example.org/alerts/stop/" + "a-B_9" * 40
pytestmark = pytest.mark.django_db


def _read(message: bytes) -> EmailMessage:
    read = email.message_from_bytes(message, policy=email.policy.default)
    assert isinstance(read, EmailMessage)
    return read


def test_the_headers_are_those_of_an_automatic_mail_of_our_own(queued: Queued) -> None:
    # given a mail with all it may have
    mail = queued(reply_to="Lea@example.net", unsubscribe_url=UNSUBSCRIBE, language="fr")
    # when it is made into a message
    read = _read(envelope(mail).message)
    # then it comes from us, to one, and says that a machine wrote it
    assert str(read["From"]) == "Research team <no-reply@example.org>"
    assert str(read["To"]) == "zoe@example.org"
    assert str(read["Reply-To"]) == "lea@example.net"
    assert read["Auto-Submitted"] == "auto-generated"
    assert read["Message-ID"].endswith("@example.org>")
    assert read["Date"].datetime == NOON
    assert read["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert envelope(mail).message.split(b"\r\n")[0] == f"List-Unsubscribe: <{UNSUBSCRIBE}>".encode()
    assert (read["Cc"], read["Bcc"]) == (None, None)
    assert max(map(len, envelope(mail).message.split(b"\r\n"))) < 998
    assert envelope(mail).message.isascii()


def test_a_mail_without_unsubscription_says_nothing_of_it(queued: Queued) -> None:
    read = _read(envelope(queued()).message)
    assert (read["List-Unsubscribe"], read["List-Unsubscribe-Post"], read["Reply-To"]) == (None, None, None)


def test_accents_arrive_as_they_were(queued: Queued, own_templates: Path) -> None:
    (own_templates / "notice.txt").write_text(
        "Réf. {{ reference }} – à bientôt\n\nÀ demain, {{ name }}. {{ link }}\n"
    )
    read = _read(envelope(queued(context={"name": "Zoé Œil-de-Bœuf"})).message)
    assert str(read["Subject"]) == "Réf. G-7K2Q – à bientôt"
    assert "À demain, Zoé Œil-de-Bœuf." in read.get_content()


def test_refusals_go_nowhere_or_to_an_address_that_names_the_mail(queued: Queued, settings: Any) -> None:
    mail = queued()
    assert envelope(mail).return_path == ""
    settings.MAIL_RETURN_PATH = "bounces@example.org"
    assert envelope(mail).return_path == f"bounces+{mail.message_id.partition('@')[0]}@example.org"
    settings.MAIL_RETURN_PATH = "bounces"
    with pytest.raises(WrongMailSettings, match="GRAVIDA_MAIL_RETURN_PATH"):
        envelope(mail)


NUMBERS = itertools.count()
HOSTILE = st.text(
    st.one_of(st.characters(), st.sampled_from(list("\r\n\0,;:<>@\"'\\()=?_ \t\u2028\u2029\x85\x0b\x0c"))),
    max_size=60,
).map(lambda text: text + "\r\nBcc: eve@example.net\r\n\r\nCc: eve@example.net")


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=HOSTILE, reference=HOSTILE, to=st.one_of(HOSTILE, st.just("zoe@example.org")), reply_to=HOSTILE)
def test_no_field_adds_a_recipient_or_a_header(name: str, reference: str, to: str, reply_to: str) -> None:
    with transaction.atomic():
        try:
            mail = queue(
                kind=VISITORS, about=f"request:{next(NUMBERS)}", to=to, language="en",
                template="notice", context={"name": name, "reference": reference, "link": name},
                reply_to="" if to == "zoe@example.org" else reply_to, at=NOON,
            )  # fmt: skip
        except (WrongAddress, NotNeutral, IncompleteText):
            return
        assert mail is not None
        sealed = envelope(mail)
    read = _read(sealed.message)
    assert len(read.get_all("To")) == len(read.get_all("From")) == len(read.get_all("Subject")) == 1
    assert (read.get_all("Cc"), read.get_all("Bcc")) == (None, None)
    assert sealed.recipient == "zoe@example.org"
    assert set(read.keys()) <= {
        "From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "Reply-To", "Content-Language",
        "MIME-Version", "Content-Type", "Content-Transfer-Encoding",
    }  # fmt: skip


@pytest.fixture
def dkim_key(settings: Any, tmp_path: Path) -> bytes:
    """A signing key in the settings; its public half, as it stands in the domain's records."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    path = tmp_path / "dkim.pem"
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    settings.DKIM_KEY, settings.DKIM_SELECTOR = str(path), "mail"
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return b"v=DKIM1; k=rsa; p=" + b"".join(public.splitlines()[1:-1])


def test_a_signature_covers_the_headers_of_unsubscription(queued: Queued, dkim_key: bytes) -> None:
    # given a mail that can be unsubscribed from, and a signing key
    message = envelope(queued(unsubscribe_url=UNSUBSCRIBE)).message

    def record(name: bytes, timeout: int = 5) -> bytes:
        assert name == b"mail._domainkey.example.org."
        return dkim_key

    # then a receiver can check it, and any change of those headers breaks it
    assert dkim.verify(message, dnsfunc=record)
    assert not dkim.verify(message.replace(b"/alerts/stop/", b"/alerts/evil/"), dnsfunc=record)
    assert not dkim.verify(message.replace(b"One-Click", b"Two-Click"), dnsfunc=record)
    assert not dkim.verify(b"From: eve@example.net\r\n" + message, dnsfunc=record)


def test_a_signing_key_that_cannot_be_used_is_said_at_the_start(settings: Any, tmp_path: Path) -> None:
    settings.DKIM_KEY = str(tmp_path / "absent.pem")
    assert "absent.pem" in signing_fault()[0]
    (tmp_path / "wrong.pem").write_text("no key")
    settings.DKIM_KEY = str(tmp_path / "wrong.pem")
    assert "cannot sign" in signing_fault()[0]


def test_a_real_server_takes_it(queued: Queued) -> None:
    # given another programmer's server
    class Box:
        got: list[Any] = []

        async def handle_DATA(self, server: Any, session: Any, told: Any) -> str:  # noqa: N802 - aiosmtpd's name
            self.got.append(told)
            return "250 ok"

    controller = Controller(Box(), hostname="127.0.0.1", port=free_port())
    controller.start()
    try:
        mail = queued(context={"name": ".\n.hidden\n..dots"})
        try_once(controller.port)
    finally:
        controller.stop()
    # then it has one mail, its lines that begin with dots whole
    [told] = Box.got
    assert (told.mail_from, told.rcpt_tos) == ("<>", ["zoe@example.org"])
    assert "Good day .\n.hidden\n..dots." in _read(told.content).get_content().replace("\r\n", "\n")
    mail.refresh_from_db()
    assert mail.state == "sent"
