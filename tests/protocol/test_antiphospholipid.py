"""Antiphospholipid syndrome under both criteria sets: the worked examples, borders, and brute force."""

from datetime import timedelta
from decimal import Decimal

import pytest
from msgspec.structs import replace

from gravida.protocol.antiphospholipid import (
    Antibody,
    AntibodyTest,
    Assay,
    AssayLevels,
    Reading,
    Reason,
    Standing,
    years_later,
)
from gravida.protocol.antiphospholipid_acr_eular import acr_eular_2023
from gravida.protocol.antiphospholipid_examples import (
    EVENT,
    EXAMPLES,
    LUPUS,
    SEVERE_PRE_ECLAMPSIA,
    THREE_LOSSES,
    after,
    loss,
    lupus,
    negative_panel,
    titre,
    venous,
)
from gravida.protocol.antiphospholipid_history import (
    NOTHING_BUT_PREGNANCIES,
    ClinicalHistory,
    Finding,
)
from gravida.protocol.antiphospholipid_sydney import sydney_2006
from gravida.protocol.samples import Circumstance
from gravida.protocol.values import Answer, Quantity

YES, NO, UNKNOWN = Answer.YES, Answer.NO, Answer.UNKNOWN
ANTICOAGULANTS = frozenset({Circumstance.VITAMIN_K_ANTAGONIST, Circumstance.HEPARIN})
READING = Reading(
    void=frozenset({Circumstance.PREGNANT, Circumstance.ACUTE_INFECTION}),
    void_for_lupus_anticoagulant=ANTICOAGULANTS,
    percentile_99_between=(Decimal(10), Decimal(60)),
)

# example | Sydney, its clinical and laboratory criteria or the reason | ACR/EULAR, its two scores
VECTORS = """
A01  | yes     | 2c                        | anticardiolipin               | no      | 1 | 4
A02  | yes     | 2a                        | lupus_anticoagulant           | no      | 1 | 5
A03  | yes     | 2b                        | lupus_anticoagulant           | yes     | 3 | 5
A04  | yes     | 1_venous                  | anti_beta2gpi                 | yes     | 3 | 5
A05  | yes     | 1_venous                  | anti_beta2gpi                 | no      | 1 | 5
A06  | unknown | unconfirmed               |                               | no      | 1 | 1
A07  | unknown | unconfirmed               |                               | no      | 1 | 1
A07b | yes     | 2c                        | lupus_anticoagulant           | no      | 1 | 5
A08  | yes     | 2c                        | anticardiolipin               | no      | 1 | 1
A09  | yes     | 2c                        | anticardiolipin               | no      | 1 | 0
A10  | no      | no_clinical_criterion     |                               | no      | 0 | 5
A11  | no      | over_five_years_from_event|                               | no      | 1 | 5
A11b | yes     | 2c                        | lupus_anticoagulant           | no      | 1 | 5
A12  | unknown | uninterpretable           |                               | no      | 1 | 0
A13  | yes     | 2a                        | anticardiolipin anti_beta2gpi | no      | 1 | 7
A14  | no      | antibodies_negative       |                               | no      | 1 | 0
A15  | unknown | too_soon_after_event      |                               | no      | 1 | 5
A16  | unknown | not_tested                |                               | no      | 1 | 0
A17  | unknown | not_tested                |                               | unknown | 3 | 0
"""
# A10 counts no clinical point: the criteria forbid one with an equally likely explanation, as a trisomy.
# Laboratory points are the fewest that the record makes certain.


def rows(table: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.split("|")] for line in table.strip().splitlines()]


def sydney(history: ClinicalHistory, *tests: AntibodyTest, reading: Reading = READING, up_to=None):
    return sydney_2006(history, tests, reading=reading, up_to=up_to)


def acr(history: ClinicalHistory, *tests: AntibodyTest, reading: Reading = READING, up_to=None):
    return acr_eular_2023(history, tests, reading=reading, up_to=up_to)


@pytest.mark.parametrize("row", rows(VECTORS), ids=lambda row: row[0])
def test_each_worked_example_is_classified_as_published(row):
    # given
    identifier, sydney_answer, first, second, acr_answer, clinical, laboratory = row
    example = next(example for example in EXAMPLES if example.id == identifier)

    # when
    by_sydney, by_acr = sydney(example.history, *example.tests), acr(example.history, *example.tests)

    # then
    assert by_sydney.answer.value == sydney_answer
    if sydney_answer == "yes":
        assert (" ".join(by_sydney.clinical), " ".join(by_sydney.laboratory)) == (first, second)
    else:
        assert by_sydney.reasons[0] == first
    assert by_acr.answer.value == acr_answer
    assert by_acr.clinical_points.fewest == by_acr.clinical_points.most == int(clinical)
    assert by_acr.laboratory_points.fewest == int(laboratory)


def test_every_example_has_a_row_in_the_table():
    assert [example.id for example in EXAMPLES] == [row[0] for row in rows(VECTORS)]


