"""The SQLite file is written anew at night, once a night, and only where that is quick and there is room."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.db import OperationalError, connection

from gravida.web import file_rewriting
from gravida.web.file_rewriting import rewrite_file
from gravida.web.models import Lease

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL looks after its files itself"),
]
NIGHT = datetime(2026, 11, 22, 2, 30, tzinfo=UTC)  # half past three in Paris


def test_it_is_done_at_night_and_once_a_night() -> None:
    assert not rewrite_file(NIGHT + timedelta(hours=9))
    assert rewrite_file(NIGHT)
    assert not rewrite_file(NIGHT + timedelta(minutes=30))
    # the next night, by the database's clock
    Lease.objects.filter(name="database rewritten").update(held_until=NIGHT - timedelta(days=365))
    assert rewrite_file(NIGHT + timedelta(days=1))


def test_a_night_in_which_the_file_is_busy_is_not_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    def busy() -> None:
        raise OperationalError("database is locked")

    with monkeypatch.context() as patch:
        patch.setattr(file_rewriting, "_vacuum", busy)
        with pytest.raises(OperationalError):
            rewrite_file(NIGHT)
    assert rewrite_file(NIGHT + timedelta(minutes=30))


def test_a_large_file_or_a_full_disk_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(file_rewriting, "LARGEST_BYTES", 1)
        assert not rewrite_file(NIGHT)
    with monkeypatch.context() as patch:
        patch.setattr("shutil.disk_usage", lambda folder: SimpleNamespace(free=1000))
        assert not rewrite_file(NIGHT)
    assert rewrite_file(NIGHT)
