"""Losses counted as intervals: in all, and as the longest run, when parts and order are partly unknown.

Each pregnancy comes as a Place: the parts it may play, and where in her history it may have stood. One
came before another for certain only where its `latest` lies below the other's `earliest`.
"""

from collections.abc import Sequence

from msgspec import Struct

from gravida.protocol.definitions import BREAKER, LOSS, NEUTRAL, Definition, Stance
from gravida.protocol.obstetrics import Count, counted
from gravida.protocol.obstetrics_classes import History

_YES, _NO = Stance.YES, Stance.NO


class Place(Struct, frozen=True, gc=False):
    """One pregnancy as counting sees it. `partner` None: nobody knows with whom."""

    parts: int
    earliest: int
    latest: int
    partner: int | None = None


def count_losses(definition: Definition, places: Sequence[Place], *, order_is_certain: bool) -> Count:
    """The losses that a definition counts: in all, in a row, or with one partner."""
    if definition.same_partner:
        return losses_with_one_partner(places)
    if definition.consecutive is Stance.NO:
        return losses_in_all(places)
    run = longest_run(places, order_is_certain=order_is_certain)
    # A definition that does not say whether losses must follow one another is read both ways.
    return run if definition.consecutive is Stance.YES else Count(run.fewest, losses_in_all(places).most)


def losses_in_all(places: Sequence[Place]) -> Count:
    """Every pregnancy that is a loss for certain; every one that may be."""
    return in_all([place.parts for place in places])


def in_all(parts: Sequence[int]) -> Count:
    """The same of the parts that pregnancies may play."""
    impossible = parts.count(BREAKER) + parts.count(NEUTRAL) + parts.count(BREAKER | NEUTRAL)
    return counted(parts.count(LOSS), len(parts) - impossible)


def losses_of(definition: Definition, history: History) -> Count:
    """The losses that a definition counts in a history."""
    if definition.same_partner or not history.order_is_certain:
        places = places_of(definition, history)
        return count_losses(definition, places, order_is_certain=history.order_is_certain)
    return count_in_order(definition.consecutive, definition.parts_in(history))


def count_in_order(consecutive: Stance, parts: tuple[int, ...]) -> Count:
    """The losses that a definition counts among pregnancies whose order is certain, whoever the partner."""
    if consecutive is _NO:
        return in_all(parts)
    run = run_in_order(parts)
    return run if consecutive is _YES else counted(run.fewest, in_all(parts).most)


def places_of(definition: Definition, history: History) -> list[Place]:
    """The pregnancies of a history as counting under a definition sees them."""
    return [
        Place(parts, row.earliest, row.latest, row.partner)
        for parts, row in zip(definition.parts_in(history), history.pregnancies, strict=True)
    ]


def losses_with_one_partner(places: Sequence[Place]) -> Count:
    """The most losses with one and the same partner.

    A loss whose partner nobody knows may have been with the partner of all others, or with yet another.
    """
    by_partner: dict[int | None, list[Place]] = {}
    for place in places:
        by_partner.setdefault(place.partner, []).append(place)
    unknown = losses_in_all(by_partner.pop(None, []))
    known = [losses_in_all(group) for group in by_partner.values()]
    fewest = max([count.fewest for count in known] + [min(1, unknown.fewest)])
    return Count(fewest, max([count.most for count in known], default=0) + unknown.most)


def longest_run(places: Sequence[Place], *, order_is_certain: bool) -> Count:
    """The longest run of losses that nothing breaks, shortest and longest it can have been.

    Shortest: a pregnancy breaks the run if it may, or else stays apart if it may. Longest: it is a loss if
    it may be, or else stays apart if it may.
    """
    if order_is_certain:
        return run_in_order(tuple([place.parts for place in places]))
    return Count(_shortest_in_any_order(places), _longest_in_any_order(places))


def run_in_order(parts: tuple[int, ...]) -> Count:
    """The longest run of pregnancies whose order is certain, by the parts that they may play."""
    fewest = most = certain_run = possible_run = 0
    for part in parts:
        if part & BREAKER:
            certain_run = 0
        elif part == LOSS:
            certain_run += 1
            fewest = max(fewest, certain_run)
        if part & LOSS:
            possible_run += 1
            most = max(most, possible_run)
        elif part == BREAKER:
            possible_run = 0
    return counted(fewest, most)


def _longest_in_any_order(places: Sequence[Place]) -> int:
    """The longest run over every order that the record allows.

    A run exists where each breaker can stand before all its losses, or after all of them. Breakers that
    stand before are those that can begin up to some point; each such point is tried.
    """
    losses = [place for place in places if place.parts & LOSS]
    breakers = [place for place in places if place.parts == BREAKER]
    longest = 0
    for point in [None, *(place.earliest for place in breakers)]:
        after = [breaker for breaker in breakers if point is None or breaker.earliest > point]
        end = min((breaker.latest for breaker in after), default=None)
        run = sum(
            (point is None or loss.latest >= point) and (end is None or loss.earliest <= end)
            for loss in losses
        )
        longest = max(longest, run)
    return longest


def _shortest_in_any_order(places: Sequence[Place]) -> int:
    """The shortest that the longest run can be, over every order that the record allows."""
    breakers = [place for place in places if place.parts & BREAKER]
    losses = [place for place in places if place.parts == LOSS]
    allowed = 0
    while not _can_be_broken(losses, breakers, allowed):
        allowed += 1
    return allowed


def _can_be_broken(losses: Sequence[Place], breakers: Sequence[Place], allowed: int) -> bool:
    """Whether some order leaves no run longer than `allowed`.

    Builds the order from its beginning, and always takes the pregnancy that must come soonest: a loss
    while the run may still grow, else a breaker. Taking a loss as early as possible never hurts, since it
    only frees room in a later run; among equals, an exchange shows that the one due soonest may go first.
    """
    left_losses = sorted(losses, key=lambda place: place.latest)
    left_breakers = sorted(breakers, key=lambda place: place.latest)
    run = 0
    while left_losses:
        due = min(place.latest for place in (*left_losses[:1], *left_breakers[:1]))
        loss = next((place for place in left_losses if place.earliest <= due), None)
        if loss is not None and run < allowed:
            left_losses.remove(loss)
            run += 1
            continue
        breaker = next((place for place in left_breakers if place.earliest <= due), None)
        if breaker is None:
            return False
        left_breakers.remove(breaker)
        run = 0
    return True
