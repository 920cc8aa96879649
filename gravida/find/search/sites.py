"""Where the studies take place: their locations at some thousands of places, and the distances to those."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
import numpy.typing as npt

from gravida.find.nearest import EARTH_RADIUS_KM
from gravida.find.search.request import Near

METRE = 1e-3  # in km
# Picking rows out one by one costs about four times as much as passing over one.
WORTH_PICKING = 4

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Small = npt.NDArray[np.int32]


def unit_vectors(degrees: Floats) -> Floats:
    """Points on the unit sphere, (points, 3), of latitudes and longitudes in degrees, (points, 2)."""
    latitude, longitude = np.radians(degrees[:, 0]), np.radians(degrees[:, 1])
    across = np.cos(latitude)
    return np.stack([across * np.cos(longitude), across * np.sin(longitude), np.sin(latitude)], axis=1)


def _distances_km(points: Floats, centre: Floats) -> Floats:
    """Great-circle distances to the metre; no place is known better.

    By the chord, which stays exact where the arc cosine does not (below 1 km).
    """
    chord = np.sqrt(((points - centre) ** 2).sum(axis=1))
    return np.asarray(np.round(2 * EARTH_RADIUS_KM * np.arcsin(np.minimum(chord / 2, 1)), 3))


@dataclass(frozen=True, kw_only=True)
class NearestSite:
    """The nearest location of one study, and how many lie inside the radius."""

    distance_km: float
    location: int  # index in the record's locations, then in its folder's centres
    within: int


@dataclass(frozen=True, kw_only=True)
class Nearness:
    """How near each study of a table comes to a point."""

    has_site: npt.NDArray[np.bool_]  # (studies,) with a location inside the radius
    distance_km: Floats  # (studies,) of the nearest one; infinite: none, or not asked
    centre: Floats  # (3,)
    radius_km: float | None
    sites: "Sites"

    def nearest(self, row: int) -> NearestSite | None:
        """The nearest location of a study, the first of equals; None where it has none inside the radius."""
        own = slice(self.sites.starts[row], self.sites.starts[row + 1])
        distances = _distances_km(self.sites.places[self.sites.place_of_site[own]], self.centre)
        within = distances <= (np.inf if self.radius_km is None else self.radius_km)
        if not within.any():
            return None
        best = int(distances.argmin())
        return NearestSite(
            distance_km=float(distances[best]),
            location=int(self.sites.locations[own][best]),
            within=int(within.sum()),
        )


@dataclass(frozen=True, kw_only=True)
class Sites:
    """The placed locations of a table, row by row; many lie in the same town, so places are kept once.

    Sites `starts[row]:starts[row + 1]` are those of a row; `rows_by_place` between `place_starts[place]`
    and `place_starts[place + 1]` are the rows that have a site there, one entry a site.
    """

    places: Floats  # (places, 3), from south to north
    place_of_site: Ints  # (sites,); numpy picks by 64-bit indices three times as fast as by 32-bit ones
    locations: Small  # (sites,) index in the record's locations
    starts: Ints  # (rows + 1,)
    place_starts: Ints  # (places + 1,)
    rows_by_place: Ints  # (sites,)

    @classmethod
    def of(cls, degrees: Iterable[tuple[float, float]], locations: Iterable[int], counts: Small) -> Self:
        """The sites of a table whose rows have `counts` locations each; degrees of each site.

        Both are read once and never held: a registry has millions of locations, in some thousands of places.
        """
        numbers: dict[tuple[float, float], int] = {}
        place_of_site = np.fromiter(
            (numbers.setdefault(point, len(numbers)) for point in degrees), dtype=np.int64
        )
        places = unit_vectors(np.array(list(numbers), dtype=np.float64).reshape(-1, 2))
        return cls._sorted(places, place_of_site, np.fromiter(locations, dtype=np.int32), counts)

    @classmethod
    def _sorted(cls, places: Floats, place_of_site: Ints, locations: Small, counts: Small) -> Self:
        order = np.argsort(places[:, 2], kind="stable")
        rank = np.empty(len(places), dtype=np.int64)
        rank[order] = np.arange(len(places))
        place_of_site = rank[place_of_site]
        row_of_site = np.repeat(np.arange(len(counts)), counts)
        return cls(
            places=places[order],
            place_of_site=place_of_site,
            locations=locations,
            starts=_starts(counts),
            place_starts=_starts(np.bincount(place_of_site, minlength=len(places))),
            rows_by_place=row_of_site[np.argsort(place_of_site, kind="stable")],
        )

    @classmethod
    def joined(cls, first: "Sites", second: "Sites") -> Self:
        """The sites of two tables put one after the other; a place of both is kept twice, without harm."""
        return cls._sorted(
            np.concatenate([first.places, second.places]),
            np.concatenate([first.place_of_site, second.place_of_site + len(first.places)]),
            np.concatenate([first.locations, second.locations]),
            np.concatenate([np.diff(first.starts), np.diff(second.starts)]).astype(np.int32),
        )

    def of_rows(self, rows: npt.NDArray[np.intp]) -> "Sites":
        """The sites of these rows, in their order."""
        chosen = _ranges(self.starts, rows)
        counts = np.diff(self.starts)[rows].astype(np.int32)
        return Sites._sorted(self.places, self.place_of_site[chosen], self.locations[chosen], counts)

    def save(self, folder: Path) -> None:
        """Write the arrays; `load` reads them."""
        for name in _SAVED:
            np.save(folder / f"site_{name}.npy", getattr(self, name))

    @classmethod
    def load(cls, folder: Path, counts: Small) -> Self:
        """The arrays as `save` wrote them, mapped from the files."""
        arrays = {name: np.load(folder / f"site_{name}.npy", mmap_mode="r") for name in _SAVED}
        return cls(starts=_starts(counts), **arrays)

    def near(self, place: Near, *, among: npt.NDArray[np.bool_] | None = None) -> Nearness:
        """How near every row comes to a place; the border of the radius is inside.

        Without a radius, only the rows `among` are measured: it saves time where they are few.
        """
        centre = unit_vectors(np.array([[place.latitude, place.longitude]]))[0]
        nearest = np.full(len(self.starts) - 1, np.inf)
        if place.radius_km is None:
            has_site = np.diff(self.starts) > 0
            self._measure(centre, has_site if among is None else has_site & among, nearest)
        else:
            self._measure_within(centre, place.latitude, place.radius_km, nearest)
            has_site = np.isfinite(nearest)
        return Nearness(
            has_site=np.asarray(has_site),
            distance_km=nearest,
            centre=centre,
            radius_km=place.radius_km,
            sites=self,
        )

    def _measure(self, centre: Floats, asked: npt.NDArray[np.bool_], nearest: Floats) -> None:
        """Write the distance of the nearest location of the rows asked, each of which has one."""
        rows = np.flatnonzero(asked)
        if not len(rows):
            return
        distances = _distances_km(self.places, centre)
        if len(rows) > len(asked) / WORTH_PICKING:
            with_site = np.flatnonzero(np.diff(self.starts))
            nearest[with_site] = np.minimum.reduceat(
                distances.take(self.place_of_site), self.starts[with_site]
            )
            return
        of_sites = distances[self.place_of_site[_ranges(self.starts, rows)]]
        nearest[rows] = np.minimum.reduceat(of_sites, _starts(np.diff(self.starts)[rows])[:-1])

    def _measure_within(self, centre: Floats, latitude: float, radius_km: float, nearest: Floats) -> None:
        """Write the distance of the nearest location of each row that has one inside the radius."""
        reach = np.degrees((radius_km + METRE) / EARTH_RADIUS_KM)
        limits = np.sin(np.radians(np.clip([latitude - reach, latitude + reach], -90, 90)))
        first, last = np.searchsorted(self.places[:, 2], limits + np.array([-1e-15, 1e-15]))
        distances = _distances_km(self.places[first:last], centre)
        inside = np.flatnonzero(distances <= radius_km)
        rows = self.rows_by_place[_ranges(self.place_starts, inside + first)]
        counts = np.diff(self.place_starts)[inside + first]
        np.minimum.at(nearest, rows, np.repeat(distances[inside], counts))


_SAVED = ("places", "place_of_site", "locations", "place_starts", "rows_by_place")


def _starts(counts: npt.NDArray[np.integer]) -> Ints:
    return np.concatenate([[0], np.cumsum(counts, dtype=np.int64)])


def _ranges(starts: Ints, chosen: npt.NDArray[np.intp]) -> Ints:
    """All of `starts[i]` to `starts[i + 1]`, excluded, for each chosen i, one after the other."""
    counts = np.diff(starts)[chosen]
    inside = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    return np.asarray(np.repeat(starts[:-1][chosen], counts) + inside)
