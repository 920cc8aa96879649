"""The part that each pregnancy plays when losses are counted, for many women at once.

The same rules as gravida/protocol: obstetrics_counts for early losses, definitions for published definitions.
Parts are sums of LOSS, BREAKER and NEUTRAL; a pregnancy of which too little is known may play several.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gravida.analysis.fit import BoolArray
from gravida.analysis.input.endings import Ending, among
from gravida.analysis.input.pregnancies import Pregnancies
from gravida.analysis.input.records import ARREST, CHROMOSOMES, DIAGNOSIS, PARTNER
from gravida.protocol.definitions import BREAKER, LOSS, LOSS_CLASSES, NEUTRAL, Definition, Stance
from gravida.protocol.obstetrics_classes import EARLY_BEFORE, LATE_BEFORE, PregnancyClass
from gravida.protocol.obstetrics_dating import AgeAt

Parts = NDArray[np.int8]

EARLY_BEFORE_WEEKS = EARLY_BEFORE.min_days / 7
STILLBIRTH_FROM_WEEKS = LATE_BEFORE.min_days / 7
_LOSSES = (Ending.BIOCHEMICAL, Ending.PUL_RESOLVED, Ending.PUL_TREATED, Ending.MISCARRIAGE, Ending.LOSS)
_LOSS_OF_NO_TYPE = (Ending.BIOCHEMICAL, Ending.PUL_RESOLVED, Ending.PUL_TREATED, Ending.MISCARRIAGE)


@dataclass(frozen=True, kw_only=True, eq=False)
class Known:
    """What is certain and what is possible of each pregnancy. Shapes: all (rows,)."""

    is_loss: BoolArray
    may_be_loss: BoolArray
    is_early_loss: BoolArray
    may_be_early_loss: BoolArray
    is_live_birth: BoolArray
    may_be_live_birth: BoolArray
    is_birth: BoolArray  # a live birth or a stillbirth
    may_be_birth: BoolArray


def known_of(pregnancies: Pregnancies) -> Known:
    """Losses and births among pregnancies; a fetal death is one or the other by its age."""
    ending, fewest, most = pregnancies.ending, pregnancies.weeks_fewest, pregnancies.weeks_most
    untold = ending == Ending.UNKNOWN
    fetal_death = ending == Ending.FETAL_DEATH
    died_before, died_after = most < STILLBIRTH_FROM_WEEKS, fewest >= STILLBIRTH_FROM_WEEKS
    is_loss = among(ending, *_LOSSES) | (fetal_death & died_before)
    may_be_loss = is_loss | untold | (fetal_death & ~died_after)
    live, still = ending == Ending.LIVE_BIRTH, ending == Ending.STILLBIRTH
    is_birth = live | still | (fetal_death & died_after)
    return Known(
        is_loss=is_loss,
        may_be_loss=may_be_loss,
        is_early_loss=is_loss & (most < EARLY_BEFORE_WEEKS),
        may_be_early_loss=may_be_loss & (fewest < EARLY_BEFORE_WEEKS),
        is_live_birth=live,
        may_be_live_birth=live | untold,
        is_birth=is_birth,
        may_be_birth=is_birth | untold | (fetal_death & ~died_before),
    )


def early_loss_parts(known: Known) -> Parts:
    """Parts in runs of early losses: births, stillbirths and late losses end a run, nothing else does."""
    ends = known.is_birth | (known.is_loss & ~known.may_be_early_loss)
    may_end = known.may_be_birth | (known.may_be_loss & ~known.is_early_loss)
    settled = known.is_early_loss | ends | known.is_loss
    parts = LOSS * known.may_be_early_loss + BREAKER * may_end + NEUTRAL * ~settled
    return np.asarray(parts, dtype=np.int8)


class NotCountable(Exception):
    """A published definition that needs more of each pregnancy than a table of endings and ages tells."""

    def __init__(self, definition: Definition, needs: str) -> None:
        super().__init__(f"{definition.id} needs {needs}, which the table does not hold")
        self.definition_id, self.needs = definition.id, needs


def definition_parts(
    pregnancies: Pregnancies, definition: Definition, *, partner_apart: bool = False
) -> Parts:
    """Parts under a published definition; by the protocol's own rules where it reads more than class and end.

    NotCountable where the source does not hold what it reads. Whoever sums the parts of a definition that
    wants one partner must look at partners too, and says so by `partner_apart`.
    """
    read = [
        (definition.age_at is AgeAt.ARREST, ARREST, "the age at the arrest"),
        (definition.age_at is AgeAt.DIAGNOSIS, DIAGNOSIS, "the age at the diagnosis"),
        (definition.same_partner, PARTNER, "the partner of each pregnancy"),
        (definition.excludes_abnormal_chromosomes, CHROMOSOMES, "the chromosomes of the losses"),
    ]
    wanted = [(name, needs) for asked, name, needs in read if asked]
    classified = pregnancies.classified
    for name, needs in wanted:
        if classified is None or name not in classified.holds or (name == PARTNER and not partner_apart):
            raise NotCountable(definition, needs)
    if wanted and classified is not None:
        return np.array([definition.parts(row) for row in classified.rows], dtype=np.int8)
    low, high = definition.before.min_days / 7, definition.before.max_days / 7
    is_before = pregnancies.weeks_most < low
    is_after = pregnancies.weeks_fewest >= high
    parts = np.zeros(len(pregnancies), dtype=np.int8)
    for ending in Ending:
        rows = pregnancies.ending == ending
        if rows.any():
            parts[rows] = _parts_of(definition, ending, pregnancies, is_before, is_after)[rows]
    return parts


def _parts_of(
    definition: Definition,
    ending: Ending,
    pregnancies: Pregnancies,
    is_before: BoolArray,
    is_after: BoolArray,
) -> Parts:
    """The parts if every pregnancy had this ending, (rows,)."""
    if ending is Ending.UNKNOWN:
        return np.full(len(is_before), LOSS | BREAKER | NEUTRAL, dtype=np.int8)
    if ending is Ending.LOSS:
        kinds = [_parts_of(definition, kind, pregnancies, is_before, is_after) for kind in _LOSS_OF_NO_TYPE]
        return np.asarray(np.bitwise_or.reduce(kinds), dtype=np.int8)
    if ending is Ending.FETAL_DEATH:
        lost = _parts_of(definition, Ending.MISCARRIAGE, pregnancies, is_before, is_after)
        still = _parts_of(definition, Ending.STILLBIRTH, pregnancies, is_before, is_after)
        early = pregnancies.weeks_most < STILLBIRTH_FROM_WEEKS
        late = pregnancies.weeks_fewest >= STILLBIRTH_FROM_WEEKS
        return np.where(early, lost, np.where(late, still, lost | still)).astype(np.int8)
    kind = PregnancyClass(ending.name.lower())
    if kind not in LOSS_CLASSES:
        part = BREAKER if kind is PregnancyClass.LIVE_BIRTH else NEUTRAL
        return np.full(len(is_before), part, dtype=np.int8)
    return _by_age(definition.counts[kind], kind, is_before, is_after)


def _by_age(stance: Stance, kind: PregnancyClass, is_before: BoolArray, is_after: BoolArray) -> Parts:
    if stance is not Stance.YES and kind is PregnancyClass.STILLBIRTH:
        return np.full(len(is_before), BREAKER, dtype=np.int8)
    if stance is Stance.NO:
        return np.full(len(is_before), NEUTRAL, dtype=np.int8)
    parts = np.where(is_before, LOSS, np.where(is_after, BREAKER, LOSS | BREAKER))
    return np.asarray(parts | (NEUTRAL if stance is Stance.SILENT else 0), dtype=np.int8)
