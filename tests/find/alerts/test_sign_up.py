"""Signing up and confirming: the same for every address, once, and no stranger touches a known one."""

from datetime import timedelta
from functools import partial
from statistics import median

import pytest

from gravida.find.alerts import actions_settings, actions_sign_up, care
from gravida.find.alerts.links import CONFIRM
from gravida.find.alerts.models import Alert, Search, SignUp, Subscriber, Suppressed
from gravida.web.limits import TooMany
from gravida.web.models import Mail, MailState, OneTimeLink, Spending
from gravida.web.tokens import LinkSpent, look_at_link
from tests.cpu import cpu_seconds
from tests.find.alerts.conftest import NOW, ZOE, ask, search_for, subscribe, token_of
from tests.mails import every_mail_is_neutral

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def _mails(kind: str = "alerts.confirm") -> list[Mail]:
    return list(Mail.objects.filter(kind=kind, erased_at=None, state=MailState.QUEUED).order_by("id"))


def _recipients() -> set[str]:
    return {mail.recipient for mail in Mail.objects.all() if mail.recipient}


@pytest.mark.django_db
def test_a_confirmed_sign_up_becomes_an_alert_and_leaves_nothing_behind() -> None:
    # given
    ask(search=search_for("fausse couche"), frequency="monthly", language="fr", topics={"results": False})
    assert not Subscriber.objects.exists()
    mail = _mails()[0]
    assert (mail.recipient, mail.language) == (ZOE, "fr")
    # when
    actions_sign_up.confirm(token=token_of(mail, "confirm"), at=NOW + HOUR)
    # then
    alert = Alert.objects.get()
    assert (alert.tells_new, alert.tells_results, alert.study) == (True, False, "")
    subscriber = alert.subscriber
    assert (subscriber.email, subscriber.frequency, subscriber.language) == (ZOE, "monthly", "fr")
    assert not SignUp.objects.exists()
    assert Mail.objects.get().recipient == ""
    with pytest.raises(LinkSpent):
        actions_sign_up.confirm(token=token_of(mail, "confirm"), at=NOW + HOUR)


@pytest.mark.django_db
def test_the_mail_says_nothing_of_what_was_asked_and_its_link_lives_two_days() -> None:
    ask(search=search_for("fausse couche"), language="fr")
    ask(study="NCT05557201", email="other@example.org")
    assert every_mail_is_neutral() == 2
    token = token_of(_mails()[0], "confirm")
    assert look_at_link(token, purpose=CONFIRM, at=NOW + 2 * DAY - HOUR)
    assert look_at_link(token, purpose=CONFIRM, at=NOW + 2 * DAY) is None
    with pytest.raises(LinkSpent):
        actions_sign_up.confirm(token=token, at=NOW + 2 * DAY)


@pytest.mark.django_db
def test_one_reminder_with_a_fresh_link_then_everything_is_deleted_after_seven_days() -> None:
    ask(search=search_for("heparin"))
    for hours in range(0, 7 * 24, 5):
        care.care(NOW + timedelta(hours=hours))
    assert len(_mails("alerts.reminder")) == 1
    assert look_at_link(token_of(_mails("alerts.reminder")[0], "confirm"), purpose=CONFIRM, at=NOW + 3 * DAY)
    care.care(NOW + 7 * DAY)
    assert not SignUp.objects.exists()
    assert not Search.objects.exists()
    assert not _recipients()
    assert not OneTimeLink.objects.exists()
    assert every_mail_is_neutral() == 0


@pytest.mark.django_db
def test_the_reminder_confirms_as_well() -> None:
    ask(study="NCT05557201")
    care.care(NOW + 2 * DAY)
    token = token_of(_mails("alerts.reminder")[0], "confirm")
    actions_sign_up.confirm(token=token, at=NOW + 3 * DAY)
    assert Alert.objects.get().study == "NCT05557201"


@pytest.mark.django_db
def test_a_stranger_who_types_a_known_address_changes_nothing() -> None:
    # given
    zoe = subscribe(search=search_for("heparin"), frequency="weekly")
    # when a stranger signs her up for something else, at once and in French
    ask(search=search_for("aspirin"), frequency="immediate", language="fr", at=NOW + HOUR)
    # then nothing of hers is touched until she says yes
    same = Subscriber.objects.get()
    assert (same.frequency, same.language, same.alerts.count()) == (zoe.frequency, "en", 1)
    # when she confirms
    actions_sign_up.confirm(token=token_of(_mails()[-1], "confirm"), at=NOW + 2 * HOUR)
    same.refresh_from_db()
    assert (same.frequency, same.language, same.alerts.count()) == ("immediate", "fr", 2)


@pytest.mark.django_db
def test_signing_up_twice_for_the_same_keeps_one_alert_with_the_newer_choice() -> None:
    subscribe(search=search_for("heparin"))
    subscribe(search=search_for("heparin"), topics={"opening": False})
    alert = Alert.objects.get()
    assert alert.tells_opening is False
    assert Search.objects.count() == 1


@pytest.mark.django_db
def test_the_same_form_sent_again_is_one_sign_up_and_one_mail() -> None:
    for _ in range(3):
        ask(study="NCT05557201", key="the form")
    assert (SignUp.objects.count(), Mail.objects.count()) == (1, 1)
    assert Spending.objects.get(limit="alerts sign-ups of a network, hour").times == 1


