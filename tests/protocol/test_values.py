"""Answers, partial dates, gestational ages and quantities: what can be told, and what cannot."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from gravida.protocol.values import (
    Answer,
    Convention,
    DaySpan,
    GestationalAge,
    Missing,
    PartialDate,
    Quantity,
)
from gravida.protocol.values_comparison import compare
from gravida.protocol.values_conversion import ANALYTES, converted, molar_mass

YES, NO, UNKNOWN = Answer.YES, Answer.NO, Answer.UNKNOWN


def test_an_answer_is_never_read_as_a_bool():
    with pytest.raises(TypeError):
        bool(UNKNOWN)


def test_answers_combine_as_every_way_of_knowing_them_would():
    known = {YES: {True}, NO: {False}, UNKNOWN: {True, False}}
    back = {frozenset({True}): YES, frozenset({False}): NO, frozenset({True, False}): UNKNOWN}

    for left, right in product(Answer, repeat=2):
        pairs = list(product(known[left], known[right]))
        assert left & right is back[frozenset(one and other for one, other in pairs)]
        assert left | right is back[frozenset(one or other for one, other in pairs)]


@pytest.mark.parametrize("reason", Missing)
@pytest.mark.parametrize("operator", ["=", "!=", "<", "<=", ">", ">="])
def test_whatever_is_missing_can_be_compared_with_nothing(reason: Missing, operator: str):
    assert (
        compare(reason, operator, 3)
        is compare(3, operator, reason)
        is compare(None, operator, reason)
        is UNKNOWN
    )


# date | first day | last day
DATES = [
    ("2019", "2019-01-01", "2019-12-31"),
    ("2019-02", "2019-02-01", "2019-02-28"),
    ("2020-02", "2020-02-01", "2020-02-29"),
    ("2020-02-29", "2020-02-29", "2020-02-29"),
]


@pytest.mark.parametrize(("text", "first", "last"), DATES)
def test_a_partial_date_is_all_its_days_and_is_written_as_told(text: str, first: str, last: str):
    day = PartialDate.parse(text)

    assert (day.earliest.isoformat(), day.latest.isoformat(), str(day)) == (first, last, text)


@pytest.mark.parametrize(
    "text", ["", "19", "2019-13", "2019-02-30", "2019-2", "2019/03/04", " 2019", "2019-03-", "0000"]
)
def test_what_is_no_date_is_refused(text: str):
    with pytest.raises(ValueError, match="date"):
        PartialDate.parse(text)


# left | operator | right | answer
COMPARISONS = [
    ("2019", "<", "2020", YES),
    ("2019", "<", "2019-06-01", UNKNOWN),
    ("2019-06", "<", "2019-06-01", NO),
    ("2019-06", ">=", "2019-06-01", YES),
    ("2019", "=", "2019", UNKNOWN),  # the same year is not the same day
    ("2019-06-01", "=", "2019-06-01", YES),
    ("2019-06", "!=", "2019-07", YES),
]


@pytest.mark.parametrize(("left", "operator", "right", "answer"), COMPARISONS)
def test_partial_dates_compare_as_far_as_they_can(left: str, operator: str, right: str, answer: Answer):
    assert compare(PartialDate.parse(left), operator, PartialDate.parse(right)) is answer


short_spans = some.tuples(some.integers(0, 12), some.integers(0, 12)).map(sorted)


@given(short_spans, short_spans)
def test_dates_and_ages_compare_as_every_pair_of_their_days(one: list[int], other: list[int]):
    zero = date(2020, 2, 20)
    dates = [PartialDate(zero + timedelta(low), zero + timedelta(high)) for low, high in (one, other)]
    ages = [GestationalAge(low, high) for low, high in (one, other)]
    pairs = list(product(range(one[0], one[1] + 1), range(other[0], other[1] + 1)))
    for operator, holds in {
        "<": int.__lt__,
        "<=": int.__le__,
        ">": int.__gt__,
        ">=": int.__ge__,
        "=": int.__eq__,
    }.items():
        found = {holds(*pair) for pair in pairs}
        expected = UNKNOWN if len(found) == 2 else Answer.of(found.pop())
        assert compare(dates[0], operator, dates[1]) is expected
        assert compare(ages[0], operator, ages[1]) is expected


def test_days_between_partial_dates_span_the_fewest_and_the_most():
    assert PartialDate.parse("2019-05").days_since(PartialDate.parse("2019-03")) == DaySpan(31, 91)


# told weeks, days | convention | days of amenorrhoea, fewest and most
TOLD = [
    (12, 0, Convention.AMENORRHOEA, 84, 84),
    (12, 0, Convention.SINCE_CONCEPTION, 98, 98),
    (12, 0, Convention.UNKNOWN, 84, 98),
    (12, None, Convention.AMENORRHOEA, 84, 90),  # "12 weeks" without days is the whole completed week
    (12, None, Convention.SINCE_CONCEPTION, 98, 104),
    (8, 3, Convention.AMENORRHOEA, 59, 59),
]


@pytest.mark.parametrize(("weeks", "days", "convention", "fewest", "most"), TOLD)
def test_a_told_age_counts_from_the_last_period(
    weeks: int, days: int | None, convention: Convention, fewest: int, most: int
):
    told = GestationalAge.told(weeks=weeks, days=days, convention=convention)

    assert (told.min_days, told.max_days, told.convention) == (fewest, most, convention)


def test_t09_the_convention_decides_whether_twelve_weeks_are_early():
    limit = GestationalAge.weeks(14)

    for days in (0, None):  # whether or not the days are told
        answers = [GestationalAge.told(weeks=12, days=days, convention=told) < limit for told in Convention]
        assert answers == [YES, NO, UNKNOWN]


def test_gestational_ages_are_written_in_weeks_and_days():
    assert [str(GestationalAge(97, 97)), str(GestationalAge(97, 98))] == ["13+6", "13+6..14+0"]


@pytest.mark.parametrize(("weeks", "days"), [(-1, 0), (12, 7), (12, -1)])
def test_an_age_that_no_calendar_has_is_refused(weeks: int, days: int):
    with pytest.raises(ValueError, match="need weeks"):
        GestationalAge.told(weeks=weeks, days=days, convention=Convention.AMENORRHOEA)


# text | value | comparator | unit
QUANTITIES = [
    ("2,50 m[IU]/L", "2.50", "=", "m[IU]/L"),
    ("< 0.01 ng/mL", "0.01", "<", "ng/mL"),
    ("≥80", "80", ">=", "1"),
    (">1000", "1000", ">", "1"),
]


@pytest.mark.parametrize(("text", "value", "comparator", "unit"), QUANTITIES)
def test_a_quantity_keeps_its_comparator_unit_and_decimals(text: str, value: str, comparator: str, unit: str):
    found = Quantity.parse(text)

    assert (str(found.value), found.comparator.value, found.unit) == (value, comparator, unit)


# left | operator | right | answer
RESULTS = [
    ("< 5", "<", "5", YES),
    ("< 5", "<", "4", UNKNOWN),
    ("< 5", ">=", "5", NO),
    ("<= 5", "<", "5", UNKNOWN),
    ("<= 5", "<=", "5", YES),
    ("> 100", ">", "40", YES),
    ("> 100", ">", "100", YES),
    ("< 5", "=", "5", NO),
    ("< 5", "=", "< 5", UNKNOWN),  # both below detection is not the same value
    ("2.50", "=", "2.5", YES),
]


@pytest.mark.parametrize(("left", "operator", "right", "answer"), RESULTS)
def test_a_result_below_detection_compares_as_what_it_can_be(
    left: str, operator: str, right: str, answer: Answer
):
    assert compare(Quantity.parse(left), operator, Quantity.parse(right)) is answer


def test_quantities_of_one_kind_are_converted_before_comparison():
    assert (Quantity.parse("3 m[IU]/L") < Quantity.parse("4 u[IU]/mL")) is YES


def test_a_number_without_unit_is_not_compared_with_a_quantity():
    with pytest.raises((TypeError, AttributeError)):
        compare(Quantity.parse("3 mg/L"), "<", 5)


# value | unit | wanted | analyte | expected, from tables laboratories publish
CONVERSIONS = [
    ("1", "ng/mL", "pmol/L", "anti_mullerian_hormone", "7.14"),
    ("1", "g/L", "mmol/L", "glucose", "5.55"),
    ("126", "mg/dL", "mmol/L", "glucose", "6.99"),
    ("1", "mg/dL", "umol/L", "creatinine", "88.40"),
    ("2", "mg/L", "umol/L", "homocysteine", "14.79"),
    ("1", "ng/mL", "nmol/L", "progesterone", "3.18"),
    ("1", "pg/mL", "pmol/L", "oestradiol", "3.67"),
    ("1", "ng/mL", "nmol/L", "testosterone", "3.47"),
    ("424", "m[IU]/L", "ug/L", "prolactin", "20.00"),
    ("30", "ng/mL", "nmol/L", "vitamin_d_25_oh", "74.88"),
    ("10", "ug/dL", "nmol/L", "cortisol", "275.89"),
    ("1", "ng/dL", "pmol/L", "free_t4", "12.87"),
    ("1", "pg/mL", "pmol/L", "vitamin_b12", "0.74"),
    ("1", "ng/mL", "nmol/L", "folate", "2.27"),
    ("10", "m[IU]/L", "pmol/L", "insulin", "60.00"),
    ("48", "mmol/mol", "%", "haemoglobin_a1c", "6.54"),
    ("6.5", "%", "mmol/mol", "haemoglobin_a1c", "47.53"),
    ("4", "m[IU]/L", "u[IU]/mL", None, "4.00"),
    ("250", "10*9/L", "/uL", None, "250000.00"),
]


@pytest.mark.parametrize(("value", "unit", "wanted", "analyte", "expected"), CONVERSIONS)
def test_laboratory_units_convert_by_analyte(
    value: str, unit: str, wanted: str, analyte: str | None, expected: str
):
    assert f"{converted(Decimal(value), unit, wanted, analyte):.2f}" == expected


# formula | grams per mole, as PubChem lists it
MASSES = [
    ("C6H12O6", "180.16"),
    ("C4H7N3O", "113.12"),
    ("C4H9NO2S", "135.18"),
    ("C18H24O2", "272.4"),
    ("C15H11I4NO4", "776.87"),
    ("C63H88CoN14O14P", "1355.4"),
    ("C27H44O2", "400.6"),
]


@pytest.mark.parametrize(("formula", "mass"), MASSES)
def test_molar_masses_follow_from_formulas(formula: str, mass: str):
    assert molar_mass(formula) == pytest.approx(Decimal(mass), rel=Decimal("0.0002"))


@given(some.sampled_from(sorted(ANALYTES)), some.decimals("0.001", "100000", places=3))
def test_a_conversion_there_and_back_gives_the_value_again(analyte: str, value: Decimal):
    substance = ANALYTES[analyte]
    other = "nmol/L" if substance.grams_per_mol or substance.units_per_mol else "m[IU]/L"
    first = "ug/L" if substance.grams_per_mol or substance.units_per_gram else "m[IU]/L"

    there = converted(value, first, other, analyte)

    assert converted(there, other, first, analyte) == pytest.approx(value, rel=Decimal("1e-20"))


# unit | wanted | analyte: no factor exists
WITHOUT_FACTOR = [
    ("m[IU]/L", "ug/L", None),
    ("ug/L", "nmol/L", None),
    ("[GPL'U]/mL", "[MPL'U]/mL", None),
    ("U/mL", "[IU]/mL", None),
    ("ug/L", "nmol/L", "tsh"),
    ("furlong", "m", None),
]


@pytest.mark.parametrize(("unit", "wanted", "analyte"), WITHOUT_FACTOR)
def test_a_conversion_that_no_factor_supports_is_refused(unit: str, wanted: str, analyte: str | None):
    with pytest.raises(ValueError, match=r"factor|analyte|unit"):
        converted(Decimal(1), unit, wanted, analyte)


def test_every_unit_of_falco_dictionary_can_be_read():
    import csv

    from gravida.protocol.values_conversion import converted as convert

    path = Path(__file__).resolve().parents[2] / "studies" / "falco" / "dictionary.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    pairs = [
        (unit.strip(), row["unit"], row["analyte"] or None)
        for row in rows
        for unit in row["other_units"].split(";")
    ]

    for unit, canonical, analyte in pairs:
        if unit and canonical:
            assert convert(Decimal(1), unit, canonical, analyte) > 0
    for unit in {row["unit"] for row in rows} - {""}:
        assert convert(Decimal(1), unit, unit) == 1
