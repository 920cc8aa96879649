"""Classes, counts and types of one woman's pregnancies: borders first."""

from datetime import date
from itertools import pairwise, permutations, product
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from msgspec.structs import replace

from gravida.protocol.definitions_examples import (
    BIOCHEMICAL,
    BORN,
    LATE,
    LOSS_EXAMPLES,
    M8,
    in_order,
    pregnancy,
)
from gravida.protocol.definitions_file import read_definitions
from gravida.protocol.obstetrics import (
    ConceptusFacts,
    Count,
    Fate,
    Location,
    Mole,
    Outcome,
    PregnancyFacts,
    Stage,
)
from gravida.protocol.obstetrics_classes import (
    LossStage,
    PregnancyClass,
    history,
    possible_classes,
    stage_of_loss,
    was_missed,
)
from gravida.protocol.obstetrics_counts import early_losses, obstetric_counts, parity
from gravida.protocol.obstetrics_type import BirthBasis, LossType, possible_types
from gravida.protocol.record import Row, WomanRecord
from gravida.protocol.record_facts import pregnancies_of, transfers_of
from gravida.protocol.values import Answer, GestationalAge, PartialDate

DEFINITIONS = read_definitions(Path(__file__).resolve().parents[2] / "studies" / "falco")
EARLY = GestationalAge.weeks(14)
YES, NO, UNKNOWN = Answer.YES, Answer.NO, Answer.UNKNOWN


def day(text: str) -> PartialDate:
    return PartialDate.parse(text)


C = PregnancyClass


def lost(*fates: Fate, outcome: Outcome | None = Outcome.MISCARRIAGE, **facts: object) -> PregnancyFacts:
    children = tuple(ConceptusFacts(number=number, fate=fate) for number, fate in enumerate(fates, start=1))
    return PregnancyFacts(outcome=outcome, conceptuses=children, **facts)  # type: ignore[arg-type]


UNTYPED = Outcome.LOSS_OF_UNKNOWN_TYPE
# pregnancy | its possible classes
CLASSES = [
    (lost(Fate.LOST_WITH_PREGNANCY, Fate.LOST_WITH_PREGNANCY), {C.MISCARRIAGE}),
    (lost(Fate.VANISHED, Fate.LIVE_BORN, outcome=Outcome.LIVE_BIRTH), {C.LIVE_BIRTH}),
    (lost(Fate.DIED_14_TO_21_WEEKS, Fate.STILLBORN, outcome=Outcome.STILLBIRTH), {C.STILLBIRTH}),
    (lost(Fate.STILLBORN, Fate.LIVE_BORN, outcome=Outcome.STILLBIRTH), {C.LIVE_BIRTH}),
    (lost(Fate.ECTOPIC, Fate.LOST_WITH_PREGNANCY, location=Location.HETEROTOPIC), {C.MISCARRIAGE}),
    (lost(Fate.REDUCED, Fate.LOST_WITH_PREGNANCY), {C.MISCARRIAGE}),
    (lost(Fate.ONGOING, Fate.VANISHED, outcome=None), {C.ONGOING}),
    (lost(outcome=Outcome.MEDICAL_TERMINATION), {C.TERMINATION}),
    (lost(outcome=Outcome.LOST_TO_FOLLOW_UP), {C.UNTOLD}),
    (lost(outcome=None), {C.UNTOLD}),
    (lost(outcome=UNTYPED), {C.BIOCHEMICAL, C.PUL_RESOLVED, C.PUL_TREATED, C.MISCARRIAGE}),
    (lost(outcome=UNTYPED, location=Location.INTRA_UTERINE), {C.MISCARRIAGE}),
    (lost(outcome=UNTYPED, location=Location.NEVER_LOOKED_FOR), {C.BIOCHEMICAL}),
    (lost(outcome=UNTYPED, location=Location.NOT_FOUND), {C.PUL_RESOLVED, C.PUL_TREATED}),
    (lost(outcome=UNTYPED, location=Location.NOT_FOUND, was_treated=True), {C.PUL_TREATED}),
    (lost(outcome=UNTYPED, location=Location.CAESAREAN_SCAR), {C.ECTOPIC}),
    (
        PregnancyFacts(
            outcome=Outcome.MISCARRIAGE, conceptuses=(ConceptusFacts(number=1, mole=Mole.PARTIAL),)
        ),
        {C.PARTIAL_MOLE},
    ),
]


