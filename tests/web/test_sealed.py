"""Sealed texts: unreadable in the database, opened by the right key in the right column only."""

import base64
import stat
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import FieldError
from django.db import connection
from django.utils import timezone

from gravida.web import seal_keys, sealed
from gravida.web.models import Mail
from gravida.web.seal_keys import WrongSealKeys, new_key

PLACE = "web.mail.text"


@pytest.fixture(autouse=True)
def own_keys(settings: Any, tmp_path: Path) -> Any:
    settings.SEAL_KEYS, settings.BLIND_KEY = [], ""
    settings.SEAL_KEY_FILE = tmp_path / "seal-keys"
    seal_keys.forget_read_keys()
    yield
    seal_keys.forget_read_keys()


def _mail(**given: Any) -> Mail:
    values = {"kind": "test", "about": "request:1", "recipient_blind": "b", "queued_at": timezone.now()}
    return Mail.objects.create(**(values | given))


@pytest.mark.parametrize("text", ["a", "Prénom : Zoé", "x" * 100_000, "日本語 \u202e", "\n"])
def test_a_sealed_text_opens_as_it_was(text: str) -> None:
    assert sealed.unseal(sealed.seal(text, place=PLACE), place=PLACE) == text


def test_two_sealings_of_one_text_differ() -> None:
    assert sealed.seal("Zoé", place=PLACE) != sealed.seal("Zoé", place=PLACE)


@pytest.mark.django_db
def test_the_database_holds_bytes_in_which_the_text_does_not_stand() -> None:
    # given a row with a name in it
    _mail(recipient="zoe@example.org", text="Rappelez Zoé demain")
    # when the table is read past the field
    with connection.cursor() as cursor:
        cursor.execute("SELECT recipient, text, reply_to FROM web_mail")
        recipient, text, reply_to = (bytes(column) for column in cursor.fetchone())
    # then nothing of it can be read, and an empty text is no bytes at all
    assert b"zoe" not in recipient
    assert b"demain" not in text
    assert reply_to == b""
    # and the field reads it
    mail = Mail.objects.get()
    assert (mail.recipient, mail.text, mail.reply_to) == ("zoe@example.org", "Rappelez Zoé demain", "")


@pytest.mark.django_db
def test_a_sealed_column_is_never_looked_up() -> None:
    with pytest.raises(FieldError, match="blind"):
        Mail.objects.filter(recipient="zoe@example.org").exists()


@pytest.mark.django_db
def test_only_text_is_sealed() -> None:
    with pytest.raises(TypeError, match="wanted text"):
        _mail(text=b"bytes")


def test_a_text_moved_to_another_column_does_not_open() -> None:
    moved = sealed.seal("Zoé", place="contact.sender.first_name")
    with pytest.raises(sealed.BrokenSeal, match="moved"):
        sealed.unseal(moved, place="contact.sender.last_name")


@pytest.mark.parametrize("position", range(0, 60, 5))
def test_a_changed_byte_is_noticed(position: int) -> None:
    whole = bytearray(sealed.seal("a text of some length, for positions", place=PLACE))
    whole[position] ^= 1
    with pytest.raises((sealed.BrokenSeal, sealed.LostKey)):
        sealed.unseal(bytes(whole), place=PLACE)


def test_after_a_rotation_the_new_key_seals_and_the_old_one_still_opens(settings: Any) -> None:
    # given a text sealed with the first key
    old, new = new_key(), new_key()
    settings.SEAL_KEYS = [old]
    before = sealed.seal("Zoé", place=PLACE)
    hashed = sealed.blind("zoe@example.org", purpose="sender")
    # when a new key is put before it
    settings.SEAL_KEYS = [new, old]
    # then the old text opens, new ones are sealed with the new key, and hashes stay equal
    assert sealed.unseal(before, place=PLACE) == "Zoé"
    assert sealed.seal("Zoé", place=PLACE)[1:5] != before[1:5]
    assert sealed.blind("zoe@example.org", purpose="sender") == hashed


def test_a_lost_key_says_what_to_do(settings: Any) -> None:
    settings.SEAL_KEYS = [new_key()]
    text = sealed.seal("Zoé", place=PLACE)
    settings.SEAL_KEYS = [new_key()]
    with pytest.raises(sealed.LostKey, match="backup") as lost:
        sealed.unseal(text, place=PLACE)
    assert text[1:5].hex() in str(lost.value)


@pytest.mark.parametrize(
    ("written", "said"),
    [("no base64!", "not base64"), (base64.b64encode(b"short").decode(), "5 bytes: wanted 32")],
)
def test_a_key_that_cannot_be_used_is_refused_without_being_shown(
    settings: Any, written: str, said: str
) -> None:
    settings.SEAL_KEYS = [written]
    with pytest.raises(WrongSealKeys, match=said) as wrong:
        sealed.seal("Zoé", place=PLACE)
    assert written not in str(wrong.value)


def test_the_key_file_is_made_once_for_its_owner_alone(settings: Any) -> None:
    text = sealed.seal("Zoé", place=PLACE)
    assert stat.S_IMODE(settings.SEAL_KEY_FILE.stat().st_mode) == 0o600
    seal_keys.forget_read_keys()
    assert sealed.unseal(text, place=PLACE) == "Zoé"


def test_of_two_processes_that_start_at_once_both_use_the_file_of_the_first(settings: Any) -> None:
    path = settings.SEAL_KEY_FILE
    seal_keys.write_keys(path, sealing=["first"], blind="one", replace=False)
    seal_keys.write_keys(path, sealing=["second"], blind="two", replace=False)
    assert seal_keys.read_key_file(path) == (["first"], "one")
    assert [file.name for file in path.parent.iterdir()] == ["seal-keys"]


def test_a_cut_key_file_is_not_taken_for_a_whole_one(settings: Any) -> None:
    settings.SEAL_KEY_FILE.write_text(new_key() + "\n")
    with pytest.raises(WrongSealKeys, match="backup"):
        sealed.seal("Zoé", place=PLACE)


def test_the_hash_of_one_purpose_is_not_that_of_another() -> None:
    assert sealed.blind("zoe@example.org", purpose="sender") != sealed.blind(
        "zoe@example.org", purpose="alert"
    )


def test_keys_do_not_show_themselves_in_a_traceback(settings: Any) -> None:
    written = new_key()
    settings.SEAL_KEYS = [written]
    assert written not in repr(seal_keys.seal_keys())
    assert "key=b" not in repr(seal_keys.seal_keys())
