"""A registry record as Gravida reads it: ClinicalTrials.gov API v2 in, typed and cleaned fields out.

Pure: no Django, no network, no database. Absent is None or an empty tuple, never a made-up value.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from gravida.find.fields import FieldReader, Problem

__all__ = [
    "Contact",
    "Intervention",
    "Location",
    "Outcome",
    "PartialDate",
    "Problem",
    "StudyRecord",
    "UnreadableRecord",
    "read_record",
]


@dataclass(frozen=True, kw_only=True)
class PartialDate:
    """A registry date: a day or, as often, only a month; with whether it is past or planned."""

    text: str  # "2022-10-24" or "2022-10"
    is_estimated: bool | None = None  # None: the record does not say


@dataclass(frozen=True, kw_only=True)
class Contact:
    """A person or office named by the record."""

    name: str = ""
    role: str = ""
    phone: str = ""
    phone_extension: str = ""
    email: str = ""
    affiliation: str = ""


@dataclass(frozen=True, kw_only=True)
class Location:
    """A place where the study takes place, as the registry tells it."""

    facility: str = ""
    city: str = ""
    state: str = ""
    postcode: str = ""
    country: str = ""
    status: str = ""  # the site's own, as RECRUITING; empty: not given
    latitude: float | None = None  # degrees, from the record's geoPoint
    longitude: float | None = None
    contacts: tuple[Contact, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """An outcome measure."""

    measure: str
    description: str = ""
    time_frame: str = ""


@dataclass(frozen=True, kw_only=True)
class Intervention:
    """What is given or done, as the registry tells it."""

    kind: str  # as BIOLOGICAL
    name: str
    description: str = ""


@dataclass(frozen=True, kw_only=True)
class StudyRecord:
    """One study. Texts are plain text: cleaned of NUL, surrogates, control and bidirectional characters."""

    number: str
    brief_title: str = ""
    official_title: str = ""
    acronym: str = ""
    other_numbers: tuple[str, ...] = ()  # sponsor's and secondary numbers
    status: str = ""  # overallStatus
    why_stopped: str = ""
    verified: PartialDate | None = None  # when the sponsor last verified the record
    started: PartialDate | None = None
    primary_completed: PartialDate | None = None
    completed: PartialDate | None = None
    first_posted: PartialDate | None = None
    updated: PartialDate | None = None  # last update posted
    sponsor: str = ""
    collaborators: tuple[str, ...] = ()
    brief_summary: str = ""
    detailed_description: str = ""
    conditions: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    condition_ancestors: tuple[str, ...] = ()  # MeSH terms and their ancestors, from derivedSection
    study_type: str = ""  # INTERVENTIONAL OBSERVATIONAL EXPANDED_ACCESS
    phases: tuple[str, ...] = ()
    observational_model: str = ""  # as COHORT
    time_perspective: str = ""  # as PROSPECTIVE
    primary_purpose: str = ""  # as PREVENTION; interventional studies
    allocation: str = ""  # as RANDOMIZED
    masking: str = ""  # as DOUBLE; NONE: everyone knows what is given
    arm_kinds: tuple[str, ...] = ()  # as PLACEBO_COMPARATOR, each once
    enrolment: int | None = None
    enrolment_is_estimated: bool | None = None
    interventions: tuple[Intervention, ...] = ()
    primary_outcomes: tuple[Outcome, ...] = ()
    secondary_outcomes: tuple[Outcome, ...] = ()
    other_outcomes: tuple[Outcome, ...] = ()
    has_results: bool | None = None
    eligibility: str = ""  # criteria text, lines and indentation kept
    study_population: str = ""  # whom an observational study looks at, in the registry's words
    sampling_method: str = ""  # as NON_PROBABILITY_SAMPLE
    sex: str = ""  # FEMALE MALE ALL; empty: not given
    healthy_volunteers: bool | None = None
    minimum_age: str = ""  # as written, "18 Years"
    maximum_age: str = ""
    minimum_age_months: int | None = None  # inclusive
    maximum_age_months: int | None = None  # inclusive: the last month of that year, week or day
    central_contacts: tuple[Contact, ...] = ()
    officials: tuple[Contact, ...] = ()
    locations: tuple[Location, ...] = ()
    problems: tuple[Problem, ...] = ()


class UnreadableRecord(Exception):
    """A record that cannot be a study: wrong shape, or no registry number. Carries the reason."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


