"""Addresses: what is taken, what is refused, and what the person is told to do."""

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from gravida.web.mail.address import AddressProblem, WrongAddress, normal_address


@pytest.mark.parametrize(
    ("typed", "normal"),
    [
        ("zoe@example.org", "zoe@example.org"),
        ("  Zoe.Marie+X@Example.ORG ", "zoe.marie+x@example.org"),
        ("ｚｏｅ＠example.org", "zoe@example.org"),
        ("zoe@hôpital.example.org", "zoe@xn--hpital-ixa.example.org"),
        ("o'neil@example.org", "o'neil@example.org"),
        ("a@b.c.d.example.org", "a@b.c.d.example.org"),
    ],
)
def test_an_address_is_compared_in_one_form(typed: str, normal: str) -> None:
    assert normal_address(typed) == normal


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ("", AddressProblem.EMPTY),
        ("   ", AddressProblem.EMPTY),
        ("zoe", AddressProblem.NO_AT),
        ("zoe@localhost", AddressProblem.AFTER_AT),
        ("zoe@[127.0.0.1]", AddressProblem.AFTER_AT),
        ("zoe@127.0.0.1", AddressProblem.AFTER_AT),
        ("zoe@example..org", AddressProblem.AFTER_AT),
        ("zoe@-example.org", AddressProblem.AFTER_AT),
        ("zoe@example.org.", AddressProblem.AFTER_AT),
        ("zoe@example.o", AddressProblem.AFTER_AT),
        ("-oQ/tmp@d.example.org", AddressProblem.BEFORE_AT),
        (".zoe@example.org", AddressProblem.BEFORE_AT),
        ("zoe.@example.org", AddressProblem.BEFORE_AT),
        ("zo..e@example.org", AddressProblem.BEFORE_AT),
        ('"zoe"@example.org', AddressProblem.BEFORE_AT),
        ("zoé@example.org", AddressProblem.BEFORE_AT),
        ("@example.org", AddressProblem.BEFORE_AT),
        ("a" * 65 + "@example.org", AddressProblem.BEFORE_AT),
        ("a" * 300 + "@example.org", AddressProblem.LONG),
        ("a@" + "é" * 30 + ("." + "é" * 30) * 6 + ".example", AddressProblem.LONG),
        ("zoe@example.org,lea@example.org", AddressProblem.SEVERAL),
        ("zoe@example.org;lea@example.org", AddressProblem.SEVERAL),
        ("zoe@lea@example.org", AddressProblem.SEVERAL),
        ("zoe@example.org\r\nBcc: lea@example.org", AddressProblem.SIGNS),
        ("zoe@example.org\n", AddressProblem.SIGNS),
        ("zoe\x00@example.org", AddressProblem.SIGNS),
        ("zoe\u200b@example.org", AddressProblem.SIGNS),
        ("zoe @example.org", AddressProblem.SIGNS),
        ("<zoe@example.org>", AddressProblem.BEFORE_AT),
    ],
)
def test_an_odd_address_is_refused_and_the_reason_known(typed: str, problem: AddressProblem) -> None:
    with pytest.raises(WrongAddress) as wrong:
        normal_address(typed)
    assert wrong.value.problem is problem


def test_the_person_is_told_what_to_do() -> None:
    # In English, whatever language an earlier page of this process spoke.
    with translation.override("en"), pytest.raises(WrongAddress, match="What stands after"):
        normal_address("zoe@localhost")


@given(st.text(max_size=80))
def test_whatever_is_typed_either_becomes_one_plain_address_or_is_refused(typed: str) -> None:
    try:
        address = normal_address(typed)
    except WrongAddress:
        return
    assert address.isascii()
    assert address.count("@") == 1
    assert not set(address) & set(' ,;<>()[]"\\\r\n\0')
    assert normal_address(address) == address
