"""What a visitor means who types a place: a French postcode, a town, a departement, a region.

A wrong place taken silently is the worst that can happen here: what is a name of its own is never taken for
the beginning of another, nor for a misspelt one, and a country is too large to measure from.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from gravida.find.gazetteer_file import (
    Kind,
    Row,
    best_first,
    connection,
    country_named,
    departements_in,
    region_named,
    regions_named,
    rows_of_longer_name,
    rows_of_name,
    rows_of_postcode,
)
from gravida.find.places import spelling_key

# No name is longer. Shorter ones have too many neighbours for a guess: null is not Hull.
LONGEST_NAME = 60
SHORTEST_GUESSED, TWO_ERRORS_FROM = 6, 9
# Below this size a town may be meant as the beginning of a longer name: Aix, Châlons, La Roche.
LARGE_TOWN = 5_000
# From this many letters on, a word that is a commune's whole name means that commune first.
LONG_ENOUGH_FOR_A_NAME = 6
# Abroad, what is typed may be the beginning of a large town's name only, and a region's that of one.
LARGE_TOWN_ABROAD = 100_000
# Beside five digits that are a French postcode, too, a town abroad is believed from this size on.
TOWN_ABROAD_BESIDE_FIVE_DIGITS = 50_000
# No farther across than a large city, and called as their town is.
SMALL_COUNTRIES = {"GI", "HK", "LU", "MC", "MO", "SG", "SM", "VA"}
# Words for more than a country, which begin names of towns.
WIDER_THAN_A_COUNTRY = {"dom", "tom", "dom tom", "drom", "drom com", "outre mer", "europe"}
# Grenade is a country, and a French town; France has no other of that size.
TOWN_OF_A_COUNTRYS_NAME = 1_000

# Letters before a postcode with a hyphen: D-10117. The international code of a car or of a country.
LETTERS_OF_COUNTRIES = {
    "A": "AT", "AT": "AT", "B": "BE", "BE": "BE", "CH": "CH", "CZ": "CZ", "D": "DE", "DE": "DE", "DK": "DK",
    "E": "ES", "ES": "ES", "I": "IT", "IT": "IT", "L": "LU", "LU": "LU", "LV": "LV", "LT": "LT", "MC": "MC",
    "NL": "NL", "P": "PT", "PL": "PL", "PT": "PT", "S": "SE", "SE": "SE", "SI": "SI", "SK": "SK",
}  # fmt: skip

# Five digits as a word of their own, perhaps F- before: not the decimals of a number, nor D-10117.
POSTCODE = re.compile(
    r"(?<![\w.])(?<!\d,)(?<!\b\w-)(?<!\b\w\w-)(?:\bFR?-?)?"
    r"(\d{2})(?:(?<!\d \d\d) )?(\d{3})(?![\w-]|[.,]\d| \d)",
    re.ASCII | re.IGNORECASE,
)
CEDEX = re.compile(r"\bcedex\b.*", re.IGNORECASE | re.DOTALL)
BRACKETS = re.compile(r"\(.*?\)|\[.*?\]")
_FOREIGN_CODE = re.compile(
    r"(?<![\w.-])(?:"
    r"(?P<letters>[A-Z]{1,3})-\d{3,6}(?:-\d{3,4})?"
    r"|\d{4}(?: (?!LE |LA |ST |DE |AU )[A-Z]{2}\b)?"  # Belgium, Switzerland; 1011 AB in the Netherlands
    r"|\d{4}-\d{3}|\d{2}-\d{3}|\d{3}-\d{4}|\d{5}-\d{4}|\d{3} \d{2}|\d{6,7}"
    r"|(?i:[A-Z]\d[A-Z] ?\d[A-Z]\d)"  # Canada
    r"|(?i:[A-Z]{1,2}\d[A-Z\d]?(?: ?\d[A-Z]{2})?)"  # United Kingdom
    r")(?![\w.-])",
    re.ASCII,
)
_ORDINAL = r"(\d{1,2}) ?(?:er|e|eme|ieme|nd|nde)?"
_DISTRICT_LAST = re.compile(rf"(paris|lyon|marseille) {_ORDINAL}(?: arr(?:ondissement|dt)?)?")
_DISTRICT_FIRST = re.compile(rf"{_ORDINAL} arr(?:ondissement|dt)? (?:de )?(paris|lyon|marseille)")
_DISTRICT_NAME = re.compile(r"Arrondissement$")


@dataclass(frozen=True, kw_only=True)
class Reading:
    """One way to read a text: a name, and the countries or regions said of it. All are keys."""

    name: str
    hints: tuple[str, ...] = ()


def rows_typed(text: str) -> list[Row]:
    """The places a visitor may mean, best first."""
    found = POSTCODE.search(text)
    return _by_postcode(text, found) if found else _by_name(text)


# --- A French postcode ------------------------------------------------------------------------------------


def _by_postcode(text: str, found: re.Match[str]) -> list[Row]:
    """Places of the five digits; what is written beside them chooses among those, or among its namesakes."""
    rows = rows_of_postcode(found[1] + found[2])
    reading, named = _beside(text[: found.start()], text[found.end() :])
    french = [row for row in named if row.country == "FR" and row.kind == Kind.TOWN]
    there = _in_departement_of(rows, french or _mistyped(reading.name))
    if own := [row for row in rows if any(is_or_is_part_of(row, other) for other in there)]:
        return own
    if there:
        return [*there, *rows]
    if not french and (abroad := _believed_abroad(named, reading)):
        return [*abroad, *rows]
    return [*rows[:1], *french[:1], *rows[1:], *french[1:]] if rows else french


def _beside(before: str, after: str) -> tuple[Reading, list[Row]]:
    """The words beside a postcode, and the places they name: after it, else before it, else all."""
    best = Reading(name="")
    for words in (after, before, f"{before} {after}"):
        bare = CEDEX.sub("", words).strip(" ,;-")
        if not bare or country_named(bare):
            continue
        for reading in _readings(bare):
            best = best if best.name else reading
            if rows := _agreeing(_named(reading.name), reading.hints):
                return reading, rows
    return best, []


def _in_departement_of(rows: list[Row], others: list[Row]) -> list[Row]:
    departements = {row.region for row in rows if row.country == "FR"}
    return [row for row in others if row.country == "FR" and row.region in departements]


def _believed_abroad(named: list[Row], reading: Reading) -> list[Row]:
    return [
        row
        for row in named
        if row.country != "FR"
        and row.key == reading.name
        and (reading.hints or row.population >= TOWN_ABROAD_BESIDE_FIVE_DIGITS)
    ]


def is_or_is_part_of(row: Row, other: Row) -> bool:
    """Whether both are one place, or the first is an arrondissement of the second."""
    is_part = row.region == other.region and row.name.startswith(f"{other.name} ")
    return row.id == other.id or (is_part and _DISTRICT_NAME.search(row.name) is not None)


# --- A name -----------------------------------------------------------------------------------------------


def _by_name(text: str) -> list[Row]:
    """Places of the name in the text: as typed, else nearly so, else whatever region was written after it."""
    code = _FOREIGN_CODE.search(text)
    bare = f"{text[: code.start()]} {text[code.end() :]}".strip(" ,;-") if code else text
    if _is_too_large(spelling_key(bare)):
        return []
    readings = list(_readings(bare))
    rows = next(filter(None, (_agreeing(_named(each.name), each.hints) for each in readings)), [])
    rows = rows or next(filter(None, map(_nearly_named, readings)), []) or _whatever_region(bare)
    return _abroad_first(rows, code["letters"] or "") if code else rows


def _abroad_first(rows: list[Row], letters: str) -> list[Row]:
    """Beside a postcode that is not French: the namesakes of its country, else those abroad, else all."""
    country = LETTERS_OF_COUNTRIES.get(letters)
    there = [row for row in rows if row.country == country]
    return there or sorted(rows, key=lambda row: row.country == "FR")


def _is_too_large(key: str) -> bool:
    """Whether this names a country or a region abroad, and no town that people would call so."""
    if key in WIDER_THAN_A_COUNTRY:
        return True
    country = country_named(key)
    if country is not None and not country[1]:
        return country[0] not in SMALL_COUNTRIES and not any(
            row.country == "FR" and row.population >= TOWN_OF_A_COUNTRYS_NAME for row in rows_of_name(key)
        )
    regions = {(country, code) for country, code in regions_named(key) if country != "FR"}
    return bool(regions) and not any(
        row.country == "FR" or row.population >= LARGE_TOWN_ABROAD or (row.country, row.region) in regions
        for row in rows_of_name(key)
    )


def _readings(text: str) -> Iterable[Reading]:
    """The text cut at its commas, the last first, then whole, then cut before its last words."""
    bare = CEDEX.sub("", text)
    parts = bare.split(",")
    for cut in range(len(parts) - 1, 0, -1):
        hints = tuple(filter(None, map(spelling_key, parts[cut:])))
        # A hint may hold a comma of its own: Washington, D.C.
        yield Reading(name=spelling_key(",".join(parts[:cut])), hints=hints)
    yield Reading(name=spelling_key(bare))
    yield Reading(name=spelling_key(BRACKETS.sub(" ", bare)))
    words = spelling_key(bare).split()
    for last in range(len(words) - 1, max(0, len(words) - 4), -1):
        yield Reading(name=" ".join(words[:last]), hints=(" ".join(words[last:]),))


def _agreeing(rows: list[Row], hints: tuple[str, ...]) -> list[Row]:
    """The rows that lie in every country and region named; all of them where nothing is named.

    A departement is told by its number from the town of its name within it: Corrèze, 19.
    """
    inside = [row for row in rows if all(_lies_in(row, hint) for hint in hints)]
    return sorted(inside, key=lambda row: row.kind != Kind.DEPARTEMENT or row.region.lower() not in hints)


def _lies_in(row: Row, hint: str) -> bool:
    named = country_named(hint)
    if named is not None and row.country == named[0] and named[1] in ("", row.region):
        return True
    if not row.region:
        return False
    is_in_region = row.region == region_named(row.country, hint)
    return is_in_region or (row.country == "FR" and row.region in departements_in(hint))


def _whatever_region(text: str) -> list[Row]:
    """Places of the name before the comma, where what follows is neither a country nor a region we know."""
    name, *hints = map(spelling_key, text.split(","))
    if any(country_named(hint) or departements_in(hint) or regions_named(hint) for hint in hints):
        return []
    return _named(name) if any(re.search("[a-z]", hint) for hint in hints) else []


def _named(key: str) -> list[Row]:
    """Places of this name, best first; where they are all small, also those whose name goes on after it."""
    key = _district_key(key)
    rows = best_first(rows_of_name(key))
    if len(key) < 3 or key.isdigit() or any(row.population >= LARGE_TOWN for row in rows):
        return rows
    longer = [row for row in rows_of_longer_name(key) if _may_be_meant(row)]
    if len(key) >= LONG_ENOUGH_FOR_A_NAME:
        own = [row for row in rows if row.country == "FR" and not row.is_other_name][:1]
        return [*own, *(row for row in best_first([*rows, *longer]) if row not in own)]
    return best_first([*rows, *longer])


def _may_be_meant(row: Row) -> bool:
    """Whether people shorten this name to its first words."""
    return row.country == "FR" or row.population >= LARGE_TOWN_ABROAD


def _district_key(key: str) -> str:
    """ "paris 12eme" and "12e arrondissement de paris" as "paris 12"; any other key as it is."""
    if found := _DISTRICT_LAST.fullmatch(key):
        return f"{found[1]} {int(found[2])}"
    if found := _DISTRICT_FIRST.fullmatch(key):
        return f"{found[2]} {int(found[1])}"
    return key


# --- A name with a typing error ---------------------------------------------------------------------------


def _nearly_named(reading: Reading) -> list[Row]:
    """Places of nearly this name, where nothing or a country is said of it."""
    if any(country_named(hint) is None for hint in reading.hints):
        return []
    return _agreeing(_mistyped(reading.name), reading.hints)


def _mistyped(key: str) -> list[Row]:
    """Places of nearly this name: one letter wrong, lacking, added or swapped; two from nine letters on.

    The first letter is always right; nothing is guessed from what may be a country's name or a region's.
    """
    if not SHORTEST_GUESSED <= len(key) <= LONGEST_NAME:
        return []
    allowed = 1 if len(key) < TWO_ERRORS_FROM else 2
    names = _names_worth_guessing().get(key[0], ())
    near = process.extract(key, names, scorer=OSA.distance, score_cutoff=allowed, limit=None)
    if not near:
        return []
    fewest = min(distance for _, distance, _ in near)
    # Of two spellings of one town the longer: a letter forgotten is the commonest error.
    guesses = sorted((name for name, distance, _ in near if distance == fewest), key=len, reverse=True)
    if any(_is_too_large(guess) for guess in guesses):
        return []
    return best_first([row for guess in guesses for row in rows_of_name(guess)])


@lru_cache(maxsize=1)
def _names_worth_guessing() -> dict[str, list[str]]:
    """By first letter the names of French communes, large towns, countries and regions."""
    names = connection().execute(
        "SELECT key FROM place JOIN name ON place = id WHERE country = 'FR' OR population >= 50000"
        " UNION SELECT key FROM country_name UNION SELECT key FROM region_name ORDER BY key"
    )
    by_letter: dict[str, list[str]] = {}
    for (key,) in names:
        by_letter.setdefault(key[0], []).append(key)
    return by_letter
