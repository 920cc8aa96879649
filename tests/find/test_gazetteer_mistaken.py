"""No place is taken for another: postcodes beside names, countries, regions, short words, foreign codes."""

import pytest

from gravida.find.gazetteer import find_places
from gravida.find.gazetteer_file import connection


def labels(text: str) -> list[tuple[str, str, str]]:
    """Name, region and country of every place found."""
    return [(place.name, place.region, place.country) for place in find_places(text)]


@pytest.mark.parametrize(
    ("text", "first", "second"),
    [
        ("59000 Paris", ("Lille", "Nord"), ("Paris", "")),
        ("69003 Paris", ("Lyon 3e Arrondissement", "Rhône"), ("Paris", "")),
        ("Paris 69003", ("Lyon 3e Arrondissement", "Rhône"), ("Paris", "")),
        ("75012 Valence", ("Paris 12e Arrondissement", "Paris"), ("Valence", "Drôme")),
        ("13001 Vienne", ("Marseille 1er Arrondissement", "Bouches-du-Rhône"), ("Vienne", "Isère")),
        ("38200 Vienne, France", ("Vienne", "Isère"), None),
        ("Vienne, 38200, France", ("Vienne", "Isère"), None),
        ("59000 Roubaix", ("Roubaix", "Nord"), ("Lille", "Nord")),  # another town of that departement
        ("59000 Roubaixe", ("Roubaix", "Nord"), ("Lille", "Nord")),
        ("13100 Aix", ("Aix-en-Provence", "Bouches-du-Rhône"), None),
        ("10117", ("Aube", ""), None),
    ],
)
def test_with_a_french_postcode_the_place_is_french(
    text: str, first: tuple[str, str], second: tuple[str, str] | None
) -> None:
    found = labels(text)

    assert found[0][2] == "France"
    assert found[0][:2] == first or (found[0][0], first[1]) == (first[0], "")
    assert second is None or found[1] == (*second, "France")


@pytest.mark.parametrize(
    ("text", "name", "country"),
    [
        ("10115 Berlin", "Berlin", "Germany"),
        ("20121 Milano", "Milano", "Italy"),
        ("Berlin 10115", "Berlin", "Germany"),
        ("D-10117 Berlin", "Berlin", "Germany"),
        ("1000 Bruxelles", "Bruxelles", "Belgium"),
        ("Bruxelles 1000", "Bruxelles", "Belgium"),
        ("B-1000 Bruxelles", "Bruxelles", "Belgium"),
        ("1201 Genève", "Genève", "Switzerland"),
        ("CH-1201 Genève, Suisse", "Genève", "Switzerland"),
        ("1890 Saint-Maurice", "Saint-Maurice", "Switzerland"),  # not the one near Paris
        ("1010 Vienne", "Vienne", "Austria"),
        ("A-1010 Vienne", "Vienne", "Austria"),
        ("SW1A London", "London", "United Kingdom"),
        ("London SW1A 1AA", "London", "United Kingdom"),
        ("Montréal H2X 1Y4", "Montréal", "Canada"),
        ("1011 AB Amsterdam", "Amsterdam", "Netherlands"),
        ("00-950 Warszawa", "Warszawa", "Poland"),
        ("111 22 Stockholm", "Stockholm", "Sweden"),
        ("Paris, TX 75460", "Paris", "United States"),
        ("London, Ontario, Canada", "London", "Canada"),
        ("Atlanta, Georgia", "Atlanta", "United States"),
    ],
)
def test_a_foreign_postcode_beside_a_town_leads_to_the_town(text: str, name: str, country: str) -> None:
    found = labels(text)

    assert (found[0][0], found[0][2]) == (name, country)


@pytest.mark.parametrize(
    "text",
    [
        *("France", "USA", "Italy", "Italie", "Allemagne", "États-Unis", "Royaume-Uni", "UK", "Belgique"),
        *("Mexique", "Maurice", "England", "Texas", "California", "Wallonie", "Allemange", "Italiee"),
        *("null", "test", "undefined", "D-10117", "1000", "SW1A 1AA", "00000", "2A004"),
        *("Paris, Autriche", "Lyon, Allemagne", "95, 200", "Usa r", "DOM", "Europe"),
    ],
)
def test_a_country_and_what_is_no_place_find_nothing_rather_than_another_place(text: str) -> None:
    assert labels(text) == []


