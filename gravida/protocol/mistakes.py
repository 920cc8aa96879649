"""Mistakes found in a study folder: which file and line, what was found, what was wanted."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True, order=True)
class Mistake:
    """One thing to put right in a study folder. Lines count from 1. What was found empty is said to be so."""

    file: Path
    line: int
    found: str
    wanted: str

    def __post_init__(self) -> None:
        if not self.found:
            object.__setattr__(self, "found", "an empty text")

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: found {self.found}, wanted {self.wanted}"


class StudyFolderMistake(Exception):
    """A study folder cannot be read: which file, what was found, what was wanted."""
