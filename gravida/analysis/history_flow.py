"""Who was read, who was left out and why, who stays: the numbers of a flow diagram."""

from dataclasses import dataclass

import numpy as np

from gravida.analysis.fit import BoolArray, IntArray


@dataclass(frozen=True, kw_only=True)
class FlowStep:
    """One step: a code (the report has its words), who left and who stayed.

    Women leave with their last pregnancy. The first step, "read", leaves nobody out.
    """

    code: str
    pregnancies_out: int = 0
    women_out: int = 0
    pregnancies: int
    women: int


@dataclass(kw_only=True)
class Flow:
    """Rows as they are left out, reason by reason; the first reason that applies is the one counted."""

    woman: IntArray
    kept: BoolArray
    steps: list[FlowStep]

    @classmethod
    def of(cls, woman: IntArray, *, code: str = "read") -> "Flow":
        """A flow that begins with every row."""
        step = FlowStep(code=code, pregnancies=len(woman), women=how_many(woman))
        return cls(woman=woman, kept=np.ones(len(woman), dtype=np.bool_), steps=[step])

    def leave_out(self, code: str, rows: BoolArray) -> None:
        """Leave out the rows flagged, (rows,); a reason that meets nobody is a step all the same."""
        before = self.steps[-1]
        self.kept = self.kept & ~rows
        pregnancies, women = int(self.kept.sum()), how_many(self.woman[self.kept])
        self.steps.append(
            FlowStep(
                code=code,
                pregnancies_out=before.pregnancies - pregnancies,
                women_out=before.women - women,
                pregnancies=pregnancies,
                women=women,
            )
        )


def how_many(woman: IntArray) -> int:
    """How many different women these rows are of; women are counted from 0."""
    return int(np.count_nonzero(np.bincount(woman))) if len(woman) else 0
