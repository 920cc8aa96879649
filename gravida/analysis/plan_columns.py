"""The columns of a plan for the rows of a risk table: source, derived and history, read by their names."""

from dataclasses import dataclass, field

import numpy as np

from gravida.analysis.fit import FloatArray
from gravida.analysis.history import RiskTable
from gravida.analysis.history_lags import Lag
from gravida.analysis.input.table import Column, Kind
from gravida.analysis.plan_expressions import (
    Answers,
    Codes,
    NotInPlans,
    Spans,
    Value,
    answers,
    numbers,
    value_of,
    work_out,
)
from gravida.protocol.expressions import Expression, Name
from gravida.protocol.plan import Plan
from gravida.protocol.plan_words import is_history


@dataclass(kw_only=True, eq=False)
class PlanColumns:
    """Every name that a plan can read, for the rows of a risk table; derived columns are worked out once."""

    plan: Plan
    risk: RiskTable
    _derived: dict[str, Value] = field(init=False, repr=False, default_factory=dict)
    _open: list[str] = field(init=False, repr=False, default_factory=list)

    def read(self, name: Name) -> Column | Spans:
        """What a name stands for. NotInPlans where a derived column reads itself; NoSuchColumn."""
        full = str(name)
        if is_history(full):
            lag = self.lag(name.variable)
            return Spans(low=lag.fewest.astype(np.float64), high=lag.most.astype(np.float64))
        if any(derived.id == full for derived in self.plan.derived):
            value = self._value_of_derived(full)
            if isinstance(value, Answers):
                return Spans(low=value.values, high=value.values)
            if isinstance(value, Spans):
                return value
            raise NotInPlans(f"derived {full}: found a code, wanted a number or an answer")
        return self.source(full)

    @property
    def n_rows(self) -> int:
        """Rows that names are read for."""
        return len(self.risk)

    def lag(self, name: str) -> Lag:
        """A count of earlier pregnancies, for these rows."""
        return self.risk.lag(name)

    def source(self, name: str) -> Column:
        """A column of the source for these rows. NoSuchColumn with the names there are."""
        return self.risk.pregnancies.table.column(name).at(self.risk.rows)

    def _value_of_derived(self, id_: str) -> Value:
        if id_ in self._open:
            raise NotInPlans(f"derived {id_} reads itself through {', '.join(self._open)}")
        if id_ not in self._derived:
            self._open.append(id_)
            derived = next(row for row in self.plan.derived if row.id == id_)
            self._derived[id_] = work_out(derived.value, self.read)
            self._open.pop()
        return self._derived[id_]

    def numbers(self, expression: Expression) -> FloatArray:
        """The numbers of an expression, (rows,); an answer counts as 1 or 0, NaN is not known."""
        return self._for_every_row(numbers(expression, self.read))

    def answers(self, expression: Expression) -> FloatArray:
        """The answers to a condition, (rows,): 1 yes, 0 no, NaN cannot tell."""
        return self._for_every_row(answers(expression, self.read))

    def variable(self, name: str) -> FloatArray:
        """A column, derived column or history by its full name, as numbers, (rows,).

        NotInPlans where its codes are no numbers.
        """
        form, _, variable = name.rpartition(".")
        return self.numbers(Name(variable, form))

    def words(self, name: str) -> tuple[tuple[str, ...], FloatArray]:
        """The distinct values of a column as texts, sorted, and each row's place among them, or NaN."""
        form, _, variable = name.rpartition(".")
        found = self.read(Name(variable, form))
        value = value_of(found)
        if isinstance(value, Codes):
            return value.words, value.places
        is_answer = isinstance(found, Column) and found.kind is Kind.YES_NO
        told = value.values if isinstance(value, Answers) else _points(value)
        known = np.unique(told[~np.isnan(told)])
        places = np.searchsorted(known, told).astype(np.float64)
        places[np.isnan(told)] = np.nan
        texts = [("no", "yes")[int(number)] if is_answer else f"{number:g}" for number in known]
        return tuple(texts), places

    def _for_every_row(self, values: FloatArray) -> FloatArray:
        return np.broadcast_to(values, (self.n_rows,)).copy()


def _points(value: Value) -> FloatArray:
    if isinstance(value, Spans):
        return value.points
    raise NotInPlans("found a single number, wanted a column")