NUMBER = re.compile(r"NCT[0-9]{8}")
_PROTOCOL = "protocolSection"

# Field of StudyRecord -> module and key of protocolSection where it stands.
_LINES = {
    "brief_title": ("identificationModule", "briefTitle"),
    "official_title": ("identificationModule", "officialTitle"),
    "acronym": ("identificationModule", "acronym"),
}
_TEXTS = {
    "why_stopped": ("statusModule", "whyStopped"),
    "brief_summary": ("descriptionModule", "briefSummary"),
    "detailed_description": ("descriptionModule", "detailedDescription"),
    "eligibility": ("eligibilityModule", "eligibilityCriteria"),
    "study_population": ("eligibilityModule", "studyPopulation"),
}
_CODES = {
    "status": ("statusModule", "overallStatus"),
    "study_type": ("designModule", "studyType"),
    "sex": ("eligibilityModule", "sex"),
    "sampling_method": ("eligibilityModule", "samplingMethod"),
}
_DATES = {
    "started": ("statusModule", "startDateStruct"),
    "primary_completed": ("statusModule", "primaryCompletionDateStruct"),
    "completed": ("statusModule", "completionDateStruct"),
    "first_posted": ("statusModule", "studyFirstPostDateStruct"),
    "updated": ("statusModule", "lastUpdatePostDateStruct"),
}
_MODULES = (
    "identificationModule",
    "statusModule",
    "sponsorCollaboratorsModule",
    "descriptionModule",
    "conditionsModule",
    "designModule",
    "armsInterventionsModule",
    "outcomesModule",
    "eligibilityModule",
    "contactsLocationsModule",
)


def read_record(raw: Any) -> StudyRecord:
    """The record as typed, cleaned fields.

    UnreadableRecord when it is no object or carries no valid registry number.
    A field of the wrong type or an impossible value is left out and named in `problems`.
    """
    number = _number(raw)
    fields = FieldReader()
    modules = _modules(raw, fields)
    values: dict[str, Any] = {}
    for name, (module, key) in _LINES.items():
        values[name] = fields.line(modules[module], key, f"{_PROTOCOL}.{module}")
    for name, (module, key) in _TEXTS.items():
        values[name] = fields.text(modules[module], key, f"{_PROTOCOL}.{module}")
    for name, (module, key) in _CODES.items():
        values[name] = fields.code(modules[module], key, f"{_PROTOCOL}.{module}")
    for name, (module, key) in _DATES.items():
        values[name] = _dated(fields, modules[module], key, f"{_PROTOCOL}.{module}")
    for read_part in (_identity, _sponsors, _design, _outcomes, _ages, _people_and_places):
        values.update(read_part(fields, modules))
    values["condition_ancestors"] = _condition_ancestors(fields, raw)
    values["has_results"] = fields.yes_no(raw, "hasResults", "")
    return StudyRecord(number=number, problems=tuple(fields.problems), **values)


def _number(raw: Any) -> str:
    if type(raw) is not dict:
        raise UnreadableRecord(f"{_kind(raw)} instead of an object")
    protocol = raw.get(_PROTOCOL)
    if type(protocol) is not dict:
        raise UnreadableRecord("no protocolSection: not a study of the ClinicalTrials.gov API v2")
    identification = protocol.get("identificationModule")
    number = identification.get("nctId") if type(identification) is dict else None
    if type(number) is not str or not NUMBER.fullmatch(number.strip()):
        found = repr(number)[:40] if number is not None else "none"
        raise UnreadableRecord(f"registry number {found}: NCT and eight digits are needed")
    return number.strip()


