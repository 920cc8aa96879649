"""What a woman's earlier pregnancies say at the time of each one: counts and runs, fewest and most.

All arrays are in the order of `Places`: woman by woman, earlier pregnancies first. Pregnancies whose order
is not known share a place: each may have come before the others.
"""

from dataclasses import dataclass

import numpy as np

from gravida.analysis.fit import BoolArray, FloatArray, IntArray
from gravida.analysis.history_counting import Known, Parts
from gravida.protocol.definitions import BREAKER, LOSS


@dataclass(frozen=True, kw_only=True, eq=False)
class Places:
    """Where rows stand, women one after the other.

    Shapes: `order` (rows,), the sorting of the source; the others (rows,) in the sorted order: `woman`, the
    first row of the woman, the first and the last row of the place, whether a place up to here is shared.
    """

    order: IntArray
    woman: IntArray
    first: IntArray
    place_first: IntArray
    place_last: IntArray
    is_shared_so_far: BoolArray

    def __len__(self) -> int:
        return len(self.order)


def places(woman: IntArray, when: FloatArray) -> Places:
    """Rows sorted by woman and `when`, whose unit does not matter.

    A woman of whom any `when` is NaN has all her pregnancies in one place: nothing says their order.
    """
    unplaced = np.zeros(int(woman.max(initial=-1)) + 1, dtype=np.bool_)
    unplaced[woman[np.isnan(when)]] = True
    when = np.where(unplaced[woman], 0.0, when)
    order = np.lexsort((when, woman))
    woman, when = woman[order], when[order]
    rows = np.arange(len(order))
    new_woman = np.ones(len(order), dtype=np.bool_)
    new_woman[1:] = woman[1:] != woman[:-1]
    new_place = new_woman.copy()
    new_place[1:] |= when[1:] != when[:-1]
    first = np.maximum.accumulate(np.where(new_woman, rows, 0))
    place_first = np.maximum.accumulate(np.where(new_place, rows, 0))
    starts = np.flatnonzero(new_place)
    ends = np.append(starts[1:], len(order)) - 1
    place_last = np.repeat(ends, ends - starts + 1) if len(starts) else rows
    shared = np.cumsum(place_last > place_first)
    before_woman = np.concatenate(([0], shared))[first]
    return Places(
        order=order,
        woman=woman,
        first=first,
        place_first=place_first,
        place_last=place_last,
        is_shared_so_far=shared > before_woman,
    )


@dataclass(frozen=True, kw_only=True, eq=False)
class Lag:
    """A count over earlier pregnancies, fewest and most that it can be. Shapes: (rows,)."""

    name: str
    fewest: IntArray
    most: IntArray

    @property
    def values(self) -> FloatArray:
        """The count; NaN where the record leaves it open, (rows,)."""
        return np.where(self.fewest == self.most, self.fewest.astype(np.float64), np.nan)

    def at(self, rows: IntArray) -> "Lag":
        """The same count for the rows chosen."""
        return Lag(name=self.name, fewest=self.fewest[rows], most=self.most[rows])


def count_before(name: str, places: Places, certain: BoolArray, possible: BoolArray) -> Lag:
    """How many earlier pregnancies were so; those that share the place may have been earlier."""
    surely, maybe = _running(certain), _running(possible)
    fewest = surely[places.place_first] - surely[places.first]
    rows = np.arange(len(places))
    most = maybe[places.place_last + 1] - maybe[places.first] - (maybe[rows + 1] - maybe[rows])
    return Lag(name=name, fewest=fewest, most=most)


def _running(flags: BoolArray) -> IntArray:
    """The sum of all flags before each row, and before the end: (rows + 1,)."""
    return np.concatenate(([0], np.cumsum(flags, dtype=np.int64)))


def run_before(name: str, places: Places, parts: Parts) -> Lag:
    """The losses since the last pregnancy that ended the run."""
    fewest = _since(places, parts == LOSS, (parts & BREAKER) != 0)
    most = _since(places, (parts & LOSS) != 0, parts == BREAKER)
    return _open_where_shared(name, places, fewest, most, parts)


def losses_immediately_before(name: str, places: Places, known: Known, order: IntArray) -> Lag:
    """Early losses immediately before, unbroken: any other pregnancy between them ends the run."""
    certain, possible = known.is_early_loss[order], known.may_be_early_loss[order]
    fewest = _since(places, certain, ~certain)
    most = _since(places, possible, ~possible)
    parts = np.where(possible, np.where(certain, LOSS, LOSS | BREAKER), BREAKER).astype(np.int8)
    return _open_where_shared(name, places, fewest, most, parts)


