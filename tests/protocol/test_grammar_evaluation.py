"""What conditions answer: three values, spans, missing reasons, and the trace of what decided."""

from decimal import Decimal

import pytest

from gravida.protocol.conditions import NamedFacts, evaluate, judge
from gravida.protocol.grammar import parse
from gravida.protocol.spans import CannotCombine, Held, Span
from gravida.protocol.values import (
    Answer,
    Comparator,
    Convention,
    GestationalAge,
    Missing,
    PartialDate,
    Quantity,
)

YES, NO, UNKNOWN = Answer.YES, Answer.NO, Answer.UNKNOWN
LMP_MARCH = PartialDate.parse("2019-03")
END_MAY = PartialDate.parse("2019-05")


def answer(text: str, **facts: Held) -> Answer:
    return judge(parse(text), NamedFacts(values=facts)).answer


@pytest.mark.parametrize(
    ("text", "a", "b", "expected"),
    [
        ("a and b", YES, UNKNOWN, UNKNOWN),
        ("a and b", NO, UNKNOWN, NO),
        ("a or b", YES, UNKNOWN, YES),
        ("a or b", NO, UNKNOWN, UNKNOWN),
        ("not a", UNKNOWN, NO, UNKNOWN),
        ("a = b", YES, YES, YES),
        ("a = b", YES, UNKNOWN, UNKNOWN),
        ("a = yes", True, NO, YES),
        ("a != yes", False, NO, YES),
    ],
)
def test_answers_join_in_three_values(text: str, a: Held, b: Held, expected: Answer) -> None:
    assert answer(text, a=a, b=b) is expected


@pytest.mark.parametrize(
    ("text", "value", "expected"),
    [
        ("x >= 3", 3, YES),
        ("x >= 3", 2, NO),
        ("x >= 3", None, UNKNOWN),
        ("x >= 3", Missing.REF, UNKNOWN),
        ("x != 3", Missing.UNK, UNKNOWN),
        ("x >= 3", Span.of_numbers(2, 3), UNKNOWN),
        ("x >= 3", Span.of_numbers(3, 5), YES),
        ("x >= 3", Span.of_numbers(0, 2), NO),
        ("x = 3", Span.of_numbers(3, 3), YES),
        ("x = 3", Span.of_numbers(2, 3), UNKNOWN),
        ("x = 3", Span.of_numbers(4, 5), NO),
        ("x in (1, 2)", "2", YES),
        ("x in (02, 05)", "2", NO),
        ("x in (02, 05)", "02", YES),
        ("x in (1, 2)", None, UNKNOWN),
        ("x = 'SS'", "SS", YES),
        ("x has 'none'", frozenset({"none"}), YES),
        ("x has 'none'", frozenset(), NO),
        ("x has 'none'", Missing.NASK, UNKNOWN),
        ("starts(x, 'U2')", "U2a", YES),
        ("length(x) = 2", frozenset({"a", "b"}), YES),
        ("abs(x) <= 2", Span.of_numbers(-1, 2), YES),
        ("-x < 0", 3, YES),
        ("x / 0 > 1", 3, UNKNOWN),
    ],
)
def test_one_value_is_compared(text: str, value: Held, expected: Answer) -> None:
    assert answer(text, x=value) is expected


@pytest.mark.parametrize(
    ("state", "value", "expected"),
    [
        ("known", 3, YES),
        ("known", None, NO),
        ("known", Missing.NPE, NO),
        ("known", UNKNOWN, NO),
        ("missing", None, YES),
        ("missing", Missing.MSK, YES),
        ("REF", Missing.REF, YES),
        ("REF", Missing.UNK, NO),
        ("REF", None, NO),
        ("not REF", None, YES),
    ],
)
def test_whether_a_value_is_there_is_always_yes_or_no(state: str, value: Held, expected: Answer) -> None:
    assert answer(f"x is {state}", x=value) is expected


@pytest.mark.parametrize(
    ("lmp", "end", "expected"),
    [
        ("2023-02-20", "2023-05-28", YES),  # T01: 97 days, 13+6
        ("2024-02-20", "2024-05-28", NO),  # T02: leap year, 98 days
        ("2019-03", "2019-05", YES),  # T06: 31 to 91 days
        ("2019-02", "2019-06", UNKNOWN),  # T07: 93 to 149 days
        ("2015", "2015", UNKNOWN),  # T08
    ],
)
def test_an_early_loss_is_told_from_partial_dates(lmp: str, end: str, expected: Answer) -> None:
    dates: dict[str, Held] = {"start": PartialDate.parse(lmp), "ended": PartialDate.parse(end)}
    assert answer("ended - start < 14w0d", **dates) is expected


