"""The worker beside the site: started with it, started again when it dies, gone when the site is gone."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.web.running_site import running_site


def _workers(site: int) -> set[int]:
    """Processes of `gravida send` that belong to this site."""
    found = set()
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            words = (folder / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if b"send" in words and str(site).encode() in words:
            found.add(int(folder.name))
    return found


def _until(done: Callable[[], bool], *, seconds: float = 20.0) -> None:
    until = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < until
        time.sleep(0.1)


@pytest.fixture
def site(tmp_path: Path) -> Iterator["subprocess.Popen[str]"]:
    """A running site."""
    with running_site(tmp_path) as (process, _):
        yield process


@pytest.mark.slow
def test_a_worker_that_dies_is_started_again_and_ends_with_the_site(site: "subprocess.Popen[str]") -> None:
    # given a site with its worker
    _until(lambda: len(_workers(site.pid)) == 1)
    [first] = _workers(site.pid)
    # when the worker is killed
    os.kill(first, signal.SIGKILL)
    # then another takes its place
    _until(lambda: len(_workers(site.pid)) == 1 and first not in _workers(site.pid))
    # and when the site is told to stop, both end
    time.sleep(1.5)
    site.send_signal(signal.SIGTERM)
    site.wait(15)
    assert _workers(site.pid) == set()


@pytest.mark.slow
def test_a_worker_whose_site_was_killed_ends_by_itself(site: "subprocess.Popen[str]") -> None:
    _until(lambda: len(_workers(site.pid)) == 1)
    time.sleep(1.5)
    os.kill(site.pid, signal.SIGKILL)
    site.wait()
    _until(lambda: _workers(site.pid) == set(), seconds=8)
