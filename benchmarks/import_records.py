"""Time and memory of importing real registry records, with the search index: once, and ten times over.

`python -m benchmarks.import_records [FILE...]` prints a line for each set and writes
results/import_records.json. Files are JSON Lines, plain or .gz; without any, the shared sample. Each run is
a process of its own, on a new database; CPU time counts every thread, memory is the process's highest.
Wanted: 1,000 records per CPU second with the index, at most 400 MB.
"""

import gzip
import json
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

HERE = Path(__file__).resolve().parent
SHARED = HERE.parents[1] / "shared" / "data" / "registry"
SAMPLE = [SHARED / "ctgov_2023_6786.jsonl.gz", SHARED / "real_v2_240.jsonl.gz"]
TIMES = 10
NUMBER = re.compile(rb'("nctId": ?"NCT)([0-9]{8})"')


def lines_of(paths: Iterable[Path]) -> Iterator[bytes]:
    """Each record of the files."""
    for path in paths:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
            yield from (line.strip() for line in file if line.strip())


def renumbered(paths: list[Path]) -> Iterator[bytes]:
    """The records TIMES over, each time under new numbers."""
    for copy in range(TIMES):
        for serial, line in enumerate(lines_of(paths)):
            yield NUMBER.sub(b'\\g<1>%08d"' % (copy * 1_000_000 + serial), line, count=1)


def write_sets(paths: list[Path], folder: Path) -> list[Path]:
    """The sets to import, written into the folder."""
    once, lines, whole = folder / "once.jsonl", folder / "ten_times.jsonl", folder / "ten_times_one_list.json"
    with once.open("wb") as file:
        file.writelines(line + b"\n" for line in lines_of(paths))
    with lines.open("wb") as file:
        file.writelines(line + b"\n" for line in renumbered(paths))
    with whole.open("wb") as file:
        for serial, line in enumerate(renumbered(paths)):
            file.write((b"," if serial else b"[") + line)
        file.write(b"]")
    return [once, lines, whole]


def import_one(path: Path) -> dict[str, float]:
    """Import one file into a new database, then bring the search index up to date: what it took."""
    import django  # noqa: PLC0415 - only in the process that imports

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415

    from gravida.find.registry.importer import import_files  # noqa: PLC0415
    from gravida.find.search import upkeep  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    figures: dict[str, float] = {}
    for what in ("first", "again"):
        begun = time.process_time()
        (report,) = import_files([path], now=datetime.now(UTC))
        imported = time.process_time()
        figures["records"] = report.tally.read
        figures[f"{what}_import_s"] = imported - begun
        figures[f"{what}_memory_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        upkeep.update()
        figures[f"{what}_index_s"] = time.process_time() - imported
    figures["memory_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return figures


def show(path: Path, figures: dict[str, float]) -> None:
    """One set's figures, as a line of a table."""
    records = figures["records"]
    both = figures["first_import_s"] + figures["first_index_s"]
    print(
        f"{path.name} | {path.stat().st_size / 1e6:.0f} MB | {records:.0f} records | "
        f"import {figures['first_import_s'] / records * 1000:.3f} ms each "
        f"({records / figures['first_import_s']:.0f}/s, {figures['first_memory_mb']:.0f} MB) | "
        f"with index {records / both:.0f}/s, {figures['memory_mb']:.0f} MB | "
        f"again, unchanged {records / figures['again_import_s']:.0f}/s"
    )


def main(arguments: list[str]) -> int:
    """Run every set, each in a process of its own."""
    if arguments[:1] == ["--one"]:
        print(json.dumps(import_one(Path(arguments[1]))))
        return 0
    paths = [Path(argument) for argument in arguments] or SAMPLE
    if not all(path.is_file() for path in paths):
        print("the shared registry sample stands not beside the checkout: name files of records instead")
        return 0
    results = {}
    with tempfile.TemporaryDirectory() as folder:
        for path in write_sets(paths, Path(folder)):
            data = Path(folder) / f"data-{path.name}"
            environment = os.environ | {
                "GRAVIDA_DATA": str(data),
                "DJANGO_SETTINGS_MODULE": "gravida.settings",
            }
            done = subprocess.run(
                [sys.executable, "-m", "benchmarks.import_records", "--one", str(path)],
                env=environment,
                cwd=HERE.parent,
                check=True,
                stdout=subprocess.PIPE,
            )
            results[path.name] = json.loads(done.stdout)
            show(path, results[path.name])
    (HERE / "results" / "import_records.json").write_text(json.dumps(results, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
