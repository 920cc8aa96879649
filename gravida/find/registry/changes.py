"""What changed between two versions of a study's record, field by field.

Pure. Contacts are compared but never told: who was named before is nobody's business.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from gravida.find.record import Contact, Location, Outcome, PartialDate, StudyRecord

CODES = (  # in the order in which changes are told
    "status",
    "why_stopped",
    "started",
    "primary_completed",
    "completed",
    "enrolment",
    "sites_added",
    "sites_removed",
    "site_status",
    "contacts",
    "brief_title",
    "official_title",
    "conditions",
    "interventions",
    "minimum_age",
    "maximum_age",
    "sex",
    "eligibility",
    "primary_outcomes",
    "secondary_outcomes",
    "brief_summary",
    "detailed_description",
    "sponsor",
    "has_results",
)


@dataclass(frozen=True, kw_only=True)
class Change:
    """One field that changed. Empty `before` or `after`: not given then; for contacts both are empty."""

    code: str  # one of CODES
    before: str
    after: str


def changes_between(before: StudyRecord, after: StudyRecord) -> list[Change]:
    """The fields that differ, in the order of CODES. Lists are told one item a line."""
    then, now = _told(before), _told(after)
    sites_then, sites_now = _sites(before), _sites(after)
    stayed = [site for site in sites_now if site in sites_then and sites_now[site] != sites_then[site]]
    then["sites_added"], now["sites_added"] = "", _lines(site for site in sites_now if site not in sites_then)
    then["sites_removed"], now["sites_removed"] = (
        _lines(site for site in sites_then if site not in sites_now),
        "",
    )
    then["site_status"] = _lines(f"{site}: {sites_then[site]}" for site in stayed)
    now["site_status"] = _lines(f"{site}: {sites_now[site]}" for site in stayed)
    told = {code: Change(code=code, before=then[code], after=now[code]) for code in CODES if code in then}
    if _contacts(before) != _contacts(after):
        told["contacts"] = Change(code="contacts", before="", after="")
    return [told[code] for code in CODES if code in told and _differs(told[code])]


def _differs(change: Change) -> bool:
    if change.code == "contacts":
        return True
    # A text that was only broken into lines differently says the same.
    return change.before.split() != change.after.split()


def _told(record: StudyRecord) -> dict[str, str]:
    """Each compared field as text."""
    yes_no = {True: "yes", False: "no", None: ""}
    return {
        "status": record.status,
        "why_stopped": record.why_stopped,
        "started": _day(record.started),
        "primary_completed": _day(record.primary_completed),
        "completed": _day(record.completed),
        "enrolment": "" if record.enrolment is None else str(record.enrolment),
        "brief_title": record.brief_title,
        "official_title": record.official_title,
        "conditions": _lines(record.conditions),
        "interventions": _lines(one.name for one in record.interventions),
        "minimum_age": record.minimum_age,
        "maximum_age": record.maximum_age,
        "sex": record.sex,
        "eligibility": record.eligibility,
        "primary_outcomes": _lines(_outcome(one) for one in record.primary_outcomes),
        "secondary_outcomes": _lines(_outcome(one) for one in record.secondary_outcomes),
        "brief_summary": record.brief_summary,
        "detailed_description": record.detailed_description,
        "sponsor": record.sponsor,
        "has_results": yes_no[record.has_results],
    }


def _sites(record: StudyRecord) -> dict[str, str]:
    """Each site, as its names separated by commas -> its own status."""
    return {_site(one): one.status for one in record.locations}


def _site(one: Location) -> str:
    return ", ".join(name for name in (one.facility, one.city, one.postcode, one.country) if name)


def _contacts(record: StudyRecord) -> set[Contact]:
    at_sites = (contact for one in record.locations for contact in one.contacts)
    return {*record.central_contacts, *record.officials, *at_sites}


def _outcome(one: Outcome) -> str:
    return f"{one.measure} ({one.time_frame})" if one.time_frame else one.measure


def _day(day: PartialDate | None) -> str:
    return day.text if day else ""


def _lines(texts: Iterable[str]) -> str:
    return "\n".join(texts)
