"""What was typed when a session had ended: kept sealed for its person, given back, then forgotten."""

from datetime import UTC, datetime, timedelta

import pyotp
import pytest
import time_machine
from django.db import connection
from django.test import Client

from gravida.web.people import tasks
from gravida.web.people.models import KeptForm, Person, StaffSession
from gravida.web.people.roles import Role
from tests.web.people.making import SECRET, browser_of, make_staff

NOW = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)
PASSWORD = "tulip camion nuage 42"  # noqa: S105
INVITE = "/en/staff/people/invite/"
TYPED = {
    "email": "new@example.org", "name": "New Colleague", "language": "fr", "role": "nurse",
    "place": "NCT05557201/centre-1",
}  # fmt: skip


@pytest.fixture
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def _sign_in(browser: Client, person: Person, at: datetime):
    browser.post("/en/staff/sign-in/", {"email": person.email, "password": PASSWORD})
    return browser.post("/en/staff/sign-in/code/", {"code": pyotp.TOTP(SECRET).at(at)})


def _typed_too_long(clock) -> tuple[Client, Person]:
    """Somebody who sends a form half an hour after the session was last used."""
    person = make_staff(Role.ADMINISTRATOR, password=PASSWORD)
    browser = browser_of(person)
    clock.shift(timedelta(minutes=31))
    answer = browser.post(INVITE, {**TYPED, "password": "a secret", "csrfmiddlewaretoken": "x"})
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/en/staff/sign-in/?next=")
    return browser, person


def test_a_form_that_comes_too_late_is_given_back_after_the_sign_in(db: None, clock) -> None:
    # given a form sent after the end of the session
    browser, person = _typed_too_long(clock)
    assert not Person.objects.filter(email="new@example.org").exists()
    # when its person signs in again
    answer = _sign_in(browser, person, NOW + timedelta(minutes=31))
    # then it is shown, without secrets, ready to be sent
    assert answer.headers["Location"] == "/en/staff/kept/"
    page = browser.get("/en/staff/kept/").content.decode()
    assert "New Colleague" in page
    assert "a secret" not in page
    assert f'action="{INVITE}"' in page
    # and sent, it has arrived and is forgotten
    assert browser.post(INVITE, TYPED).status_code == 302
    assert Person.objects.filter(email="new@example.org").exists()
    assert not KeptForm.objects.exists()
    assert browser.get("/en/staff/kept/").status_code == 303


def test_it_is_sealed_in_the_database(db: None, clock) -> None:
    _typed_too_long(clock)
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM people_keptform")
        stored = b"".join(bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
                          for value in cursor.fetchone())  # fmt: skip
    assert b"Colleague" not in stored


def test_it_is_shown_to_nobody_else(db: None, clock) -> None:
    browser, _person = _typed_too_long(clock)
    other = make_staff(Role.ADMINISTRATOR, email="other@example.org", password=PASSWORD)
    answer = _sign_in(browser, other, NOW + timedelta(minutes=31))
    assert answer.headers["Location"] != "/en/staff/kept/"
    assert browser.get("/en/staff/kept/").status_code == 303
    assert KeptForm.objects.exists()


def test_it_is_kept_for_half_an_hour(db: None, clock) -> None:
    browser, person = _typed_too_long(clock)
    clock.shift(timedelta(minutes=30))
    assert _sign_in(browser, person, NOW + timedelta(minutes=61)).headers["Location"] == "/en/staff/"
    tasks.forget_kept_forms(NOW + timedelta(minutes=61))
    assert not KeptForm.objects.exists()


def test_it_can_be_dropped(db: None, clock) -> None:
    browser, person = _typed_too_long(clock)
    _sign_in(browser, person, NOW + timedelta(minutes=31))
    browser.post("/en/staff/kept/discard/", {"address": INVITE})
    assert not KeptForm.objects.exists()


def test_it_is_not_kept_of_somebody_who_has_signed_out_or_was_disabled(db: None, clock) -> None:
    from gravida.web.people.actions_people import disable

    leaving, disabled = make_staff(Role.ADMINISTRATOR), make_staff(Role.NURSE)
    browsers = [browser_of(leaving), browser_of(disabled)]
    browsers[0].post("/en/staff/sign-out/")
    browsers[0].cookies["gravida-staff"] = "gone"
    disable(person=disabled, by=None, at=NOW)
    for browser in browsers:
        browser.post(INVITE, TYPED)
    assert not KeptForm.objects.exists()


def test_forms_with_secrets_are_never_kept(db: None, clock) -> None:
    browser = browser_of(make_staff(Role.NURSE, password=PASSWORD))
    clock.shift(timedelta(minutes=31))
    browser.post("/en/staff/account/password/", {"current_password": PASSWORD, "new_password": "x"})
    assert not KeptForm.objects.exists()


def test_old_sessions_are_forgotten_after_a_month(db: None, clock) -> None:
    browser_of(make_staff(Role.NURSE))
    tasks.forget_sessions(NOW + timedelta(days=29))
    assert StaffSession.objects.count() == 1
    tasks.forget_sessions(NOW + timedelta(days=31))
    assert StaffSession.objects.count() == 0


@pytest.mark.parametrize(
    ("site", "is_kept"), [("same-origin", True), ("cross-site", False), ("same-site", False)]
)
def test_a_form_of_an_older_sign_in_is_given_back_when_our_own_page_sent_it(
    db: None, clock, site: str, is_kept: bool
) -> None:
    # given a form left open in a tab, while its person signed in anew in another
    browser = browser_of(make_staff(Role.ADMINISTRATOR), enforce_csrf_checks=True)
    # when it is sent with the mark of before
    answer = browser.post(INVITE, TYPED, headers={"sec-fetch-site": site})
    # then it is shown to be sent again; somebody else's page gets nothing kept
    assert answer.status_code == (303 if is_kept else 403)
    assert KeptForm.objects.exists() is is_kept
    assert not Person.objects.filter(email="new@example.org").exists()
