"""Single fields out of a registry record: right type, right range, or left out and named.

Pure. Every reader takes the holder of the field, its key and the holder's path; null counts as absent.
"""

import math
import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeGuard

from gravida.find.clean import clean_line, clean_text, known_clean

FIRST_YEAR, LAST_YEAR = 1900, 2100  # real records go from 1948 to a placeholder of 2100
LIST_LIMIT = 10_000  # items of one list; the longest real one has some 2,000 locations
DAYS_PER_MONTH = 365.2425 / 12

_DATE = re.compile(r"([0-9]{4})-([0-9]{2})(?:-([0-9]{2}))?")
_AGE = re.compile(r"([0-9]{1,4}) (Year|Month|Week|Day|Hour|Minute)s?", re.IGNORECASE)
_CODE = re.compile(r"[A-Z][A-Z0-9_]{0,39}")
# Strict, because pages make a mail link of it: nothing that could add a header or a query.
_EMAIL = re.compile(r"""[^\s@<>"'?&%,;:()\\/]+@[^\s@<>"'?&%,;:()\\/]+\.[A-Za-z]{2,}""")


@dataclass(frozen=True, kw_only=True)
class Problem:
    """A field that was cleaned or left out, and why."""

    field: str  # dotted path, as protocolSection.statusModule.startDateStruct.date
    reason: str  # code, as "impossible date", "wrong type", "control characters removed"