def test_a_single_positive_says_from_which_day_the_repeat_counts():
    # given a woman with three losses and one positive test, all others negative
    tests = [*lupus(100), *(test for test in negative_panel(100) if test.antibody is not LUPUS)]

    # when
    verdict = sydney(THREE_LOSSES, *tests)

    # then the need names the antibody and the day
    assert verdict.answer is UNKNOWN
    assert [(need.item, need.because, need.due) for need in verdict.needs] == [
        ("lupus_anticoagulant", Reason.UNCONFIRMED, EVENT + timedelta(days=184))
    ]
    assert verdict.tests == tuple(lupus(100))


def test_a_negative_test_twelve_weeks_later_ends_the_question():
    tests = [*lupus(100), *negative_panel(184)]
    verdict = sydney(THREE_LOSSES, *tests)
    assert (verdict.answer, verdict.reasons) == (NO, (Reason.NOT_PERSISTENT,))
    assert verdict.standings[LUPUS] is Standing.TRANSIENT


def test_a_negative_test_one_day_too_early_leaves_it_open():
    tests = [*lupus(100), *negative_panel(183)]
    assert sydney(THREE_LOSSES, *tests).answer is UNKNOWN


@pytest.mark.parametrize(("day", "answer"), [(83, UNKNOWN), (84, YES)])
def test_the_first_positive_must_come_twelve_weeks_after_the_event(day, answer):
    assert sydney(THREE_LOSSES, *lupus(day, day + 200)).answer is (answer if day == 84 else UNKNOWN)


@pytest.mark.parametrize(("day", "answer"), [(1826, YES), (1827, NO)])
def test_five_years_are_calendar_years(day, answer):
    # given the event on 2020-06-01, five years end on 2025-06-01, 1826 days later
    assert sydney(THREE_LOSSES, *lupus(day, day + 100)).answer is answer


@pytest.mark.parametrize(("day", "entry"), [(1095, YES), (1096, NO)])
def test_entry_asks_for_a_positive_test_within_three_calendar_years(day, entry):
    tests = [*lupus(day, day + 100), *(test for test in negative_panel(day) if test.antibody is not LUPUS)]
    assert acr(SEVERE_PRE_ECLAMPSIA, *tests).answer is entry


def test_persistent_antibodies_before_the_event_count_as_well():
    assert sydney(THREE_LOSSES, *lupus(-900, -700)).answer is YES


def test_one_isotype_then_the_other_is_one_criterion_of_sydney():
    tests = [*titre(Antibody.CARDIOLIPIN_IGG, 60, 100), *titre(Antibody.CARDIOLIPIN_IGM, 60, 200)]
    assert sydney(THREE_LOSSES, *tests).laboratory == ("anticardiolipin",)


def test_two_different_antibodies_do_not_confirm_each_other():
    tests = [*lupus(100), *titre(Antibody.CARDIOLIPIN_IGG, 60, 200)]
    assert sydney(THREE_LOSSES, *tests).answer is UNKNOWN


def test_an_untested_antibody_is_never_taken_for_negative():
    # given everything negative but one antibody, which nobody asked for
    tests = [test for test in negative_panel(100) if test.antibody is not Antibody.BETA2GPI_IGM]

    # when
    verdict = sydney(THREE_LOSSES, *tests)

    # then
    assert verdict.answer is UNKNOWN
    assert [(need.item, need.because) for need in verdict.needs] == [("anti_beta2gpi", Reason.NOT_TESTED)]


TITRES = """
40   |    | ?   | border: above 40 is asked, and 40 may exceed the laboratory's percentile
41   |    | yes |
30   | 20 | yes | above the laboratory's 99th percentile
20   | 20 | no  | at the percentile is not above it
30   | 35 | no  |
9    |    | no  | below every plausible percentile
< 10 |    | no  |
< 30 |    | ?   |
> 120| 20 | yes |
"""


@pytest.mark.parametrize("row", rows(TITRES), ids=lambda row: f"{row[0]} p99 {row[1]}")
def test_anticardiolipin_is_read_by_titre_and_percentile(row):
    # given
    told, percentile, expected, _ = row
    tests = [
        AntibodyTest(
            antibody=Antibody.CARDIOLIPIN_IGG,
            on=after(day),
            titre=Quantity.parse(told, "[GPL'U]/mL"),
            percentile_99=Decimal(percentile) if percentile else None,
            assay=Assay.ELISA,
        )
        for day in (100, 200)
    ]

    # when
    found = sydney(THREE_LOSSES, *tests, *[t for t in negative_panel(100) if t.antibody != tests[0].antibody])

    # then
    assert {"yes": YES, "no": NO, "?": UNKNOWN}[expected] is found.answer


@pytest.mark.parametrize(("value", "points"), [(39, 0), (40, 4), (79, 4), (80, 5)], ids=str)
def test_levels_of_acr_eular_begin_at_40_and_80_units(value, points):
    tests = titre(Antibody.BETA2GPI_IGG, value, 100, 200)
    assert acr(SEVERE_PRE_ECLAMPSIA, *tests).laboratory_points.fewest == points


def test_a_high_titre_that_fell_to_moderate_persists_as_moderate():
    tests = [*titre(Antibody.BETA2GPI_IGG, 90, 100), *titre(Antibody.BETA2GPI_IGG, 50, 200)]
    assert acr(SEVERE_PRE_ECLAMPSIA, *tests).laboratory_points.fewest == 4


