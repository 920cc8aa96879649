"""A million and ten million pregnancies on one machine: from the Parquet file to clustered standard errors.

`python -m benchmarks.analysis_scale` prints a table and writes results/analysis_scale.json. Twelve
categorical covariates, 24 parameters; every line is a process of its own on one thread, CPU seconds and the
largest memory of the whole process. `end to end` reads, decodes and compresses the Parquet and fits; `again`
starts from the packed file kept beside it. `fit` is the model alone on the compressed table: by pattern
pairs, which are counted once and then serve every model, and by a pass over the rows, which serves one.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from pyarrow import parquet

HERE = Path(__file__).resolve().parent
RESULTS = HERE / "results"
SEED = 20_262
SIZES = (1_000_000, 10_000_000)
GOALS = {"end_to_end": 4.0, "peak_mb": 1500.0, "second_model": 0.5, "growth": 3.0}


def main() -> int:
    """Print and write the figures, or be one of the processes; 1 where a goal is missed."""
    if len(sys.argv) > 2:
        print(json.dumps(STEPS[sys.argv[1]](Path(sys.argv[2]), int(sys.argv[3]))))
        return 0
    told = {}
    with tempfile.TemporaryDirectory() as folder:
        for size in SIZES:
            file = Path(folder) / f"{size}.parquet"
            _in_process("write", file, size)
            told[str(size)] = {
                step: _in_process(step, file, size) for step in ("end_to_end", "again", "models", "cox")
            }
    goals = _goals(told)
    _print(told, goals)
    RESULTS.mkdir(exist_ok=True)
    written = json.dumps({"sizes": told, "goals": goals}, indent=1)
    (RESULTS / "analysis_scale.json").write_text(written + "\n", encoding="utf-8")
    return int(any(not goal["met"] for goal in goals.values()))


def _in_process(step: str, file: Path, size: int) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.analysis_scale", step, str(file), str(size)]
    environment = os.environ | {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    run = subprocess.run(
        command, cwd=HERE.parent, env=environment, capture_output=True, text=True, check=False
    )
    if run.returncode != 0:
        raise SystemExit(f"{step} at {size} failed: {run.stderr}")
    print(f"{step} at {size}: {run.stdout.strip()}", file=sys.stderr, flush=True)
    found: dict[str, Any] = json.loads(run.stdout)
    return found


def _peak_mb() -> float:
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def _covariates() -> list[Any]:
    from gravida.analysis.compression import Covariate  # noqa: PLC0415
    from gravida.analysis.simulate_register import COVARIATES  # noqa: PLC0415

    return [
        Covariate(name=name, levels=tuple(str(level) for level in range(len(shares))))
        for name, shares, *_ in COVARIATES
    ]


def write(file: Path, size: int) -> dict[str, Any]:
    """The simulated register as Parquet."""
    from gravida.analysis.simulate_register import simulate_register  # noqa: PLC0415
    from gravida.analysis.simulate_tables import register_table  # noqa: PLC0415

    register = simulate_register(rows=size, generator=np.random.default_rng(SEED))
    parquet.write_table(register_table(register), file)
    return {"mb": round(file.stat().st_size / 1e6)}


def end_to_end(file: Path, size: int) -> dict[str, Any]:
    """From the Parquet, without and then with writing the packed file."""
    from gravida.analysis.compression import treatment_design  # noqa: PLC0415
    from gravida.analysis.logistic import logistic_by_pattern  # noqa: PLC0415
    from gravida.analysis.packed import packed_rows  # noqa: PLC0415

    covariates = _covariates()
    began = time.process_time()
    rows = packed_rows(file, covariates=covariates, keep=False).rows
    read = time.process_time()
    design, names = treatment_design(rows.table)
    fit = logistic_by_pattern(rows=rows, design=design, names=names)
    ended = time.process_time()
    peak = _peak_mb()
    packed_rows(file, covariates=covariates)
    kept = time.process_time()
    return {
        "seconds": ended - began,
        "read_and_compress": read - began,
        "design_and_fit": ended - read,
        "with_packed_file": kept - ended,
        "peak_mb": peak,
        "patterns": len(design),
        "women": fit.n_clusters,
        "parameters": len(fit.names),
    }


def again(file: Path, size: int) -> dict[str, Any]:
    """From the packed file."""
    from gravida.analysis.compression import treatment_design  # noqa: PLC0415
    from gravida.analysis.logistic import logistic_by_pattern  # noqa: PLC0415
    from gravida.analysis.packed import packed_rows  # noqa: PLC0415

    covariates = _covariates()
    began = time.process_time()
    packed = packed_rows(file, covariates=covariates)
    read = time.process_time()
    design, names = treatment_design(packed.rows.table)
    logistic_by_pattern(rows=packed.rows, design=design, names=names)
    ended = time.process_time()
    if not packed.was_kept:
        raise SystemExit(f"the packed file was not used: {packed.not_trusted}")
    return {"seconds": ended - began, "open": read - began, "peak_mb": _peak_mb()}


def models(file: Path, size: int) -> dict[str, Any]:
    """Models on the compressed table: all covariates, then one without three of them."""
    from gravida.analysis.compression import treatment_design  # noqa: PLC0415
    from gravida.analysis.compression_pairs import count_pairs  # noqa: PLC0415
    from gravida.analysis.logistic import logistic_by_pattern  # noqa: PLC0415
    from gravida.analysis.packed import packed_rows  # noqa: PLC0415

    rows = packed_rows(file, covariates=_covariates()).rows
    began = time.process_time()
    pairs = count_pairs(rows)
    counted = time.process_time()
    design, names = treatment_design(rows.table)
    ready = time.process_time()
    fit = logistic_by_pattern(rows=rows, design=design, names=names, pairs=pairs)
    fitted = time.process_time()
    fewer = [covariate.name for covariate in rows.table.covariates[:-3]]
    design, names = treatment_design(rows.table, use=fewer)
    logistic_by_pattern(rows=rows, design=design, names=names, pairs=pairs)
    second = time.process_time()
    design, names = treatment_design(rows.table)
    before_rows = time.process_time()
    by_rows = logistic_by_pattern(rows=rows, design=design, names=names)
    ended = time.process_time()
    return {
        "count_pairs": counted - began,
        "fit_by_pairs": fitted - ready,
        "second_model": second - fitted,
        "fit_by_rows": ended - before_rows,
        "errors_differ": float(np.abs(fit.standard_errors / by_rows.standard_errors - 1).max()),
        "peak_mb": _peak_mb(),
    }


def cox(file: Path, size: int) -> dict[str, Any]:
    """Cox with late entry, Efron's ties and women, from the packed file and three columns more."""
    from gravida.analysis.compression import treatment_design  # noqa: PLC0415
    from gravida.analysis.packed import packed_rows  # noqa: PLC0415
    from gravida.analysis.survival.cox import fit_cox  # noqa: PLC0415
    from gravida.analysis.survival.rows import risk_rows  # noqa: PLC0415

    began = time.process_time()
    rows = packed_rows(file, covariates=_covariates()).rows
    more = parquet.read_table(file, columns=["woman", "entry_week", "exit_week"], use_threads=False)
    woman, entry, exit_week = (more.column(name).to_numpy() for name in more.column_names)
    read = time.process_time()
    design, names = treatment_design(rows.table)
    at_risk = risk_rows(x=design, names=names, pattern=rows.pattern, entry=entry, exit_time=exit_week)
    fit_cox(at_risk, event=rows.outcome, cluster=woman)
    ended = time.process_time()
    return {"seconds": ended - began, "read": read - began, "fit": ended - read, "peak_mb": _peak_mb()}