@pytest.mark.parametrize(
    ("convention", "expected"),
    [(Convention.SINCE_CONCEPTION, NO), (Convention.AMENORRHOEA, YES), (Convention.UNKNOWN, UNKNOWN)],
)
def test_twelve_weeks_are_early_by_the_convention_they_were_told_in(
    convention: Convention, expected: Answer
) -> None:
    told = GestationalAge.told(weeks=12, days=0, convention=convention)
    assert answer("ga < 14w0d", ga=told) is expected


@pytest.mark.parametrize(
    ("text", "quantity", "expected"),
    [
        ("x < 5", Quantity(Decimal(5), "[IU]/L", Comparator.BELOW), YES),
        ("x <= 5", Quantity(Decimal(5), "[IU]/L", Comparator.UP_TO), YES),
        ("x < 5", Quantity(Decimal(5), "[IU]/L", Comparator.UP_TO), UNKNOWN),
        ("x > 40", Quantity(Decimal(40), "[IU]/L", Comparator.ABOVE), YES),
        ("x > 40", Quantity(Decimal(30), "[IU]/L", Comparator.ABOVE), UNKNOWN),
        ("x >= 7.0 'g/L'", Quantity(Decimal(7000), "mg/L"), YES),
        ("x >= 7.0 'g/L'", Quantity(Decimal(6900), "mg/L"), NO),
    ],
)
def test_results_below_or_above_a_limit_are_spans(text: str, quantity: Quantity, expected: Answer) -> None:
    assert answer(text, x=quantity) is expected


def test_quantities_of_two_kinds_are_not_compared() -> None:
    with pytest.raises(CannotCombine, match="units of one kind"):
        answer("x >= 7.0 'g/L'", x=Quantity(Decimal(7), "m[IU]/L"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("years(@2000-02-29, @2018-02-28)", Span.of_numbers(17, 17)),
        ("years(@2000-02-29, @2018-03-01)", Span.of_numbers(18, 18)),
        ("years(@2000, @2018-06-15)", Span.of_numbers(17, 18)),
        ("months(@2024-01-31, @2024-02-29)", Span.of_numbers(0, 0)),
        ("days(@2024-02-28, @2024-03-01)", Span.of_numbers(2, 2)),
        ("round(70 / (1.7 * 1.7), 1)", Span(Decimal("24.2"), Decimal("24.2"))),
        ("round(0.5)", Span.of_numbers(1, 1)),
        ("low(@2024-02)", Span(Decimal(738917), Decimal(738917), "date")),
        ("high(@2024-02) - low(@2024-02)", Span.of_numbers(28, 28)),
        ("first_known(nothing, 4)", Decimal(4)),
        ("if(nothing > 3, 1, 5)", Span.of_numbers(1, 5)),
        ("if(2 > 3, 'a', 'b')", "b"),
        ("if(nothing > 3, 'a', 'b')", None),
        ("if(nothing > 3, 'a', 'a')", "a"),
    ],
)
def test_functions_give_what_their_page_says(text: str, expected: Held) -> None:
    assert evaluate(parse(text), NamedFacts(values={})).value == expected


def test_six_months_after_the_last_of_august_is_the_last_of_february() -> None:
    assert answer("add_months(@2023-08-31, 6) = @2024-02-29") is YES


@pytest.mark.parametrize(
    "text",
    [
        "'a' < 'b'",
        "@2024 + @2025 > 3",
        "x and 3",
        "age = 'SS'",
        "not 3",
        "3 has 'a'",
        "starts(3, 'a')",
        "-@2024 < 3",
    ],
)
def test_values_that_do_not_go_together_are_refused(text: str) -> None:
    with pytest.raises(CannotCombine):
        answer(text, age=3, x=YES)


def test_the_trace_names_the_value_that_decided() -> None:
    # given three losses and an unknown number of failures
    facts = NamedFacts(values={"losses": 3, "failures": None})

    # when the criterion is judged
    verdict = judge(parse("losses >= 3 or failures >= 3"), facts)

    # then the losses decided, and nothing is left to settle
    assert verdict.answer is YES
    assert [used.name for used in verdict.because] == ["losses"]
    assert verdict.unsettled == ()


def test_the_trace_names_what_would_settle_it() -> None:
    # given two losses, a third one possible, and a known number of failures
    facts = NamedFacts(values={"losses": Span.of_numbers(2, 3), "failures": 0, "age": 30})

    # when the criterion is judged
    verdict = judge(parse("age >= 18 and (losses >= 3 or failures >= 3)"), facts)

    # then only the losses would settle it
    assert verdict.answer is UNKNOWN
    assert verdict.unsettled == ("losses",)
