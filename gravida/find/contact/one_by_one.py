"""Tasks of the worker over many messages: one that breaks is tried again later, then left to staff.

The others go on. Five tries within a day and a half; then administrators are told, once, and the task leaves
the message alone until somebody acts on it or an operator calls `gravida contact try-again`.
"""

import logging
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import F

from gravida.find.contact import mails_to_team
from gravida.find.contact.models import Request, TaskTrouble

log = logging.getLogger("gravida.contact")

# After the first failure, the second ...; after the one that follows the last of them, none.
WAITS = (timedelta(minutes=10), timedelta(hours=1), timedelta(hours=6), timedelta(hours=24))
TRIES = len(WAITS) + 1


def one_by_one(task: str, numbers: Iterable[int], act: Callable[[int], bool], *, at: datetime) -> int:
    """Act on each message, named by its row, but for those to be left alone; for how many it did something.

    `act` opens its own transaction. Only a database that does not answer stops the rest.
    """
    troubles = dict(TaskTrouble.objects.filter(task=task).values_list("request_id", "try_again_at"))
    done = 0
    for number in numbers:
        if number in troubles and not _is_due(troubles[number], at=at):
            continue
        try:
            done += act(number)
        except Exception as error:
            if isinstance(error, OperationalError | InterfaceError) and not connection.is_usable():
                raise
            log.exception("%s: message %s failed", task, number)
            _note(task, number, at=at)
        else:
            if number in troubles:
                TaskTrouble.objects.filter(task=task, request_id=number).delete()
    return done


def left_alone() -> list[TaskTrouble]:
    """What the worker no longer tries, oldest first."""
    return list(TaskTrouble.objects.given_up().select_related("request").order_by("since", "id"))


def try_again() -> int:
    """Give every message that is left alone its five tries anew; how many."""
    return TaskTrouble.objects.given_up().delete()[0]


def _is_due(try_again_at: datetime | None, *, at: datetime) -> bool:
    return try_again_at is not None and try_again_at <= at


def _note(task: str, number: int, *, at: datetime) -> None:
    """One failure more; after the last one administrators are told."""
    with transaction.atomic():
        request = Request.objects.select_related("team").filter(pk=number).first()
        if request is None:
            return
        trouble, is_new = TaskTrouble.objects.get_or_create(
            request=request, task=task, defaults={"failures": 1, "since": at, "try_again_at": at + WAITS[0]}
        )
        if is_new:
            return
        TaskTrouble.objects.filter(pk=trouble.pk).update(failures=F("failures") + 1)
        trouble.refresh_from_db()
        is_last = trouble.failures >= TRIES
        trouble.try_again_at = None if is_last else at + WAITS[trouble.failures - 1]
        trouble.save(update_fields=["try_again_at"])
        if is_last:
            mails_to_team.tell_administrators_of_trouble(trouble, at=at)
