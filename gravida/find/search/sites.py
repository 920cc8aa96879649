"""Where the studies take place: every placed location as a point on the sphere, and distances to all."""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
import numpy.typing as npt

from gravida.find.nearest import EARTH_RADIUS_KM
from gravida.find.search.request import Near

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


def unit_vectors(degrees: Floats) -> Floats:
    """Points on the unit sphere, (points, 3), of latitudes and longitudes in degrees, (points, 2)."""
    latitude, longitude = np.radians(degrees[:, 0]), np.radians(degrees[:, 1])
    across = np.cos(latitude)
    return np.stack([across * np.cos(longitude), across * np.sin(longitude), np.sin(latitude)], axis=1)


def _distances_km(points: Floats, centre: Floats) -> Floats:
    """Great-circle distances; by the chord, which stays exact where the arc cosine does not (below 1 km)."""
    chord = np.sqrt(((points - centre) ** 2).sum(axis=1))
    return np.asarray(2 * EARTH_RADIUS_KM * np.arcsin(np.minimum(chord / 2, 1)))


@dataclass(frozen=True, kw_only=True)
class Nearness:
    """What each study of the table has near a point; arrays are (studies,)."""

    distance_km: Floats  # of its nearest location inside the radius; infinite: none
    location: npt.NDArray[np.int32]  # index of that one in the record's locations; -1: none
    within: Ints  # locations inside the radius


@dataclass(frozen=True, kw_only=True)
class Sites:
    """Locations in the order of the table's rows. `starts[row]:starts[row + 1]` are those of a row."""

    points: Floats  # (sites, 3)
    locations: npt.NDArray[np.int32]  # (sites,) index in the record's locations
    starts: Ints  # (rows + 1,)
    by_latitude: npt.NDArray[np.int32]  # (sites,) the sites from south to north
    sines: Floats  # (sites,) sine of the latitude, from south to north

    @classmethod
    def of(cls, points: Floats, locations: npt.NDArray[np.int32], counts: npt.NDArray[np.int32]) -> Self:
        """The sites of a table whose rows have `counts` locations each."""
        by_latitude = np.argsort(points[:, 2], kind="stable").astype(np.int32)
        return cls(
            points=points,
            locations=locations,
            starts=_starts(counts),
            by_latitude=by_latitude,
            sines=points[by_latitude, 2],
        )

    @classmethod
    def joined(cls, parts: "list[Sites]", *, counts: npt.NDArray[np.int32]) -> Self:
        """The sites of tables put one after the other."""
        return cls.of(
            np.concatenate([part.points for part in parts]),
            np.concatenate([part.locations for part in parts]),
            counts,
        )

    def of_rows(self, rows: npt.NDArray[np.intp]) -> "Sites":
        """The sites of these rows, in their order."""
        counts = np.diff(self.starts)[rows]
        inside = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
        chosen = np.repeat(self.starts[:-1][rows], counts) + inside
        return Sites.of(self.points[chosen], self.locations[chosen], counts)

    def save(self, folder: Path) -> None:
        """Write the arrays; `load` reads them."""
        np.save(folder / "site_points.npy", self.points)
        np.save(folder / "site_locations.npy", self.locations)
        np.save(folder / "site_by_latitude.npy", self.by_latitude)
        np.save(folder / "site_sines.npy", self.sines)

    @classmethod
    def load(cls, folder: Path, counts: npt.NDArray[np.int32]) -> Self:
        """The arrays as `save` wrote them, mapped from the files."""
        points, locations, by_latitude, sines = (
            np.load(folder / f"site_{name}.npy", mmap_mode="r")
            for name in ("points", "locations", "by_latitude", "sines")
        )
        return cls(
            points=points, locations=locations, starts=_starts(counts), by_latitude=by_latitude, sines=sines
        )

    def near(self, place: Near) -> Nearness:
        """The nearest location of every row, and how many lie inside the radius (its border included)."""
        centre = unit_vectors(np.array([[place.latitude, place.longitude]]))[0]
        inside, distances = self._within(centre, place)
        rows = np.searchsorted(self.starts, inside, side="right") - 1
        return self._nearest_of_rows(rows, inside, distances)

    def _within(self, centre: Floats, place: Near) -> tuple[Ints, Floats]:
        """Indices of the sites inside the radius, ascending, with their distances in km."""
        if place.radius_km is None:
            return np.arange(len(self.points)), _distances_km(self.points, centre)
        # A thousandth of a km wider, so that rounding never cuts off a site that lies on the border.
        reach = np.degrees((place.radius_km + 1e-3) / EARTH_RADIUS_KM)
        south, north = np.sin(np.radians(np.clip([place.latitude - reach, place.latitude + reach], -90, 90)))
        band = slice(np.searchsorted(self.sines, south), np.searchsorted(self.sines, north, side="right"))
        candidates = np.sort(self.by_latitude[band]).astype(np.int64)
        distances = _distances_km(self.points[candidates], centre)
        # Rounded to the metre: a place written with five decimals is not known better.
        inside = np.round(distances, 3) <= place.radius_km
        return candidates[inside], distances[inside]

    def _nearest_of_rows(self, rows: Ints, inside: Ints, distances: Floats) -> Nearness:
        """`rows` ascend. Of two locations equally near, the first in the record counts."""
        total = len(self.starts) - 1
        firsts = np.flatnonzero(np.diff(rows, prepend=-1))
        nearest = np.full(total, np.inf)
        location = np.full(total, -1, dtype=np.int32)
        if len(firsts):
            minima = np.minimum.reduceat(distances, firsts)
            nearest[rows[firsts]] = minima
            hits = np.flatnonzero(distances == nearest[rows])[::-1]
            location[rows[hits]] = self.locations[inside[hits]]
        return Nearness(distance_km=nearest, location=location, within=np.bincount(rows, minlength=total))


def _starts(counts: npt.NDArray[np.int32]) -> Ints:
    return np.concatenate([[0], np.cumsum(counts, dtype=np.int64)])