STEPS = {"write": write, "end_to_end": end_to_end, "again": again, "models": models, "cox": cox}


def _goals(told: dict[str, Any]) -> dict[str, dict[str, Any]]:
    small, large = (told[str(size)] for size in SIZES)
    found = {
        "end_to_end": large["end_to_end"]["seconds"],
        "peak_mb": large["end_to_end"]["peak_mb"],
        "second_model": large["models"]["second_model"],
        "growth": large["models"]["fit_by_pairs"] / small["models"]["fit_by_pairs"],
    }
    return {
        name: {"found": round(found[name], 3), "at_most": limit, "met": found[name] <= limit}
        for name, limit in GOALS.items()
    }


LINES = (
    ("end to end from the Parquet", "end_to_end", "seconds"),
    ("  of it: read, decode, compress", "end_to_end", "read_and_compress"),
    ("  of it: design, fit by rows", "end_to_end", "design_and_fit"),
    ("again, from the packed file", "again", "seconds"),
    ("  of it: open and check", "again", "open"),
    ("pattern pairs counted, once", "models", "count_pairs"),
    ("fit by pairs", "models", "fit_by_pairs"),
    ("second model, design and fit by pairs", "models", "second_model"),
    ("fit by rows", "models", "fit_by_rows"),
    ("Cox, late entry, read and fit", "cox", "seconds"),
)
GOAL_WORDS = {
    "end_to_end": "10 million end to end, CPU seconds",
    "peak_mb": "10 million end to end, MB",
    "second_model": "second model on the compressed table, CPU seconds",
    "growth": "fit time from 1 to 10 million, times (by pairs: patterns, not rows)",
}


def _print(told: dict[str, Any], goals: dict[str, dict[str, Any]]) -> None:
    print(f"{'CPU seconds':<42}" + "".join(f"{size:>14,}" for size in SIZES) + f"{'growth':>9}")
    for words, step, name in LINES:
        seconds = [told[str(size)][step][name] for size in SIZES]
        row = "".join(f"{each:>14.3f}" for each in seconds)
        print(f"{words:<42}{row}{seconds[1] / seconds[0]:>8.1f}x")
    for words, step in (
        ("MB, end to end", "end_to_end"),
        ("MB, models by pairs", "models"),
        ("MB, Cox", "cox"),
    ):
        print(f"{words:<42}" + "".join(f"{told[str(size)][step]['peak_mb']:>14.0f}" for size in SIZES))
    patterns = (told[str(size)]["end_to_end"]["patterns"] for size in SIZES)
    print(f"{'distinct patterns':<42}" + "".join(f"{each:>14,}" for each in patterns))
    print()
    for name, goal in goals.items():
        verdict = "met" if goal["met"] else "MISSED"
        print(f"{GOAL_WORDS[name]}: {goal['found']:g}, at most {goal['at_most']:g}: {verdict}")


if __name__ == "__main__":
    sys.exit(main())
