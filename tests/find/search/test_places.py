"""Studies near a place: the radius to the metre, the nearest location, and studies nobody can place."""

import math

import numpy as np
import pytest

from gravida.find.nearest import EARTH_RADIUS_KM, Nearest, distance_km, nearest
from gravida.find.search.request import Near, Removal
from gravida.find.search.sites import Sites
from tests.find.search.conftest import AddStudy, Find, numbers

KM = math.degrees(1 / EARTH_RADIUS_KM)  # of latitude, in degrees


def near(radius_km: float | None, *, latitude: float = 45.0, longitude: float = 3.0) -> Near:
    return Near(latitude=latitude, longitude=longitude, radius_km=radius_km)


@pytest.mark.parametrize(
    ("distance", "radius", "inside"),
    [
        (9.99, 10, True),
        (10.0, 10, True),
        (10.01, 10, False),
        (199.9, 200, True),
        (200.1, 200, False),
        (0, 10, True),
    ],
)
@pytest.mark.parametrize("direction", [1, -1])
def test_the_border_of_the_radius_belongs_to_it(
    add_study: AddStudy, find: Find, distance: float, radius: float, inside: bool, direction: int
) -> None:
    add_study(points=[(45.0 + direction * distance * KM, 3.0)])

    result = find(near=near(radius))

    assert result.total == int(inside)
    if inside:
        assert result.hits[0].distance_km == pytest.approx(distance, abs=1e-3)


def test_the_nearest_location_is_named_with_how_many_lie_inside(add_study: AddStudy, find: Find) -> None:
    add_study(points=[(45.0 + 30 * KM, 3.0), None, (45.0 + 5 * KM, 3.0), (45.0 + 80 * KM, 3.0)])

    hit = find(near=near(50)).hits[0]

    assert hit.location == 2
    assert hit.distance_km == pytest.approx(5, abs=1e-3)
    assert hit.locations_within == 2


def test_of_two_locations_equally_near_the_first_counts(add_study: AddStudy, find: Find) -> None:
    add_study(points=[(46.0, 3.0), (45.1, 3.0), (45.1, 3.0)])

    assert find(near=near(50)).hits[0].location == 1


def test_any_distance_drops_no_placed_study(add_study: AddStudy, find: Find) -> None:
    far = add_study("Migraine", points=[(-45.0, -177.0)])
    close = add_study("Migraine", points=[(45.0, 3.0)])

    result = find("migraine", near=near(None), sort="nearest")

    assert numbers(result) == [close.number, far.number]
    assert result.hits[1].distance_km == pytest.approx(EARTH_RADIUS_KM * math.pi, rel=1e-6)


def test_studies_nobody_can_place_are_listed_apart_and_never_dropped(add_study: AddStudy, find: Find) -> None:
    placed = add_study("Migraine", points=[(45.0, 3.0)])
    unknown_town = add_study("Migraine", points=[None])
    no_location = add_study("Migraine")
    add_study("Migraine", points=[(10.0, 3.0)])
    add_study("Sleep")

    result = find("migraine", near=near(50))

    assert numbers(result) == [placed.number]
    assert [hit.number for hit in result.unplaced_hits] == [unknown_town.number, no_location.number]
    assert result.unplaced_total == 2
    assert all(hit.distance_km is None and hit.location is None for hit in result.unplaced_hits)
    assert find("migraine", near=near(50), page=2).unplaced_hits == []


def test_a_location_without_coordinates_is_placed_by_its_town(
    add_study: AddStudy, find: Find, monkeypatch: object
) -> None:
    from gravida.find.gazetteer import Place
    from gravida.find.search import documents

    def place(*, city: str, state: str, postcode: str, country: str) -> Place | None:
        if city != "Nowhere":
            return None
        return Place(name=city, region="", country=country, latitude=45.0, longitude=3.0, precision="city")

    monkeypatch.setattr(documents, "place_of_location", place)  # type: ignore[attr-defined]
    wanted = add_study(points=[None])

    assert numbers(find(near=near(10))) == [wanted.number]


def test_nearest_first_whatever_fits_the_words_better(add_study: AddStudy, find: Find) -> None:
    better = add_study("Migraine", points=[(45.0 + 40 * KM, 3.0)])
    closer = add_study("Sleep", summary="and migraine", points=[(45.0 + 4 * KM, 3.0)])

    assert numbers(find("migraine", near=near(50), sort="nearest")) == [closer.number, better.number]
    assert numbers(find("migraine", near=near(50))) == [better.number, closer.number]


def test_nearest_without_a_place_falls_back_to_the_best(add_study: AddStudy, find: Find) -> None:
    add_study("Sleep", summary="and migraine")
    better = add_study("Migraine")

    assert numbers(find("migraine", sort="nearest"))[0] == better.number


def test_too_small_a_radius_is_named_as_what_removed_the_studies(add_study: AddStudy, find: Find) -> None:
    add_study("Migraine", points=[(50.0, 3.0)])

    assert find("migraine", near=near(10)).removals == [Removal(criterion="near", total_without=1)]


@pytest.mark.parametrize(
    "place", [(90.0, 0.0), (-90.0, 0.0), (0.0, 180.0), (0.0, -180.0), (66.0, 179.99), (89.99, 10.0)]
)
def test_poles_and_the_date_line_are_places_like_others(place: tuple[float, float]) -> None:
    latitude, longitude = place
    around = [
        (latitude, longitude),
        (max(min(latitude - 0.1, 90), -90), -longitude),
        (latitude, longitude - 359.9),
    ]
    sites = Sites.of(around, range(3), np.array([3], dtype=np.int32))

    found = sites.near(Near(latitude=latitude, longitude=longitude, radius_km=50))

    inside = [point for point in around if distance_km(_Point(*point), _Point(latitude, longitude)) <= 50]
    nearest_site = found.nearest(0)
    assert nearest_site
    assert nearest_site.within == len(inside)
    assert nearest_site.distance_km == pytest.approx(0, abs=5e-4)


def test_distances_agree_with_the_haversine_formula_everywhere() -> None:
    random = np.random.default_rng(7)
    degrees = np.stack([random.uniform(-90, 90, 4000), random.uniform(-180, 180, 4000)], axis=1)
    counts = np.full(1000, 4, dtype=np.int32)
    sites = Sites.of([(point[0], point[1]) for point in degrees.tolist()], [0, 1, 2, 3] * 1000, counts)

    for radius in (10, 200, 2000, None):
        found = sites.near(Near(latitude=48.8566, longitude=2.3522, radius_km=radius))
        for row in range(0, 1000, 97):
            points = [_Point(*degrees[4 * row + k]) for k in range(4)]
            wanted = nearest(points, _Point(48.8566, 2.3522))
            assert isinstance(wanted, Nearest)
            told = found.nearest(row)
            is_inside = radius is None or wanted.distance_km <= radius
            assert bool(told) == bool(found.has_site[row]) == is_inside
            if told:
                assert told.distance_km == pytest.approx(wanted.distance_km, abs=5e-4)
                assert told.location == wanted.index


class _Point:
    def __init__(self, latitude: float, longitude: float) -> None:
        self.latitude, self.longitude = float(latitude), float(longitude)
