"""Taking a message back: nothing she typed is left anywhere, and the numbers stay."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection

from gravida.find.contact import actions_person, actions_team, clock, retention
from gravida.find.contact.models import Request, Sender, Tally
from gravida.find.contact.states import State
from gravida.web.file_rewriting import rewrite_file
from gravida.web.models import Mail, OneTimeLink
from tests.find.contact.making import NOW, access_of, confirm, fresh, nurse, send

LATER = NOW + timedelta(hours=3)
# Every word she typed, also as parts; and what the team wrote about her.
TYPED = (
    "ondine", "exemplaire", "199001234", "99 00 12 34", "wolof", "zanzibar", "kilimandjaro", "quincaillerie",
    "mon-am", "thu-pm", "tartanpion", "bergamote", "coquelicot",
)  # fmt: skip


def full_of_her() -> Request:
    """A message with everything that can hang on one."""
    sent, by = send(), nurse()
    confirm(sent)
    access = access_of(sent)
    actions_person.add_message(
        access=access, text="tartanpion", idempotency_key="i" * 40, network="n", at=LATER
    )
    send(text="tartanpion again", key="j" * 40, at=LATER)
    actions_team.note(request=sent.request, text="bergamote", by=by, at=LATER)
    actions_team.save_draft(request=sent.request, text="Dear Ondine coquelicot", by=by, at=LATER)
    request = fresh(sent.request)
    actions_team.reply(request=request, version=request.version, text="Dear Ondine", by=by, at=LATER)
    actions_team.save_draft(request=sent.request, text="coquelicot", by=by, at=LATER)
    actions_person.mail_full_copy(access=access, at=LATER)
    return sent.request


def everything_in_the_tables() -> Iterator[tuple[str, str]]:
    """Every value of every row, opened where it is sealed."""
    for model in apps.get_models(include_auto_created=True):
        fields = [field.attname for field in model._meta.concrete_fields]
        for row in model.objects.all().iterator():
            for name in fields:
                value = getattr(row, name)
                yield (
                    f"{model.__name__}.{name}",
                    value if isinstance(value, str) else json.dumps(value, default=repr),
                )


def traces() -> set[str]:
    return {
        f"{where}: {word}"
        for where, value in everything_in_the_tables()
        for word in TYPED
        if word in value.lower()
    }


@pytest.mark.django_db
def test_nothing_she_typed_is_left_in_any_table() -> None:
    request = full_of_her()
    assert {trace.partition(":")[2].strip() for trace in traces()} >= {
        "ondine",
        "zanzibar",
        "bergamote",
        "mon-am",
    }
    blinds = {fresh(request).email_blind, *Mail.objects.values_list("recipient_blind", flat=True)}
    # when she takes it back
    actions_person.withdraw(access=request.accesses.order_by("id").first(), at=LATER)
    # then nothing is left, opened or blind
    assert traces() == set()
    values = "\n".join(
        value for where, value in everything_in_the_tables() if not where.startswith("Spending")
    )
    nurses = set(Mail.objects.exclude(kind__startswith="contact").values_list("recipient_blind", flat=True))
    assert not [blind for blind in blinds - nurses - {None} if blind in values]
    assert not OneTimeLink.objects.filter(about=request.about).exists()
    row = fresh(request)
    assert (row.where, row.erased_at) == (State.WITHDRAWN, LATER)
    assert Tally.objects.get(what="withdrawn_by_person").count == 1
    assert Tally.objects.get(what="sent").count == 1


@pytest.mark.django_db(transaction=True)
def test_none_of_her_words_is_in_the_bytes_of_the_file_nor_her_seals_in_a_backup(tmp_path: Path) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL keeps old row versions until its vacuum; the tables are looked at above")
    # given the sealed bytes of what she typed, as they stand in the file
    request = full_of_her()
    tables = {
        "contact_sender": ("first_name", "email", "telephone", "other_language"),
        "contact_message": ("text",),
        "contact_internalnote": ("text",),
        "contact_draft": ("text",),
        "contact_attachment": ("text",),
        "contact_access": ("token",),
        "web_mail": ("recipient", "text"),
    }
    sealed: dict[bytes, str] = {}
    with connection.cursor() as cursor:
        for table, columns in tables.items():
            for column in columns:
                cursor.execute(f"SELECT {column} FROM {table}")  # noqa: S608
                sealed |= {bytes(row[0]): f"{table}.{column}" for row in cursor.fetchall() if row[0]}
    sealed[fresh(request).email_blind.encode()] = "email_blind"
    assert len(sealed) > 15
    assert all(piece[:40] in everything_on_disk() for piece in sealed)
    # when she takes it back
    actions_person.withdraw(access=request.accesses.order_by("id").first(), at=LATER)
    # then none of her words is left in the file, which nobody has vacuumed
    held = everything_on_disk().lower()
    assert not [word for word in TYPED if word.encode() in held]
    # and a backup has not even the sealed bytes; in the file itself SQLite, moving rows between pages, may
    # leave a sealed copy in the unused part of one, until the file is written anew in the night
    copy = tmp_path / "copy.sqlite3"
    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(copy)])
    assert left_of(sealed, copy.read_bytes()) == []
    assert rewrite_file(datetime(2026, 11, 4, 2, 30, tzinfo=UTC))
    assert left_of(sealed, everything_on_disk()) == []


def left_of(sealed: dict[bytes, str], held: bytes) -> list[str]:
    return [where for piece, where in sealed.items() if piece[:40] in held]


def everything_on_disk() -> bytes:
    """The database file and its log, after the log was written back; no VACUUM."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    file = Path(connection.settings_dict["NAME"])
    parts = [file, file.with_name(file.name + "-wal"), file.with_name(file.name + "-journal")]
    return b"".join(part.read_bytes() for part in parts if part.exists())