@pytest.mark.parametrize(("facts", "classes"), CLASSES)
def test_a_pregnancy_belongs_to_the_classes_its_record_leaves_open(facts: PregnancyFacts, classes: set):
    assert possible_classes(facts) == classes


# last stage | crown-rump length | stage of the loss
STAGES = [
    (Stage.EMPTY_SAC, None, LossStage.ANEMBRYONIC),
    (Stage.YOLK_SAC, None, LossStage.YOLK_SAC),
    (Stage.EMBRYO_WITH_HEARTBEAT, 12.0, LossStage.EMBRYONIC),
    (Stage.EMBRYO_WITH_HEARTBEAT, 31.0, LossStage.EMBRYONIC),  # 69 days
    (Stage.EMBRYO_WITH_HEARTBEAT, 33.0, LossStage.FETAL),  # 71 days
    (Stage.NO_ULTRASOUND, None, LossStage.UNKNOWN),
]


@pytest.mark.parametrize(("last", "length_mm", "stage"), STAGES)
def test_the_stage_of_a_loss_is_how_far_it_had_developed(
    last: Stage, length_mm: float | None, stage: LossStage
):
    fetus = ConceptusFacts(number=1, last_stage=last, crown_rump_length_mm=length_mm)

    assert stage_of_loss(PregnancyFacts(outcome=Outcome.MISCARRIAGE, conceptuses=(fetus,))) is stage


def test_a_loss_is_missed_where_ultrasound_found_it_before_the_end():
    missed = PregnancyFacts(diagnosed_on=day("2023-05-01"), ended_on=day("2023-05-04"))

    assert was_missed(missed) is YES
    assert was_missed(replace(missed, ended_on=day("2023-05"))) is UNKNOWN


def test_counts_of_a_long_history():
    # given: two losses, a vanished twin with a living child of 36+0, a termination, a stillbirth, a late loss
    born = lost(Fate.VANISHED, Fate.LIVE_BORN, outcome=Outcome.LIVE_BIRTH)
    born = replace(born, told_age=GestationalAge.weeks(36))
    alive = replace(born.conceptuses[1], alive=YES)
    born = replace(born, conceptuses=(born.conceptuses[0], alive))
    rows = in_order(
        M8,
        BIOCHEMICAL,
        born,
        pregnancy(Outcome.TERMINATION, "8+0"),
        pregnancy(Outcome.STILLBIRTH, "38+0"),
        LATE,
        pregnancy(Outcome.ONGOING),
    )

    # when
    counts = obstetric_counts(history(rows))

    # then
    assert (counts.gravidity, counts.parity) == (7, Count(2, 2))
    tpal = counts.tpal
    assert [str(count) for count in (tpal.term, tpal.preterm, tpal.before_viability, tpal.living)] == [
        "1",
        "1",
        "4",
        "1",
    ]
    assert (counts.early_losses, counts.early_lost_conceptuses) == (Count(2, 2), Count(3, 3))
    assert (counts.late_losses, counts.stillbirths, counts.terminations) == (
        Count(1, 1),
        Count(1, 1),
        Count(1, 1),
    )
    assert (counts.biochemical, counts.non_visualised, counts.clinical_losses) == (
        Count(1, 1),
        Count(1, 1),
        Count(2, 2),
    )
    assert (counts.losses_since_live_birth, counts.longest_run_of_early_losses) == (Count(1, 1), Count(2, 2))


def test_twins_are_one_delivery_and_two_children():
    twins = lost(Fate.LIVE_BORN, Fate.LIVE_BORN, outcome=Outcome.LIVE_BIRTH)

    counts = obstetric_counts(history([replace(twins, number=1)]))

    assert (counts.gravidity, counts.parity, counts.live_born_children) == (1, Count(1, 1), Count(2, 2))


