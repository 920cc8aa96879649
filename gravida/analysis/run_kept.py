"""Finished steps of an interrupted run, kept as files so that the same command goes on from them."""

import hashlib
import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from gravida.analysis.report.codec import from_plain, json_text, plain

Result = TypeVar("Result")
PREFIX = ".unfinished-"


@dataclass(frozen=True, kw_only=True)
class Kept:
    """The work folder of one run, named by what the run is of: another plan or other data have another."""

    folder: Path

    @classmethod
    def of(cls, out: Path, *, key: str) -> "Kept":
        """The work folder inside `out`, made where it is not there."""
        folder = out / (PREFIX + hashlib.sha256(key.encode()).hexdigest()[:16])
        folder.mkdir(parents=True, exist_ok=True)
        return cls(folder=folder)

    @property
    def steps(self) -> int:
        """How many finished steps are kept."""
        return len(list(self.folder.glob("*.json")))

    def read(self, step: str, wanted: type[Result]) -> Result | None:
        """The result of a step finished before; None where there is none that can be read."""
        path = self._path(step)
        if not path.is_file():
            return None
        try:
            return from_plain(wanted, json.loads(path.read_text(encoding="utf-8")))
        except (ValueError, KeyError, TypeError):
            # Cut short or of another version: the step is done again.
            path.unlink()
            return None

    def keep(self, step: str, result: Result, wanted: type[Result]) -> Result:
        """Keep a finished step; gives it back as it would be read, so that going on changes no digit."""
        write_whole(self._path(step), json_text(result).encode())
        return as_read(result, wanted)

    def forget(self) -> None:
        """Remove the work folder, once the run is finished."""
        shutil.rmtree(self.folder)

    def _path(self, step: str) -> Path:
        name = "".join(letter if letter.isalnum() or letter in "-_" else "." for letter in step)
        return self.folder / f"{name}.json"


def as_read(result: Result, wanted: type[Result]) -> Result:
    """A result with the digits that are kept of it: what is worked out from it is the same after a stop."""
    value: Any = plain(result)
    return from_plain(wanted, value)


def write_whole(path: Path, content: bytes) -> None:
    """Write beside and rename: whoever looks finds the whole file or the one before."""
    beside = path.with_name(f".{path.name}.part")
    with beside.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
