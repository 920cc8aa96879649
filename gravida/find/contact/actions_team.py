"""What a member of the team does in the inbox, or by the links in the team's mail."""

from datetime import datetime

from gravida.find.contact.models import Draft, InternalNote, Message, Request, Team
from gravida.web.people.models import Person


def opened(*, request: Request, by: Person, at: datetime) -> Request:
    """A member of the team has it on the screen: the view of identity is in the trail."""
    raise NotImplementedError


def acknowledge(*, request: Request, version: int, by: Person, at: datetime) -> Request:
    """The team has it and says so to her. ChangedMeanwhile, IllegalStep."""
    raise NotImplementedError


def acknowledge_by_link(*, token: str, at: datetime) -> Request:
    """The same by the single-use link, without signing in. LinkSpent; answered already is no mistake."""
    raise NotImplementedError


def close_centre(*, team: Team, by: Person, at: datetime) -> Team:
    """Not recruiting any more: the form closes, waiting persons are told and offered what else they can do."""
    raise NotImplementedError


def close_centre_by_link(*, token: str, at: datetime) -> Team:
    """The same by the single-use link. LinkSpent."""
    raise NotImplementedError


def reopen_centre(*, team: Team, by: Person, at: datetime) -> Team:
    """The team takes messages again."""
    raise NotImplementedError


def assign(*, request: Request, version: int, to: Person | None, by: Person, at: datetime) -> Request:
    """Give it to a colleague of the same centre, or to nobody."""
    raise NotImplementedError


def note(*, request: Request, text: str, by: Person, at: datetime) -> InternalNote:
    """Write an internal note."""
    raise NotImplementedError


def save_draft(*, request: Request, text: str, by: Person, at: datetime) -> Draft:
    """Keep an answer that is not finished; one for each member of staff."""
    raise NotImplementedError


def reply(*, request: Request, version: int, text: str, by: Person, at: datetime) -> Message:
    """Answer her; the mail says only that there is an answer. Counts as acknowledgement."""
    raise NotImplementedError


def mark_duplicate(*, request: Request, version: int, of: Request, by: Person, at: datetime) -> Request:
    """The same person's other message is the one that counts."""
    raise NotImplementedError


def mark_spam(*, request: Request, version: int, by: Person, at: datetime) -> Request:
    """No message to a team; deleted after seven days."""
    raise NotImplementedError


def not_spam(*, request: Request, version: int, by: Person, at: datetime) -> Request:
    """A human looked: it is a message; the team is told. AlreadyOpen where she has written again."""
    raise NotImplementedError


def not_interested(*, request: Request, version: int, by: Person, at: datetime) -> Request:
    """She said no."""
    raise NotImplementedError


def withdraw_for_her(*, request: Request, version: int, reason: str, by: Person, at: datetime) -> None:
    """She asked by telephone that everything be erased; the reason is a code, as asked_by_telephone."""
    raise NotImplementedError


def issue_code(*, request: Request, by: Person, at: datetime) -> str:
    """A new code for her private page, read out to her on the telephone; shown once."""
    raise NotImplementedError


def record_export(*, requests: list[Request], reason: str, sha256: str, by: Person, at: datetime) -> None:
    """Note who took which messages out of the system."""
    raise NotImplementedError
