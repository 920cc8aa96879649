"""Where every French commune lies: INSEE's communes joined to GeoNames' towns, with which they share no code.

The join is by name inside a region (GeoNames numbers French regions as INSEE does), then:
- namesakes go to the one that lies near the other communes of its intercommunality;
- a merged commune takes the point of its seat, else of its largest former commune;
- a commune too small for GeoNames' list takes the middle of its placed neighbours.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import log2
from statistics import fmean, median
from typing import Any

from gravida.find.nearest import distance_km
from gravida.find.places import spelling_key

# A commune's point farther than this from the middle of its intercommunality belongs to a namesake.
FARTHEST_NEIGHBOUR_KM = 45.0
# A town of about the same size: less than three times as many inhabitants, or a third.
MOST_DOUBLINGS = 1.6
# Clipperton has a postcode and no inhabitants, hence no town to stand for it.
UNINHABITED = "98901"


@dataclass(frozen=True, kw_only=True)
class Point:
    """A point of the Earth: degrees, WGS 84."""

    latitude: float
    longitude: float


@dataclass(frozen=True, kw_only=True)
class Town:
    """A town as GeoNames lists it. `region` is GeoNames' admin1."""

    name: str
    other_names: tuple[str, ...]
    country: str
    region: str
    point: Point
    population: int


@dataclass(kw_only=True)
class Commune:
    """A commune of today, or an arrondissement of Paris, Lyon or Marseille."""

    code: str
    name: str
    departement: str
    region: str
    group: str  # number of its intercommunality; its departement where it has none
    postcodes: tuple[str, ...]
    population: int
    former: list[str] = field(default_factory=list)  # names of the communes merged into it, the seat first
    point: Point | None = None
    town: Town | None = None  # GeoNames' town it was joined to; None where its neighbours gave the point


def read_communes(rows: Sequence[Mapping[str, Any]], groups: Mapping[str, str]) -> list[Commune]:
    """The communes of INSEE's list that have a post, with the names of those merged into them.

    `groups` gives the intercommunality of each commune's code.
    """
    communes = {
        row["code"]: _commune(row, groups)
        for row in rows
        if row.get("codesPostaux") and row["code"] != UNINHABITED
    }
    districts = [row for row in rows if row["type"] == "arrondissement-municipal"]
    # The postcode of an arrondissement is its own, not also the whole city's.
    taken = {postcode for row in districts for postcode in row["codesPostaux"]}
    for city in {row["commune"] for row in districts}:
        communes[city].postcodes = tuple(code for code in communes[city].postcodes if code not in taken)
    for row in rows:
        parent = communes.get(row.get("chefLieu", ""))
        if parent is not None:
            seat_first = 0 if row["code"] == parent.code else len(parent.former)
            parent.former.insert(seat_first, row["nom"])
    return list(communes.values())


def _commune(row: Mapping[str, Any], groups: Mapping[str, str]) -> Commune:
    return Commune(
        code=row["code"],
        name=row["nom"],
        departement=row["departement"],
        region=row["region"],
        group=groups.get(row["code"], row["departement"]),
        postcodes=tuple(sorted(row["codesPostaux"])),
        population=row.get("population", 0),
    )


def place_communes(communes: Sequence[Commune], towns: Sequence[Town]) -> None:
    """Give every commune a point: the surest joins first, each helping to judge the next."""
    by_name = _index(towns, lambda town: (town.name,))
    by_any_name = _index(towns, lambda town: (town.name, *town.other_names))
    namesakes = Counter((commune.region, spelling_key(commune.name)) for commune in communes)
    for commune in communes:
        key = (commune.region, spelling_key(commune.name))
        if namesakes[key] == 1 and len(by_name[key]) == 1:
            _join(commune, by_name[key][0])
    _undo_strays(communes)
    _join_near_neighbours(communes, by_name, lambda commune: [commune.name])
    _join_near_neighbours(communes, by_name, lambda commune: commune.former)
    # An old name, or a part of the name, says less: such a town must be about as large, too.
    _join_near_neighbours(communes, by_any_name, lambda commune: [commune.name], as_large=True)
    _join_near_neighbours(communes, by_any_name, lambda commune: commune.name.split("-"), as_large=True)
    _place_among_neighbours(communes, towns)


