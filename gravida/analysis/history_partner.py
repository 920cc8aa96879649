"""Losses with one and the same partner among earlier pregnancies, as one published definition counts them."""

from collections.abc import Sequence

import numpy as np

from gravida.analysis.fit import IntArray
from gravida.analysis.history_counting import NotCountable, Parts, definition_parts
from gravida.analysis.history_lags import Lag, Places
from gravida.analysis.input.pregnancies import Pregnancies
from gravida.protocol.definitions import Definition
from gravida.protocol.definitions_runs import Place, losses_with_one_partner


def with_one_partner_before(where: Places, parts: Parts, partner: Sequence[int | None]) -> Lag:
    """The most losses with one partner before each pregnancy, fewest and most that it can be.

    Shapes: parts, partner (rows,) in the order of `where`; a partner of None is one nobody knows. Pregnancies
    that share a place may each have come before the others.
    """
    fewest = np.zeros(len(where), dtype=np.int64)
    most = np.zeros(len(where), dtype=np.int64)
    for row in range(len(where)):
        start, place, last = int(where.first[row]), int(where.place_first[row]), int(where.place_last[row])
        others = [at for at in range(place, last + 1) if at != row]
        fewest[row] = losses_with_one_partner(_places(range(start, place), parts, partner)).fewest
        every = [*range(start, place), *others]
        most[row] = losses_with_one_partner(_places(every, parts, partner)).most
    return Lag(name="counted", fewest=fewest, most=most)


def losses_of_women_with_one_partner(
    pregnancies: Pregnancies, definition: Definition
) -> tuple[IntArray, IntArray]:
    """Fewest and most losses with one partner that each woman has told, (women,) each.

    NotCountable where the source tells no partners, or lacks something else that the definition reads.
    """
    parts = definition_parts(pregnancies, definition, partner_apart=True)
    if pregnancies.classified is None:  # pragma: no cover - counting has raised NotCountable
        raise NotCountable(definition, "the partner of each pregnancy")
    partner = [row.partner for row in pregnancies.classified.rows]
    counts = [
        losses_with_one_partner(_places(np.flatnonzero(pregnancies.woman == woman).tolist(), parts, partner))
        for woman in range(len(pregnancies.women))
    ]
    fewest, most = zip(*counts, strict=True) if counts else ((), ())
    return np.array(fewest, dtype=np.int64), np.array(most, dtype=np.int64)


def _places(rows: Sequence[int], parts: Parts, partner: Sequence[int | None]) -> list[Place]:
    return [Place(int(parts[row]), row, row, partner[row]) for row in rows]
