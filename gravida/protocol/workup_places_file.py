"""The places of workup.toml, read: `where` of each test, [sample] and [history]."""

from typing import TypeVar

from msgspec.structs import fields

from gravida.protocol.antiphospholipid import Assay
from gravida.protocol.antiphospholipid_history import ClinicalHistory, Finding
from gravida.protocol.samples import Circumstance
from gravida.protocol.toml_tables import Table
from gravida.protocol.values import Missing
from gravida.protocol.workup_places import CircumstanceRule, HistoryPlace, Place, Places, SamplePlace

_TEXTS = (
    "on",
    "partner",
    "absent_by",
    "methods",
    "details",
    "lower_limit",
    "upper_limit",
    "confirmed",
    "per_ten",
    "assay",
    "percentile_99",
)
HISTORY = tuple(
    field.name
    for field in fields(ClinicalHistory)
    if isinstance(getattr(ClinicalHistory(), field.name), Finding)
)


def places_in(top: Table) -> Places:
    """Every place of the file; what is wrong is noted."""
    history = top.table("history")
    history.only(*HISTORY)
    return Places(
        tests={
            str(table.data.get("id")): _place(table.table("where"))
            for table in top.tables("test")
            if "where" in table.data
        },
        sample=_sample(top.table("sample")),
        history={name: _history(history.table(name)) for name in HISTORY if name in history.data},
        assays=_kinds(top.table("antiphospholipid").table("assays"), Assay),
    )


def _place(table: Table, *others: str) -> Place:
    table.only("only", "absent", *_TEXTS, *others)
    only = table.table("only")
    return Place(
        only={key: only.text(key) for key in only.data},
        absent=_kinds(table.table("absent"), Missing),
        **{key: table.text(key, required=False) for key in _TEXTS},
    )


Kind = TypeVar("Kind", Assay, Missing)


def _kinds(table: Table, kind: type[Kind]) -> dict[str, Kind]:
    """Codes of the record, and what each stands for."""
    found = {}
    for code in table.data:
        text = table.one_of(code, [member.value for member in kind])
        if text:
            found[code] = kind(text)
    return found


def _sample(table: Table) -> SamplePlace:
    if not table.data:
        return SamplePlace()
    rules = []
    for rule in table.tables("circumstances"):
        rule.only("variable", "codes", "is")
        name = rule.one_of("is", list(Circumstance))
        if name:
            codes = frozenset(rule.list_of_texts("codes"))
            rules.append(
                CircumstanceRule(variable=rule.text("variable"), codes=codes, circumstance=Circumstance(name))
            )
    return SamplePlace(
        form=table.text("form"), place=_place(table, "form", "circumstances"), circumstances=tuple(rules)
    )


def _history(table: Table) -> HistoryPlace:
    table.only("variable", "codes", "unknown", "on", "high_risk")
    variable = table.text("variable")
    if variable and "." not in variable:
        table.mistake("variable", found=f"variable {variable}", wanted="a variable as FORM.variable")
    return HistoryPlace(
        variable=variable,
        codes=frozenset(table.list_of_texts("codes")),
        unknown=frozenset(table.list_of_texts("unknown", required=False)),
        on=table.text("on", required=False),
        high_risk=table.text("high_risk", required=False),
    )
