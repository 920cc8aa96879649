"""The dictionary of a study: its forms, their variables, and the choices a variable offers."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from functools import cached_property

from gravida.protocol.expressions import Expression, Name

Texts = dict[str, str]


class VariableType(Enum):
    """What a variable holds."""

    UUID = "uuid"
    STR = "str"  # one line
    TEXT = "text"  # several lines
    INT = "int"
    DEC = "dec"
    DATE = "date"
    PDATE = "pdate"  # a date known to the day, the month or the year
    DATETIME = "datetime"
    GA = "ga"  # days of amenorrhoea
    YN = "yn"
    ENUM = "enum"  # one choice
    MULTI = "multi"  # several choices
    REF = "ref"  # a row of another form, by its number; or an entry of a register
    FILE = "file"

    @property
    def is_number(self) -> bool:
        return self in (VariableType.INT, VariableType.DEC, VariableType.GA)

    @property
    def is_date(self) -> bool:
        return self in (VariableType.DATE, VariableType.PDATE, VariableType.DATETIME)

    @property
    def has_choices(self) -> bool:
        return self in (VariableType.ENUM, VariableType.MULTI)


class Required(Enum):
    """Whether a form is complete without the variable."""

    ALWAYS = "R"
    WHEN_ASKED = "RC"  # required where its branch is yes
    OPTIONAL = "O"
    CALCULATED = "C"  # never typed
    SYSTEM = "S"  # set by Gravida, never typed
    OFF = "off"  # not shown until the centre opens it


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One answer of a list. A retired code stays readable and is offered no more."""

    code: str
    label: Texts
    retired: str = ""  # the version of the folder that retired it
    line: int = 0

    @property
    def is_offered(self) -> bool:
        return not self.retired


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Two bounds, both included; None where there is none."""

    low: Decimal | None = None
    high: Decimal | None = None

    @property
    def is_empty(self) -> bool:
        return self.low is not None and self.high is not None and self.low > self.high

    def holds(self, other: "Limits") -> bool:
        """Whether everything inside `other` is inside these too."""
        low = self.low is None or (other.low is not None and other.low >= self.low)
        high = self.high is None or (other.high is not None and other.high <= self.high)
        return low and high

    def __str__(self) -> str:
        ends = ("" if end is None else str(end) for end in (self.low, self.high))
        return "..".join(ends)


@dataclass(frozen=True, kw_only=True)
class NamedRule:
    """A calculation that Gravida makes in code, by the name of rules.py: `rule R-EXPL uterine`."""

    name: str
    argument: str = ""

    def __str__(self) -> str:
        return f"rule {self.name} {self.argument}".strip()


@dataclass(frozen=True, kw_only=True)
class Variable:
    """One question, or one value that Gravida computes. The row of dictionary.csv it was read from is `line`.

    `limits` are hard: a value outside cannot be saved; for texts they count signs. `usual` is soft: a
    value outside opens a query. `must` is a condition that every saved row meets. `target` of a ref is
    FORM.variable or a register.
    """

    form: str
    name: str
    label: Texts
    type: VariableType
    required: Required
    unit: str = ""
    choices: str = ""
    limits: Limits = Limits()
    usual: Limits = Limits()
    target: str = ""
    pattern: str = ""
    branch: Expression | None = None
    branch_text: str = ""
    calculation: "Expression | NamedRule | None" = None
    calculation_text: str = ""
    must: Expression | None = None
    must_text: str = ""
    analyte: str = ""
    other_units: tuple[str, ...] = ()
    terminology: str = ""
    source: str = ""
    to_confirm: str = ""
    note: str = ""
    line: int = 0

    @property
    def full_name(self) -> str:
        return f"{self.form}.{self.name}"

    @property
    def is_typed(self) -> bool:
        """Whether a person enters it."""
        return self.required in (Required.ALWAYS, Required.WHEN_ASKED, Required.OPTIONAL)

    @cached_property
    def compiled_pattern(self) -> re.Pattern[str] | None:
        return re.compile(self.pattern) if self.pattern else None


@dataclass(frozen=True, kw_only=True)
class Form:
    """One form. `parent` is the form it belongs to, empty for the woman. `most` is None without limit."""

    id: str
    label: Texts
    parent: str = ""
    fewest: int = 0
    most: int | None = None
    key: str = ""  # the variable that numbers its rows on the screen
    store: str = "research"  # or identity: kept apart, never exported
    source: str = ""
    note: str = ""
    line: int = 0

    @property
    def repeats(self) -> bool:
        return self.most is None or self.most > 1


@dataclass(frozen=True, kw_only=True)
class Dictionary:
    """Forms, variables and lists of a study, each in the order of its file."""

    forms: Mapping[str, Form]
    variables: Mapping[str, Variable]  # by FORM.name
    lists: Mapping[str, tuple[Choice, ...]]

    def of_form(self, form: str) -> tuple[Variable, ...]:
        """Variables of a form, in the order of the dictionary."""
        return self._by_form.get(form, ())

    @cached_property
    def _by_form(self) -> dict[str, tuple[Variable, ...]]:
        found: dict[str, list[Variable]] = {form: [] for form in self.forms}
        for variable in self.variables.values():
            found.setdefault(variable.form, []).append(variable)
        return {form: tuple(variables) for form, variables in found.items()}

    def choices(self, variable: Variable) -> tuple[Choice, ...]:
        """What a variable offers, retired codes included; empty where it is not a choice."""
        return self.lists.get(variable.choices, ())

    def ancestors(self, form: str) -> Iterator[str]:
        """The forms above a form, nearest first. Stops where a parent comes again."""
        seen = {form}
        while (known := self.forms.get(form)) and known.parent and known.parent not in seen:
            form = known.parent
            seen.add(form)
            yield form

    def resolve(self, name: Name, *, form: str) -> Variable | None:
        """The variable that a name means in a condition of `form`; None where there is none.

        A bare name is of the same form; FORM.name of another; ref.name of the row that a ref points to.
        """
        if not name.form:
            return self.variables.get(f"{form}.{name.variable}")
        if name.form in self.forms:
            return self.variables.get(str(name))
        link = self.variables.get(f"{form}.{name.form}")
        if link is None or link.type is not VariableType.REF or "." not in link.target:
            return None
        return self.variables.get(f"{link.target.split('.')[0]}.{name.variable}")
