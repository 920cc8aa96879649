"""The mails of each period: neutral, at most one, none for nothing, each notice once, none during a break."""

import email
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from gravida.find.alerts import actions_settings as acts
from gravida.find.alerts.digests import send_digests
from gravida.find.alerts.models import Change, Digest, Look, Notice, Subscriber
from gravida.web.mail import message, signature
from gravida.web.mail.failures import tell_failed
from gravida.web.models import Mail, MailState
from tests.find.alerts.conftest import NOW, last_alert, subscribe
from tests.find.search.conftest import AddStudy
from tests.mails import every_mail_is_neutral

PARIS = ZoneInfo("Europe/Paris")
DAY = timedelta(days=1)


def paris(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=PARIS)


@pytest.fixture
def found(add_study: AddStudy) -> Callable[..., Notice]:
    """Something is found for the newest alert."""

    def find(*, at: datetime) -> Notice:
        look = Look.objects.create(made_at=at, ended_at=at)
        change = Change.objects.create(look=look, study=add_study("Early losses"), kinds="opened")
        return Notice.objects.create(alert=last_alert(), change=change, kinds="opened", found_at=at)

    return find


def _news() -> int:
    return Mail.objects.filter(kind="alerts.news").count()


@pytest.mark.django_db
def test_nothing_new_means_no_mail(found: Any) -> None:
    subscribe(study="NCT05557201", at=NOW)
    for day in range(40):
        send_digests(NOW + day * DAY)
    assert _news() == 0


@pytest.mark.django_db
def test_at_once_means_one_mail_a_day(found: Any) -> None:
    subscribe(study="NCT05557201", frequency="immediate", at=NOW)
    found(at=NOW)
    send_digests(NOW)
    found(at=NOW + timedelta(hours=1))
    for hours in range(1, 14):  # to the last hour of the day in Paris
        send_digests(NOW + timedelta(hours=hours))
    assert _news() == 1
    send_digests(paris("2026-11-04T00:01"))
    send_digests(paris("2026-11-04T12:00"))
    assert _news() == 2
    assert not Notice.objects.filter(digest=None).exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("frequency", "confirmed", "found_at", "due"),
    [
        ("weekly", "2026-11-03T10:00", "2026-11-04T12:00", "2026-11-09T08:00"),
        ("weekly", "2026-11-03T10:00", "2026-11-09T07:59", "2026-11-09T08:00"),
        ("weekly", "2026-11-03T10:00", "2026-11-09T08:01", "2026-11-16T08:00"),
        ("weekly", "2026-10-20T10:00", "2026-10-25T02:30", "2026-10-26T08:00"),  # the clock goes back
        ("weekly", "2027-03-20T10:00", "2027-03-28T03:30", "2027-03-29T08:00"),  # and forward
        ("monthly", "2026-11-03T10:00", "2026-11-30T23:59", "2026-12-01T08:00"),
        ("monthly", "2027-01-03T10:00", "2027-01-31T23:59", "2027-02-01T08:00"),
        ("monthly", "2028-02-03T10:00", "2028-02-29T12:00", "2028-03-01T08:00"),
        ("monthly", "2026-12-03T10:00", "2026-12-31T23:59", "2027-01-01T08:00"),
    ],
)
def test_news_wait_for_the_hour_of_their_period(
    found: Any, frequency: str, confirmed: str, found_at: str, due: str
) -> None:
    subscribe(study="NCT05557201", frequency=frequency, at=paris(confirmed))
    found(at=paris(found_at))
    at = paris(found_at)
    while at < paris(due):
        send_digests(at)
        at += timedelta(hours=3)
    assert _news() == 0
    send_digests(paris(due))
    send_digests(paris(due) + timedelta(minutes=5))
    assert _news() == 1


@pytest.mark.django_db
def test_a_worker_that_was_away_on_monday_sends_when_it_is_back_what_was_due(found: Any) -> None:
    subscribe(study="NCT05557201", frequency="weekly", at=NOW)
    due = found(at=paris("2026-11-08T12:00"))
    later = found(at=paris("2026-11-10T12:00"))
    send_digests(paris("2026-11-11T15:00"))
    assert _news() == 1
    due.refresh_from_db()
    later.refresh_from_db()
    assert due.digest is not None
    assert later.digest is None


@pytest.mark.django_db
def test_changing_the_rhythm_gives_no_second_mail_in_a_period(found: Any) -> None:
    zoe = subscribe(study="NCT05557201", frequency="monthly", at=paris("2026-11-20T10:00"))
    found(at=paris("2026-11-25T10:00"))
    send_digests(paris("2026-12-01T08:00"))
    found(at=paris("2026-12-01T09:00"))
    acts.change_settings(token=zoe.page_token, frequency="immediate", topics={}, at=paris("2026-12-01T10:00"))
    send_digests(paris("2026-12-01T11:00"))
    assert _news() == 1
    send_digests(paris("2026-12-02T11:00"))
    assert _news() == 2


