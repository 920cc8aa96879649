"""Where mail is handed over: the one server, or the folder, that GRAVIDA_MAIL_URL names."""

import ipaddress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from django.conf import settings

from gravida.web.mail.sender import WrongMailSettings

WANTED = "wanted smtp://user:password@host:587, smtps://user:password@host:465, or file:/folder"


class Encryption(StrEnum):
    """How the way to the server is protected."""

    STARTTLS = "starttls"  # asked for before anything else is said; without it nothing is sent
    TLS = "tls"  # from the first byte
    NONE = "none"  # this machine, or the operator says so


@dataclass(frozen=True, kw_only=True)
class MailServer:
    """An SMTP server that takes our mail on."""

    host: str
    port: int
    encryption: Encryption
    user: str = ""
    password: str = ""
    authorities: str = ""  # file with the certificates to trust; empty: the system's

    def __repr__(self) -> str:
        return f"MailServer({self.host}:{self.port}, {self.encryption})"


@dataclass(frozen=True, kw_only=True)
class MailFolder:
    """A folder that mails are written into, for development."""

    path: Path


PORTS = {Encryption.STARTTLS: 587, Encryption.TLS: 465, Encryption.NONE: 25}


def mail_server() -> MailServer | MailFolder:
    """What GRAVIDA_MAIL_URL names; WrongMailSettings, without its password, when it cannot be used."""
    parts = urlsplit(settings.MAIL_URL)
    if parts.scheme == "file":
        return MailFolder(path=Path(unquote(parts.path)) if parts.path else settings.MAIL_FOLDER)
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise WrongMailSettings(f"GRAVIDA_MAIL_URL begins with {parts.scheme or 'nothing'!r}: {WANTED}")
    asked = parse_qs(parts.query)
    encryption = _encryption(parts, asked.get("encryption", [""])[0])
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if user and encryption is Encryption.NONE and not _is_this_machine(parts.hostname):
        raise WrongMailSettings(
            "GRAVIDA_MAIL_URL would send a password unencrypted: leave encryption=none away"
        )
    return MailServer(
        host=parts.hostname,
        port=_port(parts) or PORTS[encryption],
        encryption=encryption,
        user=user,
        password=password,
        authorities=asked.get("authorities", [""])[0],
    )


def _encryption(parts: SplitResult, asked: str) -> Encryption:
    if parts.scheme == "smtps":
        return Encryption.TLS
    if not asked:
        return Encryption.NONE if _is_this_machine(parts.hostname or "") else Encryption.STARTTLS
    if asked not in {Encryption.STARTTLS, Encryption.NONE}:
        raise WrongMailSettings(f"GRAVIDA_MAIL_URL asks for encryption={asked}: wanted starttls or none")
    return Encryption(asked)


def _port(parts: SplitResult) -> int | None:
    try:
        return parts.port
    except ValueError as error:
        raise WrongMailSettings(
            f"GRAVIDA_MAIL_URL names a port that is no number up to 65535: {WANTED}"
        ) from error


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
