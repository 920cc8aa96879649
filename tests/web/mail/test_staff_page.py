"""The staff's page of mails: what needs somebody, in words, and two things to do about it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone, translation

from gravida.web.audit.models import AuditEntry
from gravida.web.mail.reading import health, news_of_mail, state_in_words, states_about
from gravida.web.mail.words import STATE, TROUBLE
from gravida.web.models import Mail, MailState, Trouble
from gravida.web.people.roles import Role
from tests.web.mail.conftest import NOON
from tests.web.people.making import browser_of, make_staff

Queued = Callable[..., Mail]
pytestmark = pytest.mark.django_db


@pytest.fixture
def failed(queued: Queued) -> Mail:
    mail = queued()
    Mail.objects.update(
        state=MailState.FAILED, trouble=Trouble.REJECTED, reply_code=550, ended_at=NOON, tries=3
    )
    mail.refresh_from_db()
    return mail


def test_an_administrator_sees_what_failed_and_why_and_nobodys_address_or_text(failed: Mail) -> None:
    page = browser_of(make_staff(Role.ADMINISTRATOR)).get("/en/staff/mail/").content.decode()
    assert "request:1" in page
    assert "not sent Tue 3 Nov 10:12: the mail server refuses this address or mail (550)" in page
    assert "zoe@" not in page
    assert "Good day" not in page


def test_without_a_mail_server_the_page_says_so(failed: Mail) -> None:
    page = browser_of(make_staff(Role.ADMINISTRATOR)).get("/en/staff/mail/").content.decode()
    assert "No mail server is set" in page


@pytest.mark.parametrize("role", [Role.NURSE, Role.INVESTIGATOR, Role.RESEARCHER, Role.EDITOR])
def test_others_are_not_shown_it(failed: Mail, role: Role) -> None:
    browser = browser_of(make_staff(role))
    assert browser.get("/en/staff/mail/").status_code == 403
    assert browser.post(f"/en/staff/mail/{failed.pk}/drop/").status_code == 403
    failed.refresh_from_db()
    assert failed.dropped_at is None


def test_a_failed_mail_can_be_sent_again_from_the_start(failed: Mail) -> None:
    answer = browser_of(make_staff(Role.ADMINISTRATOR)).post(f"/en/staff/mail/{failed.pk}/send-again/")
    assert answer.status_code == 302
    failed.refresh_from_db()
    assert (failed.state, failed.tries, failed.ended_at, failed.may_be_repeat) == (
        MailState.QUEUED,
        0,
        None,
        False,
    )
    assert AuditEntry.objects.get(action="mail.send_again").about.endswith(str(failed.pk))


def test_an_unsure_mail_that_is_sent_again_says_that_it_may_be_a_repeat(failed: Mail) -> None:
    Mail.objects.update(state=MailState.UNSURE)
    browser_of(make_staff(Role.ADMINISTRATOR)).post(f"/en/staff/mail/{failed.pk}/send-again/")
    failed.refresh_from_db()
    assert (failed.state, failed.may_be_repeat) == (MailState.QUEUED, True)


def test_a_mail_that_is_put_aside_leaves_the_list_and_keeps_its_state(failed: Mail) -> None:
    browser = browser_of(make_staff(Role.ADMINISTRATOR))
    browser.post(f"/en/staff/mail/{failed.pk}/drop/")
    assert "request:1" not in browser.get("/en/staff/mail/").content.decode()
    failed.refresh_from_db()
    assert failed.state == MailState.FAILED


def test_what_somebody_else_has_dealt_with_is_said(failed: Mail) -> None:
    browser = browser_of(make_staff(Role.ADMINISTRATOR))
    browser.post(f"/en/staff/mail/{failed.pk}/drop/")
    answer = browser.post(f"/en/staff/mail/{failed.pk}/send-again/", follow=True)
    assert "Somebody has dealt with that mail already." in answer.content.decode()
    assert browser.post(f"/en/staff/mail/{failed.pk}/delete/").status_code == 404
    assert browser.post("/en/staff/mail/999999/drop/").status_code == 404


def test_the_figures_tell_a_queue_that_does_not_move(queued: Queued) -> None:
    queued()
    assert health(at=NOON + timedelta(minutes=59)).is_stuck is False
    found = health(at=NOON + timedelta(minutes=61))
    assert (found.waiting, found.oldest_minutes, found.is_stuck) == (1, 61, True)
    assert (
        news_of_mail(make_staff(Role.ADMINISTRATOR), NOON + timedelta(hours=2)) == "the queue does not move"
    )


def test_each_state_and_each_trouble_has_its_words(queued: Queued) -> None:
    assert set(STATE) == set(MailState)
    assert set(TROUBLE) == set(Trouble)
    mail = queued()
    for state in MailState:
        mail.state, mail.ended_at = state, timezone.now()
        for trouble in Trouble:
            mail.trouble = trouble
            assert state_in_words(mail)


def test_the_mails_of_an_object_are_told_in_words(failed: Mail, settings: object) -> None:
    settings.MAIL_URL = "smtp://127.0.0.1:25"  # type: ignore[attr-defined]
    Mail.objects.update(state=MailState.SENT, trouble="")
    [row] = states_about("request:1")
    assert row.words == "sent Tue 3 Nov 10:12"
    with translation.override("fr"):
        assert states_about("request:1")[0].words == "envoyé mar 3 nov 10:12"
