"""Many at once, and killed at any moment: nothing lost, nothing doubled, nothing half. On both engines."""

import os
import random
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection

from gravida.find.contact import actions_person, actions_team, clock, keys
from gravida.find.contact.letters import ChangedMeanwhile
from gravida.find.contact.models import Message, Request, Sender, Step, Tally
from gravida.find.contact.states import State
from gravida.web.audit.models import AuditEntry
from gravida.web.models import Mail
from tests.find.contact.making import NOW, access_of, fresh, last_mail, make_team, nurse, send, token_in
from tests.find.contact.posting import key_of

HOME = Path(__file__).resolve().parents[3]
LATER = NOW + timedelta(hours=3)
KILLS = 50
pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*works: Callable[[], object]) -> list[object]:
    """What each gives or raises, all begun in the same moment, each on its own connection."""
    begin = threading.Barrier(len(works))
    results: list[object] = [None] * len(works)

    def run(place: int, work: Callable[[], object]) -> None:
        begin.wait()
        try:
            results[place] = work()
        except Exception as error:  # noqa: BLE001 - what it raises is what the test looks at
            results[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place, work)) for place, work in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@pytest.mark.slow
def test_of_twenty_equal_forms_one_is_kept_and_one_mail_leaves() -> None:
    team = make_team()
    results = at_once(*[lambda: send(team, key="k" * 40)] * 20)
    assert {sent.receipt for sent in results} == {results[0].receipt}
    assert (Request.objects.count(), Message.objects.count(), Sender.objects.count()) == (1, 1, 1)
    assert sorted(Mail.objects.values_list("kind", flat=True)) == ["contact.person.copy", "contact.team.new"]
    assert Tally.objects.get(what="sent").count == 1
    assert Step.objects.count() == 1


@pytest.mark.slow
def test_of_three_forms_of_one_person_one_opens_and_the_others_join() -> None:
    team = make_team()
    at_once(*[lambda number=number: send(team, text=f"message {number}") for number in range(3)])
    assert (Request.objects.count(), Message.objects.count()) == (1, 3)
    assert Mail.objects.filter(kind="contact.team.new").count() == 1
    assert Mail.objects.filter(kind="contact.team.more").count() == 2


@pytest.mark.slow
def test_many_persons_at_once_are_all_kept() -> None:
    team = make_team()
    results = at_once(
        *[
            lambda number=number: send(team, email=f"p{number}@example.org", network=f"n{number}")
            for number in range(20)
        ]
    )
    assert len({sent.reference for sent in results}) == 20
    assert Tally.objects.get(what="sent").count == 20
    assert AuditEntry.objects.filter(action="contact.sent").count() == 20


def test_of_two_members_of_staff_one_is_told_that_the_page_is_stale() -> None:
    seen, one, two = fresh(send().request), nurse("one@example.org"), nurse("two@example.org")
    results = at_once(
        lambda: actions_team.acknowledge(request=seen, version=seen.version, by=one, at=LATER),
        lambda: actions_team.mark_spam(request=seen, version=seen.version, by=two, at=LATER),
    )
    assert sorted(type(result).__name__ for result in results) == ["ChangedMeanwhile", "Request"]
    assert Step.objects.filter(request=seen).count() == 2
    stale = next(result for result in results if isinstance(result, ChangedMeanwhile))
    assert stale.found == seen.version + 1


def test_a_link_pressed_twice_at_once_acknowledges_once() -> None:
    send()
    token = token_in(last_mail("contact.team.new"), "received")
    results = at_once(*[lambda: actions_team.acknowledge_by_link(token=token, at=LATER)] * 8)
    assert sum(isinstance(result, Request) for result in results) == 1
    assert Mail.objects.filter(kind="contact.person.acknowledged").count() == 1


