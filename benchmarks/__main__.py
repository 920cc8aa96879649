"""Runs every benchmark, one process each, and writes their figures to benchmarks/README.md."""

import os
import platform
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

HERE = Path(__file__).resolve().parent
README = HERE / "README.md"
BENCHMARKS = {
    "import_records": "Registry records in",
    "search_quality": "How good the search is",
    "search_speed": "How fast the search is",
    "page_speed": "What a page costs",
    "small_costs": "The small steps of a page",
    "alerts": "Alerts against an import",
    "overviews": "Overviews in plain words",
    "protocol_rules": "Obstetric rules",
    "analysis_peers": "The analysis beside R, statsmodels and lifelines",
    "analysis_scale": "A million and ten million pregnancies",
    "analysis_coverage": "Do intervals hold the truth",
}
GOAL_MISSED = 3  # exit code of a benchmark that ran and fell short: its figures are published all the same
INTRODUCTION = """# Benchmarks

`make bench` runs these and writes this page. Times are CPU seconds or milliseconds of one process, threads
included, so that a busy machine does not change them much; where a peer exists it ran in the same run.
Registry records are the 6,786 of ClinicalTrials.gov that the team shares, and copies of them under new
numbers where more are needed; without them a benchmark says so and is left out.
"""


def main() -> int:
    """Run the benchmarks named, or all, and put their figures on the page; 1 when one failed."""
    failed = False
    for name in sys.argv[1:] or list(BENCHMARKS):
        print(f"\n== {BENCHMARKS[name]} ({name})", flush=True)
        command = [sys.executable, "-m", f"benchmarks.{name}"]
        run = subprocess.run(command, cwd=HERE.parent, capture_output=True, text=True, check=False)
        print(run.stdout or run.stderr, flush=True)
        failed = failed or run.returncode != 0
        if run.returncode in (0, GOAL_MISSED):
            machine = f"Python {platform.python_version()}, {os.cpu_count()} cores"
            when = f"{datetime.now(UTC):%d %B %Y}, {machine}, `python -m benchmarks.{name}`:"
            _write(BENCHMARKS[name], f"{when}\n\n```\n{run.stdout.strip()}\n```")
    return 1 if failed else 0


def _write(title: str, page: str) -> None:
    """Put one page among those that stand now: another run may have written since this one began."""
    pages = _pages_written() | {title: page}
    told = [f"## {title}\n\n{pages[title]}\n" for title in BENCHMARKS.values() if title in pages]
    README.write_text("\n".join([INTRODUCTION, *told]), encoding="utf-8")


def _pages_written() -> dict[str, str]:
    """What stands on the page by title, so that a benchmark run alone keeps the figures of the others."""
    if not README.exists():
        return {}
    _introduction, *parts = README.read_text(encoding="utf-8").split("\n## ")
    return {title: body.strip() for title, _, body in (part.partition("\n") for part in parts)}


if __name__ == "__main__":
    sys.exit(main())
