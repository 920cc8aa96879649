"""Antiphospholipid antibodies from dated rows: is each one positive, at what level, and does it persist?

The two criteria sets that read this are antiphospholipid_sydney.py and antiphospholipid_acr_eular.py.
Every determination stays a row: a second positive test confirms the first, it does not replace it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import field
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache

from msgspec import Struct

from gravida.protocol.samples import Circumstance
from gravida.protocol.values import Answer, Comparator, PartialDate, Quantity

# Both sets: two positive tests "at least 12 weeks apart" (Miyakis 2006; Barbhaiya 2023).
PERSISTENCE_DAYS = 84

YES, NO, UNKNOWN = Answer.YES, Answer.NO, Answer.UNKNOWN
_EQUAL, _BELOW, _UP_TO, _ABOVE = Comparator.EQUAL, Comparator.BELOW, Comparator.UP_TO, Comparator.ABOVE


class Antibody(StrEnum):
    """What is looked for; the five of both criteria sets."""

    LUPUS_ANTICOAGULANT = "lupus_anticoagulant"
    CARDIOLIPIN_IGG = "anticardiolipin_igg"
    CARDIOLIPIN_IGM = "anticardiolipin_igm"
    BETA2GPI_IGG = "anti_beta2gpi_igg"
    BETA2GPI_IGM = "anti_beta2gpi_igm"


class Assay(StrEnum):
    """How a solid-phase antibody was measured: the levels of ACR/EULAR are stated for ELISA."""

    ELISA = "elisa"
    CLIA = "clia"
    FEIA = "feia"
    MULTIPLEX = "multiplex"
    UNKNOWN = "unknown"


class AntibodyTest(Struct, frozen=True, gc=False):
    """One determination of one antibody on one sample.

    Lupus anticoagulant has `positive` (UNKNOWN: doubtful). The others have `titre`, in units of the assay,
    and the laboratory's own 99th percentile where it gives one.
    """

    antibody: Antibody
    on: PartialDate | None
    positive: Answer = UNKNOWN
    titre: Quantity | None = None
    percentile_99: Decimal | None = None
    assay: Assay = Assay.UNKNOWN
    circumstances: frozenset[Circumstance] = frozenset()


class AssayLevels(Struct, frozen=True, kw_only=True, gc=False):
    """From which titre this laboratory's assay is moderate and high, where it is not ELISA."""

    assay: Assay
    antibody: Antibody
    moderate_from: Decimal
    high_from: Decimal
    source: str


class Reading(Struct, frozen=True, kw_only=True, gc=False):
    """What the published criteria leave to the centre: samples to trust, bounds for what is not told.

    `void` and `void_for_lupus_anticoagulant` name circumstances whose samples decide nothing.
    `percentile_99_between`: no laboratory's 99th percentile lies outside; used only where it is not told.
    """

    void: frozenset[Circumstance]
    void_for_lupus_anticoagulant: frozenset[Circumstance]
    percentile_99_between: tuple[Decimal, Decimal]
    assay_levels: tuple[AssayLevels, ...] = ()

    def trusts(self, test: AntibodyTest) -> bool:
        """Whether the sample was taken in circumstances that let its result be read."""
        if not test.circumstances:
            return True
        if Circumstance.OTHER in test.circumstances:
            return False
        is_lupus = test.antibody is Antibody.LUPUS_ANTICOAGULANT
        void = self.void | self.void_for_lupus_anticoagulant if is_lupus else self.void
        return void.isdisjoint(test.circumstances)


class Occasion(Struct, frozen=True, gc=False):
    """A trusted test as one criterion reads it: when, and whether it is positive."""

    on: PartialDate | None
    positive: Answer
    test: AntibodyTest


class Standing(StrEnum):
    """Where one antibody stands after all its tests."""

    PERSISTENT = "persistent"  # positive twice, at least 12 weeks apart
    UNCONFIRMED = "unconfirmed"  # positive once, or twice within 12 weeks: a repeat decides
    TRANSIENT = "transient"  # positive, and negative at least 12 weeks later
    UNCERTAIN = "uncertain"  # tested, and the result cannot be placed
    NEGATIVE = "negative"  # tested, never positive
    UNINTERPRETABLE = "uninterpretable"  # tested only in circumstances that void the result
    NOT_TESTED = "not_tested"


