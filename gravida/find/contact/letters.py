"""What goes into an act and what comes out of it, as values."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from gravida.find.contact.models import Access, Request, Team


@dataclass(frozen=True, kw_only=True)
class Details:
    """Who she is and how to reach her; e-mail and telephone normalised, empty where not given."""

    first_name: str
    last_name: str = ""
    email: str = ""  # as gravida.web.mail.address.normal_address gives it
    telephone: str = ""  # E.164, as telephone.normal_telephone gives it
    other_language: str = ""
    channel: str = ""  # a value of Request.Channel
    half_days: tuple[str, ...] = ()  # as mon-am
    may_leave_message: bool = False


@dataclass(frozen=True, kw_only=True)
class Letter:
    """A message as the form gives it, checked and normalised."""

    details: Details
    language: str  # of the page: that of her mails
    writes_for: str = ""  # a value of Request.WritesFor
    text: str = ""
    answers: str = ""  # JSON of the self-check; empty: not attached
    notes: str = ""


@dataclass(frozen=True, kw_only=True)
class Sent:
    """What became of a message; nothing in it tells whether the address had written before.

    `receipt` opens the page after sending (`reads.receipt`) for half an hour; the same form sent again gives
    the same receipt.
    """

    reference: str
    receipt: str
    is_suspected: bool  # a human looks first; the page says so
    request: Request


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """The page after sending: everything to tell, once."""

    reference: str
    code: str  # to write down: it opens the private page
    token: str  # of the private page; empty where it stands in the mail only
    has_email: bool
    copy_is_late: bool  # too many copies at this hour: it goes out by itself
    is_suspected: bool
    waits_for_staff: bool  # the team's address is being checked: the message waits
    team: Team
    answer_by: datetime | None


class Openness(Enum):
    """Whether a team can be written to, and why not."""

    OPEN = "open"
    WAITS = "waits"  # open, but its address is being checked: messages wait, and the page says so
    STUDY_CLOSED = "study_closed"
    TEAM_CLOSED = "team_closed"
    NO_CONTACT = "no_contact"


@dataclass(frozen=True, kw_only=True)
class AnswerTime:
    """How soon a team usually answers: the last 90 days, silence included."""

    median_working_days: float | None  # None: more than half are still unanswered
    n: int
    late: int = 0  # messages that have waited for more than 14 days


class ChangedMeanwhile(Exception):
    """Somebody else acted first: the version on the page is not the one in the database (409)."""

    def __init__(self, *, found: int, wanted: int) -> None:
        super().__init__(f"version {found} is in the database, the page shows {wanted}")
        self.found, self.wanted = found, wanted


class FormClosed(Exception):
    """The team cannot be written to now; carries why."""

    def __init__(self, openness: Openness) -> None:
        super().__init__(openness.value)
        self.openness = openness


class WrongCode(Exception):
    """Address and code of a private page do not fit, or nothing is there any more: one answer for all."""


class AlreadyOpen(Exception):
    """Another open message of the same person stands in the way."""


class NotYours(Exception):
    """The member of staff may not do this at this centre; a view answers 404."""


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that happened, for her timeline and the team's."""

    kind: str  # step, message, call, timer
    at: datetime
    code: str  # the state reached, the author, the outcome or the timer
    text: str = ""
    reason: str = ""
    by: str = ""  # name of the member of staff; shown to staff only


@dataclass(frozen=True, kw_only=True)
class StatusPage:
    """Everything the private page shows."""

    request: Request
    access: Access
    team: Team
    details: Details | None  # None: erased
    events: tuple[Event, ...]
    next_step: str  # code of states.NEXT_STEP, or empty
    next_by: str  # who: person, team; empty: nobody
    due_at: datetime | None
    acts: frozenset[str] = field(default_factory=frozenset)  # what she can do now: names of actions_person
    other_teams: tuple[Team, ...] = ()
    offered_studies: tuple[str, ...] = ()
    criterion: str = ""
    waits_for_staff: bool = False
    email_bounced: bool = False
    copy_is_paused: bool = False