# ended | delivery in France | delivery in the United States
BORDERS = [("19+6", 0, 0), ("20+0", 0, 1), ("21+6", 0, 1), ("22+0", 1, 1)]


@pytest.mark.parametrize(("ended", "french", "american"), BORDERS)
def test_a_medical_termination_is_a_delivery_from_viability_on(ended: str, french: int, american: int):
    rows = history([pregnancy(Outcome.MEDICAL_TERMINATION, ended)]).pregnancies

    assert parity(rows) == Count(french, french)
    assert parity(rows, viable_from=GestationalAge.weeks(20)) == Count(american, american)


# outcome | ended | early loss
EARLY_LOSSES = [
    (Outcome.MISCARRIAGE, "13+6", "1"),
    (Outcome.MISCARRIAGE, "14+0", "0"),
    (Outcome.MISCARRIAGE, None, "0..1"),
    (Outcome.BIOCHEMICAL, "5+0", "1"),
    (Outcome.LOSS_OF_UNKNOWN_TYPE, "8+0", "1"),
    (Outcome.ECTOPIC, "7+0", "0"),
    (Outcome.LOST_TO_FOLLOW_UP, None, "0..1"),
    (Outcome.TERMINATION, "8+0", "0"),
]


@pytest.mark.parametrize(("outcome", "ended", "count"), EARLY_LOSSES)
def test_an_early_loss_ends_before_14_weeks(outcome: Outcome, ended: str | None, count: str):
    assert str(early_losses(history([pregnancy(outcome, ended)]).pregnancies)) == count


def test_a_loss_at_14_weeks_exactly_is_not_early():
    assert early_losses(history([pregnancy(Outcome.MISCARRIAGE, "14+0")]).pregnancies) == Count(0, 0)


STILL = pregnancy(Outcome.STILLBIRTH, "26+0")
UNTOLD = PregnancyFacts()
T = LossType
# history | types by live birth | types by 24 weeks
TYPES = [
    ((M8, M8, M8), {T.PRIMARY}, {T.PRIMARY}),
    ((BORN, M8, M8, M8), {T.SECONDARY}, {T.SECONDARY}),
    ((M8, BORN, M8), {T.TERTIARY}, {T.TERTIARY}),
    ((BORN, M8, BORN, M8), {T.TERTIARY}, {T.TERTIARY}),
    ((M8, M8, BORN), {T.PRIMARY}, {T.PRIMARY}),
    ((STILL, M8, M8, M8), {T.PRIMARY}, {T.SECONDARY}),
    ((LATE, M8), {T.PRIMARY}, {T.PRIMARY}),
    ((pregnancy(Outcome.TERMINATION, "30+0"), M8), {T.PRIMARY}, {T.PRIMARY}),
    ((UNTOLD, M8), {T.PRIMARY, T.SECONDARY}, {T.PRIMARY, T.SECONDARY}),
    ((BORN, UNTOLD, M8), {T.SECONDARY}, {T.SECONDARY}),
    ((M8, UNTOLD, M8), {T.PRIMARY, T.TERTIARY}, {T.PRIMARY, T.TERTIARY}),
    ((BORN,), {T.NO_LOSS}, {T.NO_LOSS}),
    ((), {T.NO_LOSS}, {T.NO_LOSS}),
]


@pytest.mark.parametrize(("rows", "by_live_birth", "by_24_weeks"), TYPES)
def test_the_type_depends_on_births_before_and_between_losses(
    rows: tuple, by_live_birth: set, by_24_weeks: set
):
    placed, falco = history(in_order(*rows)), DEFINITIONS.named("FALCO_REC_2022")

    assert possible_types(falco, placed) == by_live_birth
    assert possible_types(falco, placed, basis=BirthBasis.ONGOING_AT_24_WEEKS) == by_24_weeks


def test_where_losses_must_follow_one_another_the_type_is_that_of_the_run():
    placed = history(in_order(M8, M8, BORN, M8, M8, M8))

    assert possible_types(DEFINITIONS.named("CNGOF_2014"), placed) == {T.SECONDARY}
    assert possible_types(DEFINITIONS.named("FALCO_REC_2022"), placed) == {T.TERTIARY}


