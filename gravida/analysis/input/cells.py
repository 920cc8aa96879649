"""Written cells made into numbers, dates, answers or codes; what cannot be read becomes a mistake."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gravida.analysis.fit import FloatArray, IntArray
from gravida.analysis.input.mistakes import Mistakes
from gravida.analysis.input.table import BELOW_DETECTION, BLANK, REASONS, Column, Kind, Origin
from gravida.protocol.values import Comparator, PartialDate, Quantity

_EPOCH = date(1970, 1, 1).toordinal()
_YES = {"yes", "true", "oui", "1", "y"}
_NO = {"no", "false", "non", "0", "n"}
_REASON_OF = {reason: at for at, reason in enumerate(REASONS) if at > BLANK and at != BELOW_DETECTION}
WANTED = {
    Kind.NUMBER: "a number, empty, or a missing code",
    Kind.YES_NO: "yes or no (1 or 0), empty, or a missing code",
    Kind.DATE: "a date as 2022-10-24, 2022-10 or 2022, empty, or a missing code",
}


class Cell(NamedTuple):
    """One distinct text, read."""

    number: float = np.nan
    missing: int = 0
    high: float = np.nan
    below: float = np.nan


def reason_of(text: str) -> int:
    """The place in REASONS of a missing code or of an empty text; 0 where the text is a value."""
    return _REASON_OF.get(text, 0) if text else BLANK


def parse(text: str, kind: Kind, *, decimal_comma: bool = False) -> Cell:
    """One cell of a kind. ValueError where it is none."""
    reason = reason_of(text)
    if reason:
        return Cell(missing=reason)
    if kind is Kind.NUMBER:
        return _number(text, decimal_comma=decimal_comma)
    if kind is Kind.DATE:
        day = PartialDate.parse(text[:10] if text[10:11] in ("T", " ") else text)
        return Cell(
            number=float(day.earliest.toordinal() - _EPOCH), high=float(day.latest.toordinal() - _EPOCH)
        )
    lowered = text.lower()
    if lowered in _YES or lowered in _NO:
        return Cell(number=float(lowered in _YES))
    raise ValueError(f"{text!r}: wanted yes or no")


def _number(text: str, *, decimal_comma: bool) -> Cell:
    plain = text.replace(",", ".") if decimal_comma else text
    try:
        value = float(plain)
    except ValueError:
        return _below(Quantity.parse(text))
    if not np.isfinite(value) or "_" in text:
        raise ValueError(f"{text!r}: wanted a finite number")
    return Cell(number=value + 0.0)  # -0 and 0 are one number


def _below(quantity: Quantity) -> Cell:
    if quantity.comparator in (Comparator.BELOW, Comparator.UP_TO) and quantity.unit == "1":
        return Cell(missing=BELOW_DETECTION, below=float(quantity.value))
    raise ValueError(f"{quantity}: wanted a number without unit, or < a limit")


def kind_of(words: Iterable[str], *, decimal_comma: bool = False) -> Kind:
    """The narrowest kind that every distinct text fits: number, date, yes or no, else code."""
    told = [word for word in words if not reason_of(word)]
    if not told:
        return Kind.CODE
    for kind in (Kind.NUMBER, Kind.DATE, Kind.YES_NO):
        if all(fits(word, kind, decimal_comma=decimal_comma) for word in told):
            return kind
    return Kind.CODE


def fits(word: str, kind: Kind, *, decimal_comma: bool = False) -> bool:
    """Whether a text is of a kind."""
    # An identifier such as 007 is a code: as a number it would lose its zeros.
    if kind is Kind.NUMBER and len(word) > 1 and word[0] == "0" and word.isdigit():
        return False
    try:
        parse(word, kind, decimal_comma=decimal_comma)
    except ValueError:
        return False
    return True


def typed_column(
    name: str,
    words: Sequence[str],
    places: IntArray | NDArray[np.integer],
    kind: Kind | None,
    *,
    origin: Origin,
    mistakes: Mistakes,
    decimal_comma: bool = False,
) -> Column:
    """A column from its distinct texts and the place of each row's text among them.

    `kind` None: the narrowest that fits. Every row whose text does not fit the kind wanted becomes a mistake.
    """
    stripped = [word.strip() for word in words]
    if kind is None:
        kind = kind_of(stripped, decimal_comma=decimal_comma)
    if kind is Kind.CODE:
        return _codes(name, stripped, places)
    cells = []
    for at, word in enumerate(stripped):
        try:
            cells.append(parse(word, kind, decimal_comma=decimal_comma))
        except ValueError:
            cells.append(Cell())
            for row in np.flatnonzero(places == at):
                mistakes.add(origin.mistake(int(row), name, found=f"“{word}”", wanted=WANTED[kind]))
    return _column(name, kind, cells, places)


def _column(name: str, kind: Kind, cells: list[Cell], places: NDArray[np.integer]) -> Column:
    numbers = np.array([cell.number for cell in cells], dtype=np.float64)
    missing = np.array([cell.missing for cell in cells], dtype=np.uint8)
    last = np.array([cell.high for cell in cells], dtype=np.float64)
    below = np.array([cell.below for cell in cells], dtype=np.float64)
    return Column(
        name=name,
        kind=kind,
        numbers=_taken(numbers, places),
        missing=missing[places] if len(cells) else missing,
        high=_taken(last, places) if kind is Kind.DATE else None,
        below=_taken(below, places) if np.isfinite(below).any() else None,
    )


def _taken(values: FloatArray, places: NDArray[np.integer]) -> FloatArray:
    return values[places] if len(values) else values


def _codes(name: str, stripped: list[str], places: NDArray[np.integer]) -> Column:
    """Codes, sorted, so that the same column read from two formats is the same."""
    reasons = np.array([reason_of(word) for word in stripped], dtype=np.uint8)
    words = sorted({word for word, reason in zip(stripped, reasons, strict=True) if not reason})
    place_of = {word: float(at) for at, word in enumerate(words)}
    numbers = np.array([place_of.get(word, np.nan) for word in stripped], dtype=np.float64)
    return Column(
        name=name,
        kind=Kind.CODE,
        numbers=_taken(numbers, places),
        missing=reasons[places] if len(stripped) else reasons,
        words=tuple(words),
    )
