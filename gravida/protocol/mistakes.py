"""Mistakes found in a study folder: which file and line, what was found, what was wanted."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True, order=True)
class Mistake:
    """One thing to put right in a study folder. Lines count from 1."""

    file: Path
    line: int
    found: str
    wanted: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: found {self.found}, wanted {self.wanted}"


class StudyFolderMistake(Exception):
    """A study folder cannot be read: which file, what was found, what was wanted."""
