"""How an import ends: what was found, said in one sentence, and the exit code of the command."""

from dataclasses import dataclass, field
from enum import Enum


class Ending(Enum):
    """How an import ended, with the exit code of the command (docs/registry.md)."""

    DONE = 0
    EMPTY = 3
    NOT_RECORDS = 4
    CUT = 5
    SHRUNK = 6
    BUSY = 7
    UNREACHABLE = 8
    UNKNOWN_NUMBER = 9


SENTENCES = {
    Ending.EMPTY: (
        "{origin} holds no record at all: nothing was changed. Get it again, and look at its size first."
    ),
    Ending.NOT_RECORDS: (
        "{origin}: {found}. No study came in, nothing was removed. "
        "Give a file of the ClinicalTrials.gov API v2, as JSON."
    ),
    Ending.CUT: (
        "{origin} was not read whole: {found}. {good} good records came in, nothing was removed. "
        "Get the file again and import it; what is already in costs nothing."
    ),
    Ending.SHRUNK: (
        "{origin} holds {good} studies where {before} were expected: what it holds came in, nothing was "
        "removed. If the list is right, run again with --accept-smaller; otherwise get it again."
    ),
    Ending.BUSY: (
        "Another import is at work ({found}): wait until it has ended, or stop it, then run this again."
    ),
    Ending.UNREACHABLE: (
        "{origin}: {found}. What came in before stays; run the same command to go on from there."
    ),
    Ending.UNKNOWN_NUMBER: "The registry knows no study {origin}. Check the number; nothing was changed.",
}


@dataclass(kw_only=True)
class Tally:
    """What an import has met so far."""

    read: int = 0  # records, good and bad
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    quarantined: int = 0
    cleaned: int = 0  # fields cleaned or left out in records that came in

    @property
    def good(self) -> int:
        """Records of studies."""
        return self.new + self.changed + self.unchanged

    def add(self, other: "Tally") -> None:
        """Count another tally in."""
        for name, count in vars(other).items():
            setattr(self, name, getattr(self, name) + count)


@dataclass(frozen=True, kw_only=True)
class Report:
    """What one import read and how it ended."""

    origin: str
    ending: Ending
    tally: Tally = field(default_factory=Tally)
    found: str = ""
    before: int = 0  # studies that were expected
    absent: int = 0  # studies marked as missing from a complete list

    @property
    def sentence(self) -> str:
        """What happened and what to do; empty when all went well."""
        template = SENTENCES.get(self.ending, "")
        return template.format(origin=self.origin, found=self.found, good=self.tally.good, before=self.before)
