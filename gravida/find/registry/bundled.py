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
    for path in _files(folder):
        tally.add(_load(path))
    return tally


def _files(folder: Path) -> Iterator[Path]:
    for study in sorted(path for path in folder.glob("*") if path.is_dir()):
        yield from sorted((study / "records").glob("*.json"))
        if (study / "record.json").is_file():
            yield study / "record.json"
    if (folder / "related.json").is_file():
        yield folder / "related.json"


def _load(path: Path) -> Tally:
    tally = Tally()
    for piece in Splitter(iter([path.read_bytes()])):
        if piece.fault:
            raise WrongBundledRecord(path, piece.position, piece.fault)
        try:
            one = read_incoming(piece.body)
        except (Malformed, UnreadableRecord) as error:
            raise WrongBundledRecord(path, piece.position, error.reason) from error
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
