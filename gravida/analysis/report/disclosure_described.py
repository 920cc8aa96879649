"""The description of a source and the flows of its questions, their counts masked as one."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from gravida.analysis.report.codec import MASKED
from gravida.analysis.report.disclosure import number_of
from gravida.analysis.report.joint_masking import JointMasking
from gravida.analysis.report.masking import Sums, chain_sums, table_sums
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
from gravida.analysis.report.results_models import Count

# Tables of one group can tell the same count; an equal number in another group is chance.
PREGNANCIES, WOMEN = "pregnancies", "women"
CLASSIFIED, WOMEN_BY_LOSSES = "pregnancies by factor and outcome", "women by losses"
GROUP_OF = {
    "endings": PREGNANCIES,
    "women_by_early_losses": WOMEN_BY_LOSSES,
    "risk_by_earlier": CLASSIFIED,
    "risk_by_run": CLASSIFIED,
    "risk_by_age": CLASSIFIED,
}
GROUP_OF_GRAIN = {"pregnancy": PREGNANCIES}
Flow = tuple[FlowResult, ...]


@dataclass(frozen=True, kw_only=True)
class QuestionFlow:
    """The flow of one question."""

    question: str
    grain: str
    steps: tuple[FlowResult, ...]


@dataclass(frozen=True, kw_only=True)
class DescribedWithFlows:
    """What the first step of a run gives: the source, and the flow of every question."""

    described: Described
    flows: tuple[QuestionFlow, ...]


def masked_together(found: DescribedWithFlows, *, smallest: int) -> DescribedWithFlows:
    """Every count of the description and the flows, masked so that no table gives away another's."""
    joint = JointMasking(smallest=smallest)
    described = found.described
    flow = _flow(joint, described.flow, PREGNANCIES)
    flows = [(one, _flow(joint, one.steps, GROUP_OF_GRAIN.get(one.grain, one.grain))) for one in found.flows]
    counts = [_table(joint, table) for table in described.counts]
    table_one = [_table_one(joint, table) for table in described.table_one]
    missing = [_missing(joint, row) for row in described.missing]
    definitions = [_definition(joint, row) for row in described.definitions]
    joint.mask()
    told = tuple(table() for table in counts)
    by_week = next((table for table in told if table.id == "losses_by_week"), None)
    quality = tuple(
        NamedCount(name=one.name, count=MASKED if 0 < number_of(one.count) < smallest else one.count)
        for one in described.quality
    )
    return DescribedWithFlows(
        described=replace(
            described,
            flow=flow(),
            counts=told,
            quality=quality,
            heaps=tuple(_heap(heap, by_week) for heap in described.heaps),
            table_one=tuple(table() for table in table_one),
            missing=tuple(row() for row in missing),
            definitions=tuple(row() for row in definitions),
        ),
        flows=tuple(replace(one, steps=steps()) for one, steps in flows),
    )


def _flow(joint: JointMasking, flow: Flow, group: str) -> Callable[[], Flow]:
    if not flow:
        return lambda: flow
    pregnancies = joint.add(
        chain_sums(
            [number_of(step.pregnancies) for step in flow], [number_of(step.pregnancies_out) for step in flow]
        ),
        unit=group,
    )
    women = joint.add(
        chain_sums([number_of(step.women) for step in flow], [number_of(step.women_out) for step in flow]),
        unit=WOMEN,
    )

    def told() -> Flow:
        rows, people, steps = joint.told(pregnancies), joint.told(women), len(flow)
        return tuple(
            replace(
                step,
                pregnancies=rows[at],
                pregnancies_out=rows[steps + at],
                women=people[at],
                women_out=people[steps + at],
            )
            for at, step in enumerate(flow)
        )

    return told


def _table(joint: JointMasking, table: CountTable) -> Callable[[], CountTable]:
    cells = np.array([[number_of(cell) for cell in row] for row in table.cells], dtype=np.int64)
    sums, many = table_sums(cells, row_totals=bool(table.row_totals), column_totals=bool(table.column_totals))
    number = joint.add(sums, unit=GROUP_OF.get(table.id, table.id))
    return lambda: _told(table, joint.told(number), many)


