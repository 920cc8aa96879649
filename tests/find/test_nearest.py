"""Distances on the Earth hold what geometry promises, and the nearest location is the nearest."""

from dataclasses import dataclass
from math import inf, nan, pi

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gravida.find.nearest import EARTH_RADIUS_KM, Nearest, distance_km, nearest
from gravida.find.record import Location


@dataclass(frozen=True)
class Point:
    """A point of the Earth in degrees."""

    latitude: float
    longitude: float


PARIS = Point(48.8566, 2.3522)
LYON = Point(45.7640, 4.8357)
points = st.builds(Point, st.floats(-90, 90), st.floats(-180, 180))


@pytest.mark.parametrize(
    ("a", "b", "expected_km"),
    [
        (PARIS, LYON, 392),
        (PARIS, Point(43.2965, 5.3698), 661),  # Marseille
        (PARIS, Point(51.5074, -0.1278), 344),  # London
        (PARIS, Point(40.7128, -74.0060), 5837),  # New York
        (PARIS, Point(-20.8823, 55.4504), 9374),  # Saint-Denis, La Réunion
        (
            Point(-17.5516, -149.5585),
            Point(-22.2711, 166.4380),
            4613,
        ),  # Papeete to Nouméa, over the date line
    ],
)
def test_known_distances_are_right_within_half_a_percent(a: Point, b: Point, expected_km: float) -> None:
    assert distance_km(a, b) == pytest.approx(expected_km, rel=0.005)


def test_a_quarter_of_a_meridian_and_the_other_side_of_the_earth_are_exact() -> None:
    pole, equator = Point(90, 0), Point(0, 77)

    assert distance_km(pole, equator) == pytest.approx(EARTH_RADIUS_KM * pi / 2)
    assert distance_km(pole, Point(-90, 0)) == pytest.approx(EARTH_RADIUS_KM * pi)


@given(points, points)
def test_there_and_back_are_as_far(a: Point, b: Point) -> None:
    assert distance_km(a, b) == pytest.approx(distance_km(b, a), abs=1e-6)


@given(points, points, points)
def test_a_detour_is_never_shorter(a: Point, b: Point, c: Point) -> None:
    assert distance_km(a, c) <= distance_km(a, b) + distance_km(b, c) + 1e-3


@given(points, points)
def test_no_two_points_are_farther_apart_than_half_the_earth(a: Point, b: Point) -> None:
    assert 0 <= distance_km(a, b) <= EARTH_RADIUS_KM * pi + 1e-6


@given(points)
def test_a_point_is_at_its_own_place_and_one_turn_east_of_itself(a: Point) -> None:
    assert distance_km(a, a) == 0
    assert distance_km(a, Point(a.latitude, a.longitude + 360)) == pytest.approx(0, abs=1e-3)


@pytest.mark.parametrize(
    "wrong", [Point(90.1, 0), Point(-91, 0), Point(nan, 0), Point(0, nan), Point(0, inf)]
)
def test_a_point_that_is_nowhere_is_refused_with_its_value(wrong: Point) -> None:
    with pytest.raises(ValueError, match="wanted degrees"):
        distance_km(wrong, PARIS)


def test_the_nearest_location_is_found_and_those_without_a_place_are_passed_over() -> None:
    locations = [
        Location(city="?", latitude=None, longitude=2.0),
        Location(city="Marseille", latitude=43.2965, longitude=5.3698),
        Location(city="Lyon", latitude=45.7640, longitude=4.8357),
    ]

    found = nearest(locations, PARIS)

    assert found == Nearest(index=2, distance_km=distance_km(LYON, PARIS))


def test_the_first_of_two_equally_near_locations_is_taken() -> None:
    found = nearest([LYON, LYON], PARIS)

    assert found is not None
    assert found.index == 0


def test_no_location_with_a_place_gives_none() -> None:
    assert nearest([], PARIS) is None
    assert nearest([Location(city="Lyon")], PARIS) is None


@given(st.lists(points, min_size=1, max_size=20), points)
def test_no_location_is_nearer_than_the_nearest(locations: list[Point], point: Point) -> None:
    found = nearest(locations, point)

    assert found is not None
    assert found.distance_km == min(distance_km(location, point) for location in locations)