@pytest.mark.django_db
def test_the_row_and_its_numbers_stay_for_a_year_then_the_numbers_alone() -> None:
    request = full_of_her()
    actions_person.withdraw(access=request.accesses.order_by("id").first(), at=LATER)
    retention.retain(LATER + timedelta(days=364))
    assert Request.objects.filter(pk=request.pk).exists()
    retention.retain(LATER + timedelta(days=366))
    assert not Request.objects.filter(pk=request.pk).exists()
    assert Tally.objects.get(what="sent").count == 1


@pytest.mark.django_db
def test_what_is_settled_is_kept_for_a_year() -> None:
    sent, by = send(), nurse()
    request = fresh(sent.request)
    request = actions_team.acknowledge(request=request, version=request.version, by=by, at=LATER)
    request = actions_team.not_interested(request=request, version=request.version, by=by, at=LATER)
    assert retention.retain(LATER + timedelta(days=364)) == 0
    assert Sender.objects.exists()
    assert retention.retain(LATER + timedelta(days=366)) == 1
    assert fresh(request).where is State.ERASED
    assert not Sender.objects.exists()


@pytest.mark.django_db
def test_spam_is_kept_for_seven_days() -> None:
    sent = send(suspicion="honeypot")
    assert retention.retain(NOW + timedelta(days=6)) == 0
    assert retention.retain(NOW + timedelta(days=7)) == 1
    assert fresh(sent.request).erased_at is not None


@pytest.mark.django_db
def test_what_nobody_confirmed_is_erased_seven_days_after_sending_as_the_form_says() -> None:
    sent = send()
    clock.run_timers(NOW + timedelta(days=3))
    assert fresh(sent.request).where is State.SPAM
    assert retention.retain(NOW + timedelta(days=6, hours=23)) == 0
    assert retention.retain(NOW + timedelta(days=7)) == 1
    assert not Sender.objects.exists()


@pytest.mark.django_db
def test_after_a_standstill_what_nobody_confirmed_can_be_looked_at_for_three_days() -> None:
    send()
    clock.run_timers(NOW + timedelta(days=9))
    assert retention.retain(NOW + timedelta(days=11)) == 0
    assert retention.retain(NOW + timedelta(days=12)) == 1


@pytest.mark.django_db
def test_a_message_asleep_for_a_year_ends() -> None:
    sent, by = send(), nurse()
    request = fresh(sent.request)
    request = actions_team.acknowledge(request=request, version=request.version, by=by, at=LATER)
    assert retention.retain(LATER + timedelta(days=364)) == 0
    assert retention.retain(LATER + timedelta(days=365)) == 1
    assert fresh(request).where is State.EXPIRED
    assert not Sender.objects.exists()


@pytest.mark.django_db
def test_she_asks_by_telephone_and_a_member_of_the_team_erases_for_her() -> None:
    sent, by = send(), nurse()
    request = fresh(sent.request)
    actions_team.withdraw_for_her(
        request=request, version=request.version, reason="asked_by_telephone", by=by, at=LATER
    )
    assert fresh(request).where is State.WITHDRAWN
    assert traces() == set()
