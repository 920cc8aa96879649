"""What she does with her alerts, and what the clock does with them: pauses, the yearly question, the end."""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection

from gravida.find.alerts import actions_settings as acts
from gravida.find.alerts import actions_sign_up, care
from gravida.find.alerts.digests import send_digests
from gravida.find.alerts.models import Alert, Change, Look, Notice, Search, Subscriber, Suppressed
from gravida.find.alerts.topics import Topics
from gravida.web.models import Mail, OneTimeLink
from gravida.web.tokens import LinkSpent
from tests.find.alerts.conftest import NOW, ask, last_alert, search_for, subscribe, token_of
from tests.find.search.conftest import AddStudy
from tests.mails import every_mail_is_neutral

DAY = timedelta(days=1)
YEAR = 365 * DAY


@pytest.mark.django_db
def test_frequency_and_topics_change_and_those_of_others_do_not() -> None:
    zoe = subscribe(study="NCT00000001")
    own = last_alert()
    subscribe(study="NCT00000001", email="other@example.org")
    others = last_alert()
    topics = {own.pk: Topics(opening=False), others.pk: Topics(opening=False)}
    acts.change_settings(token=zoe.page_token, frequency="monthly", topics=topics, at=NOW)
    own.refresh_from_db()
    others.refresh_from_db()
    assert (own.tells_opening, others.tells_opening) == (False, True)
    assert set(Subscriber.objects.values_list("frequency", flat=True)) == {"monthly", "immediate"}


@pytest.mark.django_db
def test_one_alert_can_go_alone_and_the_last_takes_everything_with_it() -> None:
    zoe = subscribe(search=search_for("heparin"))
    first = last_alert()
    subscribe(study="NCT00000001")
    assert acts.remove_alert(token=zoe.page_token, alert=first.pk, at=NOW) is True
    assert not Search.objects.exists()
    assert acts.remove_alert(token=zoe.page_token, alert=last_alert().pk, at=NOW) is False
    assert not Subscriber.objects.exists()
    with pytest.raises(acts.Gone):
        acts.resume(token=zoe.page_token, at=NOW)


@pytest.mark.django_db
def test_nobody_removes_the_alert_of_another() -> None:
    zoe = subscribe(study="NCT00000001")
    subscribe(study="NCT00000001", email="other@example.org")
    others = last_alert()
    acts.remove_alert(token=zoe.page_token, alert=others.pk, at=NOW)
    assert Alert.objects.count() == 2


@pytest.mark.django_db
def test_a_search_that_two_ask_for_is_kept_until_both_have_gone() -> None:
    zoe = subscribe(search=search_for("heparin"))
    other = subscribe(search=search_for("heparin"), email="other@example.org")
    assert Search.objects.count() == 1
    acts.stop(token=zoe.stop_token, at=NOW)
    assert Search.objects.count() == 1
    acts.stop(token=other.stop_token, at=NOW)
    assert not Search.objects.exists()


@pytest.mark.django_db
def test_the_stop_link_ends_everything_once_and_opens_nothing() -> None:
    zoe = subscribe(study="NCT00000001")
    assert acts.subscriber_of_page(zoe.stop_token) is None
    assert acts.stop(token=zoe.page_token, at=NOW) is False
    assert acts.stop(token=zoe.stop_token, at=NOW) is True
    assert acts.stop(token=zoe.stop_token, at=NOW) is False
    assert not Subscriber.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("months", [0, 2, 12, -1])
def test_a_pause_of_another_length_is_refused(months: int) -> None:
    zoe = subscribe(study="NCT00000001")
    with pytest.raises(acts.WrongPause):
        acts.pause_for_months(token=zoe.page_token, months=months, at=NOW)


@pytest.mark.django_db
def test_after_a_year_she_is_asked_twice_and_then_everything_is_erased() -> None:
    subscribe(study="NCT00000001")
    asked = []
    for day in range(460):
        care.care(NOW + day * DAY)
        if Mail.objects.filter(kind="alerts.still").count() > len(asked):
            asked.append(day)
        if not Subscriber.objects.exists():
            break
    assert (asked, day) == ([365, 395], 425)
    assert not any(mail.recipient for mail in Mail.objects.all())


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en", "fr"])
def test_who_still_wants_them_is_asked_again_a_year_later(language: str) -> None:
    subscribe(study="NCT00000001", language=language)
    care.care(NOW + YEAR)
    mail = Mail.objects.get(kind="alerts.still")
    assert mail.unsubscribe_url
    assert every_mail_is_neutral() == 1
    token = token_of(mail, "still")
    acts.keep_alerts(token=token, at=NOW + YEAR + DAY)
    with pytest.raises(LinkSpent):
        acts.keep_alerts(token=token, at=NOW + YEAR + DAY)
    for day in range(364):
        care.care(NOW + YEAR + (day + 1) * DAY)
    assert Mail.objects.filter(kind="alerts.still").count() == 1
    care.care(NOW + 2 * YEAR + DAY)
    assert Mail.objects.filter(kind="alerts.still").count() == 2


