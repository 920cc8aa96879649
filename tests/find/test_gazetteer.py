"""Towns and postcodes are found as people type them, best first, a typing error forgiven."""

import sqlite3

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gravida.find import gazetteer_file
from gravida.find.gazetteer import find_places


def first(text: str) -> tuple[str, str, str]:
    """Name, region and country of the first place found."""
    place = find_places(text)[0]
    return place.name, place.region, place.country


@pytest.mark.parametrize(
    ("text", "name", "region", "country"),
    [
        ("75012", "Paris 12e Arrondissement", "Paris", "France"),
        ("75012 Paris", "Paris 12e Arrondissement", "Paris", "France"),
        ("F-75012 PARIS", "Paris 12e Arrondissement", "Paris", "France"),
        ("F75012", "Paris 12e Arrondissement", "Paris", "France"),
        ("75 012", "Paris 12e Arrondissement", "Paris", "France"),
        ("12 rue des Lilas, 75012 Paris", "Paris 12e Arrondissement", "Paris", "France"),
        ("75116", "Paris 16e Arrondissement", "Paris", "France"),
        ("paris 12", "Paris 12e Arrondissement", "Paris", "France"),
        ("Paris 12e", "Paris 12e Arrondissement", "Paris", "France"),
        ("PARIS 12ème", "Paris 12e Arrondissement", "Paris", "France"),
        ("Paris 1er arrondissement", "Paris 1er Arrondissement", "Paris", "France"),
        ("12e arrondissement de Paris", "Paris 12e Arrondissement", "Paris", "France"),
        ("Lyon 3", "Lyon 3e Arrondissement", "Rhône", "France"),
        ("marseille 8eme", "Marseille 8e Arrondissement", "Bouches-du-Rhône", "France"),
        ("Paris", "Paris", "", "France"),
        ("lyon", "Lyon", "Rhône", "France"),
        ("St Etienne", "Saint-Étienne", "Loire", "France"),
        ("saint-étienne", "Saint-Étienne", "Loire", "France"),
        ("Ste Foy les Lyon", "Sainte-Foy-lès-Lyon", "Rhône", "France"),
        ("L'Haÿ-les-Roses", "L'Haÿ-les-Roses", "Val-de-Marne", "France"),
        ("Vitry s/ Seine", "Vitry-sur-Seine", "Val-de-Marne", "France"),
        ("kremlin bicetre", "Le Kremlin-Bicêtre", "Val-de-Marne", "France"),
        ("Aix", "Aix-en-Provence", "Bouches-du-Rhône", "France"),
        ("Saint-Denis", "Saint-Denis", "Seine-Saint-Denis", "France"),
        ("Saint-Denis (93)", "Saint-Denis", "Seine-Saint-Denis", "France"),
        ("93", "Seine-Saint-Denis", "93", "France"),
        ("2A", "Corse-du-Sud", "2A", "France"),
        ("974", "La Réunion", "974", "France"),
        ("Lyon, Auvergne-Rhône-Alpes", "Lyon", "Rhône", "France"),
        ("Saint-Denis, La Réunion", "Saint-Denis", "La Réunion", "France"),
        ("saint denis 974", "Saint-Denis", "La Réunion", "France"),
        ("97400", "Saint-Denis", "La Réunion", "France"),
        ("97200", "Fort-de-France", "Martinique", "France"),
        ("97300", "Cayenne", "Guyane", "France"),
        ("97600", "Mamoudzou", "Mayotte", "France"),
        ("98800", "Nouméa", "Nouvelle-Calédonie", "France"),
        ("20000", "Ajaccio", "Corse-du-Sud", "France"),
        ("20200", "Bastia", "Haute-Corse", "France"),
        ("98000", "Monaco", "", "Monaco"),
        ("Bellegarde-sur-Valserine", "Valserhône", "Ain", "France"),  # merged in 2019
        ("Créteil Cedex", "Créteil", "Val-de-Marne", "France"),
        ("94010 Créteil CEDEX", "Créteil", "Val-de-Marne", "France"),
        ("69437 Lyon Cedex 03", "Lyon", "Rhône", "France"),
        ("Londres", "Londres", "England", "United Kingdom"),
        ("London", "London", "England", "United Kingdom"),
        ("Bruxelles", "Bruxelles", "Bruxelles-Capitale", "Belgium"),
        ("Brussel", "Brussel", "Bruxelles-Capitale", "Belgium"),
        ("Genève", "Genève", "", "Switzerland"),
        ("geneve suisse", "Genève", "", "Switzerland"),
        ("Bâle", "Bâle", "Bâle-Ville", "Switzerland"),
        ("Saint-Gall", "Saint-Gall", "", "Switzerland"),
        ("Anvers", "Anvers", "Flandre", "Belgium"),
        ("Luxembourg", "Luxembourg", "", "Luxembourg"),
        ("Cologne", "Cologne", "", "Germany"),
        ("Barcelone", "Barcelone", "", "Spain"),
        ("La Haye", "La Haye", "", "Netherlands"),
        ("Montréal", "Montréal", "Québec", "Canada"),
        ("Montréal, Gers", "Montréal", "Gers", "France"),
        ("Paris, Texas", "Paris", "Texas", "United States"),
        ("Paris TX", "Paris", "Texas", "United States"),
        ("Vienne", "Vienne", "Isère", "France"),  # France first on equal terms
        ("Vienne, Autriche", "Vienne", "", "Austria"),
        ("10115 Berlin", "Berlin", "", "Germany"),  # five digits are not always French
    ],
)
def test_a_place_is_found_in_its_usual_spellings(text: str, name: str, region: str, country: str) -> None:
    assert first(text) == (name, region, country)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Marselle", "Marseille"),
        ("Tolouse", "Toulouse"),
        ("Strasbuorg", "Strasbourg"),
        ("Grenbole", "Grenoble"),
        ("Bordeax", "Bordeaux"),
        ("Nantse", "Nantes"),
        ("Clermon Ferand", "Clermont-Ferrand"),
        ("75012 Pris", "Paris 12e Arrondissement"),
        ("Marselle, France", "Marseille"),
        ("bruxeles belgique", "Bruxelles"),
    ],
)
def test_a_typing_error_or_two_are_forgiven(text: str, name: str) -> None:
    assert find_places(text)[0].name == name


