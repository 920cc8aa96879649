"""A server process whose threads serve whole requests only: who sends slowly waits outside.

Gunicorn gives a connection a thread at its first byte; eight clients that send a byte a minute would then
keep everybody out. Here a thread looks at what has arrived without taking it, and leaves it to the poller
until the head, and a body of ordinary size, are complete. A proxy in front does the same; this holds without.
"""

import re
import socket
import time
from typing import Any

from gunicorn.workers.gthread import _DEFER, TConn, ThreadWorker

MOST_HEAD_BYTES = 64 * 1024  # beyond it the parser refuses anyway
MOST_BODY_BYTES = 64 * 1024  # larger bodies are read as they come, with a time-out for each piece
SECONDS_FOR_A_REQUEST = 30.0
# For each read of a large body, and for each page written: a page takes its time on a poor telephone line.
SECONDS_FOR_A_PIECE = 60.0
_LENGTH = re.compile(rb"(?im)^content-length:[ \t]*(\d{1,12})[ \t]*\r$")
_IN_PIECES = re.compile(rb"(?im)^(expect|transfer-encoding):")


class PatientWorker(ThreadWorker):  # type: ignore[misc]  # gunicorn carries no types
    """Gunicorn's threaded worker, for whole requests."""

    pending_conns: Any  # a deque of connections that wait without a thread

    def handle(self, conn: TConn) -> Any:
        """Serve a request that is all there; else wait for the rest without a thread, 30 seconds at most."""
        arrived = _arrived(conn.sock)
        if arrived is None or _is_whole(arrived) or _has_read_ahead(conn):
            conn.began_at = None
            conn.data_ready = True
            _wake_at(conn.sock, 1)
            return super().handle(conn)
        began_at = getattr(conn, "began_at", None) or time.monotonic()
        conn.began_at = began_at
        if time.monotonic() - began_at > SECONDS_FOR_A_REQUEST:
            return False
        _wake_at(conn.sock, len(arrived) + 1)
        return _DEFER

    def handle_request(self, req: Any, conn: TConn) -> Any:
        """As gunicorn's own, with a time-out for each piece that is read or written."""
        conn.sock.settimeout(SECONDS_FOR_A_PIECE)
        return super().handle_request(req, conn)

    def murder_pending(self) -> None:
        """Close what has waited too long: 30 seconds for a begun request, whatever trickles in."""
        now = time.monotonic()
        for conn in self.pending_conns:
            if (began_at := getattr(conn, "began_at", None)) is not None:
                conn.timeout = min(conn.timeout, began_at + SECONDS_FOR_A_REQUEST)
        # The base class stops at the first that may stay: put those that may not before it.
        self.pending_conns = type(self.pending_conns)(
            sorted(self.pending_conns, key=lambda conn: conn.timeout > now)
        )
        super().murder_pending()


def _arrived(sock: socket.socket) -> bytes | None:
    """What has arrived and is still untaken; None at the connection's end or on its errors."""
    try:
        sock.setblocking(False)
        return sock.recv(MOST_HEAD_BYTES + MOST_BODY_BYTES, socket.MSG_PEEK) or None
    except BlockingIOError:
        return b""
    except OSError:
        return None


def _is_whole(arrived: bytes) -> bool:
    """Whether the head is complete and, when its length is known and ordinary, the body too."""
    head, ends, body = arrived.partition(b"\r\n\r\n")
    if not ends:
        return len(arrived) >= MOST_HEAD_BYTES
    length = _LENGTH.search(head + b"\r")
    if length is None or _IN_PIECES.search(head):
        return True
    wanted = int(length[1])
    return wanted > MOST_BODY_BYTES or len(body) >= wanted


def _has_read_ahead(conn: TConn) -> bool:
    """Whether the parser already holds bytes of the next request."""
    return bool(conn.parser is not None and conn.parser.unreader.buf.getvalue())


def _wake_at(sock: socket.socket, count: int) -> None:
    """Have the poller tell only when so many bytes are there: what is there already is no news."""
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, count)
    except OSError:
        # Socket files do not know it on every system: then the poller tells at once, and we look again.
        return
