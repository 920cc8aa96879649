"""The badges under a study's title: what it is and whether it is open, each from the record."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from gravida.find import words
from gravida.find.record import StudyRecord


@dataclass(frozen=True, kw_only=True)
class Badge:
    """A word or two on a study. `tone` is open, closed or empty."""

    text: str
    tone: str = ""


def badges(record: StudyRecord) -> tuple[Badge, ...]:
    """Status with its date, ages, sex, kind of study; nothing that the record does not say."""
    facts = [words.ages(record), words.of(words.SEX, record.sex) if record.sex else "", words.kind(record)]
    return (*_status(record), *(Badge(text=_capital(fact)) for fact in facts if fact))


def _status(record: StudyRecord) -> tuple[Badge, ...]:
    if not record.status:
        return ()
    text = words.of(words.STATUS, record.status)
    date = record.updated or record.verified
    if date:
        text = _("%(status)s · record of %(date)s") % {"status": text, "date": words.day(date)}
    if record.status in words.OPEN_STATUSES:
        return (Badge(text=text, tone="open"),)
    return (Badge(text=text, tone="closed" if record.status in words.CLOSED_STATUSES else ""),)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
