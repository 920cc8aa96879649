"""Notes that travel with a message: as she saw them, to the team of the message, and gone with it."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.utils import timezone

from gravida.find.contact import actions_person
from gravida.find.contact.models import Attachment
from gravida.web.people.passwords import Argon2id
from tests.find.contact.making import access_of, confirm, make_team, nurse, send
from tests.journeys.contact import everything_kept
from tests.journeys.test_contact_pages import PAYLOADS
from tests.web.people.making import browser_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Argon2id, "memory_cost", 64)
    monkeypatch.setattr(Argon2id, "time_cost", 1)


def _typed(text: str) -> str:
    from gravida.find.contact.pages.typed import typed_text

    return typed_text(text)


def test_the_team_reads_her_notes_as_text_without_pressing_anything(bundled: None) -> None:
    # given a message whose notes attack
    at = timezone.now() - timedelta(hours=1)
    notes = _typed("\n\n".join(f"« quote »\n{payload}" for payload in PAYLOADS))
    sent = send(make_team(at=at), at=at, notes=notes)
    request = confirm(sent, at=at)
    # when a nurse of the centre opens it
    desk = browser_of(nurse(name="Ann Example"))
    page = desk.get(f"/en/staff/messages/{request.reference}/").content.decode()
    # then they stand there, open, as text
    shown = re.search(
        r"<details class=\"after\" open><summary>Her notes</summary>(.*?)</details>", page, re.DOTALL
    )
    assert shown is not None
    assert "<script" not in shown[1]
    assert not re.search(r"<(?!/?p\b)", shown[1])
    assert notes in unescape(shown[1]).replace("\r", "")


def test_notes_are_erased_with_their_message(bundled: None) -> None:
    at = timezone.now()
    sent = send(make_team(at=at), at=at, notes="a canary among notes")
    assert Attachment.objects.filter(kind=Attachment.Kind.NOTES).count() == 1
    assert "a canary among notes" not in everything_kept()
    actions_person.withdraw(access=access_of(sent), at=at)
    assert not Attachment.objects.exists()
