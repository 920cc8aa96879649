"""`gravida serve`: bring the database, the bundled records and the index up to date, then serve the site."""

import argparse
import gc
import ipaddress
import socket
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter

from gravida.check import faults_at_start
from gravida.find.contact.teams import refresh_site_studies
from gravida.find.overviews.upkeep import refresh as refresh_overviews
from gravida.find.registry.bundled import load_bundled
from gravida.find.search.upkeep import update
from gravida.serve_worker import WorkerProcess


class UnsafeSettings(Exception):
    """Settings with which the site must not be shown to others; says which, and what to set."""


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `serve` to the command line."""
    serve = commands.add_parser("serve", help="prepare the database and serve the site")
    serve.add_argument("--host", default="127.0.0.1", help="address to listen on (default 127.0.0.1)")
    serve.add_argument("--port", type=_port, default=8000, help="port to listen on (default 8000)")
    serve.add_argument("--workers", type=int, default=2, help="server processes (default 2)")
    serve.add_argument("--threads", type=int, default=4, help="threads of each (default 4)")
    serve.add_argument(
        "--without-worker", action="store_true", help="do not start `gravida send` beside the site"
    )
    serve.set_defaults(run=run)


def _port(typed: str) -> int:
    """A port number that a site can listen on."""
    if not typed.isdecimal() or not 0 < int(typed) < 65536:
        raise argparse.ArgumentTypeError(f"{typed}: wanted a number from 1 to 65535")
    return int(typed)


def run(options: argparse.Namespace) -> int:
    """Serve until stopped; UnsafeSettings when something stands in the way."""
    refuse_unsafe_settings(host=options.host)
    refuse_taken_port(host=options.host, port=options.port)
    prepare()
    refuse_faults()
    address = f"http://{_bracketed(options.host)}:{options.port}"
    if not settings.BASE_URL:
        settings.MAIL_LINKS = address
        settings.LOCAL_ADDRESS_FILE.write_text(address + "\n")
    worker = None if options.without_worker else WorkerProcess(local_address=address)
    try:
        Server(options, worker=worker).run()
    finally:
        if worker is not None:
            worker.stop()
    return 0


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def prepare() -> None:
    """Everything a first page needs; all of it done again in a second when nothing has changed."""
    print("Preparing the database, the bundled records and the search index ...", flush=True)
    call_command("migrate", verbosity=0, interactive=False)
    refuse_unsafe_database()
    load_bundled(settings.STUDIES)
    update()
    refresh_site_studies(at=timezone.now())
    for sentence in refresh_overviews(at=timezone.now()):
        print(f"gravida: {sentence}", flush=True)
    if not settings.DEBUG:
        call_command("collectstatic", verbosity=0, interactive=False)
    connection.close()


def refuse_unsafe_settings(*, host: str) -> None:
    """UnsafeSettings when debugging pages would be shown to other machines."""
    if settings.DEBUG and not _is_loopback(host):
        raise UnsafeSettings(
            f"GRAVIDA_DEBUG is on and the address is {host}: debugging pages show secrets. "
            "Unset GRAVIDA_DEBUG, or serve on 127.0.0.1."
        )


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def refuse_taken_port(*, host: str, port: int) -> None:
    """UnsafeSettings when the port is used by another program."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise UnsafeSettings(
                f"cannot listen on {host} port {port}: {error.strerror}. "
                f"Choose another port, as: make run PORT={port + 1}"
            ) from error


def refuse_faults() -> None:
    """UnsafeSettings when a check finds what a site must not run with: a lost key, unusable mail settings."""
    if faults := faults_at_start():
        raise UnsafeSettings(" ".join(faults))
    connection.close()


# What the database must answer for acknowledged rows to survive a power cut.
SAFE_POSTGRESQL = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on"}


def refuse_unsafe_database() -> None:
    """UnsafeSettings when the database could lose rows it has acknowledged."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA synchronous")
            found = cursor.fetchone()[0]
            if found != 2:
                raise UnsafeSettings(
                    f"SQLite's synchronous is {found}: need 2 (FULL), else a power cut loses saved rows."
                )
            return
        for name, wanted in SAFE_POSTGRESQL.items():
            cursor.execute("SELECT current_setting(%s)", [name])
            found = cursor.fetchone()[0]
            if found != wanted:
                raise UnsafeSettings(
                    f"PostgreSQL's {name} is {found}: need {wanted}, else a crash loses saved rows."
                )


class Server(BaseApplication):  # type: ignore[misc]  # gunicorn carries no types
    """Gunicorn, started from here rather than from its own command line."""

    def __init__(self, options: argparse.Namespace, *, worker: WorkerProcess | None = None) -> None:
        self.options = options
        self.worker = worker
        super().__init__()

    def run(self) -> None:
        """Serve until stopped, with the worker beside."""
        WithWorker(self).run()

    def load_config(self) -> None:
        address = _bracketed(self.options.host)
        values: dict[str, Any] = {
            "bind": f"{address}:{self.options.port}",
            "worker_class": "gravida.serve_slow_clients.PatientWorker",
            "workers": self.options.workers,
            "threads": self.options.threads,
            # Longer than a proxy keeps its side open: a shorter one breaks reads in between.
            "keepalive": 75,
            "timeout": 30,
            "graceful_timeout": 5,
            "max_requests": 5000,
            "max_requests_jitter": 500,
            "preload_app": False,
            # Warnings of the server carry addresses of pages and of visitors.
            "loglevel": "error",
            "logger_class": "gravida.serve_log.MaskedLogger",
            # No access log: addresses of pages tell what a person looked for.
            "accesslog": None,
            "control_socket_disable": True,
            "when_ready": lambda _: print(
                f"Gravida is at http://{address}:{self.options.port} (Ctrl-C stops it)", flush=True
            ),
        }
        for name, value in values.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        from gravida.wsgi import application  # noqa: PLC0415 - loaded in each server process

        gc.collect()
        gc.freeze()  # what is loaded stays: the collector need not look through it at every turn
        return application


class WithWorker(Arbiter):  # type: ignore[misc]  # gunicorn carries no types
    """Gunicorn's master process, which also sees to it that the worker runs."""

    def manage_workers(self) -> None:
        """Called every second: the server's own processes, then the worker."""
        super().manage_workers()
        if self.app.worker is not None:
            self.app.worker.keep_running()
