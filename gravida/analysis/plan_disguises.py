"""Factors known by what they hold, whatever they are called: earlier outcomes, or the outcome itself.

A column that is a function of a count over earlier pregnancies is that count, renamed, cut or transformed; a
column that settles the outcome of every row is the outcome.
"""

from collections.abc import Iterator

import numpy as np

from gravida.analysis.fit import BoolArray, FloatArray
from gravida.analysis.history import RiskTable
from gravida.protocol.expressions import names_in
from gravida.protocol.plan import Factor, Plan
from gravida.protocol.plan_words import LAGGED_OUTCOMES, is_history

# Below, agreement with a count can be chance.
_FEWEST_ROWS, _FEWEST_IN_GROUP = 20, 5


def names_read(plan: Plan, names: tuple[str, ...]) -> frozenset[str]:
    """Every name behind these: through derived columns down to source columns and history, all included."""
    derived = {row.id: row for row in plan.derived}
    found: set[str] = set()
    waiting = [name for name in names if name]
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found.add(name)
        if name in derived:
            waiting += [str(read) for read in names_in(derived[name].value)]
    return frozenset(found)


def history_read(plan: Plan, factor: Factor) -> frozenset[str]:
    """What a factor reads of earlier pregnancies, without the word history."""
    names = names_read(plan, factor.reads)
    return frozenset(name.partition(".")[2] for name in names if is_history(name))


def lagged_outcomes(plan: Plan, factor: Factor) -> frozenset[str]:
    """The earlier outcomes that a factor reads by name."""
    return history_read(plan, factor) & LAGGED_OUTCOMES


def is_function_of(values: FloatArray, of: FloatArray) -> bool:
    """Whether a column takes one value for each value of another, on enough rows not to be chance.

    Shapes: both (rows,); rows with NaN in either are not looked at. A constant column is a function of
    nothing.
    """
    known = ~np.isnan(values) & ~np.isnan(of)
    if int(known.sum()) < _FEWEST_ROWS:
        return False
    levels, places, counts = np.unique(of[known], return_inverse=True, return_counts=True)
    if int((counts >= _FEWEST_IN_GROUP).sum()) < 2:
        return False
    # A column with as many levels as rows says nothing of what depends on it.
    if len(levels) * _FEWEST_IN_GROUP > int(known.sum()):
        return False
    lowest = np.full(len(levels), np.inf)
    highest = np.full(len(levels), -np.inf)
    np.minimum.at(lowest, places, values[known])
    np.maximum.at(highest, places, values[known])
    return bool((lowest == highest).all()) and len(np.unique(lowest)) > 1


def disguised_lags(risk: RiskTable, columns: FloatArray) -> Iterator[str]:
    """The earlier outcomes that some column is a function of. Shape: (rows of the risk table, columns)."""
    for name in sorted(LAGGED_OUTCOMES):
        lag = risk.lag(name).values
        if any(is_function_of(columns[:, at], lag) for at in range(columns.shape[1])):
            yield name


def is_outcome(columns: FloatArray, event: FloatArray, weeks: FloatArray, kept: BoolArray) -> bool:
    """Whether a factor settles the outcome of every row, or one of its columns is the week of the end.

    Shapes: columns (rows, columns), the others (rows,).
    """
    known = kept & ~np.isnan(columns).any(axis=1)
    if int(known.sum()) < _FEWEST_ROWS:
        return False
    if is_function_of(event[known], _levels(columns[known])):
        return True
    told = known & ~np.isnan(weeks)
    differ = columns[told] != weeks[told][:, None]
    return bool((~differ.any(axis=0)).any()) and len(np.unique(weeks[told])) > 1


def _levels(columns: FloatArray) -> FloatArray:
    """One number for each combination of values, (rows,)."""
    levels = np.zeros(len(columns), dtype=np.int64)
    for at in range(columns.shape[1]):
        values, places = np.unique(columns[:, at], return_inverse=True)
        levels = np.unique(levels * len(values) + places, return_inverse=True)[1]
    return levels.astype(np.float64)


def counts_whole_history(risk: RiskTable, column: FloatArray) -> bool:
    """Whether a column tells a woman's losses over all her pregnancies, those that are outcomes too.

    Such a column cannot choose who is in: it knows how the story ends. Shape: (rows of the risk table,).
    """
    totals = risk.lag("early_losses").fewest + risk.is_early_loss
    women = int(risk.woman.max(initial=-1)) + 1
    total = np.zeros(women, dtype=np.int64)
    np.maximum.at(total, risk.woman, totals)
    of_row = total[risk.woman].astype(np.float64)
    if is_function_of(column, risk.lag("early_losses").values):
        return False
    return is_function_of(column, of_row)
