"""The analysis kernels beside R, statsmodels and lifelines: the same rows, the same run, the same answers.

`python -m benchmarks.analysis_peers` prints a table and writes results/analysis_peers.json; it takes about
five minutes, nearly all of it the peers'. Every program runs once in a process of its own on one thread: CPU
seconds from columns in memory to estimates and standard errors, and the largest memory of the whole process.
R comes from Debian (r-base-core, r-cran-survival, r-cran-sandwich, r-cran-lme4); without it, or without a
Python peer, the row says so and is left out. lifelines is stopped after 120 CPU seconds: its ratio is then a
lower bound, and says so.
"""

import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from pyarrow import parquet

from benchmarks.__main__ import GOAL_MISSED
from gravida.analysis.simulate_register import Register, simulate_register
from gravida.analysis.simulate_tables import register_table

HERE = Path(__file__).resolve().parent
RESULTS = HERE / "results"
SEED = 20_261
STOPPED_AFTER = 120  # CPU seconds


@dataclass(frozen=True, kw_only=True)
class Duel:
    """One model on one file by Gravida and a peer; how many times faster it must be, where a goal is set.

    `errors_agree` False: the peer's standard errors are known to be wrong (ties with late entry) or of
    another definition; estimates are compared all the same. `within` is the largest difference wanted;
    `known` says why the peer's answer is another one, and then none is wanted.
    """

    title: str
    task: str
    file: str
    peer: str
    at_least: float | None = None
    errors_agree: bool = True
    within: float = 1e-8
    known: str = ""


@dataclass(frozen=True, kw_only=True)
class Run:
    """What one process cost and found; `stopped` where it reached its limit, `why` where it could not run."""

    seconds: float
    peak_mb: float
    found: dict[str, Any]
    stopped: bool = False
    why: str | None = None


FILES = {"11 thousand": (11_200, 0.8), "10 thousand": (10_000, 0.5), "100 thousand": (100_000, 0.5)}
FILES["1 million"] = (1_000_000, 0.5)
DUELS = (
    Duel(title="logistic, women", task="logistic", file="1 million", peer="R", at_least=40),
    Duel(title="logistic, women", task="logistic", file="1 million", peer="statsmodels"),
    Duel(title="Cox, late entry, women", task="cox", file="1 million", peer="R", at_least=40),
    Duel(
        title="Cox, late entry, women",
        task="cox",
        file="100 thousand",
        peer="lifelines",
        at_least=200,
        errors_agree=False,
    ),
    Duel(
        title="Cox, late entry, women", task="cox", file="10 thousand", peer="lifelines", errors_agree=False
    ),
    Duel(
        title="Cox Breslow, late entry",
        task="cox_breslow",
        file="100 thousand",
        peer="statsmodels",
        known="it counts a row at risk at its own entry",
    ),
    # glmer's search stops before the eighth decimal; its likelihood is held to 1e-4 beside this.
    Duel(
        title="random intercept, 15 points",
        task="random_intercept",
        file="11 thousand",
        peer="R",
        at_least=20,
        within=1e-5,
    ),
)


def main() -> int:
    """Print and write the figures; GOAL_MISSED where a goal is missed or answers differ."""
    runs: dict[tuple[str, str, str], Run] = {}
    with tempfile.TemporaryDirectory() as folder:
        for name, (rows, frailty) in FILES.items():
            _write(Path(folder) / name.replace(" ", "_"), rows=rows, frailty_sd=frailty)
        told = [_fought(duel, Path(folder), runs) for duel in DUELS]
    _print(told)
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "analysis_peers.json").write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    return GOAL_MISSED if any(each.get("missed") for each in told) else 0


def _write(folder: Path, *, rows: int, frailty_sd: float) -> None:
    """The register as Parquet for Python, and the same columns as bytes for R, which reads no Parquet."""
    folder.mkdir()
    register: Register = simulate_register(
        rows=rows, generator=np.random.default_rng(SEED), frailty_sd=frailty_sd
    )
    table = register_table(register)
    parquet.write_table(table, folder / "register.parquet")
    names = [name for name in table.column_names if name != "woman"]
    with (folder / "register.bin").open("wb") as out:
        out.write(register.woman.astype("<i4").tobytes())
        for name in names:
            out.write(table.column(name).to_numpy().astype("u1").tobytes())
    (folder / "columns.txt").write_text("\n".join([str(rows), *names]) + "\n", encoding="utf-8")


def _fought(duel: Duel, folder: Path, runs: dict[tuple[str, str, str], Run]) -> dict[str, Any]:
    told: dict[str, Any] = {"model": duel.title, "rows": duel.file, "peer": duel.peer}
    ours, theirs = (
        _run_once(program, duel.task, duel.file, folder, runs) for program in ("gravida", duel.peer)
    )
    told |= {"seconds": round(ours.seconds, 3), "peak_mb": round(ours.peak_mb)}
    if theirs.why is not None:
        return told | {"left_out": theirs.why}
    ratio = theirs.seconds / ours.seconds
    told |= {
        "peer_seconds": round(theirs.seconds, 2),
        "peer_peak_mb": round(theirs.peak_mb),
        "peer_stopped": theirs.stopped,
        "ratio": round(ratio, 1),
        "at_least": duel.at_least,
    }
    missed = duel.at_least is not None and ratio < duel.at_least
    if not theirs.stopped:
        told |= _difference(ours.found, theirs.found)
        missed = missed or not (duel.known or _agree(duel, told))
    return told | {"known": duel.known, "missed": missed}


