"""Periodic tasks: due by the database's clock, one process at a time, a failing one in nobody's way."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from gravida.web import tasks, tokens
from gravida.web.leases import give_back_lease, take_lease
from gravida.web.limits import Limit, spend
from gravida.web.mail.operator import tell_operator
from gravida.web.models import Lease, Mail, MailState, OneTimeLink, Spending
from gravida.web.periodic import LENGTH_OF_RUN, Task, run_due
from gravida.worker import all_tasks

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
pytestmark = pytest.mark.django_db


def _task(run: Callable[[datetime], object], name: str = "test") -> Task:
    return Task(name, HOUR, run)


def _past(name: str) -> None:
    Lease.objects.filter(name=f"task {name}").update(next_at=timezone.now() - timedelta(seconds=1))


def test_a_task_runs_when_it_is_due_with_the_workers_clock_and_not_again_before() -> None:
    runs: list[datetime] = []
    task = _task(runs.append)
    assert run_due([task], holder="a", at=NOON) == ["test"]
    assert run_due([task], holder="a", at=NOON + 2 * HOUR) == []
    _past("test")
    assert run_due([task], holder="b", at=NOON + HOUR) == ["test"]
    assert runs == [NOON, NOON + HOUR]


def test_a_task_that_fails_stops_no_other_leaves_nothing_half_done_and_is_tried_again() -> None:
    # given a task that writes and then fails, and a good one
    def half(at: datetime) -> None:
        Spending.objects.create(limit="half", key_digest="x", began_at=at, times=1)
        raise RuntimeError("unforeseen")

    runs: list[datetime] = []
    both = [_task(half, "bad"), _task(runs.append, "good")]
    # when they are due
    assert run_due(both, holder="a", at=NOON) == ["good"]
    # then the bad one left nothing, and waits: a minute, then two
    assert not Spending.objects.exists()
    for minutes in (1, 2, 4):
        bad = Lease.objects.get(name="task bad")
        assert bad.next_at is not None
        assert bad.next_at - timezone.now() == pytest.approx(
            timedelta(minutes=minutes), abs=timedelta(seconds=5)
        )
        _past("bad")
        run_due(both, holder="a", at=NOON)


def test_a_task_that_another_process_runs_is_left_to_it() -> None:
    assert take_lease("task test", holder="other", length=LENGTH_OF_RUN)
    assert run_due([_task(lambda at: None)], holder="a", at=NOON) == []
    give_back_lease("task test", holder="other")
    assert run_due([_task(lambda at: None)], holder="a", at=NOON) == ["test"]


def test_a_due_time_of_a_clock_that_was_ahead_does_not_stop_a_task() -> None:
    run_due([_task(lambda at: None)], holder="a", at=NOON)
    Lease.objects.filter(name="task test").update(next_at=timezone.now() + timedelta(days=2))
    assert run_due([_task(lambda at: None)], holder="a", at=NOON) == ["test"]


def test_every_part_brings_its_tasks_under_names_of_their_own() -> None:
    names = [task.name for task in all_tasks()]
    assert {"mail.texts", "links", "limits"} <= set(names)
    assert len(names) == len(set(names))


def _ended(state: MailState, ended_at: datetime | None, number: int) -> Mail:
    return Mail.objects.create(
        kind="test", about=f"request:{number}", recipient_blind="b", queued_at=NOON, state=state,
        ended_at=ended_at, recipient="zoe@example.org", subject="Ref.", text="Zoé",
    )  # fmt: skip


def test_texts_of_mails_go_thirty_days_after_their_end() -> None:
    # given mails that ended 31 and 29 days ago, and one that waits since
    old = _ended(MailState.SENT, NOON - timedelta(days=31), 1)
    young = _ended(MailState.FAILED, NOON - timedelta(days=29), 2)
    waiting = _ended(MailState.QUEUED, None, 3)
    # when the task runs
    assert tasks.forget_texts(NOON) == 1
    # then only the old one's person is forgotten, and its row still counts
    for mail in (old, young, waiting):
        mail.refresh_from_db()
    assert (old.recipient, old.text, old.state) == ("", "", MailState.SENT)
    assert (young.text, waiting.text) == ("Zoé", "Zoé")


def test_links_and_uses_that_are_long_over_go() -> None:
    tokens.issue_link(purpose="p", about="a", expires_at=NOON - timedelta(days=31))
    tokens.issue_link(purpose="p", about="b", expires_at=NOON)
    spend(Limit("old", times=1, within=HOUR), key="a", at=NOON - timedelta(days=9))
    spend(Limit("new", times=1, within=HOUR), key="a", at=NOON)
    assert (tasks.forget_links(NOON), tasks.forget_uses(NOON)) == (1, 1)
    assert (OneTimeLink.objects.count(), Spending.objects.count()) == (1, 1)


def test_the_operator_is_told_once_a_day_and_only_when_there_is_something() -> None:
    with transaction.atomic():
        assert tell_operator(to="operator@example.org", at=NOON) is None
        _ended(MailState.FAILED, NOON, 1)
        told = tell_operator(to="operator@example.org", at=NOON)
        assert told is not None
        assert tell_operator(to="operator@example.org", at=NOON + HOUR) is None
        assert tell_operator(to="operator@example.org", at=NOON + 24 * HOUR) is not None
    assert "Not sent: 1." in told.text
