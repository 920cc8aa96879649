"""Rule R-DATE: day 0 of a pregnancy, and its gestational ages at the arrest, the diagnosis and the end.

Day 0 is the first day of the last menstrual period or its equivalent. Ages are days of amenorrhoea.
"""

import math
from collections.abc import Callable
from datetime import timedelta
from enum import Enum

from msgspec import Struct

from gravida.protocol.obstetrics import ConceptusFacts, DatingBasis, PregnancyFacts
from gravida.protocol.values import (
    CONCEPTION_AFTER_PERIOD_DAYS,
    GestationalAge,
    PartialDate,
)

LONGEST_PREGNANCY_DAYS = 44 * 7
_LAST_PERIOD, _TOLD_AT_END = DatingBasis.LAST_PERIOD, DatingBasis.TOLD_AT_END
DUE_AFTER_DAYS = 280
FRENCH_TERM_AFTER_DAYS = 41 * 7
# The last period is kept where an early scan agrees with it within a week. To be confirmed by the centre.
SCAN_AGREES_WITHIN_DAYS = 7


class DatingProblem(Enum):
    """Why the dates of a pregnancy cannot all be true."""

    ENDS_BEFORE_DAY_ZERO = "ends before day 0"
    LASTS_OVER_44_WEEKS = "lasts over 44 weeks"
    TOLD_AGE_DISAGREES = "told age disagrees with the dates"


class ImpossibleDates(Exception):
    """Two dates cannot both be true of one pregnancy."""

    def __init__(self, problem: DatingProblem, day_zero: PartialDate, day: PartialDate) -> None:
        super().__init__(f"day 0 {day_zero}, then {day}: {problem.value}; wanted 0 to 308 days between them")
        self.problem, self.day_zero, self.day = problem, day_zero, day


class DayZero(Struct, frozen=True, gc=False):
    """Day 0 of a pregnancy and what it rests on."""

    on: PartialDate
    basis: DatingBasis


class AgeAt(Enum):
    """Which of its ages: definitions differ in the one that they compare with their limit."""

    __hash__ = object.__hash__  # members are single objects; rules look them up all the time

    END = "end"
    DIAGNOSIS = "diagnosis"
    ARREST = "arrest"


_END, _DIAGNOSIS, _ARREST = AgeAt.END, AgeAt.DIAGNOSIS, AgeAt.ARREST


class Dating(Struct, frozen=True, gc=False):
    """What R-DATE gives for one pregnancy; None where nothing says it.

    `spans`: fewest and most days at each point, told or inferred from the others.
    """

    day_zero: DayZero | None
    at_end: GestationalAge | None
    at_diagnosis: GestationalAge | None
    at_arrest: GestationalAge | None
    spans: dict[AgeAt, tuple[int, int]]
    problems: tuple[DatingProblem, ...] = ()


def age_days_by_crown_rump_length(length_mm: float) -> float:
    """Gestational age in days (not rounded) of an embryo of this length.

    ValueError outside 2..84 mm, where the first-trimester curve does not hold.
    Source: Robinson and Fleming, Br J Obstet Gynaecol 1975;82:702: 8.052 sqrt(1.037 length) + 23.73.
    """
    if not 2 <= length_mm <= 84:
        raise ValueError(f"crown-rump length {length_mm} mm: need 2 to 84 mm")
    return 8.052 * math.sqrt(1.037 * length_mm) + 23.73


def gestational_age(day_zero: PartialDate, day: PartialDate) -> GestationalAge:
    """The age on `day`. ImpossibleDates where it is below 0 or over 44 weeks for certain."""
    fewest, most = (day.earliest - day_zero.latest).days, (day.latest - day_zero.earliest).days
    if most < 0:
        raise ImpossibleDates(DatingProblem.ENDS_BEFORE_DAY_ZERO, day_zero, day)
    if fewest > LONGEST_PREGNANCY_DAYS:
        raise ImpossibleDates(DatingProblem.LASTS_OVER_44_WEEKS, day_zero, day)
    return GestationalAge.spanning(max(0, fewest), most)


