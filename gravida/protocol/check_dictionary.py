"""Mistakes in a dictionary that no single cell shows: names that lead nowhere, circles, wrong kinds."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from gravida.protocol.criteria import Criteria
from gravida.protocol.dictionary import Dictionary, Form, NamedRule, Required, Variable, VariableType
from gravida.protocol.expressions import Expression, Text, names_in, parts_of
from gravida.protocol.kinds import KIND_OF_TYPE, Kind, KindReader
from gravida.protocol.mistakes import Mistake
from gravida.protocol.order import VariablesWaitForEachOther, order
from gravida.protocol.rules import CODED_RULES

# What a ref can point to besides a row of a form: lists that the installation keeps.
REGISTERS = ("centre", "user", "laboratory", "panel")
# Rules that take the id of a criterion.
_OF_A_CRITERION = ("R-CRITERION", "R-PARTS-MET")

Finding = tuple[str, str]  # what was found, what was wanted


@dataclass(frozen=True, kw_only=True)
class DictionaryCheck:
    """The dictionary of a folder, and the criteria its rules may name."""

    folder: Path
    dictionary: Dictionary
    criteria: Criteria

    def mistakes(self) -> Iterator[Mistake]:
        """Every mistake, forms first, then lists, then variables, then circles."""
        for form in self.dictionary.forms.values():
            yield from self._at("forms.csv", form.line, f"{form.id}: ", self._form(form))
        yield from self._unused_lists()
        for variable in self.dictionary.variables.values():
            for check in _VARIABLE_CHECKS:
                yield from self._at(
                    "dictionary.csv", variable.line, f"{variable.name}: ", check(self, variable)
                )
        yield from self._circle()

    def _at(self, file: str, line: int, beginning: str, findings: Iterator[Finding]) -> Iterator[Mistake]:
        for found, wanted in findings:
            yield Mistake(file=self.folder / file, line=line, found=beginning + found, wanted=wanted)

    def _form(self, form: Form) -> Iterator[Finding]:
        forms = self.dictionary.forms
        if form.parent and form.parent not in forms:
            yield f"parent {form.parent}", f"one of {', '.join(forms)}"
        above = [form.id, *self.dictionary.ancestors(form.id)]
        if forms.get(above[-1], form).parent in above:
            yield f"parent {form.parent}, a form inside {form.id}", "forms that do not hold each other"
        if not self.dictionary.of_form(form.id):
            yield "no variable", "at least one variable in dictionary.csv"
        if form.key and f"{form.id}.{form.key}" not in self.dictionary.variables:
            yield f"key {form.key}", "a variable of the form"
        if form.fewest > (form.most if form.most is not None else form.fewest):
            yield f"repeats {form.fewest}..{form.most}, which holds nothing", "the lower bound first"

    def _unused_lists(self) -> Iterator[Mistake]:
        used = {variable.choices for variable in self.dictionary.variables.values()}
        for name, choices in self.dictionary.lists.items():
            if name not in used:
                found = iter([(f"list {name} that no variable uses", "lists in use")])
                yield from self._at("choices.csv", choices[0].line, "", found)
            if not any(choice.is_offered for choice in choices):
                found = iter([(f"list {name} with retired codes only", "at least one code on offer")])
                yield from self._at("choices.csv", choices[0].line, "", found)

    def _circle(self) -> Iterator[Mistake]:
        try:
            order(self.dictionary)
        except VariablesWaitForEachOther as error:
            line = self.dictionary.variables[error.circle[0]].line
            finding = (f"a circle: {error}", "branches and calculations that come to an end")
            yield from self._at("dictionary.csv", line, "", iter([finding]))


def _belongs(check: DictionaryCheck, variable: Variable) -> Iterator[Finding]:
    if variable.form not in check.dictionary.forms:
        yield f"form {variable.form}", "a form of forms.csv"


def _choices(check: DictionaryCheck, variable: Variable) -> Iterator[Finding]:
    if variable.type.has_choices and not variable.choices:
        yield f"{variable.type.value} without choices", "a list of choices.csv"
    if variable.choices and not variable.type.has_choices:
        yield f"choices for {variable.type.value}", "type enum or multi"
    if variable.choices and variable.choices not in check.dictionary.lists:
        yield f"list {variable.choices}", "a list of choices.csv"


def _limits(_check: DictionaryCheck, variable: Variable) -> Iterator[Finding]:
    has_limits = variable.limits.low is not None or variable.limits.high is not None
    of_texts = variable.type in (VariableType.STR, VariableType.TEXT)
    if has_limits and not (variable.type.is_number or of_texts):
        yield f"a range for {variable.type.value}", "a range of numbers or of lengths"
    if not variable.limits.holds(variable.usual) and variable.usual != type(variable.usual)():
        yield f"usual {variable.usual} outside the range {variable.limits}", "usual values inside the range"
    if variable.unit and not variable.type.is_number:
        yield f"unit for {variable.type.value}", "a unit for int, dec or ga only"
    if variable.pattern and variable.type is not VariableType.STR:
        yield f"pattern for {variable.type.value}", "a pattern for str only"


def _units(_check: DictionaryCheck, variable: Variable) -> Iterator[Finding]:
    from gravida.protocol.values_conversion import ANALYTES, converted  # noqa: PLC0415 - loads pint

    if variable.analyte and variable.analyte not in ANALYTES:
        yield f"analyte {variable.analyte}", f"one of {', '.join(ANALYTES)}"
        return
    for unit in variable.other_units:
        try:
            converted(Decimal(1), unit, variable.unit, variable.analyte or None)
        except ValueError as error:
            yield f"other unit {unit} ({error})", f"a unit that converts to {variable.unit or 'a unit'}"


def _target(check: DictionaryCheck, variable: Variable) -> Iterator[Finding]:
    if variable.type is not VariableType.REF or variable.target in REGISTERS:
        return
    if variable.target not in check.dictionary.variables:
        yield f"target “{variable.target}”", f"FORM.variable or one of {', '.join(REGISTERS)}"


def _requirement(_check: DictionaryCheck, variable: Variable) -> Iterator[Finding]:
    calculated = variable.required is Required.CALCULATED
    if calculated != (variable.calculation is not None) and not (calculated and variable.calculation_text):
        yield (
            f"required {variable.required.value} {'without' if calculated else 'with'} a calculation",
            "C with one",
        )
    if variable.required is Required.WHEN_ASKED and variable.branch is None and not variable.branch_text:
        yield "required RC without a branch", "the branch on which it depends, or R"


def _conditions(check: DictionaryCheck, variable: Variable) -> Iterator[Finding]:
    for column, expression in (("branch", variable.branch), ("must", variable.must)):
        if expression is None:
            continue
        reader = KindReader(dictionary=check.dictionary, form=variable.form)
        kind = reader.kind(expression)
        yield from _complaints(column, reader)
        if kind not in (Kind.ANSWER, Kind.ANY):
            yield f"{column} that gives {kind.value}", "a condition: yes or no"


def _complaints(column: str, reader: KindReader) -> Iterator[Finding]:
    for complaint in dict.fromkeys(reader.complaints):
        yield f"{column}: {complaint.found}", complaint.wanted


def _calculation(check: DictionaryCheck, variable: Variable) -> Iterator[Finding]:
    if variable.calculation is None:
        return
    if isinstance(variable.calculation, NamedRule):
        yield from _named_rule(check, variable.calculation)
        return
    reader = KindReader(dictionary=check.dictionary, form=variable.form)
    kind = reader.kind(variable.calculation)
    yield from _complaints("calculation", reader)
    wanted = KIND_OF_TYPE.get(variable.type, Kind.TEXT)
    if kind is Kind.TEXT and wanted is Kind.CODE:
        yield from _codes_written(check, variable, variable.calculation)
    elif kind not in (wanted, Kind.ANY):
        yield f"calculation that gives {kind.value}", f"{wanted.value}, as type {variable.type.value} says"


def _codes_written(check: DictionaryCheck, variable: Variable, calculation: Expression) -> Iterator[Finding]:
    codes = {choice.code for choice in check.dictionary.choices(variable)}
    for part in parts_of(calculation):
        if isinstance(part, Text) and part.value not in codes:
            yield f"calculation: code '{part.value}'", f"one of {', '.join(sorted(codes))}"


def _named_rule(check: DictionaryCheck, rule: NamedRule) -> Iterator[Finding]:
    coded = CODED_RULES.get(rule.name)
    if coded is None:
        yield f"calculation: {rule}", f"an expression or one of {', '.join(CODED_RULES)}"
        return
    allowed = coded.arguments
    if rule.name in _OF_A_CRITERION:
        allowed = tuple(criterion.id for criterion in check.criteria.criteria)
    elif rule.name == "R-PERSISTENCE":
        allowed = tuple(check.dictionary.forms)
    if rule.argument not in (allowed or ("",)):
        yield (
            f"calculation: {rule}",
            f"{rule.name} with {', '.join(allowed) if allowed else 'nothing after it'}",
        )


def _privacy(check: DictionaryCheck, variable: Variable) -> Iterator[Finding]:
    """Nothing outside the identity store may read what is in it."""
    forms = check.dictionary.forms
    home = forms.get(variable.form)
    if home is None or home.store == "identity":
        return
    for expression in (variable.branch, variable.must, variable.calculation):
        if expression is None or isinstance(expression, NamedRule):
            continue
        for name in names_in(expression, form=variable.form):
            if name.form in forms and forms[name.form].store == "identity":
                yield f"{name}, kept in the identity store", "variables of the research store"


_VARIABLE_CHECKS: tuple[Callable[[DictionaryCheck, Variable], Iterator[Finding]], ...] = (
    _belongs,
    _choices,
    _limits,
    _units,
    _target,
    _requirement,
    _conditions,
    _calculation,
    _privacy,
)
