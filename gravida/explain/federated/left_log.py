"""The site's own record of everything that left it: written before it leaves, one line of JSON for each."""

import json
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path


class LogUnusable(ValueError):
    """A log that was changed by hand, or belongs to another plan or site."""


@dataclass(kw_only=True)
class LeftLog:
    """What left, by round: the request's digest and the answer. One log serves one plan at one site."""

    path: Path
    plan_hash: str
    site: str
    now: Callable[[], datetime]
    answers: dict[int, tuple[str, bytes]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for number, line in enumerate(self._whole_lines(), start=1):
            try:
                told = json.loads(line)
                same = (told["plan_hash"], told["site"]) == (self.plan_hash, self.site)
                entry = (told["request"], told["refusal" if "refusal" in told else "answer"].encode())
                round_ = int(told["round"])
            except (ValueError, KeyError, TypeError, AttributeError) as problem:
                raise LogUnusable(f"{self.path}, line {number}: not an entry of this log") from problem
            if not same:
                raise LogUnusable(
                    f"{self.path}, line {number}: of another plan or site; each plan has a log of its own"
                )
            if "answer" in told:
                self.answers[round_] = entry

    def add(self, *, round_: int, request: str, answer: bytes) -> None:
        """Record an answer, on disk before this returns."""
        self._write({"round": round_, "request": request, "answer": answer.decode()})
        self.answers[round_] = (request, answer)

    def add_refusal(self, *, round_: int, request: str, refusal: bytes) -> None:
        """Record a refusal, which leaves too: its reason, and no number."""
        self._write({"round": round_, "request": request, "refusal": refusal.decode()})

    def _write(self, told: dict[str, object]) -> None:
        at = self.now().isoformat(timespec="seconds")
        entry = {"at": at, "plan_hash": self.plan_hash, "site": self.site, **told}
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("ab") as log:
            log.write(json.dumps(entry).encode() + b"\n")
            log.flush()
            os.fsync(log.fileno())

    def _whole_lines(self) -> list[bytes]:
        """The lines written to their end; a last one that was cut never left the site and is taken away."""
        if not self.path.exists():
            return []
        told = self.path.read_bytes()
        whole = told[: told.rfind(b"\n") + 1]
        if whole != told:
            with self.path.open("r+b") as log:
                log.truncate(len(whole))
        return whole.splitlines()
