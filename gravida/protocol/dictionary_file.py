"""forms.csv, choices.csv and dictionary.csv, read into a dictionary; each cell that is wrong is a mistake."""

import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import TypeVar

from gravida.protocol.dictionary import (
    Choice,
    Dictionary,
    Form,
    Limits,
    NamedRule,
    Required,
    Variable,
    VariableType,
)
from gravida.protocol.expressions import Expression
from gravida.protocol.grammar import GrammarMistake, parse
from gravida.protocol.mistakes import Mistake
from gravida.protocol.text_files import CsvRow, read_csv
from gravida.protocol.units import NotUcum, check_unit

FORM_COLUMNS = ("form", "label_en", "label_fr", "parent", "repeats", "key", "store", "source", "note")
CHOICE_COLUMNS = ("list", "code", "label_en", "label_fr", "retired")
VARIABLE_COLUMNS = (
    "form", "name", "label_en", "label_fr", "type", "unit", "choices", "range", "usual", "pattern", "branch",
    "calculation", "must", "required", "analyte", "other_units", "terminology", "source", "to_confirm",
    "note",
)  # fmt: skip
Member = TypeVar("Member", VariableType, Required)
LANGUAGES = ("en", "fr")
LONGEST_NAME = 26  # signs; REDCap and Stata cut longer names

_REPEATS = re.compile(r"(?:([01])\.\.)?(1|n|[2-9][0-9]*)")
_NUMBER = r"-?[0-9]+(?:\.[0-9]+)?"
_LIMITS = re.compile(rf"({_NUMBER})?\.\.({_NUMBER})?")
_FORM = re.compile(r"[A-Z][A-Z0-9_]{1,11}")
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_RULE = re.compile(r"rule (R-[A-Z0-9-]+)(?: ([A-Za-z0-9_-]+))?")
_CODE = re.compile(r"[^\s';,|]{1,24}")


def read_dictionary(folder: Path, mistakes: list[Mistake]) -> Dictionary:
    """The dictionary of a study folder. What could not be read is left out and noted in `mistakes`."""
    return Dictionary(
        forms=_forms(read_csv(folder / "forms.csv", FORM_COLUMNS, mistakes), mistakes),
        lists=_lists(read_csv(folder / "choices.csv", CHOICE_COLUMNS, mistakes), mistakes),
        variables=_variables(read_csv(folder / "dictionary.csv", VARIABLE_COLUMNS, mistakes), mistakes),
    )


def _label(row: CsvRow, mistakes: list[Mistake]) -> dict[str, str]:
    mistakes.extend(
        row.mistake(found=f"no label_{language}", wanted="a label in every language")
        for language in LANGUAGES
        if not row[f"label_{language}"]
    )
    return {language: row[f"label_{language}"] for language in LANGUAGES}


def _forms(rows: list[CsvRow], mistakes: list[Mistake]) -> dict[str, Form]:
    forms: dict[str, Form] = {}
    for row in rows:
        form = _form(row, mistakes)
        if form.id in forms:
            found = f"form {form.id} a second time (first in line {forms[form.id].line})"
            mistakes.append(row.mistake(found=found, wanted="every form once"))
            continue
        forms[form.id] = form
    return forms


def _form(row: CsvRow, mistakes: list[Mistake]) -> Form:
    if not _FORM.fullmatch(row["form"]):
        mistakes.append(row.mistake(found=f"form “{row['form']}”", wanted="2 to 12 capitals or digits"))
    repeats = _REPEATS.fullmatch(row["repeats"])
    if repeats is None:
        mistakes.append(
            row.mistake(found=f"repeats “{row['repeats']}”", wanted="1, 0..1, 0..n, 1..n or 0..9")
        )
    if row["store"] not in {"research", "identity"}:
        mistakes.append(row.mistake(found=f"store “{row['store']}”", wanted="research or identity"))
    fewest, most = repeats.groups() if repeats else ("0", "n")
    return Form(
        id=row["form"],
        label=_label(row, mistakes),
        parent=row["parent"],
        fewest=int(fewest if fewest is not None else "1"),
        most=None if most == "n" else int(most),
        key=row["key"],
        store=row["store"],
        source=row["source"],
        note=row["note"],
        line=row.line,
    )


def _lists(rows: list[CsvRow], mistakes: list[Mistake]) -> dict[str, tuple[Choice, ...]]:
    lists: dict[str, list[Choice]] = {}
    for row in rows:
        if not _NAME.fullmatch(row["list"]):
            mistakes.append(row.mistake(found=f"list “{row['list']}”", wanted="small letters, digits and _"))
        if not _CODE.fullmatch(row["code"]):
            wanted = "1 to 24 signs without spaces, quotes, commas or semicolons"
            mistakes.append(row.mistake(found=f"code “{row['code']}”", wanted=wanted))
        choice = Choice(code=row["code"], label=_label(row, mistakes), retired=row["retired"], line=row.line)
        _note_used_again(row, choice, lists.setdefault(row["list"], []), mistakes)
        lists[row["list"]].append(choice)
    return {name: tuple(choices) for name, choices in lists.items()}