@pytest.mark.parametrize(("code", "departement"), [("94010", "Val-de-Marne"), ("13385", "Bouches-du-Rhône")])
def test_a_business_postcode_is_placed_in_its_departement_and_says_so(code: str, departement: str) -> None:
    (place,) = find_places(code)

    assert (place.name, place.precision) == (departement, "departement")


def test_towns_that_share_a_postcode_are_all_offered_the_largest_first() -> None:
    names = [place.name for place in find_places("20200")]

    assert names[0] == "Bastia"
    assert set(names[1:]) == {"San-Martino-di-Lota", "Santa-Maria-di-Lota", "Ville-di-Pietrabugno"}


def test_namesakes_can_be_told_apart_by_their_region_and_country() -> None:
    labels = [(place.name, place.region, place.country) for place in find_places("Saint-Denis", limit=50)]

    assert len(labels) > 3
    assert len(labels) == len(set(labels))


def test_no_more_places_are_given_than_asked_for() -> None:
    assert len(find_places("Saint-Denis", limit=2)) == 2
    assert find_places("Paris", limit=0) == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "x",
        "é",
        "😀",
        "??????",
        "qwxyz",
        "%",
        "_",
        "'; DROP TABLE place; --",
        "Новосибирск",
        "x" * 1000,
        "75012 " * 200,
    ],
)
def test_what_is_no_place_finds_nothing(text: str) -> None:
    assert find_places(text) == []


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=60))
def test_any_text_is_harmless(text: str) -> None:
    places = find_places(text)

    assert len(places) <= 6
    assert all(-90 <= place.latitude <= 90 and -180 <= place.longitude <= 180 for place in places)


def test_every_french_postcode_leads_to_a_town_of_its_departement() -> None:
    # given every postcode of the file
    with sqlite3.connect(gazetteer_file.FILE) as database:
        codes = [code for (code,) in database.execute("SELECT DISTINCT code FROM postcode")]
        prefixes = dict(database.execute("SELECT prefix, region FROM prefixed"))
        region_of = dict(database.execute("SELECT name, code FROM region WHERE country = 'FR'"))

    # when each is looked for
    found = {code: find_places(code)[0] for code in codes}

    # then it is a town of the departement its first digits name, but for the few served from across a border
    elsewhere = [
        code
        for code, place in found.items()
        if region_of.get(place.region or place.name, "") != prefixes.get(code[:3], prefixes.get(code[:2]))
    ]
    assert len(codes) > 6_300
    assert all(place.precision == "city" for place in found.values())
    assert len(elsewhere) / len(codes) < 0.01, elsewhere


def test_any_five_digits_that_begin_as_a_departement_are_placed() -> None:
    departements = [f"{number:02}" for number in range(1, 96)] + ["971", "972", "973", "974", "976"]

    lost = [code for code in departements if not find_places(code.ljust(5, "9"))]

    assert lost == []
