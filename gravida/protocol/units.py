"""UCUM units: whether a text is one, by the grammar of the standard and a table of the atoms used in clinics.

Source: The Unified Code for Units of Measure, version 2.2, case-sensitive codes. The table holds the atoms
that laboratories, obstetrics and pharmacy use, not all of UCUM (which also has inches, hogsheads and gauss);
an atom that is missing is one entry of ATOMS.
"""

import re

PREFIXES = frozenset({
    "Y", "Z", "E", "P", "T", "G", "M", "k", "h", "da", "d", "c", "m", "u", "n", "p", "f", "a", "z", "y",
})  # fmt: skip

# Atoms that take a prefix (metric) and atoms that do not.
METRIC = frozenset({
    "m", "s", "g", "rad", "K", "C", "cd", "mol", "sr", "Hz", "N", "Pa", "J", "W", "A", "V", "F", "Ohm", "S",
    "Wb", "Cel", "T", "H", "lm", "lx", "Bq", "Gy", "Sv", "l", "L", "t", "bar", "u", "eV", "cal", "eq", "osm",
    "kat", "U", "[iU]", "[IU]", "B", "Ci", "R", "RAD", "REM", "bit", "By", "m[H2O]", "m[Hg]", "dyn", "erg",
})  # fmt: skip
PLAIN = frozenset({
    "10*", "10^", "[pi]", "%", "[ppth]", "[ppm]", "[ppb]", "deg", "'", "''", "min", "h", "d", "a", "a_t",
    "a_j", "a_g", "wk", "mo", "mo_s", "mo_j", "mo_g", "[degF]", "[in_i]", "[ft_i]", "[lb_av]", "[oz_av]",
    "[HPF]", "[LPF]", "[arb'U]", "[USP'U]", "[GPL'U]", "[MPL'U]", "[APL'U]", "[beth'U]", "[anti'Xa'U]",
    "[CFU]",
    "[PFU]", "[drp]", "[pH]", "[CCID_50]", "[TCID_50]", "[EID_50]", "[FFU]", "[BAU]", "[Ch]", "[diop]",
    "[hp_X]",
})  # fmt: skip
ATOMS = METRIC | PLAIN

_NUMBER = re.compile(r"[1-9][0-9]*")
_EXPONENT = re.compile(r"[+-]?[0-9]+")
_ANNOTATION = re.compile(r"\{[\x21-\x7a\x7c\x7e]*?\}")
_SYMBOL = re.compile(r"10[*^]|''|'|%|(?:[A-Za-z_]|\[[!-Z\\^-~]+\])+")
_LONGEST = 80


class NotUcum(Exception):
    """A text that is no UCUM unit: what was found there and what was wanted."""

    def __init__(self, found: str, wanted: str) -> None:
        super().__init__(f"found {found}, wanted {wanted}")
        self.found = found
        self.wanted = wanted


def check_unit(unit: str) -> None:
    """NotUcum unless `unit` is a UCUM unit in case-sensitive codes, such as m[IU]/L, kg/m2 or 10*9/L."""
    if not unit or len(unit) > _LONGEST:
        raise NotUcum(f"{len(unit)} signs", f"1 to {_LONGEST}")
    rest = _main_term(unit)
    if rest:
        raise NotUcum(f"“{rest}” in “{unit}”", "the end, or . or / and a unit")


def is_unit(unit: str) -> bool:
    """Whether `unit` is a UCUM unit."""
    try:
        check_unit(unit)
    except NotUcum:
        return False
    return True


def _main_term(text: str) -> str:
    """A whole unit, with a leading / where it has one; what is left after it."""
    return _term(text[1:] if text.startswith("/") else text)


def _term(text: str) -> str:
    rest = _component(text)
    while rest[:1] in {".", "/"} and rest:
        rest = _component(rest[1:])
    return rest


def _component(text: str) -> str:
    if text.startswith("("):
        rest = _main_term(text[1:])
        if not rest.startswith(")"):
            raise NotUcum(f"“{rest}”", "a closing bracket")
        return rest[1:]
    if annotation := _ANNOTATION.match(text):
        return text[annotation.end() :]
    if (number := _NUMBER.match(text)) and not text.startswith(("10*", "10^")):
        return text[number.end() :]
    return _annotatable(text)


def _annotatable(text: str) -> str:
    symbol = _SYMBOL.match(text)
    if symbol is None:
        raise NotUcum(f"“{text}”" if text else "the end", "a unit")
    if not _is_simple(symbol.group()):
        raise NotUcum(f"“{symbol.group()}”", "a unit of UCUM (see gravida/protocol/units.py)")
    rest = text[symbol.end() :]
    if exponent := _EXPONENT.match(rest):
        rest = rest[exponent.end() :]
    if annotation := _ANNOTATION.match(rest):
        rest = rest[annotation.end() :]
    return rest


def _is_simple(symbol: str) -> bool:
    """An atom, or a prefix and a metric atom."""
    if symbol in ATOMS:
        return True
    return any(symbol[:length] in PREFIXES and symbol[length:] in METRIC for length in (1, 2))
