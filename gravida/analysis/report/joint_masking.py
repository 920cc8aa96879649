"""Counts of many tables masked together: the same number told in two tables is hidden in both or in none.

Two equal counts of one group of tables are taken for the same count: a reader
may know that they are, and if they are not, more is hidden than needed and never less.
"""

from dataclasses import dataclass, field

import numpy as np

from gravida.analysis.fit import BoolArray
from gravida.analysis.report.masking import Known, Sums, masks, shown

Key = tuple[str, int, int]


@dataclass(kw_only=True)
class JointMasking:
    """Tables of counts and their sums, gathered and then masked as one."""

    smallest: int
    _tables: list[tuple[Sums, list[Key]]] = field(default_factory=list)
    _hidden: dict[Key, bool] = field(default_factory=dict)

    def add(self, sums: Sums, *, unit: str) -> int:
        """One table of a group (the unit); gives the number under which `told` answers."""
        seen: dict[int, int] = {}
        keys = []
        for count in sums.counts.tolist():
            # Equal counts inside one table are different ones.
            keys.append((unit, count, seen.get(count, 0)))
            seen[count] = seen.get(count, 0) + 1
        self._tables.append((sums, keys))
        return len(self._tables) - 1

    def mask(self) -> None:
        """Decide once for all tables which counts are hidden."""
        keys = list(dict.fromkeys(key for _, own in self._tables for key in own))
        place = {key: at for at, key in enumerate(keys)}
        rows = [self._in_all(sums, own, place) for sums, own in self._tables]
        fixed = np.zeros(len(keys), dtype=np.bool_)
        for sums, own in self._tables:
            fixed[[place[key] for key, told in zip(own, sums.fixed, strict=True) if told]] = True
        every = Sums(
            counts=np.array([count for _, count, _ in keys], dtype=np.int64),
            equations=np.vstack(rows) if rows else np.zeros((0, len(keys))),
            fixed=fixed,
        )
        self._hidden = dict(zip(keys, masks(every, smallest=self.smallest).tolist(), strict=True))

    def _in_all(self, sums: Sums, own: list[Key], place: dict[Key, int]) -> np.ndarray:
        wide = np.zeros((len(sums.equations), len(place)))
        for at, key in enumerate(own):
            wide[:, place[key]] += sums.equations[:, at]
        return wide

    def hidden(self, number: int) -> BoolArray:
        """Which counts of a table are hidden."""
        return np.array([self._hidden[key] for key in self._tables[number][1]], dtype=np.bool_)

    def told(self, number: int) -> tuple[Known, ...]:
        """The counts of a table as they may be shown."""
        return shown(self._tables[number][0].counts.tolist(), self.hidden(number))
