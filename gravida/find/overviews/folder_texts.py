"""Overviews that stand in study folders, texts/overview.LANGUAGE.md: read at the start and after imports.

The head of the file names the roles of whoever wrote, checked and approved it, when, and the day of the
registry record that it was compared with. It is published where that record is held and the guards find
nothing; else it lies among the drafts, where the team finds it.
"""

import hashlib
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path

from django.db import transaction

from gravida.find.models import Study
from gravida.find.overviews.actions_steps import take
from gravida.find.overviews.failures import OpenFindings, RecordChanged
from gravida.find.overviews.models_texts import Generation, OverviewText
from gravida.find.overviews.sections import LANGUAGES
from gravida.find.overviews.states import Actor, State
from gravida.find.overviews.text_form import NotInForm, WrittenForm, read_form
from gravida.find.overviews.words import FOLDER_AUTHOR
from gravida.find.overviews.writing import NewText, newest_number, record_version, write
from gravida.find.site_studies import site_studies
from gravida.web.people.roles import Role

ROLES = (*Role.values, FOLDER_AUTHOR)


class UnusableText(Exception):
    """A file that cannot be taken in. Carries the file, what was found and what was wanted."""

    def __init__(self, file: Path, *, found: str, wanted: str) -> None:
        super().__init__(f"{file}: found {found}, wanted {wanted}")
        self.file = file


@dataclass(frozen=True, kw_only=True)
class Reviewed:
    """What the head of a file says of its review."""

    writer: Generation.Writer
    written_on: date
    checked_role: str
    checked_on: date
    approved_role: str
    approved_on: date
    record_day: date  # the registry's day of the record that it was compared with


def take_in(*, at: datetime) -> list[str]:
    """Take in every folder's texts that are not held yet; what is wrong with the others, a sentence each."""
    wrong = []
    for folder in site_studies().values():
        study = Study.objects.numbered(folder.number)
        for language in LANGUAGES:
            file = folder.path / "texts" / f"overview.{language}.md"
            if study is None or not file.is_file():
                continue
            try:
                _take_in(study, language, file, at=at)
            except UnusableText as error:
                wrong.append(str(error))
    return wrong


def read_reviewed(file: Path) -> tuple[WrittenForm, Reviewed, str]:
    """The words of a file, its review, and its digest. UnusableText."""
    try:
        content = file.read_bytes()
        form = read_form(content.decode("utf-8"))
    except (OSError, UnicodeDecodeError, NotInForm) as error:
        raise UnusableText(
            file, found=str(error), wanted="a text in the form of docs/overviews.md"
        ) from error
    return form, _reviewed(file, form.head), hashlib.sha256(content).hexdigest()


def _take_in(study: Study, language: str, file: Path, *, at: datetime) -> None:
    form, reviewed, digest = read_reviewed(file)
    recipe = f"file {digest}"
    if OverviewText.objects.of(study.number, language).filter(generation__recipe=recipe).exists():
        return
    is_its_record = study.updated_on == reviewed.record_day
    generation = Generation(
        writer=reviewed.writer,
        at=_noon(reviewed.written_on),
        recipe=recipe,
        record_sha256=record_version(study).sha256,
    )
    new = NewText(study=study, language=language, texts=form.texts, generation=generation)
    # Words that somebody is at work on here are not pushed aside by a file.
    if OverviewText.objects.of(study.number, language).working().filter(written_by__isnull=False).exists():
        return
    text = write(
        new,
        action="from_folder",
        seen=newest_number(study.number, language),
        by=None,
        at=_noon(reviewed.written_on),
    )
    if is_its_record:
        _publish(study, text, reviewed, at=at)


def _publish(study: Study, text: OverviewText, reviewed: Reviewed, *, at: datetime) -> None:
    """Through every step; it stays a draft where the guards find something."""
    steps = (
        (State.CHECKED, "checked", reviewed.checked_role, _noon(reviewed.checked_on)),
        (State.APPROVED, "approved", reviewed.approved_role, _noon(reviewed.approved_on)),
        (State.PUBLISHED, "published", "", at),
    )
    try:
        with transaction.atomic():
            for to, action, role, when in steps:
                take(action, study, text, to=to, actor=Actor.FOLDER, by=None, role=role, at=when)
    except (OpenFindings, RecordChanged):
        return


def _reviewed(file: Path, head: dict[str, str]) -> Reviewed:
    return Reviewed(
        writer=_writer(file, head),
        written_on=_day(file, head, "written-on"),
        checked_role=_role(file, head, "checked-by"),
        checked_on=_day(file, head, "checked-on"),
        approved_role=_role(file, head, "approved-by"),
        approved_on=_day(file, head, "approved-on"),
        record_day=_day(file, head, "record"),
    )


def _day(file: Path, head: dict[str, str], name: str) -> date:
    try:
        return date.fromisoformat(head.get(name, ""))
    except ValueError as error:
        raise UnusableText(
            file, found=f"{name}: {head.get(name, 'nothing')}", wanted="a day, as 2026-11-22"
        ) from error


def _writer(file: Path, head: dict[str, str]) -> Generation.Writer:
    writers = {"team": Generation.Writer.TEAM, "folder": Generation.Writer.FOLDER}
    found = head.get("written-by", "")
    if found not in writers:
        raise UnusableText(file, found=f"written-by: {found or 'nothing'}", wanted="team or folder")
    return writers[found]


def _role(file: Path, head: dict[str, str], name: str) -> str:
    if head.get(name, "") not in ROLES:
        raise UnusableText(
            file, found=f"{name}: {head.get(name, 'nothing')}", wanted=f"one of {', '.join(ROLES)}"
        )
    return head[name]


def _noon(day: date) -> datetime:
    """A day as an instant that is that day in every time zone of Europe."""
    return datetime.combine(day, time(12), UTC)
