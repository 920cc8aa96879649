"""Rule c-2: the class of one pregnancy, or the classes it may belong to where the record leaves it open.

Sources: Kolte et al., Hum Reprod 2015;30:495 (terms of early loss); CNGOF, Eur J Obstet Gynecol Reprod
Biol 2016;201:18 (limits of 14 and 22 weeks of amenorrhoea).
"""

from collections.abc import Sequence
from enum import Enum
from itertools import pairwise

from msgspec import Struct

from gravida.protocol.obstetrics import (
    Chromosomes,
    ConceptusFacts,
    Fate,
    Location,
    Mole,
    Outcome,
    PositiveTest,
    PregnancyFacts,
    Stage,
)
from gravida.protocol.obstetrics_dating import Dating, dating
from gravida.protocol.values import Answer, GestationalAge

EARLY_BEFORE = GestationalAge.weeks(14)
LATE_BEFORE = GestationalAge.weeks(22)  # from here a fetal death is a stillbirth, in France
FETUS_FROM = GestationalAge.weeks(10)


class PregnancyClass(Enum):
    """What a pregnancy was. The values are the keys of `definitions.toml`."""

    __hash__ = object.__hash__  # members are single objects; rules look them up all the time

    BIOCHEMICAL = "biochemical"
    PUL_RESOLVED = "pul_resolved"
    PUL_TREATED = "pul_treated"
    MISCARRIAGE = "miscarriage"
    ECTOPIC = "ectopic"
    COMPLETE_MOLE = "complete_mole"
    PARTIAL_MOLE = "partial_mole"
    TERMINATION = "termination"
    STILLBIRTH = "stillbirth"
    LIVE_BIRTH = "live_birth"
    ONGOING = "ongoing"
    UNTOLD = "untold"  # nobody knows how it ended: it can have been anything


NON_VISUALISED = frozenset(
    {PregnancyClass.BIOCHEMICAL, PregnancyClass.PUL_RESOLVED, PregnancyClass.PUL_TREATED}
)
LOSSES = NON_VISUALISED | {PregnancyClass.MISCARRIAGE}


class LossStage(Enum):
    """How far a miscarriage had developed when it was last seen."""

    ANEMBRYONIC = "anembryonic"
    YOLK_SAC = "yolk sac"
    EMBRYONIC = "embryonic"
    FETAL = "fetal"
    UNKNOWN = "unknown"


class ClassifiedPregnancy(Struct, frozen=True, gc=False):
    """One pregnancy, classified and dated: what counting reads.

    `classes` are those it may belong to, one where the record settles it. `earliest` and `latest` place it
    among the others: it came before another for certain where its `latest` is below the other's `earliest`.
    `chromosomes_explain`: UNKNOWN where a result is pending. `number` is as recorded, None included.
    """

    number: int | None
    classes: frozenset[PregnancyClass]
    dating: Dating
    earliest: int
    latest: int
    facts: PregnancyFacts
    partner: int | None = None
    chromosomes_explain: Answer = Answer.NO
    test_is_documented: bool = True


_BY_OUTCOME: dict[Outcome, frozenset[PregnancyClass]] = {
    Outcome.ONGOING: frozenset({PregnancyClass.ONGOING}),
    Outcome.BIOCHEMICAL: frozenset({PregnancyClass.BIOCHEMICAL}),
    Outcome.PUL_RESOLVED: frozenset({PregnancyClass.PUL_RESOLVED}),
    Outcome.PUL_TREATED: frozenset({PregnancyClass.PUL_TREATED}),
    Outcome.MISCARRIAGE: frozenset({PregnancyClass.MISCARRIAGE}),
    Outcome.ECTOPIC: frozenset({PregnancyClass.ECTOPIC}),
    Outcome.COMPLETE_MOLE: frozenset({PregnancyClass.COMPLETE_MOLE}),
    Outcome.PARTIAL_MOLE: frozenset({PregnancyClass.PARTIAL_MOLE}),
    Outcome.TERMINATION: frozenset({PregnancyClass.TERMINATION}),
    Outcome.MEDICAL_TERMINATION: frozenset({PregnancyClass.TERMINATION}),
    Outcome.STILLBIRTH: frozenset({PregnancyClass.STILLBIRTH}),
    Outcome.LIVE_BIRTH: frozenset({PregnancyClass.LIVE_BIRTH}),
    Outcome.LOST_TO_FOLLOW_UP: frozenset({PregnancyClass.UNTOLD}),
    Outcome.LOSS_OF_UNKNOWN_TYPE: LOSSES,
}
_MOLES = {
    Mole.PARTIAL: frozenset({PregnancyClass.PARTIAL_MOLE}),
    Mole.COMPLETE: frozenset({PregnancyClass.COMPLETE_MOLE}),
}
_UNTOLD = frozenset({PregnancyClass.UNTOLD})
_NOT_EXAMINED = Chromosomes.NOT_EXAMINED


