"""One writer of registry records at a time, on one data folder."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path


class AnotherImport(Exception):
    """Somebody else is writing records. Carries who, as they wrote it into the lock file."""

    def __init__(self, holder: str) -> None:
        super().__init__(holder)
        self.holder = holder


@contextmanager
def only_importer(folder: Path, *, what: str) -> Iterator[None]:
    """Hold the lock while the block runs. AnotherImport when it is taken.

    The operating system frees the lock of a killed process, so no stale lock has to be removed by hand.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "import.lock").open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            raise AnotherImport(file.read().strip() or "a process that has just begun") from None
        file.truncate(0)
        file.write(f"process {os.getpid()}, {what}, since {datetime.now(UTC):%Y-%m-%d %H:%M} UTC")
        file.flush()
        yield
