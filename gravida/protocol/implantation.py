"""Rule R-IF: implantation failures in every unit in use - transfers, embryos, euploid embryos, chance.

A transfer failed where hCG was negative. A biochemical pregnancy implanted: it is a loss, not a failure.
Cancelled transfers and transfers to a gestational carrier are left out.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from msgspec import Struct

from gravida.protocol.obstetrics import Count, counted, total
from gravida.protocol.values import Answer


class HcgResult(Enum):
    """The test after a transfer (`trf_hcg_result`)."""

    __hash__ = object.__hash__  # members are single objects; rules look them up all the time

    NEGATIVE = "0"
    POSITIVE = "1"
    NOT_KNOWN = "9"


class Fragmentation(Enum):
    """Fragments among the cells of an embryo (`emb_frag`)."""

    __hash__ = object.__hash__  # members are single objects; rules look them up all the time

    BELOW_10_PERCENT = "1"
    FROM_10_TO_20_PERCENT = "2"
    FROM_20_TO_50_PERCENT = "3"
    OVER_50_PERCENT = "4"


class Ploidy(Enum):
    """The result of preimplantation genetic testing (`emb_pgt_result`)."""

    __hash__ = object.__hash__  # members are single objects; rules look them up all the time

    NOT_TESTED = "0"
    EUPLOID = "1"
    LOW_MOSAIC = "2"
    HIGH_MOSAIC = "3"
    ANEUPLOID = "4"
    NO_RESULT = "5"


class EmbryoFacts(Struct, frozen=True, gc=False):
    """One embryo as transferred. `gardner` is the grade of a blastocyst, as `4AB`."""

    day: int | None = None
    cells: int | None = None
    fragmentation: Fragmentation | None = None
    gardner: str | None = None
    ploidy: Ploidy = Ploidy.NOT_TESTED


class TransferFacts(Struct, frozen=True, kw_only=True, gc=False):
    """One embryo transfer. `result` None is "not recorded"; `provider_age_years` is the oocyte's."""

    number: int | None = None
    result: HcgResult | None = None
    was_cancelled: bool = False
    to_carrier: bool = False
    provider_age_years: int | None = None
    embryos: tuple[EmbryoFacts, ...] = ()

    @property
    def counts(self) -> bool:
        return not (self.was_cancelled or self.to_carrier)

    @property
    def failed(self) -> Answer:
        """Whether no pregnancy followed."""
        return _FAILED_BY.get(self.result, _UNKNOWN)


_YES, _NO, _UNKNOWN = Answer.YES, Answer.NO, Answer.UNKNOWN
_FAILED_BY: dict[HcgResult | None, Answer] = {HcgResult.NEGATIVE: _YES, HcgResult.POSITIVE: _NO}


class FailureUnit(Enum):
    """What one implantation failure is: the sources count different things."""

    TRANSFER = "transfer"
    EMBRYO = "embryo"  # good-quality embryos
    EUPLOID_EMBRYO = "euploid_embryo"
    CUMULATIVE_CHANCE = "cumulative_chance"


@dataclass(frozen=True, kw_only=True)
class FailureRule:
    """So many failures, in a unit. `good_embryos` is how many a transfer must have held to count.

    With the unit CUMULATIVE_CHANCE the rule is "a chance above `above_chance`", a proportion.
    """

    unit: FailureUnit
    at_least: int = 0
    good_embryos: int = 0
    above_chance: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Chance:
    """Expected chance (proportion) that one embryo implants, for providers of these ages, both included."""

    from_age: int = 0
    to_age: int = 99
    euploid: float
    good: float
    poor: float


@dataclass(frozen=True, slots=True)
class ChanceRange:
    """A proportion known between two bounds."""

    lowest: float
    highest: float

    def above(self, limit: float) -> Answer:
        if self.lowest > limit:
            return Answer.YES
        return Answer.NO if self.highest <= limit else Answer.UNKNOWN


class ImplantationFailures(Struct, frozen=True, kw_only=True, gc=False):
    """One woman's failures in every unit. `chance` is None where no table of chances is set."""

    transfers: int
    any_transfer: Count
    good_transfer: Count  # at least one good-quality embryo
    two_good_transfer: Count  # at least two
    good_embryos: Count
    euploid_embryos: Count
    chance: ChanceRange | None


_BLASTOCYST = re.compile(r"([1-6])([ABC])([ABC])")


@lru_cache(maxsize=4096)  # counts in every unit ask it of the same embryos
def is_good_quality(embryo: EmbryoFacts) -> Answer:
    """Whether an embryo was of good quality.

    Day 2: four cells; day 3: seven to nine cells; both with less than 20 % fragments. Blastocyst: 3BB or
    better. Day 4 has no rule: cannot tell. To be confirmed by the centre.
    """
    if embryo.day is None:
        return Answer.UNKNOWN
    if embryo.day >= 5:
        return _is_good_blastocyst(embryo.gardner)
    wanted = {2: range(4, 5), 3: range(7, 10)}.get(embryo.day)
    if wanted is None:
        return Answer.UNKNOWN
    right_cells = Answer.of(None if embryo.cells is None else embryo.cells in wanted)
    return right_cells & _has_few_fragments(embryo.fragmentation)


def _has_few_fragments(fragmentation: Fragmentation | None) -> Answer:
    few = (Fragmentation.BELOW_10_PERCENT, Fragmentation.FROM_10_TO_20_PERCENT)
    return Answer.of(None if fragmentation is None else fragmentation in few)


