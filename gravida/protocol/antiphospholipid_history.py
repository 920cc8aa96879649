"""The clinical side of antiphospholipid syndrome: thromboses, other signs, the end of each pregnancy."""

from collections.abc import Sequence
from enum import StrEnum

from msgspec import Struct

from gravida.protocol.values import Answer, GestationalAge, PartialDate

YES, NO, UNKNOWN = Answer.YES, Answer.NO, Answer.UNKNOWN

# Before 20 weeks of amenorrhoea pre-eclampsia does not exist (definition of ISSHP 2018).
PRE_ECLAMPSIA_FROM_DAYS = 140


class Ending(StrEnum):
    """How a pregnancy ended, as far as a run of losses is concerned."""

    LOSS = "loss"
    POSSIBLE_LOSS = "possible_loss"  # biochemical or never located: the criteria are silent about it
    STILLBIRTH = "stillbirth"
    LIVE_BIRTH = "live_birth"
    NEUTRAL = "neutral"  # ectopic, molar, terminated, ongoing
    UNKNOWN = "unknown"


class PregnancyOutcome(Struct, frozen=True, gc=False):
    """One pregnancy as the criteria read it.

    `age`: gestational age at the death of the embryo or fetus, or at birth. `aneuploid`: its chromosomes
    explain the loss; NO also where nobody examined them, UNKNOWN while a result is pending. The two
    complications mean "severe, before 34 weeks".
    """

    ending: Ending
    on: PartialDate | None = None
    age: GestationalAge | None = None
    aneuploid: Answer = NO
    morphologically_normal: Answer = UNKNOWN
    severe_pre_eclampsia: Answer = UNKNOWN
    placental_insufficiency: Answer = UNKNOWN

    @property
    def is_fetal_death(self) -> Answer:
        """Whether an embryo or fetus died in the womb, by its own."""
        return _IS_FETAL_DEATH[self.ending]

    def ended_before(self, days: int) -> bool:
        """Whether it certainly ended before this age: what happens only later did not happen."""
        return self.age is not None and self.age.max_days < days

    def age_in(self, *, from_days: int, before_days: int) -> Answer:
        """Whether the age lies in [from_days, before_days)."""
        age = self.age
        if age is None:
            return UNKNOWN
        if age.min_days >= from_days and age.max_days < before_days:
            return YES
        return NO if age.max_days < from_days or age.min_days >= before_days else UNKNOWN

    def complicated(self, complication: Answer) -> Answer:
        """A complication, which cannot have been before 20 weeks whatever the form says of it."""
        if complication is NO:
            return NO
        could_be = self.ending not in _NEVER_COMPLICATED
        if not could_be or self.age_in(from_days=PRE_ECLAMPSIA_FROM_DAYS, before_days=400) is NO:
            return NO
        return complication


_IS_FETAL_DEATH = {
    Ending.LOSS: YES,
    Ending.POSSIBLE_LOSS: NO,
    Ending.STILLBIRTH: YES,
    Ending.LIVE_BIRTH: NO,
    Ending.NEUTRAL: NO,
    Ending.UNKNOWN: UNKNOWN,
}
_NEVER_COMPLICATED = (Ending.POSSIBLE_LOSS, Ending.NEUTRAL)


class Finding(Struct, frozen=True, kw_only=True, gc=False):
    """A clinical event or sign: present or not, since when, and whether it had another strong risk factor."""

    present: Answer = UNKNOWN
    on: PartialDate | None = None
    high_risk: Answer = UNKNOWN


ABSENT = Finding(present=NO)
NOT_TOLD = Finding()


