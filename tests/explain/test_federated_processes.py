"""Four sites as four processes and a coordinator as a fifth, by files and by HTTP."""

import json
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gravida.analysis.federated.plan import read_plan
from gravida.analysis.logistic import logistic
from gravida.analysis.survival.cox import cox
from tests.analysis.federated.sites import SITES, design, pooled
from tests.explain.federated_sites import lay_out

pytestmark = [pytest.mark.slow]
PATIENCE = "60"


def start(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    command = [
        sys.executable,
        "-m",
        "gravida",
        "federated",
        *arguments,
        "--patience",
        PATIENCE,
        "--pause",
        "0.05",
    ]
    return subprocess.Popen(command, cwd=folder, stderr=subprocess.PIPE, text=True)


def start_site(folder: Path, site: str, *way: str) -> subprocess.Popen[str]:
    own = ["--data", f"{site}.parquet", "--name", site, "--key", f"keys/{site}.key", "--log", f"{site}.left"]
    return start(folder, "site", "--plan", "plan.toml", *own, *way)


def start_coordinator(folder: Path, *way: str) -> subprocess.Popen[str]:
    told = ["--plan", "plan.toml", "--keys", "keys", "--folder", "messages", "--out", "result.json"]
    return start(folder, "coordinate", *told, *way)


def finished(process: subprocess.Popen[str]) -> tuple[int, str]:
    try:
        _, said = process.communicate(timeout=90)
    finally:
        process.kill()
    return process.returncode, said


def wanted(folder: Path, sites: list[dict[str, np.ndarray]]) -> Any:
    plan, rows = read_plan(folder / "plan.toml"), pooled(sites)
    if plan.model == "logistic":
        names = plan.names[1:]
        return logistic(outcome=rows["early_loss"], factors=design(rows), names=names, clusters=rows["woman"])
    weeks = np.array(plan.weeks)
    return cox(
        x=design(rows),
        names=plan.names,
        entry=weeks[np.searchsorted(weeks, rows["entry_week"], side="right") - 1],
        exit_time=weeks[np.searchsorted(weeks, rows["exit_week"])],
        event=rows["early_loss"],
        cluster=rows["woman"],
    ).fit


def is_pooled(folder: Path, sites: list[dict[str, np.ndarray]]) -> None:
    result, fit = json.loads((folder / "result.json").read_text()), wanted(folder, sites)
    assert [term["name"] for term in result["terms"]] == list(fit.names)
    estimates = [term["estimate"] for term in result["terms"]]
    errors = [term["standard_error"] for term in result["terms"]]
    assert estimates == pytest.approx(fit.estimates, rel=0, abs=1e-8)
    assert errors == pytest.approx(fit.standard_errors, rel=1e-8)
    assert (result["rows"], result["women"]) == (fit.n_rows, fit.n_clusters)


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


@pytest.mark.parametrize(("way", "model"), [("files", "logistic"), ("http", "cox_efron")])
def test_four_processes_give_the_pooled_fit(tmp_path: Path, way: str, model: str) -> None:
    # given
    sites = lay_out(tmp_path, model=model)
    port = free_port()
    listen = ["--listen", f"127.0.0.1:{port}"] if way == "http" else []
    call = ["--url", f"http://127.0.0.1:{port}"] if way == "http" else ["--folder", "messages"]
    # when
    running = [start_coordinator(tmp_path, *listen), *(start_site(tmp_path, site, *call) for site in SITES)]
    ended = [finished(process) for process in running]
    # then
    assert [code for code, _ in ended] == [0] * 5, ended
    is_pooled(tmp_path, sites)
    for site in SITES:
        log = [json.loads(line) for line in (tmp_path / f"{site}.left").read_text().splitlines()]
        assert [entry["round"] for entry in log] == list(range(1, len(log) + 1))
        assert all(json.loads(entry["answer"])["site"] == site for entry in log)


def test_a_site_and_the_coordinator_that_die_go_on_where_they_stopped(tmp_path: Path) -> None:
    # given
    sites = lay_out(tmp_path)
    others = [start_site(tmp_path, site, "--folder", "messages") for site in SITES[1:]]
    dying = start_site(tmp_path, SITES[0], "--folder", "messages")
    coordinator = start_coordinator(tmp_path)
    # when
    second = tmp_path / "messages" / SITES[0] / "round-002.answer"
    until = time.monotonic() + 60
    while not second.exists() and time.monotonic() < until:
        time.sleep(0.01)
    for process in (dying, coordinator):
        process.send_signal(signal.SIGKILL)
        finished(process)
    with (tmp_path / f"{SITES[0]}.left").open("ab") as log:
        log.write(b'{"at": "2026-01-01", "round": 99, "answer": "{')  # the line it was writing
    before = (tmp_path / "messages" / SITES[0] / "round-001.answer").read_bytes()
    again = [start_coordinator(tmp_path), start_site(tmp_path, SITES[0], "--folder", "messages")]
    ended = [finished(process) for process in (*again, *others)]
    # then
    assert [code for code, _ in ended] == [0] * 5, ended
    is_pooled(tmp_path, sites)
    assert (tmp_path / "messages" / SITES[0] / "round-001.answer").read_bytes() == before
    log_lines = (tmp_path / f"{SITES[0]}.left").read_text().splitlines()
    rounds = [json.loads(line)["round"] for line in log_lines]
    assert sorted(set(rounds)) == rounds
