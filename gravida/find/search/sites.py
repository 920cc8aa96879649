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
class NearestSite:
    """The nearest location of one study, and how many lie inside the radius."""

    distance_km: float
    location: int  # index in the record's locations
    within: int


@dataclass(frozen=True, kw_only=True)
class Nearness:
    """How near each study of a table comes to a point."""

    cosines: Floats  # (studies,) of the angle to the nearest location inside the radius; -inf: none is
    centre: Floats  # (3,)
    radius_km: float | None
    sites: "Sites"

    @property
    def has_site(self) -> npt.NDArray[np.bool_]:
        """Studies with a location inside the radius, (studies,)."""
        return np.asarray(np.isfinite(self.cosines))

    def nearest(self, row: int) -> NearestSite | None:
        """The nearest location of a study, the first of equals; None where it has none inside the radius."""
        own = slice(self.sites.starts[row], self.sites.starts[row + 1])
        distances = _distances_km(self.sites.points[own], self.centre)
        within = _is_inside(distances, self.radius_km)
        if not within.any():
            return None
        best = int(distances.argmin())
        return NearestSite(
            distance_km=float(distances[best]),
            location=int(self.sites.locations[own][best]),
            within=int(within.sum()),
        )


def _is_inside(distances: Floats, radius_km: float | None) -> npt.NDArray[np.bool_]:
    """Which distances lie inside the radius; to the metre: no place is known better."""
    return np.asarray(np.round(distances, 3) <= (np.inf if radius_km is None else radius_km))


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
        """How near every row comes to a place; the border of the radius belongs to it."""
        centre = unit_vectors(np.array([[place.latitude, place.longitude]]))[0]
        if place.radius_km is None:
            inside, cosines = None, self.points @ centre
        else:
            inside, cosines = self._within(centre, place.latitude, place.radius_km)
        return Nearness(
            cosines=self._best_of_rows(inside, cosines), centre=centre, radius_km=place.radius_km, sites=self
        )

    def _within(self, centre: Floats, latitude: float, radius_km: float) -> tuple[Ints, Floats]:
        """Indices of the sites inside the radius, ascending, and the cosines of their angles to the centre."""
        # A metre wider, so that rounding never cuts off a site that lies on the border.
        reach = (radius_km + 1e-3) / EARTH_RADIUS_KM
        candidates = self._band(latitude, np.degrees(reach))
        cosines = (self.points if candidates is None else self.points[candidates]) @ centre
        close = np.flatnonzero(cosines >= np.cos(min(reach, np.pi)) - 1e-15)
        inside = close if candidates is None else candidates[close]
        kept = _is_inside(_distances_km(self.points[inside], centre), radius_km)
        return inside[kept], cosines[close[kept]]

    def _band(self, latitude: float, reach: float) -> Ints | None:
        """Sites between two circles of latitude, ascending; None for all, where picking them would cost more."""
        south, north = np.sin(np.radians(np.clip([latitude - reach, latitude + reach], -90, 90)))
        first, last = np.searchsorted(self.sines, south), np.searchsorted(self.sines, north, side="right")
        if last - first > len(self.points) / 8:
            return None
        return np.sort(self.by_latitude[first:last]).astype(np.int64)

    def _best_of_rows(self, sites: Ints | None, cosines: Floats) -> Floats:
        """The greatest cosine of each row, -inf where it has none; `sites` ascend, None for all."""
        best = np.full(len(self.starts) - 1, -np.inf)
        if sites is None:
            rows = np.flatnonzero(np.diff(self.starts))
            firsts = self.starts[rows]
        else:
            of_sites = np.searchsorted(self.starts, sites, side="right") - 1
            firsts = np.flatnonzero(np.diff(of_sites, prepend=-1))
            rows = of_sites[firsts]
        if len(firsts):
            best[rows] = np.maximum.reduceat(cosines, firsts)
        return best


def _starts(counts: npt.NDArray[np.int32]) -> Ints:
    return np.concatenate([[0], np.cumsum(counts, dtype=np.int64)])
