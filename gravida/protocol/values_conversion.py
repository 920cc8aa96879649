"""Conversion of laboratory units; between mass, amount of substance and activity for each analyte.

Units are written in UCUM. A factor is worked out once per pair of units and kept.
Masses are worked out from formulas; atomic weights: IUPAC, abridged standard atomic weights 2021.
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

ATOMIC_WEIGHTS = {
    "H": Decimal("1.0080"),
    "C": Decimal("12.011"),
    "N": Decimal("14.007"),
    "O": Decimal("15.999"),
    "P": Decimal("30.974"),
    "S": Decimal("32.06"),
    "Co": Decimal("58.933"),
    "I": Decimal("126.90"),
}


@dataclass(frozen=True, kw_only=True)
class Analyte:
    """What a laboratory measures, and what links its mass to its amount or activity.

    `formula` or `molar_mass_g_per_mol` for mass and amount; `units_per_gram` or `units_per_mol` for
    international units, which hold for the named reference preparation only.
    """

    formula: str = ""
    molar_mass_g_per_mol: Decimal | None = None
    units_per_gram: Decimal | None = None
    units_per_mol: Decimal | None = None
    source: str = "molar mass from the formula"

    @property
    def grams_per_mol(self) -> Decimal | None:
        return molar_mass(self.formula) if self.formula else self.molar_mass_g_per_mol


# TSH, FSH, LH and hCG are absent with reason: they are mixtures of forms, standardised by activity alone
# (WHO reference preparations), so that m[IU]/L converts to u[IU]/mL and to no mass.
ANALYTES: dict[str, Analyte] = {
    "androstenedione": Analyte(formula="C19H26O2"),
    "anti_mullerian_hormone": Analyte(
        molar_mass_g_per_mol=Decimal(140000),
        source="140 kDa homodimer, Cate et al., Cell 1986;45:685; 1 ng/mL = 7.14 pmol/L",
    ),
    "cortisol": Analyte(formula="C21H30O5"),
    "creatinine": Analyte(formula="C4H7N3O"),
    "dehydroepiandrosterone_sulphate": Analyte(formula="C19H28O5S"),
    "folate": Analyte(
        formula="C19H19N7O6", source="as folic acid, the calibrator; molar mass from the formula"
    ),
    "free_t3": Analyte(formula="C15H12I3NO4"),
    "free_t4": Analyte(formula="C15H11I4NO4"),
    "glucose": Analyte(formula="C6H12O6"),
    "homocysteine": Analyte(formula="C4H9NO2S"),
    "hydroxyprogesterone_17": Analyte(formula="C21H30O3"),
    "insulin": Analyte(
        units_per_mol=Decimal(10) ** 9 / 6,
        source="1 mIU/L = 6.00 pmol/L, Knopp et al., J Diabetes Sci Technol 2019;13:597",
    ),
    "oestradiol": Analyte(formula="C18H24O2"),
    "progesterone": Analyte(formula="C21H30O2"),
    "prolactin": Analyte(
        units_per_gram=Decimal(21200),
        source="1 ug = 21.2 mIU, WHO third international standard 84/500",
    ),
    "testosterone": Analyte(formula="C19H28O2"),
    "vitamin_b12": Analyte(
        formula="C63H88CoN14O14P", source="as cyanocobalamin; molar mass from the formula"
    ),
    "vitamin_d_25_oh": Analyte(
        formula="C27H44O2", source="as 25-hydroxyvitamin D3; molar mass from the formula"
    ),
}


@lru_cache(maxsize=256)
def molar_mass(formula: str) -> Decimal:
    """Grams per mole of a molecule written as `C6H12O6`. ValueError on an element that is not listed."""
    parts = re.findall(r"([A-Z][a-z]?)([0-9]*)", formula)
    if "".join(element + count for element, count in parts) != formula or not formula:
        raise ValueError(f"formula {formula!r}: wanted elements with their counts, as C6H12O6")
    try:
        return sum((ATOMIC_WEIGHTS[element] * int(count or 1) for element, count in parts), Decimal(0))
    except KeyError as error:
        raise ValueError(f"formula {formula!r}: no atomic weight for {error.args[0]!r}") from error


def converted(value: Decimal, unit: str, wanted: str, analyte: str | None = None) -> Decimal:
    """`value` of `unit` in the unit `wanted`, both UCUM, unrounded. ValueError where no factor is known."""
    if analyte == "haemoglobin_a1c" and {unit, wanted} == {"%", "mmol/mol"}:
        return _haemoglobin_a1c(value, wanted)
    return value * _factor(unit, wanted, analyte)


def _haemoglobin_a1c(value: Decimal, wanted: str) -> Decimal:
    """NGSP percent from IFCC mmol/mol or back.

    Source: master equation NGSP = 0.09148 IFCC + 2.152, Hoelzel et al., Clin Chem 2004;50:166.
    """
    slope, intercept = Decimal("0.09148"), Decimal("2.152")
    return value * slope + intercept if wanted == "%" else (value - intercept) / slope


@lru_cache(maxsize=1024)
def _factor(unit: str, wanted: str, analyte: str | None) -> Decimal:
    have, want = _in_pint(unit), _in_pint(wanted)
    for link in (None, *_links(analyte)):
        scaled = have if link is None else have * link
        if scaled.dimensionality == want.dimensionality:
            return Decimal(scaled.to(want.units).magnitude / want.magnitude)
    known = f"of {analyte}" if analyte else "where no analyte is named"
    raise ValueError(f"unit {unit!r}: no factor to {wanted!r} is known {known}")


def _links(analyte: str | None) -> list[Any]:
    """What turns mass into amount or activity for this analyte, each as a pint quantity, and the reverses."""
    if analyte is None:
        return []
    if analyte not in ANALYTES:
        raise ValueError(f"analyte {analyte!r}: wanted one of {', '.join(sorted(ANALYTES))}")
    substance, registry = ANALYTES[analyte], _registry()
    ways = [
        registry.Quantity(number, text)
        for number, text in (
            (substance.grams_per_mol, "gram / mole"),
            (substance.units_per_gram, "international_unit / gram"),
            (substance.units_per_mol, "international_unit / mole"),
        )
        if number is not None
    ]
    return [*ways, *(1 / way for way in ways)]


@lru_cache(maxsize=1)
def _registry() -> Any:
    import pint  # noqa: PLC0415 - half a second to import, and most rules never convert

    registry: Any = pint.UnitRegistry(non_int_type=Decimal)
    # Arbitrary units measure the activity against one preparation each: none converts into another.
    for unit in ("international_unit", "assay_unit", "gpl_unit", "mpl_unit", "apl_unit"):
        registry.define(f"{unit} = [{unit}]")
    return registry


_PREFIXES = {"k": 3, "d": -1, "c": -2, "m": -3, "u": -6, "n": -9, "p": -12, "f": -15}
# Atoms of UCUM in use, and the pint unit each stands for.
_ATOMS = {
    "g": "gram",
    "mol": "mole",
    "L": "liter",
    "l": "liter",
    "m": "meter",
    "s": "second",
    "min": "minute",
    "h": "hour",
    "d": "day",
    "wk": "week",
    "mo": "month",
    "a": "year",
    "%": "percent",
    "1": "dimensionless",
    "[IU]": "international_unit",
    "[iU]": "international_unit",
    "U": "assay_unit",
    "[GPL'U]": "gpl_unit",
    "[MPL'U]": "mpl_unit",
    "[APL'U]": "apl_unit",
}
_COMPONENT = re.compile(r"(?P<ten>10[*^](?P<power>-?[0-9]+))|(?P<unit>[^0-9{}/.]+)(?P<exponent>-?[0-9]*)|1|")


def _in_pint(ucum: str) -> Any:
    """A UCUM unit as a pint quantity. ValueError on an atom that this table does not hold."""
    bare = re.sub(r"\{[^{}]*\}", "", ucum)  # an annotation as {count} has no meaning of its own in UCUM
    quantity = _registry().Quantity(Decimal(1), "dimensionless")
    for operator, component in re.findall(r"(^|[/.])([^/.]*)", bare):
        factor = _component(component, ucum)
        quantity = quantity / factor if operator == "/" else quantity * factor
    return quantity


def _component(component: str, ucum: str) -> Any:
    found = _COMPONENT.fullmatch(component)
    if found is None:
        raise ValueError(f"unit {ucum!r}: cannot read {component!r}")
    if found["ten"]:
        return Decimal(10) ** int(found["power"])
    if not found["unit"]:
        return Decimal(1)
    scale, atom = _atom(found["unit"], ucum)
    return (Decimal(10) ** scale * _registry().Quantity(Decimal(1), atom)) ** int(found["exponent"] or 1)


def _atom(text: str, ucum: str) -> tuple[int, str]:
    """Power of ten and pint unit of one UCUM atom with its prefix."""
    if text in _ATOMS:
        return 0, _ATOMS[text]
    if text[0] in _PREFIXES and text[1:] in _ATOMS:
        return _PREFIXES[text[0]], _ATOMS[text[1:]]
    raise ValueError(f"unit {ucum!r}: {text!r} is not among the units of this table")
