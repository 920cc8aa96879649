"""The smaller tables of plan.toml: population, index event, input, sensitivity, thresholds, imputation."""

from gravida.protocol.plan import (
    EndingCodes,
    Imputation,
    IndexEvent,
    InputMapping,
    Population,
    RoleColumns,
    Sensitivity,
    Thresholds,
)
from gravida.protocol.plan_words import ENDINGS, INDEX_RULES, ROLES, SENSITIVITIES
from gravida.protocol.toml_tables import Table


def population_in(table: Table) -> Population:
    """Whom the plan takes."""
    table.only("text", "where")
    return Population(
        text=table.texts("text"),
        where=table.rule("where") if "where" in table.data else None,
        where_text=table.text("where", required=False),
    )


def index_event_in(table: Table) -> IndexEvent:
    """From when pregnancies can be outcomes."""
    table.only("text", "rule", "losses", "in_a_row", "definition", "pregnant_enter")
    losses = table.number("losses") if "losses" in table.data else 3
    if losses is None or losses < 1:
        table.mistake("losses", found=f"losses = {losses}", wanted="1 or more")
    return IndexEvent(
        text=table.texts("text"),
        rule=table.one_of("rule", INDEX_RULES) if "rule" in table.data else "",
        losses=losses or 3,
        in_a_row=table.yes("in_a_row"),
        definition=table.text("definition", required=False),
        pregnant_enter=table.yes("pregnant_enter", default=True),
    )


def input_in(table: Table) -> InputMapping:
    """What the columns of the input mean."""
    table.only(
        "columns", "endings", "weeks_in", "recognised_in", "times_in", "completed_weeks", "in_pregnancy"
    )
    columns, endings = table.table("columns"), table.table("endings")
    columns.only(*ROLES)
    endings.only(*ENDINGS)
    mapping = InputMapping(
        roles=tuple(RoleColumns(role=role, names=_names(columns, role)) for role in columns.data),
        endings=tuple(
            EndingCodes(ending=ending, codes=endings.list_of_texts(ending)) for ending in endings.data
        ),
        weeks_in=_unit(table, "weeks_in", ("weeks", "days")),
        recognised_in=_unit(table, "recognised_in", ("weeks", "days", "dates")),
        times_in=_unit(table, "times_in", ("dates", "days", "months")),
        completed_weeks=table.yes("completed_weeks", default=True),
        in_pregnancy=table.rule("in_pregnancy") if "in_pregnancy" in table.data else None,
        in_pregnancy_text=table.text("in_pregnancy", required=False),
    )
    codes = [code for group in mapping.endings for code in group.codes]
    for code in dict.fromkeys(codes):
        if codes.count(code) > 1:
            table.mistake("endings", found=f"code {code} under two endings", wanted="each code once")
    return mapping


def _unit(table: Table, key: str, units: tuple[str, ...]) -> str:
    return table.one_of(key, units) if key in table.data else units[0]


def _names(table: Table, role: str) -> tuple[str, ...]:
    value = table.data[role]
    return table.list_of_texts(role) if isinstance(value, list) else (table.text(role),)


def sensitivity_in(table: Table) -> Sensitivity:
    """An analysis done again with one thing changed."""
    table.only("id", "text", "kind", "questions", "weeks", "definitions", "where")
    kind = table.one_of("kind", SENSITIVITIES) if "kind" in table.data else ""
    weeks = table.data.get("weeks", [])
    if not isinstance(weeks, list) or not all(type(week) is int for week in weeks):
        table.mistake("weeks", found=f"weeks = {weeks!r}", wanted="whole weeks as [-1, 1]")
        weeks = []
    for key, wants in (("weeks", "shift_weeks"), ("where", "leave_out")):
        if (key in table.data) != (kind == wants):
            table.mistake(key, found=f"kind {kind or 'none'}", wanted=f"{key} with kind {wants}")
    return Sensitivity(
        id=table.id(),
        text=table.texts("text"),
        kind=kind,
        questions=table.list_of_texts("questions", required=False),
        weeks=tuple(weeks),
        definitions=table.list_of_texts("definitions", required=False),
        where=table.rule("where") if "where" in table.data else None,
        where_text=table.text("where", required=False),
    )


def thresholds_in(table: Table) -> Thresholds:
    """Limits of what is shown and fitted."""
    usual = Thresholds()
    table.only("small_cell", "min_risk_set", "few_women", "riley_c", "riley_share")
    found = Thresholds(
        small_cell=_whole(table, "small_cell", usual.small_cell),
        min_risk_set=_whole(table, "min_risk_set", usual.min_risk_set),
        few_women=_whole(table, "few_women", usual.few_women),
        riley_c=table.real("riley_c", usual.riley_c),
        riley_share=table.real("riley_share", usual.riley_share),
    )
    if not 0.5 < found.riley_c < 1:
        table.mistake("riley_c", found=f"riley_c = {found.riley_c}", wanted="between 0.5 and 1")
    if not 0 <= found.riley_share < 1:
        table.mistake("riley_share", found=f"riley_share = {found.riley_share}", wanted="from 0 to below 1")
    return found


def _whole(table: Table, key: str, usual: int, least: int = 1) -> int:
    if key not in table.data:
        return usual
    number = table.number(key)
    if number is None or number < least:
        table.mistake(key, found=f"{key} = {number}", wanted=f"{least} or more")
        return usual
    return number


def imputation_in(table: Table) -> Imputation:
    """How missing values are treated."""
    usual = Imputation()
    table.only("method", "imputations", "iterations", "donors", "of_woman", "below_detection", "auxiliary")
    methods = ("complete_cases", "chained_equations")
    return Imputation(
        method=table.one_of("method", methods) if "method" in table.data else usual.method,
        imputations=_whole(table, "imputations", usual.imputations, least=0),
        iterations=_whole(table, "iterations", usual.iterations),
        donors=_whole(table, "donors", usual.donors),
        of_woman=table.list_of_texts("of_woman", required=False),
        below_detection=table.list_of_texts("below_detection", required=False),
        auxiliary=table.list_of_texts("auxiliary", required=False),
    )
