"""The risk table: who is at risk, from when, for what, and what her earlier pregnancies say.

Only pregnancies after the index event can be outcomes. The losses that let a woman in are never counted as
what befell her afterwards: in public data that mistake turns 45 % into 63 %.
"""

from dataclasses import dataclass

import numpy as np

from gravida.analysis.fit import BoolArray, FloatArray, IntArray
from gravida.analysis.history_counting import (
    Known,
    Parts,
    definition_parts,
    early_loss_parts,
    known_of,
)
from gravida.analysis.history_flow import Flow, FlowStep
from gravida.analysis.history_lags import (
    Lag,
    Places,
    count_before,
    longest_run_before,
    loss_types,
    losses_immediately_before,
    places,
    previous_was_loss,
    run_before,
)
from gravida.analysis.history_partner import with_one_partner_before
from gravida.analysis.history_quality import Quality, quality_of
from gravida.analysis.input.endings import Ending, among
from gravida.analysis.input.pregnancies import Pregnancies
from gravida.protocol.definitions import LOSS, Definition, Stance


@dataclass(frozen=True, kw_only=True)
class IndexRule:
    """From when a woman's pregnancies can be outcomes.

    `kind`: every_pregnancy; after_losses, so many losses lie before (in a row or not), counted by
    `definition` or as every loss before 14+0 weeks; after_inclusion, the pregnancy began after the day of
    inclusion. `pregnant_enter`: one that had begun on that day enters at its age on it.
    """

    kind: str = "every_pregnancy"
    losses: int = 3
    in_a_row: bool = False
    definition: Definition | None = None
    pregnant_enter: bool = False


@dataclass(frozen=True, kw_only=True, eq=False)
class RiskTable:
    """One row per pregnancy that can be an outcome, woman by woman, in the order of her pregnancies.

    Shapes: every array (rows,). `rows` are places in `pregnancies`; `woman` is the cluster. `entry` is the
    week of recognition (or of inclusion, where she was pregnant then), NaN where not known; `exit` the week
    of the end, in the middle of a completed week. `index_number` is 1 for a woman's first index pregnancy.
    `lags` are what earlier pregnancies say, all of them, those before the index event too.
    """

    pregnancies: Pregnancies
    rule: IndexRule
    rows: IntArray
    woman: IntArray
    number: IntArray  # among all her pregnancies, from 1
    index_number: IntArray
    ending: np.ndarray[tuple[int], np.dtype[np.int8]]
    entry: FloatArray
    exit: FloatArray
    is_early_loss: BoolArray
    may_be_early_loss: BoolArray
    loss_type: IntArray  # places in LOSS_TYPES
    lags: tuple[Lag, ...]
    flow: tuple[FlowStep, ...]
    quality: Quality

    def __len__(self) -> int:
        return len(self.rows)

    def lag(self, name: str) -> Lag:
        """What earlier pregnancies say, by its name in HISTORY. KeyError with the names there are."""
        for lag in self.lags:
            if lag.name == name:
                return lag
        raise KeyError(f"no {name!r} in a history: it has {', '.join(lag.name for lag in self.lags)}")

    @property
    def entry_is_known(self) -> bool:
        """Whether any row has a week of entry."""
        return bool((~np.isnan(self.entry)).any())


def history(pregnancies: Pregnancies, *, rule: IndexRule | None = None) -> RiskTable:
    """The risk table of pregnancies under an index rule (every pregnancy where none is given).

    NotCountable where the rule's definition reads what the table does not hold. Pregnancies are put in the
    order that `order` tells, or else their ends, or else their beginnings.
    """
    rule = rule or IndexRule()
    known = known_of(pregnancies)
    where = places(pregnancies.woman, _when(pregnancies))
    order = where.order
    parts = early_loss_parts(known)[order]
    lags = _lags(pregnancies, known, where, parts)
    is_index, cannot_tell, late_entry = _index(pregnancies, rule, where, lags)
    flow = Flow.of(where.woman)
    flow.leave_out("index_cannot_be_told", cannot_tell)
    flow.leave_out("not_after_index_event", ~is_index)
    rows = np.flatnonzero(flow.kept)
    source = order[rows]
    return RiskTable(
        pregnancies=pregnancies,
        rule=rule,
        rows=source,
        woman=where.woman[rows],
        number=(np.arange(len(where)) - where.first + 1)[rows],
        index_number=_numbered(where.woman[rows]),
        ending=pregnancies.ending[source],
        entry=np.fmax(pregnancies.recognised_week[source], late_entry[rows]),
        exit=pregnancies.exit_weeks[source],
        is_early_loss=known.is_early_loss[source],
        may_be_early_loss=known.may_be_early_loss[source],
        loss_type=loss_types(where, known)[rows],
        lags=tuple(lag.at(rows) for lag in lags),
        flow=tuple(flow.steps),
        quality=quality_of(pregnancies, known, where),
    )


def _when(pregnancies: Pregnancies) -> FloatArray:
    """What puts the pregnancies in order: the first of order, end and beginning that most rows have."""
    for told in (pregnancies.order, pregnancies.ended_first, pregnancies.began_first):
        if not np.isnan(told).all():
            return told
    _, counts = np.unique(pregnancies.woman, return_counts=True)
    alone = len(pregnancies) == 0 or bool((counts == 1).all())
    return np.zeros(len(pregnancies)) if alone else np.full(len(pregnancies), np.nan)


