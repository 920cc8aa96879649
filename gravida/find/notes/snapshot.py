"""The chosen notes as they were when they were shared: plain text, at most 20,000 signs. Pure."""

import json
from dataclasses import dataclass
from typing import Any

from gravida.find.contact.pages.typed import typed_line, typed_text
from gravida.find.strict_json import Malformed, read_json

MOST_NOTES = 100
MOST_SIGNS = 20_000
MOST_OF_A_NAME = 80
VERSION = 1


class NoNotes(Exception):
    """Nothing was chosen, or what came was not made by our page. Carries the reason."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class TooLong(Exception):
    """More signs than a shared copy holds."""

    def __init__(self, signs: int) -> None:
        super().__init__(signs)
        self.signs = signs


@dataclass(frozen=True, kw_only=True)
class SharedNote:
    """One note: the words of the page it stands beside, and her own."""

    section: str
    quote: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """Everything that somebody with link and code reads."""

    name: str  # as she typed it; empty: none
    study: str  # registry number; empty: none
    title: str
    notes: tuple[SharedNote, ...]

    @property
    def signs(self) -> int:
        """All signs of it."""
        parts = [part for note in self.notes for part in (note.section, note.quote, note.text)]
        return sum(map(len, [self.name, self.title, *parts]))


def notes_of(posted: str) -> tuple[SharedNote, ...]:
    """The notes that our page wrote as JSON: a list of objects with `section`, `quote` and `text`.

    NoNotes when there is none, more than a hundred, or something else.
    """
    try:
        found = read_json(posted.encode("utf-8", "replace"))
    except Malformed as error:
        raise NoNotes(error.reason) from error
    if not isinstance(found, list) or not 0 < len(found) <= MOST_NOTES:
        raise NoNotes(f"wanted a list of 1 to {MOST_NOTES} notes")
    notes = tuple(_note(value) for value in found)
    return tuple(note for note in notes if note.text or note.quote)


def _note(value: Any) -> SharedNote:
    if not isinstance(value, dict):
        raise NoNotes(f"found {type(value).__name__} among the notes, wanted an object")
    parts = {name: value.get(name, "") for name in ("section", "quote", "text")}
    if not all(isinstance(part, str) for part in parts.values()):
        raise NoNotes("a part of a note is no text")
    return SharedNote(
        section=typed_line(parts["section"]), quote=typed_text(parts["quote"]), text=typed_text(parts["text"])
    )


def snapshot_of(*, name: str, study: str, title: str, notes: tuple[SharedNote, ...]) -> Snapshot:
    """The copy that is sealed. NoNotes without any; TooLong beyond 20,000 signs."""
    if not notes:
        raise NoNotes("every note is empty")
    snapshot = Snapshot(name=typed_line(name)[:MOST_OF_A_NAME], study=study, title=title, notes=notes)
    if snapshot.signs > MOST_SIGNS:
        raise TooLong(snapshot.signs)
    return snapshot


def as_bytes(snapshot: Snapshot) -> bytes:
    """The snapshot as it is sealed."""
    value = {
        "version": VERSION,
        "name": snapshot.name,
        "study": snapshot.study,
        "title": snapshot.title,
        "notes": [[note.section, note.quote, note.text] for note in snapshot.notes],
    }
    return json.dumps(value, ensure_ascii=False).encode()


def from_bytes(raw: bytes) -> Snapshot:
    """The snapshot again; only ever of bytes that `as_bytes` made, for the seal says so."""
    value = json.loads(raw)
    if value["version"] != VERSION:
        raise ValueError(f"shared notes of version {value['version']}: this Gravida reads {VERSION}")
    notes = tuple(SharedNote(section=one[0], quote=one[1], text=one[2]) for one in value["notes"])
    return Snapshot(name=value["name"], study=value["study"], title=value["title"], notes=notes)
