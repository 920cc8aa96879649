"""The source changed as a sensitivity analysis asks: told weeks moved, entries left aside or closed."""

from dataclasses import replace

import numpy as np

from gravida.analysis.history import RiskTable
from gravida.analysis.input.mistakes import Mistakes
from gravida.analysis.input.pregnancies import Pregnancies, pregnancies_of, role_column
from gravida.protocol.plan import Plan, Question


def with_weeks_moved(pregnancies: Pregnancies, plan: Plan, *, weeks: int) -> Pregnancies:
    """The pregnancies with every told length so many weeks longer (shorter where negative), never below 0.

    ValueError where no column plays the weeks.
    """
    name = role_column(pregnancies.table.names, plan.input, "weeks")
    if name is None:
        raise ValueError(
            f"columns {', '.join(pregnancies.table.names[:40])}: found none for weeks, wanted one"
        )
    column = pregnancies.table.column(name)
    step = weeks * (7.0 if plan.input.weeks_in == "days" else 1.0)
    moved = replace(
        column,
        numbers=np.maximum(column.numbers + step, 0.0),
        high=None if column.high is None else np.maximum(column.high + step, 0.0),
    )
    mistakes = Mistakes()
    found = pregnancies_of(
        pregnancies.table.with_columns(moved),
        plan.input,
        mistakes,
        women_without_pregnancy=pregnancies.women_without_pregnancy,
    )
    mistakes.reject()
    return found


def without_entry(question: Question) -> Question:
    """The question as if every pregnancy had been watched from week 0: biased, for the warning only."""
    return replace(question, entry=False)


# Half of the half week by which an end lies behind its completed week: no entry or end comes between.
_JUST_BEFORE_WEEKS = 0.25


def with_closed_entry(risk: RiskTable) -> RiskTable:
    """The risk table in which a pregnancy is at risk already in its week of entry, [entry, exit].

    The other convention, for comparison: ours is (entry, exit], as R's and Keiding's.
    """
    return replace(risk, entry=np.maximum(risk.entry - _JUST_BEFORE_WEEKS, 0.0))
