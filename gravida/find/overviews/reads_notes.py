"""Public notes as pages read them: what visitors see, and what waits for somebody."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from gravida.find.overviews import words
from gravida.find.overviews.models_notes import PublicNote, PublicNoteVersion


@dataclass(frozen=True, kw_only=True)
class ShownNote:
    """A note as visitors see it."""

    text: str
    role: str  # of its writer, as "an investigator"
    written_at: datetime


def shown_notes(study: str, language: str) -> dict[str, list[ShownNote]]:
    """By section: of each note that is not withdrawn its newest approved version, oldest note first."""
    approved = (
        PublicNoteVersion.objects.filter(
            note__study=study,
            note__language=language,
            note__withdrawn_at=None,
            approved_at__isnull=False,
        )
        .select_related("note")
        .order_by("note", "number")
    )
    newest = {version.note_id: version for version in approved}
    found: dict[str, list[ShownNote]] = defaultdict(list)
    for version in newest.values():
        found[version.note.section].append(
            ShownNote(text=version.text, role=words.role(version.written_role), written_at=version.written_at)
        )
    return dict(found)


def notes_of(study: str) -> list[tuple[PublicNote, PublicNoteVersion]]:
    """Every note of a study with its newest version, newest note first."""
    versions = (
        PublicNoteVersion.objects.filter(note__study=study)
        .select_related("note", "written_by", "approved_by")
        .order_by("note", "number")
    )
    newest = {version.note_id: version for version in versions}
    return [(version.note, version) for version in reversed(newest.values())]


def waiting_notes() -> set[str]:
    """Studies with a note that waits for approval."""
    waiting = PublicNoteVersion.objects.filter(approved_at=None, note__withdrawn_at=None)
    rows = waiting.values_list("note__study", "number", "note__newest")
    return {study for study, number, newest in rows if number == newest}