def _note_used_again(row: CsvRow, choice: Choice, before: list[Choice], mistakes: list[Mistake]) -> None:
    """A code means one thing for ever: a second meaning makes stored answers unreadable."""
    for other in before:
        where = f"in list {row['list']} (line {other.line}: “{other.label['en']}”)"
        if other.code == choice.code:
            what = (
                f"retired code {choice.code} labelled anew"
                if other.retired
                else f"code {choice.code} a second time"
            )
            wanted = "a new code; a retired one keeps its label" if other.retired else "every code once"
            mistakes.append(row.mistake(found=f"{what} {where}", wanted=wanted))
        elif other.label["en"] == choice.label["en"] and other.is_offered and choice.is_offered:
            mistakes.append(
                row.mistake(found=f"label “{choice.label['en']}” again {where}", wanted="every label once")
            )


def _variables(rows: list[CsvRow], mistakes: list[Mistake]) -> dict[str, Variable]:
    variables: dict[str, Variable] = {}
    lines: dict[str, int] = {}
    for row in rows:
        variable = _Cells(row, mistakes).variable()
        if variable.name in lines:
            found = f"name {variable.name} a second time (first in line {lines[variable.name]})"
            mistakes.append(row.mistake(found=found, wanted="every name once in the dictionary"))
            continue
        lines[variable.name] = row.line
        variables[variable.full_name] = variable
    return variables


class _Cells:
    """One row of dictionary.csv, read cell by cell."""

    def __init__(self, row: CsvRow, mistakes: list[Mistake]) -> None:
        self.row = row
        self.mistakes = mistakes

    def mistake(self, *, found: str, wanted: str) -> None:
        self.mistakes.append(self.row.mistake(found=f"{self.row['name']}: {found}", wanted=wanted))

    def variable(self) -> Variable:
        row = self.row
        kind = self._type()
        is_ref = kind is VariableType.REF
        return Variable(
            form=row["form"],
            name=self._name(),
            label=_label(row, self.mistakes),
            type=kind,
            required=self._required(),
            unit=self._unit(row["unit"]),
            choices=row["choices"],
            limits=Limits() if is_ref else self._limits("range"),
            usual=self._limits("usual"),
            target=row["range"] if is_ref else "",
            pattern=self._pattern(),
            branch=self._expression("branch"),
            branch_text=row["branch"],
            calculation=self._calculation(),
            calculation_text=row["calculation"],
            must=self._expression("must"),
            must_text=row["must"],
            analyte=row["analyte"],
            other_units=tuple(
                self._unit(unit.strip()) for unit in row["other_units"].split(";") if unit.strip()
            ),
            terminology=row["terminology"],
            source=self._source(),
            to_confirm=row["to_confirm"],
            note=row["note"],
            line=row.line,
        )

    def _name(self) -> str:
        name = self.row["name"]
        if not _NAME.fullmatch(name) or len(name) > LONGEST_NAME:
            wanted = f"small letters, digits and _, at most {LONGEST_NAME} signs"
            self.mistake(found=f"name of {len(name)} signs", wanted=wanted)
        return name

    def _source(self) -> str:
        if not self.row["source"]:
            self.mistake(found="no source", wanted="where the variable comes from")
        return self.row["source"]

    def _type(self) -> VariableType:
        return _member(VariableType, "type", self.row["type"], VariableType.STR, self.mistake)

    def _required(self) -> Required:
        return _member(Required, "required", self.row["required"], Required.OPTIONAL, self.mistake)

    def _unit(self, unit: str) -> str:
        if unit:
            try:
                check_unit(unit)
            except NotUcum as error:
                self.mistake(found=f"unit “{unit}”: {error.found}", wanted=f"UCUM: {error.wanted}")
        return unit

    def _limits(self, column: str) -> Limits:
        text = self.row[column]
        if not text:
            return Limits()
        match = _LIMITS.fullmatch(text)
        if match is None:
            self.mistake(found=f"{column} “{text}”", wanted="two bounds, both included, as 0..40")
            return Limits()
        low, high = (Decimal(end) if end else None for end in match.groups())
        limits = Limits(low=low, high=high)
        if limits.is_empty:
            self.mistake(found=f"{column} {text}, which holds nothing", wanted="the lower bound first")
        return limits

    def _pattern(self) -> str:
        try:
            re.compile(self.row["pattern"])
        except re.error as error:
            self.mistake(found=f"pattern “{self.row['pattern']}” ({error})", wanted="a regular expression")
            return ""
        return self.row["pattern"]

    def _expression(self, column: str) -> Expression | None:
        text = self.row[column]
        if not text:
            return None
        try:
            return parse(text)
        except GrammarMistake as error:
            self.mistake(found=f"{column}, sign {error.at}: {error.found}", wanted=error.wanted)
            return None

    def _calculation(self) -> Expression | NamedRule | None:
        rule = _RULE.fullmatch(self.row["calculation"])
        if rule:
            return NamedRule(name=rule.group(1), argument=rule.group(2) or "")
        return self._expression("calculation")


def _member(
    kind: type[Member], column: str, text: str, otherwise: Member, mistake: Callable[..., None]
) -> Member:
    try:
        return kind(text)
    except ValueError:
        mistake(
            found=f"{column} “{text}”", wanted=f"one of {', '.join(str(member.value) for member in kind)}"
        )
        return otherwise