def _difference(ours: dict[str, Any], theirs: dict[str, Any]) -> dict[str, float]:
    """Largest absolute difference of estimates, relative of standard errors, and of the log-likelihood."""
    told = {
        "estimates_differ": float(
            np.abs(np.subtract(ours["estimates"], theirs["estimates"])).max(),
        ),
        "errors_differ": float(np.abs(np.divide(ours["errors"], theirs["errors"]) - 1).max()),
    }
    if "log_likelihood" in theirs:
        told["log_likelihood_differs"] = abs(ours["log_likelihood"] - theirs["log_likelihood"])
    return told


def _agree(duel: Duel, told: dict[str, Any]) -> bool:
    held = [told["estimates_differ"]] + ([told["errors_differ"]] if duel.errors_agree else [])
    return bool(max(held) <= duel.within and told.get("log_likelihood_differs", 0.0) <= 1e-4)


def _run_once(program: str, task: str, file: str, folder: Path, runs: dict[tuple[str, str, str], Run]) -> Run:
    key = (program, task, file)
    if key not in runs:
        runs[key] = _run(program, task, folder / file.replace(" ", "_"))
        print(f"{program} {task} {file}: {runs[key].seconds:.2f} s", file=sys.stderr, flush=True)
    return runs[key]


def _run(program: str, task: str, folder: Path) -> Run:
    if program == "R":
        if shutil.which("Rscript") is None:
            return Run(seconds=0, peak_mb=0, found={}, why="R is not installed")
        command = ["Rscript", "--vanilla", str(HERE / "analysis_peers.R"), task, str(folder)]
    else:
        if program != "gravida" and find_spec(program) is None:
            return Run(seconds=0, peak_mb=0, found={}, why=f"{program} is not installed")
        command = [sys.executable, "-m", "benchmarks.analysis_contender", program, task, str(folder)]
    return _measured(command, limit=STOPPED_AFTER if program == "lifelines" else None)


def _measured(command: list[str], *, limit: int | None) -> Run:
    one_thread = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "ARROW_NUM_THREADS": "1"}
    limited = partial(resource.setrlimit, resource.RLIMIT_CPU, (limit, limit + 5)) if limit else None
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as wrong:
        process = subprocess.Popen(
            command,
            cwd=HERE.parent,
            stdout=out,
            stderr=wrong,
            env=os.environ | one_thread,
            preexec_fn=limited,  # noqa: PLW1509 - one thread here, and only a limit is set
        )
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0), wrong.seek(0)
        peak_mb, spent = used.ru_maxrss / 1024, used.ru_utime + used.ru_stime
        if limit and process.returncode < 0:
            return Run(seconds=spent, peak_mb=peak_mb, found={}, stopped=True)
        if process.returncode != 0:
            said = wrong.read().strip().splitlines()[-1:] or ["nothing said"]
            return Run(seconds=0, peak_mb=0, found={}, why=f"it failed: {said[0]}")
        found = json.loads(out.read().splitlines()[-1])
    return Run(seconds=found["seconds"], peak_mb=peak_mb, found=found)


def _print(told: list[dict[str, Any]]) -> None:
    print("CPU seconds of one process on one thread, largest memory in MB, differences of the answers\n")
    print(f"{'model':<28}{'rows':<14}{'Gravida':>15}  {'peer':<12}{'':>15}  {'ratio':>9}  answers differ by")
    for each in told:
        ours = f"{each['seconds']:.3f} s {each['peak_mb']:4d} MB"
        start = f"{each['model']:<28}{each['rows']:<14}{ours:>15}  {each['peer']:<12}"
        if "left_out" in each:
            print(f"{start}left out: {each['left_out']}")
            continue
        theirs = f"{each['peer_seconds']:.1f} s {each['peer_peak_mb']:4d} MB"
        ratio = f"{'> ' if each['peer_stopped'] else ''}{each['ratio']:.0f}x"
        print(f"{start}{theirs:>15}  {ratio:>9}  {_differences(each)}{_goal(each)}")


def _differences(each: dict[str, Any]) -> str:
    if each["peer_stopped"]:
        return f"stopped at {STOPPED_AFTER} s, a lower bound"
    text = f"{each['estimates_differ']:.0e}, errors {each['errors_differ']:.0e}"
    if each["known"]:
        text += f" ({each['known']})"
    if "log_likelihood_differs" in each:
        text += f", log-likelihood {each['log_likelihood_differs']:.0e}"
    return text


def _goal(each: dict[str, Any]) -> str:
    wanted = "" if each["at_least"] is None else f" (wanted {each['at_least']:.0f}x)"
    return f"{wanted} MISSED" if each["missed"] else wanted


if __name__ == "__main__":
    sys.exit(main())
