"""What pages read of messages and teams."""

from datetime import datetime

from gravida.find.contact.letters import AnswerTime, Event, Openness, Receipt, StatusPage
from gravida.find.contact.models import Access, Request, Team
from gravida.web.people.models import Person


def openness(team: Team) -> Openness:
    """Whether this team can be written to now, and why not."""
    raise NotImplementedError


def usually_answers(team: Team, *, at: datetime) -> AnswerTime | None:
    """How soon it answers; None below five messages in 90 days."""
    raise NotImplementedError


def receipt(token: str, *, at: datetime) -> Receipt | None:
    """The page after sending; None for an unknown one, and half an hour after sending."""
    raise NotImplementedError


def status_page(access: Access, *, at: datetime) -> StatusPage:
    """The private page."""
    raise NotImplementedError


def timeline(request: Request) -> tuple[Event, ...]:
    """Everything that happened, oldest first, for the team; messages and notes opened."""
    raise NotImplementedError


def counts(person: Person, *, at: datetime) -> dict[str, int]:
    """How many messages stand in each state where this person reads, and `overdue`, `spam`."""
    raise NotImplementedError


def funnel(person: Person, *, study: str, months: int, at: datetime) -> list[tuple[str, str, str, int]]:
    """(centre, month as 2026-11, what, how many) where this person reads."""
    raise NotImplementedError


def kind_sentence(study: str, criterion: str, *, language: str) -> str:
    """The sentence proposed to a person for whom a criterion is not met, in her language."""
    raise NotImplementedError


def confirms(token: str, *, at: datetime) -> Request | None:
    """The message whose address a link would confirm, without using it; for GET."""
    raise NotImplementedError


def acknowledges(token: str, *, at: datetime) -> Request | None:
    """The message that a link of the team's mail would acknowledge, without using it; for GET."""
    raise NotImplementedError


def closes(token: str, *, at: datetime) -> Team | None:
    """The team whose form a link would close, without using it; for GET."""
    raise NotImplementedError
