"""One woman's record as the rules read it: her form rows, each with its parent and its typed values."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property

from msgspec import Struct

from gravida.protocol.values import (
    Answer,
    GestationalAge,
    Missing,
    PartialDate,
    Quantity,
    Value,
    day_told,
    number_told,
)

RowValue = Value | Answer | date | float | Sequence[str]


SEVERAL = (list, tuple, set, frozenset)  # how several choices may stand in a row
_CODE_OF_ANSWER = {Answer.YES: "1", Answer.NO: "0"}
_ANSWER_OF_CODE = {"1": Answer.YES, "0": Answer.NO}
_UNKNOWN = Answer.UNKNOWN


class Row(Struct, frozen=True, kw_only=True, gc=False, eq=False):
    """One row of one form. `values` by variable; an absent variable was never filled.

    Dates may stand as text (`2019-03`), yes/no as an Answer, a bool or `1` and `0`, numbers as text or
    numbers; several choices as a list of their codes. `entered_on`: the day on which it was first saved.
    """

    form: str
    number: int | None = None
    parent: "Row | None" = None
    entered_on: date | None = None
    values: Mapping[str, RowValue]

    def known(self, name: str) -> RowValue:
        """The value, or None where it is absent for whatever reason."""
        value = self.values.get(name)
        return None if isinstance(value, Missing) or value == "" else value

    def missing(self, name: str) -> Missing | None:
        """The reason why a value is absent, where one was given."""
        value = self.values.get(name)
        return value if isinstance(value, Missing) else None

    def code(self, name: str) -> str | None:
        """The code of a choice, or a text."""
        value = self.values.get(name)
        if value is None:
            return None
        if isinstance(value, str):
            return value or None
        if isinstance(value, Missing):
            return None
        if isinstance(value, bool):
            return "1" if value else "0"
        return _CODE_OF_ANSWER.get(value) if isinstance(value, Answer) else str(value)

    def codes(self, name: str) -> frozenset[str]:
        """The codes of several choices; none where nobody answered."""
        value = self.known(name)
        if isinstance(value, str):
            return frozenset({value})
        return frozenset(value) if isinstance(value, SEVERAL) else frozenset()

    def answer(self, name: str) -> Answer:
        """A yes or no."""
        code = self.code(name)
        return _UNKNOWN if code is None else _ANSWER_OF_CODE.get(code, _UNKNOWN)

    def day(self, name: str) -> PartialDate | None:
        """A date, whole or partial; of a point in time its day. ValueError where the text is none."""
        value = self.values.get(name)
        if value is None:
            return None
        if isinstance(value, str):
            return day_told(value) if value else None
        return _day_of(value)

    def number_of(self, name: str) -> Decimal | None:
        """A number, without its unit. ValueError where the text is none."""
        value = self.values.get(name)
        if value is None:
            return None
        if isinstance(value, str):
            return number_told(value) if value else None
        return _number_of(value)

    def whole(self, name: str) -> int | None:
        """A whole number, as the number of another row."""
        value = self.values.get(name)
        if value is None or (isinstance(value, int) and not isinstance(value, bool)):
            return value
        number = self.number_of(name)
        return None if number is None else int(number)


def _day_of(value: RowValue) -> PartialDate | None:
    """The day of a value that is no text."""
    if isinstance(value, Missing):
        return None
    if isinstance(value, PartialDate):
        return value
    if isinstance(value, datetime):
        return PartialDate.of(value.date())
    if isinstance(value, date):
        return PartialDate.of(value)
    return day_told(str(value))


def _number_of(value: RowValue) -> Decimal | None:
    """The number of a value that is no text."""
    if isinstance(value, Missing):
        return None
    if isinstance(value, Decimal):
        return value
    if isinstance(value, Quantity):
        return value.value
    if isinstance(value, GestationalAge):
        return Decimal(value.min_days) if value.is_exact else None
    return Decimal(value) if isinstance(value, int) else number_told(str(value))


@dataclass(frozen=True, kw_only=True, eq=False)
class WomanRecord:
    """All rows of one woman, on one day. `names` are those of her identity record, in lower case.

    A caller who may not read the identity record leaves `names` empty.
    """

    rows: tuple[Row, ...]
    as_of: date
    names: frozenset[str] = frozenset()

    @cached_property
    def _by_form(self) -> dict[str, list[Row]]:
        found: dict[str, list[Row]] = {}
        for row in self.rows:
            found.setdefault(row.form, []).append(row)
        return found

    @cached_property
    def _by_parent(self) -> dict[tuple[int, str], list[Row]]:
        found: dict[tuple[int, str], list[Row]] = {}
        for row in self.rows:
            if row.parent is not None:
                found.setdefault((id(row.parent), row.form), []).append(row)
        return found

    def of(self, form: str) -> Sequence[Row]:
        """The rows of a form, in the order of the record."""
        return self._by_form.get(form, ())

    def of_forms(self, *forms: str) -> Iterator[Row]:
        for form in forms:
            yield from self.of(form)

    def one(self, form: str) -> Row | None:
        """The row of a form that a woman has once; the last one where there are several."""
        rows = self.of(form)
        return rows[-1] if rows else None

    def under(self, parent: Row, form: str) -> Sequence[Row]:
        """The rows of a form that belong to one row."""
        return self._by_parent.get((id(parent), form), ())

    @cached_property
    def pregnancies_by_number(self) -> dict[int, Row]:
        return {number: row for row in self.of("PRG") if (number := row.whole("preg_no")) is not None}

    @cached_property
    def transfers_by_number(self) -> dict[int, Row]:
        return {number: row for row in self.of("TRF") if (number := row.whole("trf_id")) is not None}
