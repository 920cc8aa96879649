"""What can happen to a study, and which of it somebody wants to hear of. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What happened to a study; words in words.py."""

    NEW = "new"  # the search finds it and did not before
    OPENED = "opened"
    CLOSED = "closed"
    GONE = "gone"  # the registry no longer lists it
    PLACES = "places"
    RESULTS = "results"


ORDER = tuple(Kind)


@dataclass(frozen=True, kw_only=True)
class Topics:
    """Which changes somebody wants to hear of."""

    opening: bool = True
    changes: bool = True
    results: bool = True
    new: bool = True

    def wanted(self, kinds: Iterable[Kind]) -> tuple[Kind, ...]:
        """Those of the kinds she wants to hear of, in the order in which they are told."""
        wanted = {
            Kind.NEW: self.new,
            Kind.OPENED: self.opening,
            Kind.CLOSED: self.changes,
            Kind.GONE: self.changes,
            Kind.PLACES: self.changes,
            Kind.RESULTS: self.results,
        }
        held = set(kinds)
        return tuple(kind for kind in ORDER if kind in held and wanted[kind])


def written(kinds: Iterable[Kind]) -> str:
    """Kinds as a column keeps them."""
    held = set(kinds)
    return " ".join(kind for kind in ORDER if kind in held)


def read(text: str) -> tuple[Kind, ...]:
    """Kinds as `written` wrote them."""
    return tuple(Kind(code) for code in text.split())
