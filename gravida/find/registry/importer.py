"""Files of registry records imported: every good record in, nothing removed by a bad file."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

from django.db.models import Q

from gravida.find.models import RecordVersion, Study
from gravida.find.registry.intake import Intake, Progress, Silent, close_run, open_run, studies_before
from gravida.find.registry.sources import RefusedFile, Stream, open_streams
from gravida.find.registry.splitter import Splitter
from gravida.find.registry.verdict import Ending, Report, Tally
from gravida.find.strict_json import read_json

_HEAD_BYTES = 512  # looked at to tell JSON from what it is not


def import_files(
    paths: Sequence[Path],
    *,
    now: datetime,
    is_complete: bool = False,
    accept_smaller: bool = False,
    progress: Progress | None = None,
) -> list[Report]:
    """Import each file as a run of its own; with `is_complete`, together they are the whole list.

    Studies missing from a complete list are marked absent only when every file was read to its end.
    """
    reports = []
    seen: set[str] = set()
    for path in paths:
        report, numbers = _import_file(
            path,
            now=now,
            is_complete=is_complete,
            accept_smaller=accept_smaller,
            progress=progress or Silent(),
        )
        reports.append(report)
        seen |= numbers
    if is_complete and all(report.ending is Ending.DONE for report in reports):
        reports.append(_mark_absent(seen, now=now, accept_smaller=accept_smaller))
    return reports


def _import_file(
    path: Path, *, now: datetime, is_complete: bool, accept_smaller: bool, progress: Progress
) -> tuple[Report, set[str]]:
    origin = _shown(path.name)
    before = studies_before(origin)
    run = open_run(origin=origin, source=RecordVersion.Source.FILE, now=now, is_complete=is_complete)
    intake = Intake(run=run, now=now, progress=progress)
    ending, found = _read_file(path, intake)
    intake.save()
    if ending is Ending.DONE and not accept_smaller and intake.tally.good * 2 < before:
        ending = Ending.SHRUNK
    report = Report(origin=origin, ending=ending, tally=intake.tally, found=found, before=before)
    close_run(run, intake.tally, now=now, reason=report.sentence)
    return report, set(intake.seen)


def _read_file(path: Path, intake: Intake) -> tuple[Ending, str]:
    """Take in every stream of the file: how it ended, and what was found."""
    faults = []
    try:
        for stream in open_streams(path):
            fault = _read_stream(stream, intake, file=_shown(stream.name))
            faults += [fault] if fault else []
    except RefusedFile as error:
        faults.append(error.reason)
    intake.save()
    if intake.tally.good:
        return (Ending.CUT, faults[0]) if faults else (Ending.DONE, "")
    if not faults and not intake.tally.read:
        return Ending.EMPTY, ""
    aside = f"none of its {intake.tally.read} records is a study (gravida registry quarantine)"
    return Ending.NOT_RECORDS, faults[0] if faults else aside


def _read_stream(stream: Stream, intake: Intake, *, file: str) -> str:
    """Take in one stream; what was wrong with the whole of it, empty when nothing was."""
    refusals: list[str] = []
    chunks = _until_refused(stream.chunks, refusals)
    head = next(chunks, b"")
    if foreign := _foreign(head):
        refusals.append(foreign)
        chunks, head = iter(()), b""
    splitter = Splitter(_joined(head, chunks), read=read_json)
    intake.take(splitter, file=file)
    for reason in refusals:
        intake.put_aside(file=file, position="file", reason=reason, body=b"")
        return reason
    return "it ends in the middle of a record or a list" if splitter.is_cut else ""


def _until_refused(chunks: Iterator[bytes], refusals: list[str]) -> Iterator[bytes]:
    """The chunks up to where the file is refused: what came before is whole and may come in."""
    try:
        yield from chunks
    except RefusedFile as error:
        refusals.append(error.reason)


def _joined(head: bytes, chunks: Iterator[bytes]) -> Iterator[bytes]:
    yield head
    yield from chunks


def _foreign(head: bytes) -> str:
    """What else than JSON in UTF-8 a stream is by its first bytes; empty for JSON."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "text in UTF-16 instead of UTF-8"
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:_HEAD_BYTES].lower()
    if not start.startswith(b"<"):
        return ""
    return "an HTML page instead of records" if b"html" in start else "XML instead of JSON"


def _mark_absent(seen: set[str], *, now: datetime, accept_smaller: bool) -> Report:
    """Mark every listed study that a complete list lacks; none at all when it lacks more than half."""
    # Studies known only as bundled are this site's own choice: no list takes them away.
    from_outside = ~Q(versions__source=RecordVersion.Source.BUNDLED)
    listed = Study.objects.listed().filter(from_outside)
    held = list(listed.values_list("id", "number").distinct())
    missing = [id_ for id_, number in held if number not in seen]
    if len(missing) * 2 > len(held) and not accept_smaller:
        tally = Tally(unchanged=len(seen))
        return Report(origin="The complete list", ending=Ending.SHRUNK, tally=tally, before=len(held))
    for start in range(0, len(missing), 500):
        Study.objects.filter(id__in=missing[start : start + 500]).update(absent_since=now)
    return Report(origin="The complete list", ending=Ending.DONE, absent=len(missing))


def _shown(name: str) -> str:
    """A file's name, fit to be printed and kept in any database."""
    return "".join(sign if sign.isprintable() else "?" for sign in name)[:500]
