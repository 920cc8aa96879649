"""The worker's own turn: an import, the comparison, the mail on its way, and turns without news."""

import email
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine

from gravida.find.alerts.models import Look, Notice, Subscriber
from gravida.find.alerts.tasks import TASKS, compare
from gravida.find.search import serving, upkeep
from gravida.web.mail.server import MailFolder
from gravida.web.models import Lease, Mail
from gravida.worker import Worker, all_tasks
from tests.find.alerts.conftest import search_for, subscribe
from tests.find.search.conftest import AddStudy
from tests.mails import every_mail_is_neutral

# Friday before the week in which the clock goes back; Monday is the day after.
FRIDAY = datetime.fromisoformat("2026-10-23T10:00+02:00")


def _turn(folder: Path) -> None:
    """One turn of a worker that writes its mails into a folder; every task is due."""
    Lease.objects.filter(name__startswith="task alerts").update(next_at=None)
    Worker(server=MailFolder(path=folder), tasks=TASKS).work_once()


@pytest.mark.slow
@pytest.mark.django_db
def test_an_import_reaches_a_mailbox_on_the_right_monday(add_study: AddStudy, tmp_path: Path) -> None:
    with time_machine.travel(FRIDAY, tick=False) as clock:
        # given somebody with a weekly alert for a search
        add_study("Unrelated")
        upkeep.update()
        _turn(tmp_path)
        subscribe(search=search_for("heparin"), frequency="weekly", at=FRIDAY)
        # when an import brings a study on Saturday
        clock.shift(timedelta(days=1))
        add_study("Heparin")
        upkeep.update()
        for _ in range(20):  # through the night in which an hour comes twice
            clock.shift(timedelta(hours=2))
            _turn(tmp_path)
        assert not Mail.objects.filter(kind="alerts.news").exists()
        # then the mail leaves on Monday at eight, and no other follows
        clock.move_to(datetime.fromisoformat("2026-10-26T08:00+01:00"))
        for _ in range(5):
            _turn(tmp_path)
            clock.shift(timedelta(days=1))
        mail = Mail.objects.get(kind="alerts.news")
        assert mail.state == "sent"
        assert mail.queued_at == datetime.fromisoformat("2026-10-26T08:00+01:00")
    # and what went over the wire can be stopped by one click
    written = [email.message_from_bytes(path.read_bytes()) for path in tmp_path.rglob("*.eml")]
    assert [one["List-Unsubscribe-Post"] for one in written if one["List-Unsubscribe"]] == [
        "List-Unsubscribe=One-Click"
    ]
    assert every_mail_is_neutral() == 1


@pytest.mark.django_db
def test_the_worker_knows_the_tasks_of_alerts() -> None:
    assert {task.name for task in TASKS} <= {task.name for task in all_tasks()}


@pytest.mark.django_db
def test_a_turn_without_an_import_asks_the_database_a_handful_of_things(
    add_study: AddStudy, django_assert_max_num_queries: Any
) -> None:
    add_study("Heparin")
    upkeep.update()
    compare(FRIDAY)
    subscribe(search=search_for("heparin"))
    with django_assert_max_num_queries(4):
        compare(FRIDAY)
    assert not Look.objects.exists()


@pytest.mark.django_db
def test_while_the_index_is_made_again_what_has_changed_waits(
    add_study: AddStudy, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_study("Unrelated")
    upkeep.update()
    compare(FRIDAY)
    subscribe(search=search_for("heparin"), at=FRIDAY)
    add_study("Heparin")
    with monkeypatch.context() as patch:
        patch.setattr("gravida.find.alerts.tasks.serving", lambda *, now: None)
        assert compare(FRIDAY) == 0
    # and a study that is imported and not indexed yet is not told before the page lists it
    serving.forget()
    assert compare(FRIDAY) == 0
    assert not Notice.objects.exists()
    upkeep.update()
    assert compare(FRIDAY + timedelta(minutes=5)) == 1
    assert Subscriber.objects.count() == 1
