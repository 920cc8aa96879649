"""Single rules of the work-up: borders, confirmation, methods, formulas, void and outdated results."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from gravida.protocol.samples import Circumstance
from gravida.protocol.values import Answer, PartialDate
from gravida.protocol.workup import assess_workup, assess_workups
from gravida.protocol.workup_examples import (
    AS_OF,
    COMPLETE,
    EXAMPLES,
    SAMPLED,
    coded,
    instead,
    measured,
    with_results,
    without,
)
from gravida.protocol.workup_file import read_workup
from gravida.protocol.workup_results import (
    Gap,
    Status,
    TestResult,
    WorkupClass,
)

YES, NO, UNKNOWN = Answer.YES, Answer.NO, Answer.UNKNOWN
FALCO_FOLDER = Path(__file__).resolve().parents[2] / "studies" / "falco"
WORKUP = read_workup(FALCO_FOLDER)


def judged(record, profile="FALCO", as_of=AS_OF):
    return assess_workup(WORKUP, WORKUP.profiles[profile], record, as_of=as_of)


def domain(result, name):
    return next(found for found in result.domains if found.domain == name)


def rows(table):
    return [[cell.strip() for cell in line.split("|")] for line in table.strip().splitlines()]


# Single rules, borders first.

BORDERS = """
fasting_glucose | 6.9   | mmol/L  | N |
fasting_glucose | 7.0   | mmol/L  | A | diabetes_by_glucose
fasting_glucose | 126.2 | mg/dL   | A | diabetes_by_glucose
fasting_glucose | < 7   | mmol/L  | N |
fasting_glucose | > 6   | mmol/L  | I |
hba1c           | 6.4   | %       | N |
hba1c           | 6.5   | %       | A | diabetes_by_hba1c
amh             | 1.1   | ng/mL   | N |
amh             | 1.09  | ng/mL   | P | low_amh
amh             | 5     | pmol/L  | P | low_amh
homocysteine    | 15    | umol/L  | N |
homocysteine    | 15.1  | umol/L  | P | raised_homocysteine
"""


@pytest.mark.parametrize("row", rows(BORDERS), ids=lambda row: f"{row[0]} {row[1]}")
def test_the_borders_of_hormones_and_metabolism(row):
    test, told, unit, status, finding = row
    found = domain(judged(instead(measured(test, told, unit))), "hormonal")
    assert found.status.value == status
    assert " ".join(one.finding for one in found.found) == finding


def test_a_raised_tsh_needs_free_t4_of_the_same_day():
    tsh = measured("tsh", "6", "m[IU]/L", lower="0.4", upper="4")
    another_day = PartialDate.parse("2020-10-01")
    limits = {"lower": "12", "upper": "22"}
    cases = (
        ([], Status.INCOMPLETE),
        ([measured("free_t4", "8", "pmol/L", on=another_day, **limits)], Status.INCOMPLETE),
        ([measured("free_t4", "15", "pmol/L", **limits)], Status.DEBATED),
        ([measured("free_t4", "8", "pmol/L", **limits)], Status.ABNORMAL),
    )
    for others, status in cases:
        record = with_results([tsh, *others], without={"tsh"})
        assert domain(judged(record), "hormonal").status is status


def test_a_value_without_the_laboratorys_limit_is_not_normal():
    found = judged(instead(measured("tsh", "3", "m[IU]/L")))
    assert found.workup_class is WorkupClass.NOT_ASSESSABLE
    assert found.needs[0].because is Gap.LIMIT


def low_protein_s(day, **changes):
    return replace(measured("protein_s", "40", "%", lower="55", on=PartialDate.of(day)), **changes)


def test_a_low_protein_s_waits_for_a_second_sample():
    # given one low result
    first, day = SAMPLED.earliest, SAMPLED.earliest
    cases = (
        ([low_protein_s(first)], Status.INCOMPLETE),
        ([low_protein_s(first), low_protein_s(day + timedelta(days=83))], Status.INCOMPLETE),
        ([low_protein_s(first), low_protein_s(day + timedelta(days=84))], Status.ABNORMAL),
        ([low_protein_s(first, confirmed=YES)], Status.ABNORMAL),
        ([low_protein_s(first, confirmed=NO)], Status.NORMAL),
    )
    for results, status in cases:
        assert domain(judged(instead(*results)), "thrombophilia").status is status

    # and a normal one later
    later = PartialDate.of(day + timedelta(days=120))
    normal = measured("protein_s", "80", "%", lower="55", on=later)
    assert domain(judged(instead(low_protein_s(first), normal)), "thrombophilia").status is Status.NORMAL


def test_a_low_protein_s_says_when_the_second_sample_counts():
    found = judged(instead(low_protein_s(SAMPLED.earliest)))
    assert [(need.because, need.due) for need in found.needs] == [
        (Gap.CONFIRM, SAMPLED.earliest + timedelta(days=84))
    ]


def test_both_variants_heterozygous_are_a_cause_everywhere():
    record = instead(coded("factor_v_leiden", "1"), coded("factor_ii", "1"))
    assert judged(record, "RCOG_2023").causes == ("thrombophilia",)


def test_mthfr_never_counts():
    found = judged(with_results([coded("mthfr", "2")], without=set()))
    assert (found.workup_class, found.causes, found.debated) == (WorkupClass.UNEXPLAINED, (), ())


def test_a_plain_ultrasound_shows_a_septum_but_not_a_normal_uterus():
    def seen(code):
        scan = TestResult(test="uterine_class", on=SAMPLED, value=code, methods=frozenset({"us2d"}))
        return domain(judged(instead(scan)), "uterine")

    assert (seen("U0").status, seen("U0").needs[0].because) == (Status.INCOMPLETE, Gap.METHOD)
    assert seen("U2a").status is Status.ABNORMAL
    assert seen("U1a").status is Status.DEBATED


@pytest.mark.parametrize(
    ("formula", "status"),
    [
        ("46,XX,inv(9)(p12q13)", Status.NORMAL),
        ("46,XX,inv(9)", Status.NORMAL),
        ("46,XX,inv(9)(p24q34)", Status.ABNORMAL),
        ("46,XX,inv(2)(p21q31)", Status.ABNORMAL),
        ("46,XX,inv(2)", Status.ABNORMAL),
        ("46,XX,inv(7)(p13q22)", Status.ABNORMAL),
        ("46,XX,inv(9)(p12q13),inv(7)(p13q22)", Status.ABNORMAL),
        ("46,XX,inv(9)(p12q13),t(11;22)(q23;q11)", Status.ABNORMAL),
        ("", Status.ABNORMAL),
    ],
)
def test_an_inversion_is_harmless_only_where_its_formula_says_so(formula, status):
    record = instead(coded("karyotype_oocyte_provider", "4", details=formula))
    assert domain(judged(record), "chromosomal").status is status


@pytest.mark.parametrize(("percent", "status"), [("10", Status.DEBATED), ("11", Status.INCOMPLETE)])
def test_a_mosaic_is_debated_up_to_a_tenth_of_the_cells(percent, status):
    mosaic = coded("karyotype_oocyte_provider", "5")
    share = measured("mosaic_percent_oocyte_provider", percent, "%")
    record = with_results([mosaic, share], without={"karyotype_oocyte_provider"})
    found = domain(judged(record), "chromosomal")
    assert found.status is status
    assert [need.because for need in found.needs] == ([Gap.ADJUDICATE] if status is Status.INCOMPLETE else [])


def test_a_code_that_nobody_foresaw_is_not_normal():
    found = judged(instead(coded("hiv", "7")))
    assert [(need.tests, need.because) for need in found.needs] == [(("hiv",), Gap.NOT_KNOWN)]


def test_an_old_result_is_outdated_and_a_karyotype_never_is():
    old = PartialDate.parse("2012-01-01")
    tsh = measured("tsh", "1.8", "m[IU]/L", lower="0.4", upper="4", on=old)
    assert judged(instead(tsh)).needs[0].because is Gap.OUTDATED
    karyotype = coded("karyotype_oocyte_provider", "1", on=old)
    assert judged(instead(karyotype)).workup_class is WorkupClass.UNEXPLAINED


def test_results_after_the_day_of_judgement_are_not_read():
    later = PartialDate.of(AS_OF + timedelta(days=1))
    assert judged(instead(coded("haemoglobin", "AA", on=later))).workup_class is WorkupClass.NOT_ASSESSABLE


def test_coeliac_disease_counts_once_proven():
    disease = TestResult(test="autoimmune_disease", on=SAMPLED, value=frozenset({"coeliac"}))
    for proof, status in (("1", Status.ABNORMAL), ("0", Status.DEBATED), (None, Status.INCOMPLETE)):
        others = [coded("coeliac_biopsy", proof)] if proof else []
        record = with_results([disease, *others], without=set())
        assert domain(judged(record), "autoimmune").status is status


def test_antinuclear_antibodies_wait_for_their_titre():
    positive = coded("antinuclear", "1")
    for titre, status in (("80", Status.NORMAL), ("160", Status.DEBATED), (None, Status.INCOMPLETE)):
        others = [measured("antinuclear_titre", titre, "1")] if titre else []
        record = with_results([positive, *others], without={"antinuclear"})
        assert domain(judged(record), "autoimmune").status is status


def test_another_cause_of_early_losses_speaks_against_the_syndrome_of_sydney():
    # given persistent lupus anticoagulant and a septum
    persistent = next(example for example in EXAMPLES if example.id == "E07").record
    septum = TestResult(test="uterine_class", on=SAMPLED, value="U2a", methods=frozenset({"us3d"}))
    kept = tuple(result for result in persistent.results if result.test != "uterine_class")

    # when
    found = judged(replace(persistent, results=(*kept, septum)))

    # then
    assert found.causes == ("uterine",)
    assert domain(found, "antiphospholipid").status is Status.DEBATED


def test_persistent_antibodies_wait_while_other_causes_were_not_looked_for():
    persistent = next(example for example in EXAMPLES if example.id == "E07").record
    kept = tuple(result for result in persistent.results if not result.test.startswith("karyotype"))
    found = judged(replace(persistent, results=kept))
    assert found.workup_class is WorkupClass.NOT_ASSESSABLE
    assert [need.because for need in domain(found, "antiphospholipid").needs] == [Gap.CLINICAL]


@pytest.mark.parametrize(
    ("not_examined", "unbalanced", "workup_class"),
    [
        (NO, NO, WorkupClass.UNEXPLAINED),
        (YES, NO, WorkupClass.NOT_ASSESSABLE),
        (NO, YES, WorkupClass.NOT_ASSESSABLE),
        (NO, UNKNOWN, WorkupClass.NOT_ASSESSABLE),
    ],
)
def test_rcog_needs_karyotypes_only_where_the_product_does_not_answer(not_examined, unbalanced, workup_class):
    record = without("karyotype_oocyte_provider", "karyotype_sperm_provider")
    record = replace(record, product_not_examined=not_examined, product_unbalanced=unbalanced)
    assert judged(record, "RCOG_2023").workup_class is workup_class


def test_a_void_sample_neither_shows_nor_denies():
    for value in ("40", "90"):
        void = measured("protein_s", value, "%", lower="55", circumstance=Circumstance.OESTROGENS)
        assert judged(instead(void)).needs[0].because is Gap.VOID


@pytest.mark.parametrize(
    ("drawn", "circumstance", "due"),
    [
        ("2020-05-20", Circumstance.PREGNANT, date(2020, 8, 24)),  # before the loss of 2020-06-01
        ("2020-06-20", Circumstance.AFTER_PREGNANCY, date(2020, 8, 24)),
        ("2021-05-20", Circumstance.PREGNANT, None),  # in a pregnancy whose end is not known
    ],
)
def test_a_sample_that_a_pregnancy_voids_says_when_to_repeat(drawn, circumstance, due):
    low = measured("protein_s", "38", "%", lower="55", circumstance=circumstance, on=PartialDate.parse(drawn))
    assert [(need.because, need.due) for need in judged(instead(low)).needs] == [(Gap.VOID, due)]


def test_a_unit_of_another_kind_leaves_a_gap():
    found = judged(instead(measured("prolactin", "12", "kg", upper="25")))
    assert found.workup_class is WorkupClass.NOT_ASSESSABLE


def test_every_profile_can_be_judged_at_once():
    found = assess_workups(WORKUP, COMPLETE, as_of=AS_OF)
    assert set(found) == set(WORKUP.profiles)
    assert {result.workup_class for result in found.values()} == {WorkupClass.UNEXPLAINED}
