"""Exports: only with right, reason and a secret; what was not asked for is not in them; all of it noted."""

import csv
import hashlib
import io
from collections.abc import Callable
from typing import Any

import pyotp
import pytest
from django.test import Client
from django.utils import timezone

from gravida.find.contact import actions_team
from gravida.find.contact.models import Export, Exported, Request, Team
from gravida.web.audit.models import AuditEntry
from gravida.web.people.models import Person
from tests.find.contact.making import fresh, investigator, send
from tests.web.people.making import SECRET, browser_of

pytestmark = pytest.mark.django_db
Make = Callable[..., Request]
EXPORT = "/en/staff/messages/export/"
PASSWORD = "tulip camion nuage 42"  # noqa: S105


@pytest.fixture
def head(team: Team) -> Person:
    """An investigator of the centre."""
    return investigator(password=PASSWORD, name="=Head Example")


@pytest.fixture
def heads_desk(head: Person) -> Client:
    return browser_of(head)


def take(desk: Client, **typed: Any) -> Any:
    today = timezone.localdate()
    wanted = {
        "since": f"{today.replace(day=1):%Y-01-01}", "until": f"{today:%Y-%m-%d}", "reason": "yearly report",
        "secret": PASSWORD,
    }  # fmt: skip
    return desk.post(EXPORT, wanted | typed)


def rows(answer: Any) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))


def test_the_file_holds_no_name_and_no_text_unless_asked_for(heads_desk: Client, message: Make) -> None:
    made = message(first_name="=1+1", text="\t@zanzibar")
    answer = take(heads_desk)
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-store"
    [row] = rows(answer)
    assert row["reference"] == made.reference
    content = answer.content.decode()
    for secret in ("ondine@", "1+1", "33199001234", "zanzibar", "Wolof"):
        assert secret not in content
    [whole] = rows(take(heads_desk, with_identity="on", with_texts="on"))
    assert (whole["first name"], whole["telephone"]) == ("'=1+1", "'+33199001234")
    assert whole["messages"] == "'\t'@zanzibar"
    assert whole["taken out by"].startswith("'=Head Example, 20")


def test_who_took_it_why_rows_and_hash_are_noted(heads_desk: Client, head: Person, message: Make) -> None:
    message(email="a@example.org"), message(email="b@example.org")
    answer = take(heads_desk)
    export = Export.objects.get()
    assert (export.by, export.rows, export.reason) == (head, 2, "yearly report")
    assert export.sha256 == hashlib.sha256(answer.content).hexdigest()
    entry = AuditEntry.objects.get(action="contact.exported")
    assert entry.changes["rows"] == ["", "2"]
    assert entry.changes["sha256"] == ["", export.sha256]
    assert Exported.objects.count() == 2


@pytest.mark.parametrize(
    "wrong",
    [
        {"secret": "not it"},
        {"secret": ""},
        {"reason": ""},
        {"reason": "x"},
        {"since": "x"},
        {"until": "2020-01-01"},
    ],
)
def test_without_reason_or_secret_there_is_no_file(
    heads_desk: Client, message: Make, wrong: dict[str, str]
) -> None:
    message()
    assert take(heads_desk, **wrong).status_code == 400
    assert not Export.objects.exists()


def test_a_code_of_the_app_opens_it_too(heads_desk: Client, message: Make) -> None:
    message()
    assert len(rows(take(heads_desk, secret=pyotp.TOTP(SECRET).now()))) == 1


def test_guesses_of_the_secret_are_counted_like_those_of_the_sign_in(heads_desk: Client) -> None:
    answers = [take(heads_desk, secret=f"guess {number}").status_code for number in range(12)]
    assert answers.count(400) == 10
    assert answers[-1] == 429


def test_a_nurse_takes_nothing_out(desk: Client, message: Make) -> None:
    message()
    assert take(desk).status_code == 403
    assert desk.get(EXPORT).status_code == 403


def test_messages_of_another_centre_are_in_no_file(
    heads_desk: Client, message: Make, other_team: Team
) -> None:
    message()
    there = send(other_team, at=timezone.now(), email="there@example.org").request
    assert there.reference not in take(heads_desk).content.decode()
    assert take(heads_desk, team=other_team.pk).status_code == 400


def test_whoever_took_a_file_is_asked_to_delete_it_when_somebody_in_it_is_erased(
    heads_desk: Client, head: Person, message: Make
) -> None:
    made = message()
    take(heads_desk)
    made = fresh(made)
    actions_team.withdraw_for_her(
        request=made, version=made.version, reason="asked_by_letter", by=head, at=timezone.now()
    )
    assert "delete this file" in heads_desk.get(EXPORT).content.decode()
    export = Export.objects.get()
    other = browser_of(investigator("other@example.org"))
    assert other.post(f"{EXPORT}{export.pk}/deleted/").status_code == 404
    assert heads_desk.post(f"{EXPORT}{export.pk}/deleted/").status_code == 303
    export.refresh_from_db()
    assert export.delete_confirmed_at is not None
    assert rows(take(heads_desk)) == []
