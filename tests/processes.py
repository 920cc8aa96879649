"""Processes of their own, for tests that kill workers or double them."""

import gc
import multiprocessing
import os
import signal
from collections.abc import Callable
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

FORK = multiprocessing.get_context("fork")
_started: list[Any] = []


def start(target: Callable[[], object]) -> Any:
    """`target` at work in a process forked from this one, which inherits no open database.

    SQLite remembers in the process which locks it holds. A connection left open here, by a thread or by
    the event loop of a browser's journey, would make the child believe in locks that only its parent holds:
    both would write over each other's log, and the next reader would find "file is not a database".
    """
    for wrapper in [each for each in gc.get_objects() if issubclass(type(each), BaseDatabaseWrapper)]:
        wrapper.inc_thread_sharing()
        wrapper.close()
        wrapper.dec_thread_sharing()
    process = FORK.Process(target=target, daemon=True)
    process.start()
    _started.append(process)
    return process


def kill(process: Any) -> None:
    """End it as a power cut would, and wait until it has gone."""
    os.kill(process.pid, signal.SIGKILL)
    process.join()


def kill_those_left() -> None:
    """End what a failed test has left behind: it would hold the browser's pipes, and the run would hang."""
    while _started:
        process = _started.pop()
        if process.is_alive():
            kill(process)
