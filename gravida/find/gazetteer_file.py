"""The file of places that ships with Gravida, read: towns, postcodes, names of countries and regions."""

import os
import sqlite3
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from math import log10
from pathlib import Path

from gravida.find.places import spelling_key

FILE = Path(__file__).with_name("places.sqlite")

# A namesake in France goes before one thirty times as large elsewhere; another language's name counts less.
FRANCE_FIRST = 1.5
OTHER_NAME_LATER = 0.5
# Vienne is first a town, then a departement of ten times as many people; no town comes before its region.
DEPARTEMENT_LATER = 2.5


class Kind(IntEnum):
    """What a line of the file is."""

    TOWN = 0
    DEPARTEMENT = 1
    REGION = 2


@dataclass(frozen=True, kw_only=True)
class Row:
    """A line of the file."""

    id: int
    key: str  # what it was found under: a name or a postcode
    name: str
    shown: str  # the name it was found under as that is written, where it is one in another language
    country: str
    region: str
    latitude: int  # ten-thousandths of a degree
    longitude: int
    population: int
    kind: Kind
    is_other_name: bool  # found under another name than its own

    @property
    def prominence(self) -> float:
        """How likely it is meant: grows by one with each tenfold of population, in steps of a tenth."""
        here = FRANCE_FIRST if self.country == "FR" else 0.0
        aside = DEPARTEMENT_LATER * (self.kind == Kind.DEPARTEMENT) + OTHER_NAME_LATER * self.is_other_name
        return round(log10(self.population + 1), 1) + here - aside


_local = threading.local()


def connection() -> sqlite3.Connection:
    """This thread's connection; a worker that was forked opens its own."""
    if getattr(_local, "process", None) != os.getpid():
        uri = f"{FILE.as_uri()}?mode=ro&immutable=1"
        _local.connection, _local.process = sqlite3.connect(uri, uri=True), os.getpid()
    held: sqlite3.Connection = _local.connection
    return held


def read_rows(query: str, *values: str) -> list[Row]:
    """Lines of one of the file's views: what the place was found under, its spelling, then the place.

    In France a town is shown under its own name, also where a former commune's was typed.
    """
    rows = []
    for key, spelling, number, name, *place in connection().execute(query, values):
        country, region, latitude, longitude, population, kind = place
        own_key = spelling_key(name)
        rows.append(
            Row(
                id=number,
                key=key,
                name=name,
                shown=name if country == "FR" else _written(key, own_key, name, spelling),
                country=country,
                region=region,
                latitude=latitude,
                longitude=longitude,
                population=population,
                kind=Kind(kind),
                is_other_name=not own_key.startswith(key),
            )
        )
    return rows


def _written(key: str, own_key: str, name: str, spelling: str | None) -> str:
    """A town abroad as the name it was found under is written; a postcode is none."""
    is_own = key == own_key or key.startswith(f"{own_key} ") or key.isdigit()
    return name if is_own else spelling or key.title()


def rows_of_name(key: str) -> list[Row]:
    """Places of exactly this name."""
    return read_rows("SELECT * FROM named WHERE key = ?", key)


def rows_of_longer_name(key: str) -> list[Row]:
    """The largest places whose name goes on after these words: Aix, Châlons, La Roche."""
    query = "SELECT * FROM named WHERE key > ? AND key < ? ORDER BY population DESC LIMIT 50"
    return read_rows(query, key + " ", key + "!")


def rows_of_postcode(code: str) -> list[Row]:
    """Places of a French postcode, largest first; for one nobody lives under (CEDEX), its departement."""
    by_prefix = "SELECT * FROM prefixed WHERE prefix = ?"
    return (
        best_first(read_rows("SELECT * FROM posted WHERE code = ?", code))
        or read_rows(by_prefix, code[:3])
        or read_rows(by_prefix, code[:2])
    )


@lru_cache(maxsize=1024)
def country_named(name: str) -> tuple[str, str] | None:
    """Code of a country and, for a French territory overseas, its departement; None for no country's name."""
    query = "SELECT country, region FROM country_name WHERE key = ?"
    found: tuple[str, str] | None = connection().execute(query, (spelling_key(name),)).fetchone()
    return found


@lru_cache(maxsize=1024)
def region_named(country: str, name: str) -> str:
    """Code of a region of that country, a French departement among them; empty for no region's name."""
    query = "SELECT region FROM region_name WHERE country = ? AND key = ?"
    found = connection().execute(query, (country, spelling_key(name))).fetchone()
    return found[0] if found else ""


@lru_cache(maxsize=1024)
def regions_named(key: str) -> frozenset[tuple[str, str]]:
    """(country, code) of every region of this name in the world, French departements among them."""
    return frozenset(connection().execute("SELECT country, region FROM region_name WHERE key = ?", (key,)))


@lru_cache(maxsize=1024)
def departements_in(key: str) -> frozenset[str]:
    """The departements that the French region of this name holds, or held before 2016."""
    query = "SELECT departement FROM french_region WHERE key = ?"
    return frozenset(departement for (departement,) in connection().execute(query, (key,)))


@lru_cache(maxsize=4096)
def country_and_region(country: str, region: str) -> tuple[str, str]:
    """Names of a country, in English, and of its region; empty for no region."""
    query = (
        "SELECT country.name, region.name FROM country"
        " LEFT JOIN region ON region.country = country.code AND region.code = ? WHERE country.code = ?"
    )
    country_name, region_name = connection().execute(query, (region, country)).fetchone()
    return country_name, region_name or ""


@lru_cache(maxsize=512)
def french_name(country: str) -> str:
    """A country's name in French, from its English one; as given where the file has no such country."""
    found = connection().execute("SELECT french FROM country WHERE name = ?", (country,)).fetchone()
    return found[0] if found else country


def likeliest_first(row: Row) -> tuple[float, int]:
    """What to sort by."""
    return (-row.prominence, row.id)


def best_first(rows: Sequence[Row]) -> list[Row]:
    """Each place once, as it was first found, the likeliest first."""
    return sorted({row.id: row for row in reversed(rows)}.values(), key=likeliest_first)
