"""Browser and server judge alike: every combination of FALCO's borders, and rule sets made at random."""

import itertools
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gravida.find.selfcheck.rules import rule_set
from gravida.find.selfcheck.typed import Given
from gravida.protocol.criteria import Criteria, Criterion, CriterionKind, CriterionPart, Fact, Source
from gravida.protocol.eligibility import assess
from gravida.protocol.expressions import And, Compare, Is, Name, Negative, Not, Number, OneOf, Or, Text, YesNo
from gravida.protocol.study import StudyFolder, read_study
from gravida.protocol.values import Answer
from tests.find.selfcheck.judging import judged_by_server, written

pytestmark = pytest.mark.journey  # needs the browser

FALCO = read_study(Path(__file__).resolve().parents[3] / "studies/falco")
# Not known is "I do not know" or no answer: both stand here for each question, not mixed.
CHOICES = ("yes", "no")
BORDERS = {
    "age_years": ("17", "18", "50", "51"),
    "early_losses_before_14w": ("2", "3"),
    "implantation_failures": ("2", "3"),
    "covered_by_social_security": CHOICES,
    "data_use_refused": CHOICES,
    "on_ame": CHOICES,
    "under_legal_protection": CHOICES,
}


def as_given(typed):
    return {name: Given(typed=text) for name, text in typed.items()}


def as_json(answers):
    return {name: {"typed": one.typed, "is_unknown": one.is_unknown} for name, one in answers.items()}


@pytest.mark.slow
def test_browser_and_server_agree_on_every_combination_of_falcos_borders(judged_by_browser):
    # given every combination of borders, unknown and unanswered
    assert set(BORDERS) == {fact.id for fact in FALCO.criteria.asked}
    many = [
        as_given(dict(zip(BORDERS, typed, strict=True)))
        for not_known in ("unknown", "")
        for typed in itertools.product(*((not_known, *borders) for borders in BORDERS.values()))
    ]
    assert len(many) == 2 * 5 * 3**6
    # when both judge
    of_browser = judged_by_browser(rule_set(FALCO.criteria), [as_json(answers) for answers in many])
    # then they say the same, with the same reasons
    differing = [
        (answers, found) for answers, found in zip(many, of_browser, strict=True)
        if judged_by_server(FALCO, answers) != found
    ]  # fmt: skip
    assert differing == []


ODD = (
    "0", "-1", "3 ou 4", "１８", "١٨", "১৮", "௧௮", " 18 ", "\u00a018", "18\u200b", "\x8518", "\ufeff18",
    "18.0", "18,5", "+18", "1e1", "0x12", "000018", "0000018", "121", "120", "Infinity", "NaN", "−1", "true",
    "yes", "Yes", "YES", "unknown", "I do not know", "²", "五", "18\n", "1 8", "constructor", "__proto__", "",
    " ", "\x1c18", "18\x1f", "١٨٫٥", "-0", "--1", "1.", ".5", "1,5,5", "999999", "1000000", "\U0001f930",
)  # fmt: skip


@pytest.mark.parametrize("is_unknown", [False, True])
def test_they_agree_on_whatever_is_typed_into_every_question(judged_by_browser, is_unknown):
    many = [{name: Given(typed=odd, is_unknown=is_unknown)} for odd in ODD for name in BORDERS]
    of_browser = judged_by_browser(rule_set(FALCO.criteria), [as_json(answers) for answers in many])
    assert of_browser == [judged_by_server(FALCO, answers) for answers in many]


# Rule sets made at random, of everything that the export can hold.

NUMBERS, YES_NO, TEAMS = ("constructor", "count", "length"), ("y1", "y2"), ("team_count", "team_code")


def asked(name, kind, **more):
    return Fact(id=name, type=kind, question={"en": name}, help={}, **more)


