"""The worker as a child process of `gravida serve`: started, kept running, stopped with the site."""

import os
import subprocess
import sys
import time

SECONDS_BEFORE_RESTART = 5.0
SECONDS_TO_STOP = 12.0


class WorkerProcess:
    """`gravida send` beside the site."""

    def __init__(self, *, local_address: str) -> None:
        self._environment = os.environ | {"GRAVIDA_LOCAL_ADDRESS": local_address}
        self._owner = os.getpid()
        self._process: subprocess.Popen[bytes] | None = None
        self._started_at = 0.0

    def keep_running(self) -> None:
        """Start it, or start it again when it has ended by itself; called every second."""
        if os.getpid() != self._owner or (self._process is not None and self._process.poll() is None):
            return
        if self._process is not None and time.monotonic() - self._started_at < SECONDS_BEFORE_RESTART:
            return
        self._started_at = time.monotonic()
        command = [sys.executable, "-m", "gravida", "send", "--parent", str(self._owner)]
        self._process = subprocess.Popen(command, env=self._environment)  # noqa: S603 - our own command

    def stop(self) -> None:
        """End it, and wait until it is gone; nothing in the server's own forked processes."""
        if os.getpid() != self._owner or self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(SECONDS_TO_STOP)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
