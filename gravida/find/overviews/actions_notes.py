"""Public notes: written, worded anew, approved by another, withdrawn."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F

from gravida.find.models import Study
from gravida.find.overviews.actions_texts import refuse_strangers
from gravida.find.overviews.failures import (
    ChangedMeanwhile,
    NothingSaid,
    NotPlain,
    NotYours,
    OpenFindings,
    OwnWords,
    TooLong,
)
from gravida.find.overviews.judging import Finding, findings_in
from gravida.find.overviews.models_notes import PublicNote, PublicNoteVersion
from gravida.find.overviews.places import WRITE, may_approve, role_of
from gravida.find.overviews.sections import known_language
from gravida.find.overviews.sources import sources_of
from gravida.web.audit import trail
from gravida.web.people.models import Person

MOST_SIGNS = 1000
# Where a note can stand: sections of the study's page by their id.
SECTIONS = ("overview", "eligibility", "description", "contact", "details")


def note_findings(study: Study, language: str, text: str) -> list[Finding]:
    """What the guards say to a note."""
    return findings_in(text, "note", known_language(language), sources_of(study))


def write_note(
    *, study: Study, language: str, section: str, text: str, reason: str = "", by: Person, at: datetime
) -> PublicNote:
    """A note that waits for another's approval.

    NotYours, NothingSaid, TooLong, NotPlain; OpenFindings where the guards object and no reason is given.
    """
    refuse_strangers(by, study)
    if section not in SECTIONS:
        raise ValueError(f"section {section!r}: wanted one of {', '.join(SECTIONS)}")
    _check(study, language, text, reason)
    with transaction.atomic():
        note = PublicNote.objects.create(study=study.number, language=language, section=section)
        _add(note, study, number=1, text=text, reason=reason, by=by, at=at)
        _told("note_written", note, by=by, at=at, reason=reason)
    return note


def change_note(
    *, study: Study, note: PublicNote, seen: int, text: str, reason: str = "", by: Person, at: datetime
) -> None:
    """Other words; those approved before are shown until these are. As `write_note`, and ChangedMeanwhile."""
    refuse_strangers(by, study)
    _check(study, note.language, text, reason)
    try:
        with transaction.atomic():
            rows = PublicNote.objects.filter(pk=note.pk, newest=seen, study=study.number)
            if not rows.update(newest=F("newest") + 1, withdrawn_at=None):
                raise ChangedMeanwhile(found="another", wanted=str(seen))
            _add(note, study, number=seen + 1, text=text, reason=reason, by=by, at=at)
            _told("note_changed", note, by=by, at=at, reason=reason)
    except IntegrityError as error:
        raise ChangedMeanwhile(found="another", wanted=str(seen)) from error


def approve_note(*, study: Study, note: PublicNote, number: int, by: Person, at: datetime) -> None:
    """Onto the page. NotYours, OwnWords; ChangedMeanwhile where it is not the newest, or was approved."""
    if not may_approve(by, study.number) or note.study != study.number:
        raise NotYours(study.number)
    version = note.versions.filter(number=number).first()
    if version is not None and version.written_by_id == by.pk:
        raise OwnWords(str(note))
    with transaction.atomic():
        waiting = PublicNoteVersion.objects.filter(
            note=note, number=number, approved_at=None, note__newest=number, note__withdrawn_at=None
        )
        if not waiting.update(approved_by=by, approved_at=at):
            raise ChangedMeanwhile(found="another", wanted=str(number))
        _told("note_approved", note, by=by, at=at)


def withdraw_note(*, study: Study, note: PublicNote, by: Person, at: datetime) -> None:
    """Off the page, its versions kept. NotYours; nothing where it was off already."""
    refuse_strangers(by, study)
    with transaction.atomic():
        rows = PublicNote.objects.filter(pk=note.pk, study=study.number, withdrawn_at=None)
        if rows.update(withdrawn_at=at):
            _told("note_withdrawn", note, by=by, at=at)


def _check(study: Study, language: str, text: str, reason: str) -> None:
    if not text.strip():
        raise NothingSaid(study.number)
    if len(text) > MOST_SIGNS:
        raise TooLong(section="note", found=len(text), wanted=MOST_SIGNS)
    found = note_findings(study, language, text)
    for one in found:
        if one.is_never:
            raise NotPlain(section="note", kind=one.kind, found=one.found)
    if found and not reason.strip():
        raise OpenFindings([one.found for one in found])


def _add(
    note: PublicNote, study: Study, *, number: int, text: str, reason: str, by: Person, at: datetime
) -> None:
    PublicNoteVersion.objects.create(
        note=note,
        number=number,
        text=text.strip(),
        written_by=by,
        written_role=role_of(by, WRITE, study.number),
        written_at=at,
        reason=reason.strip(),
    )


def _told(action: str, note: PublicNote, *, by: Person, at: datetime, reason: str = "") -> None:
    trail.record(action=f"overviews.{action}", by=by, at=at, about=note, study=note.study, reason=reason)
