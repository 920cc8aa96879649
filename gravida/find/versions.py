"""What changed from one version of a study's record to the next, in words."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gravida.find import words
from gravida.find.models import RecordVersion
from gravida.find.record import PartialDate, StudyRecord
from gravida.find.registry.changes import Change, changes_between

LABEL: words.Words = {
    "status": gettext_lazy("Status"),
    "why_stopped": gettext_lazy("Reason given for stopping"),
    "started": gettext_lazy("Start"),
    "primary_completed": gettext_lazy("End of the main measurements"),
    "completed": gettext_lazy("Expected end"),
    "enrolment": gettext_lazy("People planned"),
    "sites_added": gettext_lazy("Places added"),
    "sites_removed": gettext_lazy("Places taken out"),
    "site_status": gettext_lazy("Status of places"),
    "contacts": gettext_lazy("The contact of the team changed"),
    "brief_title": gettext_lazy("The brief title was reworded"),
    "official_title": gettext_lazy("The official title was reworded"),
    "conditions": gettext_lazy("Conditions"),
    "interventions": gettext_lazy("What is studied or tested"),
    "minimum_age": gettext_lazy("Youngest age"),
    "maximum_age": gettext_lazy("Oldest age"),
    "sex": gettext_lazy("Open to"),
    "eligibility": gettext_lazy("The criteria for taking part were reworded"),
    "primary_outcomes": gettext_lazy("The main outcomes were reworded"),
    "secondary_outcomes": gettext_lazy("The other outcomes were reworded"),
    "brief_summary": gettext_lazy("The summary was reworded"),
    "detailed_description": gettext_lazy("The description was reworded"),
    "sponsor": gettext_lazy("Sponsor"),
    "has_results": gettext_lazy("Results were posted"),
}
# Long texts, and what is nobody's business: told to have changed, not from what to what.
FACT_ONLY = {
    "contacts", "brief_title", "official_title", "eligibility", "primary_outcomes", "secondary_outcomes",
    "brief_summary", "detailed_description", "has_results",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class ChangeInWords:
    """One thing that changed; before and after are empty where only the fact of a change is told."""

    label: str
    before: str = ""
    after: str = ""


@dataclass(frozen=True, kw_only=True)
class VersionStep:
    """What one version changed against the one before it."""

    heading: str
    changes: list[ChangeInWords]


def version_steps(versions: Sequence[RecordVersion]) -> list[VersionStep]:
    """The steps between versions, newest first, as versions come; a step without change is left out."""
    steps = [_step(newer, older) for newer, older in pairwise(versions)]
    return [step for step in steps if step.changes]


def _step(newer: RecordVersion, older: RecordVersion) -> VersionStep:
    record = newer.record
    changes = changes_between(older.record, record)
    if RecordVersion.Source.BUNDLED in (newer.source, older.source):
        # A bundled version holds only what could be read, in our own sentences: a field it lacks has not
        # changed, and its texts are not the registry's.
        told = (change for change in changes if change.code not in FACT_ONLY)
        changes = [change for change in told if change.before and change.after]
    return VersionStep(heading=_heading(record), changes=[_in_words(change) for change in changes])


def _heading(record: StudyRecord) -> str:
    date = record.updated or record.verified
    return _("Record of %(date)s") % {"date": words.day(date)} if date else _("A newer record")


def _in_words(change: Change) -> ChangeInWords:
    label = words.of(LABEL, change.code)
    if change.code in FACT_ONLY:
        return ChangeInWords(label=label)
    told = TOLD.get(change.code, _listed)
    return ChangeInWords(
        label=label,
        before=told(change.before) if change.before else "",
        after=told(change.after) if change.after else _("no longer given"),
    )


def _listed(text: str) -> str:
    return ", ".join(text.splitlines())


def _day(text: str) -> str:
    return words.day(PartialDate(text=text))


def _site_statuses(text: str) -> str:
    """`Hospital, Lyon: RECRUITING` with the status in words."""
    sites = (line.rpartition(": ") for line in text.splitlines())
    return "; ".join(f"{site}: {words.of(words.STATUS, status)}" for site, _colon, status in sites)


TOLD: dict[str, Callable[[str], str]] = {
    "status": lambda code: words.of(words.STATUS, code),
    "sex": lambda code: words.of(words.SEX, code),
    "started": _day,
    "primary_completed": _day,
    "completed": _day,
    "minimum_age": words.age,
    "maximum_age": words.age,
    "site_status": _site_statuses,
}
