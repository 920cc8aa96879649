"""Worked histories on which the two criteria sets are checked, and which docs/workup.md prints."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from msgspec.structs import replace

from gravida.protocol.antiphospholipid import Antibody, AntibodyTest, Assay
from gravida.protocol.antiphospholipid_history import (
    NOTHING_BUT_PREGNANCIES,
    ClinicalHistory,
    Ending,
    Finding,
    PregnancyOutcome,
)
from gravida.protocol.samples import Circumstance
from gravida.protocol.values import Answer, GestationalAge, PartialDate, Quantity

YES, NO = Answer.YES, Answer.NO
EVENT = date(2020, 6, 1)  # the last loss, or the thrombosis, from which the examples count days
LUPUS = Antibody.LUPUS_ANTICOAGULANT


@dataclass(frozen=True, kw_only=True)
class AntiphospholipidExample:
    """One history with its tests, told in a sentence."""

    id: str
    told: str
    history: ClinicalHistory
    tests: tuple[AntibodyTest, ...] = ()


def after(days: int) -> PartialDate:
    """So many days after the event."""
    return PartialDate.of(EVENT + timedelta(days=days))


def loss(
    weeks: int, *, days_before: int = 0, aneuploid: Answer = NO, normal: Answer = Answer.UNKNOWN
) -> PregnancyOutcome:
    """A visualised loss at so many weeks of amenorrhoea, some days before the event."""
    return PregnancyOutcome(
        ending=Ending.LOSS,
        on=after(-days_before),
        age=GestationalAge.weeks(weeks),
        aneuploid=aneuploid,
        morphologically_normal=normal,
    )


def lupus(*days: int, positive: Answer = YES, circumstance: Circumstance | None = None) -> list[AntibodyTest]:
    """Lupus anticoagulant, so many days after the event."""
    circumstances = frozenset({circumstance} if circumstance else ())
    return [
        AntibodyTest(antibody=LUPUS, on=after(day), positive=positive, circumstances=circumstances)
        for day in days
    ]


def titre(antibody: Antibody, value: int, *days: int, percentile_99: int | None = None) -> list[AntibodyTest]:
    """A solid-phase antibody by ELISA, so many days after the event."""
    limit = None if percentile_99 is None else Decimal(percentile_99)
    return [
        AntibodyTest(
            antibody=antibody,
            on=after(day),
            titre=Quantity(Decimal(value), "U/mL"),
            percentile_99=limit,
            assay=Assay.ELISA,
        )
        for day in days
    ]


def negative_panel(*days: int) -> list[AntibodyTest]:
    """All five antibodies, tested and negative."""
    solid = [antibody for antibody in Antibody if antibody is not LUPUS]
    rows = [test for antibody in solid for test in titre(antibody, 5, *days, percentile_99=20)]
    return [*lupus(*days, positive=NO), *rows]


THREE_LOSSES = replace(
    NOTHING_BUT_PREGNANCIES,
    pregnancies=(loss(8, days_before=400), loss(9, days_before=200), loss(7)),
    other_cause_of_early_losses=NO,
)
ONE_ANEUPLOID = replace(
    THREE_LOSSES,
    pregnancies=(loss(8, days_before=400), loss(9, days_before=200, aneuploid=YES), loss(7)),
)
SEVERE_PRE_ECLAMPSIA = replace(
    NOTHING_BUT_PREGNANCIES,
    pregnancies=(
        PregnancyOutcome(
            ending=Ending.LIVE_BIRTH,
            on=after(0),
            age=GestationalAge.weeks(32),
            aneuploid=NO,
            morphologically_normal=YES,
            severe_pre_eclampsia=YES,
            placental_insufficiency=NO,
        ),
    ),
)
FETAL_DEATH_18_WEEKS = replace(NOTHING_BUT_PREGNANCIES, pregnancies=(loss(18, normal=YES),))
TWO_EARLY_THEN_FETAL = replace(
    NOTHING_BUT_PREGNANCIES,
    pregnancies=(loss(8, days_before=400), loss(8, days_before=200), loss(12, normal=YES)),
    other_cause_of_early_losses=NO,
)


def venous(high_risk: Answer) -> ClinicalHistory:
    """One venous thrombosis, with or without another strong risk of it."""
    return replace(
        NOTHING_BUT_PREGNANCIES, venous_thrombosis=Finding(present=YES, on=after(0), high_risk=high_risk)
    )


ACL_IGG, ACL_IGM, AB2_IGG = Antibody.CARDIOLIPIN_IGG, Antibody.CARDIOLIPIN_IGM, Antibody.BETA2GPI_IGG
SIX_YEARS, FOUR_YEARS = 2200, 1461  # days


def _example(
    identifier: str, told: str, history: ClinicalHistory, *rows: AntibodyTest
) -> AntiphospholipidExample:
    return AntiphospholipidExample(id=identifier, told=told, history=history, tests=rows)


EXAMPLES = (
    _example(
        "A01",
        "three losses before 10 weeks; anticardiolipin IgG 60 at 100 and 200 days",
        THREE_LOSSES,
        *titre(ACL_IGG, 60, 100, 200),
    ),
    _example(
        "A02",
        "fetal death at 18 weeks alone; lupus anticoagulant twice",
        FETAL_DEATH_18_WEEKS,
        *lupus(100, 200),
    ),
    _example(
        "A03",
        "birth at 32 weeks for severe pre-eclampsia; lupus anticoagulant twice",
        SEVERE_PRE_ECLAMPSIA,
        *lupus(100, 200),
    ),
    _example(
        "A04",
        "venous thrombosis without other strong risk; anti-β2GPI IgG 85 twice (99th percentile 20)",
        venous(NO),
        *titre(AB2_IGG, 85, 100, 200, percentile_99=20),
    ),
    _example(
        "A05",
        "the same with another strong risk of thrombosis",
        venous(YES),
        *titre(AB2_IGG, 85, 100, 200, percentile_99=20),
    ),
    _example("A06", "three losses; lupus anticoagulant once", THREE_LOSSES, *lupus(100)),
    _example("A07", "three losses; lupus anticoagulant twice, 70 days apart", THREE_LOSSES, *lupus(100, 170)),
    _example("A07b", "the same, exactly 84 days apart", THREE_LOSSES, *lupus(100, 184)),
    _example(
        "A08", "three losses; anticardiolipin IgM 90 twice", THREE_LOSSES, *titre(ACL_IGM, 90, 100, 200)
    ),
    _example(
        "A09",
        "three losses; anticardiolipin IgG 30 twice, the laboratory's 99th percentile is 20",
        THREE_LOSSES,
        *titre(ACL_IGG, 30, 100, 200, percentile_99=20),
    ),
    _example(
        "A10",
        "three losses, one with trisomy; lupus anticoagulant twice",
        ONE_ANEUPLOID,
        *lupus(100, 200),
    ),
    _example(
        "A11",
        "three losses; lupus anticoagulant twice, first tested 6 years later",
        THREE_LOSSES,
        *lupus(SIX_YEARS, SIX_YEARS + 100),
    ),
    _example(
        "A11b",
        "three losses; lupus anticoagulant twice, first tested 4 years later",
        THREE_LOSSES,
        *lupus(FOUR_YEARS, FOUR_YEARS + 100),
    ),
    _example(
        "A12",
        "three losses; lupus anticoagulant twice, both under a vitamin K antagonist",
        THREE_LOSSES,
        *lupus(100, 200, circumstance=Circumstance.VITAMIN_K_ANTAGONIST),
    ),
    _example(
        "A13",
        "two losses at 8 weeks, then a normal fetus lost at 12; anti-β2GPI and anticardiolipin IgG 85 twice",
        TWO_EARLY_THEN_FETAL,
        *titre(AB2_IGG, 85, 100, 200, percentile_99=20),
        *titre(ACL_IGG, 85, 100, 200, percentile_99=20),
    ),
    _example("A14", "three losses; all antibodies negative twice", THREE_LOSSES, *negative_panel(100, 200)),
    _example(
        "A15",
        "three losses; lupus anticoagulant 30 and 130 days after the last",
        THREE_LOSSES,
        *lupus(30, 130),
    ),
    _example("A16", "three losses; nothing tested", THREE_LOSSES),
    _example("A17", "birth at 32 weeks for severe pre-eclampsia; nothing tested", SEVERE_PRE_ECLAMPSIA),
)