def _kind(raw: Any) -> str:
    """The JSON name of a value's type."""
    names = {str: "a text", list: "a list", bool: "true or false", type(None): "null"}
    return names.get(type(raw), "a number")


def _modules(raw: dict[str, Any], fields: FieldReader) -> dict[str, dict[str, Any]]:
    protocol = raw[_PROTOCOL]
    return {name: fields.object(protocol, name, _PROTOCOL) for name in _MODULES}


def _dated(fields: FieldReader, module: dict[str, Any], key: str, path: str) -> PartialDate | None:
    holder = fields.object(module, key, path)
    text = fields.day(holder, "date", f"{path}.{key}") if holder else ""
    if not text:
        return None
    kind = fields.code(holder, "type", f"{path}.{key}")
    return PartialDate(text=text, is_estimated={"ESTIMATED": True, "ACTUAL": False}.get(kind))


def _identity(fields: FieldReader, modules: dict[str, dict[str, Any]]) -> dict[str, Any]:
    module, path = modules["identificationModule"], f"{_PROTOCOL}.identificationModule"
    own = fields.object(module, "orgStudyIdInfo", path)
    numbers = [fields.line(own, "id", f"{path}.orgStudyIdInfo")]
    numbers += [
        fields.line(other, "id", where) for other, where in fields.objects(module, "secondaryIdInfos", path)
    ]
    numbers += fields.lines(module, "nctIdAliases", path)
    verified = fields.day(modules["statusModule"], "statusVerifiedDate", f"{_PROTOCOL}.statusModule")
    return {
        "other_numbers": tuple(dict.fromkeys(number for number in numbers if number)),
        "verified": PartialDate(text=verified) if verified else None,
    }


def _sponsors(fields: FieldReader, modules: dict[str, dict[str, Any]]) -> dict[str, Any]:
    module, path = modules["sponsorCollaboratorsModule"], f"{_PROTOCOL}.sponsorCollaboratorsModule"
    lead = fields.object(module, "leadSponsor", path)
    others = [
        fields.line(other, "name", where) for other, where in fields.objects(module, "collaborators", path)
    ]
    return {
        "sponsor": fields.line(lead, "name", f"{path}.leadSponsor"),
        "collaborators": tuple(name for name in others if name),
    }


def _design(fields: FieldReader, modules: dict[str, dict[str, Any]]) -> dict[str, Any]:
    module, path = modules["designModule"], f"{_PROTOCOL}.designModule"
    design = fields.object(module, "designInfo", path)
    enrolment = fields.object(module, "enrollmentInfo", path)
    counted = fields.code(enrolment, "type", f"{path}.enrollmentInfo")
    masked = fields.object(design, "maskingInfo", f"{path}.designInfo")
    arms, arms_path = modules["armsInterventionsModule"], f"{_PROTOCOL}.armsInterventionsModule"
    kinds = [fields.code(one, "type", where) for one, where in fields.objects(arms, "armGroups", arms_path)]
    conditions, where = modules["conditionsModule"], f"{_PROTOCOL}.conditionsModule"
    return {
        "phases": fields.codes(module, "phases", path),
        "observational_model": fields.code(design, "observationalModel", f"{path}.designInfo"),
        "time_perspective": fields.code(design, "timePerspective", f"{path}.designInfo"),
        "primary_purpose": fields.code(design, "primaryPurpose", f"{path}.designInfo"),
        "allocation": fields.code(design, "allocation", f"{path}.designInfo"),
        "masking": fields.code(masked, "masking", f"{path}.designInfo.maskingInfo"),
        "arm_kinds": tuple(dict.fromkeys(kind for kind in kinds if kind)),
        "enrolment": fields.count(enrolment, "count", f"{path}.enrollmentInfo"),
        "enrolment_is_estimated": {"ESTIMATED": True, "ACTUAL": False}.get(counted),
        "conditions": fields.lines(conditions, "conditions", where),
        "keywords": fields.lines(conditions, "keywords", where),
    }


