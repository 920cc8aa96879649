"""Numbers as English and French write them."""

from gravida.analysis.report.numbers import ENGLISH, FRENCH


def test_decimals_thousands_and_per_cent_follow_the_language() -> None:
    assert ENGLISH.number(12345.678, 1) == "12,345.7"
    assert FRENCH.number(12345.678, 1) == "12\u202f345,7"
    assert ENGLISH.share(0.1249) == "12.5%"
    assert FRENCH.share(0.1249) == "12,5\u202f%"
    assert FRENCH.interval(1.3, 1.78) == "1,30 à 1,78"


def test_a_number_that_rounds_to_zero_has_no_sign_and_one_below_has_a_minus() -> None:
    assert ENGLISH.number(-0.001, 2) == "0.00"
    assert ENGLISH.number(-0.5, 1) == "\u22120.5"


def test_small_p_values_are_told_as_below_a_thousandth() -> None:
    assert ENGLISH.p(0.0004) == "<\u202f0.001"
    assert ENGLISH.p_told(0.031) == "= 0.031"
    assert FRENCH.p_told(1e-9).startswith("<")


def test_what_is_not_there_is_a_dash_and_what_is_masked_is_said() -> None:
    assert ENGLISH.number(None) == ENGLISH.number(float("nan")) == "\u2013"
    assert ENGLISH.count("masked") == "masked"
    assert FRENCH.count("masked") == "masqué"
    assert ENGLISH.ratio(800.0) is None
