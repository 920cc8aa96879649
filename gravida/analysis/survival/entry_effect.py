"""What ignoring late entry would do to a risk: the warning that stands beside every curve."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gravida.analysis.fit import FloatArray
from gravida.analysis.survival.aalen_johansen import IncidenceCurves, aalen_johansen
from gravida.analysis.survival.rows import cause_codes


@dataclass(frozen=True, kw_only=True, eq=False)
class EntryEffect:
    """One set of rows counted four ways.

    crude (causes,): shares of rows that end in each cause; ignored: curves as if all were at risk from the
    start; with_entry: curves of rows at risk in (entry, exit]; from_entry: in [entry, exit].
    """

    causes: tuple[int, ...]
    crude: FloatArray
    ignored: IncidenceCurves
    with_entry: IncidenceCurves
    from_entry: IncidenceCurves


def entry_effect(
    *,
    exit_time: NDArray[Any],
    entry: NDArray[Any],
    cause: NDArray[Any],
    at: NDArray[Any] | None = None,
    minimum_at_risk: int = 1,
) -> EntryEffect:
    """The same risks with late entry and without, and by who counts at the entry time; arrays (rows,).

    Gravida's convention is (entry, exit]: who is recognised in a week is at risk from the week's end.
    """
    codes = cause_codes(cause, n_rows=len(exit_time))
    with_entry, from_entry = (
        aalen_johansen(
            exit_time=exit_time,
            entry=entry,
            cause=codes,
            at=at,
            minimum_at_risk=minimum_at_risk,
            at_risk=convention,
        )
        for convention in ("after_entry", "from_entry")
    )
    counts = np.bincount(codes, minlength=max(with_entry.causes) + 1)
    return EntryEffect(
        causes=with_entry.causes,
        crude=counts[list(with_entry.causes)] / len(codes),
        ignored=aalen_johansen(exit_time=exit_time, cause=codes, at=at),
        with_entry=with_entry,
        from_entry=from_entry,
    )
