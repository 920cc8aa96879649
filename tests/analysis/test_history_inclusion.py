"""Pregnancies after inclusion, by dates known to the day, the month or not at all."""

from pathlib import Path

import numpy as np
import pytest

from gravida.analysis.history import IndexRule, history
from gravida.analysis.history_quality import PREFERRED_WEEKS
from gravida.protocol.plan import InputMapping
from tests.analysis.plans import pregnancies

HEAD = "woman,order,ending,weeks,began,ended,included,recognised_week\n"
AFTER = IndexRule(kind="after_inclusion", pregnant_enter=True)
ONLY_AFTER = IndexRule(kind="after_inclusion", pregnant_enter=False)


def rows(tmp_path: Path, rule: IndexRule, *lines: str) -> tuple[list[int], dict[str, int]]:
    risk = history(pregnancies(tmp_path, HEAD + "\n".join(lines) + "\n"), rule=rule)
    return risk.number.tolist(), {step.code: step.pregnancies_out for step in risk.flow}


# a pregnancy of a woman included on 1 June 2023 | enters when pregnant then | is an index pregnancy otherwise
STARTS = [
    ("A,1,live_birth,39,2023-06-02,2024-03-01,2023-06-01,5", True, True),
    ("A,1,miscarriage,8,2023-06-01,2023-07-27,2023-06-01,5", True, False),
    ("A,1,miscarriage,8,2023-04-01,2023-05-27,2023-06-01,5", False, False),
    ("A,1,live_birth,39,2023-04-01,2023-12-31,2023-06-01,5", True, False),
    ("A,1,ongoing,,2023-04-01,,2023-06-01,5", True, False),
    ("A,1,live_birth,39,2023-06,2024-03-01,2023-06-01,5", False, False),
    ("A,1,live_birth,39,,2024-03-01,2023-06-01,5", False, False),
    ("A,1,live_birth,39,2023-07-01,2024-03-01,,5", False, False),
]


@pytest.mark.parametrize(("line", "enters", "index"), STARTS)
def test_only_pregnancies_after_inclusion_are_index_pregnancies(
    tmp_path: Path, line: str, enters: bool, index: bool
):
    assert rows(tmp_path, AFTER, line)[0] == ([1] if enters else [])
    assert rows(tmp_path, ONLY_AFTER, line)[0] == ([1] if index else [])


def test_whose_begin_cannot_be_placed_is_left_out_and_counted(tmp_path: Path):
    steps = rows(tmp_path, AFTER, STARTS[5][0], "B,1,miscarriage,8,2020-01-01,2020-02-26,2023-06-01,5")[1]

    assert steps == {"read": 0, "index_cannot_be_told": 1, "not_after_index_event": 1}


def test_a_woman_pregnant_at_inclusion_enters_at_her_age_on_that_day(tmp_path: Path):
    line = "A,1,live_birth,39,2023-04-01,2023-12-31,2023-06-03,5"

    risk = history(pregnancies(tmp_path, HEAD + line + "\n"), rule=AFTER)

    assert risk.entry.tolist() == [9.0]
    assert risk.exit.tolist() == [39.5]


def test_the_history_before_inclusion_is_counted_though_it_is_no_outcome(tmp_path: Path):
    lines = [f"A,{n},miscarriage,8,20{n:02d}-01-01,20{n:02d}-02-26,2023-06-01,5" for n in (10, 11, 12)]
    lines.append("A,24,live_birth,39,2024-01-01,2024-10-01,2023-06-01,4")

    risk = history(pregnancies(tmp_path, HEAD + "\n".join(lines) + "\n"), rule=AFTER)

    assert risk.number.tolist() == [4]
    assert risk.lag("early_losses").values.tolist() == [3.0]


def test_a_recognition_told_as_a_date_is_a_week(tmp_path: Path):
    line = "A,1,live_birth,39,2023-04-01,2023-12-31,2023-01-01,2023-05-06\n"

    found = pregnancies(tmp_path, HEAD + line, InputMapping(recognised_in="dates"))

    assert found.recognised_week.tolist() == [5.0]


def test_oddities_are_counted(tmp_path: Path):
    text = HEAD + "\n".join(
        [
            "A,1,miscarriage,9,2020-01-01,2020-03-04,,9",  # recognised in the week of the loss
            "A,2,miscarriage,,2020-02-01,2020-03-28,,5",  # begins before the first ended; week not known
            "B,1,live_birth,39,2020-01-01,2019-12-01,,5",  # ends before it began
            "B,1,live_birth,39,2018-01-01,2018-10-01,,5",  # the same order, and ended before
            "C,1,unknown,,,,,",
        ]
    )
    quality = history(pregnancies(tmp_path, text + "\n")).quality

    assert (quality.losses, quality.losses_of_unknown_week) == (2, 1)
    assert (quality.negative_gaps, quality.inversions, quality.pairs_with_known_gap) == (2, 1, 2)
    assert quality.ends_before_it_began == 1
    assert (quality.losses_with_known_recognition, quality.recognised_at_or_after_loss) == (1, 1)
    assert (quality.women_of_unknown_order, quality.same_order_twice) == (1, 2)
    assert quality.endings_unknown == 1
    assert [heap.losses for heap in quality.heaps] == [int(week == 9) for week in PREFERRED_WEEKS]
    assert quality.heaps[2].ratio == float("inf")
    assert np.isnan(quality.heaps[0].ratio)
