"""The words for codes that records and searches carry; each code has its words, in each language."""

import datetime

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from gravida.find.gazetteer import country_in
from gravida.find.record import PartialDate, StudyRecord

Words = dict[str, str | Promise]

STATUS: Words = {
    "RECRUITING": gettext_lazy("Recruiting"),
    "NOT_YET_RECRUITING": gettext_lazy("Not open yet"),
    "ENROLLING_BY_INVITATION": gettext_lazy("By invitation only"),
    "ACTIVE_NOT_RECRUITING": gettext_lazy("Under way, no longer recruiting"),
    "COMPLETED": gettext_lazy("Finished"),
    "SUSPENDED": gettext_lazy("Paused"),
    "TERMINATED": gettext_lazy("Stopped early"),
    "WITHDRAWN": gettext_lazy("Withdrawn before it began"),
    "AVAILABLE": gettext_lazy("Access open"),
    "NO_LONGER_AVAILABLE": gettext_lazy("Access closed"),
    "TEMPORARILY_NOT_AVAILABLE": gettext_lazy("Access paused"),
    "APPROVED_FOR_MARKETING": gettext_lazy("Treatment now approved"),
    "WITHHELD": gettext_lazy("Details withheld"),
    "UNKNOWN": gettext_lazy("Status not confirmed for two years"),
}
# Choices of the status filter: one status each, or several that mean the same to someone looking.
STATUS_CHOICE: dict[str, tuple[str, ...]] = {
    "RECRUITING": ("RECRUITING",),
    "NOT_YET_RECRUITING": ("NOT_YET_RECRUITING",),
    "ENROLLING_BY_INVITATION": ("ENROLLING_BY_INVITATION",),
    "ACTIVE_NOT_RECRUITING": ("ACTIVE_NOT_RECRUITING",),
    "COMPLETED": ("COMPLETED",),
    "STOPPED": ("TERMINATED", "SUSPENDED", "WITHDRAWN"),
    "UNKNOWN": ("UNKNOWN",),
    "ACCESS": (
        "AVAILABLE", "TEMPORARILY_NOT_AVAILABLE", "NO_LONGER_AVAILABLE", "APPROVED_FOR_MARKETING", "WITHHELD",
    ),
}  # fmt: skip
STATUS_CHOICE_WORDS: Words = {
    "STOPPED": gettext_lazy("Stopped, paused or withdrawn"),
    "UNKNOWN": gettext_lazy("Not confirmed for two years"),
    "ACCESS": gettext_lazy("Access outside a study"),
}
OPEN_STATUSES = ("RECRUITING", "AVAILABLE")
CLOSED_STATUSES = ("COMPLETED", "TERMINATED", "WITHDRAWN", "NO_LONGER_AVAILABLE", "SUSPENDED")

SEX: Words = {
    "FEMALE": gettext_lazy("Women"),
    "MALE": gettext_lazy("Men"),
    "ALL": gettext_lazy("Women and men"),
}

STUDY_TYPE: Words = {
    "OBSERVATIONAL": gettext_lazy("Observational: no treatment is tested"),
    "INTERVENTIONAL": gettext_lazy("A treatment or an action is tested"),
    "EXPANDED_ACCESS": gettext_lazy("Access to a treatment outside a study"),
}

PHASE: Words = {
    "EARLY_PHASE1": gettext_lazy("early phase 1"),
    "PHASE1": gettext_lazy("phase 1"),
    "PHASE2": gettext_lazy("phase 2"),
    "PHASE3": gettext_lazy("phase 3"),
    "PHASE4": gettext_lazy("phase 4"),
}

LANGUAGE: Words = {
    "fr": gettext_lazy("French"),
    "en": gettext_lazy("English"),
    "ar": gettext_lazy("Arabic"),
    "de": gettext_lazy("German"),
    "es": gettext_lazy("Spanish"),
    "it": gettext_lazy("Italian"),
    "pt": gettext_lazy("Portuguese"),
}

CRITERION: Words = {
    "words": gettext_lazy("your words"),
    "near": gettext_lazy("the distance"),
    "age": gettext_lazy("your age"),
    "sex": gettext_lazy("women or men"),
    "status": gettext_lazy("the status"),
    "study_type": gettext_lazy("the kind of study"),
    "no_treatment": gettext_lazy("“no treatment tested”"),
    "team_language": gettext_lazy("the language of the team"),
}


def of(table: Words, code: str) -> str:
    """The words for a code; a code the registry has added since, readable rather than lost."""
    return str(table.get(code) or code.replace("_", " ").capitalize())


def day(date: PartialDate) -> str:
    """A registry date in the reader's language: 24 October 2022, October 2022, 2022."""
    parts = [int(part) for part in date.text.split("-")]
    if len(parts) == 1:
        return date.text
    if len(parts) == 2:
        return date_format(datetime.date(parts[0], parts[1], 1), "F Y")
    return date_format(datetime.date(parts[0], parts[1], parts[2]), "j F Y")


def ages(record: StudyRecord) -> str:
    """Who may join by age: 18 to 50 years; empty when the record does not say."""
    low, high = record.minimum_age_months, record.maximum_age_months
    if low is None and high is None:
        return ""
    if high is None:
        return _("%(age)s and older") % {"age": age(record.minimum_age)}
    if low is None:
        return _("up to %(age)s") % {"age": age(record.maximum_age)}
    low_number, low_unit = _parts(record.minimum_age)
    _high_number, high_unit = _parts(record.maximum_age)
    if low_unit == high_unit:
        return _("%(low)s to %(high)s") % {"low": low_number, "high": age(record.maximum_age)}
    return _("%(low)s to %(high)s") % {"low": age(record.minimum_age), "high": age(record.maximum_age)}


def _parts(written: str) -> tuple[int, str]:
    """`18 Years` as 18 and `year`; singular, lower case."""
    number, _space, unit = written.partition(" ")
    return (int(number) if number.isdigit() else 0), unit.lower().rstrip("s")


def age(written: str) -> str:
    """`18 Years` in the reader's language; as written where the unit is unknown."""
    number, unit = _parts(written)
    forms = {
        "year": ngettext("%(n)s year", "%(n)s years", number),
        "month": ngettext("%(n)s month", "%(n)s months", number),
        "week": ngettext("%(n)s week", "%(n)s weeks", number),
        "day": ngettext("%(n)s day", "%(n)s days", number),
        "hour": ngettext("%(n)s hour", "%(n)s hours", number),
        "minute": ngettext("%(n)s minute", "%(n)s minutes", number),
    }
    return forms[unit] % {"n": number} if unit in forms else written


def kind(record: StudyRecord) -> str:
    """What kind of study: for a trial with its phase; never a phase for an observational one."""
    if record.study_type != "INTERVENTIONAL":
        return of(STUDY_TYPE, record.study_type) if record.study_type else ""
    phases = [of(PHASE, phase) for phase in record.phases if phase in PHASE]
    if not phases:
        return of(STUDY_TYPE, "INTERVENTIONAL")
    return _("A treatment is tested (%(phase)s)") % {"phase": ", ".join(phases)}


def town(city: str, country: str) -> str:
    """A town with its country in the reader's language; what is not given is left out."""
    return ", ".join(part for part in (city, country_in(get_language() or "en", country)) if part)


def distance(kilometres: float) -> str:
    """A distance as people say it; in tens beyond a hundred, a town's middle is no better known."""
    if kilometres < 1:
        return _("less than 1 km away")
    return _("%(n)s km away") % {"n": round(kilometres) if kilometres < 100 else round(kilometres / 10) * 10}
