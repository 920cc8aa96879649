"""What the person who wrote does: send, confirm, add, change, withdraw."""

from datetime import datetime
from typing import Any

from gravida.find.contact.letters import Details, Letter, Sent
from gravida.find.contact.models import Access, Message, Request, Team


def send_request(
    *, team: Team, letter: Letter, idempotency_key: str, network: str, suspicion: str = "", at: datetime
) -> Sent:
    """Keep a message and tell the team, in one transaction; what is kept is on its way.

    The same key again changes nothing and gives the same receipt, under any number of parallel calls; with
    another text under the same key the text is added. An open message of the same e-mail address or telephone
    number to the same study gets this one added. `suspicion` (anti_abuse.suspicion) puts it aside for a human.
    FormClosed where the team cannot be written to; limits.TooMany beyond the limits, and then nothing is kept.
    """
    raise NotImplementedError


def confirm_address(*, token: str, at: datetime) -> Request:
    """She pressed the button behind the link in her mail; tokens.LinkSpent where it was used or is old."""
    raise NotImplementedError


def not_me(*, token: str, at: datetime) -> None:
    """Somebody else typed this address: the message goes aside and no further mail goes there."""
    raise NotImplementedError


def open_page(*, token: str, code: str, network: str, at: datetime) -> Access:
    """The key that address and code make. WrongCode, limits.TooMany."""
    raise NotImplementedError


def new_code_by_mail(*, token: str, network: str, at: datetime) -> None:
    """Mail a new code to the address of a message, if there is one; the answer is the same without."""
    raise NotImplementedError


def add_message(*, access: Access, text: str, idempotency_key: str, network: str, at: datetime) -> Message:
    """Add to a message; the team is told. The same key again changes nothing. limits.TooMany."""
    raise NotImplementedError


def change_details(*, access: Access, version: int, details: Details, at: datetime) -> Request:
    """Change how she can be reached; a new e-mail address is confirmed anew. ChangedMeanwhile, AlreadyOpen."""
    raise NotImplementedError


def say_they_called(*, access: Access, at: datetime) -> None:
    """She was called: counted."""
    raise NotImplementedError


def say_nobody_called(*, access: Access, at: datetime) -> None:
    """Nobody called: the team is reminded, at most once a day; counted."""
    raise NotImplementedError


def write_to_other_centre(*, access: Access, version: int, team: Team, at: datetime) -> Request:
    """Turn to another team of the same study; the timers begin anew. FormClosed, ChangedMeanwhile."""
    raise NotImplementedError


def mail_full_copy(*, access: Access, network: str, at: datetime) -> bool:
    """Mail everything she wrote to her confirmed address; False where there is none."""
    raise NotImplementedError


def withdraw(*, access: Access, at: datetime) -> None:
    """Erase who she is and everything said; numbers stay. Cannot be undone."""
    raise NotImplementedError


def download(*, access: Access, at: datetime) -> dict[str, Any]:
    """Everything kept about her, the team's notes included, as values for JSON."""
    raise NotImplementedError
