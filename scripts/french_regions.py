"""The departements and the regions of France as places: their middle, their names, their postcodes."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from french_communes import Commune, Point

from gravida.find.places import spelling_key

FRENCH = tomllib.loads(Path(__file__).with_name("gazetteer_french.toml").read_text(encoding="utf-8"))

# Corsica's postcodes begin with 20; 2B has those of 202 and 206, and Bastia's business post.
CORSICA = {"20": "2A", "202": "2B", "204": "2B", "206": "2B"}


@dataclass(frozen=True, kw_only=True)
class Division:
    """A departement or a region, at its middle or, for its business post, at its chief town."""

    name: str
    departement: str  # its number; empty for a region
    point: Point
    population: int
    keys: frozenset[str] = frozenset()
    prefixes: tuple[str, ...] = ()


def departements(communes: Sequence[Commune], rows: Sequence[Mapping[str, Any]]) -> Iterator[Division]:
    """Each departement twice: under its names at its middle, and where most of its business post goes."""
    by_code = {commune.code: commune for commune in communes}
    for row in rows:
        code, chief = row["code"], by_code.get(row["chefLieu"])
        members = [commune for commune in communes if commune.departement == code]
        if chief is None or chief.point is None or not members:
            continue
        prefixes = tuple(prefix for prefix, departement in CORSICA.items() if departement == code) or (code,)
        population = _population(members)
        yield Division(
            name=row["nom"], departement=code, point=chief.point, population=population, prefixes=prefixes
        )
        # Where both are called Paris, the name and the number mean the town.
        if row["nom"] != chief.name:
            names = (row["nom"], code, *FRENCH["departement"].get(code, ()))
            yield Division(
                name=row["nom"],
                departement=code,
                point=_middle(members),
                population=population,
                keys=frozenset(map(spelling_key, names)),
            )


def regions(communes: Sequence[Commune], rows: Sequence[Mapping[str, Any]]) -> Iterator[Division]:
    """Each region of today and of before 2016, at its middle; one that is a departement is left to it."""
    known = {row["code"] for row in rows}
    for name, region in FRENCH["region"].items():
        members = [commune for commune in communes if commune.departement in known & {*region["of"]}]
        if members:
            yield Division(
                name=name,
                departement="",
                point=_middle(members),
                population=_population(members),
                keys=frozenset(map(spelling_key, (name, *region.get("also", ())))),
            )


def regions_by_name(rows: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """(key, departement) of every name of a region and every departement it holds or held."""
    known = {row["code"] for row in rows}
    return sorted(
        {
            (spelling_key(spelling), departement)
            for name, region in FRENCH["region"].items()
            for spelling in (name, *region.get("also", ()))
            for departement in region["of"]
            if departement in known
        }
    )


def _population(communes: Sequence[Commune]) -> int:
    return sum(commune.population for commune in communes if not _is_part_of_a_town(commune))


def _middle(communes: Sequence[Commune]) -> Point:
    """The middle of the people of some communes: half of them may live in one town."""
    placed = [
        (commune.point, max(1, commune.population))
        for commune in communes
        if commune.point is not None and not _is_part_of_a_town(commune)
    ]
    people = sum(weight for _, weight in placed)
    return Point(
        latitude=sum(point.latitude * weight for point, weight in placed) / people,
        longitude=sum(point.longitude * weight for point, weight in placed) / people,
    )


def _is_part_of_a_town(commune: Commune) -> bool:
    return commune.name.endswith(" Arrondissement")