def _is_good_blastocyst(gardner: str | None) -> Answer:
    grade = _BLASTOCYST.fullmatch(gardner or "")
    if grade is None:
        return Answer.UNKNOWN
    expansion, inner, outer = grade.groups()
    return Answer.of(int(expansion) >= 3 and inner in "AB" and outer in "AB")


# A transfer without a row for any embryo held at least one, and at most as many as the form takes.
MOST_EMBRYOS = 6
NO_FAILURE = Count(0, 0)


def good_embryos(transfer: TransferFacts) -> Count:
    """Good-quality embryos of one transfer; any number where its embryos were not recorded."""
    if not transfer.embryos:
        return Count(0, MOST_EMBRYOS)
    return _number([is_good_quality(embryo) for embryo in transfer.embryos])


def euploid_embryos(transfer: TransferFacts) -> Count:
    """Embryos of one transfer that a test found euploid; any number where they were not recorded."""
    if not transfer.embryos:
        return Count(0, MOST_EMBRYOS)
    return _number([Answer.of(embryo.ploidy is Ploidy.EUPLOID) for embryo in transfer.embryos])


def _number(answers: Sequence[Answer]) -> Count:
    certain = answers.count(_YES)
    return counted(certain, certain + answers.count(_UNKNOWN))


def failed_transfers(transfers: Sequence[TransferFacts], *, good: int = 0) -> Count:
    """Transfers without pregnancy that held at least so many good-quality embryos."""
    if not transfers:
        return NO_FAILURE
    counted = [transfer for transfer in transfers if transfer.counts]
    if good == 0:
        return _number([transfer.failed for transfer in counted])
    return _number([_failed_with(transfer, good) for transfer in counted])


def _failed_with(transfer: TransferFacts, good: int) -> Answer:
    failed = transfer.failed
    return failed if failed is _NO else failed & good_embryos(transfer).at_least(good)


def failed_embryos(transfers: Sequence[TransferFacts], *, euploid: bool = False) -> Count:
    """Good-quality (or euploid) embryos that were transferred without pregnancy."""
    if not transfers:
        return NO_FAILURE
    return total([_failed_in(transfer, euploid=euploid) for transfer in transfers if transfer.counts])


def _failed_in(transfer: TransferFacts, *, euploid: bool) -> Count:
    held, failed = (euploid_embryos if euploid else good_embryos)(transfer), transfer.failed
    if failed is _NO:
        return NO_FAILURE
    return held if failed is _YES else counted(0, held.most)


def cumulative_chance(transfers: Sequence[TransferFacts], chances: Sequence[Chance]) -> ChanceRange:
    """Chance that at least one of the embryos that failed had implanted: 1 - product of (1 - chance).

    A proportion. ValueError where the table has no row for the age of a provider; an unknown age spans
    the rows of all ages.
    """
    lowest_left, highest_left = 1.0, 1.0
    for transfer in transfers:
        if not transfer.counts or transfer.failed is Answer.NO:
            continue
        for embryo in transfer.embryos or (EmbryoFacts(),) * MOST_EMBRYOS:
            low, high = _chance(embryo, transfer.provider_age_years, chances)
            is_certain = transfer.embryos and transfer.failed is Answer.YES
            highest_left *= 1 - (low if is_certain else 0)
            lowest_left *= 1 - high
    return ChanceRange(1 - highest_left, 1 - lowest_left)


def _chance(embryo: EmbryoFacts, age_years: int | None, chances: Sequence[Chance]) -> tuple[float, float]:
    rows = [row for row in chances if age_years is None or row.from_age <= age_years <= row.to_age]
    if not rows:
        raise ValueError(
            f"provider aged {age_years} years: wanted a row of the table of chances for this age"
        )
    if embryo.ploidy is Ploidy.EUPLOID:
        possible = [row.euploid for row in rows]
    else:
        quality = is_good_quality(embryo)
        good = [row.good for row in rows] if quality is not Answer.NO else []
        possible = good + ([row.poor for row in rows] if quality is not Answer.YES else [])
    return min(possible), max(possible)


def implantation_failures(
    transfers: Sequence[TransferFacts], chances: Sequence[Chance] = ()
) -> ImplantationFailures:
    """One woman's implantation failures, counted in every unit."""
    return ImplantationFailures(
        transfers=sum(transfer.counts for transfer in transfers),
        any_transfer=failed_transfers(transfers),
        good_transfer=failed_transfers(transfers, good=1),
        two_good_transfer=failed_transfers(transfers, good=2),
        good_embryos=failed_embryos(transfers),
        euploid_embryos=failed_embryos(transfers, euploid=True),
        chance=cumulative_chance(transfers, chances) if chances else None,
    )


def count_failures(transfers: Sequence[TransferFacts], rule: FailureRule) -> Count:
    """Failures in the unit of a rule. ValueError for a rule on chance, which counts nothing."""
    if rule.unit is FailureUnit.TRANSFER:
        return failed_transfers(transfers, good=rule.good_embryos)
    if rule.unit is FailureUnit.CUMULATIVE_CHANCE:
        raise ValueError("a rule on the cumulative chance counts no failures: ask `meets`")
    return failed_embryos(transfers, euploid=rule.unit is FailureUnit.EUPLOID_EMBRYO)


def meets(transfers: Sequence[TransferFacts], rule: FailureRule, chances: Sequence[Chance] = ()) -> Answer:
    """Whether a woman's transfers meet a rule. Without a table of chances a rule on chance cannot tell."""
    if rule.unit is not FailureUnit.CUMULATIVE_CHANCE:
        return count_failures(transfers, rule).at_least(rule.at_least)
    if not chances or rule.above_chance is None:
        return Answer.UNKNOWN
    return cumulative_chance(transfers, chances).above(rule.above_chance)
