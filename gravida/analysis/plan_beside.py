"""What questions about women and transfers share: the tables they stand on, and why one is not answered."""

from dataclasses import dataclass

import numpy as np

from gravida.analysis.fit import BoolArray, FloatArray, IntArray
from gravida.analysis.history import RiskTable
from gravida.analysis.history_flow import Flow
from gravida.analysis.input.beside import Beside
from gravida.analysis.input.table import Table
from gravida.analysis.plan_columns import PlanColumns
from gravida.protocol.expressions import Expression, names_in
from gravida.protocol.plan import Plan, Question


class NotAnswerable(Exception):
    """A question that the source or the plan leaves without rows; `code` is stable."""

    def __init__(self, code: str, *, question: str, found: str, wanted: str) -> None:
        self.code, self.question, self.found, self.wanted = code, question, found, wanted
        super().__init__(f"question {question} [{code}]: found {found}, wanted {wanted}")


NO_TABLE, NO_DAY, NO_TIME, ANOTHER_RULE, NOT_READABLE = (
    "no_table_of_grain",
    "no_day_of_rows",
    "no_time_in_transfers",
    "index_rule_of_no_use",
    "outcome_not_readable",
)


@dataclass(frozen=True, kw_only=True, eq=False)
class Asking:
    """A question, its plan, the pregnancies and the tables beside them."""

    plan: Plan
    question: Question
    risk: RiskTable
    beside: Beside

    def refuse(self, code: str, *, found: str, wanted: str) -> NotAnswerable:
        """Why the question is not answered."""
        return NotAnswerable(code, question=self.question.id, found=found, wanted=wanted)

    def woman_of_pregnancies(self, woman: IntArray) -> IntArray:
        """Places among the women of the pregnancies, -1 for a woman without any, (rows,)."""
        place = np.full(len(self.beside.women), -1)
        place[self.beside.places(self.risk.pregnancies.women)] = np.arange(len(self.risk.pregnancies.women))
        return place[woman]


def asking(plan: Plan, question: Question, risk: RiskTable) -> Asking:
    """The question with its tables. NotAnswerable where the source is pregnancies alone."""
    beside = risk.pregnancies.beside
    if beside is None or beside.table(question.grain) is None:
        grains = ", ".join(sorted(beside.tables)) if beside is not None else ""
        raise NotAnswerable(
            NO_TABLE,
            question=question.id,
            found=f"tables pregnancy{', ' + grains if grains else ''}",
            wanted=f"a table {question.grain}: pregnancies do not tell of rows that led to none",
        )
    return Asking(plan=plan, question=question, risk=risk, beside=beside)


def table_of(asked: Asking) -> Table:
    """The table whose rows the question is about."""
    table = asked.beside.table(asked.question.grain)
    if table is None:  # pragma: no cover - `asking` has refused
        raise asked.refuse(NO_TABLE, found="no table", wanted=f"a table {asked.question.grain}")
    return table


def leave_out_others(asked: Asking, columns: PlanColumns, flow: Flow) -> None:
    """Rows that the population or the question does not take, or of which that cannot be told."""
    for code, where in (("population", asked.plan.population.where), ("question", asked.question.where)):
        if where is not None:
            answer = columns.answers(where)
            flow.leave_out(f"not_in_{code}", answer == 0)
            flow.leave_out(f"{code}_cannot_be_told", np.isnan(answer))


def is_read_by(event: Expression | None, table: Table) -> bool:
    """Whether a table has every column of a condition."""
    return event is not None and all(str(name) in table for name in names_in(event))


def first_of(woman: IntArray, day: FloatArray, chosen: BoolArray, women: int) -> tuple[FloatArray, IntArray]:
    """The first day of each woman among rows chosen, and its row; NaN and -1 where she has none."""
    rows = np.flatnonzero(chosen & ~np.isnan(day))
    rows = rows[np.lexsort((day[rows], woman[rows]))]
    first, at = np.unique(woman[rows], return_index=True)
    days, places = np.full(women, np.nan), np.full(women, -1)
    days[first], places[first] = day[rows[at]], rows[at]
    return days, places
