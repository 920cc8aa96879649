"""Where a place is: towns of the world and French postcodes, from the file that ships with Gravida."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from gravida.find.gazetteer_file import (
    Kind,
    Row,
    country_and_region,
    country_named,
    french_name,
    likeliest_first,
    read_rows,
    region_named,
    rows_of_postcode,
)
from gravida.find.gazetteer_typed import BRACKETS, CEDEX, POSTCODE, rows_typed
from gravida.find.places import spelling_key

Precision = Literal["point", "city", "departement", "region"]

# A longer text is no place; it is not even looked at.
LONGEST_TEXT = 200
# Countries where many towns share a name and the registry always tells the state: it must agree.
STATE_DECIDES = {"AU", "CA", "US"}
# Saint-Barthélemy and Saint-Martin: each is its own territory, and has namesakes all over France.
SAINTS = {"977", "978"}

_PRECISION: dict[Kind, Precision] = {
    Kind.TOWN: "city",
    Kind.DEPARTEMENT: "departement",
    Kind.REGION: "region",
}


@dataclass(frozen=True, kw_only=True)
class Place:
    """A place with the point that stands for it. Latitude and longitude in degrees (WGS 84)."""

    name: str  # abroad in the language it was asked in: Londres
    region: str  # French departement or the number of one, state, province; empty where it adds nothing
    country: str  # in English; country_in gives it in French
    latitude: float
    longitude: float
    precision: Precision  # what the point is: an exact one, or the middle of a town, departement or region


def country_in(language: str, country: str) -> str:
    """A place's country as a page in this language (fr, en, fr-ca) writes it; as given where unknown."""
    return french_name(country) if language.lower().partition("-")[0] == "fr" else country


def place_of_location(*, city: str, state: str, postcode: str, country: str) -> Place | None:
    """Where a registry location lies, or None where its town is not known in that country.

    The country is always believed; the state decides among namesakes in Australia, Canada and the United
    States; a French postcode decides among French ones, and places a town we do not know.
    """
    return _place_of_location(city, state, postcode, country)


@lru_cache(maxsize=65_536)
def _place_of_location(city: str, state: str, postcode: str, country: str) -> Place | None:
    named = country_named(country)
    if named is None:
        return None
    code, territory = named
    rows = next(filter(None, (_in_country(key, code) for key in _town_spellings(city))), [])
    if territory:
        rows = [row for row in rows if row.region == territory]
    rows = _decided_by_postcode(rows, postcode) if code == "FR" else _decided_by_state(rows, code, state)
    return _place(min(rows, key=likeliest_first), is_asked=False) if rows else None


def find_places(text: str, *, limit: int = 6) -> list[Place]:
    """The places a visitor may mean by a postcode or a name, best first; [] where nothing is close.

    Accents, case and hyphens do not matter; a typing error or two are forgiven where nothing matches. French
    departements and regions are places, too; a country is too large to measure from, and gives [].
    """
    if len(text) > LONGEST_TEXT or limit < 1:
        return []
    # Two towns that nothing on the page would tell apart: the likelier stands for both.
    told_apart: dict[tuple[str, str, str], Place] = {}
    for row in rows_typed(text):
        place = _place(row, is_asked=True)
        told_apart.setdefault((place.name, place.region, place.country), place)
    return _accents_decide(list(told_apart.values())[: 4 * limit], text)[:limit]


def _accents_decide(places: list[Place], text: str) -> list[Place]:
    """The places in their order, but of those told apart by accents alone the one first that was typed."""
    typed = text.partition(",")[0].strip().casefold()
    groups = [(spelling_key(place.name), place.region, place.country) for place in places]
    ranks = [
        (groups.index(group), place.name.casefold() != typed)
        for group, place in zip(groups, places, strict=True)
    ]
    return [places[index] for index in sorted(range(len(places)), key=ranks.__getitem__)]


def _place(row: Row, *, is_asked: bool) -> Place:
    """A line of the file as a place, under the name it was asked by or under its own."""
    country, region = country_and_region(row.country, row.region)
    name = row.shown if is_asked else row.name
    if is_asked and (row.kind == Kind.DEPARTEMENT or row.region in SAINTS):
        region = row.region  # its number tells it from a namesake: Vienne, 86; Saint-Martin, 978
    return Place(
        name=name,
        region="" if region == name else region,
        country=country,
        latitude=row.latitude / 10_000,
        longitude=row.longitude / 10_000,
        precision=_PRECISION[row.kind],
    )


# --- What the registry wrote ------------------------------------------------------------------------------


def _town_spellings(city: str) -> Iterable[str]:
    """The keys a registry's city may be found under, the whole first: "Poole, Dorset", "Paris Cedex 12"."""
    bare = CEDEX.sub("", BRACKETS.sub(" ", city))
    candidates = [city, bare, bare.split(",")[0], re.sub(r"\d+", " ", bare.split(",")[0])]
    candidates += re.split(r"[/,;]|\s-\s", bare)
    candidates += [re.sub(r"^mt\b", "mount", bare, flags=re.IGNORECASE), *BRACKETS.findall(city)]
    return [key for key in map(spelling_key, candidates) if key]


def _in_country(key: str, country: str) -> list[Row]:
    query = (
        "SELECT * FROM named WHERE key = ? AND kind = 0 AND"
        " (country = ? OR country IN (SELECT territory FROM territory WHERE territory.country = ?))"
    )
    return read_rows(query, key, country, country)


def _decided_by_postcode(rows: list[Row], postcode: str) -> list[Row]:
    found = POSTCODE.search(postcode)
    there = rows_of_postcode(found[1] + found[2]) if found else []
    if not rows:
        return there[:1]
    both = [
        row
        for row in there
        if any(row.id == other.id or row.name.startswith(other.name + " ") for other in rows)
    ]
    return both or [row for row in rows if row.region in {other.region for other in there}] or rows


def _decided_by_state(rows: list[Row], country: str, state: str) -> list[Row]:
    region = region_named(country, state)
    territory = country_named(state) if state else None
    inside = [row for row in rows if row.region and row.region == region]
    if not inside and territory is not None:
        inside = [row for row in rows if row.country == territory[0]]
    if inside or (country in STATE_DECIDES and region):
        return inside
    return [row for row in rows if row.country == country] or rows
