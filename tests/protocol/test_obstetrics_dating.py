"""Dating of one pregnancy by every basis: borders first."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from gravida.protocol.definitions_file import read_definitions
from gravida.protocol.obstetrics import (
    DatingBasis,
    PregnancyFacts,
)
from gravida.protocol.obstetrics_dating import (
    DatingProblem,
    ImpossibleDates,
    age_days_by_crown_rump_length,
    dating,
    day_zero,
    day_zero_from_fertilisation,
    day_zero_from_transfer,
    due_on,
    french_term_on,
    gestational_age,
)
from gravida.protocol.values import Answer, Convention, GestationalAge, PartialDate

DEFINITIONS = read_definitions(Path(__file__).resolve().parents[2] / "studies" / "falco")
EARLY = GestationalAge.weeks(14)
YES, NO, UNKNOWN = Answer.YES, Answer.NO, Answer.UNKNOWN


def day(text: str) -> PartialDate:
    return PartialDate.parse(text)


# vector | last period | end | days | early
AGES = [
    ("T01", "2023-02-20", "2023-05-28", (97, 97), YES),
    ("T02", "2024-02-20", "2024-05-28", (98, 98), NO),
    ("T06", "2019-03", "2019-05", (31, 91), YES),
    ("T07", "2019-02", "2019-06", (93, 149), UNKNOWN),
    ("T08", "2015", "2015", (0, 364), UNKNOWN),
]


@pytest.mark.parametrize(("vector", "period", "end", "days", "early"), AGES)
def test_the_age_at_the_end_follows_from_the_dates(
    vector: str, period: str, end: str, days: tuple, early: Answer
):
    age = gestational_age(day(period), day(end))

    assert ((age.min_days, age.max_days), age < EARLY) == (days, early)


def test_t08_a_told_age_settles_what_two_years_leave_open():
    told = GestationalAge.told(weeks=8, days=3, convention=Convention.AMENORRHOEA)

    found = dating(PregnancyFacts(last_period_on=day("2015"), ended_on=day("2015"), told_age=told))

    assert found.at_end == told


def test_t03_t04_t05_day_zero_from_assisted_reproduction():
    assert str(day_zero_from_transfer(day("2023-03-15"), 5)) == "2023-02-24"
    assert str(day_zero_from_transfer(day("2023-03-15"), 3)) == "2023-02-26"
    assert str(day_zero_from_fertilisation(day("2023-05-02"))) == "2023-04-18"


@pytest.mark.parametrize(("length_mm", "days"), [(5, 42.1), (12, 52.1), (30, 68.6)])
def test_t10_an_embryo_is_dated_by_its_length(length_mm: float, days: float):
    assert round(age_days_by_crown_rump_length(length_mm), 1) == days


def test_a_length_beyond_the_first_trimester_dates_nothing():
    with pytest.raises(ValueError, match="84 mm"):
        age_days_by_crown_rump_length(85)


def test_t11_the_due_date_and_the_french_term():
    assert str(due_on(day("2023-02-20"))) == "2023-11-27"
    assert str(french_term_on(day("2023-02-20"))) == "2023-12-04"


def test_t12_an_end_before_day_zero_or_after_44_weeks_is_impossible():
    with pytest.raises(ImpossibleDates, match="ends before day 0"):
        gestational_age(day("2023-02-20"), day("2023-02-19"))
    with pytest.raises(ImpossibleDates, match="over 44 weeks"):
        gestational_age(day("2022-01-01"), day("2022-11-06"))
    assert gestational_age(day("2022-01-01"), day("2022-11-05")).max_days == 308


def test_impossible_dates_leave_the_age_unknown_and_say_why():
    found = dating(PregnancyFacts(last_period_on=day("2023-02-20"), ended_on=day("2022-02-19")))

    assert (found.at_end, found.problems) == (None, (DatingProblem.ENDS_BEFORE_DAY_ZERO,))


PERIOD, SCAN = day("2023-01-01"), day("2023-02-21")  # 51 days; an embryo of 12 mm has 52
ALL_BASES = PregnancyFacts(
    ended_on=day("2023-03-01"),
    last_period_on=PERIOD,
    last_period_is_reliable=True,
    scanned_on=SCAN,
    scan_crown_rump_length_mm=12,
    fertilised_on=day("2023-01-16"),
    transferred_on=day("2023-01-21"),
    embryo_age_days=5,
    told_age=GestationalAge.weeks(9),
)
WITHOUT_ART = replace(ALL_BASES, fertilised_on=None, transferred_on=None)
# facts | basis | day 0
BASES = [
    (ALL_BASES, DatingBasis.FERTILISATION, "2023-01-02"),
    (replace(ALL_BASES, fertilised_on=None), DatingBasis.TRANSFER, "2023-01-02"),
    (WITHOUT_ART, DatingBasis.LAST_PERIOD, "2023-01-01"),  # the scan agrees within a week
    (replace(WITHOUT_ART, last_period_on=day("2023-01-07")), DatingBasis.LAST_PERIOD, "2023-01-07"),
    (replace(WITHOUT_ART, last_period_on=day("2023-01-08")), DatingBasis.CROWN_RUMP_LENGTH, "2022-12-31"),
    (replace(WITHOUT_ART, last_period_is_reliable=False), DatingBasis.CROWN_RUMP_LENGTH, "2022-12-31"),
    (replace(WITHOUT_ART, scanned_on=None), DatingBasis.LAST_PERIOD, "2023-01-01"),
    (replace(WITHOUT_ART, scanned_on=None, last_period_on=None), DatingBasis.TOLD_AT_END, "2022-12-28"),
    (replace(ALL_BASES, dating_basis=DatingBasis.LAST_PERIOD), DatingBasis.LAST_PERIOD, "2023-01-01"),
]


@pytest.mark.parametrize(("facts", "basis", "expected"), BASES)
def test_the_surest_basis_dates_the_pregnancy(facts: PregnancyFacts, basis: DatingBasis, expected: str):
    found = day_zero(facts)

    assert found is not None
    assert (found.basis, str(found.on)) == (basis, expected)


def test_hcg_alone_dates_nothing():
    assert day_zero(replace(ALL_BASES, dating_basis=DatingBasis.HCG_ONLY)) is None


def test_an_unreliable_last_period_dates_nothing():
    assert day_zero(PregnancyFacts(last_period_on=PERIOD, last_period_is_reliable=False)) is None


def test_the_end_is_as_told_even_where_its_date_is_partial():
    told = GestationalAge.told(weeks=8, days=3, convention=Convention.UNKNOWN)

    assert dating(PregnancyFacts(ended_on=day("2019"), told_age=told)).at_end == told
