"""Processes of their own, for tests that kill workers or double them."""

import gc
import multiprocessing
import os
import signal
import sqlite3
from collections.abc import Callable
from typing import Any

from django.db import connections

FORK = multiprocessing.get_context("fork")
_started: list[Any] = []


def start(target: Callable[[], object]) -> Any:
    """`target` at work in a process forked from this one, which inherits no open database.

    SQLite remembers in the process which locks it holds. A connection that any thread has left open here
    would make the child believe in locks that only its parent holds: both would write over each other's log,
    and the next reader would find "file is not a database". So all of them are closed, unnamed ones too.
    """
    connections.close_all()
    gc.collect()
    for left in [each for each in gc.get_objects() if type(each) is sqlite3.Connection]:
        if _is_open_on_the_database(left):
            left.close()
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


def _is_open_on_the_database(connection: sqlite3.Connection) -> bool:
    try:
        files = [file for _, _, file in connection.execute("PRAGMA database_list")]
    except sqlite3.ProgrammingError:  # closed, or another thread's own: Django's may be used from any
        return False
    return str(connections["default"].settings_dict["NAME"]) in files
