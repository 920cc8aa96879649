"""Mail servers that do what real ones do on bad days; each on a port of its own, in a thread."""

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass
class Day:
    """How a server behaves: at which step it falls silent, cuts the line, or answers otherwise.

    Steps: CONNECT, EHLO, STARTTLS, MAIL, RCPT, DATA (the command), END (the last line of the text).
    """

    silent_at: str = ""
    cut_at: str = ""
    answers: dict[str, str] = field(default_factory=dict)
    seconds_a_line: float = 0.0
    seconds_at: dict[str, float] = field(default_factory=dict)
    bytes_a_tick: int = 0  # above 0: answers trickle, so many bytes every 0.1 s
    offers: tuple[str, ...] = ()
    accepts_before_cut: bool = True
    accepted: list[bytes] = field(default_factory=list)
    envelopes: list[tuple[str, str]] = field(default_factory=list)
    connections: int = 0


WELL = {"CONNECT": "220 ready", "MAIL": "250 ok", "RCPT": "250 ok", "DATA": "354 go on", "END": "250 taken",
        "RSET": "250 ok", "QUIT": "221 bye", "STARTTLS": "220 go on"}  # fmt: skip


class CutOff(Exception):
    """The server ends this connection."""


@contextlib.contextmanager
def mail_server_on(day: Day) -> Iterator[int]:
    """Its port, while it runs."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(50)
        threading.Thread(target=_accept, args=(listening, day), daemon=True).start()
        yield listening.getsockname()[1]
        # Wakes the thread that waits for a connection; closing alone does not.
        with contextlib.suppress(OSError):
            listening.shutdown(socket.SHUT_RDWR)


def free_port() -> int:
    """A port where nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _accept(listening: socket.socket, day: Day) -> None:
    while True:
        try:
            connection, _ = listening.accept()
        except OSError:
            return
        day.connections += 1
        threading.Thread(target=_serve, args=(connection, day), daemon=True).start()


def _serve(connection: socket.socket, day: Day) -> None:
    with connection, contextlib.suppress(OSError, CutOff):
        connection.settimeout(60)
        lines = connection.makefile("rb")
        _answer(connection, day, "CONNECT")
        sender = recipient = ""
        while line := lines.readline():
            step = line.split()[0].upper().decode(errors="replace") if line.split() else ""
            sender = line.decode() if step == "MAIL" else sender
            recipient = line.decode() if step == "RCPT" else recipient
            _answer(connection, day, step)
            if step == "DATA":
                _take(connection, lines, day, (sender.strip(), recipient.strip()))
            if step == "QUIT":
                return


def _take(connection: socket.socket, lines: object, day: Day, envelope: tuple[str, str]) -> None:
    text = b""
    while (line := lines.readline()) != b".\r\n":  # type: ignore[attr-defined]
        if not line:
            return
        text += line[1:] if line.startswith(b"..") else line
    refused = day.answers.get("END", "250").startswith(("4", "5"))
    if not refused and (day.accepts_before_cut or "END" not in (day.cut_at, day.silent_at)):
        day.accepted.append(text)
        day.envelopes.append(envelope)
    _answer(connection, day, "END")


def _answer(connection: socket.socket, day: Day, step: str) -> None:
    if day.silent_at == step:
        time.sleep(60)
    if day.cut_at == step:
        raise CutOff
    time.sleep(day.seconds_at.get(step, day.seconds_a_line))
    if step in ("EHLO", "HELO") and "EHLO" not in day.answers:
        said = "".join(f"250-{offer}\r\n" for offer in ("here", *day.offers)) + "250 8BITMIME\r\n"
    else:
        said = day.answers.get(step, WELL.get(step, "502 what?")) + "\r\n"
    for piece in _pieces(said.encode(), day.bytes_a_tick):
        connection.sendall(piece)
        time.sleep(0.1 if day.bytes_a_tick else 0)


def _pieces(said: bytes, size: int) -> list[bytes]:
    if not size:
        return [said]
    return [said[start : start + size] for start in range(0, len(said), size)]
