"""Calls, what they found, and what follows."""

from datetime import datetime
from enum import Enum

from gravida.find.contact.models import CallAttempt, Request
from gravida.web.people.models import Person


class Found(Enum):
    """What a first talk found."""

    POSSIBLE = "possible"
    NOT_POSSIBLE = "not_possible"
    UNKNOWN = "unknown"


class UnknownCriterion(Exception):
    """A criterion that the study folder does not have; carries its id."""


OTHER_CRITERION = "other"


def call_attempted(
    *, request: Request, version: int, outcome: CallAttempt.Outcome, by: Person, at: datetime
) -> CallAttempt:
    """Note a call. Without a talk it is attempt 1, 2 or 3; further ones are noted and change nothing."""
    raise NotImplementedError


def call_booked(*, request: Request, version: int, call_at: datetime, by: Person, at: datetime) -> Request:
    """A call at a certain hour; she is told it by mail."""
    raise NotImplementedError


def prescreened(
    *,
    request: Request,
    version: int,
    found: Found,
    criterion: str = "",
    sentence: str = "",
    by: Person,
    at: datetime,
) -> Request:
    """Note what a first talk found.

    Not possible needs a criterion of the study folder (or OTHER_CRITERION) and the sentence she reads, which
    `reads.kind_sentence` proposes in her language. UnknownCriterion; ValueError without a sentence.
    """
    raise NotImplementedError


def offer_study(*, request: Request, number: str, text: str = "", by: Person, at: datetime) -> None:
    """Show her another study on her private page."""
    raise NotImplementedError


def give_information(*, request: Request, version: int, by: Person, at: datetime) -> Request:
    """She has the full information of the study."""
    raise NotImplementedError


def mark_included(*, request: Request, version: int, by: Person, at: datetime) -> Request:
    """She takes part."""
    raise NotImplementedError


def unreachable(*, request: Request, version: int, by: Person, at: datetime) -> Request:
    """Three attempts, and 14 days without a word; the clock does the same by itself."""
    raise NotImplementedError
