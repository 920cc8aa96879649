"""The database away, locked or full: 503, and what was typed is sent again at the press of a button."""

import errno
import html
import re
import sqlite3
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.cache import cache
from django.db import OperationalError, connection, transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path
from django.utils import timezone

from gravida.urls import urlpatterns as all_addresses
from gravida.web import views
from gravida.web.limits import Limit, spend
from gravida.web.models import Spending
from gravida.web.people.access import open_page

ONCE = Limit("test once", times=1, within=timedelta(minutes=10))
MESSAGE = "Bonjour,\n je voudrais participer <b>& merci</b>"
TYPED = {"message": MESSAGE, "email": "zoe@example.org", "half_day": ["mon-am", "tue-pm"],
         "password": "hunter2hunter2", "access_code": "7K2Q", "form": "mark-of-the-form"}  # fmt: skip
raised: dict[str, Exception] = {}


@open_page
def saving(request: HttpRequest) -> HttpResponse:
    """A page that saves a row."""
    if raised:
        raise raised["error"]
    with transaction.atomic():
        Spending.objects.create(
            limit=request.POST.get("message", "")[:50], key_digest=str(time.monotonic_ns()),
            began_at=timezone.now(), times=len(request.POST.getlist("half_day")),
        )  # fmt: skip
    return HttpResponse("saved")


@open_page
def limited(request: HttpRequest) -> HttpResponse:
    """A page that handles no limit itself."""
    spend(ONCE, key="a", at=timezone.now())
    return HttpResponse("done")


urlpatterns = [path("test-saving/", saving), path("test-limited/", limited), *all_addresses]
handler500 = views.server_error


@pytest.fixture(autouse=True)
def pages(settings: Any) -> Iterator[None]:
    settings.ROOT_URLCONF = __name__
    raised.clear()
    cache.clear()
    yield
    raised.clear()


def _held(page: str) -> dict[str, list[str]]:
    """The fields of the page's form, as a browser sends them."""
    found: dict[str, list[str]] = {}
    for name, value in re.findall(r'<textarea name="([^"]*)" hidden>\n(.*?)</textarea>', page, re.DOTALL):
        found.setdefault(html.unescape(name), []).append(html.unescape(value))
    return found


def _is_kept(answer: Any) -> None:
    page = answer.content.decode()
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) < 21
    assert answer.headers["Cache-Control"] == "no-store"
    assert _held(page) == {
        "message": [MESSAGE], "email": ["zoe@example.org"], "half_day": ["mon-am", "tue-pm"],
        "form": ["mark-of-the-form"],
    }  # fmt: skip
    assert "hunter2" not in page
    assert "7K2Q" not in page
    assert 'type="password" id="secret-1" name="password"' in page
    assert "Traceback" not in page
    assert "<b>" not in page


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_locked_database_keeps_what_was_typed_and_takes_it_afterwards(client: Client) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("SQLite's own lock; PostgreSQL's is tested below")
    # given somebody who holds the whole database
    connection.ensure_connection()
    connection.connection.execute("PRAGMA busy_timeout = 500")
    other = sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    # when a form is sent
    answer = client.post("/test-saving/", TYPED)
    # then it comes back whole
    _is_kept(answer)
    # and goes through when the database is free
    other.execute("ROLLBACK")
    other.close()
    assert client.post("/test-saving/", _held(answer.content.decode())).content == b"saved"
    assert Spending.objects.get().times == 2


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_row_locked_on_postgresql_keeps_what_was_typed(client: Client) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("PostgreSQL's own lock; SQLite's is tested above")
    import psycopg

    given = connection.settings_dict
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '300ms'")
    with psycopg.connect(
        host=given["HOST"], port=given["PORT"], user=given["USER"], dbname=given["NAME"]
    ) as other:
        other.execute("LOCK TABLE web_spending IN ACCESS EXCLUSIVE MODE")
        answer = client.post("/test-saving/", TYPED)
    _is_kept(answer)
    assert client.post("/test-saving/", _held(answer.content.decode())).content == b"saved"
    connection.close()


