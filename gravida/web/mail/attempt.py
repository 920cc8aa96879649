"""One attempt to hand a mail over: how it ended, and the clock that ends it."""

import contextlib
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from types import TracebackType

from gravida.web.models import Trouble

SECONDS = 30.0
SECONDS_FOR_THE_LAST_ANSWER = 5.0  # granted to a mail that is handed over when the worker is asked to stop


class Verdict(StrEnum):
    """How an attempt ended."""

    ACCEPTED = "accepted"
    LATER = "later"  # certainly not accepted: try again
    REJECTED = "rejected"  # certainly not accepted, and never will be
    UNSURE = "unsure"  # handed over, and no answer came
    GIVEN_UP = "given up"  # cancelled or lost to another worker before it was handed over


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How an attempt ended, and why."""

    verdict: Verdict
    trouble: Trouble = Trouble.NONE
    reply_code: int | None = None
    concerns_every_mail: bool = False  # the server's trouble, not this mail's


class OutOfTime(Exception):
    """The attempt's time is over."""


class Deadline:
    """Ends everything on its connection at one moment, whatever the server does or does not do.

    A socket's own time-out begins anew with every byte; this one does not. Used as a context:
    while it is open, a thread waits for the moment and then shuts the connection.
    """

    def __init__(self, seconds: float = SECONDS) -> None:
        self._ends = time.monotonic() + seconds
        self._connection: socket.socket | None = None
        self._changed = threading.Condition()
        self._is_done = False
        self.is_over = False
        self.is_handed_over = False
        self.is_stopped = False

    def __enter__(self) -> "Deadline":
        threading.Thread(target=self._watch, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._changed:
            self._is_done = True
            self._changed.notify()
        if self._connection is not None:
            self._connection.close()

    def connect(self, host: str, port: int) -> socket.socket:
        """A connection that ends with the deadline; OutOfTime, or OSError as the system says."""
        connection = _in_time(lambda: socket.create_connection((host, port), self.left()), self.left())
        if connection is None:
            raise OutOfTime
        connection.settimeout(None)
        # A second handle on it: TLS takes the first one over, and closing works from here all the same.
        self._connection = connection.dup()
        if self.is_over:
            self._cut()
        return connection

    def left(self) -> float:
        """Seconds until the end; OutOfTime when it has come."""
        seconds = self._ends - time.monotonic()
        if self.is_over or seconds <= 0:
            raise OutOfTime
        return seconds

    def stop(self) -> None:
        """End now what is not handed over; what is has a few seconds more. Never waits: for signals."""
        self.is_stopped = True
        if self.is_handed_over:
            self._ends = min(self._ends, time.monotonic() + SECONDS_FOR_THE_LAST_ANSWER)
        else:
            self.is_over = True
            self._cut()

    def _watch(self) -> None:
        with self._changed:
            while not self._is_done:
                seconds = self._ends - time.monotonic()
                if seconds <= 0:
                    self.is_over = True
                    self._cut()
                    return
                # Short turns, because a stop moves the end without telling.
                self._changed.wait(min(seconds, 1.0))

    def _cut(self) -> None:
        if self._connection is not None:
            with contextlib.suppress(OSError):
                self._connection.shutdown(socket.SHUT_RDWR)


def _in_time(open_connection: Callable[[], socket.socket], seconds: float) -> socket.socket | None:
    """The connection, or None when names and routes take longer; what comes too late is closed again."""
    opened: list[socket.socket] = []
    failed: list[OSError] = []
    gone = threading.Event()

    def run() -> None:
        try:
            connection = open_connection()
        except OSError as error:
            failed.append(error)
        else:
            opened.append(connection)
            if gone.is_set():
                connection.close()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(seconds)
    if failed:
        raise failed[0]
    if not opened:
        gone.set()
        return None
    return opened[0]
