"""Analysis plans for a run: a built-in one by its name or any plan file, with the hash that names it.

The classes are those of gravida/protocol/plan.py, which `gravida study check` reads too.
"""

import dataclasses
import hashlib
import json
from enum import Enum
from pathlib import Path
from typing import Any

from gravida.analysis.history import IndexRule
from gravida.protocol.definitions import Definition
from gravida.protocol.definitions_file import Definitions, read_definitions
from gravida.protocol.mistakes import Mistake
from gravida.protocol.plan import Plan
from gravida.protocol.plan_file import plan_in
from gravida.protocol.text_files import read_toml
from gravida.protocol.toml_tables import Table

BUILT_IN = Path(__file__).parent / "plans"
PLAN_FILE = "plan.toml"


class PlanRejected(Exception):
    """A plan file with mistakes: each with file, line, what was found and what was wanted."""

    def __init__(self, mistakes: tuple[Mistake, ...]) -> None:
        super().__init__("\n".join(map(str, mistakes)))
        self.mistakes = mistakes


class NoSuchPlan(Exception):
    """Neither a built-in plan nor a file."""


def built_in_plans() -> tuple[str, ...]:
    """Names of the plans that come with the program."""
    return tuple(sorted(path.stem for path in BUILT_IN.glob("*.toml")))


def plan_path(name_or_path: str | Path) -> Path:
    """The file of a plan: a built-in name, a plan file, or a study folder that holds plan.toml."""
    name = str(name_or_path)
    if name in built_in_plans():
        return BUILT_IN / f"{name}.toml"
    path = Path(name_or_path)
    if path.is_dir() and (path / PLAN_FILE).is_file():
        return path / PLAN_FILE
    if path.is_file():
        return path
    raise NoSuchPlan(f"{name}: found no plan, wanted a file or one of {', '.join(built_in_plans())}")


def read_plan(name_or_path: str | Path) -> Plan:
    """The plan of a built-in name, a file or a study folder. PlanRejected with every mistake; NoSuchPlan."""
    path = plan_path(name_or_path)
    mistakes: list[Mistake] = []
    toml = read_toml(path, mistakes)
    if toml is None:
        raise PlanRejected(tuple(mistakes))
    plan = plan_in(Table(file=toml, place=(), data=toml.data, mistakes=mistakes))
    if mistakes:
        raise PlanRejected(tuple(sorted(set(mistakes))))
    return plan


def definitions_beside(name_or_path: str | Path) -> Definitions | None:
    """The published definitions of the study folder that a plan stands in; None where there are none."""
    folder = plan_path(name_or_path).parent
    return read_definitions(folder) if (folder / "definitions.toml").is_file() else None


def canonical_json(plan: Plan) -> str:
    """The plan as JSON that does not depend on the spacing, comments or order of keys in its file."""
    return json.dumps(_plain(plan), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def plan_hash(plan: Plan) -> str:
    """SHA-256 of the canonical plan, in hexadecimal: it is printed on every table made under the plan."""
    return hashlib.sha256(canonical_json(plan).encode("utf-8")).hexdigest()


def _plain(value: Any) -> Any:
    """Dataclasses, tuples and expressions as what JSON has; an expression keeps its kind."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {field.name: _plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
        return {"is": type(value).__name__, **fields}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if value is None or isinstance(value, bool | int | float | str):
        return value
    return value.value if isinstance(value, Enum) else str(value)


class UnknownDefinition(Exception):
    """A plan that counts losses by a definition nobody has given."""

    def __init__(self, definition_id: str, known: tuple[str, ...]) -> None:
        super().__init__(f"definition {definition_id!r}: wanted one of {', '.join(known) or 'none given'}")
        self.definition_id, self.known = definition_id, known


def index_rule(plan: Plan, definitions: Definitions | None = None) -> IndexRule:
    """The plan's index event as `history` takes it. UnknownDefinition where its definition is not given.

    ValueError where the plan does not say from when pregnancies count: `check_plan` refuses such a plan.
    """
    event = plan.index_event
    if not event.rule:
        raise ValueError("index_event.rule: found none, wanted from when pregnancies can be outcomes")
    definition: Definition | None = None
    if event.definition:
        known = {row.id: row for row in definitions.losses} if definitions else {}
        if event.definition not in known:
            raise UnknownDefinition(event.definition, tuple(known))
        definition = known[event.definition]
    return IndexRule(
        kind=event.rule,
        losses=definition.losses if definition else event.losses,
        in_a_row=event.in_a_row,
        definition=definition,
        pregnant_enter=event.pregnant_enter,
    )
