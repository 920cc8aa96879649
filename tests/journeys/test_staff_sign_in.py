"""Staff: invited, set up, signed in and out; pages for everyone at every width; nothing typed is lost."""

from collections.abc import Callable
from datetime import timedelta

import pyotp
import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, expect

from gravida.web.models import Mail
from gravida.web.people.models import Person, SecondFactor, StaffSession
from gravida.web.people.passwords import Argon2id
from gravida.web.people.roles import Role
from tests.journeys.conftest import problems_of_accessibility
from tests.web.people.making import SECRET, browser_of, make_staff

pytestmark = [pytest.mark.journey, pytest.mark.slow]

PASSWORD = "tulip camion nuage 42"  # noqa: S105
OPEN = ["/staff/sign-in/", "/staff/password/", "/staff/welcome/spent/"]
INSIDE = ["/staff/", "/staff/people/", "/staff/people/invite/", "/staff/account/", "/staff/account/password/",
          "/staff/audit/", "/staff/no-such-page/"]  # fmt: skip


@pytest.fixture(autouse=True)
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Argon2id, "memory_cost", 64)


def code_now() -> str:
    """What the app of SECRET shows."""
    return pyotp.TOTP(SECRET).now()


def signed_in(context: BrowserContext, person: Person, site: str) -> Page:
    """A page of a browser in which the person has signed in."""
    token = browser_of(person).cookies[settings.STAFF_COOKIE_NAME].value
    context.add_cookies([{"name": settings.STAFF_COOKIE_NAME, "value": token, "url": site}])
    return context.new_page()


def _link_in(mail: Mail) -> str:
    return next(line for line in mail.text.splitlines() if line.startswith("http")).split("/", 3)[3]


def test_somebody_invited_sets_up_two_steps_and_signs_in(visitor: Page, site: str) -> None:
    # given a nurse whom an administrator has invited
    from gravida.web.people.actions_people import Place, invite

    invite(
        email="nurse@example.org", name="Nurse Example", language="en", role=Role.NURSE,
        place=Place("NCT05557201", "centre-1"), by=None, at=timezone.now(),
    )  # fmt: skip
    # when she follows the link in her mail and chooses a password that everybody chooses
    visitor.goto(f"/{_link_in(Mail.objects.get())}")
    visitor.get_by_label("New password", exact=True).fill("motdepasse12345")
    visitor.get_by_label("New password once more").fill("motdepasse12345")
    visitor.get_by_role("button", name="Set this password").click()
    # then she is told why not, and a better one is taken
    expect(visitor.get_by_role("alert")).to_contain_text("among the first that are tried")
    assert problems_of_accessibility(visitor) == []
    visitor.get_by_label("New password", exact=True).fill(PASSWORD)
    visitor.get_by_label("New password once more").fill(PASSWORD)
    visitor.get_by_role("button", name="Set this password").click()
    expect(visitor.get_by_role("status")).to_contain_text("Your new password is set")
    # when she signs in with the keyboard alone
    visitor.get_by_label("E-mail").focus()
    visitor.keyboard.type("nurse@example.org")
    visitor.keyboard.press("Tab")
    visitor.keyboard.type(PASSWORD)
    visitor.keyboard.press("Enter")
    # then an app is set up, and the recovery codes are shown once
    expect(visitor.get_by_role("heading", level=1)).to_have_text("Set up the second step")
    assert problems_of_accessibility(visitor) == []
    secret = SecondFactor.objects.get().new_secret
    visitor.get_by_label("Code").fill(pyotp.TOTP(secret).now())
    visitor.keyboard.press("Enter")
    expect(visitor.locator("ol code")).to_have_count(10)
    expect(visitor.get_by_role("button", name="Print")).to_be_visible()
    assert problems_of_accessibility(visitor) == []
    visitor.get_by_role("link", name="I have kept them").click()
    expect(visitor.get_by_role("heading", level=1)).to_have_text("Good day")
    # and the second time the password and the code open the page she wanted
    visitor.get_by_role("button", name="Sign out").click()
    expect(visitor.get_by_role("status")).to_have_text("You are signed out.")
    visitor.goto("/en/staff/account/")
    visitor.get_by_label("E-mail").fill("nurse@example.org")
    visitor.get_by_label("Password").fill(PASSWORD)
    visitor.keyboard.press("Enter")
    expect(visitor.get_by_role("heading", level=1)).to_have_text("Second step")
    assert problems_of_accessibility(visitor) == []
    visitor.get_by_label("Code").fill("000 000")
    visitor.keyboard.press("Enter")
    expect(visitor.get_by_role("alert")).to_contain_text("This code is not right")
    SecondFactor.objects.update(last_step=0)
    visitor.get_by_label("Code").fill(pyotp.TOTP(secret).now())
    visitor.keyboard.press("Enter")
    expect(visitor.get_by_role("heading", level=1)).to_have_text("My account")


