"""The numbers of a sentence with unit and comparison, and its dates; English and French, digits or words."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache
from itertools import islice

from gravida.find.plain.tables import table

_LENGTHS = {
    "year": ("month", 12),
    "month": ("month", 1),
    "week": ("day", 7),
    "day": ("day", 1),
    "g": ("mg", 1000),
}
_MONTHS = (
    ("january", "janvier", "jan"), ("february", "février", "feb"), ("march", "mars", "mar"),
    ("april", "avril", "apr"), ("may", "mai"), ("june", "juin", "jun"), ("july", "juillet", "jul"),
    ("august", "août", "aug"), ("september", "septembre", "sep", "sept"), ("october", "octobre", "oct"),
    ("november", "novembre", "nov"), ("december", "décembre", "dec"),
)  # fmt: skip
MONTH = {word: place for place, words in enumerate(_MONTHS, start=1) for word in words}
_MONTH = "|".join(sorted(MONTH, key=len, reverse=True))
_DATE = re.compile(
    rf"\b(?P<iso>(?:19|20)[0-9]{{2}}-[0-9]{{2}}(?:-[0-9]{{2}})?)\b"
    rf"|\b(?:(?P<day>[0-9]{{1,2}})(?:st|nd|rd|th|er)? (?:of )?)?(?P<month>{_MONTH})\.?,?"
    rf" (?P<year>(?:19|20)[0-9]{{2}})\b"
    rf"|\b(?P<month2>{_MONTH})\.? (?P<day2>[0-9]{{1,2}})(?:st|nd|rd|th)?,? (?P<year2>(?:19|20)[0-9]{{2}})\b"
)
_DIGITS = r"[0-9]{1,3}(?:[ ,][0-9]{3}){1,4}(?![0-9])(?:\.[0-9]{1,9})?|[0-9]{1,15}(?![0-9])(?:[.,][0-9]{1,9})?"
_ONE = r"one|une?"
_COMMON = str.maketrans({"\u00a0": " ", "\u202f": " ", "\n": " ", "’": "'"})
_BETWEEN = (
    "(?:derniers?|dernières|premiers?|premières|prochains?|prochaines|consécutifs|consecutive|last|first)"
)
_JOINED = re.compile(r" ?(?:,|/|&|-|–|to|and|or|et|ou|à)(?: (?:and|or|et|ou|at|to))? ?")


@dataclass(frozen=True, kw_only=True)
class Quantity:
    """A number as a sentence gives it; place: sentence[start:end]."""

    value: Fraction
    unit: str  # canonical, "" for a count; years are months and weeks days here
    written_unit: str
    comparison: str  # ge le gt lt before after, or "" for none
    start: int
    end: int

    @property
    def is_years(self) -> bool:
        return self.written_unit == "year"


@dataclass(frozen=True, kw_only=True)
class Day:
    """A date; month and day 0 where not given."""

    year: int
    month: int
    day: int
    start: int
    end: int

    def is_within(self, other: "Day") -> bool:
        """Whether this says nothing that the other does not say."""
        return self.year == other.year and self.month in (0, other.month) and self.day in (0, other.day)


@cache
def _number_words() -> dict[str, int]:
    """Two to ninety-nine in both languages, and the round numbers above."""
    spelled = table("numbers")
    words: dict[str, int] = dict(spelled["round"])
    for language in ("en", "fr"):
        small = {word: value for value, word in enumerate(spelled[language]["small"].split())}
        words |= {word: value for word, value in small.items() if value > 1}
        for place, ten in enumerate(spelled[language]["tens"].split(), start=2):
            words[ten] = place * 10
            for unit, value in islice(small.items(), 1, 10):
                joints = (" et ", "-et-") if (language, value) == ("fr", 1) else ("-", " ")
                words |= {f"{ten}{joint}{unit}": place * 10 + value for joint in joints}
    return words


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    """Number with its unit; range; what stands before; right behind; behind the thing counted."""
    words = guard_words()
    units = "|".join(f"(?P<u{place}>{spelled})" for place, spelled in enumerate(words["units"].values()))
    spelled = "|".join(sorted(map(re.escape, _number_words()), key=len, reverse=True))
    plain = rf"(?<![\w.])(?<![a-z]-)(?:{_DIGITS})(?:\+[0-9])?|\b(?:{spelled})\b"
    unit = rf"(?:(?: {_BETWEEN} |[ -])?(?:{units})(?P<per>/ ?[a-zµ0-9²]+)?(?![\w]))?"
    one = re.compile(rf"(?P<n>{plain}|\b(?:{_ONE}|once|twice|half|moitié)\b){unit}(?![a-z])")
    old = r"(?: of age| old)?"
    between = re.compile(
        rf"(?P<low>{plain})(?:[ -]?[a-zé%°]+{old})?"
        rf"(?: ?[-–—] ?(?=[0-9])|,? to (?:the age of )?(?=(?:{plain}))| à (?=(?:{plain})))"
        rf"|(?:between|entre|from age) (?P<low2>{plain})(?:[ -]?[a-zé%°]+{old})? (?:and|et) (?=(?:{plain}))"
    )
    filler = r"(?:(?:the|an?|ages?|of|age of|de|d['’]|l['’]|âge|of age|à|est|is|are|:|=)\s*){0,4}"
    before = _one_of(words["compare"], rf"\s*{filler}$")
    far = _one_of(words["compare_far"], "", r"^(?: [a-zéèêœ'’-]+){1,4}? ")
    head = r"^,?\s*\(?(?:of age|old|d['’]âge|in age|révolus)?,?\s*"
    after = _one_of(words["compare_after"], "", head)
    return one, between, before, after, far


@cache
def guard_words() -> dict[str, dict[str, str]]:
    return table("guard_words")


def _one_of(named: dict[str, str], tail: str, head: str = "") -> re.Pattern[str]:
    both = "|".join(f"(?P<{name}>(?<!\\w)(?:{pattern})(?!\\w))" for name, pattern in named.items())
    return re.compile(f"{head}(?:{both}){tail}")


def plain_signs(text: str) -> str:
    """The text in small letters with common spaces, sign for sign in the same place."""
    common = text.translate(_COMMON)
    low = common.lower()
    if len(low) == len(common):
        return low
    return "".join(sign.lower() if len(sign.lower()) == 1 else sign for sign in common)


def days(text: str) -> Iterator[Day]:
    """The dates of a sentence."""
    for found in _DATE.finditer(plain_signs(text)):
        if found["iso"]:
            parts = [int(part) for part in found["iso"].split("-")]
            year, month, day = parts[0], parts[1], (parts[2] if len(parts) > 2 else 0)
        else:
            year = int(found["year"] or found["year2"])
            month = MONTH[found["month"] or found["month2"]]
            day = int(found["day"] or found["day2"] or 0)
        yield Day(year=year, month=month, day=day, start=found.start(), end=found.end())


def quantities(text: str) -> tuple[Quantity, ...]:
    """The numbers of a sentence, dates left out, in order."""
    low = plain_signs(text)
    if not any(sign.isdigit() for sign in low) and not _SPELLED.search(low):
        return ()
    low = _DATE.sub(lambda found: " " * len(found[0]), low)
    one, between, *_rest = _patterns()
    opens = {found.start("low" if found["low"] else "low2"): found.end() for found in between.finditer(low)}
    closes = set(opens.values())
    read = (_quantity(low, found, opens, closes) for found in one.finditer(low))
    return _with_shared_units(tuple(quantity for quantity in read if quantity), low)


_FIRST_WORDS = sorted({re.split("[ -]", word)[0] for word in _number_words()})
_SPELLED = re.compile(rf"\b(?:{'|'.join(_FIRST_WORDS)}|one|une?|once|twice|half|moitié)\b")


def _quantity(low: str, found: re.Match[str], opens: dict[int, int], closes: set[int]) -> Quantity | None:
    written, unit = found["n"], _unit(found)
    comparison = _comparison(low, found, unit)
    if found.start() in opens:
        comparison = "ge"
    elif found.start() in closes:
        comparison = "le"
    if re.fullmatch(_ONE, written) and not (unit or comparison):
        return None
    value = _value(written)
    if written in ("once", "twice"):
        unit = "times"
    if written in ("half", "moitié"):
        if unit:
            return None
        unit = "%"
    if unit in ("g", "l", "day", "hour", "year") and found[0][-1:] in "gldhjy" and written.isalpha():
        return None
    measured, factor = _LENGTHS.get(unit, (unit, 1))
    per = (found["per"] or "").replace(" ", "").replace("²", "2").replace("/j", "/day").replace("/d", "/day")
    per = (
        per.replace("/dayay", "/day")
        .replace("/dayl", "/dl")
        .replace("/dayour", "/day")
        .replace("/jour", "/day")
    )
    return Quantity(
        value=value * factor, unit=measured + per, written_unit=unit, comparison=comparison,
        start=found.start(), end=found.end(),
    )  # fmt: skip


def _unit(found: re.Match[str]) -> str:
    groups = found.groupdict()
    for place, name in enumerate(guard_words()["units"]):
        if groups[f"u{place}"]:
            return name
    return ""


def _value(written: str) -> Fraction:
    words = {"one": 1, "un": 1, "une": 1, "once": 1, "twice": 2, "half": 50, "moitié": 50} | _number_words()
    if written in words:
        return Fraction(words[written])
    if "+" in written:
        weeks, _plus, rest = written.partition("+")
        return Fraction(weeks) + Fraction(int(rest), 7)
    if re.fullmatch(r"[0-9]{1,3}(?:[ ,][0-9]{3})+(?:\.[0-9]+)?", written):
        return Fraction(written.replace(" ", "").replace(",", ""))
    return Fraction(written.replace(",", "."))


def _comparison(low: str, found: re.Match[str], unit: str) -> str:
    _one, _between, before, after, far = _patterns()
    following = low[found.end() : found.end() + 60]
    behind = after.match(following) or far.match(following)
    if behind and behind.lastgroup:
        return behind.lastgroup
    ahead = before.search(low[max(0, found.start() - 45) : found.start()])
    if not ahead:
        return ""
    name = ahead.lastgroup or ""
    # "over 12 weeks" tells a time, "over 18 years" a limit.
    if (
        name == "gt"
        and ahead[0].strip().startswith("over")
        and unit in ("week", "month", "day", "hour", "minute")
    ):
        return ""
    return name


def _with_shared_units(read: tuple[Quantity, ...], low: str) -> tuple[Quantity, ...]:
    """The first of "18 to 50 years" and of "6 and 12 weeks" has the unit of the second."""
    out = list(read)
    for place in range(len(out) - 2, -1, -1):
        first, second = out[place], out[place + 1]
        if first.unit or not second.unit or not _JOINED.fullmatch(low[first.end : second.start]):
            continue
        _measured, factor = _LENGTHS.get(second.written_unit, (second.unit, 1))
        out[place] = replace(
            first, value=first.value * factor, unit=second.unit, written_unit=second.written_unit
        )
    return tuple(out)
