"""Rule R-TYPE: primary, secondary or tertiary recurrent loss, under a definition and a basis.

Primary: no birth before the last counted loss. Secondary: a birth before the first counted loss, none
between them. Tertiary: a birth between counted losses. A birth is a live birth, or a pregnancy that reached
24 weeks. Terminations, ectopic and molar pregnancies change nothing. Where a definition counts losses in a
row, the counted losses are those of the longest run, the last one among equals.
"""

from collections.abc import Iterable, Iterator, Sequence
from enum import Enum
from functools import lru_cache
from typing import NamedTuple

from gravida.protocol.definitions import BREAKER, LOSS, NEUTRAL, Definition, Stance
from gravida.protocol.obstetrics_classes import ClassifiedPregnancy, History, PregnancyClass
from gravida.protocol.values import Answer, GestationalAge


class LossType(Enum):
    """The type of a woman's recurrent losses."""

    __hash__ = object.__hash__  # members are single objects; rules look them up all the time

    NO_LOSS = "no counted loss"
    PRIMARY = "primary"
    SECONDARY = "secondary"
    TERTIARY = "tertiary"  # rarely used: reports show it as secondary beside


class BirthBasis(Enum):
    """What counts as a birth: the literature uses both."""

    LIVE_BIRTH = "live_birth"
    ONGOING_AT_24_WEEKS = "ongoing_ge_24w"


class Event(Enum):
    """What one pregnancy is to this rule."""

    __hash__ = object.__hash__  # members are single objects; rules look them up all the time

    LOSS = "counted loss"
    BIRTH = "birth"
    OTHER_END = "ends a run, no birth"
    ASIDE = "changes nothing"


_FROM_24_WEEKS = GestationalAge.weeks(24)


def possible_types(
    definition: Definition, history: History, *, basis: BirthBasis = BirthBasis.LIVE_BIRTH
) -> frozenset[LossType]:
    """Every type that the record leaves possible: one where it is certain, more where it is indeterminate.

    Pregnancies that may have changed places are tried in every order among themselves.
    """
    in_a_row = definition.consecutive is Stance.YES
    states: States = frozenset({_Run() if in_a_row else _All()})
    rows, parts = history.pregnancies, definition.parts_in(history)
    each = [_possible_events(part, row, basis) for part, row in zip(parts, rows, strict=True)]
    if history.order_is_certain:
        for events in each:
            states = _after(in_a_row, states, events)
    else:
        for group in _groups(rows):
            states = _after_group(in_a_row, states, [each[place] for place in group])
    return frozenset([state.type for state in states])


def _possible_events(parts: int, row: ClassifiedPregnancy, basis: BirthBasis) -> frozenset[Event]:
    """What a pregnancy that may play these parts may be to this rule."""
    if not parts & BREAKER:
        return _events(parts, _NO_ANSWERS)
    return _events(parts, frozenset([_is_birth(kind, row, basis) for kind in row.classes]))


_NO_ANSWERS: frozenset[Answer] = frozenset()


@lru_cache(maxsize=256)
def _events(parts: int, births: frozenset[Answer]) -> frozenset[Event]:
    """`births`: of what breaks a run, whether it is a birth."""
    events = set()
    if parts & LOSS:
        events.add(Event.LOSS)
    if parts & NEUTRAL:
        events.add(Event.ASIDE)
    if births & {Answer.YES, Answer.UNKNOWN}:
        events.add(Event.BIRTH)
    if births & {Answer.NO, Answer.UNKNOWN}:
        events.add(Event.OTHER_END)
    return frozenset(events)


def _is_birth(kind: PregnancyClass, row: ClassifiedPregnancy, basis: BirthBasis) -> Answer:
    if kind is PregnancyClass.UNTOLD:
        return Answer.UNKNOWN
    if basis is BirthBasis.LIVE_BIRTH:
        return Answer.of(kind is PregnancyClass.LIVE_BIRTH)
    if kind not in (PregnancyClass.LIVE_BIRTH, PregnancyClass.STILLBIRTH):
        return Answer.NO
    ended = row.dating.at_end
    return Answer.UNKNOWN if ended is None else ended >= _FROM_24_WEEKS


class _All(NamedTuple):
    """What is known along the way where every loss counts."""

    birth_seen: bool = False
    loss_seen: bool = False
    birth_before_first: bool = False
    birth_since_loss: bool = False
    birth_between: bool = False

    def after(self, event: Event) -> "_All":
        if event is Event.LOSS:
            before_first = self.birth_before_first if self.loss_seen else self.birth_seen
            between = self.birth_between or self.birth_since_loss
            return _All(self.birth_seen, True, before_first, self.birth_since_loss, between)
        if event is Event.BIRTH:
            return _All(True, self.loss_seen, self.birth_before_first, self.loss_seen, self.birth_between)
        return self

    @property
    def type(self) -> LossType:
        if not self.loss_seen:
            return LossType.NO_LOSS
        if self.birth_between:
            return LossType.TERTIARY
        return LossType.SECONDARY if self.birth_before_first else LossType.PRIMARY


class _Run(NamedTuple):
    """What is known along the way where the longest run counts."""

    birth_seen: bool = False
    run: int = 0
    birth_before_run: bool = False
    longest: int = 0
    birth_before_longest: bool = False

    def after(self, event: Event) -> "_Run":
        if event is Event.LOSS:
            run = self.run + 1
            birth_before = self.birth_before_run if self.run else self.birth_seen
            longest, before_longest = self.longest, self.birth_before_longest
            if run >= longest:
                longest, before_longest = run, birth_before
            return _Run(self.birth_seen, run, birth_before, longest, before_longest)
        if event is Event.ASIDE:
            return self
        return self._replace(run=0, birth_seen=self.birth_seen or event is Event.BIRTH)

    @property
    def type(self) -> LossType:
        if self.longest == 0:
            return LossType.NO_LOSS
        return LossType.SECONDARY if self.birth_before_longest else LossType.PRIMARY


def _groups(rows: Sequence[ClassifiedPregnancy]) -> Iterator[list[int]]:
    """Places of pregnancies in groups: the order between groups is certain, the order inside is not."""
    group: list[int] = []
    for place, row in enumerate(rows):
        if group and max(rows[other].latest for other in group) < row.earliest:
            yield group
            group = []
        group.append(place)
    if group:
        yield group


States = frozenset[_All | _Run]


# Women differ in dates; in what their pregnancies were to this rule few are new.
@lru_cache(maxsize=32768)
def _after(in_a_row: bool, states: States, events: frozenset[Event]) -> States:
    """The states after one pregnancy that may have been any of these.

    `in_a_row` tells states apart that are equal as tuples.
    """
    return frozenset([state.after(event) for state in states for event in events])


def _after_group(in_a_row: bool, states: States, events: Sequence[frozenset[Event]]) -> States:
    """The states after a group in every order; pregnancies with the same possible events are alike."""
    if len(events) == 1:
        return _after(in_a_row, states, events[0])
    kinds = sorted(set(events), key=lambda kind: sorted(event.value for event in kind))
    reached: dict[tuple[int, ...], States] = {tuple(events.count(kind) for kind in kinds): states}
    for _ in events:
        following: dict[tuple[int, ...], States] = {}
        for left, before in reached.items():
            for index, kind in enumerate(kinds):
                if left[index]:
                    rest = (*left[:index], left[index] - 1, *left[index + 1 :])
                    following[rest] = following.get(rest, frozenset()) | _after(in_a_row, before, kind)
        reached = following
    return _together(reached.values())


def _together(sets: Iterable[States]) -> States:
    return frozenset().union(*sets)