def due_on(day_zero: PartialDate) -> PartialDate:
    """The estimated date of delivery, 40+0."""
    return day_zero.shifted(DUE_AFTER_DAYS)


def french_term_on(day_zero: PartialDate) -> PartialDate:
    """The day that French records call "terme", 41+0."""
    return day_zero.shifted(FRENCH_TERM_AFTER_DAYS)


def day_zero_from_fertilisation(day: PartialDate) -> PartialDate:
    """Day 0 from the day of oocyte retrieval or insemination: two weeks earlier."""
    return day.shifted(-CONCEPTION_AFTER_PERIOD_DAYS)


def day_zero_from_transfer(day: PartialDate, embryo_age_days: int) -> PartialDate:
    """Day 0 from the transfer of an embryo of so many days."""
    return day.shifted(-CONCEPTION_AFTER_PERIOD_DAYS - embryo_age_days)


def day_zero(pregnancy: PregnancyFacts) -> DayZero | None:
    """Day 0 by the basis recorded, or else by the first that the facts allow; None where none does.

    Order: fertilisation, transfer, last period confirmed by an early scan, early scan, last period,
    age told at the end. Where the basis is "hCG only" no day 0 exists.
    """
    recorded = pregnancy.dating_basis
    if recorded is DatingBasis.HCG_ONLY:
        return None
    if recorded is not None and recorded in _RULES and (day := _RULES[recorded](pregnancy)) is not None:
        return DayZero(day, recorded)
    if (day := _by_fertilisation(pregnancy)) is not None:
        return DayZero(day, DatingBasis.FERTILISATION)
    if (day := _by_transfer(pregnancy)) is not None:
        return DayZero(day, DatingBasis.TRANSFER)
    return _by_period_or_scan(pregnancy) or _from_told_age(pregnancy)


def _by_period_or_scan(pregnancy: PregnancyFacts) -> DayZero | None:
    """The last period goes before a scan that confirms it; a scan that does not goes before it."""
    period, scan = _by_last_period(pregnancy), _by_scan(pregnancy)
    if period is not None and (scan is None or _agree(period, scan)):
        return DayZero(period, _LAST_PERIOD)
    return None if scan is None else DayZero(scan, DatingBasis.CROWN_RUMP_LENGTH)


def _agree(period: PartialDate, scan: PartialDate) -> bool:
    """Whether day 0 by the last period and by a scan agree for certain."""
    fewest, most = (scan.earliest - period.latest).days, (scan.latest - period.earliest).days
    return fewest >= -SCAN_AGREES_WITHIN_DAYS and most <= SCAN_AGREES_WITHIN_DAYS


def _by_last_period(pregnancy: PregnancyFacts) -> PartialDate | None:
    return None if pregnancy.last_period_is_reliable is False else pregnancy.last_period_on


def _by_fertilisation(pregnancy: PregnancyFacts) -> PartialDate | None:
    day = pregnancy.fertilised_on
    return None if day is None else day_zero_from_fertilisation(day)


def _by_transfer(pregnancy: PregnancyFacts) -> PartialDate | None:
    day, embryo_age = pregnancy.transferred_on, pregnancy.embryo_age_days
    return None if day is None or embryo_age is None else day_zero_from_transfer(day, embryo_age)


def _by_scan(pregnancy: PregnancyFacts) -> PartialDate | None:
    day, length_mm = pregnancy.scanned_on, pregnancy.scan_crown_rump_length_mm
    if day is None or length_mm is None or not 2 <= length_mm <= 84:
        return None
    return day.shifted(-round(age_days_by_crown_rump_length(length_mm)))


def _by_told_age(pregnancy: PregnancyFacts) -> PartialDate | None:
    end, age = pregnancy.ended_on, pregnancy.told_age
    if end is None or age is None:
        return None
    return PartialDate(end.earliest - timedelta(age.max_days), end.latest - timedelta(age.min_days))


