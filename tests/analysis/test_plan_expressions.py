"""Expressions worked out for all rows, against the protocol's own evaluation row by row."""

from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from gravida.analysis.input.cells import typed_column
from gravida.analysis.input.mistakes import Mistakes
from gravida.analysis.input.table import Column, Kind, Origin
from gravida.analysis.plan_expressions import NotInPlans, Spans, answers, numbers
from gravida.protocol.conditions import NamedFacts, judge
from gravida.protocol.expressions import Name
from gravida.protocol.grammar import parse
from gravida.protocol.spans import Held
from gravida.protocol.values import Answer, Missing, PartialDate

TEXTS = {
    "age": ("", "20", "25", "31.5", "REF"),
    "code": ("", "01", "02", "12", "UNK"),
    "smokes": ("", "yes", "no", "NAV"),
    "seen": ("", "2022", "2022-10", "2022-10-24", "2023-01-01"),
}
KINDS = {"age": Kind.NUMBER, "code": Kind.CODE, "smokes": Kind.YES_NO, "seen": Kind.DATE}
CONDITIONS = (
    "age < 25",
    "20 <= age and age <= 31.5",
    "age = 25 or smokes = yes",
    "not (age >= 25) and code in (02, 12)",
    "code = 12",
    "code != '01'",
    "smokes",
    "not smokes or age > 30",
    "seen < @2022-10-20",
    "seen >= @2022-10",
    "seen = @2022-10-24",
    "seen - @2022-10-01 > 20",
    "age is known",
    "age is REF or code is UNK",
    "smokes is missing",
    "if(smokes, age, 20) >= 25",
    "first_known(age, 40) > 30",
    "abs(age - 25) <= 5",
    "(age + 5) * 2 > 55",
    "age / 2 < 12",
    "-age < -24",
    "high(seen) > @2022-11",
    "low(seen) > @2022-10-10",
)


def column(name: str, texts: list[str]) -> Column:
    mistakes = Mistakes()
    words = list(TEXTS[name])
    places = np.array([words.index(text) for text in texts])
    found = typed_column(
        name, words, places, KINDS[name], origin=Origin(path=Path("made")), mistakes=mistakes
    )
    mistakes.reject()
    return found


def held(name: str, text: str) -> Held:
    if text in Missing.__members__:
        return Missing(text)
    if not text:
        return None
    if name == "age":
        return Decimal(text)
    if name == "seen":
        return PartialDate.parse(text)
    return {"yes": Answer.YES, "no": Answer.NO}[text] if name == "smokes" else text


ROWS = some.fixed_dictionaries({name: some.sampled_from(texts) for name, texts in TEXTS.items()})
AS_NUMBER = {Answer.YES: 1.0, Answer.NO: 0.0, Answer.UNKNOWN: np.nan}


@pytest.mark.parametrize("text", CONDITIONS)
@settings(max_examples=25, deadline=None)
@given(rows=some.lists(ROWS, min_size=1, max_size=12))
def test_all_rows_at_once_answer_as_the_protocol_answers_each(text: str, rows: list[dict[str, str]]):
    condition = parse(text)
    columns = {name: column(name, [row[name] for row in rows]) for name in TEXTS}

    found = np.broadcast_to(answers(condition, lambda name: columns[str(name)]), (len(rows),))

    expected = [
        AS_NUMBER[judge(condition, NamedFacts(values={n: held(n, row[n]) for n in row})).answer]
        for row in rows
    ]
    assert np.array_equal(found, expected, equal_nan=True), rows


def spans(low: float, high: float) -> Spans:
    return Spans(low=np.array([low]), high=np.array([high]))


def test_a_count_between_two_bounds_answers_only_where_both_agree():
    count = spans(2.0, 3.0)

    def ask(text: str) -> float:
        return float(answers(parse(text), lambda name: count)[0])

    assert ask("n >= 2") == 1.0
    assert np.isnan(ask("n >= 3"))
    assert ask("n = 4") == 0.0
    assert np.isnan(ask("n = 2"))
    assert np.isnan(numbers(parse("n + 1"), lambda name: count)[0])
    assert ask("2 * n - 1 >= 3") == 1.0


def test_dividing_by_what_may_be_zero_is_not_known():
    assert np.isnan(numbers(parse("1 / n"), lambda name: spans(0.0, 2.0))[0])


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("count(PRG) > 2", "a plan reads one row at a time"),
        ("years(a, b) > 2", "wanted abs, days, first_known"),
        ("code", "wanted one that answers yes or no"),
        ("code > 3", "found codes, wanted numbers"),
        ("(age + 1) is known", "wanted the name of a column"),
    ],
)
def test_what_a_plan_cannot_hold_is_refused(text: str, wanted: str):
    words = Column(
        name="code",
        kind=Kind.CODE,
        numbers=np.zeros(2),
        missing=np.zeros(2, dtype=np.uint8),
        words=("a", "b"),
    )

    def read(name: Name) -> Column | Spans:
        return words if str(name) == "code" else spans(1.0, 1.0)

    with pytest.raises(NotInPlans, match=wanted):
        answers(parse(text), read)
