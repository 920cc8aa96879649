"""The trail: written with the act, personal values as digests, refused to whoever would change it."""

import json
import secrets
from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, connection, transaction

from gravida.web.audit import trail
from gravida.web.audit.models import AuditEntry, AuditPersonal
from tests.web.people.making import make_person

AT = datetime(2026, 11, 3, 9, 30, 0, 123456, tzinfo=UTC)


def _one(**fields: object) -> AuditEntry:
    trail.record(**{"action": "person.changed", "by": None, "at": AT, "about": "a-thing", **fields})  # type: ignore[arg-type]
    return AuditEntry.objects.latest("number")


def test_entries_are_numbered_and_each_carries_the_digest_of_the_one_before(db: None) -> None:
    first, second = _one(), _one()
    assert (first.number, first.previous) == (1, "")
    assert (second.number, second.previous) == (2, first.digest)


@pytest.mark.django_db(transaction=True)
def test_an_entry_outside_a_transaction_is_refused() -> None:
    with pytest.raises(trail.OutsideTransaction):
        _one()


def test_a_shareable_value_is_kept_and_an_identifying_one_only_as_a_digest(db: None) -> None:
    # given a person whose language is shareable and whose name is not
    person = make_person()
    # when both change
    entry = _one(about=person, changes={"language": ("en", "fr"), "name": ("Old Name", "New Name")})
    # then the trail holds the languages, and digests that only the salt opens
    assert entry.about == f"people.person:{person.pk}"
    assert entry.changes["language"] == ["en", "fr"]
    assert "Name" not in json.dumps(entry.changes)
    assert entry.changes["name"][1] == f"salted:{trail.salted('New Name', entry.personal.salt)}"


def test_about_a_word_only_codes_and_numbers_are_kept_plain(db: None) -> None:
    entry = _one(about="export", changes={"rows": ("", "120"), "asked": ("", "Somebody Real")})
    assert entry.changes["rows"] == ["", "120"]
    assert entry.changes["asked"][1].startswith("salted:")


def test_a_reason_stands_sealed_beside_the_entry_and_can_be_erased(db: None) -> None:
    # given an entry with a reason in words
    entry = _one(reason="She asked us to")
    assert entry.personal.reason == "She asked us to"
    with connection.cursor() as cursor:
        cursor.execute("SELECT reason FROM audit_auditpersonal")
        assert b"asked" not in bytes(cursor.fetchone()[0])
    # when what is personal is erased
    assert trail.erase(about="a-thing") == 1
    # then salt and reason are gone, and the entry is as it was
    personal = AuditPersonal.objects.get()
    assert (personal.salt, personal.reason) == ("", "")
    assert trail.digest_of(AuditEntry.objects.get()) == entry.digest


@pytest.mark.parametrize(
    "act", ["UPDATE audit_auditentry SET action = 'other'", "DELETE FROM audit_auditentry"]
)
def test_the_database_refuses_to_change_or_delete_an_entry(db: None, act: str) -> None:
    _one()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        connection.cursor().execute(act)
    assert AuditEntry.objects.get().action == "person.changed"


def test_the_database_refuses_to_replace_an_entry(db: None) -> None:
    entry = _one()
    entry.action, entry.digest = "another.act", secrets.token_hex(32)
    with pytest.raises(DatabaseError), transaction.atomic():
        entry.save(force_insert=True)
    if connection.vendor == "sqlite":
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            connection.cursor().execute(
                "INSERT OR REPLACE INTO audit_auditentry SELECT * FROM audit_auditentry"
            )


def test_the_database_refuses_to_empty_the_table(db: None) -> None:
    _one()
    if connection.vendor == "postgresql":
        connection.cursor().execute("SET CONSTRAINTS ALL IMMEDIATE")
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            connection.cursor().execute("TRUNCATE audit_auditentry CASCADE")
    assert AuditEntry.objects.count() == 1


@pytest.mark.parametrize("action", ["Sign in", "", "sign.in!", "a..b"])
def test_an_action_is_a_dotted_word(db: None, action: str) -> None:
    with pytest.raises(ValueError, match="dots"):
        _one(action=action)


def test_a_moment_without_a_zone_is_refused(db: None) -> None:
    with pytest.raises(ValueError, match="zone"):
        _one(at=datetime(2026, 11, 3))  # noqa: DTZ001 - the mistake itself
