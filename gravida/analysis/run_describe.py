"""The source before any model: flow, counts, oddities, table one, missing values, definitions."""

import numpy as np

from gravida.analysis.fit import BoolArray, FloatArray, IntArray
from gravida.analysis.history import counted_by
from gravida.analysis.history_counting import NotCountable, Parts, definition_parts
from gravida.analysis.history_facts import Risk, facts
from gravida.analysis.history_flow import FlowStep
from gravida.analysis.history_lags import places
from gravida.analysis.history_partner import losses_of_women_with_one_partner
from gravida.analysis.history_quality import Quality
from gravida.analysis.input.pregnancies import Pregnancies, role_column
from gravida.analysis.input.table import NoSuchColumn
from gravida.analysis.plan_expressions import NotInPlans
from gravida.analysis.plan_rows import AnalysisRows, analysis_rows
from gravida.analysis.report.results import (
    CountTable,
    DefinitionRow,
    Described,
    FlowResult,
    Heap,
    MissingRow,
    NamedCount,
    TableOne,
    TableOneRow,
)
from gravida.analysis.run_source import Source
from gravida.protocol.definitions import LOSS, Definition, Stance
from gravida.protocol.plan import Question, names_of

QUALITY = (
    "losses",
    "losses_of_unknown_week",
    "negative_gaps",
    "inversions",
    "pairs_with_known_gap",
    "ends_before_it_began",
    "losses_with_known_recognition",
    "recognised_at_or_after_loss",
    "women_of_unknown_order",
    "same_order_twice",
    "endings_unknown",
)
LAST_WEEK_SHOWN = 20


def describe(source: Source) -> Described:
    """Counts of the source; nothing is masked here."""
    quality = source.risk.quality
    return Described(
        pregnancies=len(source.pregnancies),
        women=len(source.pregnancies.women),
        flow=flow_told(source.risk.flow),
        counts=_counts(source),
        quality=tuple(NamedCount(name=name, count=int(getattr(quality, name))) for name in QUALITY),
        heaps=tuple(
            Heap(week=heap.week, losses=heap.losses, around=heap.around, ratio=float(heap.ratio))
            for heap in quality.heaps
        ),
        table_one=_tables_one(source),
        missing=_missing(source),
        definitions=_definitions(source),
    )


def flow_told(steps: tuple[FlowStep, ...]) -> tuple[FlowResult, ...]:
    """The steps of a flow; those that met nobody are left out, the first apart."""
    return tuple(
        FlowResult(
            code=step.code,
            pregnancies_out=step.pregnancies_out,
            women_out=step.women_out,
            pregnancies=step.pregnancies,
            women=step.women,
        )
        for number, step in enumerate(steps)
        if number == 0 or step.pregnancies_out
    )


def _counts(source: Source) -> tuple[CountTable, ...]:
    age = _age(source)
    counted = facts(source.pregnancies, age_years=age)
    tables = [
        _one_column("endings", [(row.what, row.count) for row in counted.endings]),
        _one_column("women_by_early_losses", _capped(counted.women_by_early_losses, 5)),
        _risks("risk_by_earlier", counted.risk_by_earlier),
        _risks("risk_by_run", counted.risk_by_run),
    ]
    if counted.risk_by_age:
        tables.append(_risks("risk_by_age", counted.risk_by_age))
    if counted.after_third:
        tables.append(_one_column("after_third", [(row.what, row.count) for row in counted.after_third]))
    tables.append(_by_week(source.risk.quality))
    return tuple(table for table in tables if table.total)


def _capped(rows: tuple[object, ...], most: int) -> list[tuple[str, int]]:
    """Counts by number, those of `most` and more together."""
    found: dict[str, int] = {}
    for row in rows:
        number, count = int(row.what), int(row.count)  # type: ignore[attr-defined]
        name = str(number) if number < most else f">={most}"
        found[name] = found.get(name, 0) + count
    return list(found.items())


