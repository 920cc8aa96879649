"""Numbers, dates, ages, lists and French articles as people write them, in English and French."""

import re
from collections.abc import Sequence

from gravida.find.plain.sentences import Language
from gravida.find.record import PartialDate, StudyRecord

_MONTHS = {
    "en": ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
           "November", "December"),
    "fr": ("janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre",
           "novembre", "décembre"),
}  # fmt: skip
_UNITS = {  # unit of the registry -> one and several, by language
    "year": {"en": ("year", "years"), "fr": ("an", "ans")},
    "month": {"en": ("month", "months"), "fr": ("mois", "mois")},
    "week": {"en": ("week", "weeks"), "fr": ("semaine", "semaines")},
    "day": {"en": ("day", "days"), "fr": ("jour", "jours")},
    "hour": {"en": ("hour", "hours"), "fr": ("heure", "heures")},
    "minute": {"en": ("minute", "minutes"), "fr": ("minute", "minutes")},
}
_NO_LIMIT_YEARS = 99
_ZERO = re.compile(r"0+ ")
_SPAN = re.compile(r"([0-9]{1,4}) ?(year|month|week|day|hour|minute)s?", re.IGNORECASE)
_CONTRACTED = (("le ", "du "), ("les ", "des "), ("la ", "de la "), ("l’", "de l’"), ("un ", "d’un "),
               ("une ", "d’une "), ("aucun ", "d’aucun "), ("des ", "de "))  # fmt: skip
_VOWEL = re.compile(r"[aeiouyhàâäæéèêëîïôöœùûü]", re.IGNORECASE)


def number(value: int, language: Language) -> str:
    """1,250 or 1 250, with a narrow space that never breaks."""
    return f"{value:,}" if language == "en" else f"{value:,}".replace(",", "\u202f")


def day(date: PartialDate, language: Language) -> str:
    """24 October 2022, October 2022 or 2022; in French "1er" for the first of a month."""
    parts = [int(part) for part in date.text.split("-")]
    if len(parts) == 1:
        return str(parts[0])
    month_and_year = f"{_MONTHS[language][parts[1] - 1]} {parts[0]}"
    if len(parts) == 2:
        return month_and_year
    written = "1er" if language == "fr" and parts[2] == 1 else str(parts[2])
    return f"{written} {month_and_year}"


def on(date: PartialDate, language: Language) -> str:
    """The same with its little word: "on 24 October 2022", "en octobre 2022"."""
    is_a_day = date.text.count("-") == 2
    words = {"en": ("in", "on"), "fr": ("en", "le")}[language]
    return f"{words[is_a_day]} {day(date, language)}"


def span(text: str, language: Language) -> str:
    """ "18 Years" as "18 years" or "18 ans"; empty where it is no number with a unit."""
    found = _SPAN.fullmatch(text.strip())
    if not found:
        return ""
    many = int(found[1])
    return f"{many} {_UNITS[found[2].lower()][language][many > 1 or many == 0]}"


def age_limits(record: StudyRecord, language: Language) -> tuple[str, str]:
    """The youngest and oldest age; empty where there is none. 99 and more years are no limit."""
    is_limit = record.maximum_age_months is not None and record.maximum_age_months < _NO_LIMIT_YEARS * 12
    low = "" if _ZERO.match(record.minimum_age) else span(record.minimum_age, language)
    return low, span(record.maximum_age, language) if is_limit else ""


def ages(record: StudyRecord, language: Language) -> str:
    """Behind a word for people: "18 to 50 years old", "de 18 ans ou plus", "jusqu’à 75 ans"; else empty."""
    low, high = age_limits(record, language)
    if low and high:
        return _between(low, high, language)
    if low:
        return f"{low} old or older" if language == "en" else f"de {low} ou plus"
    if high:
        return f"up to {high} old" if language == "en" else f"jusqu’à {high}"
    return ""


def your_age(record: StudyRecord) -> str:
    """Behind the French "vous avez": "18 ans ou plus", "de 18 à 50 ans", "75 ans au plus"; else empty."""
    low, high = age_limits(record, "fr")
    if low and high:
        return low if low == high else _between(low, high, "fr")
    if low:
        return f"{low} ou plus"
    return f"{high} au plus" if high else ""


def _between(low: str, high: str, language: Language) -> str:
    old = " old" if language == "en" else ""
    if low == high:
        return f"{low}{old}" if language == "en" else f"de {low}"
    is_same_unit = low.split(" ")[1].rstrip("s") == high.split(" ")[1].rstrip("s")
    first = low.split(" ", maxsplit=1)[0] if is_same_unit else low
    return f"{first} to {high}{old}" if language == "en" else f"de {first} à {high}"


def listed(items: Sequence[str], language: Language, *, last: str = "") -> str:
    """ "a", "a and b", "a, b and c"."""
    last = last or {"en": "and", "fr": "et"}[language]
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {last} {items[-1]}"


def of(noun: str) -> str:
    """French "de" before a noun with its article: "du cancer", "de l’asthme", "des nausées"."""
    for article, contracted in _CONTRACTED:
        if noun.startswith(article):
            return contracted + noun[len(article) :]
    return f"d’{noun}" if _VOWEL.match(noun) else f"de {noun}"


def at(town: str) -> str:
    """French "à" before a town, which carries its article into it: "à Paris", "au Mans"."""
    for article, contracted in (("Le ", "au "), ("Les ", "aux ")):
        if town.startswith(article):
            return contracted + town[len(article) :]
    return f"à {town}"


def without_article(noun: str) -> str:
    """A French noun without the article of our tables; a name of the record as it is."""
    for article in ("le ", "la ", "les ", "l’"):
        if noun.startswith(article):
            return noun[len(article) :]
    return noun


def capital(text: str) -> str:
    """With a capital first letter, the rest untouched."""
    return text[:1].upper() + text[1:]