SETTLED_WITHOUT = (Standing.TRANSIENT, Standing.NEGATIVE)


class Points(Struct, frozen=True, gc=False):
    """A score, fewest and most, where some items are not known."""

    fewest: int
    most: int

    def at_least(self, wanted: int) -> Answer:
        if self.fewest >= wanted:
            return YES
        return UNKNOWN if self.most >= wanted else NO

    def __str__(self) -> str:
        return str(self.fewest) if self.fewest == self.most else f"{self.fewest}..{self.most}"


class Reason(StrEnum):
    """Why a verdict is what it is."""

    MET = "met"
    NO_CLINICAL_CRITERION = "no_clinical_criterion"
    CLINICAL_UNCERTAIN = "clinical_uncertain"
    ANTIBODIES_NEGATIVE = "antibodies_negative"
    NOT_PERSISTENT = "not_persistent"
    UNCONFIRMED = "unconfirmed"
    LEVEL_UNCERTAIN = "level_uncertain"
    UNINTERPRETABLE = "uninterpretable"
    NOT_TESTED = "not_tested"
    TOO_SOON_AFTER_EVENT = "too_soon_after_event"
    OVER_FIVE_YEARS_FROM_EVENT = "over_five_years_from_event"
    DATE_UNCERTAIN = "date_uncertain"
    ENTRY_WITHOUT_ANTIBODY = "entry_without_antibody"
    ENTRY_OVER_THREE_YEARS = "entry_over_three_years"
    CLINICAL_POINTS_BELOW_THREE = "clinical_points_below_three"
    LABORATORY_POINTS_BELOW_THREE = "laboratory_points_below_three"


class Need(Struct, frozen=True, gc=False):
    """One thing that would settle a verdict: which item, why it is open, and from which day it can be had."""

    item: str  # an Antibody, or the code of a clinical criterion
    because: Reason
    due: date | None = None


@lru_cache(maxsize=256)
def clinical_uncertain(criterion: str) -> Need:
    """The need of a clinical criterion that cannot be told."""
    return Need(criterion, Reason.CLINICAL_UNCERTAIN)


class Verdict(Struct, frozen=True, kw_only=True, gc=False):
    """What one criteria set says of one woman.

    `clinical` and `laboratory` are the criteria met; `tests` the determinations that decided.
    Points are None under Sydney 2006, which has none.
    """

    criteria_set: str
    answer: Answer
    reasons: tuple[Reason, ...]
    clinical: tuple[str, ...] = ()
    laboratory: tuple[str, ...] = ()
    clinical_points: Points | None = None
    laboratory_points: Points | None = None
    needs: tuple[Need, ...] = ()
    tests: tuple[AntibodyTest, ...] = ()
    standings: dict[Antibody, Standing] = field(default_factory=dict)


def exceeds(titre: Quantity, limit: Decimal) -> Answer:
    """Whether a titre, perhaps told as `< 10` or `> 120`, lies above a limit."""
    value, sign = titre.value, titre.comparator
    if sign is _EQUAL:
        return YES if value > limit else NO
    if sign in (_BELOW, _UP_TO):
        return NO if value <= limit else UNKNOWN
    surely = value >= limit if sign is _ABOVE else value > limit
    return YES if surely else UNKNOWN


def reaches(titre: Quantity, limit: Decimal) -> Answer:
    """Whether a titre lies at a limit or above it."""
    value, sign = titre.value, titre.comparator
    if sign is _EQUAL:
        return YES if value >= limit else NO
    if sign in (_BELOW, _UP_TO):
        below = value <= limit if sign is _BELOW else value < limit
        return NO if below else UNKNOWN
    return YES if value >= limit else UNKNOWN


def above_percentile_99(test: AntibodyTest, reading: Reading) -> Answer:
    """Whether the titre exceeds the laboratory's 99th percentile, by its plausible bounds where not told."""
    if test.titre is None:
        return UNKNOWN
    if test.percentile_99 is not None:
        return exceeds(test.titre, test.percentile_99)
    lowest, highest = reading.percentile_99_between
    if exceeds(test.titre, highest) is YES:
        return YES
    return NO if exceeds(test.titre, lowest) is NO else UNKNOWN


