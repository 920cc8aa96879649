"""Dated values: the last one known by a day, never a later one, none of a pregnant woman."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from gravida.analysis.input.dated import Anchors, DatedColumn, last_known
from gravida.analysis.input.mistakes import InputRejected
from gravida.analysis.input.read import read_source
from gravida.analysis.input.table import BELOW_DETECTION, REASONS, number_column
from tests.analysis.cohort_folder import cohort_plan, folder
from tests.analysis.plans import factor, question

PREGNANCIES = """\
woman,order,ending,weeks,began,ended,recognised
A,1,miscarriage,8,2022-01-01,2022-02-26,2022-02-01
A,2,miscarriage,8,2023-06-01,2023-07-27,2023-07-01
B,1,live_birth,39,2023-06-01,2024-03-01,2023-07-01
"""
WOMEN = "woman,included,age\nA,2022-06-01,30\nB,2022-06-01,40"


def table(tmp_path: Path, *, timing: str = '"before_index"', name: str = "tsh", **tables: str):
    asked = '["logistic_cluster"]'
    made = cohort_plan(factor("measured", name, timing=timing), question(asked, factors='["measured"]'))
    named = made.input.roles
    path = folder(tmp_path / "cohort", woman=WOMEN, pregnancy=PREGNANCIES, **tables)
    assert named
    return read_source(path, made)


def values(tmp_path: Path, **tables: str) -> list[float | None]:
    column = table(tmp_path, **tables).table.column("tsh")
    return [None if np.isnan(value) else value for value in column.numbers]


# rows of a dated form of A (first pregnancy 2022-01-01, second 2023-06-01) | what each pregnancy gets
FORMS = {
    "the last before each": ("A,2021-05-01,1\nA,2023-01-01,2\nA,2023-02-01,3", [1, 3, None]),
    "the day itself is too late": ("A,2023-06-01,9\nA,2023-05-31,4", [None, 4, None]),
    "later never": ("A,2023-09-01,9\nB,2024-05-01,9", [None, None, None]),
    "in an earlier pregnancy is another question": ("A,2022-02-01,9\nA,2021-05-01,1", [1, 1, None]),
    "in the pregnancy itself too": ("A,2023-06-15,9", [None, None, None]),
    "a month that ends before": ("A,2023-05,5", [None, 5, None]),
    "a month that may lie after": ("A,2023-06,9\nA,2023-04-01,4", [None, 4, None]),
    "a missing value does not hide a known one": ("A,2023-01-01,2\nA,2023-02-01,NPE", [None, 2, None]),
    "women are kept apart": ("B,2021-05-01,7", [None, None, 7]),
    "a form without a day": ("A,,9\nA,2023-01-01,2", [None, 2, None]),
}


@pytest.mark.parametrize("name", list(FORMS))
def test_a_pregnancy_gets_what_was_known_before_it(tmp_path: Path, name: str):
    lines, expected = FORMS[name]

    assert values(tmp_path, lifestyle="woman,seen,tsh\n" + lines) == expected


def test_results_have_the_day_and_the_state_of_their_sample(tmp_path: Path):
    sample = "woman,tube,taken,state\nA,1,2023-01-01,1\nA,2,2023-02-01,2\nB,1,2023-01-01,1\nB,3,2023-02-01,"
    results = "woman,tube,variable,value\nA,1,tsh,1.5\nA,2,HOR.tsh,9\nB,1,tsh,2.5\nB,3,tsh,3.5\nB,3,other,9"

    assert values(tmp_path, sample=sample, lab_value=results) == [None, 1.5, 3.5]


def test_reasons_and_limits_of_detection_are_kept(tmp_path: Path):
    lines = "A,2021-05-01,REF\nA,2023-01-01,< 0.05\nB,2023-01-01,ILL\nB,2023-02-01,NPE"

    column = table(tmp_path, lifestyle="woman,seen,tsh\n" + lines).table.column("tsh")

    assert [REASONS[code] for code in column.missing] == ["REF", "below_detection", "NPE"]
    assert column.missing[1] == BELOW_DETECTION
    assert column.below[1] == 0.05
    assert np.isnan(column.below[[0, 2]]).all()


def test_a_factor_of_recognition_may_be_measured_up_to_that_day(tmp_path: Path):
    lines = "woman,seen,tsh\nA,2023-06-30,5\nA,2023-07-02,9\nB,2023-07-02,9"
    recognised = cohort_plan(
        factor("measured", "tsh", timing='"at_recognition"'),
        question(factors='["measured"]'),
        index='rule = "after_inclusion"\npregnant_enter = true\n',
    )
    path = folder(
        tmp_path / "cohort", woman=WOMEN, pregnancy=PREGNANCIES.replace("recognised", "recognised_week")
    )
    folder(path, lifestyle=lines)
    weeks = (path / "pregnancy.csv").read_text().replace("2022-02-01", "4").replace("2023-07-01", "4.2857143")
    (path / "pregnancy.csv").write_text(weeks)

    found = read_source(path, recognised).table.column("tsh").numbers

    assert np.nan_to_num(found, nan=-1).tolist() == [-1, 5, -1]


def test_who_had_no_value_in_time_is_counted_by_the_reason(tmp_path: Path):
    lines = "A,2022-02-01,9\nA,2023-09-01,9\nB,2022-01-01,7"

    counts = table(tmp_path, lifestyle="woman,seen,tsh\n" + lines).dated

    assert [(c.variable, c.grain, c.known, c.only_later, c.only_pregnant, c.never) for c in counts] == [
        ("tsh", "lifestyle", 1, 2, 0, 0)
    ]


SAMPLE = "woman,tube,taken,state\nA,1,2023-01-01,1"
# tables | the mistake
MISTAKES = [
    (
        {"sample": SAMPLE, "lab_value": "woman,tube,variable,value\nA,1,tsh,1\nA,2,tsh,1"},
        "lab_value.csv:3, column tube: found “2”, wanted a sample of the woman",
    ),
    (
        {"sample": SAMPLE, "lab_value": "woman,tube,variable,value\nA,1,tsh,much"},
        "lab_value.csv:2, column value: found “much”, wanted a number",
    ),
    ({"sample": SAMPLE + "\nA,1,2023-02-01,1"}, "sample.csv:3, column tube: found “1” of A a second time"),
    (
        {"sample": SAMPLE, "lab_value": "woman,tube,name,value\nA,1,tsh,1"},
        "lab_value.csv, column variable: found columns woman, tube, name, value",
    ),
    ({"lab_value": "woman,variable,value\nA,tsh,1"}, "found results without a day"),
    ({"lifestyle": "woman,seen,tsh\nA,2023-02-30,1"}, "lifestyle.csv:2, column seen: found “2023-02-30”"),
    ({"lifestyle": "woman,seen,tsh\nQ,2023-02-03,1"}, "lifestyle.csv:2, column woman: found “Q”"),
    ({"lifestyle": "woman,seen,weight\nA,2023-02-03,1"}, "column tsh: found no column tsh"),
]


@pytest.mark.parametrize(("tables", "expected"), MISTAKES)
def test_a_dated_table_that_does_not_fit_is_refused_at_its_line(tmp_path: Path, tables: dict, expected: str):
    with pytest.raises(InputRejected) as caught:
        table(tmp_path, **tables)

    assert expected in str(caught.value)


MEASURED = some.one_of(some.none(), some.integers(1, 5))
ROWS = some.lists(
    some.tuples(some.integers(0, 2), some.integers(0, 12), MEASURED, some.booleans()), max_size=12
)
ANCHORS = some.lists(
    some.tuples(some.integers(0, 3), some.one_of(some.none(), some.integers(0, 13))), max_size=5
)


@settings(max_examples=300, deadline=None)
@given(ROWS, ANCHORS, some.booleans(), some.booleans())
def test_the_last_value_known_is_the_one_a_reader_would_pick(
    made: list[tuple[int, int, int | None, bool]],
    asked: list[tuple[int, int | None]],
    inclusive: bool,
    in_pregnancy: bool,
):
    column = number_column("tsh", [np.nan if value is None else float(value) for _, _, value, _ in made])
    days = np.array([float(day) for _, day, _, _ in made])
    dated = DatedColumn(
        column=column,
        grain="form",
        woman=np.array([woman for woman, *_ in made], dtype=np.int64),
        first=days,
        last=days,
        pregnant=np.array([pregnant for *_, pregnant in made], dtype=np.bool_),
    )
    anchors = Anchors(
        woman=np.array([woman for woman, _ in asked], dtype=np.int64),
        day=np.array([np.nan if day is None else float(day) for _, day in asked]),
        inclusive=inclusive,
        in_pregnancy=in_pregnancy,
    )

    found, count = last_known(dated, anchors)

    for at, (woman, day) in enumerate(asked):
        in_time = [
            (when, place, value)
            for place, (of, when, value, pregnant) in enumerate(made)
            if of == woman and value is not None and (in_pregnancy or not pregnant)
            if day is not None and (when <= day if inclusive else when < day)
        ]
        expected = max(in_time)[2] if in_time else None
        assert (None if np.isnan(found.numbers[at]) else found.numbers[at]) == expected
    assert count.known + count.only_later + count.only_pregnant + count.never == len(asked)