@pytest.mark.django_db
def test_no_mail_goes_out_during_a_pause_and_the_news_wait(found: Any) -> None:
    zoe = subscribe(study="NCT05557201", frequency="immediate", at=NOW)
    acts.pause_for_months(token=zoe.page_token, months=3, at=paris("2026-11-30T10:00"))
    assert Subscriber.objects.get().paused_until == date(2027, 2, 28)
    found(at=paris("2026-12-15T10:00"))
    at = paris("2026-12-15T10:00")
    while at < paris("2027-02-28T00:00"):
        send_digests(at)
        at += timedelta(hours=11)
    assert _news() == 0
    send_digests(paris("2027-02-28T00:01"))
    assert _news() == 1


@pytest.mark.django_db
def test_a_break_without_an_end_lasts_until_she_says_so(found: Any) -> None:
    zoe = subscribe(study="NCT05557201", frequency="immediate", at=NOW)
    acts.take_a_break(token=zoe.page_token, until=None, at=NOW)
    found(at=NOW + DAY)
    send_digests(NOW + 500 * DAY)
    assert _news() == 0
    acts.resume(token=zoe.page_token, at=NOW + 501 * DAY)
    send_digests(NOW + 501 * DAY)
    assert _news() == 1


@pytest.mark.django_db
def test_a_break_ends_on_the_day_she_chose(found: Any) -> None:
    zoe = subscribe(study="NCT05557201", frequency="immediate", at=NOW)
    acts.take_a_break(token=zoe.page_token, until=date(2028, 2, 29), at=NOW)
    found(at=NOW + DAY)
    send_digests(paris("2028-02-28T23:59"))
    assert _news() == 0
    send_digests(paris("2028-02-29T00:00"))
    assert _news() == 1
    with pytest.raises(acts.WrongPause):
        acts.take_a_break(token=zoe.page_token, until=timezone.localtime(NOW).date(), at=NOW)


@pytest.mark.django_db
def test_news_that_wait_for_monday_cost_a_turn_nothing(found: Any, django_assert_num_queries: Any) -> None:
    for number in range(30):
        email = f"n{number}@example.org"
        subscribe(study="NCT05557201", frequency="weekly", email=email, network=email, at=NOW)
        found(at=NOW)
    with django_assert_num_queries(3):  # one for each frequency
        send_digests(NOW + DAY)
    assert send_digests(paris("2026-11-09T08:00")) == 30


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_mail_is_neutral_and_can_be_stopped_by_one_click(found: Any, language: str) -> None:
    # given
    zoe = subscribe(study="NCT05557201", frequency="immediate", language=language, at=NOW)
    found(at=NOW)
    send_digests(NOW)
    # when the mail goes over the wire
    mail = Mail.objects.get(kind="alerts.news")
    sent = email.message_from_bytes(message.envelope(mail).message)
    # then
    assert every_mail_is_neutral() == 1
    assert "NCT" not in str(sent)
    assert "losses" not in mail.text.lower()
    assert sent["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert sent["List-Unsubscribe"] == f"<{mail.unsubscribe_url}>"
    assert f"/{language}/alerts/{zoe.stop_token}/stop/" in mail.unsubscribe_url
    assert zoe.stop_token not in mail.text
    assert sent["Reply-To"] is None
    assert sent["Auto-Submitted"] == "auto-generated"


@pytest.mark.django_db
def test_an_address_that_refuses_mail_is_left_in_peace(found: Any) -> None:
    subscribe(study="NCT05557201", frequency="immediate", at=NOW)
    found(at=NOW)
    send_digests(NOW)
    Mail.objects.filter(kind="alerts.news").update(state=MailState.FAILED, trouble="rejected", ended_at=NOW)
    tell_failed(Mail.objects.get(kind="alerts.news"))
    assert Subscriber.objects.get().bounced_at
    found(at=NOW + DAY)
    send_digests(NOW + 2 * DAY)
    assert _news() == 1
    # and her own new yes brings her back
    subscribe(study="NCT05557201", at=NOW + 3 * DAY)
    assert Subscriber.objects.get().bounced_at is None


@pytest.mark.django_db
def test_news_of_a_mail_that_was_given_up_go_into_the_next(found: Any) -> None:
    subscribe(study="NCT05557201", frequency="immediate", at=NOW)
    notice = found(at=NOW)
    send_digests(NOW)
    Mail.objects.filter(kind="alerts.news").update(state=MailState.FAILED, trouble="later", ended_at=NOW)
    tell_failed(Mail.objects.get(kind="alerts.news"))
    assert Subscriber.objects.get().bounced_at is None
    send_digests(NOW + 3 * DAY)
    notice.refresh_from_db()
    assert _news() == 2
    assert notice.digest == Digest.objects.latest("id")


def test_the_signature_of_a_mail_covers_the_unsubscribe_headers() -> None:
    assert {b"list-unsubscribe", b"list-unsubscribe-post"} <= set(message.SIGNED)
    assert signature
