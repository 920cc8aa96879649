"""Tasks that run again and again, each by one process at a time; one that fails does not stop the others."""

import logging
from collections.abc import Callable, Iterable
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import F, Q
from django.db.models.functions import Now

from gravida.web.leases import give_back_lease, take_lease
from gravida.web.models import Lease

LENGTH_OF_RUN = timedelta(minutes=15)
RETRY_AFTER_FAILURE = timedelta(minutes=1)
LONGEST_RETRY = timedelta(hours=1)

log = logging.getLogger("gravida.tasks")


@dataclass(frozen=True)
class Task:
    """Something the worker does every so often.

    `run` is given the worker's clock. It runs in one transaction, unless it opens its own, as a task over
    many rows should: on SQLite nobody else can write while a transaction is open.
    """

    name: str
    every: timedelta
    run: Callable[[datetime], object]
    opens_own_transactions: bool = False


def run_due(tasks: Iterable[Task], *, holder: str, at: datetime) -> list[str]:
    """Run the tasks that are due; names of those that ran well. Only a silent database stops the rest."""
    return [task.name for task in tasks if _is_due(task) and _run(task, holder=holder, at=at)]


def _key(task: Task) -> str:
    return f"task {task.name}"


def _is_due(task: Task) -> bool:
    # By the database's clock; a due time beyond the task's own rhythm comes from a clock that was set back.
    waiting = Q(next_at__gt=Now()) & Q(next_at__lte=Now() + max(task.every, LONGEST_RETRY))
    return not Lease.objects.filter(waiting, name=_key(task)).exists()


def _run(task: Task, *, holder: str, at: datetime) -> bool:
    """Run one task, unless another process is at it; whether it ran well."""
    if not take_lease(_key(task), holder=holder, length=LENGTH_OF_RUN):
        return False
    try:
        # Another process may have run it between the look and the lease.
        if not _is_due(task):
            return False
        with nullcontext() if task.opens_own_transactions else transaction.atomic():
            task.run(at)
    except Exception as error:
        if isinstance(error, OperationalError | InterfaceError) and not connection.is_usable():
            raise
        # Whatever a task does wrong, the others go on, and it is tried again.
        log.exception("task %s failed", task.name)
        _put_off(task)
        return False
    else:
        Lease.objects.filter(name=_key(task)).update(next_at=Now() + task.every, failures=0, done_at=Now())
        return True
    finally:
        give_back_lease(_key(task), holder=holder)


def _put_off(task: Task) -> None:
    """Try again after 1, 2, 4 ... minutes, at most an hour."""
    Lease.objects.filter(name=_key(task)).update(failures=F("failures") + 1)
    failures = Lease.objects.values_list("failures", flat=True).get(name=_key(task))
    wait = min(RETRY_AFTER_FAILURE * 2 ** min(failures - 1, 10), LONGEST_RETRY)
    Lease.objects.filter(name=_key(task)).update(next_at=Now() + wait)
