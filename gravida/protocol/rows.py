"""The rows of one woman's record: what is asked, what is computed, what is still missing."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from gravida.protocol.conditions import Evaluated, Facts, Verdict, evaluate, judge
from gravida.protocol.dictionary import Dictionary, NamedRule, Required, Variable, VariableType
from gravida.protocol.expressions import Name
from gravida.protocol.order import order
from gravida.protocol.record import Row, WomanRecord
from gravida.protocol.spans import Held, is_absent
from gravida.protocol.values import Answer, Comparator, GestationalAge, Missing, Quantity


def held(variable: Variable, row: Row) -> Held:
    """What a row keeps for a variable, read by its type: a number, a date, an answer, a code, several codes.

    None where nobody entered it, the reason where one was given. ValueError where what is stored cannot be
    read as the type.
    """
    raw = row.values.get(variable.name)
    if isinstance(raw, Missing):
        return raw
    if raw is None or raw == "":
        return None
    try:
        return _typed(variable, row)
    except ValueError as error:
        raise ValueError(f"{variable.full_name} = {raw!r}: {error}") from error


def _typed(variable: Variable, row: Row) -> Held:
    if variable.type.is_date:
        return row.day(variable.name)
    if variable.type.is_number:
        return _number(variable, row)
    if variable.type is VariableType.YN:
        raw = row.values[variable.name]
        return raw if isinstance(raw, Answer) else row.answer(variable.name)
    if variable.type is VariableType.MULTI:
        return row.codes(variable.name)
    return row.code(variable.name)


def _number(variable: Variable, row: Row) -> Held:
    """A number in the unit of the dictionary; a result below or above a limit keeps its sign."""
    raw = row.values[variable.name]
    if isinstance(raw, GestationalAge):
        return raw
    if isinstance(raw, int | Decimal):
        return Decimal(raw)
    unit = variable.unit or "1"
    quantity = raw if isinstance(raw, Quantity) else Quantity.parse(str(raw), unit)
    quantity = quantity.converted(unit, analyte=variable.analyte or None)
    return quantity.value if quantity.comparator is Comparator.EQUAL else quantity


@dataclass(frozen=True, kw_only=True)
class VariableState:
    """Where one variable of a row stands.

    `asked` is YES without a branch; a value whose branch is no counts as not applicable, and so does what
    waits for nothing but values that are not applicable. `missing` is true where the form is not complete
    without it.
    """

    variable: Variable
    asked: Verdict
    value: Held
    computed: Evaluated | None = None
    missing: bool = False
    breaks: Verdict | None = None  # the condition `must`, where the row does not meet it


@dataclass(frozen=True, kw_only=True)
class _Judged:
    asked: Verdict
    value: Held
    computed: Evaluated | None = None


def places(dictionary: Dictionary) -> dict[str, int]:
    """The place of each variable, by full name, in an order in which they can be asked."""
    return {name: place for place, name in enumerate(order(dictionary))}


@dataclass(kw_only=True)
class FormReader:
    """A woman's record read through the dictionary of her study.

    What a named rule gave (rules.py) is read from the row like anything typed. Who reads many women works out
    `places` once.
    """

    dictionary: Dictionary
    record: WomanRecord
    places: Mapping[str, int] = field(default_factory=dict, repr=False)
    _known: dict[tuple[int, str], _Judged] = field(init=False, repr=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.places = self.places or places(self.dictionary)

    def states(self, row: Row) -> dict[str, VariableState]:
        """Every variable of a row, by name, in the order in which they can be asked."""
        variables = sorted(self.dictionary.of_form(row.form), key=lambda found: self.places[found.full_name])
        facts = RowFacts(reader=self, row=row)
        return {variable.name: self._state(variable, row, facts) for variable in variables}

    def is_complete(self, row: Row) -> bool:
        """Whether nothing that is required is missing, and every condition is met."""
        return not any(state.missing or state.breaks for state in self.states(row).values())

    def _state(self, variable: Variable, row: Row, facts: Facts) -> VariableState:
        judged = self._judged(row, variable)
        met = judge(variable.must, facts) if variable.must is not None else None
        return VariableState(
            variable=variable,
            asked=judged.asked,
            value=judged.value,
            computed=judged.computed,
            missing=_is_missing(variable, judged.asked, judged.value),
            breaks=met if met is not None and met.answer is Answer.NO else None,
        )

    def value(self, row: Row, variable: Variable) -> Held:
        """What a variable of a row holds: typed, computed, or not applicable where its branch is no."""
        return self._judged(row, variable).value

    def _judged(self, row: Row, variable: Variable) -> _Judged:
        """The branch and value of a variable, worked out once."""
        key = (id(row), variable.name)
        if key not in self._known:
            self._known[key] = self._judge(row, variable)
        return self._known[key]

    def _judge(self, row: Row, variable: Variable) -> _Judged:
        facts = RowFacts(reader=self, row=row)
        asked = _asked(variable, facts)
        if asked.answer is Answer.NO:
            return _Judged(asked=asked, value=Missing.NA)
        if variable.calculation is None or isinstance(variable.calculation, NamedRule):
            return _Judged(asked=asked, value=held(variable, row))
        computed = evaluate(variable.calculation, facts)
        return _Judged(asked=asked, value=computed.value, computed=computed)


def _asked(variable: Variable, facts: Facts) -> Verdict:
    if variable.required is Required.OFF:
        return Verdict(answer=Answer.NO)
    if variable.branch is None:
        return Verdict(answer=Answer.YES)
    verdict = judge(variable.branch, facts)
    unsettled = [used.value for used in verdict.because if not used.is_settled]
    if unsettled and all(value is Missing.NA for value in unsettled) and verdict.answer is Answer.UNKNOWN:
        # It waits only for what will never be answered: a branch closed above closes those below.
        return Verdict(answer=Answer.NO, because=verdict.because)
    return verdict


def _is_missing(variable: Variable, asked: Verdict, value: Held) -> bool:
    """A reason why there is no value is an answer; no value and no reason is not."""
    if value is not None or asked.answer is not Answer.YES:
        return False
    return variable.required in (Required.ALWAYS, Required.WHEN_ASKED)


@dataclass(frozen=True, kw_only=True)
class RowFacts:
    """What the conditions of one row can read."""

    reader: FormReader
    row: Row

    def read(self, name: Name) -> Held:
        if str(name) == "today":
            return self.reader.record.as_of
        variable = self.reader.dictionary.resolve(name, form=self.row.form)
        if variable is None:
            return None
        meant = self._row_meant(name, variable)
        return None if meant is None else self.reader.value(meant, variable)

    def _row_meant(self, name: Name, variable: Variable) -> Row | None:
        """The row that a name reads: this one, one above, the one linked to, or the only one of its form."""
        if variable.form == self.row.form and name.form in ("", self.row.form):
            return self.row
        if name.form not in self.reader.dictionary.forms:
            return self._linked(name.form)
        above = next((row for row in _above(self.row) if row.form == name.form), None)
        return above or self.reader.record.one(name.form)

    def _linked(self, link: str) -> Row | None:
        """The row that a ref of this row points to by its natural number."""
        variable = self.reader.dictionary.variables.get(f"{self.row.form}.{link}")
        if variable is None or variable.type is not VariableType.REF:
            return None
        form, key = variable.target.split(".")
        number = self.reader.value(self.row, variable)
        if is_absent(number):
            return None
        return next((row for row in self.reader.record.of(form) if row.code(key) == number), None)

    def rows(self, form: str) -> Iterable[Facts]:
        """Rows of a form under this one where the form belongs under it, else every one of the woman's."""
        rows: Sequence[Row] = self.reader.record.of(form)
        if self.row.form in self.reader.dictionary.ancestors(form):
            rows = [row for row in rows if self.row in _above(row)]
        return [RowFacts(reader=self.reader, row=row) for row in rows]


def _above(row: Row) -> Iterator[Row]:
    """Rows that one belongs to, nearest first."""
    parent = row.parent
    while parent is not None:
        yield parent
        parent = parent.parent
