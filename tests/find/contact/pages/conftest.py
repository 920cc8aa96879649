"""A site whose study has a team that can be written to, and somebody who writes."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.utils import timezone

from gravida.find.contact import teams
from gravida.find.contact.anti_abuse import sign_form
from gravida.find.contact.models import Team
from gravida.web.models import Mail
from gravida.web.tokens import new_token

STUDY = "NCT05557201"
FORM = f"/en/studies/{STUDY}/contact/"
Letter = dict[str, Any]


def make_mark(*, seconds_ago: int = 60, key: str = "") -> str:
    """The mark of a form that was shown some seconds ago."""
    shown_at = datetime.now(UTC) - timedelta(seconds=seconds_ago)
    return sign_form(key=key or new_token(), made_at=shown_at, secret=django_settings.SECRET_KEY)


def make_letter(**changed: Any) -> Letter:
    """A whole, dull message as the form sends it."""
    return {
        "form": make_mark(),
        "first_name": "Claire",
        "last_name": "Exemplaire",
        "email": "claire@example.org",
        "telephone": "01 99 00 12 34",
        "channel": "telephone",
        "half_days": ["mon-am", "thu-pm"],
        "may_leave_message": "on",
        "other_language": "Tamil",
        "writes_for": "partner",
        "message": "Could you call me in the morning?",
    } | changed


@pytest.fixture
def team(bundled: None) -> Team:
    """FALCO's team, open."""
    return teams.refresh(STUDY, at=timezone.now())[0]


@pytest.fixture
def other_team(team: Team) -> Team:
    """A second open centre, in Lyon."""
    lyon = Team.objects.create(
        study=STUDY, centre="centre-2", source="folder", name={"en": "Team of Lyon"}, town="Lyon",
        country="France", calendar="FR", languages=["fr"],
    )  # fmt: skip
    lyon.addresses.create(
        kind="main", rank=0, email="lyon@example.org", source="folder", state="approved",
        seen_at=timezone.now(),
    )  # fmt: skip
    return lyon


@pytest.fixture
def visitor(team: Team) -> Client:
    """Somebody before the site of an open team."""
    return Client(headers={"accept-language": "en"})


@dataclass(frozen=True, kw_only=True)
class Written:
    """A message that was sent through the form: the private page's address, and the code that opens it."""

    page: str
    code: str
    token: str


@pytest.fixture
def write(visitor: Client) -> Callable[..., Written]:
    """Sends a message through the form; fields can be changed."""

    def send(**changed: Any) -> Written:
        answer = visitor.post(FORM, make_letter(**changed))
        assert answer.status_code == 302, answer.content.decode()
        page = visitor.get(answer.headers["Location"]).content.decode()
        code = re.search(r'id="code">([^<]+)<', page)
        here = re.search(r'href="/en/message/([^/"]+)/"', page)
        token = here[1] if here else token_in_mail("contact.person.copy")
        assert code is not None
        return Written(page=f"/en/message/{token}/", code=code[1], token=token)

    return send


def token_in_mail(kind: str, part: str = "message") -> str:
    """The secret of the newest mail of a kind; `part` names the page where a mail has several links."""
    mail = Mail.objects.filter(kind=kind).latest("id")
    wanted = r"/message/([A-Za-z0-9_-]+)/" + ("" if part == "message" else f"{part}/")
    found = re.search(wanted, mail.text)
    assert found is not None, mail.text
    return found[1]


@pytest.fixture
def opened(visitor: Client, write: Callable[..., Written]) -> Callable[..., Written]:
    """Sends a message and opens its private page with the code."""

    def open_it(**changed: Any) -> Written:
        written = write(**changed)
        answer = visitor.post(written.page, {"do": "open", "code": written.code})
        assert answer.status_code == 303, answer.content.decode()
        return written

    return open_it


def hidden(page: str, name: str) -> str:
    """The value of a hidden field of a page."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found is not None, f"no field {name}"
    return found[1]


def do(visitor: Client, address: str, act: str, **fields: Any) -> Any:
    """Press a button of an opened private page, as its forms do."""
    page = visitor.get(address).content.decode()
    marks = {name: hidden(page, name) for name in ("mark", "version", "key")}
    return visitor.post(address, {"do": act, **marks, **fields})