def apart(first: PartialDate | None, second: PartialDate | None, days: int = PERSISTENCE_DAYS) -> Answer:
    """Whether two days lie at least so many days from each other, whichever comes first."""
    if first is None or second is None:
        return UNKNOWN
    fewest = (second.earliest - first.latest).days
    most = (second.latest - first.earliest).days
    if fewest >= days or most <= -days:
        return YES
    return NO if most < days and fewest > -days else UNKNOWN


def within_years(event: PartialDate | None, test: PartialDate | None, years: int) -> Answer:
    """Whether a test lies at most so many calendar years before or after an event."""
    if event is None or test is None:
        return UNKNOWN
    first_certain = event.latest <= test.earliest or years_later(event.latest, -years) <= test.earliest
    last_certain = not is_beyond(test.latest, event.earliest, years)
    if first_certain and last_certain:
        return YES
    too_late = not last_certain and is_beyond(test.earliest, event.latest, years)
    too_early = not first_certain and test.latest < years_later(event.earliest, -years)
    return NO if too_late or too_early else UNKNOWN


def is_beyond(day: date, start: date, years: int) -> bool:
    """Whether a day lies more than so many calendar years after another."""
    days = (day - start).days
    if 365 * years < days <= 366 * years:  # only then does it matter where leap days lie
        return day > years_later(start, years)
    return days > 365 * years


def years_later(day: date, years: int) -> date:
    """The same day so many years on; 29 February becomes 28 February where the year has none."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def persists(occasions: Sequence[Occasion]) -> Answer:
    """Whether two of these occasions are positive at least 12 weeks apart."""
    found = NO
    for place, first in enumerate(occasions):
        if first.positive is NO:
            continue
        for second in occasions[place + 1 :]:
            pair = first.positive & second.positive & apart(first.on, second.on)
            if pair is YES:
                return YES
            found = found | pair
    return found


def awaits_repeat(occasion: Occasion, occasions: Iterable[Occasion]) -> bool:
    """Whether no negative test at least 12 weeks later has answered a positive, or perhaps positive, one."""
    if occasion.positive is NO:
        return False
    negatives = [other.on for other in occasions if other.positive is NO]
    return not negatives or YES not in [later_by(occasion.on, on) for on in negatives]


def later_by(first: PartialDate | None, second: PartialDate | None) -> Answer:
    """Whether the second day lies at least 12 weeks after the first."""
    if first is None or second is None:
        return UNKNOWN
    if (second.earliest - first.latest).days >= PERSISTENCE_DAYS:
        return YES
    return UNKNOWN if (second.latest - first.earliest).days >= PERSISTENCE_DAYS else NO


def standing(tests: Sequence[AntibodyTest], occasions: Sequence[Occasion]) -> Standing:
    """Where an antibody stands: `tests` are all its rows, `occasions` the trusted ones as read."""
    if not occasions:
        return Standing.UNINTERPRETABLE if tests else Standing.NOT_TESTED
    positives = [occasion for occasion in occasions if occasion.positive is not NO]
    if not positives:
        return Standing.NEGATIVE
    if persists(positives) is YES:
        return Standing.PERSISTENT
    open_ones = [occasion.positive for occasion in positives if awaits_repeat(occasion, occasions)]
    if YES in open_ones:
        return Standing.UNCONFIRMED
    return Standing.UNCERTAIN if open_ones else Standing.TRANSIENT


def repeat_due(occasions: Iterable[Occasion]) -> date | None:
    """From which day a repeat can confirm: 12 weeks after the latest positive test whose day is known."""
    days = [one.on.latest for one in occasions if one.positive is not NO and one.on is not None]
    return max(days) + timedelta(days=PERSISTENCE_DAYS) if days else None


NEED_OF_STANDING = {
    Standing.UNCONFIRMED: Reason.UNCONFIRMED,
    Standing.UNCERTAIN: Reason.LEVEL_UNCERTAIN,
    Standing.UNINTERPRETABLE: Reason.UNINTERPRETABLE,
    Standing.NOT_TESTED: Reason.NOT_TESTED,
}
