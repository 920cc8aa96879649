"""The risk table of a register: `analysis.history` as one expression, run where the rows are."""

from dataclasses import dataclass

import ibis
from ibis.expr.types import BooleanValue, Table

from gravida.analysis.history import IndexRule
from gravida.analysis.history_flow import FlowStep
from gravida.explain.registers.facts import facts_of
from gravida.explain.registers.lags import in_places, with_lags
from gravida.explain.registers.source import Register
from gravida.protocol.definitions import Stance

TIMES = ("order", "ended", "began")


@dataclass(frozen=True, kw_only=True)
class RegisterRisks:
    """Pregnancies that can be outcomes, and the flow of those that cannot.

    `rows`: an expression with woman, row, number, index_number, ending, entry, exit, is_early_loss,
    may_be_early_loss, loss_type, NAME__fewest and NAME__most of every lag, and the register's own columns.
    """

    register: Register
    rows: Table
    every: Table  # all pregnancies, with is_index and cannot_tell

    def flow(self) -> tuple[FlowStep, ...]:
        """Who was read, who was left out and why, who stays: the steps of `analysis.history_flow`."""
        table = self.every
        no_woman = ibis.null(table.woman.type())
        kept = {"read": None, "index_cannot_be_told": ~table.cannot_tell}
        kept["not_after_index_event"] = ~table.cannot_tell & table.is_index
        told = {}
        for code, chosen in kept.items():
            told[f"{code} rows"] = table.count() if chosen is None else chosen.cast("int64").sum()
            women = table.woman if chosen is None else ibis.ifelse(chosen, table.woman, no_woman)
            told[f"{code} women"] = women.nunique()
        found = self.register.session.execute(table.aggregate(**told)).fillna(0).iloc[0]
        return _steps([(code, int(found[f"{code} rows"]), int(found[f"{code} women"])) for code in kept])


def _steps(counted: list[tuple[str, int, int]]) -> tuple[FlowStep, ...]:
    steps = []
    before = counted[0]
    for code, pregnancies, women in counted:
        steps.append(
            FlowStep(
                code=code,
                pregnancies_out=before[1] - pregnancies,
                women_out=before[2] - women,
                pregnancies=pregnancies,
                women=women,
            )
        )
        before = (code, pregnancies, women)
    return tuple(steps)


def risk_table(register: Register, *, rule: IndexRule | None = None) -> RegisterRisks:
    """The risk table under an index rule, row for row that of `analysis.history`.

    NotCountable where the rule's definition reads what endings and weeks do not tell; ValueError for a rule
    of an unknown kind. One small query finds which time the register has; nothing else runs before a result
    is asked for.
    """
    rule = rule or IndexRule()
    facts = facts_of(rule.definition)
    placed = in_places(facts.place(register.pregnancies), _ordered_by(register))
    table = with_lags(placed, facts, definition=rule.definition is not None)
    is_index, cannot_tell, late_entry = _index(table, rule, facts.has(table, "ongoing"))
    table = table.mutate(
        is_index=is_index,
        cannot_tell=cannot_tell,
        entry=ibis.greatest(table.recognised_week, late_entry)
        if late_entry is not None
        else table.recognised_week,
        exit=table.exit_weeks,
        is_early_loss=facts.has(table, "early_losses"),
        may_be_early_loss=facts.has(table, "may early_losses"),
    )
    rows = table.filter(table.is_index & ~table.cannot_tell)
    within = ibis.window(group_by="woman", order_by=["number"])
    rows = rows.mutate(index_number=ibis.row_number().over(within) + 1)
    return RegisterRisks(register=register, rows=rows.drop("is_index", "cannot_tell", "facts"), every=table)


def _ordered_by(register: Register) -> str:
    """The first of order, end and beginning that any row has."""
    table = register.pregnancies
    counted = register.session.execute(table.aggregate(**{name: table[name].count() for name in TIMES})).iloc[
        0
    ]
    for name in TIMES:
        if counted[name] > 0:
            return name
    return "order"


def _index(
    table: Table, rule: IndexRule, ongoing: BooleanValue
) -> tuple[BooleanValue, BooleanValue, ibis.Value | None]:
    """Which rows come after the index event, of which it cannot be told, and the week of a late entry."""
    if rule.kind == "every_pregnancy":
        return ibis.literal(True), ibis.literal(False), None
    if rule.kind == "after_losses":
        fewest, most = _counted(table, rule)
        return fewest >= rule.losses, (fewest < rule.losses) & (most >= rule.losses), None
    if rule.kind == "after_inclusion":
        return _after_inclusion(table, rule, ongoing)
    raise ValueError(f"index rule {rule.kind!r}: need every_pregnancy, after_losses or after_inclusion")


def _counted(table: Table, rule: IndexRule) -> tuple[ibis.Value, ibis.Value]:
    """The losses that let a woman in, fewest and most, counted before each pregnancy."""
    if rule.definition is None:
        name = "longest_run" if rule.in_a_row else "early_losses"
        return table[f"{name}__fewest"], table[f"{name}__most"]
    consecutive = rule.definition.consecutive
    if consecutive is Stance.NO and not rule.in_a_row:
        return table.defined__fewest, table.defined__most
    if consecutive is Stance.YES or rule.in_a_row:
        return table.defined_longest__fewest, table.defined_longest__most
    return table.defined_longest__fewest, table.defined__most


def _after_inclusion(
    table: Table, rule: IndexRule, ongoing: BooleanValue
) -> tuple[BooleanValue, BooleanValue, ibis.Value | None]:
    no = ibis.literal(False)
    after = (table.began > table.included).fill_null(no)
    before = (table.began <= table.included).fill_null(no)
    if not rule.pregnant_enter:
        return after, ~after & ~before, None
    lasts = (table.ended > table.included).fill_null(no) | (ongoing & table.ended.isnull())
    going_on = before & lasts
    late = ibis.ifelse(going_on, (table.included - table.began) / 7.0, ibis.null("float64"))
    return after | going_on, ~(after | going_on) & ~(before & ~going_on), late
