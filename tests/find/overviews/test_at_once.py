"""Many at the same moment: one version of a number, one step, one answer of a browser."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest
from django.db import connection

from gravida.find.overviews import actions_steps, generating
from gravida.find.overviews.actions_jobs import AlreadyAsked, ask_for_text
from gravida.find.overviews.actions_ratings import Answer, rate
from gravida.find.overviews.actions_texts import save_draft
from gravida.find.overviews.failures import ChangedMeanwhile
from gravida.find.overviews.models import GenerationJob, OverviewStep, OverviewText, Rating
from gravida.find.overviews.states import IllegalStep
from gravida.web.audit.models import AuditEntry
from gravida.web.people.models import Person
from gravida.web.people.roles import Role
from tests.find.overviews.making import CLEAN, NUMBER, fresh_study, write_draft
from tests.web.people.making import make_staff

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = 8
REFUSALS = (ChangedMeanwhile, IllegalStep, AlreadyAsked)


def all_at_once(act: Callable[[int], object]) -> int:
    """Do it so many times in threads of their own; how many were not refused."""

    def one(number: int) -> bool:
        try:
            act(number)
        except REFUSALS:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(AT_ONCE) as threads:
        return sum(threads.map(one, range(AT_ONCE)))


@pytest.fixture
def editor(study: object) -> Person:
    """Writes."""
    return make_staff(Role.EDITOR)


def test_of_many_who_save_over_the_same_version_one_does(editor: Person, now: datetime) -> None:
    def act(number: int) -> None:
        texts = CLEAN | {"what": f"It is study {'I' * number}."}
        save_draft(study=fresh_study(), language="en", texts=texts, seen=0, by=editor, at=now)

    assert all_at_once(act) == 1
    assert OverviewText.objects.count() == 1
    assert AuditEntry.objects.filter(action="overviews.written").count() == 1


def test_of_many_who_approve_one_does(editor: Person, now: datetime) -> None:
    approver = make_staff(Role.INVESTIGATOR)
    text = write_draft(fresh_study(), by=editor, at=now)
    actions_steps.check(study=fresh_study(), text=text, by=editor, at=now)

    def act(_: int) -> None:
        seen = OverviewText.objects.get(pk=text.pk)
        actions_steps.approve(study=fresh_study(), text=seen, by=approver, at=now)

    assert all_at_once(act) == 1
    assert OverviewStep.objects.filter(state_after="approved").count() == 1
    assert AuditEntry.objects.filter(action="overviews.approved").count() == 1


def test_a_text_is_asked_for_once_and_taken_by_one_worker(
    editor: Person, now: datetime, settings: object
) -> None:
    settings.OVERVIEW_ENDPOINT = "http://127.0.0.1:9/v1"  # type: ignore[attr-defined]
    assert all_at_once(lambda _: ask_for_text(study=fresh_study(), language="en", by=editor, at=now)) == 1
    taken: list[GenerationJob | None] = []
    all_at_once(lambda _: taken.append(generating.take_next(at=now)))
    assert sum(job is not None for job in taken) == 1


def test_one_browser_that_answers_many_times_counts_once(study: object, now: datetime) -> None:
    def act(number: int) -> None:
        answer = Answer(section="overview", step=number % 5 + 1)
        rate(study=NUMBER, language="en", answer=answer, network="n", browser="b", at=now)

    assert all_at_once(act) == AT_ONCE
    assert Rating.objects.count() == 1