FACTS = (
    *(asked(name, "dec" if name == "length" else "int", low=-9, high=99) for name in NUMBERS),
    *(asked(name, "yn", sensitive=name == "y2") for name in YES_NO),
    Fact(id="team_count", type="int", question={}, help={}),
    Fact(id="team_code", type="enum", question={}, help={}),
)
SIGNS = ("=", "!=", "<", "<=", ">", ">=")
numbers = st.sampled_from(["0", "1", "2", "3", "2.5", "17", "0.1"]).map(lambda t: Number(Decimal(t), t))
number_terms = st.one_of(st.sampled_from([*NUMBERS, "team_count"]).map(Name), numbers, numbers.map(Negative))
number_facts = st.sampled_from([*NUMBERS, "team_count"]).map(Name)
codes = st.sampled_from(["a", "b", ""]).map(Text)
yes_no = st.sampled_from(YES_NO).map(Name)
all_names = st.sampled_from([*NUMBERS, *YES_NO, *TEAMS]).map(Name)
statements = st.one_of(
    st.builds(Compare, st.sampled_from(SIGNS), number_terms, number_terms),
    st.builds(OneOf, number_facts, st.lists(number_terms, min_size=1, max_size=3).map(tuple)),
    yes_no,
    st.builds(Compare, st.sampled_from(["=", "!="]), yes_no, st.booleans().map(YesNo)),
    st.builds(Compare, st.sampled_from(["=", "!="]), st.booleans().map(YesNo), yes_no),
    st.builds(Compare, st.sampled_from(["=", "!="]), yes_no, yes_no),
    st.builds(Compare, st.sampled_from(["=", "!="]), st.just(Name("team_code")), codes),
    st.builds(OneOf, st.just(Name("team_code")), st.lists(codes, min_size=1, max_size=3).map(tuple)),
    st.builds(Is, all_names, st.sampled_from(["known", "missing"])),
)
rules = st.recursive(
    statements,
    lambda inner: st.one_of(
        st.builds(Not, inner),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: And(tuple(parts))),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: Or(tuple(parts))),
    ),
    max_leaves=10,
)


@st.composite
def rule_sets(draw):
    criteria = []
    for number in range(draw(st.integers(1, 4))):
        parts = tuple(
            CriterionPart(id=f"p{place}", text={}, rule=draw(rules), rule_text="")
            for place in range(draw(st.integers(1, 3)))
        )
        kind = draw(st.sampled_from(CriterionKind))
        source = Source(field="f", item="i")
        criteria.append(Criterion(id=f"c{number}", kind=kind, text={}, source=source, parts=parts))
    return Criteria(facts=FACTS, criteria=tuple(criteria))


typed_numbers = st.sampled_from(
    ["", "unknown", "0", "1", "2", "3", "2,5", "2.50", "17", "-1", "0.1", "x", "１"]
)
typed_choices = st.sampled_from(["", "unknown", "yes", "no"])
ticks = st.sampled_from([False, False, False, True])
typed_answers = st.fixed_dictionaries(
    {name: st.builds(Given, typed=typed_numbers, is_unknown=ticks) for name in NUMBERS}
    | {name: st.builds(Given, typed=typed_choices) for name in YES_NO}
)
known_numbers = st.sampled_from([None, Decimal(0), Decimal(1), Decimal("2.5"), Decimal(3), Decimal("-1")])
known_facts = st.fixed_dictionaries(
    dict.fromkeys((*NUMBERS, "team_count"), known_numbers)
    | {name: st.sampled_from([None, Answer.YES, Answer.NO]) for name in YES_NO}
    | {"team_code": st.sampled_from([None, "a", "b", "c"])}
)


def plain(value):
    """A fact as the browser holds it."""
    if isinstance(value, Answer):
        return value.value
    return float(value) if isinstance(value, Decimal) else value


GENERATED = settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@GENERATED
@given(criteria=rule_sets(), many=st.lists(typed_answers, min_size=4, max_size=8))
def test_they_agree_on_rule_sets_and_typed_answers_made_at_random(judged_by_browser, criteria, many):
    folder = StudyFolder(path=Path(), id="x", number="NCT00000000", title={}, criteria=criteria)
    of_browser = judged_by_browser(rule_set(criteria), [as_json(answers) for answers in many])
    assert of_browser == [judged_by_server(folder, answers) for answers in many]


@GENERATED
@given(criteria=rule_sets(), many=st.lists(known_facts, min_size=4, max_size=8))
def test_they_agree_on_facts_that_only_a_team_could_know(judged_by_browser, criteria, many):
    told = [{name: plain(value) for name, value in facts.items()} for facts in many]
    of_browser = judged_by_browser(rule_set(criteria), told, as_facts=True)
    assert of_browser == [written(assess(criteria, facts)) for facts in many]
