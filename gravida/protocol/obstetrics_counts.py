"""Gravidity, parity, TPAL and the counts of one woman's pregnancies, each known between two bounds.

Counts are per pregnancy unless their name says otherwise: twins lost together are one loss, two conceptuses.
`rows` are the pregnancies of a History.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache

from msgspec import Struct

from gravida.protocol.definitions import BREAKER, LOSS, NEUTRAL
from gravida.protocol.definitions_runs import Place, longest_run, run_in_order
from gravida.protocol.obstetrics import Count, Fate, Outcome, counted, total
from gravida.protocol.obstetrics_classes import (
    EARLY_BEFORE,
    LATE_BEFORE,
    LOSSES,
    NON_VISUALISED,
    ClassifiedPregnancy,
    History,
    PregnancyClass,
)
from gravida.protocol.values import Answer, GestationalAge

# Deliveries count from 22 weeks of amenorrhoea in France (and for WHO), from 20 weeks in the United States.
VIABLE_FROM = LATE_BEFORE
TERM_FROM = GestationalAge.weeks(37)


_YES, _NO, _UNKNOWN = Answer.YES, Answer.NO, Answer.UNKNOWN


class TermPretermLossesLiving(Struct, frozen=True, kw_only=True, gc=False):
    """TPAL: term deliveries, preterm deliveries, pregnancies ended before viability, children living."""

    term: Count
    preterm: Count
    before_viability: Count
    living: Count


class ObstetricCounts(Struct, frozen=True, kw_only=True, gc=False):
    """What the derived variables count for one woman."""

    gravidity: int
    parity: Count
    tpal: TermPretermLossesLiving
    live_born_children: Count
    early_losses: Count
    early_lost_conceptuses: Count
    late_losses: Count
    biochemical: Count
    pregnancies_of_unknown_location: Count
    non_visualised: Count
    clinical_losses: Count
    stillbirths: Count
    ectopic: Count
    moles: Count
    terminations: Count
    longest_run_of_early_losses: Count
    losses_since_live_birth: Count


def count_of(answers: Iterable[Answer]) -> Count:
    """How many are yes for certain, and how many may be."""
    found = answers if isinstance(answers, list) else list(answers)
    certain = found.count(_YES)
    return counted(certain, certain + found.count(_UNKNOWN))


def is_one_of(pregnancy: ClassifiedPregnancy, classes: frozenset[PregnancyClass]) -> Answer:
    """Whether a pregnancy belongs to one of these classes."""
    return _among(pregnancy.classes, classes)


@lru_cache(maxsize=4096)
def _among(possible: frozenset[PregnancyClass], classes: frozenset[PregnancyClass]) -> Answer:
    if possible <= classes:
        return _YES
    return _NO if possible.isdisjoint(classes) and PregnancyClass.UNTOLD not in possible else _UNKNOWN


def is_loss_before(pregnancy: ClassifiedPregnancy, limit: GestationalAge) -> Answer:
    """Whether a pregnancy was a loss that ended before a limit (exclusive)."""
    is_loss = _among(pregnancy.classes, LOSSES)
    if is_loss is _NO:
        return _NO
    ended = pregnancy.dating.at_end
    return _UNKNOWN if ended is None else is_loss & (ended < limit)


def early_losses(
    pregnancies: Iterable[ClassifiedPregnancy], *, before: GestationalAge = EARLY_BEFORE
) -> Count:
    """Losses that ended before a gestational age: biochemical, of unknown location, miscarriages."""
    return count_of([is_loss_before(row, before) for row in pregnancies])


def early_lost_conceptuses(
    pregnancies: Iterable[ClassifiedPregnancy], *, before: GestationalAge = EARLY_BEFORE
) -> Count:
    """Conceptuses lost before a gestational age: in a loss each one, elsewhere a twin that vanished."""
    return total([_early_lost_in(row, is_loss_before(row, before)) for row in pregnancies])


def _early_lost_in(pregnancy: ClassifiedPregnancy, is_early_loss: Answer) -> Count:
    fates = [fetus.fate for fetus in pregnancy.facts.conceptuses]
    vanished = fates.count(_VANISHED)  # by definition before 14 weeks, while the co-twin went on
    lost_together = max(1, fates.count(_LOST))
    fewest = lost_together if is_early_loss is _YES else 0
    most = 0 if is_early_loss is _NO else lost_together
    return counted(vanished + fewest, vanished + most)


_VANISHED, _LOST = Fate.VANISHED, Fate.LOST_WITH_PREGNANCY


def gravidity(rows: Sequence[ClassifiedPregnancy]) -> int:
    """All pregnancies, the ongoing one included; twins are one."""
    return len(rows)


def is_delivery(row: ClassifiedPregnancy, *, viable_from: GestationalAge = VIABLE_FROM) -> Answer:
    """Whether it ended in a delivery: live birth, stillbirth or medical termination from viability on.

    A live birth or stillbirth of unknown age is a delivery by its name.
    """
    born = _among(row.classes, _BIRTHS)
    if born is _YES:
        ended = row.dating.at_end
        return _YES if ended is None else ended >= viable_from
    return _ended_from(row, viable_from) if row.facts.outcome is _MEDICAL_TERMINATION else born


_MEDICAL_TERMINATION = Outcome.MEDICAL_TERMINATION
_BIRTHS = frozenset({PregnancyClass.LIVE_BIRTH, PregnancyClass.STILLBIRTH})
_LIVE_BIRTH = frozenset({PregnancyClass.LIVE_BIRTH})
_ONGOING = frozenset({PregnancyClass.ONGOING})


def parity(rows: Iterable[ClassifiedPregnancy], *, viable_from: GestationalAge = VIABLE_FROM) -> Count:
    """Deliveries from viability on; twins are one delivery."""
    return count_of([is_delivery(row, viable_from=viable_from) for row in rows])


def live_born_children(rows: Iterable[ClassifiedPregnancy]) -> Count:
    """Children born alive, each twin counted."""
    return total([_children(row, lambda _: _YES) for row in _maybe_live_births(rows)])


def living_children(rows: Iterable[ClassifiedPregnancy]) -> Count:
    """Children born alive and alive at last news, as far as the record says."""
    return total([_children(row, lambda alive: alive) for row in _maybe_live_births(rows)])


def _maybe_live_births(rows: Iterable[ClassifiedPregnancy]) -> list[ClassifiedPregnancy]:
    return [row for row in rows if _among(row.classes, _LIVE_BIRTH) is not _NO]


def _children(row: ClassifiedPregnancy, is_counted: Callable[[Answer], Answer]) -> Count:
    """The children of a pregnancy that was a live birth, or may have been one."""
    children = [fetus for fetus in row.facts.conceptuses if fetus.fate is Fate.LIVE_BORN]
    if children:
        return count_of([is_counted(child.alive) for child in children])
    return count_of([is_one_of(row, _LIVE_BIRTH) & is_counted(_UNKNOWN)])


def tpal(
    rows: Sequence[ClassifiedPregnancy], *, viable_from: GestationalAge = VIABLE_FROM
) -> TermPretermLossesLiving:
    """Term and preterm deliveries, pregnancies ended before viability (terminations too), living children.

    Term from 37+0. `viable_from` is 22+0, or 20+0 where records follow American use.
    """
    return _tpal(rows, [is_delivery(row, viable_from=viable_from) for row in rows])


def _tpal(rows: Sequence[ClassifiedPregnancy], delivered: Sequence[Answer]) -> TermPretermLossesLiving:
    """The same where it is known which pregnancies ended in a delivery."""
    by_row = list(zip(rows, delivered, strict=True))
    at_term = [(yes, _ended_from(row, TERM_FROM)) for row, yes in by_row if yes is not _NO]
    return TermPretermLossesLiving(
        term=count_of([yes & term for yes, term in at_term]),
        preterm=count_of([yes & ~term for yes, term in at_term]),
        before_viability=count_of(
            [~(_among(row.classes, _ONGOING) | yes) for row, yes in by_row if yes is not _YES]
        ),
        living=living_children(rows),
    )


def _ended_from(row: ClassifiedPregnancy, age: GestationalAge) -> Answer:
    ended = row.dating.at_end
    return _UNKNOWN if ended is None else ended >= age


def losses_since_live_birth(rows: Sequence[ClassifiedPregnancy]) -> Count:
    """Losses of any age with no live birth after them; all of them where there was none."""
    births = [(row, is_one_of(row, _LIVE_BIRTH)) for row in _maybe_live_births(rows)]
    return count_of(
        [
            is_loss & ~_a_birth_followed(row, births)
            for row in rows
            if (is_loss := _among(row.classes, LOSSES)) is not _NO
        ]
    )


def _a_birth_followed(
    row: ClassifiedPregnancy, births: Sequence[tuple[ClassifiedPregnancy, Answer]]
) -> Answer:
    followed = _NO
    for birth, is_birth in births:
        followed = followed | (is_birth & _came_after(birth, row))
    return followed


def _came_after(later: ClassifiedPregnancy, earlier: ClassifiedPregnancy) -> Answer:
    if earlier.latest < later.earliest:
        return _YES
    return _NO if later.latest < earlier.earliest or later is earlier else _UNKNOWN


def longest_run_of_early_losses(history: History) -> Count:
    """Most early losses in a row: births, stillbirths and late losses end a run, nothing else does."""
    return _longest_run(history, [is_loss_before(row, EARLY_BEFORE) for row in history.pregnancies])


def _longest_run(history: History, early: Sequence[Answer]) -> Count:
    """The same where it is known which pregnancies were early losses."""
    by_row = list(zip(history.pregnancies, early, strict=True))
    parts = tuple([_part_in_run(row.classes, is_early) for row, is_early in by_row])
    if history.order_is_certain:
        return run_in_order(parts)
    places = [Place(part, row.earliest, row.latest) for (row, _), part in zip(by_row, parts, strict=True)]
    return longest_run(places, order_is_certain=False)


@lru_cache(maxsize=4096)
def _part_in_run(classes: frozenset[PregnancyClass], is_early: Answer) -> int:
    is_loss = _among(classes, LOSSES)
    ends_a_run = _among(classes, _BIRTHS) | (is_loss & ~is_early)
    parts = LOSS if is_early is not _NO else 0
    parts |= BREAKER if ends_a_run is not _NO else 0
    settled = is_early is _YES or ends_a_run is _YES or is_loss is _YES
    return parts if settled else parts | NEUTRAL


# Counts that ask only to which class a pregnancy belongs.
_COUNTED_CLASSES: dict[str, frozenset[PregnancyClass]] = {
    "biochemical": frozenset({PregnancyClass.BIOCHEMICAL}),
    "pregnancies_of_unknown_location": frozenset({PregnancyClass.PUL_RESOLVED, PregnancyClass.PUL_TREATED}),
    "non_visualised": NON_VISUALISED,
    "clinical_losses": frozenset({PregnancyClass.MISCARRIAGE}),
    "stillbirths": frozenset({PregnancyClass.STILLBIRTH}),
    "ectopic": frozenset({PregnancyClass.ECTOPIC}),
    "moles": frozenset({PregnancyClass.COMPLETE_MOLE, PregnancyClass.PARTIAL_MOLE}),
    "terminations": frozenset({PregnancyClass.TERMINATION}),
}


def _counts_by_class(rows: Sequence[ClassifiedPregnancy]) -> dict[str, Count]:
    """The counts above."""
    certain, most = dict.fromkeys(_COUNTED_CLASSES, 0), dict.fromkeys(_COUNTED_CLASSES, 0)
    for row in rows:
        for name, is_certain in _counted_as(row.classes):
            certain[name] += is_certain
            most[name] += 1
    return {name: counted(certain[name], most[name]) for name in _COUNTED_CLASSES}


@lru_cache(maxsize=4096)
def _counted_as(possible: frozenset[PregnancyClass]) -> tuple[tuple[str, bool], ...]:
    """The counts to which a pregnancy belongs for certain, or may belong."""
    answers = {name: _among(possible, wanted) for name, wanted in _COUNTED_CLASSES.items()}
    return tuple((name, answer is _YES) for name, answer in answers.items() if answer is not _NO)


def _is_late_loss(row: ClassifiedPregnancy) -> Answer:
    return is_loss_before(row, LATE_BEFORE) & _ended_from(row, EARLY_BEFORE)


def obstetric_counts(history: History) -> ObstetricCounts:
    """Every count of one woman."""
    rows = history.pregnancies
    delivered = [is_delivery(row) for row in rows]
    early = [is_loss_before(row, EARLY_BEFORE) for row in rows]
    by_row = list(zip(rows, early, strict=True))
    return ObstetricCounts(
        gravidity=gravidity(rows),
        parity=count_of(delivered),
        tpal=_tpal(rows, delivered),
        live_born_children=live_born_children(rows),
        early_losses=count_of(early),
        early_lost_conceptuses=total([_early_lost_in(row, is_early) for row, is_early in by_row]),
        late_losses=count_of([_is_late_loss(row) for row, is_early in by_row if is_early is not _YES]),
        longest_run_of_early_losses=_longest_run(history, early),
        losses_since_live_birth=losses_since_live_birth(rows),
        **_counts_by_class(rows),
    )
