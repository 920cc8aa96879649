"""The clock at work: silence escalates, in mails; what fails or waits is seen; each message for itself."""

from datetime import datetime, timedelta

import pytest

from gravida.find.contact import actions_team, answer_times, clock, reads
from gravida.find.contact.failures import person_mail_failed, team_mail_failed
from gravida.find.contact.letters import AnswerTime
from gravida.find.contact.models import Request, Sender, Team, TeamAddress, TimerMark
from gravida.find.contact.states import State
from gravida.web.models import Mail, MailState
from gravida.web.people.roles import Role
from tests.find.contact.making import (
    NOW,
    access_of,
    confirm,
    fresh,
    kinds_of_mails,
    last_mail,
    make_team,
    nurse,
    send,
    send_by_telephone,
)
from tests.mails import every_mail_is_neutral
from tests.web.people.making import make_staff

pytestmark = pytest.mark.django_db


def run(*, days: float, every_hours: int = 6) -> None:
    """The worker's timers, every few hours up to so many days after NOW."""
    for step in range(int(days * 24 / every_hours) + 1):
        clock.run_timers(NOW + timedelta(hours=step * every_hours))


def mails_after(sent_on: datetime = NOW) -> list[tuple[int, str, str]]:
    """(day, kind, recipient) of the mails since."""
    return [
        ((mail.queued_at - sent_on).days, mail.kind.removeprefix("contact."), mail.recipient)
        for mail in Mail.objects.order_by("id")
    ]


def test_silence_escalates_and_ends_with_nothing_of_hers_left() -> None:
    # given a confirmed message, and an administrator
    make_staff(Role.ADMINISTRATOR, email="admin@example.org")
    sent = send()
    confirm(sent)
    # when nobody answers for forty days
    run(days=40)
    # then each was told in turn, once
    assert mails_after()[2:] == [
        (2, "team.reminder", ""),
        (7, "team.alternate", ""),
        (10, "staff.unanswered", ""),
        (10, "person.no_answer", ""),
        (30, "person.expired", "ondine@example.org"),
    ]
    request = fresh(sent.request)
    assert request.where is State.EXPIRED
    assert request.erased_at is not None
    assert not Sender.objects.exists()


def test_each_is_told_at_the_right_address() -> None:
    make_staff(Role.ADMINISTRATOR, email="admin@example.org")
    confirm(send())
    run(days=14)
    assert mails_after()[2:] == [
        (2, "team.reminder", "falco-team@example.org"),
        (7, "team.alternate", "falco-coordination@example.org"),
        (10, "staff.unanswered", "admin@example.org"),
        (10, "person.no_answer", "ondine@example.org"),
    ]
    assert every_mail_is_neutral() == 6
    request = Request.objects.get()
    assert (request.told_late_at - NOW).days == 10
    assert (request.late_at - NOW).days == 14


def test_a_worker_that_was_down_for_a_week_sends_no_burst() -> None:
    confirm(send())
    clock.run_timers(NOW + timedelta(days=8))
    assert kinds_of_mails()[2:] == ["contact.team.alternate"]
    assert list(TimerMark.objects.order_by("id").values_list("act", "was_stale")) == [
        ("remind_team", True), ("tell_alternate", False),
    ]  # fmt: skip
    clock.run_timers(NOW + timedelta(days=8, hours=1))
    assert kinds_of_mails()[2:] == ["contact.team.alternate"]


def test_an_answer_stops_the_clock() -> None:
    sent, by = send(), nurse()
    confirm(sent)
    run(days=2)
    request = fresh(sent.request)
    actions_team.acknowledge(request=request, version=request.version, by=by, at=NOW + timedelta(days=3))
    before = kinds_of_mails()
    run(days=60)
    assert kinds_of_mails() == before


def test_what_nobody_confirmed_leaves_for_the_spam_tab_and_comes_back_when_she_does() -> None:
    sent = send()
    run(days=4)
    request = fresh(sent.request)
    assert request.where is State.SPAM
    assert request in Request.objects.in_spam_tab()
    assert request not in Request.objects.in_inbox()


def test_one_broken_message_does_not_stop_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = send(), send(email="b@example.org")
    real = clock.tick

    def broken(number: int, *, at: datetime) -> object:
        if number == first.request.pk:
            raise RuntimeError("broken")
        return real(number, at=at)

    monkeypatch.setattr(clock, "tick", broken)
    assert clock.run_timers(NOW + timedelta(days=2)) == 1
    assert TimerMark.objects.get().request == second.request


