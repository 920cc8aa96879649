"""Signing in: password, second factor, its set-up; how often it may be tried; what every answer carries."""

import re
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
import time_machine
from django.conf import settings
from django.test import Client

from gravida.web.audit.models import AuditEntry
from gravida.web.people.models import StaffSession
from gravida.web.people.roles import Role
from tests.web.people.making import SECRET, browser_of, give, make_person, make_staff

PASSWORD = "tulip camion nuage 42"  # noqa: S105
NOW = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)
SIGN_IN, CODE, SET_UP, HOME = (
    f"/en/staff/{end}" for end in ("sign-in/", "sign-in/code/", "sign-in/set-up/", "")
)


def _give_password(browser: Client, email: str = "nurse@example.org", password: str = PASSWORD, **more: str):
    return browser.post(SIGN_IN, {"email": email, "password": password, **more})


def _code(at: datetime = NOW) -> str:
    return pyotp.TOTP(SECRET).at(at)


def _acts() -> list[str]:
    return list(AuditEntry.objects.order_by("number").values_list("action", flat=True))


@pytest.fixture
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def test_a_password_then_a_code_opens_the_pages(db: None, clock: object) -> None:
    # given a nurse with an app
    make_staff(Role.NURSE, password=PASSWORD)
    browser = Client()
    # when she gives her password, typed with another spelling of her address
    answer = _give_password(browser, email="  Nurse@Example.ORG ")
    # then the code is asked for, and nothing is open yet
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith(CODE)
    assert browser.get(HOME).status_code == 303
    # and with the code the pages are
    assert browser.post(CODE, {"code": _code()}).headers["Location"] == HOME
    assert browser.get(HOME).status_code == 200
    assert _acts() == ["sign_in.done"]


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("nurse@example.org", "wrong wrong wrong"),
        ("nobody@example.org", PASSWORD),
        ("disabled@example.org", PASSWORD),
        ("invited@example.org", PASSWORD),
    ],
)
def test_wrong_unknown_disabled_and_invited_are_answered_alike(
    db: None, clock: object, email: str, password: str
) -> None:
    # given one who may sign in, one disabled, one who has no password yet
    make_staff(Role.NURSE, password=PASSWORD)
    make_person("disabled@example.org", password=PASSWORD, disabled_at=NOW)
    make_person("invited@example.org")
    # when any but the first, or the first with a wrong password, tries
    answer = _give_password(Client(), email=email, password=password)
    # then the words are the same, no session begins, and the try is recorded without the address
    assert answer.status_code == 200
    assert "do not belong together" in answer.content.decode()
    assert settings.STAFF_COOKIE_NAME not in answer.cookies
    entry = AuditEntry.objects.get()
    assert entry.action == "sign_in.failed"
    assert email not in str(entry.changes)


def test_a_role_with_messages_leads_through_the_set_up_first(db: None, clock: object) -> None:
    # given a nurse without an app
    person = make_person(password=PASSWORD)
    give(person, Role.NURSE, study="NCT05557201", centre="centre-1")
    browser = Client()
    # when she signs in
    assert _give_password(browser).headers["Location"].startswith(SET_UP)
    assert browser.get(HOME).headers["Location"].startswith(SET_UP)
    # then the page shows the key, its first code opens the pages and ten recovery codes
    page = browser.get(SET_UP).content.decode()
    secret = re.search(r'class="secret">([A-Z2-7 ]+)<', page)
    assert secret
    answer = browser.post(SET_UP, {"code": pyotp.TOTP(secret[1].replace(" ", "")).at(NOW)})
    codes = re.findall(r"<code>([2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4})</code>", answer.content.decode())
    assert len(set(codes)) == 10
    assert browser.get(HOME).status_code == 200
    # and they are shown once: the page is no longer there
    assert browser.get(SET_UP).headers["Location"] == "/en/staff/account/"
    # and a recovery code, typed without hyphens in small letters, opens once
    for status in (303, 200):
        other = Client()
        _give_password(other)
        assert other.post(CODE, {"code": codes[0].replace("-", " ").lower()}).status_code == status


def test_a_code_is_taken_once(db: None, clock: object) -> None:
    make_staff(Role.NURSE, password=PASSWORD)
    first, second = Client(), Client()
    for browser in (first, second):
        _give_password(browser)
    assert first.post(CODE, {"code": _code()}).status_code == 303
    answer = second.post(CODE, {"code": _code()})
    assert answer.status_code == 200
    assert "used before" in answer.content.decode()
    # an older one is not taken either
    assert second.post(CODE, {"code": _code(NOW - timedelta(seconds=30))}).status_code == 200


@pytest.mark.parametrize(("seconds", "status"), [(-30, 303), (30, 303), (-61, 200), (90, 200)])
def test_clocks_may_be_half_a_minute_apart(db: None, clock: object, seconds: int, status: int) -> None:
    make_staff(Role.NURSE, password=PASSWORD)
    browser = Client()
    _give_password(browser)
    assert browser.post(CODE, {"code": _code(NOW + timedelta(seconds=seconds))}).status_code == status


