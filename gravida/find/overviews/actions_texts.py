"""Acts that make a new version: written by hand, put together by rules, begun again from an earlier one."""

from collections.abc import Mapping
from datetime import datetime

from gravida.find.models import Study
from gravida.find.overviews.failures import NotYours
from gravida.find.overviews.models_texts import Generation, OverviewText
from gravida.find.overviews.places import may_write
from gravida.find.overviews.recipes import by_rules
from gravida.find.overviews.sections import known_language, tidy
from gravida.find.overviews.writing import NewText, record_version, write
from gravida.web.people.models import Person


def save_draft(
    *, study: Study, language: str, texts: Mapping[str, str], seen: int, by: Person, at: datetime
) -> OverviewText:
    """Keep what was typed as a new version, compared with the record of today.

    Unchanged words against an unchanged record make no new version. NotYours, NothingSaid, NotPlain, TooLong,
    ChangedMeanwhile.
    """
    refuse_strangers(by, study)
    before = OverviewText.objects.of(study.number, language).select_related("generation").first()
    is_same = before is not None and before.texts == tidy(texts)
    record = record_version(study).sha256
    if before is not None and is_same and before.number == seen and before.record_sha256 == record:
        return before
    # Begun from words of rules or of a model, it goes on naming them.
    generation = (
        before.generation
        if before is not None
        else Generation(writer=Generation.Writer.TEAM, at=at, record_sha256=record, asked_by=by)
    )
    new = NewText(
        study=study,
        language=language,
        texts=texts,
        generation=generation,
        is_edited=before is not None and (before.is_edited or not is_same),
        begun_from=before,
    )
    return write(new, action="written", seen=seen, by=by, at=at)


def put_together(*, study: Study, language: str, seen: int, by: Person, at: datetime) -> OverviewText:
    """A draft made by rules from the record of today. NotYours, NothingSaid, ChangedMeanwhile."""
    refuse_strangers(by, study)
    recipe, texts = by_rules(study.record, known_language(language))
    generation = Generation(
        writer=Generation.Writer.RULES,
        at=at,
        recipe=recipe,
        record_sha256=record_version(study).sha256,
        asked_by=by,
    )
    new = NewText(study=study, language=language, texts=texts, generation=generation)
    return write(new, action="put_together", seen=seen, by=by, at=at)


def begin_from(*, study: Study, text: OverviewText, seen: int, by: Person, at: datetime) -> OverviewText:
    """A draft with the words of an earlier version. NotYours, NotPlain, ChangedMeanwhile."""
    refuse_strangers(by, study)
    if text.study != study.number:
        raise NotYours(f"{text} is no text of {study.number}")
    new = NewText(
        study=study,
        language=text.language,
        texts=text.texts,
        generation=text.generation,
        is_edited=text.is_edited,
        begun_from=text,
    )
    return write(new, action="begun_again", seen=seen, by=by, at=at)


def refuse_strangers(by: Person, study: Study) -> None:
    """NotYours unless this person may write about this study."""
    if not may_write(by, study.number):
        raise NotYours(study.number)
