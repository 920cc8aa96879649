"""Pieces of a stream taken in: read, gathered into batches, kept or put aside, counted in the run's row."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple, Protocol

from django.db import transaction

from gravida.find.models import ImportRun, QuarantinedRecord, RecordVersion
from gravida.find.record import UnreadableRecord
from gravida.find.registry.splitter import Piece, Splitter
from gravida.find.registry.store import Incoming, read_incoming, write
from gravida.find.registry.verdict import Tally
from gravida.find.strict_json import Malformed

BATCH_RECORDS = 500
BATCH_BYTES = 16 * 1024**2
EXCERPT_BYTES = 500
MOST_PUT_ASIDE = (
    10_000  # rows of one run; a file of rubbish must not fill the database, so more are only counted
)


class _Met(NamedTuple):
    updated: str  # day of its last update, as text
    content: str  # beginning of its sum


class Progress(Protocol):
    """Whoever shows how far an import is."""

    def show(self, tally: Tally, *, read_bytes: int) -> None:
        """Called after every batch."""


class Silent:
    """Shows nothing."""

    def show(self, tally: Tally, *, read_bytes: int) -> None:
        """Show nothing."""


@dataclass
class Intake:
    """The records of one run on their way into the database."""

    run: ImportRun
    now: datetime
    progress: Progress = field(default_factory=Silent)
    seen: dict[str, _Met] = field(default_factory=dict)  # number -> its record, as this run met it last
    tally: Tally = field(default_factory=Tally)
    read_bytes: int = 0
    _batch: list[Incoming] = field(default_factory=list)
    _batch_bytes: int = 0
    _aside: dict[tuple[str, str, str], QuarantinedRecord] = field(default_factory=dict)

    def take(self, splitter: Splitter, *, file: str) -> None:
        """Every piece of a stream."""
        for piece in splitter:
            self.tally.read += 1
            self.read_bytes += len(piece.body)
            fault = piece.fault or self._fault_of(piece)
            if fault:
                self.put_aside(file=file, position=piece.position, reason=fault, body=piece.body)
            if len(self._batch) >= BATCH_RECORDS or self._batch_bytes >= BATCH_BYTES:
                self.save()

    def put_aside(self, *, file: str, position: str, reason: str, body: bytes) -> None:
        """Keep what could not be taken in, with its place and the reason."""
        self.tally.quarantined += 1
        if self.tally.quarantined > MOST_PUT_ASIDE:
            return
        row = QuarantinedRecord(
            run=self.run,
            file=file[:500],
            position=position[:100],
            reason=reason[:500],
            sha256=hashlib.sha256(body).hexdigest(),
            excerpt=body[:EXCERPT_BYTES],
        )
        self._aside[row.file, row.position, row.sha256] = row
        if len(self._aside) >= BATCH_RECORDS:
            self.save()

    def save(self, *, next_page_token: str | None = None) -> None:
        """Write what has been gathered and how far the run is, at once. No token: the same page still."""
        token = self.run.next_page_token if next_page_token is None else next_page_token
        batch, aside = self._batch, list(self._aside.values())
        self._batch, self._batch_bytes, self._aside = [], 0, {}
        with transaction.atomic():
            written = write(batch, source=RecordVersion.Source(self.run.source), fetched_at=self.now)
            self.tally.add(Tally(new=written.new, changed=written.changed, unchanged=written.unchanged))
            QuarantinedRecord.objects.bulk_create(
                aside,
                update_conflicts=True,
                unique_fields=["file", "position", "sha256"],
                update_fields=["run", "reason"],
            )
            if written.new or written.changed or aside or token != self.run.next_page_token:
                self.run.next_page_token = token
                record_counts(self.run, self.tally)
        self.progress.show(self.tally, read_bytes=self.read_bytes)

    def _fault_of(self, piece: Piece) -> str:
        """Why a piece cannot be taken in; empty when it is in the batch."""
        try:
            one = read_incoming(piece.body, piece.value)
        except (Malformed, UnreadableRecord) as error:
            return error.reason
        met = _Met(updated=one.updated.text if one.updated else "", content=one.sha256[:16])
        first = self.seen.get(one.number)
        if first and met.content == first.content:
            self.tally.unchanged += 1
            return ""
        if first and met.updated <= first.updated:
            return f"{one.number} given before by the same list, with other content that is no newer"
        if first:
            self.save()
        self.seen[one.number] = met
        self.tally.cleaned += one.cleaned
        self._batch.append(one)
        self._batch_bytes += len(one.raw)
        return ""


def record_counts(run: ImportRun, tally: Tally) -> None:
    """Write the counts into the run's row."""
    for name, count in vars(tally).items():
        setattr(run, name, count)
    run.save()


def open_run(*, origin: str, source: str, now: datetime, is_complete: bool = False) -> ImportRun:
    """A new run; earlier ones of the same origin that were killed are closed."""
    killed = ImportRun.objects.filter(origin=origin, outcome=ImportRun.Outcome.RUNNING)
    killed.update(outcome=ImportRun.Outcome.REFUSED, ended_at=now, reason="did not end; begun again")
    return ImportRun.objects.create(origin=origin, source=source, started_at=now, is_complete=is_complete)


def studies_before(origin: str) -> int:
    """Studies in the last run of this origin that was read to its end; 0 when there was none."""
    done = ImportRun.objects.filter(origin=origin, outcome=ImportRun.Outcome.DONE)
    last = done.order_by("-id").first()
    return last.new + last.changed + last.unchanged if last else 0


def close_run(run: ImportRun, tally: Tally, *, now: datetime, reason: str = "") -> None:
    """The run has ended; with a reason, it was refused."""
    run.outcome = ImportRun.Outcome.REFUSED if reason else ImportRun.Outcome.DONE
    run.ended_at, run.reason, run.next_page_token = now, reason, ""
    with transaction.atomic():
        record_counts(run, tally)
        if not reason:
            _drop_settled(run)


def _drop_settled(run: ImportRun) -> None:
    """What was put aside from these files before, and came in properly now or is gone, is no longer kept."""
    files = set(run.put_aside.values_list("file", flat=True)) | {run.origin}
    QuarantinedRecord.objects.filter(file__in=files).exclude(run=run).delete()
