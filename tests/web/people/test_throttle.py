"""How often secrets may be tried: counted before the hash, the owner's own browser never shut out."""

from datetime import UTC, datetime, timedelta

import pyotp
import pytest
import time_machine
from django.conf import settings
from django.test import Client

from gravida.web.people import passwords
from gravida.web.people.models import normal_email
from gravida.web.people.roles import Role
from tests.web.people.making import SECRET, browser_of, make_person, make_staff

PASSWORD, WRONG = "tulip camion nuage 42", "wrong wrong wrong"
NOW = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)
NEW = "une girafe au plafond"
SIGN_IN, CODE = "/en/staff/sign-in/", "/en/staff/sign-in/code/"


@pytest.fixture
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every password that has reached the hash."""
    reached: list[str] = []
    monkeypatch.setattr(
        passwords, "check_password", lambda password, encoded: reached.append(password) or False
    )
    return reached


def _try(email: str, number: int, *, password: str = WRONG, browser: Client | None = None):
    address = f"10.{number // 250 % 250}.{number % 250}.7"
    return (browser or Client(REMOTE_ADDR=address)).post(SIGN_IN, {"email": email, "password": password})


def test_one_account_is_tried_ten_times_a_quarter_of_an_hour(
    db: None, clock: object, hashed: list[str]
) -> None:
    # given guesses from many networks
    make_staff(Role.NURSE, password=PASSWORD)
    answers = [_try("nurse@example.org", number) for number in range(30)]
    # then ten reach the hash, the others are told to wait
    assert len(hashed) == 10
    assert [answer.status_code for answer in answers[10:]] == [429] * 20
    assert int(answers[-1].headers["Retry-After"]) == 15 * 60
    assert "wait 15 minutes" in answers[-1].content.decode()
    # and after a quarter of an hour it is open again
    clock.shift(timedelta(minutes=15))  # type: ignore[attr-defined]
    assert _try("nurse@example.org", 99).status_code == 200


def test_an_unknown_account_is_throttled_like_a_known_one(db: None, clock: object, hashed: list[str]) -> None:
    statuses = [_try("nobody@example.org", number).status_code for number in range(12)]
    assert statuses == [200] * 10 + [429] * 2


@pytest.mark.slow
def test_of_a_thousand_guesses_spread_wide_a_hundred_reach_the_hash(
    db: None, clock: object, hashed: list[str]
) -> None:
    for number in range(1000):
        _try(f"person{number}@example.org", number)
    assert len(hashed) == 100


def test_one_network_has_fifty_tries(db: None, clock: object, hashed: list[str]) -> None:
    browser = Client(REMOTE_ADDR="203.0.113.7")
    for number in range(60):
        _try(f"person{number}@example.org", 0, browser=browser)
    assert len(hashed) == 50


def test_nobody_elses_guesses_shut_the_owner_out_of_a_known_browser(db: None, clock: object) -> None:
    # given a browser in which its owner has signed in before
    make_staff(Role.NURSE, password=PASSWORD)
    owner = Client()
    owner.post(SIGN_IN, {"email": "nurse@example.org", "password": PASSWORD})
    owner.post(CODE, {"code": pyotp.TOTP(SECRET).at(NOW)})
    owner.post("/en/staff/sign-out/")
    clock.shift(timedelta(minutes=1))  # type: ignore[attr-defined]
    # when others use up the account's tries and everybody's
    for number in range(150):
        _try("nurse@example.org" if number < 15 else f"p{number}@example.org", number)
    assert _try("nurse@example.org", 999, password=PASSWORD).status_code == 429
    # then she still signs in there
    answer = owner.post(SIGN_IN, {"email": "Nurse@example.org", "password": PASSWORD})
    assert answer.status_code == 303
    code = pyotp.TOTP(SECRET).at(NOW + timedelta(minutes=1))
    assert owner.post(CODE, {"code": code}).headers["Location"] == "/en/staff/"
    # and the browser's own allowance ends as well
    owner.post("/en/staff/sign-out/")
    statuses = [_try("nurse@example.org", 0, browser=owner).status_code for _ in range(10)]
    assert statuses[-1] == 429


def test_a_known_browser_is_known_for_its_owner_only_and_until_the_password_changes(
    db: None, clock: object
) -> None:
    from gravida.web.people.throttle import known_device, new_device

    nurse, other = make_person(password=PASSWORD), make_person("other@example.org", password=PASSWORD)
    cookie = new_device(nurse)
    assert known_device(cookie, person=nurse)
    assert not known_device(cookie, person=other)
    assert not known_device(cookie[:-1] + "x", person=nurse)
    passwords.set_password(nurse, "another long password here")
    assert not known_device(cookie, person=nurse)
    assert not known_device(new_device(other), person=None)


def test_codes_are_tried_twenty_times_a_day(db: None, clock: object) -> None:
    # given somebody else who knows the password
    make_staff(Role.NURSE, password=PASSWORD)
    wrong, refused = 0, 0
    # when codes are guessed over the day, from everywhere
    for quarter in range(20):
        clock.move_to(NOW + timedelta(minutes=16 * quarter))  # type: ignore[attr-defined]
        browser = Client(REMOTE_ADDR=f"10.9.{quarter}.1")
        browser.post(SIGN_IN, {"email": "nurse@example.org", "password": PASSWORD})
        for _ in range(4):
            status = browser.post(CODE, {"code": "000000"}).status_code
            wrong, refused = wrong + (status == 200), refused + (status == 429)
    # then twenty are looked at
    assert wrong == 20
    assert refused == 60


@pytest.mark.parametrize(
    ("address", "fields"),
    [
        ("/en/staff/sign-in/", {"email": "nurse@example.org", "password": "wrong wrong wrong"}),
        ("/en/staff/account/password/", {"current_password": WRONG, "new_password": NEW, "again": NEW}),
        ("/en/staff/account/second-factor/", {"secret": "wrong wrong wrong"}),
        ("/en/staff/account/recovery-codes/", {"secret": "000000"}),
        ("/en/staff/sign-in/set-up/", {"code": "000000"}),
        ("/en/staff/password/", {"email": "nurse@example.org"}),
    ],
)  # fmt: skip
def test_every_page_that_checks_a_secret_is_throttled(
    db: None, clock: object, address: str, fields: dict[str, str]
) -> None:
    from gravida.web.people import second_factor

    person = make_staff(Role.NURSE, password=PASSWORD)
    second_factor.begin(person, at=NOW)
    browser = Client() if address == SIGN_IN else browser_of(person)
    assert 429 in [browser.post(address, fields).status_code for _ in range(60)]


def test_addresses_are_one_however_they_are_typed() -> None:
    assert normal_email(" Nurse@Example.ORG ") == normal_email("nurse@example.org")
    assert normal_email("ｎurse@example.org") == "nurse@example.org"


def test_the_cookie_of_a_known_browser_carries_no_address(db: None) -> None:
    from gravida.web.people.throttle import new_device

    assert "nurse" not in new_device(make_person(password=PASSWORD))
    assert settings.DEVICE_COOKIE_NAME
