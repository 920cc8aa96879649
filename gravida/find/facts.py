"""The details of a study as labelled lines, each date with what it is and how sure it is."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from gravida.find import words
from gravida.find.record import PartialDate, StudyRecord


@dataclass(frozen=True, kw_only=True)
class Fact:
    """A line of the details."""

    label: str
    value: str
    is_registry_text: bool = False  # in the registry's English, whatever the language of the page


def facts_of(record: StudyRecord) -> list[Fact]:
    """What the record says, in the order people look for it; what it does not say has no line."""
    return [fact for fact in (*_identity(record), *_people(record), *_dates(record)) if fact.value]


def _identity(record: StudyRecord) -> Iterator[Fact]:
    yield Fact(label=_("Conditions"), value=", ".join(record.conditions), is_registry_text=True)
    yield Fact(label=_("Kind of study"), value=words.kind(record))
    named = ", ".join(dict.fromkeys(intervention.name for intervention in record.interventions))
    label = _("What is studied") if record.study_type == "OBSERVATIONAL" else _("What is tested")
    yield Fact(label=label, value=named, is_registry_text=True)
    yield Fact(label=_("Sponsor"), value=record.sponsor, is_registry_text=True)
    yield Fact(label=_("Working with"), value=", ".join(record.collaborators), is_registry_text=True)
    yield Fact(label=_("Registry number"), value=record.number)
    yield Fact(label=_("Other numbers"), value=", ".join(record.other_numbers))


def _people(record: StudyRecord) -> Iterator[Fact]:
    yield Fact(label=_("Open to"), value=words.of(words.SEX, record.sex) if record.sex else "")
    yield Fact(label=_("Age"), value=words.ages(record))
    healthy = {
        True: _("People without the condition may join too"),
        False: _("Only people with the condition"),
    }
    yield Fact(
        label=_("Healthy volunteers"),
        value="" if record.healthy_volunteers is None else healthy[record.healthy_volunteers],
    )
    if record.enrolment is not None:
        label = _("People taking part") if record.enrolment_is_estimated is False else _("People planned")
        yield Fact(label=label, value=str(record.enrolment))


def _dates(record: StudyRecord) -> Iterator[Fact]:
    is_planned = record.started is not None and record.started.is_estimated is True
    has_ended = record.completed is not None and record.completed.is_estimated is False
    yield Fact(label=_("Planned start") if is_planned else _("Started"), value=_day(record.started))
    yield Fact(label=_("Ended") if has_ended else _("Expected end"), value=_day(record.completed))
    yield Fact(label=_("First entered in the registry"), value=_day(record.first_posted))
    yield Fact(label=_("Registry record checked by the sponsor"), value=_day(record.verified))
    yield Fact(label=_("Registry record updated"), value=_day(record.updated))


def _day(date: PartialDate | None) -> str:
    return words.day(date) if date else ""
