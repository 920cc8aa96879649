"""Runs every benchmark, one process each, and writes their figures to benchmarks/README.md."""

import os
import platform
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

HERE = Path(__file__).resolve().parent
BENCHMARKS = {
    "import_records": "Registry records in",
    "search_quality": "How good the search is",
    "search_speed": "How fast the search is",
    "page_speed": "What a page costs",
    "protocol_rules": "Obstetric rules",
}
INTRODUCTION = """# Benchmarks

`make bench` runs these and writes this page. Times are CPU seconds or milliseconds of one process, threads
included, so that a busy machine does not change them much; where a peer exists it ran in the same run.
Registry records are the 6,786 of ClinicalTrials.gov that the team shares, and copies of them under new
numbers where more are needed; without them a benchmark says so and is left out.
"""


def main() -> int:
    """Run the benchmarks named, or all; 1 when one failed."""
    wanted = sys.argv[1:] or list(BENCHMARKS)
    pages, failed = [], False
    for name in wanted:
        print(f"\n== {BENCHMARKS[name]} ({name})", flush=True)
        command = [sys.executable, "-m", f"benchmarks.{name}"]
        run = subprocess.run(command, cwd=HERE.parent, capture_output=True, text=True, check=False)
        print(run.stdout or run.stderr, flush=True)
        failed = failed or run.returncode != 0
        pages.append(f"## {BENCHMARKS[name]}\n\n```\n{(run.stdout or run.stderr).strip()}\n```\n")
    if len(wanted) == len(BENCHMARKS) and not failed:
        machine = f"Python {platform.python_version()}, {os.cpu_count()} cores"
        when = f"Last run: {datetime.now(UTC):%d %B %Y}, {machine}.\n"
        (HERE / "README.md").write_text("\n".join([INTRODUCTION, when, *pages]), encoding="utf-8")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
