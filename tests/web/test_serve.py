"""Starting the site: refused, with a sentence, when it would not be safe."""

import socket
from collections.abc import Iterator
from typing import Any

import pytest

from gravida import serve
from gravida.serve import UnsafeSettings


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


def test_debugging_pages_are_not_shown_to_other_machines(settings: Any) -> None:
    settings.DEBUG = True
    with pytest.raises(UnsafeSettings, match="GRAVIDA_DEBUG"):
        serve.refuse_unsafe_settings(host="0.0.0.0")  # noqa: S104 - the case under test


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
def test_debugging_pages_may_be_shown_to_oneself(settings: Any, host: str) -> None:
    settings.DEBUG = True
    serve.refuse_unsafe_settings(host=host)


def test_a_port_in_use_is_said_and_another_one_offered(taken_port: int) -> None:
    with pytest.raises(UnsafeSettings, match=f"PORT={taken_port + 1}"):
        serve.refuse_taken_port(host="127.0.0.1", port=taken_port)


@pytest.mark.django_db
def test_the_database_of_the_tests_keeps_what_it_acknowledges(monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import connection

    if connection.vendor == "postgresql":
        # The tests' own server runs without fsync for speed: just what must be refused.
        with pytest.raises(UnsafeSettings, match="fsync"):
            serve.refuse_unsafe_database()
    else:
        serve.refuse_unsafe_database()


@pytest.mark.django_db(transaction=True)
def test_a_database_that_may_lose_saved_rows_is_refused() -> None:
    from django.db import connection

    if connection.vendor != "sqlite":
        pytest.skip("SQLite's own setting; PostgreSQL's is tested above")
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous = NORMAL")
    try:
        with pytest.raises(UnsafeSettings, match="synchronous is 1"):
            serve.refuse_unsafe_database()
    finally:
        connection.close()