def _told(table: CountTable, told: tuple[Count, ...], many: int) -> CountTable:
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


def _table_one(joint: JointMasking, table: TableOne) -> Callable[[], TableOne]:
    totals = (number_of(table.with_outcome), number_of(table.without_outcome))
    parts: list[Callable[[], list[TableOneRow]]] = []
    for factor in dict.fromkeys(row.factor for row in table.rows):
        parts += _lines(joint, [row for row in table.rows if row.factor == factor], totals)
    return lambda: replace(table, rows=tuple(row for part in parts for row in part()))


def _lines(
    joint: JointMasking, lines: list[TableOneRow], totals: tuple[int, int]
) -> list[Callable[[], list[TableOneRow]]]:
    """The levels of one factor: they and their reference add up to all, so that a rest can be worked out."""
    if any(line.kind == "number" for line in lines):
        return [lambda: lines]
    cells = np.array(
        [[number_of(line.with_outcome or 0), number_of(line.without_outcome or 0)] for line in lines]
    )
    known = [
        _known(lines[0].with_mean, int(cells[0, 0]), totals[0]),
        _known(lines[0].without_mean, int(cells[0, 1]), totals[1]),
    ]
    rest = np.array(known) - cells.sum(axis=0)
    if (rest < 0).any():  # terms that overlap: each has a rest of its own
        return [part for one in lines for part in _lines(joint, [one], totals)]
    sums, _ = table_sums(np.vstack([cells, rest]), row_totals=False, column_totals=True, fixed_columns=True)
    number = joint.add(sums, unit=CLASSIFIED)
    return [lambda: [_line(line, joint.hidden(number)[2 * at :]) for at, line in enumerate(lines)]]


def _known(share: float | None, count: int, total: int) -> int:
    """How many rows a share is of; the total where the share is 0."""
    return round(count / share) if share else total


def _line(line: TableOneRow, hidden: np.ndarray) -> TableOneRow:
    with_, without = bool(hidden[0]), bool(hidden[1])
    return replace(
        line,
        with_outcome=MASKED if with_ else line.with_outcome,
        with_mean=None if with_ else line.with_mean,
        without_outcome=MASKED if without else line.without_outcome,
        without_mean=None if without else line.without_mean,
        standardised_difference=None if with_ or without else line.standardised_difference,
    )


def _missing(joint: JointMasking, row: MissingRow) -> Callable[[], MissingRow]:
    reasons = [number_of(reason.count) for reason in row.reasons]
    missing = number_of(row.missing)
    counts = np.array([missing, row.pregnancies - missing, row.pregnancies, *reasons], dtype=np.int64)
    equations = np.zeros((2, len(counts)))
    equations[0, :3] = [1, 1, -1]
    equations[1, 0] = -1
    equations[1, 3:] = 1
    fixed = np.zeros(len(counts), dtype=np.bool_)
    fixed[2] = True
    sums = Sums(counts=counts, equations=equations[: 2 if reasons else 1], fixed=fixed)
    number = joint.add(sums, unit=f"{PREGNANCIES} of {row.column}")

    def told() -> MissingRow:
        hidden, shown = joint.hidden(number), joint.told(number)
        # How many are known is not told: its own mask only says that the missing ones are few, or nearly all.
        hide = bool(hidden[0] or hidden[1])
        return replace(
            row,
            missing=MASKED if hide else row.missing,
            share=None if hide else row.share,
            reasons=tuple(replace(one, count=shown[3 + at]) for at, one in enumerate(row.reasons)),
        )

    return told


def _definition(joint: JointMasking, row: DefinitionRow) -> Callable[[], DefinitionRow]:
    if row.met is None or row.not_met is None or row.cannot_tell is None:
        return lambda: row
    cells = np.array([[number_of(row.met), number_of(row.not_met), number_of(row.cannot_tell)]]).T
    sums, _ = table_sums(cells, row_totals=False, column_totals=True, fixed_columns=True)
    number = joint.add(sums, unit=WOMEN_BY_LOSSES)

    def told() -> DefinitionRow:
        met, not_met, cannot_tell, *_ = joint.told(number)
        return replace(row, met=met, not_met=not_met, cannot_tell=cannot_tell)

    return told
