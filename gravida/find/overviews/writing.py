"""A new version of an overview: numbered after the newest, the one under way put aside, all at once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from gravida.find.contact.pages.typed import typed_text
from gravida.find.models import RecordVersion, Study
from gravida.find.overviews.failures import ChangedMeanwhile, NothingSaid
from gravida.find.overviews.judging import refuse_what_never_stands
from gravida.find.overviews.models_texts import Generation, OverviewText
from gravida.find.overviews.sections import known_language, tidy
from gravida.find.overviews.sources import sources_of
from gravida.find.overviews.states import Actor, State
from gravida.find.overviews.stepping import step
from gravida.web.audit import trail
from gravida.web.people.models import Person


@dataclass(frozen=True, kw_only=True)
class NewText:
    """Words to keep, and how they came about."""

    study: Study  # with its record
    language: str
    texts: Mapping[str, str]
    generation: Generation  # not yet saved, or that of the version it was begun from
    is_edited: bool = False
    begun_from: OverviewText | None = None


def newest_number(study: str, language: str) -> int:
    """The number of the newest version; 0 before there is one."""
    return OverviewText.objects.of(study, language).values_list("number", flat=True).first() or 0


def write(
    new: NewText, *, action: str, seen: int | None = None, by: Person | None, at: datetime
) -> OverviewText:
    """Keep a new draft. `seen`: the number of the newest version that the writer had before her.

    NothingSaid, NotPlain, TooLong; ChangedMeanwhile where another version has come since.
    """
    texts = tidy({code: typed_text(text) for code, text in new.texts.items()})
    if not texts:
        raise NothingSaid(new.study.number)
    refuse_what_never_stands(texts, language=known_language(new.language), sources=sources_of(new.study))
    try:
        with transaction.atomic():
            return _write(new, texts, action=action, seen=seen, by=by, at=at)
    except IntegrityError as error:
        found = newest_number(new.study.number, new.language)
        if seen is None or found == seen:
            raise
        # Two wrote the same number at the same moment: the database let one through.
        raise ChangedMeanwhile(found=str(found), wanted=str(seen)) from error


def _write(
    new: NewText, texts: dict[str, str], *, action: str, seen: int | None, by: Person | None, at: datetime
) -> OverviewText:
    number, language = new.study.number, new.language
    newest = newest_number(number, language)
    if seen is not None and seen != newest:
        raise ChangedMeanwhile(found=str(newest), wanted=str(seen))
    for before in OverviewText.objects.of(number, language).working():
        step(before, to=State.SUPERSEDED, actor=Actor.CLOCK, by=None, at=at)
    if new.generation.pk is None:
        new.generation.save(force_insert=True)
    version = record_version(new.study)
    text = OverviewText.objects.create(
        study=number,
        language=language,
        number=newest + 1,
        sections=texts,
        generation=new.generation,
        is_edited=new.is_edited,
        begun_from=new.begun_from,
        record_sha256=version.sha256,
        record_updated_on=new.study.updated_on,
        record_fetched_at=version.fetched_at,
        written_by=by,
        written_at=at,
        state=State.DRAFT.value,
        state_since=at,
    )
    trail.record(
        action=f"overviews.{action}",
        by=by,
        at=at,
        about=text,
        study=number,
        changes={"number": (str(newest), str(newest + 1)), "language": ("", language)},
    )
    return text


def record_version(study: Study) -> RecordVersion:
    """The record that words are compared with. ValueError for a study without one."""
    if study.current_version is None:
        raise ValueError(f"{study.number} has no record version: import its record first")
    return study.current_version
