"""The facts of the criteria, read from a woman's form rows where study.toml says they stand."""

from gravida.protocol.criteria import Criteria, Fact
from gravida.protocol.record import Row, WomanRecord
from gravida.protocol.spans import Held


def recorded_facts(criteria: Criteria, record: WomanRecord) -> dict[str, Held]:
    """Every fact by its name, from the latest row of its form; a fact without row or place is not known.

    ValueError where a number or a date of the record is none.
    """
    return {fact.id: _recorded(fact, record) for fact in criteria.facts}


def _recorded(fact: Fact, record: WomanRecord) -> Held:
    form, _, variable = fact.variable.partition(".")
    row = record.one(form) if variable else None
    if row is None:
        return None
    missing = row.missing(variable)
    return missing if missing is not None else _held(fact, row, variable)


def _held(fact: Fact, row: Row, variable: str) -> Held:
    if fact.type == "yn":
        return row.answer(variable)
    if fact.type in ("int", "dec"):
        return row.number_of(variable)
    if fact.type in ("date", "pdate"):
        return row.day(variable)
    return row.codes(variable) if fact.type == "multi" else row.code(variable)
