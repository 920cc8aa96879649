"""The worker: killed, stopped, doubled or cut from its database, it loses no mail."""

import email
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from gravida import worker as worker_module
from gravida.web.mail import sending
from gravida.web.mail.outbox import MailKind
from gravida.web.mail.server import Encryption, MailServer
from gravida.web.models import Mail, MailState, Trouble
from gravida.worker import Worker
from tests.mails import NOTICE
from tests.processes import kill, start
from tests.web.mail.conftest import NOON, try_once
from tests.web.mail.servers import Day, free_port, mail_server_on

Queued = Callable[..., Mail]
PARKED = MailKind("test.copy", when_unsure="park")
HOME = Path(__file__).resolve().parents[3]


@pytest.fixture(autouse=True)
def short_lease(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "LEASE", timedelta(seconds=0.5))
    monkeypatch.setattr(worker_module, "SECONDS_BETWEEN_LOOKS", 0.05)


def _server(port: int) -> MailServer:
    return MailServer(host="127.0.0.1", port=port, encryption=Encryption.NONE)


def _start(port: int) -> Any:
    """A worker in a process of its own."""
    return start(lambda: Worker(server=_server(port)).work())


def _copies(day: Day) -> Counter[str]:
    return Counter(str(email.message_from_bytes(text)["Message-ID"]).strip() for text in day.accepted)


def _until(done: Callable[[], bool], *, seconds: float = 30.0) -> None:
    until = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < until, (
            f"still waiting: {Counter(Mail.objects.values_list('state', 'trouble'))}"
        )
        time.sleep(0.05)


def _none_waits() -> bool:
    return not Mail.objects.unfinished().exists()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_of_sixty_mails_twenty_random_kills_lose_none_and_double_at_most_one_each(queued: Queued) -> None:
    # given sixty mails and a server that takes a moment for each line
    mails = [queued(about=f"request:{number}") for number in range(60)]
    day, chance = Day(seconds_a_line=0.004), random.Random(5)  # noqa: S311 - a test's dice
    with mail_server_on(day) as port:
        # when the worker is killed twenty times at any moment
        for _ in range(20):
            process = _start(port)
            time.sleep(chance.uniform(0.03, 0.25))
            kill(process)
        last = _start(port)
        _until(_none_waits)
        kill(last)
    # then each mail arrived, none more than twice, with at most one extra copy a kill
    copies = _copies(day)
    assert set(copies) == {f"<{mail.message_id}>" for mail in mails}
    assert max(copies.values()) <= 2
    assert copies.total() - 60 <= 20
    assert set(Mail.objects.values_list("state", flat=True)) <= {MailState.SENT, MailState.UNSURE}


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("kind", "most_copies"), [(NOTICE, 2), (PARKED, 1)], ids=["resend", "park"])
def test_killed_exactly_between_acceptance_and_answer_nothing_is_lost(
    queued: Queued, kind: MailKind, most_copies: int
) -> None:
    # given twenty mails
    mails = [queued(kind=kind, about=f"request:{number}") for number in range(20)]
    copies: Counter[str] = Counter()
    # when twenty times a worker is killed as soon as a server has taken a mail, before it says so
    for _ in range(20):
        day = Day(silent_at="END")
        with mail_server_on(day) as port:
            process = _start(port)
            _until(lambda day=day: len(day.accepted) == 1)
            kill(process)
        copies += _copies(day)
    # and then one runs undisturbed
    well = Day()
    with mail_server_on(well) as port:
        process = _start(port)
        _until(_none_waits)
        kill(process)
    copies += _copies(well)
    # then each mail has arrived, twice at most, with one Message-ID; or once, and staff are asked
    assert set(copies) == {f"<{mail.message_id}>" for mail in mails}
    assert max(copies.values()) == most_copies
    if kind is PARKED:
        assert Counter(Mail.objects.values_list("state", flat=True)) == {MailState.UNSURE: 20}


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_workers_share_the_outbox_and_send_each_mail_once(queued: Queued) -> None:
    for number in range(40):
        queued(about=f"request:{number}")
    day = Day(seconds_a_line=0.004)
    with mail_server_on(day) as port:
        both = [_start(port), _start(port)]
        _until(_none_waits)
        for process in both:
            kill(process)
    assert len(day.accepted) == 40
    assert set(_copies(day).values()) == {1}


