"""Whether the trail is whole: tampering is found, the first bad entry named; many may write at once."""

import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, connections, transaction
from django.db.backends.utils import CursorWrapper

from gravida.web.audit import trail
from gravida.web.audit.checks import trigger_faults
from gravida.web.audit.commands import in_words
from gravida.web.audit.models import AuditEntry
from gravida.web.audit.triggers import OF_VENDOR
from gravida.web.audit.verify import has_triggers, verify

AT = datetime(2026, 11, 3, 9, 30, tzinfo=UTC)


def _write(times: int, **fields: str) -> None:
    for _ in range(times):
        trail.record(action="thing.done", by=None, at=AT, about="a-thing", **fields)  # type: ignore[arg-type]


@pytest.fixture
def tamper(db: None) -> Callable[[str], None]:
    """Change the table as somebody with the database in hand would: the triggers out of the way."""

    def change(statement: str) -> None:
        with _without_triggers() as cursor:
            cursor.execute("DELETE FROM audit_auditpersonal")
            cursor.execute(statement)

    return change


@contextmanager
def _without_triggers() -> Iterator[CursorWrapper]:
    triggers = OF_VENDOR[connection.vendor]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for one in triggers["DROP"]:
            cursor.execute(one)
        yield cursor
        for one in triggers["CREATE"]:
            cursor.execute(one)


def test_an_empty_and_an_untouched_trail_are_whole(db: None) -> None:
    assert verify().is_whole
    _write(30, reason="because")
    verdict = verify()
    assert verdict.is_whole
    assert verdict.entries == 30
    assert verify(anchor=(30, verdict.digest)).is_whole


@pytest.mark.parametrize(
    ("change", "bad", "reason"),
    [
        ("UPDATE audit_auditentry SET action = 'other.act' WHERE number = 7", 7, "changed"),
        ("UPDATE audit_auditentry SET at = '2026-11-03 09:31:00+00' WHERE number = 1", 1, "changed"),
        ("UPDATE audit_auditentry SET changes = '{}' WHERE number = 5", 5, "changed"),
        ("UPDATE audit_auditentry SET centre = 'b' WHERE number = 9", 9, "changed"),
        ("UPDATE audit_auditentry SET number = 100 WHERE number = 4", 4, "missing"),
        ("UPDATE audit_audithead SET number = 9", 11, "cut"),
    ],
)
def test_tampering_is_found_and_the_first_bad_entry_named(
    tamper: Callable[[str], None], change: str, bad: int, reason: str
) -> None:
    _write(10, changes={"rows": ("", "12")})  # type: ignore[arg-type]
    tamper(change)
    verdict = verify()
    assert (verdict.bad, verdict.reason) == (bad, reason)
    assert str(bad) in in_words(verdict)


@pytest.mark.parametrize(("number", "bad"), [(4, 4), (10, 10)])
def test_a_deleted_entry_is_missed_in_the_middle_and_at_the_end(
    tamper: Callable[[str], None], number: int, bad: int
) -> None:
    _write(10)
    tamper(f"DELETE FROM audit_auditentry WHERE number = {number}")  # noqa: S608
    assert verify().bad == bad


def test_a_trail_written_anew_from_the_start_is_found_by_its_anchor(tamper: Callable[[str], None]) -> None:
    # given a trail whose anchor was noted elsewhere
    _write(10)
    anchor = (10, verify().digest)
    # when somebody changes an entry and makes every digest after it anew
    tamper("UPDATE audit_auditentry SET action = 'other.act' WHERE number = 7")
    with _without_triggers() as cursor:
        previous = AuditEntry.objects.get(number=6).digest
        for entry in AuditEntry.objects.filter(number__gte=7).order_by("number"):
            entry.previous, entry.digest = previous, ""
            previous = entry.digest = trail.digest_of(entry)
            entry.save()
        cursor.execute("UPDATE audit_audithead SET digest = %s", [previous])
    # then the trail alone seems whole, and the anchor tells
    assert verify().is_whole
    assert verify(anchor=anchor).reason == "anchor"


def test_erasing_what_is_personal_leaves_the_trail_whole(db: None) -> None:
    _write(5, reason="She asked us to")
    trail.erase(about="a-thing")
    assert verify().is_whole


def test_missing_triggers_keep_the_site_from_starting(db: None) -> None:
    assert has_triggers()
    with connection.cursor() as cursor:
        cursor.execute(OF_VENDOR[connection.vendor]["DROP"][0])
    assert not has_triggers()
    assert "triggers" in trigger_faults()[0]


def test_a_value_of_the_database_comes_back_as_it_was_hashed(db: None) -> None:
    odd = "é\u2028\u202e\"'\\ \0 {}"
    trail.record(action="thing.done", by=None, at=AT, about="x", changes={"a": ("", odd)}, reason=odd)
    assert verify().is_whole


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_eight_at_once_write_one_chain() -> None:
    # given eight writers, some of whose acts fail and are rolled back
    def write(turn: int) -> int:
        try:
            with transaction.atomic():
                trail.record(action="thing.done", by=None, at=AT, about=f"writer-{turn % 8}")
                if turn % 10 == 3:
                    raise ValueError("the act failed")
        except ValueError:
            return 0
        finally:
            connections.close_all()
        return 1

    # when they write two hundred entries
    with ThreadPoolExecutor(8) as pool:
        written = sum(pool.map(write, range(200)))
    # then each that was acknowledged stands in one chain without a gap
    assert written == 180
    verdict = verify()
    assert (verdict.entries, verdict.is_whole) == (180, True)


@pytest.mark.slow
def test_the_command_says_the_anchor_and_names_what_is_bad(tmp_path: Path) -> None:
    home = Path(__file__).resolve().parents[3]
    environment = {"GRAVIDA_DATA": str(tmp_path), "PATH": "/usr/bin:/bin", "PYTHONPATH": str(home)}

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, *arguments],
            capture_output=True,
            text=True,
            check=False,
            env=environment,
            cwd=home,
        )

    # given a site with one person
    added = run("-m", "gravida", "user", "add", "a@example.org", "--name", "Ada Example")
    assert "/staff/welcome/" in added.stdout
    said = run("-m", "gravida", "check", "audit")
    assert said.returncode == 0
    assert "anchor 2:" in said.stdout
    # when somebody writes into the file with a tool of their own
    change = """
        import sqlite3, sys
        file = sqlite3.connect(sys.argv[1])
        try:
            file.execute("UPDATE audit_auditentry SET action = 'x'")
        except sqlite3.IntegrityError as error:
            print("refused:", error)
        file.execute("DROP TRIGGER audit_no_update")
        file.execute("UPDATE audit_auditentry SET action = 'x' WHERE number = 2")
        file.commit()
    """
    refused = run("-c", textwrap.dedent(change), str(tmp_path / "gravida.sqlite3"))
    assert "refused: the audit trail is append-only" in refused.stdout
    # then the check names the entry
    said = run("-m", "gravida", "check", "audit")
    assert said.returncode != 0
    assert "entry 2 was changed" in said.stdout


def test_no_one_may_take_the_second_place_in_the_chain(db: None) -> None:
    _write(2)
    with pytest.raises(DatabaseError), transaction.atomic():
        AuditEntry.objects.create(
            number=3, at=AT, action="a", about="a", changes={}, previous="", digest="d" * 64
        )
