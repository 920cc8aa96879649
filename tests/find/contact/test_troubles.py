"""A message that breaks a task of the worker: five tries, then people; the others go on all the while."""

from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from django.db import OperationalError

from gravida.find.contact import actions_team, clock, one_by_one, retention
from gravida.find.contact.checks import contact_faults
from gravida.find.contact.letters import Sent
from gravida.find.contact.models import Request, TaskTrouble
from gravida.find.contact.states import State
from gravida.web.people.roles import Role
from tests.find.contact.making import NOW, confirm, fresh, kinds_of_mails, last_mail, make_team, nurse, send
from tests.mails import every_mail_is_neutral
from tests.web.people.making import make_staff

pytestmark = pytest.mark.django_db
DUE = NOW + timedelta(days=2)


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> tuple[Sent, list[datetime]]:
    """A message whose timers always break, and when they were tried; another one beside it."""
    make_staff(Role.ADMINISTRATOR, email="admin@example.org")
    first = send()
    confirm(first)
    confirm(send(email="b@example.org"))
    real, tried = clock.tick, []

    def tick(number: int, *, at: datetime) -> object:
        if number == first.request.pk:
            tried.append(at)
            raise RuntimeError("broken")
        return real(number, at=at)

    monkeypatch.setattr(clock, "tick", tick)
    return first, tried


def run_every_ten_minutes(*, hours: int) -> None:
    for turn in range(hours * 6):
        clock.run_timers(DUE + timedelta(minutes=10 * turn))


def test_it_is_tried_five_times_further_and_further_apart(broken: tuple[Sent, list[datetime]]) -> None:
    _, tried = broken
    run_every_ten_minutes(hours=72)
    gaps = [later - earlier for earlier, later in pairwise(tried)]
    assert gaps == [timedelta(minutes=10), timedelta(hours=1), timedelta(hours=6), timedelta(hours=24)]


def test_the_others_go_on_and_administrators_are_told_once(broken: tuple[Sent, list[datetime]]) -> None:
    first, _ = broken
    run_every_ten_minutes(hours=72)
    # the other message's team was reminded on time, this one's not
    reminded = [mail for mail in kinds_of_mails() if mail == "contact.team.reminder"]
    assert len(reminded) == 1
    assert kinds_of_mails().count("contact.staff.stopped") == 1
    told = last_mail("contact.staff.stopped")
    assert told.recipient == "admin@example.org"
    assert first.reference in told.subject
    assert every_mail_is_neutral() > 0
    assert [fault for fault in contact_faults() if first.reference in fault]


def test_after_it_was_mended_it_is_tried_again(
    broken: tuple[Sent, list[datetime]], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, tried = broken
    run_every_ten_minutes(hours=72)
    monkeypatch.undo()
    later = DUE + timedelta(hours=73)
    clock.run_timers(later)
    assert not fresh(first.request).timer_marks.exists()
    assert one_by_one.try_again() == 1
    clock.run_timers(later)
    assert fresh(first.request).timer_marks.exists()
    assert not [fault for fault in contact_faults() if first.reference in fault]
    assert len(tried) == one_by_one.TRIES


def test_one_that_succeeds_meanwhile_is_forgotten(
    broken: tuple[Sent, list[datetime]], monkeypatch: pytest.MonkeyPatch
) -> None:
    clock.run_timers(DUE)
    assert TaskTrouble.objects.get().failures == 1
    monkeypatch.undo()
    clock.run_timers(DUE + timedelta(minutes=10))
    assert not TaskTrouble.objects.exists()


def test_an_act_of_a_person_begins_anew(broken: tuple[Sent, list[datetime]]) -> None:
    first, _ = broken
    clock.run_timers(DUE)
    request = fresh(first.request)
    actions_team.acknowledge(request=request, version=request.version, by=nurse(), at=DUE)
    assert not TaskTrouble.objects.exists()


def test_a_site_whose_messages_go_to_example_addresses_is_told_so() -> None:
    team = make_team()
    assert "NCT05557201 centre-1 go to an example address" in contact_faults()[0]
    team.addresses.update(broken_since=NOW)
    assert contact_faults() == []


def test_a_database_that_does_not_answer_is_nobodys_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    confirm(send())

    def gone(number: int, *, at: datetime) -> object:
        raise OperationalError("server closed the connection")

    monkeypatch.setattr(clock, "tick", gone)
    monkeypatch.setattr("gravida.find.contact.one_by_one.connection.is_usable", lambda: False)
    with pytest.raises(OperationalError):
        clock.run_timers(DUE)
    assert not TaskTrouble.objects.exists()


def test_one_message_that_cannot_be_erased_keeps_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    # given two messages of spam that are old enough
    first, second = send(suspicion="honeypot"), send(suspicion="honeypot", email="b@example.org")
    real = retention.erase_person

    def erase(request: Request, *, at: datetime) -> None:
        if request.pk == first.request.pk:
            raise RuntimeError("broken")
        real(request, at=at)

    monkeypatch.setattr(retention, "erase_person", erase)
    # when retention runs, then the other is erased
    assert retention.retain(NOW + timedelta(days=8)) == 1
    assert fresh(second.request).where is State.ERASED
    assert fresh(first.request).where is State.SPAM
