"""Results with small counts masked, and with everything gone from which a masked one could be worked out."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from gravida.analysis.report.codec import MASKED
from gravida.analysis.report.masking import Sums, chain_sums, masks, shown, table_sums
from gravida.analysis.report.results import (
    CountTable,
    DefinitionRow,
    Described,
    FlowResult,
    Heap,
    MissingRow,
    NamedCount,
    QuestionResult,
    SensitivityResult,
    TableOne,
    TableOneRow,
)
from gravida.analysis.report.results_models import (
    CalibrationPoint,
    Count,
    ImputationResult,
    MarkersResult,
    ModelResult,
    PredictionResult,
    RiskResult,
)


def masked_description(found: Described, *, smallest: int) -> Described:
    """The description of the source with its small counts masked."""
    counts = tuple(_table(table, smallest) for table in found.counts)
    by_week = next((table for table in counts if table.id == "losses_by_week"), None)
    return replace(
        found,
        flow=_flow(found.flow, smallest),
        counts=counts,
        quality=tuple(NamedCount(name=one.name, count=_small(one.count, smallest)) for one in found.quality),
        heaps=tuple(_heap(heap, by_week) for heap in found.heaps),
        table_one=tuple(_table_one(table, smallest) for table in found.table_one),
        missing=tuple(_missing(row, smallest) for row in found.missing),
        definitions=tuple(_definition(row, smallest) for row in found.definitions),
    )


def masked_question(found: QuestionResult, *, smallest: int) -> QuestionResult:
    """The answers to a question with their small counts masked."""
    flow = _flow(found.flow, smallest)
    return replace(
        found,
        flow=flow,
        models=tuple(_model(model, smallest) for model in found.models),
        risks=tuple(_risk(risk, smallest) for risk in found.risks),
        imputation=tuple(_imputation(one, smallest) for one in found.imputation),
        predictions=tuple(_prediction(one, smallest) for one in found.predictions),
        markers=tuple(_markers(one, smallest) for one in found.markers),
    )


def masked_sensitivity(found: SensitivityResult, *, smallest: int) -> SensitivityResult:
    """A sensitivity analysis with its small counts masked."""
    return replace(found, model=None if found.model is None else _model(found.model, smallest))


def _small(count: Count, smallest: int) -> Count:
    return MASKED if isinstance(count, int) and 0 < count < smallest else count


def _flow(flow: tuple[FlowResult, ...], smallest: int) -> tuple[FlowResult, ...]:
    if not flow:
        return flow
    pregnancies = _chain(
        [_number(s.pregnancies) for s in flow], [_number(s.pregnancies_out) for s in flow], smallest
    )
    women = _chain([_number(s.women) for s in flow], [_number(s.women_out) for s in flow], smallest)
    steps = len(flow)
    return tuple(
        replace(
            step,
            pregnancies=pregnancies[at],
            pregnancies_out=pregnancies[steps + at],
            women=women[at],
            women_out=women[steps + at],
        )
        for at, step in enumerate(flow)
    )


def _chain(stayed: Sequence[int], left: Sequence[int], smallest: int) -> tuple[Count, ...]:
    sums = chain_sums(stayed, left)
    return shown(sums.counts.tolist(), masks(sums, smallest=smallest))


def _number(count: Count) -> int:
    if isinstance(count, str):
        raise TypeError("counts are masked once: found a masked one")
    return count


def _table(table: CountTable, smallest: int) -> CountTable:
    cells = np.array([[_number(cell) for cell in row] for row in table.cells], dtype=np.int64)
    sums, many = table_sums(cells, row_totals=bool(table.row_totals), column_totals=bool(table.column_totals))
    told = shown(sums.counts.tolist(), masks(sums, smallest=smallest))
    columns = len(table.columns)
    rest = list(told[many:])
    row_totals = tuple(rest[: len(table.rows)]) if table.row_totals else ()
    rest = rest[len(row_totals) :]
    column_totals = tuple(rest[:columns]) if table.column_totals else ()
    total = rest[-1] if table.row_totals and table.column_totals else table.total
    if columns == 1 and column_totals:
        total = column_totals[0]
    return replace(
        table,
        cells=tuple(told[row * columns : (row + 1) * columns] for row in range(len(table.rows))),
        row_totals=row_totals,
        column_totals=column_totals,
        total=total,
    )


def _heap(heap: Heap, by_week: CountTable | None) -> Heap:
    """A heap is told where the week and both beside it are."""
    if by_week is None:
        return heap
    told = dict(zip(by_week.rows, (row[0] for row in by_week.cells), strict=True))
    beside = [told.get(str(week)) for week in (heap.week - 1, heap.week, heap.week + 1)]
    if MASKED not in beside:
        return heap
    losses = MASKED if beside[1] == MASKED else heap.losses
    return replace(heap, losses=losses, around=None, ratio=None)


def _table_one(table: TableOne, smallest: int) -> TableOne:
    totals = (_number(table.with_outcome), _number(table.without_outcome))
    rows: list[TableOneRow] = []
    for factor in dict.fromkeys(row.factor for row in table.rows):
        mine = [row for row in table.rows if row.factor == factor]
        rows += _lines(mine, totals, smallest)
    return TableOne(
        question=table.question,
        with_outcome=_small(table.with_outcome, smallest),
        without_outcome=_small(table.without_outcome, smallest),
        rows=tuple(rows),
    )


def _lines(lines: list[TableOneRow], totals: tuple[int, int], smallest: int) -> list[TableOneRow]:
    """The levels of one factor: they and their reference add up to all, so that a rest can be worked out."""
    if any(line.kind == "number" for line in lines):
        return lines
    cells = np.array(
        [[_number(line.with_outcome or 0), _number(line.without_outcome or 0)] for line in lines]
    )
    known = [
        _known(lines[0].with_mean, cells[0, 0], totals[0]),
        _known(lines[0].without_mean, cells[0, 1], totals[1]),
    ]
    rest = np.array(known) - cells.sum(axis=0)
    if (rest < 0).any():  # terms that overlap: each has a rest of its own
        return [line for one in lines for line in _lines([one], totals, smallest)]
    sums, _ = table_sums(np.vstack([cells, rest]), row_totals=False, column_totals=True, fixed_columns=True)
    hidden = masks(sums, smallest=smallest)
    found = []
    for at, line in enumerate(lines):
        with_, without = bool(hidden[2 * at]), bool(hidden[2 * at + 1])
        found.append(
            replace(
                line,
                with_outcome=MASKED if with_ else line.with_outcome,
                with_mean=None if with_ else line.with_mean,
                without_outcome=MASKED if without else line.without_outcome,
                without_mean=None if without else line.without_mean,
                standardised_difference=None if with_ or without else line.standardised_difference,
            )
        )
    return found


def _known(share: float | None, count: int, total: int) -> int:
    """How many rows a share is of; the total where the share is 0."""
    return round(count / share) if share else total


def _missing(row: MissingRow, smallest: int) -> MissingRow:
    reasons = [_number(reason.count) for reason in row.reasons]
    missing = _number(row.missing)
    counts = np.array([missing, row.pregnancies - missing, row.pregnancies, *reasons], dtype=np.int64)
    equations = np.zeros((2, len(counts)))
    equations[0, :3] = [1, 1, -1]
    equations[1, 0] = -1
    equations[1, 3:] = 1
    fixed = np.zeros(len(counts), dtype=np.bool_)
    fixed[2] = True
    hidden = masks(
        Sums(counts=counts, equations=equations[: 2 if reasons else 1], fixed=fixed), smallest=smallest
    )
    told = shown(counts.tolist(), hidden)
    # How many are known is not told: its own mask only says that the missing ones are few, or nearly all.
    hide = bool(hidden[0] or hidden[1])
    return replace(
        row,
        missing=MASKED if hide else row.missing,
        share=None if hide else row.share,
        reasons=tuple(replace(reason, count=told[3 + at]) for at, reason in enumerate(row.reasons)),
    )


def _definition(row: DefinitionRow, smallest: int) -> DefinitionRow:
    if row.met is None or row.not_met is None or row.cannot_tell is None:
        return row
    cells = np.array([[_number(row.met), _number(row.not_met), _number(row.cannot_tell)]]).T
    sums, _ = table_sums(cells, row_totals=False, column_totals=True, fixed_columns=True)
    met, not_met, cannot_tell, *_ = shown(sums.counts.tolist(), masks(sums, smallest=smallest))
    return replace(row, met=met, not_met=not_met, cannot_tell=cannot_tell)


def _model(model: ModelResult, smallest: int) -> ModelResult:
    events = model.events
    small_rest = isinstance(events, int) and 0 < model.rows - events < smallest
    return replace(
        model,
        events=MASKED if small_rest else _small(events, smallest),
        left_out=_small(model.left_out, smallest),
    )


def _risk(risk: RiskResult, smallest: int) -> RiskResult:
    return replace(risk, rows_at_level=_small(risk.rows_at_level, smallest))


def _imputation(found: ImputationResult, smallest: int) -> ImputationResult:
    return replace(
        found,
        incomplete_rows=_small(found.incomplete_rows, smallest),
        variables=tuple(replace(one, missing=_small(one.missing, smallest)) for one in found.variables),
        pooled=_model(found.pooled, smallest),
        complete_cases=_model(found.complete_cases, smallest),
    )


def _prediction(found: PredictionResult, smallest: int) -> PredictionResult:
    return replace(
        found,
        model=_model(found.model, smallest),
        calibration_groups=tuple(_group(group, smallest) for group in found.calibration_groups),
        external=tuple(replace(one, left_out=_small(one.left_out, smallest)) for one in found.external),
    )


def _group(group: CalibrationPoint, smallest: int) -> CalibrationPoint:
    """A group with few events, or few without, is told by what was foretold alone."""
    events, rows = _number(group.events), _number(group.rows)
    if not any(0 < count < smallest for count in (events, rows - events)):
        return group
    return replace(group, rows=_small(rows, smallest), events=MASKED, observed=None, lower=None, upper=None)


def _markers(found: MarkersResult, smallest: int) -> MarkersResult:
    events = found.events
    few_without = isinstance(events, int) and 0 < found.rows - events < smallest
    return replace(found, events=MASKED if few_without else _small(events, smallest))
