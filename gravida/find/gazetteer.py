"""Where a place is: towns of the world and French postcodes, from the file that ships with Gravida."""

import os
import re
import sqlite3
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import log10
from pathlib import Path
from typing import Literal

from rapidfuzz import process
from rapidfuzz.distance import OSA

from gravida.find.places import spelling_key

Precision = Literal["point", "city", "departement"]

FILE = Path(__file__).with_name("places.sqlite")

# A longer text is no place; it is not even looked at. No name is as long as half of it.
LONGEST_TEXT = 200
LONGEST_NAME = 60
# Countries where many towns share a name and the registry always tells the state: it must agree.
STATE_DECIDES = {"AU", "CA", "US"}
# A namesake in France goes before one thirty times as large elsewhere; another language's name counts less.
FRANCE_FIRST = 1.5
OTHER_NAME_LATER = 0.5
# Vienne is first a town, then a departement of ten times as many people.
DEPARTEMENT_LATER = 3.0
# Below this size a town may be meant as the beginning of a longer name: Aix, Châlons, La Roche.
LARGE_TOWN = 5_000
# The first digits of the postcodes of Corsica's departements, which are not their numbers.
CORSICA = {"2a": "20", "2b": "202"}

# Five digits as a word of their own, perhaps F- before: not the decimals of a number, nor D-10117.
_POSTCODE = re.compile(
    r"(?<![\w.])(?<!\d,)(?<!\b\w-)(?<!\b\w\w-)(?:\bFR?-?)?(\d{2})(?:(?<!\d \d\d) )?(\d{3})(?![\w-]|[.,]\d| \d)",
    re.ASCII | re.IGNORECASE,
)
_FRANCE_BEFORE = re.compile(r"\bF-?$", re.IGNORECASE)  # as in F-75012
_CEDEX = re.compile(r"\bcedex\b.*", re.IGNORECASE | re.DOTALL)
_BRACKETS = re.compile(r"\(.*?\)|\[.*?\]")
_ORDINAL = r"(\d{1,2}) ?(?:er|e|eme|ieme|nd|nde)?"
_DISTRICT_LAST = re.compile(rf"(paris|lyon|marseille) {_ORDINAL}(?: arr(?:ondissement|dt)?)?")
_DISTRICT_FIRST = re.compile(rf"{_ORDINAL} arr(?:ondissement|dt)? (?:de )?(paris|lyon|marseille)")


@dataclass(frozen=True, kw_only=True)
class Place:
    """A place with the point that stands for it. Latitude and longitude in degrees (WGS 84)."""

    name: str
    region: str  # French departement, state or province; empty where it adds nothing
    country: str  # in English
    latitude: float
    longitude: float
    precision: (
        Precision  # what the point is: an exact one, the middle of a town, or a departement's chief town
    )


@dataclass(frozen=True, kw_only=True)
class _Row:
    """A line of the file."""

    id: int
    name: str
    country: str
    region: str
    latitude: int  # ten-thousandths of a degree
    longitude: int
    population: int
    is_departement: bool
    is_other_name: bool  # found under another name than its own

    @property
    def prominence(self) -> float:
        """How likely it is meant: grows by one with each tenfold of population, in steps of a tenth."""
        here = FRANCE_FIRST if self.country == "FR" else 0.0
        aside = DEPARTEMENT_LATER * self.is_departement + OTHER_NAME_LATER * self.is_other_name
        return round(log10(self.population + 1), 1) + here - aside


def place_of_location(*, city: str, state: str, postcode: str, country: str) -> Place | None:
    """Where a registry location lies, or None where its town is not known in that country.

    The country is always believed; the state decides among namesakes in Australia, Canada and the United
    States; a French postcode decides among French ones, and places a town we do not know.
    """
    return _place_of_location(city, state, postcode, country)


@lru_cache(maxsize=65_536)
def _place_of_location(city: str, state: str, postcode: str, country: str) -> Place | None:
    named = _country_named(country)
    if named is None:
        return None
    code, territory = named
    rows = next(filter(None, (_in_country(key, code) for key in _town_spellings(city))), [])
    if territory:
        rows = [row for row in rows if row.region == territory]
    rows = _decided_by_postcode(rows, postcode) if code == "FR" else _decided_by_state(rows, code, state)
    return _place(min(rows, key=_likeliest_first)) if rows else None


def find_places(text: str, *, limit: int = 6) -> list[Place]:
    """The places a visitor may mean by a postcode or a town's name, best first; [] where nothing is close.

    Accents, case and hyphens do not matter; a typing error or two are forgiven where nothing matches.
    """
    if len(text) > LONGEST_TEXT or limit < 1:
        return []
    rows = _by_postcode(text) or _by_name(text)
    # Two towns that nothing on the page would tell apart: the likelier stands for both.
    told_apart: dict[tuple[str, str, str], Place] = {}
    for place in map(_place, rows):
        told_apart.setdefault((place.name, place.region, place.country), place)
    return list(told_apart.values())[:limit]