def test_another_assay_has_no_level_until_the_laboratory_gives_one():
    # given two high results by chemiluminescence
    clia = [replace(test, assay=Assay.CLIA) for test in titre(Antibody.BETA2GPI_IGG, 900, 100, 200)]
    others = [test for test in negative_panel(100) if test.antibody is not Antibody.BETA2GPI_IGG]
    levels = AssayLevels(
        assay=Assay.CLIA,
        antibody=Antibody.BETA2GPI_IGG,
        moderate_from=Decimal(200),
        high_from=Decimal(800),
        source="the laboratory's own comparison",
    )

    # when, then
    assert acr(SEVERE_PRE_ECLAMPSIA, *clia, *others).answer is UNKNOWN
    with_levels = replace(READING, assay_levels=(levels,))
    assert acr(SEVERE_PRE_ECLAMPSIA, *clia, *others, reading=with_levels).answer is YES


@pytest.mark.parametrize("circumstance", [Circumstance.PREGNANT, Circumstance.HEPARIN])
def test_a_result_from_a_void_sample_neither_confirms_nor_denies(circumstance):
    # given one trusted positive and one result of either kind from a void sample
    for positive in (YES, NO):
        tests = [*lupus(100), *lupus(200, positive=positive, circumstance=circumstance)]
        assert sydney(THREE_LOSSES, *tests).answer is UNKNOWN


def test_anticoagulants_void_lupus_anticoagulant_only():
    heparin = frozenset({Circumstance.HEPARIN})
    tests = [replace(test, circumstances=heparin) for test in titre(Antibody.CARDIOLIPIN_IGG, 60, 100, 200)]
    assert sydney(THREE_LOSSES, *tests).answer is YES


def test_early_losses_wait_for_the_search_of_other_causes():
    # given persistent antibodies and three losses whose other causes were not looked for
    history = replace(THREE_LOSSES, other_cause_of_early_losses=UNKNOWN)

    # when
    verdict = sydney(history, *lupus(100, 200))

    # then
    assert verdict.answer is UNKNOWN
    assert [(need.item, need.because) for need in verdict.needs] == [("2c", Reason.CLINICAL_UNCERTAIN)]
    assert sydney(replace(history, other_cause_of_early_losses=YES), *lupus(100, 200)).answer is NO


def test_a_fetal_death_counts_only_with_a_normal_fetus():
    for normal, answer in ((YES, YES), (NO, NO), (UNKNOWN, UNKNOWN)):
        history = replace(NOTHING_BUT_PREGNANCIES, pregnancies=(loss(18, normal=normal),))
        assert sydney(history, *lupus(100, 200)).answer is answer


@pytest.mark.parametrize(("weeks", "points"), [(15, 0), (16, 1), (33, 1), (34, 0)])
def test_a_fetal_death_weighs_from_16_weeks_to_33_weeks_and_6_days(weeks, points):
    end = replace(loss(weeks), severe_pre_eclampsia=NO, placental_insufficiency=NO)
    history = replace(NOTHING_BUT_PREGNANCIES, pregnancies=(end,))
    assert acr(history).clinical_points.fewest == points


def test_severe_pre_eclampsia_with_insufficiency_weighs_four():
    both = replace(SEVERE_PRE_ECLAMPSIA.pregnancies[0], placental_insufficiency=YES)
    verdict = acr(replace(SEVERE_PRE_ECLAMPSIA, pregnancies=(both,)))
    assert verdict.clinical_points.fewest == verdict.clinical_points.most == 4


def test_an_early_loss_cannot_have_had_pre_eclampsia_though_nobody_wrote_so():
    assert acr(THREE_LOSSES).clinical_points.most == 1


def test_a_thrombosis_of_unknown_risk_has_its_smaller_weight_for_certain():
    points = acr(venous(UNKNOWN)).clinical_points
    assert (points.fewest, points.most) == (1, 3)


def test_clinical_signs_that_nobody_looked_for_leave_room():
    history = replace(THREE_LOSSES, valve_thickening=Finding(), valve_vegetation=Finding())
    verdict = acr(history, *lupus(100, 200))
    assert verdict.answer is UNKNOWN
    assert {need.item for need in verdict.needs} >= {"D5_thickening", "D5_vegetation"}


def test_the_heaviest_item_of_a_domain_counts_once():
    history = replace(
        NOTHING_BUT_PREGNANCIES,
        valve_thickening=Finding(present=YES, on=after(0)),
        valve_vegetation=Finding(present=YES, on=after(0)),
        thrombocytopenia=Finding(present=YES, on=after(0)),
        microvascular_suspected=Finding(present=YES, on=after(0)),
    )
    assert acr(history).clinical_points.fewest == 4 + 2 + 2


def test_nothing_tested_stays_open_until_the_window_has_closed():
    assert sydney(THREE_LOSSES, up_to=years_later(EVENT, 5)).answer is UNKNOWN
    assert sydney(THREE_LOSSES, up_to=years_later(EVENT, 5) + timedelta(days=1)).answer is NO
