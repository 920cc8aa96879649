"""What one table hides no other table gives away."""

from dataclasses import replace

import numpy as np

from gravida.analysis.report.codec import MASKED
from gravida.analysis.report.disclosure_described import (
    DescribedWithFlows,
    QuestionFlow,
    masked_together,
)
from gravida.analysis.report.joint_masking import JointMasking
from gravida.analysis.report.masking import chain_sums, table_sums
from gravida.analysis.report.results import CountTable, Described, FlowResult, TableOne, TableOneRow


def _flow(*steps: tuple[str, int, int]) -> tuple[FlowResult, ...]:
    """Steps as code, pregnancies out, women out, from 300 pregnancies of 200 women."""
    rows, women, found = 300, 200, []
    for code, out, women_out in steps:
        rows, women = rows - out, women - women_out
        found.append(
            FlowResult(code=code, pregnancies_out=out, women_out=women_out, pregnancies=rows, women=women)
        )
    return tuple(found)


def _described(**fields: object) -> Described:
    empty = Described(
        pregnancies=300,
        women=200,
        flow=_flow(("read", 0, 0)),
        counts=(),
        quality=(),
        heaps=(),
        table_one=(),
        missing=(),
        definitions=(),
    )
    return replace(empty, **fields)


def test_a_step_hidden_in_one_flow_is_hidden_in_the_flow_that_shares_it() -> None:
    # given two questions that set the same pregnancies aside, one of them one step more
    short = _flow(("at_risk", 0, 0), ("set_aside:a", 60, 45), ("set_aside:b", 30, 3))
    long = (*short, *_flow(("at_risk", 0, 0), ("ongoing", 40, 20))[1:])
    long = (*short, replace(long[-1], pregnancies=170, women=132))
    flows = (
        QuestionFlow(question="long", grain="pregnancy", steps=long),
        QuestionFlow(question="short", grain="pregnancy", steps=short),
    )
    # when their counts are masked together
    told = masked_together(DescribedWithFlows(described=_described(), flows=flows), smallest=5)
    # then the women who left with b cannot be had from the other flow's women who left with a
    first, second = (one.steps for one in told.flows)
    assert second[2].women_out == MASKED
    assert first[1].women_out == second[1].women_out == MASKED


def test_a_cell_hidden_in_table_one_is_hidden_in_the_risks_after_each_history() -> None:
    risks = CountTable(
        id="risk_by_earlier",
        rows=("0", "1", "2"),
        columns=("early_loss", "no_early_loss"),
        cells=((40, 160), (9, 30), (3, 8)),
        row_totals=(200, 39, 11),
        column_totals=(52, 198),
        total=250,
    )
    lines = tuple(
        TableOneRow(
            factor="losses",
            level=name,
            kind="share",
            with_outcome=one,
            with_mean=one / 52,
            with_deviation=None,
            without_outcome=other,
            without_mean=other / 198,
            without_deviation=None,
            standardised_difference=0.1,
        )
        for name, one, other in (("pl1", 9, 30), ("pl2", 3, 8))
    )
    table = TableOne(question="q", with_outcome=52, without_outcome=198, rows=lines)
    found = DescribedWithFlows(described=_described(counts=(risks,), table_one=(table,)), flows=())
    told = masked_together(found, smallest=5).described
    by_history = told.counts[0].cells
    of_factor = [(row.with_outcome, row.without_outcome) for row in told.table_one[0].rows]
    assert of_factor == [tuple(by_history[1]), tuple(by_history[2])]
    assert by_history[2][0] == MASKED
    hidden = [row for row in told.table_one[0].rows if row.with_outcome == MASKED]
    assert all(row.with_mean is None and row.standardised_difference is None for row in hidden)


def test_equal_counts_of_other_groups_are_left_alone() -> None:
    joint = JointMasking(smallest=5)
    small, _ = table_sums(np.array([[3], [7], [90]]), row_totals=False, column_totals=True)
    one = joint.add(small, unit="women")
    other = joint.add(chain_sums([100, 93, 80], [0, 7, 13]), unit="pregnancies")
    joint.mask()
    assert joint.hidden(one).sum() == 2
    assert not joint.hidden(other).any()