def _from_told_age(pregnancy: PregnancyFacts) -> DayZero | None:
    day = _by_told_age(pregnancy)
    return None if day is None else DayZero(day, _TOLD_AT_END)


_RULES: dict[DatingBasis, Callable[[PregnancyFacts], PartialDate | None]] = {
    DatingBasis.FERTILISATION: _by_fertilisation,
    DatingBasis.TRANSFER: _by_transfer,
    DatingBasis.CROWN_RUMP_LENGTH: _by_scan,
    DatingBasis.LAST_PERIOD: _by_last_period,
    DatingBasis.TOLD_AT_END: _by_told_age,
}


def dating(pregnancy: PregnancyFacts) -> Dating:
    """Day 0 and the three ages of one pregnancy, with what cannot be true among its dates."""
    start = day_zero(pregnancy)
    problems: list[DatingProblem] = []
    at_end = _narrowed(_age_on(start, pregnancy.ended_on, problems), pregnancy.told_age, problems)
    if start is not None and start.basis is _TOLD_AT_END:
        at_end = pregnancy.told_age  # the way back over partial dates would only blur what was told
    at_diagnosis = _narrowed(
        _age_on(start, pregnancy.diagnosed_on, problems), pregnancy.diagnosis_age, problems
    )
    at_arrest = pregnancy.arrest_age or _arrest_age(pregnancy)
    spans = {
        _END: _span(at_end, at_diagnosis or at_arrest),
        _DIAGNOSIS: _span(at_diagnosis or at_end, at_arrest),
        _ARREST: _span(at_arrest or at_diagnosis or at_end, None),
    }
    return Dating(start, at_end, at_diagnosis, at_arrest, spans, tuple(problems))


def _span(known: GestationalAge | None, earlier: GestationalAge | None) -> tuple[int, int]:
    """Fewest and most days of amenorrhoea.

    Arrest, diagnosis and end follow one another. Where the point named was not recorded, the next later one
    stands in, as the authors of the definitions had to do; an earlier one gives the lower bound.
    """
    if known is not None:
        return known.min_days, known.max_days
    return (0 if earlier is None else earlier.min_days), LONGEST_PREGNANCY_DAYS


def _age_on(
    start: DayZero | None, day: PartialDate | None, problems: list[DatingProblem]
) -> GestationalAge | None:
    if start is None or day is None:
        return None
    try:
        return gestational_age(start.on, day)
    except ImpossibleDates as error:
        problems.append(error.problem)
        return None


def _narrowed(
    computed: GestationalAge | None, told: GestationalAge | None, problems: list[DatingProblem]
) -> GestationalAge | None:
    """What dates and memory leave possible together; the dates alone where they exclude each other."""
    if computed is None or told is None:
        return computed or told
    low, high = max(computed.min_days, told.min_days), min(computed.max_days, told.max_days)
    if low <= high:
        return GestationalAge.spanning(low, high, told.convention)
    # A day more or less is rounding, not contradiction.
    if low - high > 6:
        problems.append(DatingProblem.TOLD_AGE_DISAGREES)
    return computed


def _arrest_age(pregnancy: PregnancyFacts) -> GestationalAge | None:
    """Age at arrest by size; of several fetuses the one that went furthest."""
    ages = [age for fetus in pregnancy.conceptuses if (age := _age_by_size(fetus)) is not None]
    return GestationalAge.spanning(max(ages), max(ages)) if ages else None


def _age_by_size(fetus: ConceptusFacts) -> int | None:
    length_mm, sac_mm = fetus.crown_rump_length_mm, fetus.mean_sac_diameter_mm
    if length_mm is not None and 2 <= length_mm <= 84:
        return round(age_days_by_crown_rump_length(length_mm))
    # Sac diameter in mm + 30 days: Nyberg et al., J Ultrasound Med 1987;6:23. To be confirmed by the centre.
    return None if length_mm is not None or sac_mm is None else round(sac_mm) + 30