# --- What the visitor typed -------------------------------------------------------------------------------


def _by_postcode(text: str) -> list[_Row]:
    """Places of the five digits in the text; when a town is written beside them, only where it agrees."""
    found = _POSTCODE.search(text)
    if found is None:
        return []
    rows = _with_postcode(found[1] + found[2])
    words = spelling_key(
        _CEDEX.sub("", _FRANCE_BEFORE.sub("", text[: found.start()]) + " " + text[found.end() :])
    )
    if not words:
        return rows
    near = {row.region for row in rows if row.country == "FR"}
    named = [row for row in _by_name(words) if row.country != "FR" or row.region in near]
    agreeing = [row for row in rows if any(_is_or_is_part_of(row, other) for other in named)]
    return agreeing or [row for row in named if row.country == "FR"] or named or rows


def _by_name(text: str) -> list[_Row]:
    """Places of the name in the text: as typed, else nearly so, else whatever region was written after it."""
    readings = list(_readings(text))
    return (
        next(filter(None, (_agreeing(_named(name), hint) for name, hint in readings)), None)
        or next(
            filter(None, (_agreeing(_mistyped(name), hint) for name, hint in readings if _is_country(hint))),
            None,
        )
        or _named(spelling_key(text.partition(",")[0]))
    )


def _is_country(hint: str) -> bool:
    return not hint or _country_named(hint) is not None


def _readings(text: str) -> Iterable[tuple[str, str]]:
    """The text as (name, what tells its country or region): cut at a comma, whole, cut before last words."""
    bare = _CEDEX.sub("", text)
    name, comma, rest = bare.partition(",")
    if comma:
        yield spelling_key(name), spelling_key(rest)
    yield spelling_key(bare), ""
    yield spelling_key(_BRACKETS.sub(" ", bare)), ""
    words = spelling_key(bare).split()
    for last in range(len(words) - 1, max(0, len(words) - 4), -1):
        yield " ".join(words[:last]), " ".join(words[last:])


def _agreeing(rows: list[_Row], hint: str) -> list[_Row]:
    """The rows that lie in the country or the region named; all of them where nothing is named."""
    if not hint:
        return rows
    named = _country_named(hint)
    if named is not None:
        return [row for row in rows if row.country == named[0] and named[1] in ("", row.region)]
    return [row for row in rows if row.region and row.region == _region_named(row.country, hint)]


def _named(key: str) -> list[_Row]:
    """Places of this name, best first; where they are all small, also those whose name goes on after it."""
    key = _district_key(key)
    rows = _rows("SELECT * FROM named WHERE key = ?", key) or _numbered(key)
    if len(key) > 2 and all(row.population < LARGE_TOWN for row in rows):
        longer = "SELECT * FROM named WHERE key > ? AND key < ? ORDER BY population DESC LIMIT 50"
        rows = [*rows, *_rows(longer, key + " ", key + "!")]
    return _best_first(rows)


def _numbered(key: str) -> list[_Row]:
    """The departement that people call by its number: 93, 2A, 974."""
    if re.fullmatch(r"\d{2,3}|2[ab]", key) is None:
        return []
    return _rows("SELECT * FROM prefixed WHERE prefix = ?", CORSICA.get(key, key))


def _district_key(key: str) -> str:
    """ "paris 12eme" and "12e arrondissement de paris" as "paris 12"; any other key as it is."""
    if found := _DISTRICT_LAST.fullmatch(key):
        return f"{found[1]} {int(found[2])}"
    if found := _DISTRICT_FIRST.fullmatch(key):
        return f"{found[2]} {int(found[1])}"
    return key


def _mistyped(key: str) -> list[_Row]:
    """Places of nearly this name: one letter wrong, lacking, added or swapped; two from seven letters on."""
    if not 4 <= len(key) <= LONGEST_NAME:
        return []
    allowed = 1 if len(key) < 7 else 2
    near = process.extract(
        key, _names_worth_guessing(), scorer=OSA.distance, score_cutoff=allowed, limit=None
    )
    if not near:
        return []
    fewest = min(distance for _, distance, _ in near)
    guesses = [name for name, distance, _ in near if distance == fewest]
    return _best_first([row for guess in guesses for row in _named(guess)])


@lru_cache(maxsize=1)
def _names_worth_guessing() -> tuple[str, ...]:
    """The names of French communes and of large towns: the few that a mistyped word may be taken for."""
    names = _connection().execute(
        "SELECT DISTINCT key FROM place JOIN name ON place = id WHERE country = 'FR' OR population >= 50000"
    )
    return tuple(key for (key,) in names)


# --- What the registry wrote ------------------------------------------------------------------------------


