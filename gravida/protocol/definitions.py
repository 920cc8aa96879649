"""A published definition of recurrent pregnancy loss, and the part each pregnancy plays under it.

Definitions are data (`definitions.toml`) and run side by side: they disagree on most real histories. How a
history is counted, and each decision where sources are silent, stands in docs/definitions.md.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import Enum

from gravida.protocol.implantation import FailureRule
from gravida.protocol.obstetrics_classes import ClassifiedPregnancy, History, PregnancyClass
from gravida.protocol.obstetrics_dating import AgeAt
from gravida.protocol.values import Answer, GestationalAge, before


class Stance(Enum):
    """What a definition says on a point; on many it says nothing."""

    __hash__ = object.__hash__  # members are single objects; rules look them up all the time

    YES = "yes"
    NO = "no"
    SILENT = "silent"


@dataclass(frozen=True, kw_only=True)
class Source:
    """Where a definition comes from. `unverified` names its fields that nobody has read in the source."""

    reference: str
    text: str
    unverified: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, eq=False)
class Definition:
    """A published definition: so many losses, of which kinds, before which gestational age.

    `before` is exclusive; where the source does not tell its convention it spans both readings.
    `counts` has the stance on each class of loss. `consecutive`: SILENT counts both ways and keeps both.
    `also_requires` are conditions on the woman that counting does not see (the work-up does).
    """

    id: str
    version: int
    name: dict[str, str]
    losses: int
    before: GestationalAge
    age_at: AgeAt
    consecutive: Stance
    counts: dict[PregnancyClass, Stance]
    same_partner: bool = False
    excludes_abnormal_chromosomes: bool = False
    requires_positive_test: bool = False
    or_failures: FailureRule | None = None
    also_requires: tuple[str, ...] = ()
    source: Source
    # By its classes, where its age lies (below the limit, about it, above), its chromosomes and its test.
    _parts: dict[tuple[frozenset[PregnancyClass], int, Answer, bool], int] = field(
        init=False, repr=False, default_factory=dict
    )
    # Counts, questions, types and the work-up ask for the same history one after the other.
    _last: list[tuple[History, tuple[int, ...]]] = field(init=False, repr=False, default_factory=list)

    def __post_init__(self) -> None:
        if self.same_partner and self.consecutive is not Stance.NO:
            raise ValueError(
                f"{self.id}: runs of losses with one partner: no published definition counts them"
            )

    def parts(self, pregnancy: ClassifiedPregnancy) -> int:
        """The parts that a pregnancy may play, as a sum of LOSS, BREAKER and NEUTRAL."""
        return next(self._each_parts((pregnancy,)))

    def parts_in(self, history: History) -> tuple[int, ...]:
        """The parts of every pregnancy of a history, in its order."""
        for known, parts in self._last:
            if known is history:
                return parts
        parts = tuple(self._each_parts(history.pregnancies))
        self._last[:] = [(history, parts)]
        return parts

    def _each_parts(self, pregnancies: Iterable[ClassifiedPregnancy]) -> Iterator[int]:
        certain, possible = self.before.min_days, self.before.max_days
        for row in pregnancies:
            lowest, highest = row.dating.spans[self.age_at]
            age = -1 if highest < certain else 1 if lowest >= possible else 0
            key = (row.classes, age, row.chromosomes_explain, row.test_is_documented)
            parts = self._parts.get(key)
            if parts is None:
                parts = self._parts[key] = self._worked_out(row)
            yield parts

    def _worked_out(self, pregnancy: ClassifiedPregnancy) -> int:
        is_before_limit = self.is_before_limit(pregnancy)
        parts = 0
        for kind in pregnancy.classes:
            by_kind = _parts_of(self, kind, is_before_limit)
            parts |= _without_other_causes(self, pregnancy, kind, by_kind)
        return parts

    def is_before_limit(self, pregnancy: ClassifiedPregnancy) -> Answer:
        """Whether the pregnancy ended (was diagnosed, stopped) before this definition's limit."""
        lowest, highest = pregnancy.dating.spans[self.age_at]
        return before(highest, self.before.min_days, lowest, self.before.max_days)


# The parts a pregnancy can play when losses are counted; a vague one may play several: their sum.
LOSS, BREAKER, NEUTRAL = 1, 2, 4

LOSS_CLASSES = frozenset(
    {
        PregnancyClass.BIOCHEMICAL,
        PregnancyClass.PUL_RESOLVED,
        PregnancyClass.PUL_TREATED,
        PregnancyClass.MISCARRIAGE,
        PregnancyClass.STILLBIRTH,
        PregnancyClass.COMPLETE_MOLE,
        PregnancyClass.PARTIAL_MOLE,
        PregnancyClass.ECTOPIC,
    }
)
_NON_VISUALISED = (PregnancyClass.BIOCHEMICAL, PregnancyClass.PUL_RESOLVED, PregnancyClass.PUL_TREATED)


def _parts_of(definition: Definition, kind: PregnancyClass, is_before_limit: Answer) -> int:
    """The parts that a pregnancy of this class may play under a definition."""
    if kind is PregnancyClass.LIVE_BIRTH:
        return BREAKER
    if kind in (PregnancyClass.TERMINATION, PregnancyClass.ONGOING):
        return NEUTRAL
    if kind is PregnancyClass.UNTOLD:
        return LOSS | BREAKER | NEUTRAL
    stance = definition.counts[kind]
    if kind is PregnancyClass.STILLBIRTH and stance is not Stance.YES:
        return BREAKER
    if stance is Stance.NO:
        return NEUTRAL
    by_age = {Answer.YES: LOSS, Answer.NO: BREAKER, Answer.UNKNOWN: LOSS | BREAKER}[is_before_limit]
    return by_age | NEUTRAL if stance is Stance.SILENT else by_age


def _without_other_causes(
    definition: Definition, pregnancy: ClassifiedPregnancy, kind: PregnancyClass, parts: int
) -> int:
    """The same parts, where a definition leaves out chromosomal losses or pregnancies no test showed."""
    if kind not in LOSS_CLASSES or kind is PregnancyClass.STILLBIRTH:
        return parts
    if definition.excludes_abnormal_chromosomes and pregnancy.chromosomes_explain is not Answer.NO:
        parts = NEUTRAL if pregnancy.chromosomes_explain is Answer.YES else parts | NEUTRAL
    untested = definition.requires_positive_test and not pregnancy.test_is_documented
    return parts | NEUTRAL if untested and kind in _NON_VISUALISED else parts