def test_every_step_gives_a_new_session_id(db: None, clock: object) -> None:
    # given a secret planted in the browser
    make_staff(Role.NURSE, password=PASSWORD)
    browser = Client()
    browser.cookies[settings.STAFF_COOKIE_NAME] = "planted"
    # when she signs in
    _give_password(browser)
    half_way = browser.cookies[settings.STAFF_COOKIE_NAME].value
    browser.post(CODE, {"code": _code()})
    whole = browser.cookies[settings.STAFF_COOKIE_NAME].value
    # then each step has its own, and the ones before open nothing
    assert len({"planted", half_way, whole}) == 3
    for old in ("planted", half_way):
        other = Client()
        other.cookies[settings.STAFF_COOKIE_NAME] = old
        assert other.get(HOME).status_code == 303
    assert whole not in str(list(StaffSession.objects.values()))


@pytest.mark.parametrize(
    ("asked", "leads"),
    [
        ("/en/staff/people/", True),
        ("/staff/account/", True),
        ("//evil.example.org/staff/", False),
        ("https://evil.example.org/staff/", False),
        ("/en/staff/../studies/", False),
        ("/en/staff//evil", False),
        ("/en/studies/", False),
        ("/staff/no-such-page/", False),
        ("/\\evil.example.org/staff/", False),
        ("/en/staff/%2e%2e/", False),
        ("javascript:alert(1)", False),
        ("/en/staff/sign-out/", False),
    ],
)
def test_the_next_page_is_only_ever_one_of_the_staff(
    db: None, clock: object, asked: str, leads: bool
) -> None:
    make_staff(Role.ADMINISTRATOR, password=PASSWORD)
    browser = Client()
    _give_password(browser, email="administrator@example.org")
    answer = browser.post(CODE, {"code": _code(), "next": asked})
    assert answer.headers["Location"] == (asked if leads else HOME)


def test_signing_out_is_a_post_and_ends_the_session(db: None) -> None:
    browser = browser_of(make_staff(Role.NURSE))
    assert browser.get("/en/staff/sign-out/").status_code == 405
    assert browser.get(HOME).status_code == 200
    browser.post("/en/staff/sign-out/")
    assert browser.get(HOME).status_code == 303
    assert _acts() == ["sign_out.done"]


def test_a_session_ends_when_idle_for_half_an_hour_and_after_twelve_hours(db: None, clock: object) -> None:
    # given somebody signed in
    browser = browser_of(make_staff(Role.NURSE))
    # when she looks at a page every 29 minutes, then she stays signed in, until twelve hours are over
    for minutes in range(29, 12 * 60, 29):
        clock.move_to(NOW + timedelta(minutes=minutes))  # type: ignore[attr-defined]
        assert browser.get(HOME).status_code == 200, minutes
    clock.move_to(NOW + timedelta(hours=12))  # type: ignore[attr-defined]
    assert browser.get(HOME).status_code == 303
    # and another who does nothing for thirty minutes is signed out, not a minute before
    other = browser_of(make_staff(Role.INVESTIGATOR))
    clock.shift(timedelta(minutes=29, seconds=59))  # type: ignore[attr-defined]
    assert other.get(HOME).status_code == 200
    clock.shift(timedelta(minutes=30))  # type: ignore[attr-defined]
    assert other.get(HOME).status_code == 303


def test_a_clock_set_back_lengthens_no_session(db: None, clock: object) -> None:
    browser = browser_of(make_staff(Role.NURSE))
    clock.shift(timedelta(hours=-2))  # type: ignore[attr-defined]
    assert browser.get(HOME).status_code == 303


def test_staff_pages_are_never_kept_by_the_browser(db: None) -> None:
    browser = browser_of(make_staff(Role.NURSE))
    for address in (HOME, SIGN_IN, "/staff/", "/en/staff/no-such-page/", "/en/staff/people/"):
        assert browser.get(address).headers["Cache-Control"] == "no-store"


def test_cookies_are_out_of_reach_of_scripts_and_other_sites(db: None, clock: object, settings) -> None:
    settings.IS_HTTPS = True
    make_staff(Role.NURSE, password=PASSWORD)
    browser = Client()
    _give_password(browser)
    cookies = {**browser.post(CODE, {"code": _code()}).cookies}
    session, device = cookies[settings.STAFF_COOKIE_NAME], cookies[settings.DEVICE_COOKIE_NAME]
    for cookie, same_site in ((session, "Lax"), (device, "Strict")):
        assert cookie["httponly"]
        assert cookie["secure"]
        assert cookie["path"] == "/"
        assert cookie["domain"] == ""
        assert cookie["samesite"] == same_site


def test_public_pages_are_told_nothing_of_staff(bundled: None) -> None:
    browser = browser_of(make_staff(Role.NURSE))
    answer = browser.get("/en/")
    assert not answer.cookies
    assert "Sign out" not in answer.content.decode()
    assert not hasattr(answer.wsgi_request, "person")


def test_pages_without_a_language_speak_the_persons_own(db: None) -> None:
    browser = browser_of(make_staff(Role.NURSE, language="fr"), language="en")
    assert '<html lang="fr">' in browser.get("/staff/").content.decode()
    assert '<html lang="en">' in browser.get("/en/staff/").content.decode()
