"""Numbers as a language writes them: decimal sign, thousands, per cent, p-values, intervals."""

import math
from dataclasses import dataclass

from gravida.analysis.report.codec import MASKED

NARROW = "\u202f"  # narrow no-break space
NO_BREAK = "\u00a0"
MINUS = "\u2212"
NOTHING = "\u2013"  # an en dash where there is no number
MOST_DIGITS = 1e9


@dataclass(frozen=True, kw_only=True)
class Numbers:
    """How one language writes numbers. `masked` is the word for a count that is not shown."""

    decimal: str
    thousands: str
    percent: str
    to: str
    masked: str

    def number(self, value: float | None, digits: int = 2) -> str:
        """A number with so many decimals; a dash where there is none."""
        if value is None or not math.isfinite(value):
            return NOTHING
        if abs(value) >= MOST_DIGITS:
            return f"{value:.2e}".replace(".", self.decimal).replace("-", MINUS)
        text = f"{abs(value):,.{digits}f}".replace(",", "\0").replace(".", self.decimal)
        sign = MINUS if value < 0 and float(f"{abs(value):.{digits}f}") > 0 else ""
        return sign + text.replace("\0", self.thousands)

    def count(self, value: int | str | None) -> str:
        """A count; the word for a masked one."""
        if value == MASKED:
            return self.masked
        return NOTHING if value is None else self.number(float(value), 0)

    def share(self, value: float | None, digits: int = 1) -> str:
        """A share as per cent."""
        return NOTHING if value is None else self.number(100 * value, digits) + self.percent

    def p(self, value: float | None) -> str:
        """A p-value: three decimals, or below a thousandth."""
        if value is None or not math.isfinite(value):
            return NOTHING
        return f"<{NARROW}{self.number(0.001, 3)}" if value < 0.001 else self.number(value, 3)

    def p_told(self, value: float | None) -> str:
        """A p-value behind the letter p: "= 0.031" or "< 0.001"."""
        told = self.p(value)
        return told if told.startswith("<") else f"= {told}"

    def interval(self, lower: float | None, upper: float | None, digits: int = 2) -> str:
        """Both ends of an interval."""
        if lower is None or upper is None:
            return NOTHING
        return f"{self.number(lower, digits)} {self.to} {self.number(upper, digits)}"

    def shares(self, lower: float | None, upper: float | None, digits: int = 1) -> str:
        """Both ends of an interval of shares, in per cent."""
        if lower is None or upper is None:
            return NOTHING
        return (
            f"{self.number(100 * lower, digits)} {self.to} {self.number(100 * upper, digits)}{self.percent}"
        )

    def ratio(self, log_value: float | None) -> float | None:
        """The ratio of a logarithm; None where it is out of sight."""
        if log_value is None or not math.isfinite(log_value) or abs(log_value) > 50:
            return None
        return math.exp(log_value)


ENGLISH = Numbers(decimal=".", thousands=",", percent="%", to="to", masked="masked")
FRENCH = Numbers(decimal=",", thousands=NARROW, percent=f"{NARROW}%", to="à", masked="masqué")
NUMBERS = {"en": ENGLISH, "fr": FRENCH}
