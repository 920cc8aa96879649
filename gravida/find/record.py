"""A registry record as Gravida reads it: ClinicalTrials.gov API v2 in, typed and cleaned fields out.

Pure: no Django, no network, no database. Absent is None or an empty tuple, never a made-up value.
"""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class PartialDate:
    """A registry date: a day or, as often, only a month; with whether it is past or planned."""

    text: str  # "2022-10-24" or "2022-10"
    is_estimated: bool | None = None  # None: the record does not say


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


@dataclass(frozen=True, kw_only=True)
class Contact:
    """A person or office named by the record."""

    name: str = ""
    role: str = ""
    phone: str = ""
    email: str = ""
    affiliation: str = ""


@dataclass(frozen=True, kw_only=True)
class Problem:
    """A field that was cleaned or left out, and why."""

    field: str  # dotted path, as protocolSection.statusModule.startDateStruct.date
    reason: str  # code, as "impossible date", "wrong type", "control characters removed"


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
    observational_model: str = ""
    enrolment: int | None = None
    enrolment_is_estimated: bool | None = None
    interventions: tuple[Intervention, ...] = ()
    primary_outcomes: tuple[Outcome, ...] = ()
    secondary_outcomes: tuple[Outcome, ...] = ()
    eligibility: str = ""
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


def read_record(raw: Any) -> StudyRecord:
    """The record as typed, cleaned fields.

    UnreadableRecord when it is no object or carries no valid registry number.
    A field of the wrong type or an impossible value is left out and named in `problems`.
    """
    raise NotImplementedError