def test_a_message_is_delivered_when_the_mail_has_left_and_the_address_is_confirmed() -> None:
    sent = send()
    confirm(sent)
    assert clock.note_delivered(NOW) == 0
    Mail.objects.filter(kind="contact.team.new").update(state=MailState.SENT, ended_at=NOW)
    assert clock.note_delivered(NOW + timedelta(minutes=1)) == 1
    assert fresh(sent.request).where is State.DELIVERED


def test_paused_copies_go_out_later() -> None:
    sent = send()
    Mail.objects.filter(kind="contact.person.copy").delete()
    Request.objects.update(copy_state="paused")
    assert clock.send_paused_copies(NOW + timedelta(hours=25)) == 1
    assert fresh(sent.request).copy_state == "queued"
    assert kinds_of_mails() == ["contact.team.new", "contact.person.copy"]


def test_a_broken_address_of_the_team_is_flagged_and_the_next_told() -> None:
    make_staff(Role.ADMINISTRATOR, email="admin@example.org")
    send()
    team_mail_failed(last_mail("contact.team.new"))
    assert TeamAddress.objects.get(email="falco-team@example.org").broken_since is not None
    assert last_mail("contact.team.new").recipient == "falco-coordination@example.org"
    assert kinds_of_mails()[-2:] == ["contact.staff.broken", "contact.person.team_broken"]
    assert make_team().broken_since is None


def test_a_team_without_any_address_left_makes_messages_wait() -> None:
    make_staff(Role.ADMINISTRATOR, email="admin@example.org")
    sent = send()
    team_mail_failed(last_mail("contact.team.new"))
    team_mail_failed(last_mail("contact.team.new"))
    request = fresh(sent.request)
    assert request.told_team_at is None
    assert request.team.broken_since is not None
    assert reads.status_page(access_of(sent), at=NOW).waits_for_staff


def test_her_bounced_address_is_shown_and_not_written_to_again() -> None:
    sent, by = send(), nurse()
    person_mail_failed(last_mail("contact.person.copy"))
    request = fresh(sent.request)
    assert request.email_bounced_at is not None
    assert request.copy_state == "bounced"
    assert reads.status_page(access_of(sent), at=NOW).email_bounced
    actions_team.acknowledge(request=request, version=request.version, by=by, at=NOW)
    assert "contact.person.acknowledged" not in kinds_of_mails()


def test_without_an_address_of_hers_silence_is_shown_on_her_page() -> None:
    sent = send_by_telephone()
    run(days=14)
    assert fresh(sent.request).told_late_at is not None
    assert not [kind for kind in kinds_of_mails() if kind.startswith("contact.person")]


def usually(team: Team, *, at: datetime) -> AnswerTime | None:
    """What the page says once the worker has counted."""
    answer_times.count_answer_times(at)
    team.refresh_from_db()
    return reads.usually_answers(team, at=at)


def test_the_answer_time_counts_silence_and_is_hidden_below_five() -> None:
    team, by = make_team(), nurse()
    for number in range(4):
        request = fresh(send(team, email=f"p{number}@example.org", network=f"n{number}").request)
        actions_team.acknowledge(request=request, version=request.version, by=by, at=NOW + timedelta(days=1))
    at = NOW + timedelta(days=2)
    assert usually(team, at=at) is None
    send(team, email="p5@example.org", network="n5")
    told = usually(team, at=at)
    assert (told.n, told.median_working_days) == (5, pytest.approx(1.0))
    for number in range(6, 12):
        send(team, email=f"p{number}@example.org", network=f"n{number}")
    assert usually(team, at=NOW + timedelta(days=9)).median_working_days is None
    assert usually(team, at=NOW + timedelta(days=91)) is None


def test_an_old_figure_is_not_shown_and_late_messages_are_counted() -> None:
    team = make_team()
    for number in range(5):
        confirm(send(team, email=f"p{number}@example.org", network=f"n{number}"))
    run(days=16)
    at = NOW + timedelta(days=16)
    told = usually(team, at=at)
    assert (told.n, told.late, told.median_working_days) == (5, 5, None)
    assert reads.usually_answers(team, at=at + timedelta(days=3)) is None