def _age(source: Source) -> FloatArray | None:
    """Age at conception of every pregnancy of the source, where the plan names it "age"."""
    for name in ("age", "age_years"):
        try:
            values = source.columns.variable(name)
        except (NoSuchColumn, NotInPlans, KeyError):
            continue
        found = np.full(len(source.pregnancies), np.nan)
        found[source.risk.rows] = values
        return found
    return None


def _one_column(id_: str, rows: list[tuple[str, int]]) -> CountTable:
    total = sum(count for _, count in rows)
    return CountTable(
        id=id_,
        rows=tuple(name for name, _ in rows),
        columns=("count",),
        cells=tuple((count,) for _, count in rows),
        row_totals=(),
        column_totals=(total,),
        total=total,
    )


def _risks(id_: str, risks: tuple[Risk, ...]) -> CountTable:
    events, rows = sum(risk.events for risk in risks), sum(risk.pregnancies for risk in risks)
    return CountTable(
        id=id_,
        rows=tuple(risk.group for risk in risks),
        columns=("early_loss", "no_early_loss"),
        cells=tuple((risk.events, risk.pregnancies - risk.events) for risk in risks),
        row_totals=tuple(risk.pregnancies for risk in risks),
        column_totals=(events, rows - events),
        total=rows,
    )


def _by_week(quality: Quality) -> CountTable:
    counts = quality.losses_by_week.tolist()
    rows = [(str(week), int(count)) for week, count in enumerate(counts[: LAST_WEEK_SHOWN + 1])]
    rows.append((f">={LAST_WEEK_SHOWN + 1}", int(sum(counts[LAST_WEEK_SHOWN + 1 :]))))
    return _one_column("losses_by_week", rows)


def _tables_one(source: Source) -> tuple[TableOne, ...]:
    """Table one of the first question that has factors, and of each later one with other rows."""
    found: list[TableOne] = []
    for question in source.plan.questions:
        if question.grain != "pregnancy" or found:
            continue
        factors = question.factors or tuple(factor.id for factor in source.plan.factors)
        rows = analysis_rows(
            source.plan,
            question,
            source.risk,
            model=question.models[0],
            factors=factors,
            keep_missing=True,
            columns=source.columns,
        )
        if len(rows.names) and 0 < rows.event.sum() < len(rows):
            found.append(table_one(source, question, rows))
    return tuple(found)


def table_one(source: Source, question: Question, rows: AnalysisRows) -> TableOne:
    """Every column of a model by whether the outcome happened, with standardised differences."""
    event = rows.event == 1
    splines = {name for name, _ in rows.knots}
    lines = [
        _line(rows, at, event)
        for at in range(len(rows.names))
        if rows.factor_of[at] not in splines or rows.names[at] == rows.factor_of[at]
    ]
    return TableOne(
        question=question.id,
        with_outcome=int(event.sum()),
        without_outcome=int((~event).sum()),
        rows=tuple(lines),
    )


def _line(rows: AnalysisRows, at: int, event: BoolArray) -> TableOneRow:
    values = rows.x[:, at]
    known = ~np.isnan(values)
    one, other = values[event & known], values[~event & known]
    is_share = bool(np.isin(values[known], (0.0, 1.0)).all())
    means = [float(group.mean()) if len(group) else float("nan") for group in (one, other)]
    spreads = [float(group.std(ddof=1)) if len(group) > 1 else float("nan") for group in (one, other)]
    return TableOneRow(
        factor=rows.factor_of[at],
        level=rows.names[at] if is_share else "",
        kind="share" if is_share else "number",
        with_outcome=int(one.sum()) if is_share else None,
        with_mean=means[0],
        with_deviation=None if is_share else spreads[0],
        without_outcome=int(other.sum()) if is_share else None,
        without_mean=means[1],
        without_deviation=None if is_share else spreads[1],
        standardised_difference=_difference(means, spreads, is_share=is_share),
    )


