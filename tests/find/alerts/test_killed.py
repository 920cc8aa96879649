"""A worker that is killed, or doubled, while alerts are compared and mails queued: each is told once."""

import itertools
import os
import random
import signal
import time
from collections import Counter
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import connection

from gravida.find.alerts import matching
from gravida.find.alerts.digests import send_digests
from gravida.find.alerts.models import Alert, Digest, Look, Notice
from gravida.find.alerts.tasks import compare
from gravida.find.search import serving, upkeep
from gravida.web.models import Mail
from tests.find.alerts.conftest import NOW, search_for, subscribe
from tests.find.search.conftest import AddStudy
from tests.processes import start

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
LATER = NOW + timedelta(hours=1)
ALERTS, STUDIES = 60, 12


@pytest.fixture
def changed(transactional_db: None, add_study: AddStudy, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sixty alerts, all of different searches that find every one of twelve new studies."""
    monkeypatch.setattr(matching, "BATCH", 3)
    add_study("Unrelated")
    upkeep.update()
    compare(NOW)
    for number in range(ALERTS):
        search = search_for("heparin", age_years=20 + number % 60, query=f"n={number}")
        subscribe(search=search, email=f"n{number}@example.org", network=f"n{number}")
    for _ in range(STUDIES):
        add_study("Heparin", maximum_age="120 Years")
    upkeep.update()


def _work() -> None:
    """What the worker does at its turn, in a process of its own."""
    serving.forget()
    compare(LATER)
    send_digests(LATER)


def _work_until_killed(statements_left: int) -> None:
    """The same, killed as by a power cut before its statement of that number."""
    left = itertools.count(statements_left, -1)

    def count(execute: Any, *of_the_statement: Any) -> Any:
        if next(left) == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return execute(*of_the_statement)

    with connection.execute_wrapper(count):
        _work()


def _start() -> Any:
    return start(_work)


def _everything_is_told_once() -> None:
    pairs = Counter(Notice.objects.values_list("alert_id", "change__study_id"))
    assert len(pairs) == ALERTS * STUDIES
    assert set(pairs.values()) == {1}
    assert not Notice.objects.filter(digest=None).exists()
    digests = Counter(Digest.objects.values_list("subscriber_id", "period"))
    assert (len(digests), set(digests.values())) == (ALERTS, {1})
    assert Mail.objects.filter(kind="alerts.news").count() == ALERTS
    assert not Look.objects.filter(ended_at=None).exists()


def test_kills_at_any_moment_lose_nothing_and_double_nothing(changed: None) -> None:
    # when the worker is killed twenty-five times, each time before another of its next statements
    dice = random.Random(7)  # noqa: S311 - a test's dice
    for _ in range(25):
        process = start(partial(_work_until_killed, dice.randint(1, 40)))
        process.join(300)
        assert process.exitcode == -signal.SIGKILL
    # when at last one is left alone
    process = _start()
    process.join(300)
    # then
    assert process.exitcode == 0
    _everything_is_told_once()


def test_four_workers_at_once_tell_everything_once(changed: None) -> None:
    processes = [_start() for _ in range(4)]
    for process in processes:
        process.join(300)
    _work()
    _everything_is_told_once()


def test_twenty_identical_forms_at_once_are_one_sign_up_and_one_mail(transactional_db: None) -> None:
    from gravida.find.alerts.models import SignUp
    from tests.find.alerts.conftest import ask

    begin = time.time() + 1.0

    def send() -> None:
        time.sleep(max(0.0, begin - time.time()))
        ask(study="NCT05557201", key="the form")

    processes = [start(send) for _ in range(20)]
    for process in processes:
        process.join(300)
    assert [process.exitcode for process in processes] == [0] * 20
    assert SignUp.objects.count() == 1
    assert Mail.objects.filter(kind="alerts.confirm").count() == 1


def test_an_alert_that_ends_while_it_is_compared_leaves_no_notice(changed: None) -> None:
    process = _start()
    time.sleep(0.3)
    Alert.objects.first().subscriber.delete()
    process.join(300)
    assert process.exitcode == 0
    assert Notice.objects.filter(alert__subscriber=None).count() == 0
    assert Notice.objects.count() % STUDIES == 0