def _town_spellings(city: str) -> Iterable[str]:
    """The keys a registry's city may be found under, the whole first: "Poole, Dorset", "Paris Cedex 12"."""
    bare = _CEDEX.sub("", _BRACKETS.sub(" ", city))
    candidates = [city, bare, bare.split(",")[0], re.sub(r"\d+", " ", bare.split(",")[0])]
    candidates += re.split(r"[/,;]|\s-\s", bare)
    candidates += [re.sub(r"^mt\b", "mount", bare, flags=re.IGNORECASE), *_BRACKETS.findall(city)]
    return [key for key in map(spelling_key, candidates) if key]


def _in_country(key: str, country: str) -> list[_Row]:
    query = (
        "SELECT * FROM named WHERE key = ? AND NOT is_departement AND"
        " (country = ? OR country IN (SELECT territory FROM territory WHERE territory.country = ?))"
    )
    return _rows(query, key, country, country)


def _decided_by_postcode(rows: list[_Row], postcode: str) -> list[_Row]:
    found = _POSTCODE.search(postcode)
    there = _with_postcode(found[1] + found[2]) if found else []
    if not rows:
        return there[:1]
    both = [
        row
        for row in there
        if any(row.id == other.id or row.name.startswith(other.name + " ") for other in rows)
    ]
    return both or [row for row in rows if row.region in {other.region for other in there}] or rows


def _is_or_is_part_of(row: _Row, other: _Row) -> bool:
    """Whether both are one place, or the first is an arrondissement of the second."""
    is_part = row.region == other.region and row.name.startswith(f"{other.name} ")
    return row.id == other.id or (is_part and row.name.endswith("Arrondissement"))


def _decided_by_state(rows: list[_Row], country: str, state: str) -> list[_Row]:
    region = _region_named(country, state)
    territory = _country_named(state) if state else None
    inside = [row for row in rows if row.region and row.region == region]
    if not inside and territory is not None:
        inside = [row for row in rows if row.country == territory[0]]
    if inside or (country in STATE_DECIDES and region):
        return inside
    return [row for row in rows if row.country == country] or rows


# --- The file ---------------------------------------------------------------------------------------------

_local = threading.local()


def _connection() -> sqlite3.Connection:
    """This thread's connection; a worker that was forked opens its own."""
    if getattr(_local, "process", None) != os.getpid():
        uri = f"{FILE.as_uri()}?mode=ro&immutable=1"
        _local.connection, _local.process = sqlite3.connect(uri, uri=True), os.getpid()
    connection: sqlite3.Connection = _local.connection
    return connection


def _rows(query: str, *values: str) -> list[_Row]:
    """Lines of one of the file's views: what the place was found under, then the place."""
    return [
        _Row(
            id=line[1],
            name=line[2],
            country=line[3],
            region=line[4],
            latitude=line[5],
            longitude=line[6],
            population=line[7],
            is_departement=bool(line[8]),
            is_other_name=not spelling_key(line[2]).startswith(line[0]),
        )
        for line in _connection().execute(query, values)
    ]


def _with_postcode(code: str) -> list[_Row]:
    """Places of a French postcode, largest first; for one nobody lives under (CEDEX), its departement."""
    by_prefix = "SELECT * FROM prefixed WHERE prefix = ?"
    return (
        _best_first(_rows("SELECT * FROM posted WHERE code = ?", code))
        or _rows(by_prefix, code[:3])
        or _rows(by_prefix, code[:2])
    )


@lru_cache(maxsize=1024)
def _country_named(name: str) -> tuple[str, str] | None:
    """Code of a country and, for a French territory overseas, its departement; None for no country's name."""
    query = "SELECT country, region FROM country_name WHERE key = ?"
    found: tuple[str, str] | None = _connection().execute(query, (spelling_key(name),)).fetchone()
    return found


@lru_cache(maxsize=1024)
def _region_named(country: str, name: str) -> str:
    query = "SELECT region FROM region_name WHERE country = ? AND key = ?"
    found = _connection().execute(query, (country, spelling_key(name))).fetchone()
    return found[0] if found else ""


@lru_cache(maxsize=4096)
def _country_and_region(country: str, region: str) -> tuple[str, str]:
    query = (
        "SELECT country.name, region.name FROM country"
        " LEFT JOIN region ON region.country = country.code AND region.code = ? WHERE country.code = ?"
    )
    country_name, region_name = _connection().execute(query, (region, country)).fetchone()
    return country_name, region_name or ""


def _place(row: _Row) -> Place:
    country, region = _country_and_region(row.country, row.region)
    return Place(
        name=row.name,
        region="" if region == row.name else region,
        country=country,
        latitude=row.latitude / 10_000,
        longitude=row.longitude / 10_000,
        precision="departement" if row.is_departement else "city",
    )


def _likeliest_first(row: _Row) -> tuple[float, int]:
    return (-row.prominence, row.id)


def _best_first(rows: Sequence[_Row]) -> list[_Row]:
    """Each place once, the likeliest first."""
    return sorted({row.id: row for row in rows}.values(), key=_likeliest_first)