class ClinicalHistory(Struct, frozen=True, kw_only=True, gc=False):
    """Everything clinical that either criteria set asks; what nobody recorded stays UNKNOWN.

    `pregnancies` in the order in which they happened. `other_cause_of_early_losses`: an anatomic, hormonal
    or parental chromosomal cause was found; Sydney's 2c asks that it was looked for and excluded.
    """

    venous_thrombosis: Finding = NOT_TOLD  # superficial veins excepted
    arterial_thrombosis: Finding = NOT_TOLD
    small_vessel_thrombosis: Finding = NOT_TOLD  # proven by imaging or histology
    microvascular_suspected: Finding = NOT_TOLD
    microvascular_established: Finding = NOT_TOLD
    valve_thickening: Finding = NOT_TOLD
    valve_vegetation: Finding = NOT_TOLD
    thrombocytopenia: Finding = NOT_TOLD  # lowest count 20-130 G/L, not otherwise explained
    pregnancies: tuple[PregnancyOutcome, ...] = ()
    other_cause_of_early_losses: Answer = UNKNOWN


NOTHING_BUT_PREGNANCIES = ClinicalHistory(
    venous_thrombosis=ABSENT,
    arterial_thrombosis=ABSENT,
    small_vessel_thrombosis=ABSENT,
    microvascular_suspected=ABSENT,
    microvascular_established=ABSENT,
    valve_thickening=ABSENT,
    valve_vegetation=ABSENT,
    thrombocytopenia=ABSENT,
)


class Event(Struct, frozen=True, gc=False):
    """One clinical criterion met, or perhaps met, on a day."""

    criterion: str
    present: Answer
    on: PartialDate | None
    points: int = 0


def consecutive_losses(
    pregnancies: Sequence[PregnancyOutcome], *, before_days: int, criterion: str, points: int = 0
) -> list[Event]:
    """Each loss that is the third, or a later one, of an unbroken run of unexplained losses before an age.

    Certain events where every reading of an uncertain history gives the run, perhaps-events where one does.
    """
    readings = [_readings(pregnancy, before_days) for pregnancy in pregnancies]
    possible = _completing(readings, prefer="LNB")
    if not possible:
        return []
    certain = _completing(readings, prefer="BNL")
    return [
        Event(criterion, YES if place in certain else UNKNOWN, pregnancies[place].on, points)
        for place in sorted(possible)
    ]


def _completing(readings: Sequence[str], *, prefer: str) -> set[int]:
    """Places of the losses that complete or lengthen a run of three, each pregnancy read as `prefer` says."""
    run, found, first = 0, set(), _FIRST[prefer]
    for place, possible in enumerate(readings):
        reading = first[possible]
        if reading == "B":
            run = 0
        elif reading == "L":
            run += 1
            if run >= 3:
                found.add(place)
    return found


# By an order of preference, for everything that a pregnancy can be: what it is read as.
_FIRST = {
    prefer: {
        possible: min(possible, key=prefer.index) for possible in ("LBN", "LB", "LN", "BN", "L", "B", "N")
    }
    for prefer in ("LNB", "BNL")
}
_BY_ENDING = {Ending.UNKNOWN: "LBN", Ending.NEUTRAL: "N", Ending.LIVE_BIRTH: "B", Ending.STILLBIRTH: "B"}
_BY_AGE = {YES: "L", NO: "B", UNKNOWN: "LB"}


def _readings(pregnancy: PregnancyOutcome, before_days: int) -> str:
    """What a pregnancy can be for a run: L a loss that counts, B one that breaks it, N neither."""
    by_ending = _BY_ENDING.get(pregnancy.ending)
    if by_ending is not None:
        return by_ending
    # A product with abnormal chromosomes explains its loss: it neither counts nor breaks the run. One that
    # was never examined stays unexplained, as Sydney asks for morphology and not for a karyotype.
    if pregnancy.aneuploid is YES:
        return "N"
    early = pregnancy.age_in(from_days=0, before_days=before_days)
    may_not_count = pregnancy.ending is Ending.POSSIBLE_LOSS or pregnancy.aneuploid is UNKNOWN
    return _BY_AGE[early] + ("N" if may_not_count else "")
