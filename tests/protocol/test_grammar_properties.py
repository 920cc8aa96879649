"""What must hold of every condition: certainty never lies, and the trace is the whole reason."""

from decimal import Decimal

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from gravida.protocol.conditions import NamedFacts, judge
from gravida.protocol.grammar import parse
from gravida.protocol.spans import Held, Span
from gravida.protocol.values import Answer, Missing

NUMBERS = ("a", "b", "c")
ANSWERS = ("p", "q")

_number = st.one_of(
    st.sampled_from(NUMBERS),
    st.integers(-3, 3).map(lambda number: f"({number})"),
)
_sums = st.recursive(
    _number,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from("+-*/"), inner).map(lambda parts: f"({' '.join(parts)})"),
        inner.map(lambda text: f"abs({text})"),
        inner.map(lambda text: f"(- {text})"),
        inner.map(lambda text: f"round({text}, 1)"),
    ),
    max_leaves=4,
)
_comparison = st.one_of(
    st.tuples(_sums, st.sampled_from(["=", "!=", "<", "<=", ">", ">="]), _sums).map(" ".join),
    st.tuples(_sums, _sums, _sums).map(lambda parts: f"{parts[0]} in ({parts[1]}, {parts[2]})"),
    st.sampled_from(ANSWERS),
    st.sampled_from(ANSWERS).map(lambda name: f"{name} = yes"),
)
CONDITIONS = st.recursive(
    _comparison,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(lambda parts: f"({' '.join(parts)})"),
        inner.map(lambda text: f"not ({text})"),
        st.tuples(inner, _sums, _sums).map(lambda parts: f"if({parts[0]}, {parts[1]}, {parts[2]}) > 0"),
    ),
    max_leaves=6,
)
_spans = st.tuples(st.integers(-3, 3), st.integers(0, 3)).map(lambda ends: (ends[0], ends[0] + ends[1]))


@st.composite
def uncertain_and_certain(draw: st.DrawFn) -> tuple[dict[str, Held], dict[str, Held]]:
    """What is known of a woman, and one way in which it can be the truth."""
    known: dict[str, Held] = {}
    truth: dict[str, Held] = {}
    for name in NUMBERS:
        low, high = draw(_spans)
        absent = draw(st.sampled_from([False, False, None, Missing.UNK, Missing.REF]))
        known[name] = Span.of_numbers(low, high) if absent is False else absent
        truth[name] = Decimal(draw(st.integers(low, high) if absent is False else st.integers(-9, 9)))
    for name in ANSWERS:
        known[name] = draw(st.sampled_from([Answer.YES, Answer.NO, Answer.UNKNOWN, Missing.NASK]))
        truth[name] = (
            known[name] if known[name] in (Answer.YES, Answer.NO) else draw(st.sampled_from(list(Answer)[:2]))
        )
    return known, truth


@settings(max_examples=600, deadline=None)
@given(CONDITIONS, uncertain_and_certain())
def test_a_certain_answer_holds_in_every_truth(
    text: str, facts: tuple[dict[str, Held], dict[str, Held]]
) -> None:
    # given a condition, what is known, and one truth behind it
    condition = parse(text)
    known, truth = (judge(condition, NamedFacts(values=values)).answer for values in facts)

    # then a yes or no that was certain is true, or the truth itself has no value (division by zero)
    assume(known is not Answer.UNKNOWN)
    assert truth in (known, Answer.UNKNOWN)


@settings(max_examples=600, deadline=None)
@given(CONDITIONS, uncertain_and_certain())
def test_the_values_named_suffice_for_the_answer(
    text: str, facts: tuple[dict[str, Held], dict[str, Held]]
) -> None:
    # given an answer and its trace
    condition, known = parse(text), facts[0]
    verdict = judge(condition, NamedFacts(values=known))
    assume(verdict.answer is not Answer.UNKNOWN)

    # when everything that the trace does not name is forgotten
    named = {used.name for used in verdict.because}
    kept = {name: value for name, value in known.items() if name in named}

    # then the answer stays
    assert judge(condition, NamedFacts(values=kept)).answer is verdict.answer


@settings(max_examples=600, deadline=None)
@given(CONDITIONS, uncertain_and_certain())
def test_an_unknown_answer_names_something_that_is_not_settled(
    text: str, facts: tuple[dict[str, Held], dict[str, Held]]
) -> None:
    assume("/" not in text)  # a division by what may be zero is unknown though every value is known
    verdict = judge(parse(text), NamedFacts(values=facts[0]))
    assert bool(verdict.unsettled) is (verdict.answer is Answer.UNKNOWN)
