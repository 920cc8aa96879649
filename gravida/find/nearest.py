"""Distances on the Earth, and which location of a study lies nearest.

Pure: no Django, no network, no database, no arrays.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import asin, cos, isfinite, radians, sin, sqrt
from typing import Protocol

# Mean radius of the Earth (IUGG R1); a sphere is within 0.6 % of the ellipsoid.
EARTH_RADIUS_KM = 6371.0088


class Point(Protocol):
    """Anything that has a place: degrees, WGS 84."""

    @property
    def latitude(self) -> float: ...
    @property
    def longitude(self) -> float: ...


class MaybePoint(Protocol):
    """Anything that may have a place; None: not known."""

    @property
    def latitude(self) -> float | None: ...
    @property
    def longitude(self) -> float | None: ...


@dataclass(frozen=True, kw_only=True)
class Nearest:
    """The nearest of some locations: its index among them, and how far it is."""

    index: int
    distance_km: float


def distance_km(a: Point, b: Point) -> float:
    """Great-circle distance in km, by the haversine formula: exact for near and for opposite points.

    ValueError where a latitude is outside [-90, 90] or a longitude is no finite number.
    Source: Sinnott, Sky and Telescope 1984;68:159.
    """
    a_latitude, b_latitude = radians(_latitude_of(a)), radians(_latitude_of(b))
    half_step_north = sin((b_latitude - a_latitude) / 2)
    half_step_east = sin((radians(_longitude_of(b)) - radians(_longitude_of(a))) / 2)
    haversine = half_step_north**2 + cos(a_latitude) * cos(b_latitude) * half_step_east**2
    # Rounding can lift the sum just above 1 for opposite points.
    return 2 * EARTH_RADIUS_KM * asin(sqrt(min(1.0, haversine)))


def nearest(locations: Sequence[MaybePoint], point: Point) -> Nearest | None:
    """The location nearest to the point, the first of equals; None where no location has a place."""
    best: Nearest | None = None
    for index, location in enumerate(locations):
        if location.latitude is None or location.longitude is None:
            continue
        distance = distance_km(_At(latitude=location.latitude, longitude=location.longitude), point)
        if best is None or distance < best.distance_km:
            best = Nearest(index=index, distance_km=distance)
    return best


@dataclass(frozen=True, kw_only=True)
class _At:
    latitude: float
    longitude: float


def _latitude_of(point: Point) -> float:
    if not -90 <= point.latitude <= 90:  # not-a-number fails too
        raise ValueError(f"latitude {point.latitude}: wanted degrees from -90 to 90")
    return point.latitude


def _longitude_of(point: Point) -> float:
    if not isfinite(point.longitude):
        raise ValueError(f"longitude {point.longitude}: wanted degrees")
    return point.longitude
