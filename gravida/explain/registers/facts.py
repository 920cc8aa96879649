"""What each kind of pregnancy counts as, looked up in the analysis' own rules, not written again in SQL.

An ending, and where its fewest and most weeks lie between the borders of the rules, decide everything. All
such kinds are run through `analysis.history_counting` once; the engine looks the answers up.
"""

from dataclasses import dataclass
from itertools import pairwise, product
from pathlib import Path

import ibis
import numpy as np
from ibis.expr.types import BooleanValue, IntegerValue, Table

from gravida.analysis.history_counting import (
    EARLY_BEFORE_WEEKS,
    STILLBIRTH_FROM_WEEKS,
    definition_parts,
    early_loss_parts,
    known_of,
)
from gravida.analysis.input.endings import Ending
from gravida.analysis.input.mistakes import Mistakes
from gravida.analysis.input.pregnancies import Pregnancies, pregnancies_of
from gravida.analysis.input.table import Origin, code_column, number_column
from gravida.analysis.input.table import Table as ReadTable
from gravida.protocol.definitions import BREAKER, LOSS, Definition
from gravida.protocol.plan import InputMapping

ENDINGS_APART = {
    "terminations": (Ending.TERMINATION,),
    "ectopics": (Ending.ECTOPIC,),
    "moles": (Ending.COMPLETE_MOLE, Ending.PARTIAL_MOLE),
}
COUNTED = ("early_losses", "losses", "live_births", "stillbirths", *ENDINGS_APART)


@dataclass(frozen=True, kw_only=True)
class Facts:
    """Yes or no of each kind, as bits of one number per kind, with the borders between kinds."""

    borders: tuple[float, ...]
    names: tuple[str, ...]
    bits: tuple[int, ...]

    def place(self, pregnancies: Table) -> Table:
        """The pregnancies with a column `facts`."""
        width = len(self.borders) + 1
        fewest, most = (_region(pregnancies[name], self.borders) for name in ("weeks_fewest", "weeks_most"))
        kind = (pregnancies.ending.cast("int64") * width + fewest) * width + most
        return pregnancies.mutate(facts=kind.cases(*enumerate(self.bits), else_=0).cast("int64"))

    def has(self, table: Table, name: str) -> BooleanValue:
        """Whether a fact of that name holds, by row."""
        bit = 1 << self.names.index(name)
        return (table.facts // bit) % 2 == 1


def facts_of(definition: Definition | None = None) -> Facts:
    """The facts of every kind; with those of a published definition's count. NotCountable as `history`."""
    borders = {EARLY_BEFORE_WEEKS, STILLBIRTH_FROM_WEEKS}
    if definition is not None:
        borders |= {definition.before.min_days / 7, definition.before.max_days / 7}
    sorted_borders = tuple(sorted(borders))
    kinds = _kinds(sorted_borders)
    told = _told(kinds, definition)
    bits = np.zeros(len(kinds), dtype=np.int64)
    for at, flags in enumerate(told.values()):
        bits |= flags.astype(np.int64) << at
    return Facts(borders=sorted_borders, names=tuple(told), bits=tuple(bits.tolist()))


def _told(kinds: Pregnancies, definition: Definition | None) -> dict[str, np.ndarray]:
    known, parts = known_of(kinds), early_loss_parts(known_of(kinds))
    untold = kinds.ending == Ending.UNKNOWN
    told = {
        "early_losses": known.is_early_loss,
        "may early_losses": known.may_be_early_loss,
        "losses": known.is_loss,
        "may losses": known.may_be_loss,
        "live_births": known.is_live_birth,
        "may live_births": known.may_be_live_birth,
        "stillbirths": known.is_birth & ~known.is_live_birth,
        "may stillbirths": known.may_be_birth & ~known.is_live_birth,
    }
    for name, endings in ENDINGS_APART.items():
        certain = np.isin(kinds.ending, endings)
        told |= {name: certain, f"may {name}": certain | untold}
    told |= {"ongoing": kinds.ending == Ending.ONGOING}
    told |= _parts("run", parts)
    return told if definition is None else told | _parts("definition", definition_parts(kinds, definition))


def _parts(name: str, parts: np.ndarray) -> dict[str, np.ndarray]:
    return {
        f"{name}: loss": parts == LOSS,
        f"{name}: may loss": (parts & LOSS) != 0,
        f"{name}: ends": parts == BREAKER,
        f"{name}: may end": (parts & BREAKER) != 0,
    }


def _region(weeks: IntegerValue, borders: tuple[float, ...]) -> IntegerValue:
    reached = ibis.literal(0).cast("int64")
    for border in borders:
        reached = reached + (weeks >= border).cast("int64")
    return reached


def _kinds(borders: tuple[float, ...]) -> Pregnancies:
    """One pregnancy of every kind, in the order of their numbers."""
    ends = [0.0, *borders, borders[-1] + 2.0]
    inside = [(low + high) / 2 for low, high in pairwise(ends)]
    kinds = list(product(Ending, inside, inside))
    made = ReadTable(
        columns=(
            code_column("ending", [ending.name.lower() for ending, *_ in kinds]),
            number_column("weeks", [fewest for _, fewest, _ in kinds]),
        ),
        origin=Origin(path=Path("kinds")),
    )
    mistakes = Mistakes()
    found = pregnancies_of(made, InputMapping(), mistakes)
    mistakes.reject()
    found.weeks_fewest[:] = [fewest for _, fewest, _ in kinds]
    found.weeks_most[:] = [most for *_, most in kinds]
    return found
