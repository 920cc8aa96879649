"""Coordinates typed as a place are understood with any number of decimals, and before anything else."""

import pytest

from gravida.find.forms import _point
from gravida.find.gazetteer import find_places

PARIS = (48.85341, 2.3488)


@pytest.mark.parametrize(
    ("text", "latitude", "longitude"),
    [
        ("48.85341,2.3488", *PARIS),
        ("48.85341, 2.3488", *PARIS),
        ("  48.85341 ; 2.3488 ", *PARIS),
        ("48.85341 2.3488", *PARIS),
        ("48.853412, 2.348812", 48.853412, 2.348812),
        ("48.85341234567890, 2.3", 48.8534123456789, 2.3),
        ("48,85341 2,3488", *PARIS),
        ("48,85341; 2,3488", *PARIS),
        ("48,85341, 2,3488", *PARIS),
        ("48.85 N, 2.35 E", 48.85, 2.35),
        ("48.85°N, 2.35°E", 48.85, 2.35),
        ("33.87 S, 70.66 w", -33.87, -70.66),
        ("47.2, 1.55 O", 47.2, -1.55),  # as a French visitor writes west
        ("-21.12345, 55.45678", -21.12345, 55.45678),
        ("\N{MINUS SIGN}21.1, +55.4", -21.1, 55.4),
        ("48, 2", 48, 2),
    ],
)
def test_coordinates_are_read(text: str, latitude: float, longitude: float) -> None:
    point = _point(text)

    assert point is not None
    assert (point.latitude, point.longitude) == pytest.approx((latitude, longitude))
    assert point.precision == "point"


@pytest.mark.parametrize(
    "text",
    [
        "75 012",
        "75012",
        "48.85",
        "91.00000, 2",
        "48, 200.12345",
        "48.85,2.35,7",
        "48,85,2,35",
        "Paris",
        "2A004",
    ],
)
def test_what_is_no_pair_of_coordinates_is_not_read_as_one(text: str) -> None:
    assert _point(text) is None


@pytest.mark.parametrize(
    "text", ["D-10117", "91.85341, 2.3", "48.85341", "48.75012,2", "1.75012 km", "75012.5"]
)
def test_a_number_is_never_a_postcode_by_its_decimals(text: str) -> None:
    assert find_places(text) == []
