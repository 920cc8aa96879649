"""Telephone numbers, signs of a machine, the median of answers: small rules, in tables."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gravida.find.contact.answer_time import Wait, median_wait
from gravida.find.contact.anti_abuse import FormToken, read_form, sign_form, suspicion
from gravida.find.contact.telephone import WrongTelephone, normal_telephone, shown_telephone

NOW = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "country", "e164"),
    [
        ("01 99 00 12 34", "FR", "+33199001234"),
        ("01.99.00.12.34", "FR", "+33199001234"),
        ("+33 (0)1 99 00 12 34", "FR", "+33199001234"),
        ("0033 1 99 00 12 34", "FR", "+33199001234"),
        ("+32 2 501 23 45", "FR", "+3225012345"),
        ("02 501 23 45", "BE", "+3225012345"),
    ],
)
def test_a_number_is_kept_in_one_form(typed: str, country: str, e164: str) -> None:
    assert normal_telephone(typed, country=country) == e164


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("call me", "not a telephone number"),
        ("01 99 00 12", "too short"),
        ("01 99 00 12 34 56 78", "too long"),
        ("+999 123456789", "prefix after the +"),
        ("00 00 00 00 00", "look at each figure again"),
        ("01 99 00 12 34 ext. 5", "not a telephone number"),
        ("1", "not a telephone number"),
    ],
)
def test_a_wrong_number_says_what_is_wrong(typed: str, said: str) -> None:
    with pytest.raises(WrongTelephone) as wrong:
        normal_telephone(typed)
    assert said in str(wrong.value)


@given(st.text(max_size=60))
def test_whatever_is_typed_becomes_a_number_or_is_refused(typed: str) -> None:
    with suppress(WrongTelephone):
        assert normal_telephone(typed).startswith("+")


def test_a_number_is_shown_as_people_there_write_it() -> None:
    assert shown_telephone("+33199001234") == "01 99 00 12 34"
    assert shown_telephone("+33199001234", country="BE") == "+33 1 99 00 12 34"
    assert shown_telephone("1 99 00 12 34 (office)") == "1 99 00 12 34 (office)"


@pytest.mark.parametrize(
    ("seconds", "honeypot", "found"),
    [
        (60, "", ""), (4, "", ""), (3.9, "", "too_quick"), (86400 * 3, "", ""), (60, "x", "honeypot"),
        (60, "  ", ""), (-90, "", "from_the_future"), (-30, "", "too_quick"),
    ],
)  # fmt: skip
def test_signs_of_a_machine(seconds: float, honeypot: str, found: str) -> None:
    form = FormToken(made_at=NOW - timedelta(seconds=seconds), key="k")
    assert suspicion(form=form, honeypot=honeypot, at=NOW) == found


def test_no_form_of_ours_is_suspected() -> None:
    assert suspicion(form=None, honeypot="", at=NOW) == "no_form"


def test_a_form_token_is_read_again_and_a_forged_one_not() -> None:
    token = sign_form(key="abc", made_at=NOW, secret="s")
    assert read_form(token, secret="s") == FormToken(made_at=NOW, key="abc")
    assert read_form(token, secret="t") is None
    assert read_form(token.replace("abc", "abd"), secret="s") is None


@given(st.text(max_size=80))
def test_any_text_for_a_token_is_refused_quietly(text: str) -> None:
    assert read_form(text, secret="s") is None


@pytest.mark.parametrize(
    ("answered", "waiting", "median"),
    [
        ([1, 2, 3, 4, 5], [], 3),
        ([1, 2], [], 1),
        ([1, 1, 1, 9, 9], [], 1),
        # silence counts: without it the median would be 1
        ([1, 1], [20, 20, 20], None),
        ([1, 2, 3], [10, 10], 3),
        # a message of today says nothing about the days after today
        ([1, 2, 3, 4], [0.5], 2),
        ([], [1, 2, 3], None),
        # Kaplan-Meier by hand: 6/7 at 1, 6/7 * 4/5 at 3, 6/7 * 4/5 * 2/3 = 0.46 at 5
        ([1, 3, 5, 7], [2, 4, 6], 5),
    ],
)
def test_the_median_of_answers_counts_silence(answered: list, waiting: list, median: float | None) -> None:
    waits = [Wait(working_days=days, was_answered=True) for days in answered]
    waits += [Wait(working_days=days, was_answered=False) for days in waiting]
    assert median_wait(waits) == median
