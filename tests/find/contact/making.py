"""Messages for tests: valid, dull ones, through the same doors as real ones."""

import re
import secrets
from datetime import UTC, datetime
from typing import Any

from gravida.find.contact import actions_person, reads, teams
from gravida.find.contact.letters import Details, Letter, Sent
from gravida.find.contact.models import Access, Request, Team, TeamAddress
from gravida.web.models import Mail
from gravida.web.people.models import Person
from gravida.web.people.roles import Role
from tests.web.people.making import make_staff

FALCO = "NCT05557201"
# A Tuesday with nothing but working days before and after it.
NOW = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)
NETWORK = "203.0.113.7/32"


def make_team(*, at: datetime = NOW) -> Team:
    """FALCO's own team."""
    teams.refresh(FALCO, at=at)
    return Team.objects.get(study=FALCO, centre="centre-1")


def other_team() -> Team:
    """A second centre of FALCO that takes messages."""
    team = make_team()
    team.pk, team.centre, team.town = None, "centre-2", "Lyon"
    team.save()
    TeamAddress.objects.create(
        team=team,
        kind="main",
        rank=0,
        email="lyon@example.org",
        source="folder",
        state="approved",
        seen_at=NOW,
    )
    return team


def make_letter(**changed: Any) -> Letter:
    """A message of a person with an e-mail address and a telephone."""
    details = {
        "first_name": "Ondine",
        "last_name": "Exemplaire",
        "email": "ondine@example.org",
        "telephone": "+33199001234",
        "other_language": "Wolof",
        "channel": "telephone",
        "half_days": ("mon-am", "thu-pm"),
        "may_leave_message": True,
    }
    letter = {
        "language": "en",
        "writes_for": "myself",
        "text": "May I ask about zanzibar?",
        "answers": '{"kilimandjaro": 3}',
        "notes": "quincaillerie",
    }
    for name, value in changed.items():
        (details if name in details else letter)[name] = value
    return Letter(details=Details(**details), **letter)


def send(team: Team | None = None, *, at: datetime = NOW, **changed: Any) -> Sent:
    """A message that is kept; `key`, `network` and `suspicion` as the form gives them."""
    key = changed.pop("key", None) or secrets.token_urlsafe(32)
    network = changed.pop("network", NETWORK)
    suspicion = changed.pop("suspicion", "")
    return actions_person.send_request(
        team=team or make_team(at=at),
        letter=make_letter(**changed),
        idempotency_key=key,
        network=network,
        suspicion=suspicion,
        at=at,
    )


def send_by_telephone(team: Team | None = None, **changed: Any) -> Sent:
    """A message of a person who gives no e-mail address."""
    return send(team, email="", **changed)


def fresh(request: Request) -> Request:
    """The message as the database has it now."""
    return Request.objects.with_team().get(pk=request.pk)


def access_of(sent: Sent) -> Access:
    """The key that this sending gave."""
    return Access.objects.filter(request=sent.request).order_by("-id").select_related("request").first()


def token_and_code(sent: Sent, *, at: datetime = NOW) -> tuple[str, str]:
    """What she holds: the address from her mail or from the page, and the code from the page."""
    told = reads.receipt(sent.receipt, at=at)
    return told.token or token_in(last_mail("contact.person.copy"), "confirm"), told.code


def last_mail(kind: str) -> Mail:
    """The newest mail of a kind."""
    mail = Mail.objects.filter(kind=kind).order_by("-id").first()
    if mail is None:
        raise LookupError(f"no mail {kind} among {kinds_of_mails()}")
    return mail


def token_in(mail: Mail, page: str) -> str:
    """The token of a link in a mail; `page` ends its address, as confirm, received, not-recruiting."""
    return re.search(rf"/message/([\w-]+)/{page}/", mail.text)[1]


def kinds_of_mails() -> list[str]:
    """Kinds of the mails queued so far, oldest first."""
    return list(Mail.objects.order_by("id").values_list("kind", flat=True))


def confirm(sent: Sent, *, at: datetime = NOW) -> Request:
    """She confirms her address by the link of her copy."""
    return actions_person.confirm_address(token=token_in(last_mail("contact.person.copy"), "confirm"), at=at)


def nurse(email: str = "nurse@example.org", **where: Any) -> Person:
    """A nurse of FALCO's centre."""
    return make_staff(Role.NURSE, email=email, **where)


def investigator(email: str = "investigator@example.org", **where: Any) -> Person:
    """An investigator of FALCO's centre."""
    return make_staff(Role.INVESTIGATOR, email=email, **where)