def test_a_stillbirth_divides_the_two_bases_in_v25():
    placed = history(next(example.pregnancies for example in LOSS_EXAMPLES if example.id == "V25"))
    falco = DEFINITIONS.named("FALCO_REC_2022")

    types = [possible_types(falco, placed, basis=basis) for basis in BirthBasis]

    assert types == [{T.PRIMARY}, {T.SECONDARY}]


def plain_type(events: str) -> LossType:
    """The type of a history written in L (loss), B (birth) and O, read as the rule is worded."""
    first, last = events.find("L"), events.rfind("L")
    if first < 0:
        return T.NO_LOSS
    if "B" in events[first:last]:
        return T.TERTIARY
    return T.SECONDARY if "B" in events[:first] else T.PRIMARY


KINDS = {
    "L": M8,
    "B": BORN,
    "O": pregnancy(Outcome.ECTOPIC, "7+0"),
    "?": pregnancy(Outcome.MISCARRIAGE),
    "*": UNTOLD,
}
MEANINGS = {"L": "L", "B": "B", "O": "O", "?": "LO", "*": "LBO"}


@settings(max_examples=300, deadline=None)
@given(some.lists(some.tuples(some.sampled_from("LBO?*"), some.integers(1, 4)), max_size=5))
def test_types_are_those_of_every_completion_and_order(parts: list[tuple[str, int]]):
    # given: pregnancies of which several may share a number, so that their order is not known
    rows = [replace(KINDS[kind], number=number) for kind, number in parts]

    # when
    found = possible_types(DEFINITIONS.named("FALCO_REC_2022"), history(rows))

    # then
    orders = [order for order in permutations(parts) if all(a[1] <= b[1] for a, b in pairwise(order))]
    histories = {
        "".join(events) for order in orders for events in product(*(MEANINGS[kind] for kind, _ in order))
    }
    assert found == {plain_type(events) for events in histories}


def test_facts_are_read_from_form_rows():
    # given: a fresh transfer that led to a twin pregnancy, one twin lost with an abnormal product
    cycle = Row(form="ART", values={"art_no": 1, "art_retrieval_date": "2023-03-10", "art_oocyte_age": 34})
    transfer = Row(
        form="TRF",
        parent=cycle,
        values={"trf_id": 1, "trf_date": "2023-03-15", "trf_fresh": "1", "trf_hcg_result": "1"},
    )
    embryo = Row(form="EMB", parent=transfer, values={"emb_no": 1, "emb_day": 5, "emb_gardner": "4AB"})
    row = Row(
        form="PRG",
        values={
            "preg_no": 1,
            "preg_outcome": "05",
            "preg_end": "2023-05-01",
            "preg_transfer_ref": 1,
            "preg_partner_no": 2,
            "preg_ga_end_w": 9,
            "preg_ga_end_d": 3,
            "preg_ga_convention": "SA",
        },
    )
    fetus = Row(form="CON", parent=row, values={"con_no": 1, "con_fate": "3", "con_crl": "12,0"})
    product_of = Row(form="POC", parent=fetus, values={"poc_available": "1", "poc_result": "3"})
    record = WomanRecord(rows=(cycle, transfer, embryo, row, fetus, product_of), as_of=date(2026, 1, 1))

    # when
    (facts,), (moved,) = pregnancies_of(record), transfers_of(record)
    (placed,) = history([facts]).pregnancies

    # then
    assert str(placed.dating.day_zero.on) == "2023-02-24"
    assert str(placed.dating.at_end) == "9+3"
    assert placed.dating.at_arrest == GestationalAge(52, 52)
    assert (placed.chromosomes_explain, placed.partner) == (YES, 2)
    assert (moved.provider_age_years, moved.failed, len(moved.embryos)) == (34, NO, 1)


def test_a_code_that_no_list_holds_is_refused_with_the_variable_named():
    record = WomanRecord(rows=(Row(form="PRG", values={"preg_outcome": "77"}),), as_of=date(2026, 1, 1))

    with pytest.raises(ValueError, match=r"PRG.preg_outcome = '77'"):
        pregnancies_of(record)