def longest_run_before(name: str, places: Places, parts: Parts) -> Lag:
    """The longest run of losses among earlier pregnancies."""
    fewest = _longest(places, parts == LOSS, (parts & BREAKER) != 0)
    most = _longest(places, (parts & LOSS) != 0, parts == BREAKER)
    return _open_where_shared(name, places, fewest, most, parts)


def _since(places: Places, losses: BoolArray, breakers: BoolArray) -> IntArray:
    rows = np.arange(len(places))
    last = np.maximum.accumulate(np.where(breakers, rows, -1)) if len(rows) else rows
    last_before = np.concatenate(([-1], last[:-1]))[: len(rows)]
    start = np.maximum(last_before + 1, places.first)
    running = _running(losses)
    since: IntArray = running[rows] - running[start]
    return since


def _longest(places: Places, losses: BoolArray, breakers: BoolArray) -> IntArray:
    """The largest run reached at any earlier row of the woman."""
    if not len(places):
        return np.zeros(0, dtype=np.int64)
    reached = np.where(breakers, 0, _since(places, losses, breakers) + losses)
    # Women are lifted one above the other, so that a maximum never reaches over from the woman before.
    lift = places.first * (len(places) + 1)
    highest = np.maximum.accumulate(reached + lift)
    rows = np.arange(len(places))
    before = np.concatenate(([0], highest[:-1]))
    return np.where(rows > places.first, before - lift, 0)


def _open_where_shared(name: str, places: Places, fewest: IntArray, most: IntArray, parts: Parts) -> Lag:
    """The run, left open from the first shared place on: nothing says what came between."""
    possible = count_before(name, places, parts == LOSS, (parts & LOSS) != 0)
    shared = places.is_shared_so_far
    return Lag(name=name, fewest=np.where(shared, 0, fewest), most=np.where(shared, possible.most, most))


def previous_was_loss(name: str, places: Places, certain: BoolArray, possible: BoolArray) -> Lag:
    """1 where the pregnancy just before was an early loss; 0 where it was not, or where there was none."""
    rows = np.arange(len(places))
    has_earlier = rows > places.first
    before = np.maximum(rows - 1, 0)
    fewest = (has_earlier & certain[before] & ~places.is_shared_so_far).astype(np.int64)
    any_loss = count_before(name, places, certain, possible).most > 0
    most = np.where(places.is_shared_so_far, any_loss, has_earlier & possible[before])
    return Lag(name=name, fewest=fewest, most=most.astype(np.int64))


def loss_types(places: Places, known: Known) -> IntArray:
    """Primary, secondary, tertiary loss by what came before each pregnancy: the places in LOSS_TYPES.

    Rule R-TYPE on early losses and live births; "cannot tell" where any earlier one of either is uncertain.
    """
    losses, births = known.is_early_loss[places.order], known.is_live_birth[places.order]
    unsure = (losses != known.may_be_early_loss[places.order]) | (
        births != known.may_be_live_birth[places.order]
    )
    rows = np.arange(len(places))
    births_before = _running(births)[rows] - _running(births)[places.first]
    seen = count_before("", places, losses, losses).fewest
    last_loss = np.maximum.accumulate(np.where(losses, rows, -1)) if len(rows) else rows
    last_before = np.maximum(np.concatenate(([-1], last_loss[:-1]))[: len(rows)], 0)
    first_loss = _first_loss(places, losses)
    at_first, at_last = births_before[first_loss], births_before[last_before]
    types = np.where(seen == 0, 0, np.where(at_last > at_first, 3, np.where(at_first > 0, 2, 1)))
    unsure_before = count_before("", places, unsure, unsure).most > 0
    return np.where(unsure_before | places.is_shared_so_far, 4, types)


LOSS_TYPES = ("no counted loss", "primary", "secondary", "tertiary", "cannot tell")


def _first_loss(places: Places, losses: BoolArray) -> IntArray:
    """The row of each woman's first early loss; any of her rows where she has none."""
    if not len(places):
        return places.first
    found = np.flatnonzero(losses)
    if not len(found):
        return places.first
    after = np.minimum(np.searchsorted(found, places.first), len(found) - 1)
    return found[after]