@pytest.mark.django_db
def test_nobody_is_asked_anything_during_a_break_and_after_two_years_it_ends_in_silence() -> None:
    zoe = subscribe(study="NCT00000001")
    acts.take_a_break(token=zoe.page_token, until=None, at=NOW + DAY)
    for day in range(0, 731, 5):
        care.care(NOW + day * DAY)
    assert not Mail.objects.filter(kind="alerts.still").exists()
    assert Subscriber.objects.exists()
    care.care(NOW + 731 * DAY)
    assert not Subscriber.objects.exists()
    assert not Mail.objects.filter(kind="alerts.still").exists()


@pytest.mark.django_db
@pytest.mark.parametrize("turn", [send_digests, care.care])
def test_who_erased_herself_is_erased_again_when_an_old_copy_brings_her_back(
    add_study: AddStudy, turn: Callable[..., object]
) -> None:
    # given a copy of the database from before, and the list of those who are gone from after
    zoe = subscribe(study="NCT00000001")
    look = Look.objects.create(made_at=NOW, ended_at=NOW)
    change = Change.objects.create(look=look, study=add_study("A study"), kinds="opened")
    Notice.objects.create(alert=last_alert(), change=change, kinds="opened", found_at=NOW)
    actions_sign_up.suppress(zoe.email_blind, is_for_good=False, at=NOW)
    # when the worker has its turn
    turn(NOW + YEAR)
    # then
    assert not Subscriber.objects.exists()
    assert not Mail.objects.exclude(kind="alerts.confirm").exists()


@pytest.mark.django_db
def test_a_refused_address_is_kept_a_month_and_then_erased() -> None:
    subscribe(study="NCT00000001")
    Subscriber.objects.update(bounced_at=NOW)
    care.care(NOW + 29 * DAY)
    assert Subscriber.objects.exists()
    care.care(NOW + 30 * DAY)
    assert not Subscriber.objects.exists()


# Of everything she gave or was given.
TYPED = ("zoe", "zanzibar", "quincaillerie")


def _full_of_her(add_study: AddStudy) -> Subscriber:
    """Somebody with alerts, news, mails of each kind, and one more sign-up that waits."""
    zoe = subscribe(search=search_for("zanzibar", query="q=zanzibar&near=quincaillerie"))
    look = Look.objects.create(made_at=NOW, ended_at=NOW)
    change = Change.objects.create(look=look, study=add_study("A study"), kinds="opened")
    Notice.objects.create(alert=last_alert(), change=change, kinds="opened", found_at=NOW)
    send_digests(NOW)
    care.ask_again(NOW + YEAR)
    ask(study="NCT00000001", at=NOW + YEAR)
    return zoe


def _everything_in_the_tables() -> Iterator[str]:
    for model in apps.get_models(include_auto_created=True):
        for row in model.objects.all().iterator():
            for field in model._meta.concrete_fields:
                value = getattr(row, field.attname)
                yield value if isinstance(value, str) else json.dumps(value, default=repr)


@pytest.mark.django_db
@pytest.mark.parametrize("way", ["end", "stop"])
def test_nothing_of_her_is_left_in_any_table(add_study: AddStudy, way: str) -> None:
    zoe = _full_of_her(add_study)
    held = "\n".join(_everything_in_the_tables()).lower()
    assert all(word in held for word in TYPED)
    about = {zoe.about, *OneTimeLink.objects.values_list("about", flat=True)}
    # when
    if way == "end":
        acts.end_all(token=zoe.page_token, at=NOW + YEAR)
    else:
        acts.stop(token=zoe.stop_token, at=NOW + YEAR)
    # then
    held = "\n".join(_everything_in_the_tables())
    assert not [word for word in TYPED if word in held.lower()]
    assert zoe.page_token not in held
    assert zoe.stop_token not in held
    assert not OneTimeLink.objects.filter(about__in=about).exists()
    assert not Notice.objects.exists()
    assert not Search.objects.exists()
    # but the hash that keeps reminders and old copies from writing to her
    assert held.count(zoe.email_blind) == 1
    assert Suppressed.objects.get().email_blind == zoe.email_blind


@pytest.mark.django_db(transaction=True)
def test_a_dump_of_the_file_holds_no_address_and_none_of_its_seals(
    transactional_db: None, add_study: AddStudy, tmp_path: Path
) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL keeps old row versions until its vacuum; the tables are looked at above")
    zoe = _full_of_her(add_study)
    sealed = []
    with connection.cursor() as cursor:
        for table, columns in {
            "alerts_subscriber": "email, page_token, stop_token",
            "alerts_signup": "email",
            "alerts_search": "asked",
            "web_mail": "recipient, text",
        }.items():
            cursor.execute(f"SELECT {columns} FROM {table}")  # noqa: S608
            sealed += [bytes(value) for row in cursor.fetchall() for value in row if value]
    assert len(sealed) > 8
    on_disk = _on_disk()
    assert all(piece[:40] in on_disk for piece in sealed)
    # when
    acts.end_all(token=zoe.page_token, at=NOW + YEAR)
    # then
    on_disk = _on_disk()
    assert not [word for word in TYPED if word.encode() in on_disk.lower()]
    assert not [piece for piece in sealed if piece[:40] in on_disk]


def _on_disk() -> bytes:
    """The file of the database, with what stood in its log."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return Path(connection.settings_dict["NAME"]).read_bytes()


def test_the_hash_of_an_address_is_not_that_of_another_table() -> None:
    from gravida.web.sealed import blind

    assert actions_sign_up.email_blind("zoe@example.org") != blind(
        "zoe@example.org", purpose="mail recipient"
    )
