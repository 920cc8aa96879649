"""The definitions of a study folder, read from `definitions.toml`."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any, TypeVar

from gravida.protocol.definitions import Definition, Source, Stance
from gravida.protocol.implantation import Chance, FailureRule, FailureUnit
from gravida.protocol.mistakes import Mistake, StudyFolderMistake
from gravida.protocol.obstetrics_classes import PregnancyClass
from gravida.protocol.obstetrics_dating import AgeAt
from gravida.protocol.text_files import read_toml
from gravida.protocol.toml_tables import Table
from gravida.protocol.values import Convention, GestationalAge

DEFINITIONS_FILE = "definitions.toml"
# Classes on which every definition takes a stance; on the others the rules are the same for all.
CLASSES_WITH_STANCE = (
    PregnancyClass.MISCARRIAGE,
    PregnancyClass.BIOCHEMICAL,
    PregnancyClass.PUL_RESOLVED,
    PregnancyClass.PUL_TREATED,
    PregnancyClass.ECTOPIC,
    PregnancyClass.COMPLETE_MOLE,
    PregnancyClass.PARTIAL_MOLE,
    PregnancyClass.STILLBIRTH,
)
_AGE = re.compile(r"([0-9]{1,2})\+([0-6])")
Kind = TypeVar("Kind", bound=Enum)


@dataclass(frozen=True, kw_only=True)
class ImplantationDefinition:
    """A published definition of recurrent implantation failure."""

    id: str
    version: int
    name: dict[str, str]
    rule: FailureRule
    source: Source


@dataclass(frozen=True, kw_only=True)
class Definitions:
    """Every definition of a study; `in_force` names the one that its criteria use."""

    in_force: str = ""
    losses: tuple[Definition, ...] = ()
    implantation: tuple[ImplantationDefinition, ...] = ()
    chances: tuple[Chance, ...] = ()

    def named(self, identity: str) -> Definition:
        """The definition of losses with this id. KeyError where there is none."""
        for definition in self.losses:
            if definition.id == identity:
                return definition
        raise KeyError(f"definition {identity!r}: wanted one of {', '.join(row.id for row in self.losses)}")


def read_definitions(folder: Path) -> Definitions:
    """The definitions of a study folder. StudyFolderMistake, naming the first mistake, where it has any."""
    mistakes: list[Mistake] = []
    definitions = check_definitions(folder, mistakes)
    if mistakes:
        raise StudyFolderMistake(str(mistakes[0]))
    return definitions


def check_definitions(folder: Path, mistakes: list[Mistake]) -> Definitions:
    """The definitions of a study folder; what is wrong with the file is added to `mistakes`."""
    file = read_toml(folder / DEFINITIONS_FILE, mistakes)
    if file is None:
        return Definitions()
    top = Table(file=file, place=(), data=file.data, mistakes=mistakes)
    top.only("in_force", "definition", "implantation", "chance")
    losses = _all(top, "definition", _definition)
    _in_force(top, losses)
    return Definitions(
        in_force=str(file.data.get("in_force", "")),
        losses=losses,
        implantation=_all(top, "implantation", _implantation),
        chances=_all(top, "chance", _chance),
    )


Read = TypeVar("Read")


def _all(top: Table, key: str, read: Callable[[Table], Read]) -> tuple[Read, ...]:
    """Every table [[key]] that reads without mistake, each id once."""
    found: list[Read] = []
    seen: set[str] = set()
    for table in top.tables(key):
        before = len(table.mistakes)
        if "id" in table.data:
            identity = table.id()
            if identity in seen:
                table.mistake("id", found=f"{key} {identity} a second time", wanted="every id once")
            seen.add(identity)
        try:
            value = read(table)
        except ValueError as error:  # a value that the rule itself refuses, as two contradicting fields
            table.mistake(None, found=str(error), wanted="values that go together")
            continue
        if len(table.mistakes) == before:
            found.append(value)
    return tuple(found)


def _in_force(top: Table, losses: tuple[Definition, ...]) -> None:
    name = top.text("in_force")
    if name and name not in {definition.id for definition in losses}:
        known = ", ".join(definition.id for definition in losses) or "a definition of this file"
        top.mistake("in_force", found=f"in_force = {name!r}", wanted=f"one of {known}")


def _definition(table: Table) -> Definition:
    table.only(*_DEFINITION_KEYS)
    return Definition(
        id=table.id(),
        version=_whole(table, "version"),
        name=table.texts("name"),
        losses=_whole(table, "losses"),
        before=_age(table),
        age_at=_kind(table, "age_at", AgeAt, AgeAt.END),
        consecutive=_kind(table, "consecutive", Stance, Stance.NO),
        counts=_counts(table.table("counts")),
        same_partner=table.yes("same_partner"),
        excludes_abnormal_chromosomes=table.yes("excludes_abnormal_chromosomes"),
        requires_positive_test=table.yes("requires_positive_test"),
        or_failures=_or_failures(table),
        also_requires=table.list_of_texts("also_requires", required=False),
        source=_source(table.table("source")),
    )


_DEFINITION_KEYS = [
    "id",
    "version",
    "name",
    "losses",
    "before",
    "convention",
    "age_at",
    "consecutive",
    "counts",
    "same_partner",
    "also_requires",
    "source",
    "excludes_abnormal_chromosomes",
    "requires_positive_test",
    "or_failures",
]


def _whole(table: Table, key: str) -> int:
    value = table.number(key)
    if value is None or value < 1:
        table.mistake(key, found=f"{key} = {table.data.get(key)!r}", wanted=f"{key} = a whole number from 1")
        return 1
    return value


def _kind(table: Table, key: str, kind: type[Kind], default: Kind) -> Kind:
    found = table.one_of(key, [str(member.value) for member in kind])
    return kind(found) if found else default


def _age(table: Table) -> GestationalAge:
    """The limit of a definition; in an unknown convention it spans both readings."""
    written, convention = table.text("before"), _kind(table, "convention", Convention, Convention.AMENORRHOEA)
    match = _AGE.fullmatch(written)
    if match is None:
        if written:
            table.mistake("before", found=f"before = {written!r}", wanted="weeks and days, as 14+0")
        return GestationalAge.weeks(1)
    return GestationalAge.told(weeks=int(match[1]), days=int(match[2]), convention=convention)


def _counts(table: Table) -> dict[PregnancyClass, Stance]:
    table.only(*(kind.value for kind in CLASSES_WITH_STANCE))
    return {kind: _kind(table, kind.value, Stance, Stance.SILENT) for kind in CLASSES_WITH_STANCE}


def _source(table: Table) -> Source:
    table.only("reference", "text", "unverified")
    return Source(
        reference=table.text("reference"),
        text=table.text("text"),
        unverified=table.list_of_texts("unverified", required=False),
    )


def _or_failures(table: Table) -> FailureRule | None:
    if "or_failures" not in table.data:
        return None
    rule = _failure_rule(table.table("or_failures"))
    if rule.unit is FailureUnit.CUMULATIVE_CHANCE:
        table.mistake("or_failures", found="a rule on chance", wanted="a rule that counts failures")
    return rule


def _failure_rule(table: Table) -> FailureRule:
    table.only("unit", "at_least", "good_embryos", "above_chance")
    unit = _kind(table, "unit", FailureUnit, FailureUnit.TRANSFER)
    if unit is FailureUnit.CUMULATIVE_CHANCE:
        return FailureRule(unit=unit, above_chance=_proportion(table, "above_chance"))
    return FailureRule(
        unit=unit, at_least=_whole(table, "at_least"), good_embryos=table.number("good_embryos") or 0
    )


def _proportion(table: Table, key: str) -> float:
    value: Any = table.data.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        table.mistake(key, found=f"{key} = {value!r}", wanted=f"{key} = a proportion from 0 to 1")
        return 0.0
    return float(value)


def _implantation(table: Table) -> ImplantationDefinition:
    table.only("id", "version", "name", "rule", "source")
    return ImplantationDefinition(
        id=table.id(),
        version=_whole(table, "version"),
        name=table.texts("name"),
        rule=_failure_rule(table.table("rule")),
        source=_source(table.table("source")),
    )


def _chance(table: Table) -> Chance:
    table.only("from_age", "to_age", "euploid", "good", "poor")
    from_age, to_age = table.number("from_age") or 0, table.number("to_age")
    return Chance(
        from_age=from_age,
        to_age=99 if to_age is None else to_age,
        euploid=_proportion(table, "euploid"),
        good=_proportion(table, "good"),
        poor=_proportion(table, "poor"),
    )
