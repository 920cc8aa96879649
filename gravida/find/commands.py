"""Commands of FIND: registry records in, out, and put aside."""

import argparse
import sys
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, TextIO

from django.conf import settings
from django.core.management import call_command

from gravida.find.contact.teams import refresh_site_studies
from gravida.find.models import QuarantinedRecord
from gravida.find.overviews.upkeep import refresh as refresh_overviews
from gravida.find.registry.bundled import WrongBundledRecord, load_bundled
from gravida.find.registry.client import RegistryClient
from gravida.find.registry.export import raw_records
from gravida.find.registry.fetch import Query, fetch
from gravida.find.registry.importer import import_files
from gravida.find.registry.lock import AnotherImport, only_importer
from gravida.find.registry.progress import progress_on
from gravida.find.registry.verdict import Ending, Report
from gravida.find.search import upkeep

WRONG_REQUEST = 2  # as argparse's own
Act = Callable[[argparse.Namespace], int]


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add this part's commands to the command line."""
    registry = commands.add_parser(
        "registry", help="registry records: import, fetch, export, bundled, quarantine"
    )
    acts = registry.add_subparsers(dest="act", required=True, metavar="ACT")
    _add_import(acts)
    _add_fetch(acts)
    export = acts.add_parser("export", help="write the records held, as they came, one a line")
    export.add_argument("--number", default="", help="only this study, as NCT05557201")
    export.add_argument("--out", type=Path, help="file to write; else standard output")
    export.set_defaults(run=_ready(_export))
    bundled = acts.add_parser("bundled", help="load the records that come with this site's studies")
    bundled.set_defaults(run=_ready(_bundled))
    quarantine = acts.add_parser("quarantine", help="list the records that were put aside, and why")
    quarantine.set_defaults(run=_ready(_quarantine))


def _add_import(acts: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    imported = acts.add_parser("import", help="import files of ClinicalTrials.gov records (JSON, gzip, zip)")
    imported.add_argument("paths", type=Path, nargs="+", metavar="PATH")
    imported.add_argument(
        "--complete",
        action="store_true",
        help="the files hold every study: those missing from them are no longer listed",
    )
    _add_accept_smaller(imported)
    imported.set_defaults(run=_ready(_import))


def _add_fetch(acts: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    fetched = acts.add_parser("fetch", help="fetch records from the live registry")
    what = fetched.add_mutually_exclusive_group(required=True)
    what.add_argument("--id", dest="number", default="", help="one study, as NCT05557201")
    what.add_argument("--condition", default="", help='studies of a condition, as "recurrent miscarriage"')
    fetched.add_argument("--country", default="", help="only studies with a site in this country, as France")
    _add_accept_smaller(fetched)
    fetched.set_defaults(run=_ready(_fetch))


def _add_accept_smaller(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--accept-smaller",
        action="store_true",
        help="accept a list less than half as long as the last one from the same place",
    )


def _import(options: argparse.Namespace) -> int:
    missing = [path for path in options.paths if not path.is_file()]
    if missing:
        return _refused(f"{missing[0]} is no file: name files of registry records")
    is_plain = all(path.suffix in (".json", ".jsonl") for path in options.paths)
    total_bytes = sum(path.stat().st_size for path in options.paths) if is_plain else None
    progress = progress_on(sys.stderr, total_bytes=total_bytes)
    try:
        with only_importer(settings.DATA, what="gravida registry import"):
            reports = import_files(
                options.paths,
                now=datetime.now(UTC),
                is_complete=options.complete,
                accept_smaller=options.accept_smaller,
                progress=progress,
            )
            progress.close()
            return _finish(reports)
    except AnotherImport as other:
        return _finish_busy(other)


def _fetch(options: argparse.Namespace) -> int:
    try:
        query = Query(number=options.number, condition=options.condition, country=options.country)
    except ValueError as error:
        return _refused(str(error))
    client = RegistryClient(base=settings.REGISTRY_URL, pause_seconds=settings.REGISTRY_PAUSE_SECONDS)
    progress = progress_on(sys.stderr, total_bytes=None)
    try:
        with only_importer(settings.DATA, what="gravida registry fetch"):
            report = fetch(
                query,
                client=client,
                now=datetime.now(UTC),
                accept_smaller=options.accept_smaller,
                progress=progress,
            )
            progress.close()
            return _finish([report])
    except AnotherImport as other:
        return _finish_busy(other)


def _bundled(options: argparse.Namespace) -> int:
    try:
        with only_importer(settings.DATA, what="gravida registry bundled"):
            tally = load_bundled(settings.STUDIES)
            return _finish([Report(origin="bundled records", ending=Ending.DONE, tally=tally)])
    except AnotherImport as other:
        return _finish_busy(other)
    except WrongBundledRecord as wrong:
        return _refused(str(wrong), code=Ending.NOT_RECORDS.value)


def _export(options: argparse.Namespace) -> int:
    records = raw_records(number=options.number.upper())
    if options.out:
        with options.out.open("wb") as file:
            count = _write_lines(records, file)
    else:
        count = _write_lines(records, sys.stdout.buffer)
    if options.number and not count:
        return _refused(f"no study {options.number} is held", code=Ending.UNKNOWN_NUMBER.value)
    return 0


def _quarantine(options: argparse.Namespace) -> int:
    rows = QuarantinedRecord.objects.order_by("file", "id")
    for row in rows.iterator():
        excerpt = bytes(row.excerpt)[:80].decode(errors="replace")
        shown = "".join(sign if sign.isprintable() else "?" for sign in excerpt)
        sys.stdout.write(f"{row.file}, {row.position}: {row.reason}\n    {shown}\n")
    sys.stdout.write(f"records put aside: {rows.count()}\n")
    return 0


def _write_lines(records: Iterable[bytes], out: IO[bytes]) -> int:
    count = 0
    for record in records:
        out.write(record + b"\n")
        count += 1
    return count


def _finish(reports: list[Report]) -> int:
    """Bring the search index and the teams of studies up to date, say what was done; the exit code."""
    indexed = upkeep.update()
    # A contact that the import changed is held until staff approve it.
    refresh_site_studies(at=datetime.now(UTC))
    # Overviews of records that have changed are said to be checked again.
    for sentence in refresh_overviews(at=datetime.now(UTC)):
        sys.stderr.write(sentence + "\n")
    for report in reports:
        _say(report, out=sys.stdout)
    sys.stdout.write(f"search index: studies brought up to date: {indexed}\n")
    return max(report.ending.value for report in reports)


def _ready(act: Act) -> Act:
    """The same act, on a database that has its tables: on a new machine this may be the first command."""

    def run(options: argparse.Namespace) -> int:
        call_command("migrate", verbosity=0, interactive=False)
        return act(options)

    return run


def _say(report: Report, *, out: TextIO) -> None:
    tally = report.tally
    if report.ending is Ending.DONE and report.absent:
        out.write(f"{report.origin}: no longer listed: {report.absent}\n")
    elif tally.read:
        out.write(
            f"{report.origin}: {tally.read} read, {tally.new} new, {tally.changed} changed, "
            f"{tally.unchanged} unchanged, {tally.quarantined} put aside; fields cleaned: {tally.cleaned}\n"
        )
    if report.sentence:
        sys.stderr.write(report.sentence + "\n")


def _finish_busy(other: AnotherImport) -> int:
    report = Report(origin="", ending=Ending.BUSY, found=other.holder)
    return _refused(report.sentence, code=Ending.BUSY.value)


def _refused(sentence: str, *, code: int = WRONG_REQUEST) -> int:
    sys.stderr.write(sentence + "\n")
    return code
