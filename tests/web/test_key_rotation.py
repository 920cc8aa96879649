"""A new key: everything is sealed with it, and the old one is needed no more."""

from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from gravida.web import key_rotation, seal_keys
from gravida.web.checks import key_faults
from gravida.web.models import KnownKey, Mail
from gravida.web.sealed import blind

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_keys(settings: Any, tmp_path: Path) -> Any:
    settings.SEAL_KEYS, settings.BLIND_KEY = [], ""
    settings.SEAL_KEY_FILE = tmp_path / "seal-keys"
    seal_keys.forget_read_keys()
    yield settings.SEAL_KEY_FILE
    seal_keys.forget_read_keys()


def _mails(count: int) -> None:
    Mail.objects.bulk_create(
        Mail(
            kind="test", about=f"request:{n}", recipient_blind="b", queued_at=timezone.now(), text=f"Zoé {n}"
        )
        for n in range(count)
    )


def _keys_of_texts() -> set[bytes]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT text FROM web_mail")
        return {bytes(text)[1:5] for (text,) in cursor}


def test_after_a_rotation_every_text_is_sealed_with_the_new_key_alone(
    own_keys: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given more texts than are sealed at once, and a hash of an address
    monkeypatch.setattr(key_rotation, "ROWS_AT_ONCE", 10)
    _mails(25)
    hashed, before = blind("zoe@example.org", purpose="sender"), _keys_of_texts()
    # when the key is changed
    key_rotation.add_key()
    assert key_rotation.reseal() >= 25
    # then the texts need the new key only, read as before, and hashes are what they were
    newest = seal_keys.seal_keys().sealing[0].name
    assert _keys_of_texts() == {newest} != before
    sealing, blind_key = seal_keys.read_key_file(own_keys)
    seal_keys.write_keys(own_keys, sealing=sealing[:1], blind=blind_key, replace=True)
    seal_keys.forget_read_keys()
    assert sorted(mail.text for mail in Mail.objects.all()) == sorted(f"Zoé {n}" for n in range(25))
    assert blind("zoe@example.org", purpose="sender") == hashed


def test_an_old_key_is_asked_for_until_nothing_needs_it(own_keys: Path) -> None:
    # given a rotation, known to the site
    assert key_faults() == []
    key_rotation.add_key()
    assert key_faults() == []
    sealing, blind_key = seal_keys.read_key_file(own_keys)
    # when the old key is taken away too early, then the start is refused; after the last sealing it is not
    seal_keys.write_keys(own_keys, sealing=sealing[:1], blind=blind_key, replace=True)
    seal_keys.forget_read_keys()
    assert len(key_faults()) == 1
    key_rotation.forget_old_keys()
    assert key_faults() == []


def test_every_model_that_seals_is_found() -> None:
    found = {model.__name__: names for model, names in key_rotation.sealed_columns()}
    assert found["Mail"] == ["recipient", "subject", "text", "reply_to", "unsubscribe_url"]


def test_keys_of_the_environment_are_the_operators_to_change(settings: Any) -> None:
    settings.SEAL_KEYS = [seal_keys.new_key()]
    with pytest.raises(key_rotation.KeysOfEnvironment, match="GRAVIDA_SEAL_KEYS"):
        key_rotation.add_key()


def test_a_key_file_that_others_can_read_is_a_fault(own_keys: Path) -> None:
    assert key_faults() == []
    own_keys.chmod(0o640)
    assert "chmod 600" in key_faults()[0]


def test_a_start_without_a_key_that_was_in_use_is_refused(own_keys: Path) -> None:
    # given an installation that was started with its key
    assert key_faults() == []
    name = KnownKey.objects.get().name
    # when the file is lost, and another one made in its place
    own_keys.unlink()
    seal_keys.forget_read_keys()
    # then the start says which key is lost and what to do
    [fault] = key_faults()
    assert name in fault
    assert "backup" in fault
