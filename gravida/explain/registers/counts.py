"""Exact compression where the rows are: patterns, pattern pairs of a woman, weekly grids, in the engine.

Only counts come back: what `analysis.compression` makes of the same rows, number for number.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import ibis
import numpy as np
from ibis.expr.types import IntegerValue, NumericValue, Table, Value
from scipy import sparse

from gravida.analysis.binomial import Cells
from gravida.analysis.binomial_input import ClusteredRows, design_matrix
from gravida.analysis.compression import Covariate, PatternTable
from gravida.analysis.compression_pairs import PatternPairs
from gravida.analysis.compression_weeks import WeeklyGrid
from gravida.analysis.fit import Fit, FloatArray, IntArray
from gravida.analysis.logistic import fit_cells
from gravida.analysis.sandwich import Correction


@dataclass(frozen=True, kw_only=True)
class CodedRows:
    """Rows with a packed key, as `compression.pack` makes it, and an outcome 0/1; none with a gap.

    `rows`: woman, key, outcome, and the columns kept beside them.
    """

    session: ibis.BaseBackend
    covariates: tuple[Covariate, ...]
    rows: Table


def coded_rows(
    session: ibis.BaseBackend,
    table: Table,
    *,
    covariates: Sequence[Covariate],
    codes: Mapping[str, Value],
    outcome: Value,
    keep: Mapping[str, Value] | None = None,
) -> CodedRows:
    """The rows of a table with their packed key.

    codes: an expression of `table` for each covariate, its level number, null where it is missing (see
    `level_of`, `capped`); outcome: 0/1 or no/yes, null where missing.
    """
    key: IntegerValue = ibis.literal(0).cast("int64")
    for covariate in covariates:
        key = key * len(covariate.levels) + codes[covariate.name].cast("int64")
    rows = table.select(woman=table.woman, key=key, outcome=outcome.cast("int64"), **(keep or {}))
    rows = rows.filter(rows.key.notnull() & rows.outcome.notnull())
    return CodedRows(session=session, covariates=tuple(covariates), rows=rows)


def level_of(words: Value, covariate: Covariate) -> Value:
    """The level number of a column of words; null for any other word."""
    told = words.cast("string")
    return told.cases(*((word, at) for at, word in enumerate(covariate.levels)), else_=ibis.null("int64"))


def capped(name: str, table: Table, *, most: int) -> tuple[Covariate, Value]:
    """A lag as a covariate with levels 0, 1, ... `most` or more; null where the record leaves it open."""
    covariate = Covariate(name=name, levels=(*(str(level) for level in range(most)), f"{most} or more"))
    fewest, largest = (ibis.least(table[f"{name}__{side}"], most) for side in ("fewest", "most"))
    return covariate, ibis.ifelse(fewest == largest, fewest, ibis.null("int64"))


def banded(name: str, column: NumericValue, *, starts: Sequence[float]) -> tuple[Covariate, Value]:
    """A number in bands that begin at `starts`, rising; below the first, or missing, is null."""
    band = ibis.literal(-1).cast("int64")
    for start in starts:
        band = band + (column >= start).cast("int64")
    ends = [f"{low:g} to below {high:g}" for low, high in pairwise(starts)]
    covariate = Covariate(name=name, levels=(*ends, f"{starts[-1]:g} or more"))
    return covariate, ibis.ifelse(band >= 0, band, ibis.null("int64"))


def patterns(coded: CodedRows) -> PatternTable:
    """Distinct patterns with their counts, as `compression.compress` finds them."""
    rows = coded.rows
    counted = rows.group_by("key").aggregate(trials=rows.count(), events=rows.outcome.sum()).order_by("key")
    found = coded.session.execute(counted)
    return PatternTable(
        covariates=coded.covariates,
        keys=_whole(found["key"]),
        trials=_whole(found["trials"]),
        events=_whole(found["events"]),
    )


def women(coded: CodedRows) -> int:
    """How many women the rows are of."""
    return int(coded.session.execute(coded.rows.woman.nunique()))


def pairs(coded: CodedRows, table: PatternTable) -> PatternPairs:
    """Pairs of rows of one woman by their patterns, as `compression_pairs.count_pairs` finds them."""
    rows = coded.rows.select("woman", "key", "outcome")
    # How often each (key, outcome) is hers, so that the join grows with her patterns, not her rows.
    own = rows.group_by(["woman", "key", "outcome"]).aggregate(times=rows.count())
    own = own.mutate(code=own.key * 2 + own.outcome)
    other = own.view()
    joined = own.join(other, [own.woman == other.woman, own.code <= other.code])
    number = ibis.ifelse(own.code == other.code, own.times * (own.times - 1) / 2, own.times * other.times)
    each = joined.select(first=own.code, second=other.code, number=number.cast("int64"))
    each = each.filter(each.number > 0)
    counted = each.group_by(["first", "second"]).aggregate(number=each.number.sum())
    found = coded.session.execute(counted.order_by(["first", "second"]))
    return _pairs(_whole(found["first"]), _whole(found["second"]), _whole(found["number"]), table)


def _pairs(first: IntArray, second: IntArray, number: IntArray, table: PatternTable) -> PatternPairs:
    at, other = np.searchsorted(table.keys, first >> 1), np.searchsorted(table.keys, second >> 1)
    size = len(table.keys)

    def matrix(chosen: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> sparse.csr_array:
        cells = (number[chosen].astype(np.float64), (at[chosen], other[chosen]))
        return sparse.coo_array(cells, shape=(size, size)).tocsr()

    with_first, with_second = (first & 1) == 1, (second & 1) == 1
    return PatternPairs(
        number=matrix(np.ones(len(first), dtype=np.bool_)),
        first_events=matrix(with_first),
        second_events=matrix(with_second),
        both_events=matrix(with_first & with_second),
        trials=table.trials,
        events=table.events,
    )


def weekly(coded: CodedRows, table: PatternTable, *, causes: Sequence[int]) -> WeeklyGrid:
    """At risk and events by pattern and week, as `compression_weeks.weekly_grid` finds them.

    The rows keep entry_week, exit_week (both at risk) and cause, 0 where none is seen.
    """
    rows = coded.rows
    entered = rows.group_by(["key", "entry_week"]).aggregate(number=rows.count())
    left = rows.group_by(["key", "exit_week", "cause"]).aggregate(number=rows.count())
    came, went = coded.session.execute(entered), coded.session.execute(left)
    first = int(came["entry_week"].min())
    weeks = int(went["exit_week"].max()) - first + 1
    at_risk = np.zeros((len(table.keys), weeks + 1), dtype=np.int64)
    np.add.at(at_risk, (_place(came, table), _whole(came["entry_week"]) - first), _whole(came["number"]))
    gone = (_place(went, table), _whole(went["exit_week"]) - first + 1)
    np.subtract.at(at_risk, gone, _whole(went["number"]))
    events = np.zeros((len(causes), len(table.keys), weeks), dtype=np.int64)
    for at, cause in enumerate(causes):
        own = went[went["cause"] == cause]
        where = (np.full(len(own), at), _place(own, table), _whole(own["exit_week"]) - first)
        np.add.at(events, where, _whole(own["number"]))
    return WeeklyGrid(
        first_week=first,
        causes=tuple(causes),
        at_risk=np.cumsum(at_risk, axis=1)[:, :weeks],
        events=events,
    )


def logistic_by_counts(
    *,
    table: PatternTable,
    pairs: PatternPairs,
    women: int,
    design: FloatArray,
    names: Sequence[str],
    correction: Correction = "CR1",
) -> Fit:
    """`logistic_by_pattern` from counts alone: no row leaves the engine. Not for CR2, which needs rows."""
    if correction == "CR2":
        raise ValueError("CR2 needs the rows of every woman: wanted CR0, CR1 or CR1S from counts")
    matrix, terms = design_matrix(design, names)
    # The sandwich comes from the pairs; of the women it needs only how many they are.
    nobody = np.zeros(0, dtype=np.int64)
    clusters = ClusteredRows(pattern=nobody, outcome=nobody, starts=np.zeros(women + 1, dtype=np.int64))
    return fit_cells(
        cells=Cells(
            design=matrix, trials=table.trials.astype(np.float64), events=table.events.astype(np.float64)
        ),
        names=terms,
        rows=clusters,
        link="logit",
        correction=correction,
        n_rows=int(table.trials.sum()),
        n_events=int(table.events.sum()),
        pairs=pairs,
    )


def _whole(values: object) -> IntArray:
    return np.asarray(values, dtype=np.int64)


def _place(found: object, table: PatternTable) -> IntArray:
    return np.searchsorted(table.keys, _whole(found["key"]))  # type: ignore[index]
