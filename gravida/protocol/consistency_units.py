"""Check on units (K25): a value that fits its range only after a usual slip of unit."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property, lru_cache, partial

from gravida.protocol.consistency import Check, Hit, Severity
from gravida.protocol.dictionary import Dictionary, Limits, VariableType
from gravida.protocol.record import WomanRecord
from gravida.protocol.values import number_told
from gravida.protocol.values_conversion import converted

# A decimal point lost or misplaced, and a prefix of the unit mistaken.
SLIPS = tuple(Decimal(text) for text in ("10", "0.1", "1000", "0.001"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Plausible:
    """What a laboratory variable usually holds; `other_units` are those a laboratory may have written."""

    form: str
    low: Decimal
    high: Decimal
    unit: str
    analyte: str | None = None
    other_units: tuple[str, ...] = ()


def likely_slip(value: Decimal, plausible: Plausible) -> str | None:
    """The slip that explains a value out of range: `x10`, or the unit it was written in. None where none."""
    if plausible.low <= value <= plausible.high:
        return None
    for unit in plausible.other_units:
        if plausible.low <= converted(value, unit, plausible.unit, plausible.analyte) <= plausible.high:
            return unit
    return next((f"x{factor}" for factor in SLIPS if plausible.low <= value * factor <= plausible.high), None)


class Ranges(dict[str, Plausible]):
    """What each measured variable usually holds, by its name."""

    @cached_property
    def forms(self) -> tuple[str, ...]:
        """The forms that hold them."""
        return tuple(dict.fromkeys(plausible.form for plausible in self.values()))

    @cached_property
    def fields(self) -> frozenset[str]:
        """Their names."""
        return frozenset(self)

    @cached_property
    def slip_told(self) -> Callable[[str, str], str]:
        """How a value that was typed looks like a slip, with its unit; empty where it is plausible."""
        return lru_cache(maxsize=16384)(self._slip_told)

    def _slip_told(self, field: str, text: str) -> str:
        value = number_told(text) if text else None
        return "" if value is None else self.slip_of(field, value)

    def slip_of(self, field: str, value: Decimal) -> str:
        """The same of a number."""
        plausible = self[field]
        slip = likely_slip(value, plausible)
        return "" if slip is None else f"{value} {plausible.unit}, plausible as {slip}"

    @cached_property
    def check(self) -> Check:
        """K25 for these ranges."""
        return Check(
            code="K25",
            severity=Severity.SOFT,
            rule=partial(unit_is_plausible, ranges=self),
            about="a value out of range is not a slip of unit",
        )


def unit_is_plausible(record: WomanRecord, *, ranges: Ranges) -> Iterator[Hit]:
    """K25: a value out of its range is not brought into it by ten, a thousand or another unit."""
    for form in ranges.forms:
        for row in record.of(form):
            if ranges.fields.isdisjoint(row.values):
                continue
            for field, told in row.values.items():
                if field not in ranges:
                    continue
                if type(told) is str:
                    slip = ranges.slip_told(field, told)
                else:
                    value = row.number_of(field)
                    slip = "" if value is None else ranges.slip_of(field, value)
                if slip:
                    yield row, field, slip


def unit_check(ranges: Mapping[str, Plausible]) -> Check:
    """K25 for the ranges of a dictionary, by variable."""
    return ranges.check if isinstance(ranges, Ranges) else Ranges(ranges).check


def ranges_of(dictionary: Dictionary) -> Ranges:
    """What each measured variable of a dictionary usually holds, by name: the soft range, else the hard."""
    found = Ranges()
    for variable in dictionary.variables.values():
        limits = variable.usual if variable.usual != Limits() else variable.limits
        if (
            variable.unit
            and limits.low is not None
            and limits.high is not None
            and variable.type is _MEASURED
        ):
            found[variable.name] = Plausible(
                form=variable.form,
                low=limits.low,
                high=limits.high,
                unit=variable.unit,
                analyte=variable.analyte or None,
                other_units=variable.other_units,
            )
    return found


_MEASURED = VariableType.DEC
