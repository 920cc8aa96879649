"""Tokens, codes and single-use links."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from gravida.web import tokens
from gravida.web.models import OneTimeLink
from gravida.web.tokens import LinkSpent
from tests.web.test_limits import in_parallel

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
TOMORROW = NOON + timedelta(days=1)


def test_a_token_has_256_bits_and_fits_an_address() -> None:
    assert re.fullmatch(r"[\w-]{43}", tokens.new_token())


def test_a_code_has_three_groups_of_signs_that_are_not_mistaken() -> None:
    assert re.fullmatch(r"([2-9A-HJKMNP-TV-Z]{4}-){2}[2-9A-HJKMNP-TV-Z]{4}", tokens.new_code())


@pytest.mark.parametrize(
    "typed", ["7k2q 9fhm xr4t", "7K2Q–9FHM–XR4T", "７Ｋ２Ｑ9FHMXR4T", " 7K2Q.9FHM_XR4T\n"]
)
def test_a_code_is_the_same_however_it_is_typed(typed: str) -> None:
    assert tokens.normal_code(typed) == "7K2Q9FHMXR4T"


def test_a_digest_belongs_to_its_purpose() -> None:
    assert tokens.digest("7K2Q", purpose="status") != tokens.digest("7K2Q", purpose="share")


@pytest.mark.django_db
def test_looking_at_a_link_does_not_use_it_and_redeeming_uses_it_once() -> None:
    token = tokens.issue_link(purpose="acknowledge", about="request:12", expires_at=TOMORROW)
    for _ in range(3):
        assert tokens.look_at_link(token, purpose="acknowledge", at=NOON) == "request:12"
    assert tokens.redeem_link(token, purpose="acknowledge", at=NOON) == "request:12"
    with pytest.raises(LinkSpent):
        tokens.redeem_link(token, purpose="acknowledge", at=NOON)
    assert tokens.look_at_link(token, purpose="acknowledge", at=NOON) is None


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("purpose", "at", "suffix"),
    [("close", NOON, ""), ("acknowledge", TOMORROW, ""), ("acknowledge", NOON, "x")],
)
def test_a_link_for_something_else_expired_or_unknown_is_spent(
    purpose: str, at: datetime, suffix: str
) -> None:
    token = tokens.issue_link(purpose="acknowledge", about="request:12", expires_at=TOMORROW) + suffix
    assert tokens.look_at_link(token, purpose=purpose, at=at) is None
    with pytest.raises(LinkSpent):
        tokens.redeem_link(token, purpose=purpose, at=at)


@pytest.mark.django_db
def test_the_token_itself_is_not_kept() -> None:
    token = tokens.issue_link(purpose="acknowledge", about="request:12", expires_at=TOMORROW)
    assert token not in str(OneTimeLink.objects.values().get())


@pytest.mark.django_db
def test_the_links_of_an_object_can_be_cancelled() -> None:
    token = tokens.issue_link(purpose="acknowledge", about="request:12", expires_at=TOMORROW)
    other = tokens.issue_link(purpose="acknowledge", about="request:13", expires_at=TOMORROW)
    assert tokens.cancel_links(about="request:12") == 1
    assert tokens.look_at_link(token, purpose="acknowledge", at=NOON) is None
    assert tokens.look_at_link(other, purpose="acknowledge", at=NOON) == "request:13"


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_of_fifty_parallel_calls_one_redeems_the_link() -> None:
    token = tokens.issue_link(purpose="acknowledge", about="request:12", expires_at=TOMORROW)

    def redeemed(_: int) -> bool:
        try:
            tokens.redeem_link(token, purpose="acknowledge", at=NOON)
        except LinkSpent:
            return False
        return True

    assert in_parallel(redeemed, calls=50, threads=50).count(True) == 1
