"""One woman's pregnancies as the rules read them: outcomes, places, fates, and the facts of each."""

from enum import Enum
from functools import lru_cache
from typing import NamedTuple

from msgspec import Struct

from gravida.protocol.values import Answer, GestationalAge, PartialDate


class Outcome(Enum):
    """How a pregnancy ended, as recorded at the level of the pregnancy (`preg_outcome`)."""

    __hash__ = object.__hash__  # members are single objects; rules look them up all the time

    ONGOING = "01"
    BIOCHEMICAL = "02"
    PUL_RESOLVED = "03"  # pregnancy of unknown location, ended by itself
    PUL_TREATED = "04"  # ... ended by methotrexate or surgery
    MISCARRIAGE = "05"
    ECTOPIC = "06"
    COMPLETE_MOLE = "07"
    PARTIAL_MOLE = "08"
    TERMINATION = "09"  # not for a medical reason (IVG)
    MEDICAL_TERMINATION = "10"  # for a medical reason (IMG)
    STILLBIRTH = "11"
    LIVE_BIRTH = "12"
    LOST_TO_FOLLOW_UP = "13"
    LOSS_OF_UNKNOWN_TYPE = "14"


class Location(Enum):
    """Where the pregnancy was seen (`preg_location`)."""

    __hash__ = object.__hash__  # members are single objects; rules look them up all the time

    INTRA_UTERINE = "1"  # on ultrasound or histology
    NEVER_LOOKED_FOR = "2"  # no ultrasound: biochemical
    NOT_FOUND = "3"  # ultrasound done, nothing located
    ECTOPIC = "4"
    HETEROTOPIC = "5"
    CAESAREAN_SCAR = "6"
    UNKNOWN = "9"


class Fate(Enum):
    """What became of one conceptus (`con_fate`)."""

    __hash__ = object.__hash__  # members are single objects; rules look them up all the time

    ONGOING = "1"
    VANISHED = "2"  # before 14 weeks, while the co-twin went on
    LOST_WITH_PREGNANCY = "3"
    REDUCED = "4"
    TERMINATED = "5"
    DIED_14_TO_21_WEEKS = "6"
    STILLBORN = "7"
    LIVE_BORN = "8"
    ECTOPIC = "9"
    MOLAR = "10"
    UNKNOWN = "99"


class Stage(Enum):
    """The last stage an ultrasound reached (`con_us_last_stage`)."""

    __hash__ = object.__hash__  # members are single objects; rules look them up all the time

    NOTHING_SEEN = "0"
    EMPTY_SAC = "1"
    YOLK_SAC = "2"
    EMBRYO_WITHOUT_HEARTBEAT = "3"
    EMBRYO_WITH_HEARTBEAT = "4"
    FETUS = "5"
    NO_ULTRASOUND = "9"


class DatingBasis(Enum):
    """What the dating rests on (`preg_dating_basis`)."""

    __hash__ = object.__hash__  # members are single objects; rules look them up all the time

    LAST_PERIOD = "1"
    CROWN_RUMP_LENGTH = "2"
    FERTILISATION = "3"  # oocyte retrieval or insemination
    TRANSFER = "4"
    HCG_ONLY = "5"
    TOLD_AT_END = "6"
    UNKNOWN = "9"


class PositiveTest(Enum):
    """Which test showed the pregnancy (`preg_pos_test`)."""

    __hash__ = object.__hash__  # members are single objects; rules look them up all the time

    SERUM = "1"
    URINE = "2"
    NONE_DOCUMENTED = "3"


class Chromosomes(Enum):
    """What an examination of the products of conception says about the chromosomes."""

    __hash__ = object.__hash__  # members are single objects; rules look them up all the time

    EUPLOID = "euploid"
    ABNORMAL = "abnormal"  # aneuploid, triploid or tetraploid, unbalanced
    NO_CONCLUSION = "no conclusion"  # mosaic, failed, maternal cells, variant of unknown significance
    PENDING = "pending"
    NOT_EXAMINED = "not examined"


class Mole(Enum):
    """A molar pregnancy by histology."""

    __hash__ = object.__hash__  # members are single objects; rules look them up all the time

    PARTIAL = "partial"
    COMPLETE = "complete"


class ConceptusFacts(Struct, frozen=True, gc=False):
    """One embryo, fetus or child of a pregnancy. Lengths in millimetres, at arrest or on the last scan."""

    number: int
    fate: Fate | None = None
    last_stage: Stage | None = None
    crown_rump_length_mm: float | None = None
    mean_sac_diameter_mm: float | None = None
    alive: Answer = Answer.UNKNOWN  # at last news; read for a live-born child only
    chromosomes: Chromosomes = Chromosomes.NOT_EXAMINED
    mole: Mole | None = None


class PregnancyFacts(Struct, frozen=True, gc=False):
    """One pregnancy as recorded. None is "not recorded", which no rule reads as "no".

    `number` is the order among her pregnancies; the same number twice says that their order is not known.
    `told_age` is the gestational age at the end as someone told it; `arrest_age` the one at the arrest.
    `partner` is the partner's number.
    """

    number: int | None = None
    outcome: Outcome | None = None
    location: Location | None = None
    positive_test: PositiveTest | None = None
    ended_on: PartialDate | None = None
    diagnosed_on: PartialDate | None = None
    dating_basis: DatingBasis | None = None
    last_period_on: PartialDate | None = None
    last_period_is_reliable: bool | None = None
    fertilised_on: PartialDate | None = None
    transferred_on: PartialDate | None = None
    embryo_age_days: int | None = None
    scanned_on: PartialDate | None = None
    scan_crown_rump_length_mm: float | None = None
    told_age: GestationalAge | None = None
    diagnosis_age: GestationalAge | None = None
    arrest_age: GestationalAge | None = None
    was_treated: bool | None = None  # by methotrexate or surgery; tells a treated from a resolved PUL
    partner: int | None = None
    conceptuses: tuple[ConceptusFacts, ...] = ()


class Count(NamedTuple):
    """A count known between two bounds, both included. `str` gives `3` or `2..3`."""

    fewest: int
    most: int

    def __str__(self) -> str:
        return str(self.fewest) if self.fewest == self.most else f"{self.fewest}..{self.most}"

    def at_least(self, number: int) -> Answer:
        """Whether the count reaches a number."""
        if self.fewest >= number:
            return _YES
        return _NO if self.most < number else _UNKNOWN


_YES, _NO, _UNKNOWN = Answer.YES, Answer.NO, Answer.UNKNOWN


@lru_cache(maxsize=4096)  # a woman's counts are small: the same few come back all the time
def counted(fewest: int, most: int) -> Count:
    """A count; the same object for the same bounds."""
    return Count(fewest, most)


def total(counts: "list[Count]") -> Count:
    """The sum of counts; zero where there is none."""
    return counted(sum([count.fewest for count in counts]), sum([count.most for count in counts]))
