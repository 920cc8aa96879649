"""What the fields of a record say, once for both languages: kind, state, chance, masking, people."""

import re
from dataclasses import dataclass
from enum import Enum

from gravida.find.record import StudyRecord

_RANDOM = re.compile(r"(?<!non-)(?<!non )\brandomi[sz]ed\b", re.IGNORECASE)
_DOUBLE_BLIND = re.compile(r"\b(?:double|triple|quadruple)[- ](?:blind|mask)", re.IGNORECASE)
_BOTH_MASKED = {"TRIPLE", "QUADRUPLE"}  # DOUBLE does not say which two sides
ADULT_MONTHS, TEENAGER_MONTHS, BABY_MONTHS = 18 * 12, 12 * 12, 24


class State(Enum):
    """Where a study stands, as far as somebody who reads about it is concerned."""

    OPEN = "open"  # it takes people, or will
    UNDER_WAY = "under way"
    OVER = "over"
    NEVER = "never"  # withdrawn before anybody took part
    UNKNOWN = "unknown"


class People(Enum):
    """Whom a study takes."""

    WOMEN = "women"
    MEN = "men"
    GIRLS = "girls"
    BOYS = "boys"
    WOMEN_AND_GIRLS = "women and girls"
    MEN_AND_BOYS = "men and boys"
    ADULTS = "adults"
    CHILDREN = "children"
    BABIES = "babies"
    ANYBODY = "people"


_STATES = {
    "RECRUITING": State.OPEN,
    "NOT_YET_RECRUITING": State.OPEN,
    "ENROLLING_BY_INVITATION": State.OPEN,
    "AVAILABLE": State.OPEN,
    "ACTIVE_NOT_RECRUITING": State.UNDER_WAY,
    "SUSPENDED": State.UNDER_WAY,
    "TEMPORARILY_NOT_AVAILABLE": State.UNDER_WAY,
    "COMPLETED": State.OVER,
    "TERMINATED": State.OVER,
    "NO_LONGER_AVAILABLE": State.OVER,
    "APPROVED_FOR_MARKETING": State.OVER,
    "WITHDRAWN": State.NEVER,
}


@dataclass(frozen=True, kw_only=True)
class StudyFacts:
    """A record's fields as a plain text needs them."""

    is_trial: bool  # something is tested on people
    is_observational: bool
    is_access: bool  # a treatment outside a study
    state: State
    people: People | None
    is_by_chance: bool
    has_placebo: bool
    is_one_group: bool
    is_blind: bool  # neither those who take part nor the team know
    is_partly_blind: bool
    is_open_label: bool

    @property
    def is_past(self) -> bool:
        return self.state in (State.OVER, State.NEVER)

    @property
    def is_closed(self) -> bool:
        """Whether nobody new can join now, for good or for a time."""
        return self.is_past or self.state is State.UNDER_WAY


def facts_of(record: StudyRecord) -> StudyFacts:
    """The facts of a record; what it does not say, or says both ways, is False or None."""
    titles = f"{record.brief_title}\n{record.official_title}"
    is_trial = record.study_type == "INTERVENTIONAL"
    says_double_blind = bool(_DOUBLE_BLIND.search(titles))
    is_blind = is_trial and (
        record.masking in _BOTH_MASKED or (says_double_blind and record.masking != "NONE")
    )
    random = record.allocation == "RANDOMIZED" or (not record.allocation and bool(_RANDOM.search(titles)))
    return StudyFacts(
        is_trial=is_trial,
        is_observational=record.study_type == "OBSERVATIONAL",
        is_access=record.study_type == "EXPANDED_ACCESS",
        state=_STATES.get(record.status, State.UNKNOWN),
        people=_people(record),
        is_by_chance=is_trial and random,
        has_placebo=is_trial and _has_placebo(record),
        is_one_group=is_trial and record.allocation == "NA",
        is_blind=is_blind,
        is_partly_blind=is_trial and not is_blind and record.masking in ("SINGLE", "DOUBLE"),
        is_open_label=is_trial and record.masking == "NONE" and not says_double_blind,
    )


def _has_placebo(record: StudyRecord) -> bool:
    named = any("placebo" in one.name.lower() for one in record.interventions)
    return named or "PLACEBO_COMPARATOR" in record.arm_kinds


def _people(record: StudyRecord) -> People | None:
    low, high = record.minimum_age_months, record.maximum_age_months
    if high is not None and high < ADULT_MONTHS:
        is_baby = high <= BABY_MONTHS
        young = {"FEMALE": People.GIRLS, "MALE": People.BOYS}
        return People.BABIES if is_baby else young.get(record.sex, People.CHILDREN)
    takes_children = low is not None and low < TEENAGER_MONTHS
    if record.sex == "FEMALE":
        return People.WOMEN_AND_GIRLS if takes_children else People.WOMEN
    if record.sex == "MALE":
        return People.MEN_AND_BOYS if takes_children else People.MEN
    if record.sex != "ALL" and low is None and high is None:
        return None
    return People.ADULTS if low is not None and low >= ADULT_MONTHS else People.ANYBODY
