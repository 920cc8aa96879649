"""Gravidity, parity, TPAL and the counts of one woman's pregnancies, each known between two bounds.

Counts are per pregnancy unless their name says otherwise: twins lost together are one loss, two conceptuses.
`rows` are the pregnancies of a History.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from gravida.protocol.definitions import BREAKER, LOSS, NEUTRAL
from gravida.protocol.definitions_runs import Place, longest_run
from gravida.protocol.obstetrics import Count, Fate, Outcome, total
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


@dataclass(frozen=True, slots=True, kw_only=True)
class TermPretermLossesLiving:
    """TPAL: term deliveries, preterm deliveries, pregnancies ended before viability, children living."""

    term: Count
    preterm: Count
    before_viability: Count
    living: Count


@dataclass(frozen=True, slots=True, kw_only=True)
class ObstetricCounts:
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
    return Count(certain, certain + found.count(_UNKNOWN))


def is_one_of(pregnancy: ClassifiedPregnancy, classes: frozenset[PregnancyClass]) -> Answer:
    """Whether a pregnancy belongs to one of these classes."""
    possible = pregnancy.classes
    if possible <= classes:
        return _YES
    return _NO if possible.isdisjoint(classes) and PregnancyClass.UNTOLD not in possible else _UNKNOWN


def is_loss_before(pregnancy: ClassifiedPregnancy, limit: GestationalAge) -> Answer:
    """Whether a pregnancy was a loss that ended before a limit (exclusive)."""
    is_loss, ended = is_one_of(pregnancy, LOSSES), pregnancy.dating.at_end
    if is_loss is _NO:
        return _NO
    return is_loss & (_UNKNOWN if ended is None else ended < limit)


def early_losses(
    pregnancies: Iterable[ClassifiedPregnancy], *, before: GestationalAge = EARLY_BEFORE
) -> Count:
    """Losses that ended before a gestational age: biochemical, of unknown location, miscarriages."""
    return count_of(is_loss_before(row, before) for row in pregnancies)


def early_lost_conceptuses(
    pregnancies: Iterable[ClassifiedPregnancy], *, before: GestationalAge = EARLY_BEFORE
) -> Count:
    """Conceptuses lost before a gestational age: in a loss each one, elsewhere a twin that vanished."""
    return total([_early_lost_in(row, before) for row in pregnancies])


def _early_lost_in(pregnancy: ClassifiedPregnancy, before: GestationalAge) -> Count:
    fates = [fetus.fate for fetus in pregnancy.facts.conceptuses]
    vanished = fates.count(Fate.VANISHED)  # by definition before 14 weeks, while the co-twin went on
    lost_together = max(1, fates.count(Fate.LOST_WITH_PREGNANCY))
    loss = count_of([is_loss_before(pregnancy, before)])
    return Count(vanished + loss.fewest * lost_together, vanished + loss.most * lost_together)


def gravidity(rows: Sequence[ClassifiedPregnancy]) -> int:
    """All pregnancies, the ongoing one included; twins are one."""
    return len(rows)


def is_delivery(row: ClassifiedPregnancy, *, viable_from: GestationalAge = VIABLE_FROM) -> Answer:
    """Whether it ended in a delivery: live birth, stillbirth or medical termination from viability on.

    A live birth or stillbirth of unknown age is a delivery by its name.
    """
    ended = row.dating.at_end
    born = is_one_of(row, _BIRTHS)
    if born is Answer.YES:
        return Answer.YES if ended is None else ended >= viable_from
    if row.facts.outcome is Outcome.MEDICAL_TERMINATION:
        return Answer.UNKNOWN if ended is None else ended >= viable_from
    return born


_BIRTHS = frozenset({PregnancyClass.LIVE_BIRTH, PregnancyClass.STILLBIRTH})
_LIVE_BIRTH = frozenset({PregnancyClass.LIVE_BIRTH})
_ONGOING = frozenset({PregnancyClass.ONGOING})


def parity(rows: Iterable[ClassifiedPregnancy], *, viable_from: GestationalAge = VIABLE_FROM) -> Count:
    """Deliveries from viability on; twins are one delivery."""
    return count_of(is_delivery(row, viable_from=viable_from) for row in rows)


def live_born_children(rows: Iterable[ClassifiedPregnancy]) -> Count:
    """Children born alive, each twin counted."""
    return total([_children(row, lambda _: Answer.YES) for row in rows])


def living_children(rows: Iterable[ClassifiedPregnancy]) -> Count:
    """Children born alive and alive at last news, as far as the record says."""
    return total([_children(row, lambda alive: alive) for row in rows])


def _children(row: ClassifiedPregnancy, is_counted: Callable[[Answer], Answer]) -> Count:
    born = is_one_of(row, _LIVE_BIRTH)
    if born is Answer.NO:
        return Count(0, 0)
    children = [fetus for fetus in row.facts.conceptuses if fetus.fate is Fate.LIVE_BORN]
    if children:
        return count_of(is_counted(child.alive) for child in children)
    return count_of([born & is_counted(Answer.UNKNOWN)])


def tpal(
    rows: Sequence[ClassifiedPregnancy], *, viable_from: GestationalAge = VIABLE_FROM
) -> TermPretermLossesLiving:
    """Term and preterm deliveries, pregnancies ended before viability (terminations too), living children.

    Term from 37+0. `viable_from` is 22+0, or 20+0 where records follow American use.
    """
    delivered = [is_delivery(row, viable_from=viable_from) for row in rows]
    at_term = [_ended_from(row, TERM_FROM) for row in rows]
    is_over = [~is_one_of(row, _ONGOING) for row in rows]
    return TermPretermLossesLiving(
        term=count_of(yes & term for yes, term in zip(delivered, at_term, strict=True)),
        preterm=count_of(yes & ~term for yes, term in zip(delivered, at_term, strict=True)),
        before_viability=count_of(over & ~yes for over, yes in zip(is_over, delivered, strict=True)),
        living=living_children(rows),
    )


def _ended_from(row: ClassifiedPregnancy, age: GestationalAge) -> Answer:
    ended = row.dating.at_end
    return Answer.UNKNOWN if ended is None else ended >= age


def losses_since_live_birth(rows: Sequence[ClassifiedPregnancy]) -> Count:
    """Losses of any age with no live birth after them; all of them where there was none."""
    births = [(row, answer) for row in rows if (answer := is_one_of(row, _LIVE_BIRTH)) is not Answer.NO]
    return count_of(is_one_of(row, LOSSES) & ~_a_birth_followed(row, births) for row in rows)


def _a_birth_followed(
    row: ClassifiedPregnancy, births: Sequence[tuple[ClassifiedPregnancy, Answer]]
) -> Answer:
    followed = Answer.NO
    for birth, is_birth in births:
        followed = followed | (is_birth & _came_after(birth, row))
    return followed


def _came_after(later: ClassifiedPregnancy, earlier: ClassifiedPregnancy) -> Answer:
    if earlier.latest < later.earliest:
        return Answer.YES
    return Answer.NO if later.latest < earlier.earliest or later is earlier else Answer.UNKNOWN


def longest_run_of_early_losses(history: History) -> Count:
    """Most early losses in a row: births, stillbirths and late losses end a run, nothing else does."""
    places = [Place(_part_in_run(row), row.earliest, row.latest) for row in history.pregnancies]
    return longest_run(places, order_is_certain=history.order_is_certain)


def _part_in_run(row: ClassifiedPregnancy) -> int:
    is_loss = is_one_of(row, LOSSES)
    is_early = is_loss_before(row, EARLY_BEFORE)
    ends_a_run = is_one_of(row, _BIRTHS) | (is_loss & ~is_early)
    parts = LOSS if is_early is not Answer.NO else 0
    parts |= BREAKER if ends_a_run is not Answer.NO else 0
    settled = is_early is Answer.YES or ends_a_run is Answer.YES or is_loss is Answer.YES
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
    """The counts above, from how often each set of possible classes occurs."""
    found = Counter(row.classes for row in rows)
    counts = {}
    for name, wanted in _COUNTED_CLASSES.items():
        certain = most = 0
        for possible, times in found.items():
            if possible <= wanted:
                certain += times
            if PregnancyClass.UNTOLD in possible or not possible.isdisjoint(wanted):
                most += times
        counts[name] = Count(certain, most)
    return counts


def obstetric_counts(history: History) -> ObstetricCounts:
    """Every count of one woman."""
    rows = history.pregnancies

    return ObstetricCounts(
        gravidity=gravidity(rows),
        parity=parity(rows),
        tpal=tpal(rows),
        live_born_children=live_born_children(rows),
        early_losses=early_losses(rows),
        early_lost_conceptuses=early_lost_conceptuses(rows),
        late_losses=count_of(
            is_loss_before(row, LATE_BEFORE) & _ended_from(row, EARLY_BEFORE) for row in rows
        ),
        longest_run_of_early_losses=longest_run_of_early_losses(history),
        losses_since_live_birth=losses_since_live_birth(rows),
        **_counts_by_class(rows),
    )