def possible_classes(pregnancy: PregnancyFacts) -> frozenset[PregnancyClass]:
    """The classes that the record leaves open, at the level of the pregnancy.

    Where the fetuses had different fates, a live birth decides before a stillbirth, a stillbirth before a
    loss; a twin that vanished, or was reduced, never makes the pregnancy a loss.
    """
    fates = {fetus.fate for fetus in pregnancy.conceptuses}
    for fate, decided in _DECIDING_FATES:
        if fate in fates:
            return decided
    outcome = pregnancy.outcome
    if outcome is None:
        return _by_fates_alone(fates, pregnancy)
    if outcome in _MAY_BE_A_MOLE:
        moles = [fetus.mole for fetus in pregnancy.conceptuses if fetus.mole is not None]
        if moles:  # histology names a mole; the word "miscarriage" was written before it
            return _MOLES[Mole.COMPLETE if Mole.COMPLETE in moles else Mole.PARTIAL]
    return _narrowed_by_location(pregnancy) if outcome is _OF_UNKNOWN_TYPE else _BY_OUTCOME[outcome]


_DECIDING_FATES = (
    (Fate.LIVE_BORN, frozenset({PregnancyClass.LIVE_BIRTH})),
    (Fate.STILLBORN, frozenset({PregnancyClass.STILLBIRTH})),
)
_OF_UNKNOWN_TYPE = Outcome.LOSS_OF_UNKNOWN_TYPE
_MAY_BE_A_MOLE = (Outcome.MISCARRIAGE, _OF_UNKNOWN_TYPE)
_SIDE_FATES = {Fate.VANISHED, Fate.REDUCED}
_LOST_FATES = {Fate.LOST_WITH_PREGNANCY, Fate.DIED_14_TO_21_WEEKS}


def _by_fates_alone(fates: set[Fate | None], pregnancy: PregnancyFacts) -> frozenset[PregnancyClass]:
    """The classes of a pregnancy whose own outcome is not recorded."""
    told = fates - _SIDE_FATES
    if told == {Fate.ONGOING}:
        return frozenset({PregnancyClass.ONGOING})
    if told and told <= _LOST_FATES:
        return _narrowed_by_location(pregnancy)
    return _UNTOLD


def _narrowed_by_location(pregnancy: PregnancyFacts) -> frozenset[PregnancyClass]:
    """A loss whose type nobody wrote down, narrowed by where the pregnancy was seen."""
    location = pregnancy.location
    if location in (Location.INTRA_UTERINE, Location.HETEROTOPIC):
        return frozenset({PregnancyClass.MISCARRIAGE})
    if location in (Location.ECTOPIC, Location.CAESAREAN_SCAR):
        return frozenset({PregnancyClass.ECTOPIC})
    if location is Location.NEVER_LOOKED_FOR:
        return frozenset({PregnancyClass.BIOCHEMICAL})
    if location is Location.NOT_FOUND:
        treated, resolved = PregnancyClass.PUL_TREATED, PregnancyClass.PUL_RESOLVED
        if pregnancy.was_treated is None:
            return frozenset({treated, resolved})
        return frozenset({treated if pregnancy.was_treated else resolved})
    return LOSSES