@pytest.mark.parametrize(
    ("text", "name", "precision"),
    [
        ("Île-de-France", "Île-de-France", "region"),
        ("IDF", "Île-de-France", "region"),
        ("Normandie", "Normandie", "region"),
        ("PACA", "Provence-Alpes-Côte d'Azur", "region"),
        ("ARA", "Auvergne-Rhône-Alpes", "region"),
        ("Bretagne", "Bretagne", "region"),
        ("Grand Est", "Grand Est", "region"),
        ("occitanie", "Occitanie", "region"),
        ("Hauts de France", "Hauts-de-France", "region"),
        ("Nouvelle-Aquitaine", "Nouvelle-Aquitaine", "region"),
        ("Bourgogne Franche Comté", "Bourgogne-Franche-Comté", "region"),
        ("Centre-Val de Loire", "Centre-Val de Loire", "region"),
        ("Pays de la Loire", "Pays de la Loire", "region"),
        ("Corse", "Corse", "region"),
        ("Alsace", "Alsace", "region"),
        ("Midi-Pyrénées", "Midi-Pyrénées", "region"),
        ("Languedoc-Roussillon", "Languedoc-Roussillon", "region"),
        ("Réunion", "La Réunion", "departement"),
        ("La Réunion", "La Réunion", "departement"),
        ("Martinique", "Martinique", "departement"),
        ("Guadeloupe", "Guadeloupe", "departement"),
        ("Guyane", "Guyane", "departement"),
        ("Mayotte", "Mayotte", "departement"),
        ("Vendée", "Vendée", "departement"),
        ("93", "Seine-Saint-Denis", "departement"),
        ("Seine-Saint-Denis", "Seine-Saint-Denis", "departement"),
        ("2A", "Corse-du-Sud", "departement"),
    ],
)
def test_a_french_region_or_departement_is_a_place(text: str, name: str, precision: str) -> None:
    place = find_places(text)[0]

    assert (place.name, place.country, place.precision) == (name, "France", precision)


def test_a_departement_lies_in_the_middle_of_its_people_and_its_business_post_in_its_chief_town() -> None:
    middle, chief_town = find_places("Vendée")[0], find_places("85999")[0]

    assert (middle.name, middle.region) == (chief_town.name, chief_town.region) == ("Vendée", "85")
    assert (chief_town.latitude, chief_town.longitude) == pytest.approx((46.67, -1.43), abs=0.02)
    assert (middle.latitude, middle.longitude) == pytest.approx((46.67, -1.43), abs=0.2)
    assert middle.latitude != chief_town.latitude


def test_every_departement_and_region_of_the_file_is_found_by_its_name_or_number() -> None:
    divisions = connection().execute("SELECT name, region, kind FROM place WHERE kind > 0").fetchall()
    assert len({region for _, region, kind in divisions if kind == 1}) >= 101

    for name, region, kind in divisions:
        place = find_places(name if kind == 2 else region)[0]

        assert place.name == name
        assert place.precision == ("region" if kind == 2 else "departement") or region in {"75", "977", "978"}


@pytest.mark.parametrize(
    ("text", "name", "region"),
    [
        ("Grenade", "Grenade", "Haute-Garonne"),  # also a country, and Granada
        ("Monaco", "Monaco", ""),
        ("Loire", "Loire", "42"),  # not the village Loiré
        ("Corrèze", "Corrèze", ""),
        ("Luxembourg", "Luxembourg", ""),
        ("Neuilly", "Neuilly-sur-Seine", "Hauts-de-Seine"),  # known by this name, too
        ("Sainte-Marie", "Sainte-Marie", "La Réunion"),
        ("Boulogne", "Boulogne-Billancourt", "Hauts-de-Seine"),  # no commune is called so today
        ("New York", "New York", ""),
        ("Québec", "Québec", ""),
        ("Washington, D.C.", "Washington", "District of Columbia"),
        ("Lyon, Auvergne-Rhône-Alpes", "Lyon", "Rhône"),
        ("Vienne, 86", "Vienne", "86"),
        ("Saint-Denis, Île-de-France", "Saint-Denis", "Seine-Saint-Denis"),
    ],
)
def test_a_name_of_its_own_is_that_place(text: str, name: str, region: str) -> None:
    assert labels(text)[0][:2] == (name, region)


def test_a_name_of_its_own_comes_first_and_does_not_hide_the_longer_ones() -> None:
    names = [place.name for place in find_places("Fontenay")]

    assert names[0] == "Fontenay"
    assert names[1] == "Fontenay-sous-Bois"