@pytest.mark.django_db
def test_an_address_gets_three_mails_a_day_and_the_answer_stays_the_same() -> None:
    for number in range(5):
        ask(study=f"NCT0000000{number}", network=f"198.51.100.{number}/32")
    assert len(_mails()) == 3
    ask(study="NCT00000009", at=NOW + DAY, network="198.51.100.99/32")
    assert len(_mails()) == 4


@pytest.mark.django_db
def test_a_network_is_told_when_it_may_go_on() -> None:
    for number in range(10):
        ask(study="NCT05557201", email=f"n{number}@example.org")
    with pytest.raises(TooMany) as limit:
        ask(study="NCT05557201", email="more@example.org")
    assert limit.value.retry_after_seconds == 3600
    assert SignUp.objects.count() == 10
    ask(study="NCT05557201", email="more@example.org", network="198.51.100.1/32")
    ask(study="NCT05557201", email="later@example.org", at=NOW + HOUR)
    assert SignUp.objects.count() == 12


@pytest.mark.django_db
def test_a_network_is_limited_also_when_every_address_is_to_be_left_in_peace() -> None:
    for number in range(10):
        blind = actions_sign_up.email_blind(f"n{number}@example.org")
        actions_sign_up.suppress(blind, is_for_good=True, at=NOW)
        ask(study="NCT05557201", email=f"n{number}@example.org")
    with pytest.raises(TooMany):
        ask(study="NCT05557201", email="n0@example.org")
    assert not _mails()
    # and nothing of the addresses is kept for long
    care.care(NOW + HOUR)
    assert not SignUp.objects.exists()
    assert not _recipients()


@pytest.mark.django_db
def test_whoever_says_it_was_not_her_is_never_written_to_again() -> None:
    # given two sign-ups by somebody else
    ask(study="NCT05557201")
    ask(study="NCT00000002")
    # when the owner says so
    actions_sign_up.refuse(token=token_of(_mails()[0], "confirm"), at=NOW + HOUR)
    # then nothing is left of her but a keyed hash
    assert not SignUp.objects.exists()
    assert not _recipients()
    assert Suppressed.objects.get().is_for_good
    # and nobody reaches her
    ask(study="NCT05557201", at=NOW + 30 * DAY)
    assert not _mails()
    care.care(NOW + 30 * DAY + HOUR)
    assert not SignUp.objects.exists()
    assert not _recipients()


@pytest.mark.django_db
def test_an_owner_with_alerts_of_her_own_keeps_them_when_she_refuses_one_more() -> None:
    subscribe(study="NCT05557201")
    ask(study="NCT00000002")
    actions_sign_up.refuse(token=token_of(_mails()[-1], "confirm"), at=NOW + HOUR)
    assert Alert.objects.count() == 1
    assert not Suppressed.objects.exists()


@pytest.mark.django_db
def test_who_erased_herself_comes_back_by_her_own_yes_and_is_not_reminded() -> None:
    zoe = subscribe(study="NCT05557201")
    actions_settings.end_all(token=zoe.page_token, at=NOW + HOUR)
    assert not Suppressed.objects.get().is_for_good
    ask(study="NCT05557201", at=NOW + DAY)
    care.remind(NOW + 3 * DAY)
    assert not Mail.objects.filter(kind="alerts.reminder").exists()
    actions_sign_up.confirm(token=token_of(_mails()[-1], "confirm"), at=NOW + 2 * DAY)
    assert Alert.objects.count() == 1
    assert not Suppressed.objects.exists()


@pytest.mark.django_db
def test_a_confirmation_that_her_server_refuses_ends_the_sign_up() -> None:
    from gravida.web.mail.failures import tell_failed

    ask(study="NCT05557201")
    Mail.objects.update(state=MailState.FAILED, trouble="rejected", ended_at=NOW)
    tell_failed(Mail.objects.get())
    assert not SignUp.objects.exists()
    assert Mail.objects.get().recipient == ""


@pytest.mark.slow
@pytest.mark.django_db
def test_known_unknown_and_suppressed_addresses_cost_the_same() -> None:
    # given
    ask(study="NCT00000001", email="warm@example.org", network="warm")
    for number in range(60):
        subscribe(study="NCT05557201", email=f"known{number}@example.org", network=f"k{number}")
        actions_sign_up.suppress(
            actions_sign_up.email_blind(f"peace{number}@example.org"), is_for_good=True, at=NOW
        )
    # when each kind signs up by turns
    times: dict[str, list[float]] = {"known": [], "unknown": [], "peace": []}
    for number in range(60):
        for kind, spent in times.items():
            who = f"{kind}{number}"
            asking = partial(ask, study="NCT05557201", email=f"{who}@example.org", network=who, at=NOW + DAY)
            spent.append(cpu_seconds(asking))
    # then the CPU does not tell which is which
    medians = {kind: median(spent) for kind, spent in times.items()}
    assert abs(medians["known"] / medians["unknown"] - 1) < 0.1, medians
    assert abs(medians["peace"] / medians["unknown"] - 1) < 0.1, medians