@pytest.mark.django_db(transaction=True)
def test_a_full_disk_keeps_what_was_typed_and_takes_it_once_there_is_room(client: Client) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("SQLite can be told to be full; PostgreSQL's error is of the same class")
    # given a database file that may not grow
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA page_count")
        pages = cursor.fetchone()[0]
        cursor.execute(f"PRAGMA max_page_count = {pages}")
    # when forms are sent until it is full
    for _ in range(500):
        answer = client.post("/test-saving/", TYPED)
        if answer.status_code != 200:
            break
    # then the one that found no room comes back whole, pages can be read, and there is no half row
    _is_kept(answer)
    saved = Spending.objects.count()
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA integrity_check")
        assert cursor.fetchone()[0] == "ok"
        cursor.execute("PRAGMA max_page_count = 1073741823")
    # and goes through once there is room, without a restart
    assert client.post("/test-saving/", _held(answer.content.decode())).content == b"saved"
    assert Spending.objects.count() == saved + 1


@pytest.mark.django_db(transaction=True)
def test_a_database_that_cannot_be_reached_keeps_what_was_typed(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a database that is stopped
    connection.close()
    if connection.vendor == "sqlite":
        monkeypatch.setitem(connection.settings_dict, "NAME", "/nowhere/at/all.sqlite3")
    else:
        monkeypatch.setitem(connection.settings_dict, "PORT", "1")
    # when a form is sent
    answer = client.post("/test-saving/", TYPED)
    # then it comes back whole; and goes through when the database is there again
    _is_kept(answer)
    monkeypatch.undo()
    connection.close()
    assert client.post("/test-saving/", _held(answer.content.decode())).status_code == 200


@pytest.mark.django_db
def test_a_full_file_system_is_met_in_the_same_way(client: Client) -> None:
    raised["error"] = OSError(errno.ENOSPC, "No space left on device")
    _is_kept(client.post("/test-saving/", TYPED))


@pytest.mark.django_db
def test_a_page_that_is_only_read_offers_to_try_again(client: Client) -> None:
    raised["error"] = OperationalError("the connection is closed")
    answer = client.get("/test-saving/?what=a%26b")
    assert answer.status_code == 503
    assert 'href="/test-saving/?what=a%26b"' in answer.content.decode()
    assert "<form method" not in answer.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "error", [OperationalError("no such column: x"), OSError(errno.ENOENT, "gone"), ValueError("wrong")]
)
def test_a_mistake_of_ours_is_no_busy_database(client: Client, error: Exception) -> None:
    raised["error"] = error
    client.raise_request_exception = False
    assert client.post("/test-saving/", TYPED).status_code == 500


@pytest.mark.django_db
def test_an_error_outside_of_a_view_is_met_too(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    # given a database that falls away before the view is called, in the staff's sessions
    def away(*given: Any, **more: Any) -> None:
        raise OperationalError("the connection is closed")

    monkeypatch.setattr("gravida.web.people.sessions.find", away)
    client.raise_request_exception = False
    answer = client.post("/staff/sign-in/", TYPED)
    assert answer.status_code == 503
    assert _held(answer.content.decode())["message"] == [MESSAGE]


@pytest.mark.django_db
def test_a_limit_that_a_page_forgot_is_said_and_nothing_lost(client: Client) -> None:
    assert client.post("/test-limited/", TYPED).status_code == 200
    answer = client.post("/test-limited/", TYPED)
    assert answer.status_code == 429
    assert 590 <= int(answer.headers["Retry-After"]) <= 600
    assert "in 10 minutes" in answer.content.decode()
    assert _held(answer.content.decode())["message"] == [MESSAGE]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"message": "x" * 300_000}, 400),
        ({f"field{number}": "x" for number in range(200)}, 400),
        ({"message": "x" * 200_000}, 200),
    ],
)
@pytest.mark.django_db
def test_a_form_larger_than_any_of_ours_is_refused(client: Client, body: dict[str, str], status: int) -> None:
    sent = urlencode(body)
    answer = client.post("/test-saving/", sent, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == status
