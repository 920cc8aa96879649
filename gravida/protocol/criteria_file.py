"""The facts and criteria of study.toml, read."""

from pathlib import Path

from gravida.protocol.criteria import Criteria, Criterion, CriterionKind, CriterionPart, Fact, Source
from gravida.protocol.dictionary import Dictionary, Required, Variable, VariableType
from gravida.protocol.expressions import names_in
from gravida.protocol.kinds import Kind, KindReader
from gravida.protocol.mistakes import Mistake, StudyFolderMistake
from gravida.protocol.text_files import read_toml
from gravida.protocol.toml_tables import Table

FACT_TYPES = ("int", "dec", "yn", "date", "pdate", "enum", "multi")


def read_criteria(folder: Path) -> Criteria:
    """The criteria of a study folder. StudyFolderMistake, naming the first mistake, where they have any."""
    mistakes: list[Mistake] = []
    file = read_toml(folder / "study.toml", mistakes)
    criteria = Criteria()
    if file is not None:
        criteria = criteria_in(Table(file=file, place=(), data=file.data, mistakes=mistakes))
    if mistakes:
        raise StudyFolderMistake(str(mistakes[0]))
    return criteria


def criteria_in(study: Table) -> Criteria:
    """Facts and criteria of the study; what is wrong with them is noted in the table's mistakes."""
    facts = tuple(_fact(table) for table in study.tables("fact"))
    known = {fact.id for fact in facts}
    criteria = tuple(_criterion(table, known) for table in study.tables("criterion"))
    _no_name_twice(study, "fact", [fact.id for fact in facts])
    _no_name_twice(study, "criterion", [criterion.id for criterion in criteria])
    _every_fact_used(study, facts, criteria)
    _rules_answer(study, facts, criteria)
    return Criteria(facts=facts, criteria=criteria)


def _no_name_twice(study: Table, key: str, ids: list[str]) -> None:
    for number, found in enumerate(ids):
        if found and found in ids[:number]:
            table = list(study.tables(key))[number]
            table.mistake("id", found=f"{key} {found} a second time", wanted="every name once")


def _every_fact_used(study: Table, facts: tuple[Fact, ...], criteria: tuple[Criterion, ...]) -> None:
    used = {fact for criterion in criteria for fact in criterion.fact_ids}
    for table, fact in zip(study.tables("fact"), facts, strict=True):
        if fact.id and fact.id not in used:
            table.mistake(
                "id", found=f"fact {fact.id} that no criterion reads", wanted="facts the criteria need"
            )


def _rules_answer(study: Table, facts: tuple[Fact, ...], criteria: tuple[Criterion, ...]) -> None:
    """Note every rule that is no condition, or joins facts of two kinds."""
    as_form = Dictionary(
        forms={},
        variables={f".{fact.id}": _as_variable(fact) for fact in facts},
        lists={},
    )
    for table, criterion in zip(study.tables("criterion"), criteria, strict=True):
        reader = KindReader(dictionary=as_form, form="")
        for part in criterion.parts:
            reader.wants(part.rule, Kind.ANSWER)
        for complaint in dict.fromkeys(reader.complaints):
            if "which names no variable" not in complaint.found:  # said already: no fact
                table.mistake("rule", found=complaint.found, wanted=complaint.wanted)


def _as_variable(fact: Fact) -> Variable:
    kind = VariableType(fact.type) if fact.type else VariableType.STR
    return Variable(form="", name=fact.id, label={}, type=kind, required=Required.ALWAYS)


def _fact(table: Table) -> Fact:
    table.only("id", "type", "unit", "variable", "range", "question", "help", "sensitive")
    low, high = table.range()
    return Fact(
        id=table.id(),
        type=table.one_of("type", FACT_TYPES),
        unit=table.text("unit", required=False),
        variable=table.text("variable", required=False),
        question=table.texts("question", required=False),
        help=table.texts("help", required=False),
        sensitive=table.yes("sensitive"),
        low=low,
        high=high,
    )


def _criterion(table: Table, facts: set[str]) -> Criterion:
    table.only("id", "kind", "text", "source", "rule", "part")
    identity, text = table.id(), table.texts("text")
    parts = tuple(_part(part, facts) for part in table.tables("part"))
    if "rule" in table.data and parts:
        table.mistake("rule", found="a rule and parts", wanted="either a rule or parts")
    if not parts:
        parts = (_rule_as_part(table, identity, text, facts),)
    kind = table.one_of("kind", [kind.value for kind in CriterionKind])
    return Criterion(
        id=identity,
        kind=CriterionKind(kind) if kind else CriterionKind.INCLUSION,
        text=text,
        source=_source(table),
        parts=tuple(part for part in parts if part is not None),
    )


def _source(table: Table) -> Source:
    if not table.data.get("source"):
        table.mistake(
            None, found=f"criterion {table.data.get('id')} without source", wanted="source.field and item"
        )
        return Source(field="", item="")
    source = table.table("source")
    source.only("field", "item")
    return Source(field=source.text("field"), item=source.text("item"))


def _part(table: Table, facts: set[str]) -> CriterionPart | None:
    table.only("id", "text", "rule")
    return _rule_as_part(table, table.id(), table.texts("text"), facts)


def _rule_as_part(table: Table, identity: str, text: dict[str, str], facts: set[str]) -> CriterionPart | None:
    rule = table.rule()
    if rule is None:
        return None
    for name in names_in(rule):
        if str(name) not in facts:
            table.mistake(
                "rule", found=f"{name}, which is no fact", wanted=f"one of {', '.join(sorted(facts))}"
            )
    return CriterionPart(id=identity, text=text, rule=rule, rule_text=table.text("rule"))
