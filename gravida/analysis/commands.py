"""The command `gravida explain`: data and a plan in, results.json, tables and the report out."""

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gravida.analysis.run import Asked, Step

FAILED = 1
# Sums of many threads come in another order each time: results would differ in their last digit, and a
# second thread only waits on matrices this small.
ONE_THREAD = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
STUDIES = Path(__file__).resolve().parents[2] / "studies"
LANGUAGES = ("en", "fr")


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `explain` to the command line."""
    explain = commands.add_parser(
        "explain",
        help="analyse pregnancies under a plan: results.json, tables, a report in English and French",
        description="Analyse pregnancies under a plan. docs/explain.md tells what comes out, how to read it.",
    )
    explain.add_argument(
        "data",
        type=Path,
        help="a CSV, Parquet or survey file with one row per pregnancy, or a snapshot folder",
    )
    explain.add_argument("--plan", required=True, help="nsfg, etm, infert, a plan file or a study folder")
    explain.add_argument("--out", type=Path, required=True, help="folder for the results; made where missing")
    explain.add_argument("--women", type=Path, help="a table with one row per woman, beside the pregnancies")
    explain.add_argument(
        "--definitions",
        type=Path,
        metavar="STUDY",
        help="study folder whose published definitions are counted",
    )
    explain.add_argument(
        "--language", choices=(*LANGUAGES, "both"), default="both", help="of the report (both)"
    )
    explain.add_argument(
        "--resume",
        action="store_true",
        help="only go on from an interrupted run; without it a run goes on too where one was interrupted",
    )
    explain.add_argument("--no-pdf", action="store_true", help="leave out the PDF, which takes longest")
    explain.add_argument("--seed", type=int, help="of the random numbers, in place of the plan's")
    explain.add_argument(
        "--show-small-counts",
        action="store_true",
        help="show counts that the plan would mask: for eyes inside the centre only",
    )
    explain.set_defaults(run=_explain)


def _explain(options: argparse.Namespace) -> int:
    for name in ONE_THREAD:
        os.environ.setdefault(name, "1")
    from gravida.analysis.input.mistakes import InputRejected  # noqa: PLC0415 - after the threads are set
    from gravida.analysis.input.table import NoSuchColumn  # noqa: PLC0415
    from gravida.analysis.plan import NoSuchPlan, PlanRejected, UnknownDefinition  # noqa: PLC0415
    from gravida.analysis.plan_expressions import NotInPlans  # noqa: PLC0415
    from gravida.analysis.run import PlanRefused  # noqa: PLC0415

    try:
        return _run(options)
    except (PlanRejected, NoSuchPlan, InputRejected, UnknownDefinition, NotInPlans) as problem:
        return _failed(str(problem))
    except NoSuchColumn as lacking:
        return _failed(str(lacking.args[0]))
    except PlanRefused as refused:
        return _failed(f"this plan would give wrong numbers on these data, and is not run:\n{refused}")


def _run(options: argparse.Namespace) -> int:
    from gravida.analysis.report.write import write_report  # noqa: PLC0415
    from gravida.analysis.run import checked_source, run, work_folder  # noqa: PLC0415

    if not options.data.exists():
        return _failed(f"{options.data}: found nothing there, wanted a table of pregnancies or a snapshot")
    asked = _asked(options)
    _say(f"Reading {options.data.name} under the plan {asked.plan.id} ({asked.identity.plan_hash[:12]})")
    source = checked_source(asked)
    rows, women = len(source.pregnancies), len(source.pregnancies.women)
    _say(f"{rows} pregnancies of {women} women")
    with work_folder(options.out, asked) as kept:
        if kept.steps:
            _say(f"Going on from {kept.steps} finished steps")
        elif options.resume:
            kept.forget()
            return _failed(
                f"{options.out}: found no interrupted run of this plan on these data to go on from"
            )
        results = run(asked, source, kept=kept, progress=_progress)
        languages = LANGUAGES if options.language == "both" else (options.language,)
        written = write_report(
            results,
            asked.plan,
            asked.definitions,
            out=options.out,
            languages=languages,
            pdf=not options.no_pdf,
        )
    _say(*(f"wrote {path}" for path in written))
    return 0


def _asked(options: argparse.Namespace) -> "Asked":
    from gravida.analysis.plan import read_plan  # noqa: PLC0415
    from gravida.analysis.run import Asked  # noqa: PLC0415
    from gravida.analysis.run_source import data_hash, definitions_for  # noqa: PLC0415

    plan = read_plan(options.plan)
    definitions, definitions_hash = definitions_for(options.plan, options.definitions, STUDIES)
    return Asked(
        plan=plan,
        data=options.data,
        data_hash=data_hash(options.data, women=options.women),
        women=options.women,
        definitions=definitions,
        definitions_hash=definitions_hash,
        seed=options.seed,
        disclosure=not options.show_small_counts,
    )


def _progress(steps: "list[Step]") -> "Iterator[Step]":
    from tqdm import tqdm  # noqa: PLC0415 - a quarter of a second that other commands need not wait for

    with tqdm(total=len(steps), unit="step", file=sys.stderr, disable=not sys.stderr.isatty()) as bar:
        for step in steps:
            bar.set_description(f"{step.label} {step.of}".strip())
            yield step
            bar.update()


def _say(*lines: object) -> None:
    sys.stdout.writelines(f"{line}\n" for line in lines)


def _failed(sentence: str) -> int:
    sys.stderr.write(f"gravida explain: {sentence}\n")
    return FAILED
