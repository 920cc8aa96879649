"""The conversation with the mail server, step by step, so that it is known what may have arrived."""

import re
import smtplib
import socket
import ssl
from collections.abc import Callable

from gravida.web.mail.attempt import Deadline, Outcome, OutOfTime, Verdict
from gravida.web.mail.message import Envelope
from gravida.web.mail.sender import sender
from gravida.web.mail.server import Encryption, MailServer
from gravida.web.models import Trouble

READY = 220
WELCOME_TEXT = 354
END_OF_TEXT = b".\r\n"


class Refused(Exception):
    """The server's answer to one step; `concerns_every_mail` when the step came before this mail's own."""

    def __init__(self, code: int, *, concerns_every_mail: bool) -> None:
        self.code = code
        self.concerns_every_mail = concerns_every_mail
        super().__init__(code)


def hand_over(
    envelope: Envelope, *, server: MailServer, may_go: Callable[[], bool], deadline: Deadline
) -> Outcome:
    """One attempt; never longer than the deadline.

    `may_go` is asked once, when all but the last line has been sent: after a yes the mail may arrive,
    after a no it cannot. Whatever fails before is LATER or REJECTED, whatever fails after is UNSURE.
    """
    session = _Session(deadline)
    try:
        _greet(session, server)
        _address(session, envelope)
        if not _send_text(session, envelope.message, may_go, deadline):
            return Outcome(verdict=Verdict.GIVEN_UP)
        code, _ = session.getreply()
    except Refused as refused:
        return _refusal(refused.code, concerns_every_mail=refused.concerns_every_mail)
    except smtplib.SMTPResponseException as refused:
        # Greeting and sign-in raise their own kinds: they concern every mail.
        return _refusal(refused.smtp_code, concerns_every_mail=True)
    except (OSError, smtplib.SMTPException, OutOfTime) as error:
        return _broken_off(error, deadline)
    finally:
        session.close()
    if code // 100 == 2:
        return Outcome(verdict=Verdict.ACCEPTED, reply_code=code)
    return _refusal(code, concerns_every_mail=False)


class _Session(smtplib.SMTP):
    """Python's SMTP client on a connection that the deadline ends."""

    def __init__(self, deadline: Deadline) -> None:
        # Our own name is given, because looking it up may take as long as a name server likes.
        super().__init__(local_hostname=sender().domain)
        self._deadline = deadline

    def _get_socket(self, host: str, port: int, timeout: float | None) -> socket.socket:
        return self._deadline.connect(host, port)

    def getreply(self) -> tuple[int, bytes]:
        """The server's answer; OutOfTime rather than `disconnected` when the deadline has cut the line."""
        try:
            return super().getreply()
        except smtplib.SMTPServerDisconnected:
            if self._deadline.is_over:
                raise OutOfTime from None
            raise

    def wrap(self, context: ssl.SSLContext, host: str) -> None:
        """TLS from here on."""
        if self.sock is not None:
            self.sock = context.wrap_socket(self.sock, server_hostname=host)
            self.file = None

    def open(self, server: MailServer) -> None:
        """Connect, with TLS at once where the server speaks it so, and read the greeting."""
        self._host = server.host
        self.sock = self._get_socket(server.host, server.port, None)
        if server.encryption is Encryption.TLS:
            self.wrap(_trust(server), server.host)
        code, _ = self.getreply()
        if code != READY:
            raise Refused(code, concerns_every_mail=True)


def _greet(session: _Session, server: MailServer) -> None:
    session.open(server)
    session.ehlo_or_helo_if_needed()
    if server.encryption is Encryption.STARTTLS:
        session.starttls(context=_trust(server))
        session.ehlo_or_helo_if_needed()
    if server.user:
        session.login(server.user, server.password)


def _address(session: _Session, envelope: Envelope) -> None:
    # A refused sender is our own setting, not this mail's recipient.
    _step(session.mail(envelope.return_path)[0], concerns_every_mail=True)
    _step(session.rcpt(envelope.recipient)[0], concerns_every_mail=False)


def _step(code: int, *, concerns_every_mail: bool) -> None:
    if code // 100 != 2:
        raise Refused(code, concerns_every_mail=concerns_every_mail)


def _send_text(session: _Session, message: bytes, may_go: Callable[[], bool], deadline: Deadline) -> bool:
    """Send all but the last line; then, if it may go, that one. Whether it went."""
    code, _ = session.docmd("DATA")
    if code != WELCOME_TEXT:
        raise Refused(code, concerns_every_mail=False)
    session.send(_dotted(message))
    deadline.left()
    if not may_go():
        return False
    deadline.is_handed_over = True
    session.send(END_OF_TEXT)
    return True


def _dotted(message: bytes) -> bytes:
    """With a second dot before a line that begins with one (RFC 5321, 4.5.2), and a line end at the end."""
    ended = message if message.endswith(b"\r\n") else message + b"\r\n"
    return re.sub(rb"(?m)^\.", b"..", ended)


def _trust(server: MailServer) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=server.authorities or None)


def _refusal(code: int, *, concerns_every_mail: bool) -> Outcome:
    """4xx: later. 5xx: never, unless it is ourselves whom the server does not take."""
    if code // 100 == 5 and not concerns_every_mail:
        return Outcome(verdict=Verdict.REJECTED, trouble=Trouble.REJECTED, reply_code=code)
    trouble = Trouble.SERVER if code // 100 == 5 else Trouble.LATER
    known = code if 100 <= code <= 599 else None
    return Outcome(
        verdict=Verdict.LATER, trouble=trouble, reply_code=known, concerns_every_mail=concerns_every_mail
    )


def _broken_off(error: Exception, deadline: Deadline) -> Outcome:
    """No answer: sure that nothing arrived before the last line was sent, unsure afterwards."""
    trouble = _trouble(error, deadline)
    if deadline.is_handed_over:
        return Outcome(verdict=Verdict.UNSURE, trouble=trouble)
    return Outcome(verdict=Verdict.LATER, trouble=trouble, concerns_every_mail=trouble is not Trouble.STOPPED)


def _trouble(error: Exception, deadline: Deadline) -> Trouble:
    if deadline.is_stopped:
        return Trouble.STOPPED
    if deadline.is_over or isinstance(error, OutOfTime | TimeoutError):
        return Trouble.SILENT
    if isinstance(error, ssl.SSLError | smtplib.SMTPNotSupportedError):
        return Trouble.TLS
    if isinstance(error, smtplib.SMTPServerDisconnected | ConnectionResetError | BrokenPipeError):
        return Trouble.CUT
    return Trouble.REFUSED
