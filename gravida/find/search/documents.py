"""A study as the index keeps it: its words for tantivy, its facts for the table of studies."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import tantivy

from gravida.find.gazetteer import place_of_location
from gravida.find.record import Location, StudyRecord
from gravida.find.search.words import ABBREVIATIONS, ENGLISH, FRENCH, as_number, composed

# Words that English texts do not hold: two of them in a record say that it is written in French.
_FRENCH = re.compile(r"\b(?:chez|dans|avec|pour|une|des|les|aux|sur|est)\b", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Site:
    """A location that could be placed: its index in the record's locations, and degrees."""

    location: int
    latitude: float
    longitude: float


@dataclass(frozen=True, kw_only=True)
class Entry:
    """The facts of one study, as the filters read them."""

    number: str
    study: int  # Study.pk
    version: int  # RecordVersion.pk
    status: str
    study_type: str
    sex: str
    minimum_months: int  # -1: not given
    maximum_months: int  # inclusive; -1: not given
    updated: int  # proleptic ordinal of the day of the last update; 0: not given
    sites: list[Site]


def schema() -> tantivy.Schema:
    """The fields of the index; a change here needs another SCHEMA in generation.py."""
    builder = tantivy.SchemaBuilder()
    builder.add_unsigned_field("study", indexed=True, fast=True)
    builder.add_text_field("number", tokenizer_name="raw", index_option="basic")
    builder.add_text_field("head", tokenizer_name="english", index_option="position")
    builder.add_text_field("body", tokenizer_name="english", index_option="position")
    builder.add_text_field("french", tokenizer_name="french", index_option="position")
    builder.add_text_field("abbreviation", tokenizer_name="abbreviation", index_option="basic")
    return builder.build()


def register_analyzers(index: tantivy.Index) -> None:
    """Tell the index how its texts are cut; tantivy forgets this at each opening."""
    for name, analyzer in (("english", ENGLISH), ("french", FRENCH), ("abbreviation", ABBREVIATIONS)):
        index.register_tokenizer(name, analyzer)


def document(record: StudyRecord, *, study: int, plain_titles: dict[str, str]) -> tantivy.Document:
    """The words of a study, with the titles in plain words that its study folder gives by language."""
    made = tantivy.Document()
    made.add_unsigned("study", study)
    for number in {as_number(text) for text in (record.number, *record.other_numbers)} - {""}:
        made.add_text("number", number)
    head = [text for text in (*head_texts(record), plain_titles.get("en", "")) if text]
    body = [text for text in _body_texts(record) if text]
    is_french = (
        len(_FRENCH.findall(record.official_title)) + len(_FRENCH.findall(record.brief_summary[:500])) >= 2
    )
    for field, texts in (
        ("head", head),
        ("body", body),
        ("french", [*head, *body] if is_french else []),
        ("french", [text for language, text in plain_titles.items() if language != "en"]),
        ("abbreviation", [*head, record.brief_summary]),
    ):
        for text in texts:
            made.add_text(field, composed(text))
    return made


def head_texts(record: StudyRecord) -> tuple[str, ...]:
    """What names a study: its titles, conditions, keywords and MeSH terms. Other words only describe it."""
    return (
        record.brief_title,
        record.official_title,
        record.acronym,
        *record.conditions,
        *record.keywords,
        *record.condition_ancestors,
    )


def _body_texts(record: StudyRecord) -> Iterator[str]:
    yield record.brief_summary
    yield record.detailed_description
    yield record.eligibility
    yield record.sponsor
    yield from record.collaborators
    for intervention in record.interventions:
        yield intervention.name
        yield intervention.description
    for outcome in (*record.primary_outcomes, *record.secondary_outcomes):
        yield outcome.measure


def entry(record: StudyRecord, *, study: int, version: int) -> Entry:
    """The facts of a study that filters, distances and order need."""
    return Entry(
        number=record.number,
        study=study,
        version=version,
        status=record.status,
        study_type=record.study_type,
        sex=record.sex,
        minimum_months=-1 if record.minimum_age_months is None else record.minimum_age_months,
        maximum_months=-1 if record.maximum_age_months is None else record.maximum_age_months,
        updated=_ordinal(record.updated.text) if record.updated else 0,
        sites=[site for number, location in enumerate(record.locations) if (site := _site(number, location))],
    )


def _site(number: int, location: Location) -> Site | None:
    if location.latitude is not None and location.longitude is not None:
        return Site(location=number, latitude=location.latitude, longitude=location.longitude)
    place = place_of_location(
        city=location.city, state=location.state, postcode=location.postcode, country=location.country
    )
    return Site(location=number, latitude=place.latitude, longitude=place.longitude) if place else None


def _ordinal(text: str) -> int:
    """The day as an ordinal; a month counts as its first day."""
    return date.fromisoformat(text if len(text) == 10 else f"{text}-01").toordinal()
