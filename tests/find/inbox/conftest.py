"""A centre with a nurse, and messages that were sent through the same doors as real ones."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from gravida.find.contact.models import Request, Team
from gravida.web.people.models import Person
from gravida.web.people.passwords import Argon2id
from tests.find.contact.making import confirm, fresh, make_team, nurse, send
from tests.web.people.making import browser_of


@pytest.fixture(autouse=True)
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hash in a millisecond."""
    monkeypatch.setattr(Argon2id, "memory_cost", 64)
    monkeypatch.setattr(Argon2id, "time_cost", 1)


@pytest.fixture
def now() -> datetime:
    """This moment: sessions of test browsers live now."""
    return timezone.now()


@pytest.fixture
def team(bundled: None, now: datetime) -> Team:
    """FALCO's team."""
    return make_team(at=now - timedelta(days=60))


@pytest.fixture
def other_team(team: Team) -> Team:
    """A second centre of the study, in Lyon."""
    lyon = Team.objects.create(
        study=team.study, centre="centre-2", source="folder", name={"en": "Team of Lyon"}, town="Lyon",
        country="France", calendar="FR", languages=["fr"],
    )  # fmt: skip
    lyon.addresses.create(
        kind="main", rank=0, email="lyon@example.org", source="folder", state="approved",
        seen_at=timezone.now(),
    )  # fmt: skip
    return lyon


@pytest.fixture
def ann(team: Team) -> Person:
    """A nurse of the centre."""
    return nurse(name="Ann Example")


@pytest.fixture
def desk(ann: Person) -> Client:
    """Ann before her screen, signed in."""
    return browser_of(ann)


@pytest.fixture
def message(team: Team, now: datetime) -> Callable[..., Request]:
    """Makes a message, confirmed unless `confirmed` is false, sent an hour ago or so many days."""

    def make(*, days: float = 1 / 24, confirmed: bool = True, **changed: Any) -> Request:
        at = now - timedelta(days=days)
        sent = send(team, at=at, **changed)
        if confirmed and sent.request.has_email:
            confirm(sent, at=at)
        return fresh(sent.request)

    return make


def post(desk: Client, request: Request, act: str, **typed: Any) -> Any:
    """Press a button of the message's page as it stands now, unless `version` names another."""
    request = fresh(request)
    address = f"/en/staff/messages/{request.reference}/do/{act}/"
    return desk.post(address, {"version": request.version, **typed})