def _outcomes(fields: FieldReader, modules: dict[str, dict[str, Any]]) -> dict[str, Any]:
    module, path = modules["outcomesModule"], f"{_PROTOCOL}.outcomesModule"
    arms, arms_path = modules["armsInterventionsModule"], f"{_PROTOCOL}.armsInterventionsModule"
    return {
        "primary_outcomes": tuple(_outcome_list(fields, module, "primaryOutcomes", path)),
        "secondary_outcomes": tuple(_outcome_list(fields, module, "secondaryOutcomes", path)),
        "other_outcomes": tuple(_outcome_list(fields, module, "otherOutcomes", path)),
        "interventions": tuple(
            Intervention(
                kind=fields.code(one, "type", where),
                name=name,
                description=fields.text(one, "description", where),
            )
            for one, where in fields.objects(arms, "interventions", arms_path)
            if (name := fields.line(one, "name", where))
        ),
    }


def _outcome_list(fields: FieldReader, module: dict[str, Any], key: str, path: str) -> Iterator[Outcome]:
    for one, where in fields.objects(module, key, path):
        if measure := fields.line(one, "measure", where):
            yield Outcome(
                measure=measure,
                description=fields.text(one, "description", where),
                time_frame=fields.line(one, "timeFrame", where),
            )


def _ages(fields: FieldReader, modules: dict[str, dict[str, Any]]) -> dict[str, Any]:
    module, path = modules["eligibilityModule"], f"{_PROTOCOL}.eligibilityModule"
    youngest = fields.line(module, "minimumAge", path)
    oldest = fields.line(module, "maximumAge", path)
    return {
        "healthy_volunteers": fields.yes_no(module, "healthyVolunteers", path),
        "minimum_age": youngest,
        "maximum_age": oldest,
        "minimum_age_months": fields.age_months(youngest, "minimumAge", path, is_maximum=False),
        "maximum_age_months": fields.age_months(oldest, "maximumAge", path, is_maximum=True),
    }


def _people_and_places(fields: FieldReader, modules: dict[str, dict[str, Any]]) -> dict[str, Any]:
    module, path = modules["contactsLocationsModule"], f"{_PROTOCOL}.contactsLocationsModule"
    return {
        "central_contacts": _contacts(fields, module, "centralContacts", path),
        "officials": _contacts(fields, module, "overallOfficials", path),
        "locations": tuple(
            _location(fields, one, where) for one, where in fields.objects(module, "locations", path)
        ),
    }


def _contacts(fields: FieldReader, holder: dict[str, Any], key: str, path: str) -> tuple[Contact, ...]:
    if key not in holder:
        return ()
    return tuple(
        Contact(
            name=fields.line(one, "name", where),
            role=fields.code(one, "role", where),
            phone=fields.line(one, "phone", where),
            phone_extension=fields.line(one, "phoneExt", where),
            email=fields.email(one, "email", where),
            affiliation=fields.line(one, "affiliation", where),
        )
        for one, where in fields.objects(holder, key, path)
    )


def _location(fields: FieldReader, one: dict[str, Any], path: str) -> Location:
    place = fields.place(one, "geoPoint", path)
    return Location(
        facility=fields.line(one, "facility", path),
        city=fields.line(one, "city", path),
        state=fields.line(one, "state", path),
        postcode=fields.line(one, "zip", path),
        country=fields.line(one, "country", path),
        status=fields.code(one, "status", path),
        latitude=place[0] if place else None,
        longitude=place[1] if place else None,
        contacts=_contacts(fields, one, "contacts", path),
    )


def _condition_ancestors(fields: FieldReader, raw: dict[str, Any]) -> tuple[str, ...]:
    derived = fields.object(raw, "derivedSection", "")
    path = "derivedSection.conditionBrowseModule"
    module = fields.object(derived, "conditionBrowseModule", "derivedSection")
    terms = [
        fields.line(one, "term", where)
        for key in ("meshes", "ancestors")
        for one, where in fields.objects(module, key, path)
    ]
    return tuple(dict.fromkeys(term for term in terms if term))
