"""What our pages write for a place, in either language, leads back to that very place when it is typed."""

import random

import pytest

from gravida.find.gazetteer import Place, country_in, find_places
from gravida.find.gazetteer_file import connection


def label(place: Place, language: str) -> str:
    """A place as a page of results names it."""
    country = "" if place.country == "France" else country_in(language, place.country)
    region = "" if place.region == place.name else place.region
    return ", ".join(part for part in (place.name, region, country) if part)


def namesakes(query: str, count: int) -> list[str]:
    """Names of the file drawn with a fixed seed."""
    names = [name for (name,) in connection().execute(query)]
    return random.Random(41).sample(names, count)  # noqa: S311


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_label_of_any_place_leads_back_to_it(language: str) -> None:
    # given every place that 300 names of the file offer: of France, of elsewhere, in other languages
    names = [
        *namesakes("SELECT DISTINCT name FROM place WHERE country = 'FR' ORDER BY 1", 100),
        *namesakes("SELECT DISTINCT name FROM place WHERE country <> 'FR' ORDER BY 1", 100),
        *namesakes(
            "SELECT DISTINCT key FROM name JOIN place ON id = place WHERE country <> 'FR' ORDER BY 1", 100
        ),
    ]
    offered = {place for name in names for place in find_places(name)}
    assert len(offered) >= 300

    # when its label is typed
    lost = [
        (label(place, language), place, found[:1])
        for place in sorted(offered, key=lambda place: label(place, language))
        if (found := find_places(label(place, language)))[:1] != [place]
    ]

    # then it is the first to be found
    assert lost == []


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_label_of_every_departement_and_region_leads_back_to_it(language: str) -> None:
    names = connection().execute("SELECT name, region, kind FROM place WHERE kind > 0 ORDER BY id").fetchall()

    for name, number, kind in names:
        place = find_places(number if kind == 1 else name)[0]

        assert find_places(label(place, language))[0] == place


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("geneve", "Genève, Suisse"),
        ("Geneva", "Geneva, Genève, Suisse"),
        ("londres", "Londres, England, Royaume-Uni"),
        ("London", "London, England, Royaume-Uni"),
        ("athenes", "Athènes, Grèce"),
        ("la nouvelle orleans", "La Nouvelle-Orléans, Louisiana, États-Unis"),
        ("marsiglia", "Marseille, Bouches-du-Rhône"),  # in France towns keep their own names
    ],
)
def test_a_page_in_french_says_what_the_visitor_typed(typed: str, written: str) -> None:
    assert label(find_places(typed)[0], "fr") == written


@pytest.mark.parametrize("name", ["Pocking", "Pöcking"])
def test_accents_decide_between_towns_that_nothing_else_tells_apart(name: str) -> None:
    assert find_places(f"{name}, Allemagne")[0].name == name


@pytest.mark.parametrize(
    ("language", "country", "written"),
    [
        ("fr", "Germany", "Allemagne"),
        ("fr-ca", "United States", "États-Unis"),
        ("en", "Germany", "Germany"),
        ("fr", "Atlantis", "Atlantis"),
        ("fr", "", ""),
    ],
)
def test_a_country_is_named_in_the_language_of_the_page(language: str, country: str, written: str) -> None:
    assert country_in(language, country) == written


def test_every_country_has_a_french_name_that_is_known_when_typed() -> None:
    rows = connection().execute("SELECT code, name, french FROM country").fetchall()
    assert len(rows) >= 250
    assert len({french for _, _, french in rows}) == len(rows)

    for _, name, french in rows:
        assert country_in("fr", name) == french
        keyed = connection().execute("SELECT count(*) FROM country WHERE french = ?", (french,)).fetchone()
        assert keyed == (1,)
