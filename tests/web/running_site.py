"""`gravida serve` as its operator starts it, for tests of the whole."""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.web.mail.servers import free_port

HOME = Path(__file__).resolve().parents[2]


@contextlib.contextmanager
def running_site(data: Path, *, workers: int = 1) -> Iterator[tuple["subprocess.Popen[str]", int]]:
    """A site that has said where it is, in a data folder of its own, and its port; gone afterwards."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("GRAVIDA_")}
    environment |= {"GRAVIDA_DATA": str(data), "DATABASE_URL": f"sqlite:///{data / 'site.sqlite3'}"}
    port = free_port()
    command = [sys.executable, "-m", "gravida", "serve", "--port", str(port), "--workers", str(workers)]
    process = subprocess.Popen(
        command, cwd=HOME, env=environment, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    try:
        while "Gravida is at" not in (line := process.stdout.readline() if process.stdout else ""):
            if not line:
                raise RuntimeError("the site stopped before it was there")
        yield process, port
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