def _index(
    towns: Iterable[Town], names_of: Callable[[Town], Iterable[str]]
) -> defaultdict[tuple[str, str], list[Town]]:
    index: defaultdict[tuple[str, str], list[Town]] = defaultdict(list)
    for town in towns:
        for key in sorted({spelling_key(name) for name in names_of(town)} - {""}):
            index[town.region, key].append(town)
    return index


def _join(commune: Commune, town: Town) -> None:
    commune.town, commune.point = town, town.point


def _undo_strays(communes: Sequence[Commune]) -> None:
    middles = _middles(communes, lambda commune: [commune.group], median)
    for commune in communes:
        if commune.point is not None and not _is_near(commune.point, commune, middles[commune.group]):
            commune.town = commune.point = None


def _is_near(point: Point, commune: Commune, middle: Point | None) -> bool:
    """Whether a point can be the commune's, which lives with communes around that middle.

    Overseas a departement is a region: it holds few namesakes, but islands far apart.
    """
    is_overseas = len(commune.departement) == 3
    return is_overseas or middle is None or distance_km(point, middle) <= FARTHEST_NEIGHBOUR_KM


def _join_near_neighbours(
    communes: Sequence[Commune],
    index: Mapping[tuple[str, str], list[Town]],
    names_of: Callable[[Commune], Iterable[str]],
    *,
    as_large: bool = False,
) -> None:
    """Join each commune without a point to a free town near its neighbours with the first of its names."""
    middles = _middles(communes, lambda commune: [commune.group, commune.departement], median)
    joined = {id(commune.town) for commune in communes}
    # The largest first: of two namesakes, GeoNames lists the larger.
    for commune in sorted(communes, key=lambda commune: (-commune.population, commune.code)):
        if commune.point is not None:
            continue
        middle = middles.get(commune.group) or middles.get(commune.departement)
        for name in names_of(commune):
            fitting = [
                town
                for town in index.get((commune.region, spelling_key(name)), ())
                if id(town) not in joined
                and _is_near(town.point, commune, middle)
                and not (as_large and _doublings(town, commune) > MOST_DOUBLINGS)
            ]
            if fitting:
                _join(commune, min(fitting, key=lambda town: _misfit(town, commune, middle)))
                joined.add(id(commune.town))
                break


def _doublings(town: Town, commune: Commune) -> float:
    """How many times the smaller of the two populations must double to reach the larger."""
    return abs(log2((town.population + 1) / (commune.population + 1)))


def _misfit(town: Town, commune: Commune, middle: Point | None) -> float:
    """How badly a town fits: km from the commune's neighbours, and 20 km for each doubling of population."""
    away_km = 0.0 if middle is None else distance_km(town.point, middle)
    return away_km + 20 * _doublings(town, commune)


def _place_among_neighbours(communes: Sequence[Commune], towns: Sequence[Town]) -> None:
    """Give the communes that GeoNames does not list the middle of those with their postcode, or near them."""
    middles = _middles(communes, _neighbourhoods, fmean)
    for commune in communes:
        if commune.point is None:
            known = [middles[place] for place in _neighbourhoods(commune) if place in middles]
            commune.point = known[0] if known else _largest_town(commune, towns)


def _largest_town(commune: Commune, towns: Sequence[Town]) -> Point:
    """The largest town of an island that is one commune under a name no town bears."""
    of_region = [town for town in towns if town.region == commune.region]
    if not of_region:
        raise LookupError(
            f"commune {commune.code} {commune.name}: no town of region {commune.region}, wanted one"
        )
    return max(of_region, key=lambda town: town.population).point


def _neighbourhoods(commune: Commune) -> list[str]:
    by_post = [f"{commune.departement} {postcode}" for postcode in commune.postcodes]
    return [*by_post, commune.group, commune.departement]


def _middles(
    communes: Iterable[Commune],
    groups_of: Callable[[Commune], Iterable[str]],
    average: Callable[[list[float]], float],
) -> dict[str, Point]:
    members: dict[str, list[Point]] = defaultdict(list)
    for commune in communes:
        if commune.point is not None:
            for group in groups_of(commune):
                members[group].append(commune.point)
    return {
        group: Point(
            latitude=average([point.latitude for point in points]),
            longitude=average([point.longitude for point in points]),
        )
        for group, points in members.items()
    }