class History(Struct, frozen=True, gc=False):
    """All pregnancies of one woman, in the order in which they may have come first.

    `order_is_certain`: no two of them could change places.
    """

    pregnancies: tuple[ClassifiedPregnancy, ...]
    order_is_certain: bool


def history(pregnancies: Sequence[PregnancyFacts]) -> History:
    """One woman's pregnancies, classified, and placed in time as far as the record places them.

    Where every pregnancy has a number, numbers give the order, and the same number twice means that the
    order of these is not known. Otherwise dates of end do (day 0 where there is no end), and a pregnancy
    without dates may have come anywhere.
    """
    if all(pregnancy.number is not None for pregnancy in pregnancies):
        rows = [_classified(row, row.number or 0, row.number or 0) for row in pregnancies]
    else:
        rows = [_classified(row, *_place_by_dates(row)) for row in pregnancies]
    rows.sort(key=lambda row: (row.earliest, row.latest))
    certain = all(first.latest < second.earliest for first, second in pairwise(rows))
    return History(tuple(rows), certain)


def _classified(pregnancy: PregnancyFacts, earliest: int, latest: int) -> ClassifiedPregnancy:
    return ClassifiedPregnancy(
        number=pregnancy.number,
        classes=possible_classes(pregnancy),
        dating=dating(pregnancy),
        earliest=earliest,
        latest=latest,
        partner=pregnancy.partner,
        chromosomes_explain=chromosomes_explain(pregnancy.conceptuses),
        test_is_documented=pregnancy.positive_test is not _NONE_DOCUMENTED,
        facts=pregnancy,
    )


_NONE_DOCUMENTED = PositiveTest.NONE_DOCUMENTED
_BEGINNING, _END_OF_TIME = 0, 10**7


def _place_by_dates(pregnancy: PregnancyFacts) -> tuple[int, int]:
    when = pregnancy.ended_on or pregnancy.diagnosed_on or pregnancy.last_period_on
    if when is None:
        return (_BEGINNING, _END_OF_TIME)
    return (when.earliest.toordinal(), when.latest.toordinal())


def chromosomes_explain(conceptuses: tuple[ConceptusFacts, ...]) -> Answer:
    """Whether chromosomes explain the loss: every examined fetus was abnormal, and at least one was examined.

    A twin with normal chromosomes was lost for another reason. Never examined is NO: nothing explains it.
    """
    results = [fetus.chromosomes for fetus in conceptuses if fetus.chromosomes is not _NOT_EXAMINED]
    if not results or Chromosomes.EUPLOID in results or Chromosomes.NO_CONCLUSION in results:
        return Answer.NO
    return Answer.UNKNOWN if Chromosomes.PENDING in results else Answer.YES


def stage_of_loss(pregnancy: PregnancyFacts) -> LossStage:
    """How far the pregnancy had developed; of several fetuses the one that went furthest.

    Fetal from 10 weeks of amenorrhoea (Kolte et al. 2015).
    """
    age = dating(pregnancy).at_arrest
    if age is not None and (age >= FETUS_FROM) is Answer.YES:
        return LossStage.FETAL
    seen = {fetus.last_stage for fetus in pregnancy.conceptuses}
    return next((stage for last, stage in _STAGES if last in seen), LossStage.UNKNOWN)


_STAGES = (
    (Stage.FETUS, LossStage.FETAL),
    (Stage.EMBRYO_WITH_HEARTBEAT, LossStage.EMBRYONIC),
    (Stage.EMBRYO_WITHOUT_HEARTBEAT, LossStage.EMBRYONIC),
    (Stage.YOLK_SAC, LossStage.YOLK_SAC),
    (Stage.EMPTY_SAC, LossStage.ANEMBRYONIC),
)


def was_missed(pregnancy: PregnancyFacts) -> Answer:
    """Whether ultrasound found the arrest before the pregnancy left the womb."""
    if pregnancy.diagnosed_on is None or pregnancy.ended_on is None:
        return Answer.UNKNOWN
    return pregnancy.diagnosed_on < pregnancy.ended_on
