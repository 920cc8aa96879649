"""The rows of one woman's record: what is asked, what is computed, what is still missing."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from gravida.protocol.conditions import Evaluated, Facts, Verdict, evaluate, judge
from gravida.protocol.dictionary import Dictionary, NamedRule, Required, Variable, VariableType
from gravida.protocol.expressions import Name
from gravida.protocol.order import order
from gravida.protocol.spans import Held, is_absent
from gravida.protocol.values import Answer, Missing


@dataclass(kw_only=True, eq=False)
class Row:
    """One saved row of a form: what was typed, by variable, and the rows under it.

    `ruled` holds the results of named rules, which code computes: rules.py says which.
    """

    form: str
    values: Mapping[str, Held] = field(default_factory=dict)
    ruled: Mapping[str, Held] = field(default_factory=dict)
    children: list["Row"] = field(default_factory=list)
    parent: "Row | None" = None

    def add(self, child: "Row") -> "Row":
        """The child, put under this row."""
        child.parent = self
        self.children.append(child)
        return child

    def above(self) -> Iterator["Row"]:
        """Rows that this one belongs to, nearest first."""
        row = self.parent
        while row is not None:
            yield row
            row = row.parent

    def below(self) -> Iterator["Row"]:
        """Every row under this one, in order."""
        for child in self.children:
            yield child
            yield from child.below()


WOMAN = ""  # the form of the row that holds all others


@dataclass(frozen=True, kw_only=True)
class VariableState:
    """Where one variable of a row stands.

    `asked` is YES without a branch; a value whose branch is no counts as not applicable, and so does what
    waits for nothing but values that are not applicable. `missing` is true
    where the form is not complete without it.
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
class Record:
    """A woman's rows, read through the dictionary of her study as of a day.

    A record is a picture: after a row has changed, make a new one. Who reads many women works out `places`,
    the order of the dictionary, once.
    """

    dictionary: Dictionary
    woman: Row
    today: date
    places: Mapping[str, int] = field(default_factory=dict, repr=False)
    _known: dict[tuple[int, str], "_Judged"] = field(init=False, repr=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.places = self.places or places(self.dictionary)

    def states(self, row: Row) -> dict[str, VariableState]:
        """Every variable of a row, by name, in the order in which they can be asked."""
        variables = sorted(self.dictionary.of_form(row.form), key=lambda found: self.places[found.full_name])
        facts = RowFacts(record=self, row=row)
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

    def _judged(self, row: Row, variable: Variable) -> "_Judged":
        """The branch and value of a variable, worked out once."""
        key = (id(row), variable.name)
        if key not in self._known:
            self._known[key] = self._judge(row, variable)
        return self._known[key]

    def _judge(self, row: Row, variable: Variable) -> "_Judged":
        facts = RowFacts(record=self, row=row)
        asked = _asked(variable, facts)
        if asked.answer is Answer.NO:
            return _Judged(asked=asked, value=Missing.NA)
        if variable.calculation is None:
            return _Judged(asked=asked, value=row.values.get(variable.name))
        if isinstance(variable.calculation, NamedRule):
            return _Judged(asked=asked, value=row.ruled.get(variable.name))
        computed = evaluate(variable.calculation, facts)
        return _Judged(asked=asked, value=computed.value, computed=computed)

    def rows(self, form: str) -> Iterator[Row]:
        """Every row of a form, in order."""
        return (row for row in self.woman.below() if row.form == form)


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

    record: Record
    row: Row

    def read(self, name: Name) -> Held:
        if str(name) == "today":
            return self.record.today
        variable = self.record.dictionary.resolve(name, form=self.row.form)
        if variable is None:
            return None
        meant = self._row_meant(name, variable)
        return None if meant is None else self.record.value(meant, variable)

    def _row_meant(self, name: Name, variable: Variable) -> Row | None:
        """The row that a name reads: this one, one above, the one linked to, or the only one of its form."""
        if variable.form == self.row.form and name.form in ("", self.row.form):
            return self.row
        if name.form not in self.record.dictionary.forms:
            return self._linked(name.form)
        above = next((row for row in self.row.above() if row.form == name.form), None)
        return above or next(self.record.rows(name.form), None)

    def _linked(self, link: str) -> Row | None:
        """The row that a ref of this row points to by its natural number."""
        variable = self.record.dictionary.variables.get(f"{self.row.form}.{link}")
        if variable is None or variable.type is not VariableType.REF:
            return None
        form, key = variable.target.split(".")
        number = self.record.value(self.row, variable)
        if is_absent(number):
            return None
        return next((row for row in self.record.rows(form) if row.values.get(key) == number), None)

    def rows(self, form: str) -> Iterable[Facts]:
        """Rows of a form under this one where the form belongs under it, else every one of the woman's."""
        dictionary = self.record.dictionary
        mine = self.row.form in dictionary.ancestors(form)
        found: Sequence[Row] = [row for row in self.row.below() if row.form == form] if mine else ()
        chosen = found if mine else self.record.rows(form)
        return [RowFacts(record=self.record, row=row) for row in chosen]
