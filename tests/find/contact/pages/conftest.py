"""A site whose study has a team that can be written to, and somebody who writes."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.utils import timezone

from gravida.find.contact import teams
from gravida.find.contact.anti_abuse import sign_form
from gravida.find.contact.models import Team
from gravida.web.tokens import new_token

STUDY = "NCT05557201"
FORM = f"/en/studies/{STUDY}/contact/"


@pytest.fixture
def team(bundled: None) -> Team:
    """FALCO's team, open."""
    return teams.refresh(STUDY, at=timezone.now())[0]


@pytest.fixture
def visitor(team: Team) -> Client:
    """Somebody before the site of an open team."""
    return Client(headers={"accept-language": "en"}, raise_request_exception=True)


@pytest.fixture
def mark() -> Callable[..., str]:
    """Makes the mark of a form that was shown some seconds ago."""

    def make(*, seconds_ago: int = 60, key: str = "") -> str:
        shown_at = datetime.now(UTC) - timedelta(seconds=seconds_ago)
        return sign_form(key=key or new_token(), made_at=shown_at, secret=django_settings.SECRET_KEY)

    return make


@pytest.fixture
def letter(mark: Callable[..., str]) -> dict[str, Any]:
    """A whole, dull message."""
    return {
        "form": mark(),
        "first_name": "Claire",
        "last_name": "",
        "email": "claire@example.org",
        "telephone": "01 99 00 12 34",
        "channel": "telephone",
        "half_days": ["mon-am", "thu-pm"],
        "may_leave_message": "on",
        "other_language": "Tamil",
        "writes_for": "myself",
        "message": "Could you call me in the morning?",
    }
