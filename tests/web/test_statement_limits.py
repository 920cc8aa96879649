"""Time limits of what pages ask PostgreSQL."""

import time

import pytest
from django.db import OperationalError, connection

from gravida.web.statement_limits import with_limits


def test_limits_are_added_where_the_operator_set_none() -> None:
    assert with_limits("") == (
        "-c statement_timeout=20000 -c lock_timeout=10000 -c idle_in_transaction_session_timeout=60000"
    )


def test_limits_that_the_operator_set_stay() -> None:
    given = "-c statement_timeout=5000 -c search_path=gravida"
    assert with_limits(given) == f"{given} -c lock_timeout=10000 -c idle_in_transaction_session_timeout=60000"


@pytest.mark.django_db(transaction=True)
def test_a_statement_that_takes_too_long_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no statements that wait for others but writes, which wait 20 seconds")
    connection.close()
    options = with_limits("-c statement_timeout=200")
    monkeypatch.setitem(connection.settings_dict, "OPTIONS", {"options": options})
    began = time.monotonic()
    with connection.cursor() as cursor, pytest.raises(OperationalError):
        cursor.execute("SELECT pg_sleep(5)")
    assert time.monotonic() - began < 2
    connection.close()
