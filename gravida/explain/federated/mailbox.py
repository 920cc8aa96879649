"""A folder of sealed messages: the coordinator's memory, and, where it is shared, the way to the sites.

FOLDER/SITE/round-001.request, round-001.answer, ... and at last FOLDER/SITE/end. A file appears whole.
"""

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

END = "end"


@dataclass(frozen=True, kw_only=True)
class Mailbox:
    """The messages of one site."""

    folder: Path
    site: str

    def request(self, round_: int) -> bytes | None:
        """The sealed request of a round, None where it has not been asked."""
        return self._read(f"round-{round_:03d}.request")

    def answer(self, round_: int) -> bytes | None:
        """The sealed answer of a round, None where it has not come."""
        return self._read(f"round-{round_:03d}.answer")

    def end(self) -> bytes | None:
        """The sealed last word, None while rounds go on."""
        return self._read(END)

    def ask(self, round_: int, sealed: bytes) -> None:
        """Put a request."""
        self._write(f"round-{round_:03d}.request", sealed)

    def reply(self, round_: int, sealed: bytes) -> None:
        """Put an answer."""
        self._write(f"round-{round_:03d}.answer", sealed)

    def finish(self, sealed: bytes) -> None:
        """Put the last word."""
        self._write(END, sealed)

    def next_request(self, after: int) -> tuple[int, bytes] | None:
        """The earliest request after a round that has no answer yet, with its number."""
        round_ = after + 1
        while (asked := self.request(round_)) is not None:
            if self.answer(round_) is None:
                return round_, asked
            round_ += 1
        return None

    def _read(self, name: str) -> bytes | None:
        try:
            return (self.folder / self.site / name).read_bytes()
        except FileNotFoundError:
            return None

    def _write(self, name: str, content: bytes) -> None:
        folder = self.folder / self.site
        folder.mkdir(parents=True, exist_ok=True)
        opened, temporary = tempfile.mkstemp(prefix=f".{name}.", dir=folder)
        with os.fdopen(opened, "wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        Path(temporary).chmod(0o644)
        Path(temporary).replace(folder / name)
