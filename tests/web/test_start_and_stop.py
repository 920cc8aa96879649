"""`gravida serve` from nothing: says where it is, answers, and leaves nothing behind when it is stopped."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

HOME = Path(__file__).resolve().parents[2]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.mark.slow
def test_a_site_starts_from_nothing_and_control_c_stops_all_of_it(tmp_path: Path) -> None:
    # given an empty data folder
    port = _free_port()
    environment = {key: value for key, value in os.environ.items() if not key.startswith("GRAVIDA_")}
    environment |= {"GRAVIDA_DATA": str(tmp_path), "DATABASE_URL": f"sqlite:///{tmp_path / 'site.sqlite3'}"}
    command = [sys.executable, "-m", "gravida", "serve", "--port", str(port)]

    # when the site is started as from a terminal
    with subprocess.Popen(
        command, cwd=HOME, env=environment, stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as site:
        assert site.stdout is not None
        said = ""
        while "Gravida is at" not in said:
            line = site.stdout.readline()
            assert line, f"it stopped, having said: {said}"
            said += line

        # then it says where it is, and answers there with its study, styled
        assert f"http://127.0.0.1:{port}" in said
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/en/studies/NCT05557201/", timeout=20) as answer:
            page = answer.read().decode()
        assert "Why do some women lose several early pregnancies?" in page
        style = re.search(r'href="(/static/css/gravida\.\w+\.css)"', page)
        assert style
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{style[1]}", timeout=20) as answer:
            assert "max-age=315360000" in answer.headers["Cache-Control"]
            assert "default-src 'none'" in answer.headers["Content-Security-Policy"]

        # and the first administrator's link, made by another command, leads there
        told = subprocess.run(
            [sys.executable, "-m", "gravida", "user", "add", "first@example.org", "--name", "First"],
            cwd=HOME, env=environment, capture_output=True, text=True, check=True,
        ).stdout  # fmt: skip
        link = re.search(rf"http://127\.0\.0\.1:{port}(/\S+/staff/welcome/\S+)", told)
        assert link, told
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{link[1]}", timeout=20) as answer:
            assert 'type="password"' in answer.read().decode()

        # and Ctrl-C, which a terminal sends to every process of the command, ends them all
        os.killpg(site.pid, signal.SIGINT)
        site.wait(timeout=20)
    time.sleep(0.2)
    with pytest.raises(ProcessLookupError):
        os.killpg(site.pid, 0)
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0
