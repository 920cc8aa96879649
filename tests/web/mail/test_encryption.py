"""The way to the mail server: encrypted with a certificate that is trusted, or not used at all."""

import ssl
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from gravida.web.mail.sender import WrongMailSettings
from gravida.web.mail.server import Encryption, MailFolder, MailServer, mail_server
from gravida.web.models import Mail, MailState, Trouble
from tests.web.mail.conftest import try_once
from tests.web.mail.servers import free_port

Queued = Callable[..., Mail]
Started = Callable[..., int]


class Box:
    """A mailbox of another programmer's server."""

    def __init__(self) -> None:
        self.got: list[Any] = []

    async def handle_DATA(self, server: Any, session: Any, told: Any) -> str:  # noqa: N802 - aiosmtpd's name
        self.got.append((session.ssl is not None, session.authenticated))
        return "250 ok"


def _is_known(server: Any, session: Any, told: Any, way: str, given: Any) -> AuthResult:
    return AuthResult(success=given.password == b"secret@1", handled=False)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key and a certificate for 127.0.0.1 that nobody but itself vouches for."""
    key = ec.generate_private_key(ec.SECP256R1())
    name, now = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail")]), datetime.now(UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    path = tmp_path_factory.mktemp("tls") / "mail.pem"
    written = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(written + made.public_bytes(Encoding.PEM))
    return path


@pytest.fixture
def box() -> Box:
    return Box()


@pytest.fixture
def started(certificate: Path, box: Box) -> Iterator[Started]:
    """Start a server: with STARTTLS, or TLS from the first byte; it knows one user."""
    running: list[Controller] = []

    def start(encryption: Encryption) -> int:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificate)
        at_once = encryption is Encryption.TLS
        given: dict[str, Any] = {"ssl_context": context} if at_once else {"tls_context": context}
        controller = Controller(
            box, hostname="127.0.0.1", port=free_port(), require_starttls=not at_once,
            auth_required=True, auth_require_tls=not at_once,
            authenticator=_is_known, **given,
        )  # fmt: skip
        controller.start()
        running.append(controller)
        return int(controller.port)

    yield start
    for controller in running:
        controller.stop()


@pytest.mark.django_db
@pytest.mark.parametrize("encryption", [Encryption.STARTTLS, Encryption.TLS])
def test_a_trusted_server_has_the_mail_encrypted_from_a_signed_in_sender(
    queued: Queued, started: Started, box: Box, certificate: Path, encryption: Encryption
) -> None:
    mail, port = queued(), started(encryption)
    try_once(port, encryption=encryption, authorities=str(certificate), user="gravida", password="secret@1")
    mail.refresh_from_db()
    assert mail.state == MailState.SENT
    # aiosmtpd tells of TLS where it was agreed on; a port that speaks it at once understands nothing else.
    assert box.got == [(encryption is Encryption.STARTTLS, True)]


@pytest.mark.django_db
@pytest.mark.parametrize("encryption", [Encryption.STARTTLS, Encryption.TLS])
def test_a_certificate_that_nobody_vouches_for_gets_neither_mail_nor_password(
    queued: Queued, started: Started, box: Box, encryption: Encryption
) -> None:
    mail = queued()
    try_once(started(encryption), encryption=encryption, user="gravida", password="secret@1")
    mail.refresh_from_db()
    assert (mail.state, mail.trouble, box.got) == (MailState.QUEUED, Trouble.TLS, [])


@pytest.mark.django_db
def test_a_wrong_password_is_the_operators_trouble_and_loses_no_mail(
    queued: Queued, started: Started, certificate: Path
) -> None:
    mail, port = queued(), started(Encryption.STARTTLS)
    try_once(
        port,
        encryption=Encryption.STARTTLS,
        authorities=str(certificate),
        user="gravida",
        password="wrong",
    )
    mail.refresh_from_db()
    assert (mail.state, mail.trouble, mail.reply_code) == (MailState.QUEUED, Trouble.SERVER, 535)


HOST = "mail.example.org"
WITH_ALL = "smtp://no-reply%40example.org:p%40ss@mail.example.org:2587?authorities=/ca.pem"
RELAY = "smtp://mail.example.org?encryption=none"


@pytest.mark.parametrize(
    ("url", "server"),
    [
        (f"smtp://{HOST}", MailServer(host=HOST, port=587, encryption=Encryption.STARTTLS)),
        (f"smtps://{HOST}", MailServer(host=HOST, port=465, encryption=Encryption.TLS)),
        ("smtp://localhost", MailServer(host="localhost", port=25, encryption=Encryption.NONE)),
        ("smtp://[::1]:2525", MailServer(host="::1", port=2525, encryption=Encryption.NONE)),
        (WITH_ALL, MailServer(host=HOST, port=2587, encryption=Encryption.STARTTLS,
                              user="no-reply@example.org", password="p@ss", authorities="/ca.pem")),
        (RELAY, MailServer(host=HOST, port=25, encryption=Encryption.NONE)),
        ("file:/mails", MailFolder(path=Path("/mails"))),
    ],
)  # fmt: skip
def test_one_setting_names_the_server(settings: Any, url: str, server: MailServer | MailFolder) -> None:
    settings.MAIL_URL = url
    assert mail_server() == server


@pytest.mark.parametrize(
    "url",
    ["", "mail.example.org", "http://mail.example.org", "smtp://", "smtp://mail.example.org:99999",
     "smtp://mail.example.org?encryption=maybe", "smtp://user:secret@mail.example.org?encryption=none"],
)  # fmt: skip
def test_a_setting_that_cannot_be_used_is_refused_without_its_password(settings: Any, url: str) -> None:
    settings.MAIL_URL = url
    with pytest.raises(WrongMailSettings, match="GRAVIDA_MAIL_URL") as wrong:
        mail_server()
    assert "secret@" not in str(wrong.value)