def test_what_was_typed_when_the_session_ended_is_given_back(
    open_context: Callable[..., BrowserContext], site: str
) -> None:
    # given an administrator who types for longer than a session lives
    administrator = make_staff(Role.ADMINISTRATOR, password=PASSWORD)
    page = signed_in(open_context(locale="en-GB"), administrator, site)
    page.goto("/en/staff/people/invite/")
    page.get_by_label("E-mail").fill("new@example.org")
    page.get_by_label("Name", exact=True).fill("New Colleague")
    page.get_by_label("Where").select_option(label="FALCO")
    StaffSession.objects.update(seen_at=timezone.now() - timedelta(minutes=31))
    # when she sends it, and signs in again
    page.get_by_role("button", name="Send the invitation").click()
    expect(page.get_by_role("status")).to_contain_text("What you typed is kept")
    page.get_by_label("E-mail").fill(administrator.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_label("Code").fill(code_now())
    page.keyboard.press("Enter")
    # then all of it is there, and sent by one press
    expect(page.get_by_role("heading", level=1)).to_have_text("What you typed is kept")
    expect(page.get_by_text("New Colleague")).to_be_visible()
    assert problems_of_accessibility(page) == []
    page.get_by_role("button", name="Send it now").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("New Colleague")
    assert Person.objects.filter(email="new@example.org").exists()
    # and the notice that it is kept is gone
    page.goto("/en/staff/")
    expect(page.get_by_role("link", name="See it and send it")).to_have_count(0)


def test_an_administrator_invites_gives_roles_and_takes_access_away(
    open_context: Callable[..., BrowserContext], site: str
) -> None:
    # given an administrator
    page = signed_in(open_context(locale="en-GB"), make_staff(Role.ADMINISTRATOR), site)
    page.goto("/en/staff/people/")
    # when she invites a nurse
    page.get_by_role("link", name="Invite somebody").click()
    page.get_by_label("E-mail").fill("nurse@example.org")
    page.get_by_label("Name", exact=True).fill("Nurse Example")
    page.get_by_role("button", name="Send the invitation").click()
    # then the missing place is asked for, and nothing typed is lost
    expect(page.get_by_role("alert")).to_contain_text("Choose a study for this role")
    expect(page.get_by_label("Name", exact=True)).to_have_value("Nurse Example")
    assert problems_of_accessibility(page) == []
    page.get_by_label("Where").select_option(index=2)
    page.get_by_role("button", name="Send the invitation").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Nurse Example")
    assert problems_of_accessibility(page) == []
    # and another role is given, one ended, and all access taken away
    page.get_by_text("Give another role").click()
    page.get_by_label("Role").select_option(label="Investigator")
    page.get_by_label("Where").select_option(label="FALCO")
    page.get_by_role("button", name="Give this role").click()
    expect(page.get_by_text("Investigator, FALCO")).to_be_visible()
    page.get_by_role("button", name="End this role").first.click()
    expect(page.get_by_role("button", name="End this role")).to_have_count(1)
    page.get_by_role("button", name="Take away all access now").click()
    expect(page.get_by_text("no access")).to_be_visible()
    # and the trail tells it
    page.goto("/en/staff/audit/?action=role")
    expect(page.locator("tbody tr")).to_have_count(3)


def test_a_warning_comes_before_the_end_and_a_press_lengthens_the_session(
    open_context: Callable[..., BrowserContext], site: str
) -> None:
    # given somebody who has typed for 28 minutes
    page = signed_in(open_context(locale="en-GB"), make_staff(Role.ADMINISTRATOR), site)
    page.clock.install()
    page.goto("/en/staff/people/invite/")
    page.get_by_label("Name", exact=True).fill("New Colleague")
    warning = page.get_by_text("You will be signed out in three minutes")
    expect(warning).to_be_hidden()
    page.clock.fast_forward("28:00")
    # when the warning comes, and she stays
    expect(warning).to_be_visible()
    page.get_by_role("button", name="Stay signed in").click()
    # then it goes, and what was typed stands
    page.clock.fast_forward("00:05")
    expect(warning).to_be_hidden()
    expect(page.get_by_label("Name", exact=True)).to_have_value("New Colleague")


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_page_meets_wcag_and_fits_its_window(
    open_context: Callable[..., BrowserContext], site: str, theme: str, language: str
) -> None:
    administrator = make_staff(Role.ADMINISTRATOR, name="Donaudampfschifffahrtsgesellschaft Longest-Name")
    make_staff(Role.NURSE, email="a-very-long-address-of-a-nurse.at-a-hospital@department.example.org")
    context = open_context(color_scheme=theme)
    page = context.new_page()
    for width, paths in ((360, OPEN), (360, INSIDE), (768, INSIDE), (1280, INSIDE)):
        if paths is INSIDE and width == 360:
            page = signed_in(context, administrator, site)
        page.set_viewport_size({"width": width, "height": 800})
        for path in paths:
            page.goto(f"/{language}{path}")
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path
            assert page.locator("h1").count() == 1
            assert "MISSING-VARIABLE" not in page.content()
            if width == 360:
                assert problems_of_accessibility(page) == [], path


def test_signing_in_needs_no_script(open_context: Callable[..., BrowserContext], site: str) -> None:
    make_staff(Role.NURSE, password=PASSWORD, language="fr")
    page = open_context(java_script_enabled=False, locale="fr-FR").new_page()
    page.goto("/staff/")
    page.get_by_label("E-mail").fill("nurse@example.org")
    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="Se connecter").click()
    page.get_by_label("Code").fill(code_now())
    page.get_by_role("button", name="Continuer").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Bonjour")