def test_withdrawing_while_the_team_answers_leaves_nothing() -> None:
    sent, by = send(), nurse()
    request, access = fresh(sent.request), access_of(sent)
    at_once(
        lambda: actions_team.reply(
            request=request, version=request.version, text="zanzibar", by=by, at=LATER
        ),
        lambda: actions_person.withdraw(access=access, at=LATER),
        lambda: actions_team.save_draft(request=request, text="zanzibar", by=by, at=LATER),
        lambda: actions_person.add_message(
            access=access, text="zanzibar", idempotency_key="m" * 40, network="n", at=LATER
        ),
    )
    assert fresh(request).where is State.WITHDRAWN
    left = [Message.objects.filter(request=request), request.drafts.all(), Sender.objects.all()]
    assert [rows.count() for rows in left] == [0, 0, 0]


def test_two_workers_fire_a_timer_once() -> None:
    send()
    at_once(*[lambda: clock.run_timers(NOW + timedelta(days=2))] * 4)
    assert Mail.objects.filter(kind="contact.team.reminder").count() == 1


@pytest.fixture
def senders() -> Iterator[subprocess.Popen[str]]:
    """A process that forks senders, on this test's database."""
    settings = connection.settings_dict
    if connection.vendor == "sqlite":
        address = f"sqlite:///{settings['NAME']}"
    else:
        address = f"postgres://{settings['USER']}@{settings['HOST']}:{settings['PORT']}/{settings['NAME']}"
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.find.contact.posting"],
        cwd=HOME, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        env={**os.environ, "DATABASE_URL": address, "DJANGO_SETTINGS_MODULE": "gravida.settings"},
    )  # fmt: skip
    yield process
    process.stdin.close()
    process.wait(timeout=20)


def _kill_one(senders: subprocess.Popen[str], *, first: int, chance: random.Random) -> list[int]:
    """Let a sender keep some messages, kill it at a random moment; the numbers it has said are kept."""
    senders.stdin.write(f"{first}\n")
    senders.stdin.flush()
    number = int(senders.stdout.readline().removeprefix("process "))
    killer = threading.Timer(chance.uniform(0.0, 0.4), os.kill, (number, signal.SIGKILL))
    # After some messages or none: on a slow machine a moment alone would always come before the first.
    after, kept = chance.randrange(3), []
    if not after:
        killer.start()
    while (line := senders.stdout.readline().strip()) != "gone":
        kept.append(int(line.removeprefix("kept ")))
        if len(kept) == after:
            killer.start()
    return kept


@pytest.mark.slow
def test_killed_fifty_times_nothing_is_lost_doubled_or_half(senders: subprocess.Popen[str]) -> None:
    # given senders that are killed, each of which takes up the form that the one before may have lost
    make_team()
    chance, kept, first = random.Random(51), [], 0  # noqa: S311 - a test that can be repeated
    for _ in range(KILLS):
        said = _kill_one(senders, first=first, chance=chance)
        kept += said
        first = (said[-1] + 1) if said else first
    # then each that was said to be kept is there, once and whole
    forms = {keys.form_digest(key_of(number)): number for number in range(first + 1)}
    held = [forms[digest] for digest in Request.objects.values_list("idempotency_digest", flat=True)]
    assert len(held) == len(set(held))
    assert set(kept) <= set(held)
    assert len(held) - len(kept) in (0, 1)  # the last may have been killed between keeping and saying
    for request in Request.objects.all():
        mails = sorted(Mail.objects.filter(about=request.about).values_list("kind", flat=True))
        assert mails == ["contact.person.copy", "contact.team.new"]
        whole = (Sender, Message, Step)
        assert [model.objects.filter(request=request).count() for model in whole] == [1, 1, 1]
    assert AuditEntry.objects.filter(action="contact.sent").count() == len(held)
    assert Tally.objects.get(what="sent").count == len(held)
    assert Mail.objects.count() == 2 * len(held)
    print(f"{KILLS} kills, {len(kept)} messages said to be kept, {len(held)} held")
