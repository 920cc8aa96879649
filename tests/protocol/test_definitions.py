"""What each published definition says of the worked histories, and what it asks where it cannot tell."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from gravida.protocol.definitions import Definition
from gravida.protocol.definitions_counting import Verdict, side_by_side, verdict
from gravida.protocol.definitions_examples import (
    BORN,
    COLUMNS,
    LATE,
    LOSS_EXAMPLES,
    M8,
    LossExample,
    in_order,
    pregnancy,
)
from gravida.protocol.definitions_file import Definitions, read_definitions
from gravida.protocol.definitions_questions import OpenItem, OpenQuestion, Settles
from gravida.protocol.implantation import EmbryoFacts, HcgResult, TransferFacts
from gravida.protocol.obstetrics import (
    Chromosomes,
    ConceptusFacts,
    Count,
    Fate,
    Outcome,
    PositiveTest,
    PregnancyFacts,
)
from gravida.protocol.obstetrics_classes import history
from gravida.protocol.values import Answer, Convention, GestationalAge, PartialDate

FALCO = Path(__file__).resolve().parents[2] / "studies" / "falco"
SIGNS = {Answer.YES: "Y", Answer.NO: "N", Answer.UNKNOWN: "?"}


@pytest.fixture(scope="module")
def definitions() -> Definitions:
    return read_definitions(FALCO)


def found(definition: Definition, *pregnancies: PregnancyFacts) -> Verdict:
    return verdict(definition, history(pregnancies))


def test_the_study_folder_holds_twelve_definitions_each_with_its_source(definitions):
    assert {definition.id for definition in definitions.losses} == set(COLUMNS)
    assert len(definitions.losses) == 12
    assert all(definition.source.reference and definition.source.text for definition in definitions.losses)


@pytest.mark.parametrize("example", LOSS_EXAMPLES, ids=lambda example: example.id)
def test_each_definition_counts_the_worked_history_as_tabled(example: LossExample, definitions):
    verdicts = side_by_side(definitions.losses, history(example.pregnancies))

    assert {row.definition.id: f"{SIGNS[row.answer]} {row.losses}" for row in verdicts} == example.expected


def test_the_worked_histories_are_the_twenty_five():
    assert [example.id for example in LOSS_EXAMPLES] == [f"V{number:02}" for number in range(1, 26)]


def test_definitions_disagree_on_twenty_one_of_twenty_five_histories():
    ten = COLUMNS[:10]
    disagreeing = [
        example.id for example in LOSS_EXAMPLES if len({example.expected[name][0] for name in ten}) > 1
    ]

    assert len(disagreeing) == 21


# outcome of the third pregnancy | what would settle FALCO's answer | whether alone
SETTLING = [
    (pregnancy(Outcome.MISCARRIAGE), (OpenItem.GESTATIONAL_AGE,), Settles.ALWAYS),
    (PregnancyFacts(), (OpenItem.OUTCOME,), Settles.ALWAYS),
    (pregnancy(Outcome.LOST_TO_FOLLOW_UP), (OpenItem.OUTCOME,), Settles.ALWAYS),
    (pregnancy(Outcome.BIOCHEMICAL, "5+0"), (OpenItem.DEFINITION_IS_SILENT,), Settles.ALWAYS),
]


@pytest.mark.parametrize(("third", "items", "settles"), SETTLING)
def test_an_open_answer_names_the_item_that_would_settle_it(third, items, settles, definitions):
    row = verdict(definitions.named("FALCO_REC_2022"), history(in_order(M8, M8, third)))

    assert row.answer is Answer.UNKNOWN
    assert row.open_questions == (OpenQuestion(pregnancy=3, items=items, settles=settles),)


def test_two_unknown_ages_settle_only_together_where_both_are_needed(definitions):
    unknown = pregnancy(Outcome.MISCARRIAGE)

    row = found(definitions.named("FALCO_REC_2022"), *in_order(M8, unknown, unknown))

    assert row.losses == Count(1, 3)
    assert [question.settles for question in row.open_questions] == [Settles.PERHAPS, Settles.PERHAPS]
    assert [question.pregnancy for question in row.open_questions] == [2, 3]


def test_an_unknown_that_cannot_change_the_answer_is_not_asked_for(definitions):
    row = found(
        definitions.named("CNGOF_2014"), *in_order(LATE, PregnancyFacts(), BORN, M8, M8, PregnancyFacts())
    )

    assert row.answer is Answer.UNKNOWN
    assert [question.pregnancy for question in row.open_questions] == [6]


def test_losses_of_the_same_number_may_have_come_in_any_order(definitions):
    row = found(
        definitions.named("CNGOF_2014"),
        replace(M8, number=1),
        replace(M8, number=1),
        replace(BORN, number=1),
        replace(M8, number=1),
    )

    assert row.losses == Count(2, 3)
    assert row.open_questions == (OpenQuestion(items=(OpenItem.ORDER,), settles=Settles.ALWAYS),)


def test_dates_give_the_order_where_numbers_are_missing(definitions):
    def in_year(row: PregnancyFacts, year: str) -> PregnancyFacts:
        return replace(row, ended_on=PartialDate.parse(year))

    sure = [in_year(M8, "2015"), in_year(BORN, "2018"), in_year(M8, "2016"), in_year(M8, "2017")]
    unsure = [in_year(M8, "2015"), in_year(BORN, "2017-05"), in_year(M8, "2016"), in_year(M8, "2017")]

    assert found(definitions.named("CNGOF_2014"), *sure).losses == Count(3, 3)
    assert found(definitions.named("CNGOF_2014"), *unsure).losses == Count(2, 3)


def test_a_limit_told_in_an_unknown_convention_leaves_weeks_twelve_and_thirteen_open(definitions):
    registry = definitions.named("FALCO_REG_2017")

    def at(weeks: int, days: int) -> Count:
        return found(registry, pregnancy(Outcome.MISCARRIAGE, f"{weeks}+{days}")).losses

    assert (at(11, 6), at(12, 0), at(13, 6), at(14, 0)) == (
        Count(1, 1),
        Count(0, 1),
        Count(0, 1),
        Count(0, 0),
    )


def test_a_stillbirth_at_23_weeks_is_a_loss_only_where_the_limit_is_24_weeks(definitions):
    at_23_weeks = pregnancy(Outcome.STILLBIRTH, "23+0")

    counts = {
        row.definition.id: str(row.losses) for row in side_by_side(definitions.losses, history([at_23_weeks]))
    }

    assert {name for name, count in counts.items() if count == "1"} == {"ESHRE_2022", "RCOG_2011"}


def test_a_stillbirth_of_unknown_age_leaves_the_limit_of_24_weeks_open(definitions):
    stillbirth = pregnancy(Outcome.STILLBIRTH)

    assert found(definitions.named("ESHRE_2022"), stillbirth).losses == Count(0, 1)
    assert found(definitions.named("RENJI_NCT06249230"), stillbirth).losses == Count(0, 0)


def test_a_loss_whose_partner_nobody_knows_may_be_with_the_partner_of_the_others(definitions):
    row = found(definitions.named("RENJI_NCT06249230"), *in_order(M8, replace(M8, partner=None)))

    assert row.losses == Count(1, 2)
    assert row.open_questions == (
        OpenQuestion(pregnancy=2, items=(OpenItem.PARTNER,), settles=Settles.ALWAYS),
    )


def test_a_pending_examination_of_the_product_leaves_sydney_open(definitions):
    pending = pregnancy(Outcome.MISCARRIAGE, "8+0", chromosomes=Chromosomes.PENDING)

    row = found(definitions.named("SYDNEY_2c"), *in_order(M8, M8, pending))

    assert row.losses == Count(2, 3)
    assert row.open_questions[0].items == (OpenItem.CHROMOSOMES,)


def test_a_twin_with_normal_chromosomes_keeps_the_loss_counted(definitions):
    twins = tuple(
        ConceptusFacts(number=number, fate=Fate.LOST_WITH_PREGNANCY, chromosomes=result)
        for number, result in ((1, Chromosomes.ABNORMAL), (2, Chromosomes.EUPLOID))
    )

    row = found(definitions.named("SYDNEY_2c"), *in_order(M8, M8, replace(M8, conceptuses=twins)))

    assert row.losses == Count(3, 3)


def test_a_biochemical_loss_that_no_test_showed_is_open_for_eshre(definitions):
    biochemical = pregnancy(Outcome.BIOCHEMICAL, "5+0")
    undocumented = replace(biochemical, positive_test=PositiveTest.NONE_DOCUMENTED)

    row = found(definitions.named("ESHRE_2022"), *in_order(M8, undocumented))

    assert row.losses == Count(1, 2)
    assert row.open_questions[0].items == (OpenItem.PREGNANCY_TEST,)


def test_three_failed_transfers_are_enough_for_falco_without_any_loss(definitions):
    failed = TransferFacts(result=HcgResult.NEGATIVE, embryos=(EmbryoFacts(day=5, gardner="4AA"),))

    row = verdict(definitions.named("FALCO_REC_2022"), history([]), [failed] * 3)

    assert (row.by_losses, row.by_failures, row.answer) == (Answer.NO, Answer.YES, Answer.YES)


def test_a_transfer_of_unknown_result_is_asked_for(definitions):
    embryos = (EmbryoFacts(day=5, gardner="4AA"),)
    failed = TransferFacts(result=HcgResult.NEGATIVE, embryos=embryos)
    unknown = TransferFacts(number=7, result=HcgResult.NOT_KNOWN, embryos=embryos)

    row = verdict(definitions.named("FALCO_REC_2022"), history([]), [failed, failed, unknown])

    question = OpenQuestion(transfer=7, items=(OpenItem.HCG_RESULT,), settles=Settles.ALWAYS)
    assert (row.answer, row.open_questions) == (Answer.UNKNOWN, (question,))


def test_an_age_told_in_weeks_of_pregnancy_counts_from_the_last_period(definitions):
    told = GestationalAge.told(weeks=12, days=0, convention=Convention.SINCE_CONCEPTION)

    row = found(
        definitions.named("FALCO_REC_2022"), PregnancyFacts(outcome=Outcome.MISCARRIAGE, told_age=told)
    )

    assert row.losses == Count(0, 0)


def test_diagnosis_after_the_limit_shows_that_the_end_came_after_it_too(definitions):
    late = PregnancyFacts(outcome=Outcome.MISCARRIAGE, diagnosis_age=GestationalAge.weeks(15))

    assert found(definitions.named("FALCO_REC_2022"), late).losses == Count(0, 0)


def test_no_history_is_no_loss(definitions):
    assert {str(row.losses) for row in side_by_side(definitions.losses, history([]))} == {"0"}
