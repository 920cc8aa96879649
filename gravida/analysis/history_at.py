"""What a woman's pregnancies say on a day: the history before a transfer, or before she began to wait.

The counts are those of history(), read at a place put after the pregnancies that were over by the day. One
that went on that day has no ending yet: of a transfer it may be the outcome itself. One whose dates and
order leave open whether it was over is counted both ways.
"""

from dataclasses import dataclass, replace

import numpy as np

from gravida.analysis.fit import BoolArray, FloatArray, IntArray
from gravida.analysis.history import IndexRule, counted_before, lags_of
from gravida.analysis.history_lags import Lag, Places, places
from gravida.analysis.input.dated import pregnancy_days
from gravida.analysis.input.endings import Ending
from gravida.analysis.input.pregnancies import Pregnancies
from gravida.analysis.input.records import Classified
from gravida.protocol.obstetrics import Outcome, PregnancyFacts
from gravida.protocol.obstetrics_classes import history as history_of

_LAST = np.inf


@dataclass(frozen=True, kw_only=True, eq=False)
class HistoryAt:
    """Counts of earlier pregnancies on some days. Shapes: all (days,).

    `index`, `index_open`: whether the day comes after the losses that an index rule asks for; whether that
    cannot be told.
    """

    lags: tuple[Lag, ...]
    index: BoolArray
    index_open: BoolArray

    def lag(self, name: str) -> Lag:
        """A count by its name in HISTORY. KeyError with the names there are."""
        for lag in self.lags:
            if lag.name == name:
                return lag
        raise KeyError(f"no {name!r} in a history: it has {', '.join(lag.name for lag in self.lags)}")


def history_at(
    pregnancies: Pregnancies, *, woman: IntArray, day: FloatArray, rule: IndexRule | None = None
) -> HistoryAt:
    """The history of women on days, each day by itself.

    `woman`: places in `pregnancies.women`, -1 for a woman without pregnancies; `day`: from 1970, the
    pregnancies that ended on it or before are over. Where the day is NaN nothing can be told: every count is
    open.
    """
    rows, of_day = _rows_of_days(pregnancies, woman, len(day))
    over, maybe = _over(pregnancies, rows, of_day, day)
    rank = _rank_of_possible(pregnancies, rows, of_day, maybe)
    both = _lags(pregnancies, (rows[over], of_day[over]), len(day), rule)
    # What may be over is so in the order of the pregnancies: none of them, the first, the first two ...
    for number in range(int(rank.max(initial=-1)) + 1):
        taken = over | (maybe & (rank <= number))
        other = _lags(pregnancies, (rows[taken], of_day[taken]), len(day), rule)
        both = tuple(_either(one, more) for one, more in zip(both, other, strict=True))
    wanted = next((lag for lag in both if lag.name == "counted"), None)
    losses = 0 if rule is None else rule.losses
    index = np.ones(len(day), dtype=np.bool_) if wanted is None else wanted.fewest >= losses
    may = index if wanted is None else wanted.most >= losses
    return HistoryAt(
        lags=tuple(lag for lag in both if lag.name != "counted"), index=index, index_open=may & ~index
    )


def _either(one: Lag, other: Lag) -> Lag:
    return Lag(
        name=one.name, fewest=np.minimum(one.fewest, other.fewest), most=np.maximum(one.most, other.most)
    )


def _lags(
    pregnancies: Pregnancies, replicas: tuple[IntArray, IntArray], days: int, rule: IndexRule | None
) -> tuple[Lag, ...]:
    """Counts where these pregnancies were over by each day: their rows, and the day that each is before."""
    made, where = _with_anchors(pregnancies, *replicas, days)
    lags = lags_of(made, where)
    if rule is not None and rule.kind == "after_losses":
        lags = (*lags, replace(_counted(made, rule, where, lags), name="counted"))
    anchors = np.flatnonzero(where.order >= len(made) - days)
    back = anchors[np.argsort(where.order[anchors])]
    return tuple(lag.at(back) for lag in lags)


def _counted(made: Pregnancies, rule: IndexRule, where: Places, lags: tuple[Lag, ...]) -> Lag:
    if rule.definition is not None:
        return counted_before(made, rule.definition, where, in_a_row=rule.in_a_row)
    name = "longest_run" if rule.in_a_row else "early_losses"
    return next(lag for lag in lags if lag.name == name)


