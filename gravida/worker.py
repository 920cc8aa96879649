"""`gravida send`: the worker. Sends what stands in the outbox, and runs the tasks of every part.

Killed at any moment it loses nothing; told to stop (SIGTERM, Ctrl-C) it first writes down how the mail it is
sending ended. It goes on by itself when the database comes back.
"""

import argparse
import logging
import os
import secrets
import signal
import socket
import sys
import threading
import time
from datetime import timedelta
from types import FrameType

from django.db import InterfaceError, OperationalError, close_old_connections, connection
from django.utils import timezone

from gravida.present import present
from gravida.web.leases import give_back_lease, holder_of, take_lease
from gravida.web.mail import sending
from gravida.web.mail.attempt import Deadline, Outcome
from gravida.web.mail.bounces import record_bounce
from gravida.web.mail.sender import sender
from gravida.web.mail.server import MailFolder, MailServer, mail_server
from gravida.web.models import Mail
from gravida.web.periodic import Task, run_due

# Modules that say what is to be done every so often, in TASKS; parts that are not there yet are passed over.
TASK_LISTS = (
    "gravida.web.tasks",
    "gravida.web.people.tasks",
    "gravida.web.audit.tasks",
    "gravida.find.tasks",
    "gravida.find.contact.tasks",
    "gravida.find.alerts.tasks",
    "gravida.find.overviews.tasks",
    "gravida.find.notes.tasks",
)
SEATS = ("sender 1", "sender 2")  # at most two workers send
SEAT_LENGTH = timedelta(minutes=2)
SECONDS_BETWEEN_LOOKS = 2.0
SECONDS_AFTER_SERVER_TROUBLE = 10.0
MAILS_BETWEEN_TASKS = 50
LONGEST_WAIT_FOR_DATABASE = 30.0
SECONDS_TO_WRITE_DOWN = 240.0  # shorter than a mail's lease: later the row is another's

log = logging.getLogger("gravida.worker")
DatabaseAway = (OperationalError, InterfaceError)


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `send` to the command line."""
    send = commands.add_parser("send", help="send what stands in the outbox, and run the periodic tasks")
    send.add_argument("--once", action="store_true", help="do what is due now, then end (for cron)")
    send.add_argument(
        "--bounced", action="store_true", help="read a message that came back from standard input"
    )
    send.add_argument("--parent", type=int, default=0, help=argparse.SUPPRESS)
    send.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Work until stopped, or once; WrongMailSettings when the mail settings cannot be used."""
    sender()
    if options.bounced:
        record_bounce(sys.stdin.buffer.read(), at=timezone.now())
        return 0
    worker = Worker(server=mail_server(), tasks=all_tasks(), parent=options.parent)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, worker.stop)
    if options.once:
        worker.work_once()
    else:
        worker.work()
    return 0


def all_tasks() -> tuple[Task, ...]:
    """The tasks of every part that is there."""
    return tuple(task for module in present(TASK_LISTS) for task in module.TASKS)


class Worker:
    """One process that sends; two of them share the outbox."""

    def __init__(
        self, *, server: MailServer | MailFolder, tasks: tuple[Task, ...] = (), parent: int = 0
    ) -> None:
        self.server = server
        self.tasks = tasks
        self.parent = parent  # ends with this process; 0: with none
        self.name = f"{socket.gethostname()[:15]}:{os.getpid()}:{secrets.token_hex(4)}"
        self.seat = ""
        self._stopping = threading.Event()
        self._deadline: Deadline | None = None

    def stop(self, _signal: int = 0, _frame: FrameType | None = None) -> None:
        """Stop after what is being sent; a mail that is not handed over yet goes back into the queue."""
        self._stopping.set()
        if self._deadline is not None:
            self._deadline.stop()

    def work(self) -> None:
        """Look for work until stopped; a database that is away is waited for."""
        failures = 0
        while not self._is_stopping():
            try:
                self._turn()
                failures = 0
                self._stopping.wait(SECONDS_BETWEEN_LOOKS)
            except DatabaseAway as error:
                failures += 1
                log.warning("the database does not answer (%s); waiting for it", type(error).__name__)
                connection.close()
                self._stopping.wait(min(2.0**failures, LONGEST_WAIT_FOR_DATABASE))
        self._leave_seat()

    def work_once(self) -> None:
        """Everything that is due now."""
        self._turn(until_done=True)
        self._leave_seat()

    def _turn(self, *, until_done: bool = False) -> None:
        # Inside a transaction - a test's - there is no connection to renew.
        if not connection.in_atomic_block:
            close_old_connections()
        if not self._take_seat():
            return
        run_due(self.tasks, holder=self.name, at=timezone.now())
        sent = 0
        while not self._is_stopping() and (until_done or sent < MAILS_BETWEEN_TASKS):
            outcome = self._send_next()
            sent += 1
            if outcome is None:
                return
            if outcome.concerns_every_mail:
                # The next mail would fare the same: leave the server, and their attempts, alone for a while.
                self._stopping.wait(0 if until_done else SECONDS_AFTER_SERVER_TROUBLE)
                return

    def _send_next(self) -> Outcome | None:
        """Send one mail and write down how it ended; None when none is due."""
        mail = sending.take(holder=self.name, at=timezone.now())
        if mail is None:
            return None
        self._deadline = Deadline()
        try:
            outcome = sending.attempt(mail, server=self.server, deadline=self._deadline)
        except DatabaseAway:
            raise
        except Exception:
            # A fault of ours in one mail must not stop the others; after five it is put aside.
            log.exception("mail %s (%s): attempt broken", mail.pk, mail.kind)
            sending.abandon(mail, at=timezone.now())
            return Outcome(verdict=sending.BROKEN.verdict)
        finally:
            self._deadline = None
        self._write_down(mail, outcome)
        return outcome

    def _write_down(self, mail: Mail, outcome: Outcome) -> None:
        """Keep trying while the database is away: what was sent must not be sent again."""
        until = time.monotonic() + SECONDS_TO_WRITE_DOWN
        while True:
            try:
                sending.finish(mail, outcome, at=timezone.now())
            except DatabaseAway:
                connection.close()
                if time.monotonic() > until or self._stopping.is_set():
                    raise
                time.sleep(1.0)
            else:
                return

    def _take_seat(self) -> bool:
        """One of the two places for workers; a place whose process is gone is free."""
        for seat in sorted(SEATS, key=lambda seat: seat != self.seat):
            _free_if_gone(seat)
            if take_lease(seat, holder=self.name, length=SEAT_LENGTH):
                self.seat = seat
                return True
        return False

    def _leave_seat(self) -> None:
        if self.seat:
            give_back_lease(self.seat, holder=self.name)

    def _is_stopping(self) -> bool:
        return self._stopping.is_set() or (self.parent != 0 and os.getppid() != self.parent)


def _free_if_gone(seat: str) -> None:
    """Free a seat whose process ended on this machine without giving it back."""
    host, _, rest = (holder := holder_of(seat)).partition(":")
    process = rest.partition(":")[0]
    if host != socket.gethostname()[:15] or not process.isdecimal():
        return
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        give_back_lease(seat, holder=holder)
    except PermissionError:
        return
