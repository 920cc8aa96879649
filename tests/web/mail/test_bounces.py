"""Mails that come back: the right one is marked failed, and its part is told; nothing else is."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from gravida.web.mail.bounces import record_bounce
from gravida.web.mail.failures import on_failed
from gravida.web.mail.message import return_path
from gravida.web.models import Mail, MailState, Trouble
from tests.mails import NOTICE
from tests.web.mail.conftest import NOON, try_once
from tests.web.mail.servers import Day, mail_server_on

Queued = Callable[..., Mail]
LATER = NOON + timedelta(hours=3)
REPORT = (
    "Return-Path: <>\nTo: {to}\nSubject: Undelivered Mail Returned to Sender\n"
    'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\n\n'
    "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; example.org\n\n"
    "Final-Recipient: rfc822; zoe@example.org\nAction: {action}\nStatus: 5.1.1\n\n--b--\n"
)
pytestmark = pytest.mark.django_db


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[Mail]:
    """The mails of which the part that queued them was told."""
    heard: list[Mail] = []
    monkeypatch.setitem(on_failed, NOTICE.code, heard.append)
    return heard


@pytest.fixture
def sent(queued: Queued, settings: Any) -> Mail:
    settings.MAIL_RETURN_PATH = "bounces@example.org"
    mail = queued()
    with mail_server_on(Day()) as port:
        try_once(port)
    mail.refresh_from_db()
    return mail


def test_a_mail_that_comes_back_has_failed_and_its_part_is_told(sent: Mail, told: list[Mail]) -> None:
    report = REPORT.format(to=return_path(sent), action="failed").encode()
    assert record_bounce(report, at=LATER) == sent
    sent.refresh_from_db()
    assert (sent.state, sent.trouble, sent.ended_at) == (MailState.FAILED, Trouble.BOUNCED, LATER)
    assert told == [sent]
    assert record_bounce(report, at=LATER) is None


@pytest.mark.parametrize(
    ("to", "action"),
    [
        ("", "delayed"),
        ("bounces+" + "0" * 40 + "@example.org", "failed"),
        ("somebody@example.org", "failed"),
    ],
)
def test_a_delay_and_what_is_not_ours_change_nothing(
    sent: Mail, told: list[Mail], to: str, action: str
) -> None:
    assert record_bounce(REPORT.format(to=to or return_path(sent), action=action).encode(), at=LATER) is None
    sent.refresh_from_db()
    assert (sent.state, told) == (MailState.SENT, [])


def test_a_refused_mail_is_told_too_and_a_part_that_breaks_on_it_undoes_nothing(
    queued: Queued, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(mail: Mail) -> None:
        Mail.objects.filter(pk=mail.pk).update(about="half done")
        raise RuntimeError("unforeseen")

    monkeypatch.setitem(on_failed, NOTICE.code, broken)
    mail = queued()
    with mail_server_on(Day(answers={"RCPT": "550 no"})) as port:
        try_once(port)
    mail.refresh_from_db()
    assert (mail.state, mail.about) == (MailState.FAILED, "request:1")
