"""A study as the index keeps it: its words for tantivy, its facts for the table of studies.

Read straight from the registry's JSON, by the same field readers as `record.read_record`, but only the fields
that are searched: a whole StudyRecord would take half of an index build.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import tantivy

from gravida.find.fields import FieldReader
from gravida.find.gazetteer import place_of_location
from gravida.find.search.told import Told
from gravida.find.search.words import ABBREVIATIONS, FRENCH, INDEXED_ENGLISH, as_number
from gravida.protocol.study import Centre

# Words that English texts do not hold: two of them in a record say that it is written in French.
_FRENCH = re.compile(r"\b(?:chez|dans|avec|pour|une|des|les|aux|sur|est)\b", re.IGNORECASE)

# Countries of most locations without coordinates, where the gazetteer does not read the postcode.
_POSTCODE_IDLE = ("United States", "Canada", "Germany", "United Kingdom", "Italy", "Spain")

Raw = dict[str, Any]


# A build holds one of these for every location of the registry: slots halve its memory.
@dataclass(frozen=True, kw_only=True, slots=True)
class Site:
    """A location that could be placed, in degrees."""

    location: int  # index in the record's locations and, after them, the centres of the study's folder
    latitude: float
    longitude: float


@dataclass(frozen=True, kw_only=True, slots=True)
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
    for name, analyzer in (("english", INDEXED_ENGLISH), ("french", FRENCH), ("abbreviation", ABBREVIATIONS)):
        index.register_tokenizer(name, analyzer)


@dataclass(frozen=True, kw_only=True)
class Texts:
    """The texts of one study by what they do: name it (`head`) or describe it (`body`)."""

    numbers: list[str]
    head: list[str]
    body: list[str]
    is_french: bool
    summary: str


def document(texts: Texts, *, study: int, told: Told) -> tantivy.Document:
    """The words of a study, with the plain words that its study folder tells by language."""
    made = tantivy.Document()
    made.add_unsigned("study", study)
    head = [*texts.head, *told.head("en")]
    body = [*texts.body, *told.body("en")]
    # The site speaks two languages; a folder in a third is found by its words at least.
    others = sorted(told.languages - {"en"})
    french = [text for language in others for text in (*told.head(language), *told.body(language))]
    if texts.is_french:
        french += [*head, *texts.body]
    for field, parts in (
        ("number", sorted({as_number(number) for number in texts.numbers})),
        ("head", head),
        ("body", body),
        ("french", french),
        ("abbreviation", [*head, texts.summary]),
    ):
        for part in parts:
            if part:
                made.add_text(field, part)
    return made


def texts_of(raw: Raw) -> Texts:
    """The texts of a record that are searched, cleaned as everywhere."""
    read = FieldReader()
    protocol = raw["protocolSection"]
    identity = read.object(protocol, "identificationModule", "")
    conditions = read.object(protocol, "conditionsModule", "")
    described = read.object(protocol, "descriptionModule", "")
    official, summary = read.line(identity, "officialTitle", ""), read.text(described, "briefSummary", "")
    names = [
        read.line(identity, "briefTitle", ""),
        official,
        read.line(identity, "acronym", ""),
        *read.lines(conditions, "conditions", ""),
        *read.lines(conditions, "keywords", ""),
        *_mesh_terms(read, raw),
    ]
    return Texts(
        numbers=list(_numbers(read, identity)),
        head=names,
        body=[summary, read.text(described, "detailedDescription", ""), *_body(read, protocol)],
        is_french=len(_FRENCH.findall(official)) + len(_FRENCH.findall(summary[:500])) >= 2,
        summary=summary,
    )


def _numbers(read: FieldReader, identity: Raw) -> Iterator[str]:
    yield read.line(identity, "nctId", "")
    yield read.line(read.object(identity, "orgStudyIdInfo", ""), "id", "")
    for other, _ in read.objects(identity, "secondaryIdInfos", ""):
        yield read.line(other, "id", "")
    yield from read.lines(identity, "nctIdAliases", "")


def _mesh_terms(read: FieldReader, raw: Raw) -> list[str]:
    browse = read.object(read.object(raw, "derivedSection", ""), "conditionBrowseModule", "")
    terms = [
        read.line(one, "term", "")
        for key in ("meshes", "ancestors")
        for one, _ in read.objects(browse, key, "")
    ]
    return list(dict.fromkeys(terms))


def _body(read: FieldReader, protocol: Raw) -> Iterator[str]:
    yield read.text(read.object(protocol, "eligibilityModule", ""), "eligibilityCriteria", "")
    sponsors = read.object(protocol, "sponsorCollaboratorsModule", "")
    yield read.line(read.object(sponsors, "leadSponsor", ""), "name", "")
    for collaborator, _ in read.objects(sponsors, "collaborators", ""):
        yield read.line(collaborator, "name", "")
    for one, _ in read.objects(read.object(protocol, "armsInterventionsModule", ""), "interventions", ""):
        yield read.line(one, "name", "")
        yield read.text(one, "description", "")
    outcomes = read.object(protocol, "outcomesModule", "")
    for key in ("primaryOutcomes", "secondaryOutcomes"):
        for one, _ in read.objects(outcomes, key, ""):
            yield read.line(one, "measure", "")


def entry(raw: Raw, *, study: int, version: int, centres: Sequence[Centre] = ()) -> Entry:
    """The facts of a study that filters, distances and order need; `centres` are those of its folder."""
    read = FieldReader()
    protocol = raw["protocolSection"]
    status = read.object(protocol, "statusModule", "")
    eligibility = read.object(protocol, "eligibilityModule", "")
    return Entry(
        number=read.line(read.object(protocol, "identificationModule", ""), "nctId", ""),
        study=study,
        version=version,
        status=read.code(status, "overallStatus", ""),
        study_type=read.code(read.object(protocol, "designModule", ""), "studyType", ""),
        sex=read.code(eligibility, "sex", ""),
        minimum_months=_months(read, eligibility, "minimumAge", is_maximum=False),
        maximum_months=_months(read, eligibility, "maximumAge", is_maximum=True),
        updated=_ordinal(read.day(read.object(status, "lastUpdatePostDateStruct", ""), "date", "")),
        sites=list(_sites(read, read.object(protocol, "contactsLocationsModule", ""), centres)),
    )


def _months(read: FieldReader, eligibility: Raw, key: str, *, is_maximum: bool) -> int:
    months = read.age_months(read.line(eligibility, key, ""), key, "", is_maximum=is_maximum)
    return -1 if months is None else months


def _sites(read: FieldReader, module: Raw, centres: Sequence[Centre]) -> Iterator[Site]:
    locations = list(read.objects(module, "locations", ""))
    for number, (location, _) in enumerate(locations):
        if point := read.place(location, "geoPoint", ""):
            yield Site(location=number, latitude=point[0], longitude=point[1])
            continue
        country = read.line(location, "country", "")
        # Only a French postcode tells more than its town; others would make each site a question of its own.
        place = place_of_location(
            city=read.line(location, "city", ""),
            state=read.line(location, "state", ""),
            postcode=read.line(location, "zip", "") if country not in _POSTCODE_IDLE else "",
            country=country,
        )
        if place:
            yield Site(location=number, latitude=place.latitude, longitude=place.longitude)

    for number, centre in enumerate(centres, start=len(locations)):
        if centre.latitude is not None and centre.longitude is not None:
            yield Site(location=number, latitude=centre.latitude, longitude=centre.longitude)
        elif found := place_of_location(
            city=centre.town, state="", postcode=centre.postcode, country=centre.country
        ):
            yield Site(location=number, latitude=found.latitude, longitude=found.longitude)


def _ordinal(text: str) -> int:
    """The day as an ordinal, a month as its first day; 0 for none."""
    return date.fromisoformat(f"{text}-01"[:10]).toordinal() if text else 0