def lags_of(pregnancies: Pregnancies, where: Places) -> tuple[Lag, ...]:
    """Every count of earlier pregnancies, in the order of `where`."""
    known = known_of(pregnancies)
    return _lags(pregnancies, known, where, early_loss_parts(known)[where.order])


def _lags(pregnancies: Pregnancies, known: Known, where: Places, parts: Parts) -> tuple[Lag, ...]:
    order = where.order
    ending = pregnancies.ending[order]
    untold = ending == Ending.UNKNOWN
    every = np.ones(len(where), dtype=np.bool_)
    stillbirth = known.is_birth[order] & ~known.is_live_birth[order]
    counts = {
        "early_losses": (known.is_early_loss[order], known.may_be_early_loss[order]),
        "losses": (known.is_loss[order], known.may_be_loss[order]),
        "live_births": (known.is_live_birth[order], known.may_be_live_birth[order]),
        "stillbirths": (stillbirth, known.may_be_birth[order] & ~known.is_live_birth[order]),
        "earlier_pregnancies": (every, every),
    }
    for name, chosen in (
        ("terminations", (Ending.TERMINATION,)),
        ("ectopics", (Ending.ECTOPIC,)),
        ("moles", (Ending.COMPLETE_MOLE, Ending.PARTIAL_MOLE)),
    ):
        certain = among(ending, *chosen)
        counts[name] = (certain, certain | untold)
    early = counts["early_losses"]
    return (
        *(count_before(name, where, certain, possible) for name, (certain, possible) in counts.items()),
        losses_immediately_before("losses_immediately_before", where, known, order),
        run_before("losses_in_a_row", where, parts),
        longest_run_before("longest_run", where, parts),
        previous_was_loss("previous_was_loss", where, *early),
    )


def _index(
    pregnancies: Pregnancies, rule: IndexRule, where: Places, lags: tuple[Lag, ...]
) -> tuple[BoolArray, BoolArray, FloatArray]:
    """Which rows come after the index event, of which it cannot be told, and the week of a late entry."""
    nowhere = np.full(len(where), np.nan)
    if rule.kind == "every_pregnancy":
        every = np.ones(len(where), dtype=np.bool_)
        return every, ~every, nowhere
    if rule.kind == "after_losses":
        counted = _counted(pregnancies, rule, where, lags)
        is_index = counted.fewest >= rule.losses
        return is_index, ~is_index & (counted.most >= rule.losses), nowhere
    if rule.kind == "after_inclusion":
        return _after_inclusion(pregnancies, rule, where)
    raise ValueError(f"index rule {rule.kind!r}: need every_pregnancy, after_losses or after_inclusion")


def _counted(pregnancies: Pregnancies, rule: IndexRule, where: Places, lags: tuple[Lag, ...]) -> Lag:
    """The losses that let a woman in, counted before each pregnancy."""
    by_name = {lag.name: lag for lag in lags}
    if rule.definition is None:
        return by_name["longest_run" if rule.in_a_row else "early_losses"]
    return counted_before(pregnancies, rule.definition, where, in_a_row=rule.in_a_row)


def counted_before(
    pregnancies: Pregnancies, definition: Definition, where: Places, *, in_a_row: bool = False
) -> Lag:
    """The losses that a definition counts before each pregnancy. NotCountable; in the order of `where`."""
    parts = definition_parts(pregnancies, definition, partner_apart=True)[where.order]
    if definition.same_partner and pregnancies.classified is not None:
        partner = [pregnancies.classified.rows[row].partner for row in where.order]
        return with_one_partner_before(where, parts, partner)
    return counted_by(definition, where, parts, in_a_row=in_a_row)


def counted_by(definition: Definition, where: Places, parts: Parts, *, in_a_row: bool = False) -> Lag:
    """The losses that a definition counts among earlier pregnancies: in all, in a row, or either."""
    in_all = count_before("counted", where, parts == LOSS, (parts & LOSS) != 0)
    if definition.consecutive is Stance.NO and not in_a_row:
        return in_all
    run = longest_run_before("counted", where, parts)
    if definition.consecutive is Stance.YES or in_a_row:
        return run
    return Lag(name="counted", fewest=run.fewest, most=in_all.most)


def _after_inclusion(
    pregnancies: Pregnancies, rule: IndexRule, where: Places
) -> tuple[BoolArray, BoolArray, FloatArray]:
    order = where.order
    included = pregnancies.included_on[order]
    began_first, began_last = pregnancies.began_first[order], pregnancies.began_last[order]
    after = began_first > included
    before = began_last <= included
    late_entry = np.full(len(order), np.nan)
    if rule.pregnant_enter:
        going_on = before & (
            (pregnancies.ended_first[order] > included)
            | ((pregnancies.ending[order] == Ending.ONGOING) & np.isnan(pregnancies.ended_first[order]))
        )
        late_entry[going_on] = (included - began_first)[going_on] / 7.0
        after = after | going_on
        before = before & ~going_on
    return after, ~after & ~before, late_entry


def _numbered(woman: IntArray) -> IntArray:
    """1, 2, 3 ... within each woman, whose rows stand together."""
    rows = np.arange(len(woman))
    new = np.ones(len(woman), dtype=np.bool_)
    new[1:] = woman[1:] != woman[:-1]
    return rows - np.maximum.accumulate(np.where(new, rows, 0)) + 1 if len(woman) else rows
