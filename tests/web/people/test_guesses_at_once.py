"""Two hundred guesses at once on every staff page that checks a secret: the limit holds exactly."""

from collections import Counter

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from gravida.web.audit.models import AuditEntry
from gravida.web.models import Mail
from gravida.web.people import second_factor, sessions, throttle
from gravida.web.people.models import Person, StaffSession
from gravida.web.people.roles import Role
from tests.web.people.making import make_staff
from tests.web.test_limits import in_parallel

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

PASSWORD, WRONG = "tulip camion nuage 42", "wrong wrong wrong"
NEW = "une girafe au plafond"
GUESSES, THREADS = 200, 20
Stage = StaffSession.Stage


@pytest.fixture
def person() -> Person:
    """An investigator who has begun to tie a new app to the account."""
    investigator = make_staff(Role.INVESTIGATOR, email="nurse@example.org", password=PASSWORD)
    second_factor.begin(investigator, at=timezone.now())
    return investigator


def _token(person: Person, stage: StaffSession.Stage | None) -> str:
    if stage is None:
        return ""
    return sessions.start(person, stage=stage, network="127.0.0.1/32", browser="Firefox", at=timezone.now())


@pytest.mark.parametrize(
    ("address", "fields", "stage"),
    [
        ("/en/staff/sign-in/", {"email": "nurse@example.org", "password": WRONG}, None),
        ("/en/staff/sign-in/", {"email": "nobody@example.org", "password": WRONG}, None),
        ("/en/staff/sign-in/code/", {"code": "000000"}, Stage.CODE),
        ("/en/staff/sign-in/set-up/", {"code": "000000"}, Stage.FULL),
        (
            "/en/staff/account/password/",
            {"current_password": WRONG, "new_password": NEW, "again": NEW},
            Stage.FULL,
        ),
        ("/en/staff/account/second-factor/", {"secret": WRONG}, Stage.FULL),
        ("/en/staff/account/recovery-codes/", {"secret": "000000"}, Stage.FULL),
        (
            "/en/staff/messages/export/",
            {"since": "2026-11-01", "until": "2026-11-02", "reason": "report", "secret": WRONG},
            Stage.FULL,
        ),
    ],
)  # fmt: skip
def test_of_two_hundred_guesses_at_once_exactly_ten_are_looked_at(
    person: Person, address: str, fields: dict[str, str], stage: StaffSession.Stage | None
) -> None:
    # given browsers of one network, signed in as far as the page wants
    token = _token(person, stage)

    def guess(number: int) -> int:
        browser = Client(REMOTE_ADDR=f"10.1.{number}.7")
        if token:
            browser.cookies[settings.STAFF_COOKIE_NAME] = token
        return browser.post(address, fields).status_code

    # when two hundred wrong secrets are tried at once
    statuses = Counter(in_parallel(guess, calls=GUESSES, threads=THREADS))
    # then ten are looked at, and no other
    assert statuses[429] == GUESSES - throttle.ACCOUNT.times, statuses
    assert AuditEntry.objects.filter(action="sign_in.done").count() == 0


def test_of_two_hundred_wishes_for_a_reset_at_once_three_mails_leave(person: Person) -> None:
    statuses = Counter(
        in_parallel(
            lambda number: (
                Client(REMOTE_ADDR=f"10.1.{number}.7")
                .post("/en/staff/password/", {"email": "nurse@example.org"})
                .status_code
            ),
            calls=GUESSES,
            threads=THREADS,
        )
    )
    assert Mail.objects.filter(kind="staff.reset").count() == throttle.LINKS_TO_ACCOUNT.times, statuses
