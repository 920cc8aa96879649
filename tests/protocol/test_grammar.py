"""The language of conditions: what can be written, and what a mistake in it says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gravida.protocol.expressions import (
    Aggregate,
    And,
    Arithmetic,
    Compare,
    Has,
    Is,
    Measure,
    Name,
    Not,
    Number,
    OneOf,
    Or,
    Text,
    names_in,
)
from gravida.protocol.grammar import DEEPEST, LONGEST_TEXT, GrammarMistake, parse

WORDS = (
    *(
        "and",
        "or",
        "not",
        "in",
        "has",
        "is",
        "where",
        "yes",
        "no",
        "a",
        "FORM",
        ".",
        "(",
        ")",
        ",",
        "=",
        "!=",
    ),
    *("<", "<=", "+", "-", "*", "/", "3", "02", "14w0d", "@2022-10", "'x'", "count", "if", "known", "REF"),
    *("latest", "round", "today", "!="),
)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("age >= 18", Compare),
        ("18 <= age <= 50", And),
        ("a or b and c", Or),
        ("not a and b", And),
        ("not (a and b)", Not),
        ("outcome in (02, 05)", OneOf),
        ("aid has 'none'", Has),
        ("x is missing", Is),
        ("x is not REF", Not),
        ("weight / (height / 100 * height / 100)", Arithmetic),
        ("7.0 'mmol/L'", Measure),
        ("count(CON where con_fate = 8)", Aggregate),
        ("latest(INF.inf_status)", Aggregate),
    ],
)
def test_each_sentence_of_the_language_is_read_as_what_it_is(text: str, kind: type) -> None:
    # given a sentence, when it is read
    expression = parse(text)

    # then its outermost part is the one expected
    assert isinstance(expression, kind)


def test_and_binds_closer_than_or_and_products_closer_than_sums() -> None:
    assert parse("a or b and c") == parse("a or (b and c)")
    assert parse("1 + 2 * 3 = 7") == parse("(1 + (2 * 3)) = 7")
    assert parse("not a = b") == parse("not (a = b)")
    assert parse("8 - 3 - 2") == parse("(8 - 3) - 2")


def test_a_code_keeps_its_spelling() -> None:
    assert parse("outcome = 02") != parse("outcome = 2")


def test_a_gestational_age_counts_in_days_of_amenorrhoea() -> None:
    assert str(parse("13w6d")) == "Age(days=97)"
    assert str(parse("14w0d")) == "Age(days=98)"


def test_a_quote_inside_a_text_is_doubled() -> None:
    assert parse("'Sjögren''s'") == Text("Sjögren's")


def test_names_inside_an_aggregate_belong_to_its_form() -> None:
    # given a condition of form PRG that looks into the rows of CON
    expression = parse("preg_end is known and count(CON where con_fate = 8 and PRG.preg_start is known) > 0")

    # when its names are listed
    names = list(names_in(expression, form="PRG"))

    # then bare names outside belong to PRG, inside to CON
    assert names == [Name("preg_end", "PRG"), Name("con_fate", "CON"), Name("preg_start", "PRG")]


@pytest.mark.parametrize(
    ("text", "sign", "found", "wanted"),
    [
        ("", 1, "the end", "a name, a number"),
        ("age >=", 7, "the end", "a name, a number"),
        ("age >= 18 and", 14, "the end", "a name, a number"),
        ("(age >= 18", 11, "the end", "“)”"),
        ("age >= 18)", 10, "“)”", "the end"),
        ("age => 18", 6, "“>”", "a name, a number"),
        ("age == 18", 6, "“=”", "a name, a number"),
        ("age ! 18", 5, "“!”", "a name, a number"),
        ("age in 18", 8, "“18”", "“(”"),
        ("age in ()", 9, "“)”", "a name, a number"),
        ("age is unsure", 8, "“unsure”", "known, missing, UNK"),
        ("sqrt(age)", 1, "“sqrt”", "one of abs, add_months"),
        ("years(age)", 1, "1 arguments of years", "2"),
        ("count(CON.con_fate)", 20, "the end", "a form"),
        ("sum(CON)", 9, "the end", "a variable of a form"),
        ("INC. >= 3", 6, "“>=”", "the name of a variable"),
        ("and", 1, "“and”", "a name"),
        ("__import__('os').system('ls')", 1, "“__import__”", "one of abs"),
        ("age; drop table", 4, "“;”", "a name, a number"),
        ("3kg", 1, "“3”", "a name, a number"),
        ("'open", 1, "“'”", "a name, a number"),
        ("1 < 2 < 3 < 4 < 5", 15, "“<”", "at most two comparisons"),
    ],
)
def test_a_mistake_says_where_it_is_what_was_found_and_what_was_wanted(
    text: str, sign: int, found: str, wanted: str
) -> None:
    # given a sentence that is not in the language, when it is read
    with pytest.raises(GrammarMistake) as caught:
        parse(text)

    # then the mistake names place, finding and wish
    assert (caught.value.at, caught.value.found) == (sign, found)
    assert wanted in caught.value.wanted


def test_texts_beyond_the_limits_are_refused() -> None:
    with pytest.raises(GrammarMistake, match="signs, wanted at most"):
        parse("a or " * LONGEST_TEXT + "a")
    for opening, closing in (("(", ")"), ("not ", ""), ("-", "")):
        parse(opening * (DEEPEST - 2) + "a" + closing * (DEEPEST - 2))
        with pytest.raises(GrammarMistake, match="levels"):
            parse(opening * (DEEPEST + 1) + "a" + closing * (DEEPEST + 1))


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused_with_a_reason(text: str) -> None:
    try:
        parse(text)
    except GrammarMistake as mistake:
        assert 1 <= mistake.at <= len(text) + 1
        assert mistake.found
        assert mistake.wanted


@given(
    st.lists(
        st.sampled_from(WORDS),
        max_size=40,
    )
)
def test_any_order_of_real_words_is_read_or_refused_with_a_reason(words: list[str]) -> None:
    text = " ".join(words)
    try:
        parse(text)
    except GrammarMistake as mistake:
        assert 1 <= mistake.at <= len(text) + 1


def test_numbers_in_a_list_keep_their_spelling() -> None:
    assert parse("x in (01, 2)") == OneOf(Name("x"), (Number(value=1, text="01"), Number(value=2, text="2")))  # type: ignore[arg-type]