class FieldReader:
    """Reads fields and remembers what was wrong with them."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def note(self, path: str, key: str, reason: str) -> None:
        """Remember that a field was cleaned or left out."""
        self.problems.append(Problem(field=f"{path}.{key}" if path else key, reason=reason))

    def object(self, holder: dict[str, Any], key: str, path: str) -> dict[str, Any]:
        """The object under this key; empty where absent."""
        value = holder.get(key)
        if value is None:
            return {}
        if type(value) is dict:
            return value
        self.note(path, key, "wrong type")
        return {}

    def objects(self, holder: dict[str, Any], key: str, path: str) -> Iterator[tuple[dict[str, Any], str]]:
        """Each object of the list under this key, with its path."""
        for index, value in enumerate(self._list(holder, key, path)):
            if type(value) is dict:
                yield value, f"{path}.{key}[{index}]"
            else:
                self.note(path, f"{key}[{index}]", "wrong type")

    def line(self, holder: dict[str, Any], key: str, path: str) -> str:
        """A text of one line; empty where absent."""
        value = holder.get(key)
        if value is None:
            return ""
        if type(value) is not str:
            self.note(path, key, "wrong type")
            return ""
        if value in known_clean:
            return value
        cleaned, reasons = clean_line(value)
        for reason in reasons:
            self.note(path, key, reason)
        return cleaned

    def text(self, holder: dict[str, Any], key: str, path: str) -> str:
        """A text of several lines; empty where absent."""
        value = holder.get(key)
        if value is None:
            return ""
        if type(value) is not str:
            self.note(path, key, "wrong type")
            return ""
        cleaned, reasons = clean_text(value)
        for reason in reasons:
            self.note(path, key, reason)
        return cleaned

    def lines(self, holder: dict[str, Any], key: str, path: str) -> tuple[str, ...]:
        """The texts of a list, empty ones and repetitions left out."""
        texts: dict[str, None] = {}
        for index, value in enumerate(self._list(holder, key, path)):
            item = f"{key}[{index}]"
            text = self.line({item: value}, item, path)
            if text:
                texts[text] = None
        return tuple(texts)

    def code(self, holder: dict[str, Any], key: str, path: str) -> str:
        """A code of the registry, as NOT_YET_RECRUITING; empty where absent."""
        value = self.line(holder, key, path)
        if not value or _CODE.fullmatch(value):
            return value
        self.note(path, key, "not a code")
        return ""

    def codes(self, holder: dict[str, Any], key: str, path: str) -> tuple[str, ...]:
        """The codes of a list."""
        return tuple(value for value in self.lines(holder, key, path) if _CODE.fullmatch(value))

    def email(self, holder: dict[str, Any], key: str, path: str) -> str:
        """An e-mail address; empty where absent or where it is none."""
        value = self.line(holder, key, path)
        if not value or (len(value) <= 254 and _EMAIL.fullmatch(value)):
            return value
        self.note(path, key, "not an e-mail address")
        return ""

    def yes_no(self, holder: dict[str, Any], key: str, path: str) -> bool | None:
        """True or false; None where absent."""
        value = holder.get(key)
        if value is None or type(value) is bool:
            return value
        self.note(path, key, "wrong type")
        return None

    def count(self, holder: dict[str, Any], key: str, path: str) -> int | None:
        """A number of people or things, from 0 to 10^9; None where absent."""
        value = holder.get(key)
        if value is None:
            return None
        if type(value) is not int:
            self.note(path, key, "wrong type")
        elif not 0 <= value <= 1_000_000_000:
            self.note(path, key, "impossible number")
        else:
            return value
        return None

    def day(self, holder: dict[str, Any], key: str, path: str) -> str:
        """A day or month that exists, as 2022-10-24 or 2022-10; empty where absent."""
        value = self.line(holder, key, path)
        if not value or is_possible_date(value):
            return value
        self.note(path, key, "impossible date")
        return ""

    def place(self, holder: dict[str, Any], key: str, path: str) -> tuple[float, float] | None:
        """Latitude and longitude, in degrees, of a geoPoint; None where absent or no place on Earth."""
        point = self.object(holder, key, path)
        if not point:
            return None
        latitude, longitude = point.get("lat"), point.get("lon")
        if not (_is_degrees(latitude, limit=90) and _is_degrees(longitude, limit=180)):
            self.note(path, key, "impossible place")
            return None
        # 0, 0 lies in the sea off Ghana: it is what programs write when they know no place.
        if latitude == 0 and longitude == 0:
            self.note(path, key, "impossible place")
            return None
        return float(latitude), float(longitude)

    def age_months(self, age: str, key: str, path: str, *, is_maximum: bool) -> int | None:
        """Completed months of an age such as "18 Years"; None for no limit.

        A maximum counts to the end of its last unit: "50 Years" is 611, for a woman is 50 until she is 51.
        Days and weeks are rounded down to months, so that nobody the study takes is left out.
        """
        if not age or age.upper() in ("N/A", "NONE"):
            return None
        found = _AGE.fullmatch(age)
        months = _months(int(found[1]), found[2].lower(), is_maximum=is_maximum) if found else None
        if months is None or months > 150 * 12:
            self.note(path, key, "impossible age")
            return None
        return months

    def _list(self, holder: dict[str, Any], key: str, path: str) -> list[Any]:
        value = holder.get(key)
        if value is None:
            return []
        if type(value) is not list:
            self.note(path, key, "wrong type")
            return []
        if len(value) > LIST_LIMIT:
            self.note(path, key, f"cut to {LIST_LIMIT} items")
            return value[:LIST_LIMIT]
        return value


def is_possible_date(text: str) -> bool:
    """Whether this is a month or a day of the calendar between FIRST_YEAR and LAST_YEAR."""
    found = _DATE.fullmatch(text)
    if not found:
        return False
    year, month = int(found[1]), int(found[2])
    if not (FIRST_YEAR <= year <= LAST_YEAR and 1 <= month <= 12):
        return False
    return found[3] is None or 1 <= int(found[3]) <= monthrange(year, month)[1]


def _months(number: int, unit: str, *, is_maximum: bool) -> int:
    if unit in ("hour", "minute"):
        return 0
    if unit == "year":
        return number * 12 + (11 if is_maximum else 0)
    if unit == "month":
        return number
    days = number if unit == "day" else number * 7 + (6 if is_maximum else 0)
    return int(days / DAYS_PER_MONTH)


def _is_degrees(value: Any, *, limit: float) -> TypeGuard[float]:
    return (
        isinstance(value, (int, float))
        and not isinstance(value, bool)
        and math.isfinite(value)
        and abs(value) <= limit
    )
