"""The records that come with the studies this site runs, so that it shows something before any import."""

from collections.abc import Iterator
from datetime import UTC, datetime, time
from pathlib import Path

from gravida.find.models import RecordVersion
from gravida.find.record import UnreadableRecord
from gravida.find.registry.splitter import Splitter
from gravida.find.registry.store import Incoming, day_of, read_incoming, write
from gravida.find.registry.verdict import Tally
from gravida.find.strict_json import Malformed
from gravida.protocol.study import read_studies


class WrongBundledRecord(Exception):
    """A record in the study folders that cannot be read: a mistake of whoever wrote it there."""

    def __init__(self, path: Path, position: str, reason: str) -> None:
        super().__init__(f"{path}, {position}: {reason}")
        self.path, self.position, self.reason = path, position, reason


def load_bundled(folder: Path) -> Tally:
    """Load the records of every study folder: its older versions, then its record, then the related studies.

    Nothing is written for what is held already, and nothing over what a file or the registry has given.
    WrongBundledRecord at the first record that cannot be read.
    """
    tally = Tally()
    for path, number in _files(folder):
        tally.add(_load(path, number=number))
    return tally


def _files(folder: Path) -> Iterator[tuple[Path, str]]:
    """Each file of records, and the registry number that its study folder demands; empty: any."""
    numbers = {study.path: number for number, study in read_studies(folder).items()}
    for study in sorted(path for path in folder.glob("*") if path.is_dir()):
        for path in (*sorted((study / "records").glob("*.json")), study / "record.json"):
            if path.is_file():
                yield path, numbers.get(study, "")
    if (folder / "related.json").is_file():
        yield folder / "related.json", ""


def _load(path: Path, *, number: str) -> Tally:
    tally = Tally()
    for piece in Splitter(iter([path.read_bytes()])):
        if piece.fault:
            raise WrongBundledRecord(path, piece.position, piece.fault)
        try:
            one = read_incoming(piece.body)
        except (Malformed, UnreadableRecord) as error:
            raise WrongBundledRecord(path, piece.position, error.reason) from error
        if number and one.number != number:
            found = f"found the record of {one.number}, wanted that of {number}, as in study.toml"
            raise WrongBundledRecord(path, piece.position, found)
        written = write([one], source=RecordVersion.Source.BUNDLED, fetched_at=_as_of(one))
        tally.add(
            Tally(
                read=1,
                new=written.new,
                changed=written.changed,
                unchanged=written.unchanged,
                cleaned=one.cleaned,
            )
        )
    return tally


def _as_of(one: Incoming) -> datetime:
    """Midnight UTC of the day the record was last updated, else verified."""
    day = day_of(one.updated) or day_of(one.verified)
    if day is None:
        return datetime.now(UTC)
    return datetime.combine(day, time(), tzinfo=UTC)
