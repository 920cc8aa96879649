"""What the criteria for antiphospholipid syndrome leave to the centre, read from workup.toml."""

from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import TypeVar

from gravida.protocol.antiphospholipid import Antibody, Assay, AssayLevels, Reading
from gravida.protocol.samples import Circumstance
from gravida.protocol.toml_tables import Table

CRITERIA_SETS = ("sydney_2006", "acr_eular_2023")
Kind = TypeVar("Kind", bound=StrEnum)


def readings_in(table: Table) -> dict[str, Reading]:
    """How each criteria set reads samples and titres, from the table [antiphospholipid]."""
    table.only("percentile_99_between", "assays", "source", "to_confirm", "levels", *CRITERIA_SETS)
    between = table.data.get("percentile_99_between")
    numbers = [decimal(number) for number in between] if isinstance(between, list) else []
    if len(numbers) != 2 or None in numbers or numbers != sorted(numbers, key=lambda x: x or 0):
        table.mistake(
            "percentile_99_between",
            found=f"percentile_99_between = {between!r}",
            wanted="two numbers, the lower first",
        )
        numbers = [Decimal(0), Decimal(0)]
    levels = tuple(level for level in map(_levels, table.tables("levels")) if level is not None)
    readings = {}
    for name in CRITERIA_SETS:
        settings = table.table(name)
        settings.only("void", "void_for_lupus_anticoagulant")
        readings[name] = Reading(
            void=circumstances(settings, "void"),
            void_for_lupus_anticoagulant=circumstances(settings, "void_for_lupus_anticoagulant"),
            percentile_99_between=(numbers[0] or Decimal(0), numbers[1] or Decimal(0)),
            assay_levels=levels,
        )
    return readings


def _levels(table: Table) -> AssayLevels | None:
    table.only("assay", "antibody", "moderate_from", "high_from", "source")
    moderate, high = (decimal(table.data.get(key)) for key in ("moderate_from", "high_from"))
    if moderate is None or high is None or moderate > high:
        found = f"{table.data.get('moderate_from')!r} and {table.data.get('high_from')!r}"
        table.mistake(None, found=found, wanted="moderate_from and high_from, the lower first")
        return None
    return AssayLevels(
        assay=one_of(table, "assay", Assay, Assay.UNKNOWN),
        antibody=one_of(table, "antibody", Antibody, Antibody.CARDIOLIPIN_IGG),
        moderate_from=moderate,
        high_from=high,
        source=table.text("source"),
    )


def circumstances(table: Table, key: str) -> frozenset[Circumstance]:
    """The circumstances that a list names."""
    found = set()
    for text in table.list_of_texts(key, required=False):
        if text in set(Circumstance):
            found.add(Circumstance(text))
        else:
            table.mistake(key, found=f"{key} {text!r}", wanted=f"some of {', '.join(Circumstance)}")
    return frozenset(found)


def one_of(table: Table, key: str, kind: type[Kind], default: Kind) -> Kind:
    """The member that a key names; `default`, and a mistake, where it names none."""
    text = table.one_of(key, tuple(kind))
    return kind(text) if text else default


def decimal(value: object) -> Decimal | None:
    """A number of TOML; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:  # pragma: no cover - every float of TOML writes a number
        return None
    return number if number.is_finite() else None