def _difference(means: list[float], spreads: list[float], *, is_share: bool) -> float | None:
    """Difference of means in pooled standard deviations. Source: Austin, Stat Med 2009;28:3083."""
    variances = [mean * (1 - mean) for mean in means] if is_share else [spread**2 for spread in spreads]
    pooled = sum(variances) / 2
    return (means[0] - means[1]) / float(np.sqrt(pooled)) if pooled > 0 else None


def _missing(source: Source) -> tuple[MissingRow, ...]:
    """Every column that the plan reads, as the source holds it."""
    table = source.pregnancies.table
    found = []
    roles = (role_column(table.names, source.plan.input, one.role) for one in source.plan.input.roles)
    for name in dict.fromkeys([*names_of(source.plan), *(role for role in roles if role)]):
        if name not in table:
            continue
        column = table.column(name)
        missing = int(column.is_missing.sum())
        reasons = tuple(NamedCount(name=why, count=count) for why, count in column.reasons().items())
        found.append(
            MissingRow(
                column=column.name,
                missing=missing,
                pregnancies=len(column),
                share=missing / len(column) if len(column) else None,
                reasons=reasons,
            )
        )
    return tuple({row.column: row for row in found}.values())


def _definitions(source: Source) -> tuple[DefinitionRow, ...]:
    if source.definitions is None or (source.pregnancies.ending == 0).all():
        return ()
    return tuple(_definition(source.pregnancies, definition) for definition in source.definitions.losses)


def _definition(pregnancies: Pregnancies, definition: Definition) -> DefinitionRow:
    told = {"id": definition.id, "losses": definition.losses, "consecutive": definition.consecutive.value}
    try:
        fewest, most = _losses_of_women(pregnancies, definition)
    except NotCountable as problem:
        return DefinitionRow(**told, met=None, not_met=None, cannot_tell=None, needs=problem.needs)  # type: ignore[arg-type]
    met, never = fewest >= definition.losses, most < definition.losses
    return DefinitionRow(
        **told,  # type: ignore[arg-type]
        met=int(met.sum()),
        not_met=int(never.sum()),
        cannot_tell=int((~met & ~never).sum()),
        needs="",
    )


def _losses_of_women(pregnancies: Pregnancies, definition: Definition) -> tuple[IntArray, IntArray]:
    """Fewest and most losses of each woman by the end of what she told, (women,) each."""
    if definition.same_partner:
        return losses_of_women_with_one_partner(pregnancies, definition)
    parts = definition_parts(pregnancies, definition)
    women = len(pregnancies.women)
    certain = np.bincount(pregnancies.woman, weights=parts == LOSS, minlength=women).astype(np.int64)
    possible = np.bincount(pregnancies.woman, weights=(parts & LOSS) != 0, minlength=women).astype(np.int64)
    if definition.consecutive is Stance.NO:
        return certain, possible
    run_fewest, run_most = _runs(pregnancies, definition, parts)
    if definition.consecutive is Stance.YES:
        return run_fewest, run_most
    return run_fewest, possible


def _runs(pregnancies: Pregnancies, definition: Definition, parts: Parts) -> tuple[IntArray, IntArray]:
    """The longest run of each woman, read at a place after her last pregnancy."""
    women = len(pregnancies.women)
    when = order_of(pregnancies)
    after = np.nanmax(when, initial=0.0) + 1.0
    where = places(
        np.concatenate([pregnancies.woman, np.arange(women)]), np.concatenate([when, np.full(women, after)])
    )
    longer = np.concatenate([parts, np.zeros(women, dtype=parts.dtype)])[where.order]
    counted = counted_by(definition, where, longer, in_a_row=True)
    last = np.flatnonzero(where.order >= len(pregnancies))
    return counted.fewest[last], counted.most[last]


def order_of(pregnancies: Pregnancies) -> FloatArray:
    """What puts pregnancies in order: the first of order, end and beginning that is known at all."""
    for told in (pregnancies.order, pregnancies.ended_first, pregnancies.began_first):
        if not np.isnan(told).all():
            return told
    return np.full(len(pregnancies), np.nan)
