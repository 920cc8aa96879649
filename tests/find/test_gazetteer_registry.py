"""Registry locations are placed in their own country and state, near where the registry puts them."""

import gzip
import json
import statistics
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gravida.find import gazetteer_file
from gravida.find.gazetteer import Place, place_of_location
from gravida.find.nearest import distance_km


@pytest.mark.parametrize(
    ("city", "state", "postcode", "country", "name", "region"),
    [
        ("Paris", "", "", "France", "Paris", ""),
        ("Paris", "Ile-de-France", "75012", "France", "Paris 12e Arrondissement", "Paris"),
        ("PARIS Cedex 12", "", "75571", "France", "Paris", ""),
        ("Le Kremlin-Bicêtre", "", "94275", "France", "Le Kremlin-Bicêtre", "Val-de-Marne"),
        ("Toulouse Cedex 9", "", "", "France", "Toulouse", "Haute-Garonne"),
        ("Saint-Denis", "", "97400", "France", "Saint-Denis", "La Réunion"),
        ("Saint-Denis", "", "", "Réunion", "Saint-Denis", "La Réunion"),
        ("Saint-Denis", "", "93200", "France", "Saint-Denis", "Seine-Saint-Denis"),
        ("Nowhere-sur-Rien", "", "33000", "France", "Bordeaux", "Gironde"),
        ("Portland", "Maine", "04101", "United States", "Portland", "Maine"),
        ("Portland", "Oregon", "", "United States", "Portland", "Oregon"),
        ("San Juan", "Puerto Rico", "", "United States", "San Juan", ""),
        ("London", "Ontario", "", "Canada", "London", "Ontario"),
        ("London", "", "NW1 2PG", "United Kingdom", "London", "England"),
        ("Poole, Dorset", "", "BH15 2JB", "United Kingdom", "Poole", "England"),
        ("Newcastle", "New South Wales", "", "Australia", "Newcastle", "New South Wales"),
        ("St. Gallen", "", "CH-9007", "Switzerland", "Sankt Gallen", "Saint-Gall"),
        ("'s-Gravenhage", "", "", "Netherlands", "The Hague", ""),
        ("Homburg/Saar", "", "D-66421", "Germany", "Homburg", ""),
        ("Seoul", "", "", "Korea, Republic of", "Seoul", ""),
        ("Tehran", "", "", "Iran, Islamic Republic of", "Tehran", ""),
        ("Ankara", "", "", "Türkiye", "Ankara", ""),
        ("Ankara", "", "", "Turkey (Türkiye)", "Ankara", ""),
        ("Abidjan", "", "", "Côte D'Ivoire", "Abidjan", ""),
        ("Skopje", "", "", "Macedonia, The Former Yugoslav Republic of", "Skopje", ""),
        ("Moscow", "", "", "Russian Federation", "Moscow", ""),
        ("Praha", "", "", "Czech Republic", "Prague", ""),
    ],
)
def test_a_registry_location_is_placed(
    city: str, state: str, postcode: str, country: str, name: str, region: str
) -> None:
    place = place_of_location(city=city, state=state, postcode=postcode, country=country)

    assert place is not None
    assert (place.name, place.region) == (name, region)


@pytest.mark.parametrize(
    ("city", "state", "country"),
    [
        ("Paris", "", "Austria"),  # never another country
        ("Portland", "Nebraska", "United States"),  # never another state
        ("Lyon", "", ""),
        ("Lyon", "", "Atlantis"),
        ("", "", "Germany"),
        ("Travis Air Force Base", "California", "United States"),
    ],
)
def test_a_location_that_is_not_known_is_not_guessed(city: str, state: str, country: str) -> None:
    assert place_of_location(city=city, state=state, postcode="", country=country) is None


def locations_of(file: Path) -> Iterator[dict[str, Any]]:
    """Every location of a file of records."""
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        for line in lines:
            protocol = json.loads(line).get("protocolSection", {})
            yield from protocol.get("contactsLocationsModule", {}).get("locations", [])


def placed(location: dict[str, Any]) -> Place | None:
    """Where we put a location of a record."""
    return place_of_location(
        city=location.get("city", ""),
        state=location.get("state", ""),
        postcode=location.get("zip", ""),
        country=location.get("country", ""),
    )


# Where the registry's country holds the place's: a city, or a territory filed under the country.
SAME_COUNTRY = {("China", "Hong Kong"), ("China", "Macao"), ("United States", "Puerto Rico")}


@pytest.mark.needs_shared
@pytest.mark.slow
def test_97_percent_of_the_registrys_site_cities_are_placed_and_none_in_another_country(
    shared_data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    total, found, elsewhere = 0, 0, Counter[tuple[str, str]]()
    for location in locations_of(shared_data / "registry" / "ctgov_2023_6786.jsonl.gz"):
        total += 1
        place = placed(location)
        found += place is not None
        wanted = gazetteer_file.country_named(location.get("country", ""))
        if place is not None and wanted != gazetteer_file.country_named(place.country):
            elsewhere[location["country"], place.country] += 1

    with capsys.disabled():
        print(f"\nsite cities placed: {found:,} of {total:,}, {found / total:.2%}")
    assert total == 75_023
    assert found / total >= 0.97
    assert set(elsewhere) <= SAME_COUNTRY


@pytest.mark.needs_shared
def test_placed_locations_lie_where_the_registry_puts_them(
    shared_data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    errors_km, lost = [], 0
    for location in locations_of(shared_data / "registry" / "real_v2_240.jsonl.gz"):
        if "geoPoint" not in location:
            continue
        place = placed(location)
        if place is None:
            lost += 1
            continue
        registry = Place(
            name="", region="", country="", precision="point",
            latitude=location["geoPoint"]["lat"], longitude=location["geoPoint"]["lon"],
        )  # fmt: skip
        errors_km.append(distance_km(place, registry))

    near = sum(error <= 5 for error in errors_km) / len(errors_km)
    with capsys.disabled():
        print(
            f"\nerror against {len(errors_km)} of {len(errors_km) + lost} registry points:"
            f" median {statistics.median(errors_km):.3f} km,"
            f" p95 {statistics.quantiles(errors_km, n=20)[-1]:.2f} km,"
            f" within 5 km {near:.2%}, largest {max(errors_km):.1f} km"
        )
    assert len(errors_km) + lost == 717
    assert statistics.median(errors_km) < 0.1
    assert near >= 0.99