def _rows_of_days(pregnancies: Pregnancies, woman: IntArray, days: int) -> tuple[IntArray, IntArray]:
    """Every pregnancy of the woman of each day: its row, and the place of the day."""
    order = np.argsort(pregnancies.woman, kind="stable")
    starts = np.searchsorted(pregnancies.woman[order], np.arange(len(pregnancies.women) + 1))
    known = np.maximum(woman, 0)
    counts = np.where(woman >= 0, np.diff(starts)[known] if len(starts) > 1 else 0, 0)
    of_day = np.repeat(np.arange(days), counts)
    within = np.arange(len(of_day)) - np.repeat(np.cumsum(counts) - counts, counts)
    rows = order[np.repeat(starts[known], counts) + within] if len(of_day) else of_day
    return rows, of_day


def _rank_of_possible(
    pregnancies: Pregnancies, rows: IntArray, of_day: IntArray, maybe: BoolArray
) -> IntArray:
    """The place of each possible row among the possible ones of its day, by their order; 0 for the others."""
    rank = np.zeros(len(rows), dtype=np.int64)
    chosen = np.flatnonzero(maybe)
    chosen = chosen[np.lexsort((_order(pregnancies)[rows[chosen]], of_day[chosen]))]
    same = np.searchsorted(of_day[chosen], of_day[chosen], side="left")
    rank[chosen] = np.arange(len(chosen)) - same
    return rank if len(chosen) else rank - 1


def _over(
    pregnancies: Pregnancies, rows: IntArray, of_day: IntArray, day: FloatArray
) -> tuple[BoolArray, BoolArray]:
    """Whether each pregnancy was over by its day, and whether it may have been.

    By its own dates, or by its place in the order: what came before a pregnancy that had begun was over.
    """
    began, ended = pregnancy_days(pregnancies)
    until = day[of_day]
    over = ended[rows] <= until
    ended_first = np.where(
        np.isnan(pregnancies.ended_first), pregnancies.began_first, pregnancies.ended_first
    )
    goes_on = (pregnancies.ending == Ending.ONGOING) & np.isnan(pregnancies.ended_first)
    not_yet = (ended_first[rows] > until) | goes_on[rows]
    order = _order(pregnancies)[rows]
    begun = over | (pregnancies.began_last[rows] <= until)
    later = began[rows] > until
    last_begun = np.full(len(day), -np.inf)
    np.maximum.at(last_begun, of_day[begun], np.nan_to_num(order[begun], nan=-np.inf))
    first_later = np.full(len(day), np.inf)
    np.minimum.at(first_later, of_day[later], np.nan_to_num(order[later], nan=np.inf))
    undated = ~over & ~not_yet
    over |= undated & (order < last_begun[of_day])
    return over, ~over & ~not_yet & ~(order > first_later[of_day])


def _with_anchors(
    pregnancies: Pregnancies, rows: IntArray, of_day: IntArray, days: int
) -> tuple[Pregnancies, Places]:
    """The replicated rows and one last row for each day, which says nothing itself."""
    when = _order(pregnancies)[rows]
    # Replicas of a woman whose order nobody knows share one place, before the day all the same.
    unplaced = np.zeros(days, dtype=np.bool_)
    unplaced[of_day[np.isnan(when)]] = True
    when = np.where(unplaced[of_day], 0.0, when)
    nothing = np.full(days, np.nan)
    made = replace(
        pregnancies,
        women=tuple(str(at) for at in range(days)),
        woman=np.concatenate([of_day, np.arange(days)]),
        ending=np.concatenate([pregnancies.ending[rows], np.full(days, Ending.ONGOING, dtype=np.int8)]),
        classified=_classified(pregnancies.classified, rows, days),
        weeks_fewest=np.concatenate([pregnancies.weeks_fewest[rows], nothing]),
        weeks_most=np.concatenate([pregnancies.weeks_most[rows], nothing]),
    )
    return made, places(made.woman, np.concatenate([when, np.full(days, _LAST)]))


def _classified(found: Classified | None, rows: IntArray, days: int) -> Classified | None:
    if found is None:
        return None
    return replace(found, rows=(*(found.rows[row] for row in rows), *(_ANCHOR,) * days))


_ANCHOR = history_of([PregnancyFacts(number=1, outcome=Outcome.ONGOING)]).pregnancies[0]


def _order(pregnancies: Pregnancies) -> FloatArray:
    for told in (pregnancies.order, pregnancies.ended_first, pregnancies.began_first):
        if not np.isnan(told).all():
            return told
    return np.full(len(pregnancies), np.nan)
