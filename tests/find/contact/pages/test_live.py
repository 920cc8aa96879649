"""The form before a real server: many at once, and a mail server that says nothing."""

import socket
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from django.test import Client
from django.utils import timezone

from gravida.find.contact import limits_of_sending, teams
from gravida.find.contact.models import Access, Message, Request
from gravida.web.models import Mail
from tests.find.contact.making import send_by_telephone
from tests.find.contact.pages.conftest import FORM, STUDY, make_letter

pytestmark = pytest.mark.slow
AT_ONCE = 20


@pytest.fixture
def site(bundled_for_server: None, live_server: Any) -> str:
    """A running site with an open team."""
    teams.refresh(STUDY, at=timezone.now())
    return str(live_server.url)


def _together(call: Any, times: int) -> list[Any]:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(call, range(times)))


def test_twenty_identical_sendings_at_once_are_one_message_and_one_mail(site: str) -> None:
    letter = make_letter()
    answers = _together(lambda _: httpx.post(site + FORM, data=letter, timeout=60), AT_ONCE)
    assert {answer.status_code for answer in answers} == {302}
    assert len({answer.headers["location"] for answer in answers}) == 1
    assert Request.objects.count() == Message.objects.count() == 1
    assert Counter(Mail.objects.values_list("kind", flat=True)) == {
        "contact.team.new": 1,
        "contact.person.copy": 1,
    }


def test_of_two_hundred_guesses_at_once_exactly_ten_are_looked_at(site: str) -> None:
    # given a private page
    send_by_telephone(at=timezone.now())
    address = f"{site}/en/message/{Access.objects.get().token}/"
    # when 200 codes are tried at once
    statuses = Counter(
        _together(
            lambda number: (
                httpx.post(
                    address, data={"do": "open", "code": f"2222-2222-2{number:03d}"}, timeout=120
                ).status_code
            ),
            200,
        )
    )
    # then ten were looked at, whatever the order
    assert statuses == {200: limits_of_sending.CODES_OF_PAGE.times, 429: 190}


@pytest.fixture
def silent_server(settings: Any) -> Iterator[socket.socket]:
    """A mail server that accepts and says nothing; ours to count who calls."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        settings.MAIL_URL = f"smtp://127.0.0.1:{server.getsockname()[1]}"
        yield server


def test_a_mail_server_that_says_nothing_delays_no_page(
    visitor: Client, silent_server: socket.socket
) -> None:
    visitor.get(FORM)
    answer = visitor.post(FORM, make_letter())
    visitor.get(answer.headers["Location"])
    assert Mail.objects.filter(state="queued").count() == 2
    # then nobody has called it: the mails wait for the worker
    with pytest.raises(TimeoutError):
        silent_server.accept()
