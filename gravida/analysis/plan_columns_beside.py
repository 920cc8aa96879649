"""The columns of a plan for rows that are no pregnancies: women from their origin, transfers on their day."""

from dataclasses import dataclass, field

import numpy as np

from gravida.analysis.fit import IntArray
from gravida.analysis.history_at import HistoryAt
from gravida.analysis.history_lags import Lag
from gravida.analysis.input.beside import Beside
from gravida.analysis.input.dated import Anchors, DatedCount, dated_column, last_known, without_values
from gravida.analysis.input.snapshot import WOMAN
from gravida.analysis.input.table import BLANK, Column, NoSuchColumn, Table
from gravida.analysis.plan_columns import PlanColumns


@dataclass(kw_only=True, eq=False)
class ColumnsBeside(PlanColumns):
    """Names read from the table asked about, else from its woman, else as dated by the day, else her history.

    `table` has the rows; `anchors` their days, up to which something may be known; `earlier` what her
    pregnancies say by then. `dated` counts, by variable, who had a value in time.
    """

    beside: Beside
    table: Table
    anchors: Anchors
    earlier: HistoryAt
    dated: dict[str, DatedCount] = field(init=False, repr=False, default_factory=dict)
    _read: dict[str, Column] = field(init=False, repr=False, default_factory=dict)

    @property
    def n_rows(self) -> int:
        """Rows of the table."""
        return len(self.table)

    def lag(self, name: str) -> Lag:
        """A count of earlier pregnancies by the day of each row."""
        return self.earlier.lag(name)

    def source(self, name: str) -> Column:
        """A column for these rows. NoSuchColumn with the names of the table asked about."""
        if name not in self._read:
            self._read[name] = self._found(name)
        return self._read[name]

    def _found(self, name: str) -> Column:
        if name in self.table:
            return self.table.column(name)
        women = self.beside.table(WOMAN)
        if women is not None and name in women:
            return self._of_woman(women, name)
        dated = dated_column(self.beside, name, self.risk.pregnancies)
        if dated is None:
            raise NoSuchColumn(name, self.table)
        column, self.dated[name] = last_known(dated, self.anchors)
        return column

    def _of_woman(self, women: Table, name: str) -> Column:
        row_of = np.full(len(self.beside.women), -1)
        row_of[self.beside.woman(women)] = np.arange(len(women))
        return with_none(women.column(name), row_of[self.anchors.woman])


def with_none(column: Column, rows: IntArray) -> Column:
    """The rows chosen of a column; -1 is a row without a value."""
    reason = np.full(len(rows), BLANK, dtype=np.uint8)
    return without_values(column.at(np.maximum(rows, 0)), np.less(rows, 0), reason)