@pytest.mark.django_db
def test_a_third_worker_finds_no_place_until_one_ends() -> None:
    first, second, third = (Worker(server=_server(1)) for _ in range(3))
    assert first._take_seat()
    assert second._take_seat()
    assert not third._take_seat()
    second._leave_seat()
    assert third._take_seat()
    assert first._take_seat()  # its own again


@pytest.mark.django_db
def test_the_place_of_a_worker_that_is_gone_is_free_at_once() -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    for worker in (Worker(server=_server(1)), Worker(server=_server(1))):
        worker.name = worker.name.replace(f":{os.getpid()}:", f":{gone.pid}:")
        assert worker._take_seat()
    assert Worker(server=_server(1))._take_seat()


@pytest.mark.django_db
def test_a_mail_that_breaks_its_worker_is_put_aside_after_five_and_the_others_go(
    queued: Queued, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a mail that raises what nobody foresaw, between two good ones
    day, poison = Day(), queued(about="request:2")
    good = [queued(about="request:1"), queued(about="request:3")]
    attempt = sending.attempt

    def poisoned(mail: Mail, **given: Any) -> Any:
        if mail.pk == poison.pk:
            raise RuntimeError("unforeseen")
        return attempt(mail, **given)

    monkeypatch.setattr(sending, "attempt", poisoned)
    # when the worker does what is due
    with mail_server_on(day) as port:
        Worker(server=_server(port)).work_once()
    # then the good ones are sent, the bad one has failed
    assert {Mail.objects.get(pk=mail.pk).state for mail in good} == {MailState.SENT}
    poison.refresh_from_db()
    assert (poison.state, poison.trouble, poison.crashes) == (MailState.FAILED, Trouble.BROKEN, 4)


@pytest.mark.django_db
def test_a_row_that_cannot_be_opened_fails_and_says_so(queued: Queued) -> None:
    mail = queued()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE web_mail SET text = %s", [b"\x01damaged by a disk, longer than a head"])
    from gravida.web.sealed import LostKey

    try:
        try_once(free_port())
    except LostKey:
        pytest.fail("a row that cannot be opened must not stop the worker")
    found = Mail.objects.without_texts().get(pk=mail.pk)
    assert found.trouble == Trouble.BROKEN


@pytest.mark.django_db
def test_a_lease_is_measured_by_the_databases_clock_not_by_ours(queued: Queued) -> None:
    # given a mail whose worker vanished just now, before its last line went out
    import time_machine

    mail, day = queued(), Day()
    assert sending.take(holder="gone", at=NOON) is not None
    # when our own clock jumps by two days, either way, over the days when clocks change
    for moment in (
        "2026-03-29 03:30+02:00",
        "2026-10-25 02:30+01:00",
        "2028-02-29 12:00+01:00",
        "2020-01-01",
    ):
        with time_machine.travel(moment), mail_server_on(day) as port:
            # then the lease still holds
            assert try_once(port, at=timezone.now()) is None
    # and ends in its own time
    time.sleep(0.6)
    with mail_server_on(day) as port:
        try_once(port)
    mail.refresh_from_db()
    assert (mail.state, mail.crashes, mail.may_be_repeat) == (MailState.SENT, 1, False)


@pytest.mark.django_db
def test_the_worker_waits_for_a_database_that_is_away_and_goes_on(
    queued: Queued, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a database that is away for two looks, and once more when an accepted mail is to be written down
    mail, day, away = queued(), Day(), iter([True, True, False, False])
    take, finish, fails = sending.take, sending.finish, iter([True, False])

    def take_or_fail(**given: Any) -> Any:
        if next(away, False):
            raise OperationalError("the database is away")
        return take(**given)

    def finish_or_fail(*given: Any, **more: Any) -> None:
        if next(fails, False):
            raise OperationalError("the database is away")
        finish(*given, **more)

    monkeypatch.setattr(sending, "take", take_or_fail)
    monkeypatch.setattr(sending, "finish", finish_or_fail)
    monkeypatch.setattr(worker_module.connection, "close", lambda: None)
    monkeypatch.setattr(worker_module, "LONGEST_WAIT_FOR_DATABASE", 0.05)
    monkeypatch.setattr(worker_module, "close_old_connections", lambda: None)
    # when the worker works for a moment
    with mail_server_on(day) as port:
        worker = Worker(server=_server(port))
        threading.Timer(2.0, worker.stop).start()
        worker.work()
    # then the mail went once, and its row says so
    assert len(day.accepted) == 1
    mail.refresh_from_db()
    assert mail.state == MailState.SENT


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_connections_that_the_database_ends_do_not_end_the_worker(queued: Queued) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite is a file: nobody ends its connections")
    day = Day(seconds_a_line=0.01)
    with mail_server_on(day) as port:
        process = _start(port)
        for number in range(10):
            queued(about=f"request:{number}")
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            time.sleep(0.1)
        _until(_none_waits)
        kill(process)
    assert set(_copies(day).values()) == {1}
    assert len(_copies(day)) == 10


@pytest.fixture
def sending_process(tmp_path: Path) -> Iterator[Callable[[int], "subprocess.Popen[str]"]]:
    """Start `gravida send` itself on the database of this test."""
    started: list[subprocess.Popen[str]] = []

    def start(port: int) -> "subprocess.Popen[str]":
        given = connection.settings_dict
        address = (
            f"sqlite:///{given['NAME']}"
            if connection.vendor == "sqlite"
            else f"postgres://{given['USER']}@{given['HOST']}:{given['PORT']}/{given['NAME']}"
        )
        environment = os.environ | {
            "DATABASE_URL": address,
            "GRAVIDA_MAIL_URL": f"smtp://127.0.0.1:{port}",
            "GRAVIDA_MAIL_FROM": "no-reply@example.org",
        }
        started.append(
            subprocess.Popen(
                [sys.executable, "-m", "gravida", "send"],
                cwd=HOME,
                env=environment,
                text=True,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
            )
        )
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["TERM", "Ctrl-C"])
def test_told_to_stop_it_leaves_the_mail_it_was_sending_in_the_queue(
    queued: Queued, sending_process: Callable[[int], "subprocess.Popen[str]"], number: int
) -> None:
    # given the worker itself, in the middle of a mail, at a silent server
    mail, day = queued(), Day(silent_at="RCPT")
    with mail_server_on(day) as port:
        process = sending_process(port)
        _until(lambda: day.connections == 1)
        time.sleep(0.2)
        # when it is told to stop
        process.send_signal(number)
        said, _ = process.communicate(timeout=15)
    # then it ends long before the attempt would have, without a trace, and the mail is due again
    assert process.returncode == 0, said
    assert "Traceback" not in said
    mail.refresh_from_db()
    assert (mail.state, mail.trouble, mail.tries) == (MailState.QUEUED, Trouble.STOPPED, 0)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_told_to_stop_after_the_last_line_it_waits_for_the_answer(
    queued: Queued, sending_process: Callable[[int], "subprocess.Popen[str]"]
) -> None:
    # given a worker that has sent all of a mail to a server that takes two seconds to answer
    mail, day = queued(), Day()
    day.seconds_at["END"] = 2.0
    with mail_server_on(day) as port:
        process = sending_process(port)
        _until(lambda: len(day.accepted) == 1)
        # when it is told to stop
        process.send_signal(signal.SIGTERM)
        process.wait(5)
    # then it has heard the answer and written it down
    mail.refresh_from_db()
    assert mail.state == MailState.SENT
