"""In which order the variables of a study can be asked and computed, and where they wait for each other."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter

from gravida.protocol.dictionary import Dictionary, NamedRule, Variable
from gravida.protocol.expressions import Aggregate, Expression, Name, names_in, parts_of


class VariablesWaitForEachOther(Exception):
    """Branches or calculations that go round in a circle: the variables, each needing the next."""

    def __init__(self, circle: tuple[str, ...]) -> None:
        super().__init__(" needs ".join(circle))
        self.circle = circle


@dataclass(frozen=True, kw_only=True)
class Need:
    """A variable that must be known before another: because of its branch or its calculation."""

    variable: str
    why: str


def needs(dictionary: Dictionary, variable: Variable) -> tuple[Need, ...]:
    """What a variable waits for, by full name, in the order written."""
    found: dict[str, Need] = {}
    for why, expression in (("branch", variable.branch), ("calculation", variable.calculation)):
        if expression is None or isinstance(expression, NamedRule):
            continue
        for name in _read_by(dictionary, expression, variable.form):
            found.setdefault(name, Need(variable=name, why=why))
    return tuple(found.values())


def _read_by(dictionary: Dictionary, expression: Expression, form: str) -> Iterator[str]:
    """Full names of the variables an expression reads, links that it follows included."""
    for name in names_in(expression, form=form):
        resolved = dictionary.variables.get(str(name)) or dictionary.resolve(name, form=form)
        if resolved is not None:
            yield resolved.full_name
        if name.form not in dictionary.forms:
            yield from _link(dictionary, name, form)
    for part in parts_of(expression):
        if isinstance(part, Aggregate) and part.where is not None:
            yield from _read_by(dictionary, part.where, part.form)


def _link(dictionary: Dictionary, name: Name, form: str) -> Iterator[str]:
    link = dictionary.variables.get(f"{form}.{name.form}")
    if link is not None:
        yield link.full_name


def needs_of_all(dictionary: Dictionary) -> Mapping[str, tuple[Need, ...]]:
    """What every variable waits for, by full name."""
    return {name: needs(dictionary, variable) for name, variable in dictionary.variables.items()}


def order(dictionary: Dictionary) -> tuple[str, ...]:
    """Every variable after all it needs; where nothing decides, in the order of the dictionary.

    VariablesWaitForEachOther where branches and calculations go round in a circle.
    """
    place = {name: number for number, name in enumerate(dictionary.variables)}
    graph = {name: [need.variable for need in found] for name, found in needs_of_all(dictionary).items()}
    for name, needed in graph.items():
        if name in needed:
            raise VariablesWaitForEachOther((name, name))
    sorter = TopologicalSorter(graph)
    try:
        sorter.prepare()
    except CycleError as error:
        raise VariablesWaitForEachOther(tuple(reversed(error.args[1]))) from error
    ready: list[str] = []
    found: list[str] = []
    while sorter.is_active():
        ready = sorted([*ready, *sorter.get_ready()], key=place.__getitem__)
        found.append(ready.pop(0))
        sorter.done(found[-1])
    return tuple(found)
