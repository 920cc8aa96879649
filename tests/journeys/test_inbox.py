"""A nurse with a keyboard answers what is late; silence escalates; the second of two loses nothing."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pyotp
import pytest
import time_machine
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, expect

from gravida.find.contact import clock
from gravida.find.contact.models import Request, Team
from gravida.find.contact.retention import retain
from gravida.web.people.models import Person, SecondFactor
from gravida.web.people.passwords import Argon2id
from gravida.web.people.roles import Role
from tests.find.contact.making import confirm, fresh, kinds_of_mails, send, token_and_code
from tests.journeys.conftest import problems_of_accessibility
from tests.journeys.contact import open_team, tab_to
from tests.journeys.test_staff_sign_in import PASSWORD, code_now, signed_in
from tests.mails import every_mail_is_neutral
from tests.web.people.making import SECRET, make_staff

pytestmark = [pytest.mark.journey, pytest.mark.slow]


@pytest.fixture(autouse=True)
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Argon2id, "memory_cost", 64)


@pytest.fixture
def team(site: str) -> Team:
    """FALCO's team."""
    return open_team()


def written(team: Team, *, at: datetime, language: str = "fr") -> tuple[Request, str, str]:
    """A confirmed message; with the secret of its private page and the code."""
    sent = send(team, at=at, language=language)
    token, code = token_and_code(sent, at=at)
    confirm(sent, at=at)
    return fresh(sent.request), token, code


def sign_in_with_keys(page: Page, person: Person) -> None:
    """Password, then the code of the app, without a mouse."""
    page.goto("/en/staff/")
    tab_to(page, page.get_by_label("E-mail"))
    page.keyboard.type(person.email)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    tab_to(page, page.get_by_label("Code"))
    page.keyboard.type(code_now())
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Good day")


def press_enter_on(page: Page, role: str, name: str | re.Pattern[str]) -> None:
    """Go there by Tab and press Enter."""
    tab_to(page, page.get_by_role(role, name=name).first)  # type: ignore[arg-type]
    page.keyboard.press("Enter")


def note_call(page: Page, outcome: str) -> None:
    """Key c, the outcome by arrow or space, Enter."""
    page.keyboard.press("c")
    page.get_by_label(outcome, exact=True).focus()
    page.keyboard.press("Space")
    press_enter_on(page, "button", "Note this call")
    expect(page.get_by_role("status").first).to_contain_text("The call is noted.")


def test_a_nurse_with_a_keyboard_tells_kindly_and_she_reads_it_in_her_language(
    open_context: Callable[..., BrowserContext], site: str, team: Team
) -> None:
    # given a message in French that has waited for nine days, and a nurse who reads English
    request, token, code = written(team, at=timezone.now() - timedelta(days=9))
    nurse = make_staff(Role.NURSE, password=PASSWORD)
    page = open_context(locale="en-GB", viewport={"width": 1280, "height": 900}).new_page()
    # when she signs in, opens what is overdue by the keyboard, and calls twice
    sign_in_with_keys(page, nurse)
    expect(page.get_by_text("1 overdue")).to_be_visible()
    press_enter_on(page, "link", "Messages")
    press_enter_on(page, "link", re.compile("^Overdue"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Overdue")
    assert problems_of_accessibility(page) == []
    page.keyboard.press("j")
    expect(page.get_by_role("link", name=request.reference)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text(request.reference)
    expect(page.get_by_text("Wolof")).to_be_visible()
    assert problems_of_accessibility(page) == []
    note_call(page, "no answer")
    note_call(page, "reached")
    # and it turns out not to be possible
    press_enter_on(page, "link", "Taking part is not possible")
    expect(page.get_by_role("heading", level=1)).to_have_text("Taking part is not possible")
    assert problems_of_accessibility(page) == []
    tab_to(page, page.get_by_role("radio").first)
    page.keyboard.press("Space")
    condition = page.locator("label[for=criterion-1]").inner_text()
    press_enter_on(page, "button", "Go on")
    expect(page.get_by_text(condition).first).to_be_visible()
    field = page.get_by_label("What she reads")
    expect(field).to_contain_text("Merci")
    tab_to(page, field)
    page.keyboard.press("Control+Home")
    page.keyboard.type("Chère Ondine, ")
    page.get_by_role("radio", name=re.compile("NCT")).first.focus()
    page.keyboard.press("Space")
    press_enter_on(page, "button", "See it as she will read it")
    # then she sees it first as the person will
    preview = page.get_by_role("region", name="As she will read it")
    expect(preview).to_contain_text("Chère Ondine, Merci")
    expect(preview.get_by_role("link")).to_have_count(1)
    assert problems_of_accessibility(page) == []
    press_enter_on(page, "button", "Send it to her")
    expect(page.get_by_role("status").first).to_contain_text("in your words")
    # and the person reads it on her own page, with the other study
    hers = open_context(locale="fr-FR").new_page()
    hers.goto(f"/fr/message/{token}/")
    hers.get_by_label("Votre code").fill(code)
    hers.get_by_role("button", name="Ouvrir la page").click()
    expect(hers.get_by_text("Chère Ondine, Merci")).to_be_visible()
    expect(hers.get_by_role("link", name=re.compile("étude")).first).to_be_visible()
    expect(hers.get_by_text("nurse@example.org")).to_have_count(0)
    assert problems_of_accessibility(hers) == []
    assert every_mail_is_neutral() >= 3


def test_silence_escalates_step_by_step_until_it_is_closed(
    open_context: Callable[..., BrowserContext], site: str, team: Team
) -> None:
    # given a message of a Tuesday, a nurse, and an administrator of the site
    tuesday = datetime(2027, 2, 2, 9, tzinfo=timezone.get_default_timezone())
    make_staff(Role.ADMINISTRATOR)
    nurse = make_staff(Role.NURSE)
    with time_machine.travel(tuesday):
        request, *_ = written(team, at=timezone.now())
    # when nobody answers, each working day brings what the table of timers says
    steps = (
        (2, "contact.team.reminder", "The team was reminded"),
        (6, "contact.team.alternate", "The second contact was told"),
        (8, "contact.person.no_answer", "Administrator and person were told"),
        (14, None, "Marked as late"),
    )
    known = len(kinds_of_mails())
    for days, mail, words in steps:
        with time_machine.travel(tuesday + timedelta(days=days, hours=25)):
            clock.run_timers(timezone.now())
            sent = kinds_of_mails()[known:]
            assert mail is None or mail in sent, (days, sent)
            known = len(kinds_of_mails())
            # then the nurse sees it on the message, and how late it is
            page = signed_in(open_context(locale="en-GB"), nurse, site)
            page.goto(f"/en/staff/messages/{request.reference}/")
            expect(page.get_by_text(words).first).to_be_visible()
            page.goto("/en/staff/messages/?status=overdue")
            expect(page.get_by_text(re.compile("^overdue for"))).to_be_visible()
            page.context.close()
    assert "contact.staff.unanswered" in kinds_of_mails()
    # and after thirty days it is closed, she is told, and nothing of her is left to see
    with time_machine.travel(tuesday + timedelta(days=31)):
        clock.run_timers(timezone.now())
        retain(timezone.now())
        assert fresh(request).state == "expired_no_reply"
        assert kinds_of_mails()[-1] == "contact.person.expired"
        page = signed_in(open_context(locale="en-GB"), nurse, site)
        assert page.goto(f"/en/staff/messages/{request.reference}/").status == 404
        page.goto("/en/staff/messages/")
        expect(page.get_by_text(request.reference)).to_have_count(0)
    every_mail_is_neutral()


def test_of_two_nurses_the_second_is_shown_both_versions_and_keeps_her_words(
    open_context: Callable[..., BrowserContext], site: str, team: Team
) -> None:
    # given two nurses on the same message
    request, *_ = written(team, at=timezone.now() - timedelta(hours=2))
    ann = signed_in(open_context(locale="en-GB"), make_staff(Role.NURSE, name="Ann Example"), site)
    ben_himself = make_staff(Role.NURSE, email="ben@example.org", name="Ben Example")
    ben = signed_in(open_context(locale="en-GB"), ben_himself, site)
    for page in (ann, ben):
        page.goto(f"/en/staff/messages/{request.reference}/answer/")
    # when Ben confirms the receipt while Ann writes
    ann.get_by_label("Your answer").fill("We will call you on Monday at nine.")
    ben.goto(f"/en/staff/messages/{request.reference}/")
    ben.get_by_role("button", name="Tell her that we have it").click()
    ann.get_by_role("button", name="See it as she will read it").click()
    # then Ann is told, sees both versions and who was first, and her words are there
    expect(ann.get_by_role("heading", level=1)).to_have_text("Somebody has changed this message meanwhile")
    expect(ann.get_by_role("row", name=re.compile("State opened"))).to_contain_text("receipt confirmed")
    expect(ann.get_by_text("Ben Example").first).to_be_visible()
    expect(ann.get_by_text("We will call you on Monday at nine.")).to_be_visible()
    assert problems_of_accessibility(ann) == []
    ann.get_by_role("button", name="Do it all the same").click()
    expect(ann.get_by_role("region", name="As she will read it")).to_contain_text("on Monday at nine")
    ann.get_by_role("button", name="Send this answer").click()
    expect(ann.get_by_role("status").first).to_contain_text("Your answer is on her page")
    # and a nurse of another centre finds nothing at all
    stranger = make_staff(Role.NURSE, email="lyon@example.org", centre="centre-2")
    lyon = signed_in(open_context(locale="en-GB"), stranger, site)
    for more in ("", "answer/", "not-possible/", "sure/spam/"):
        answer = lyon.goto(f"/en/staff/messages/{request.reference}/{more}")
        assert answer is not None
        assert answer.status == 404
    lyon.goto("/en/staff/messages/")
    expect(lyon.get_by_text(request.reference)).to_have_count(0)


def test_keys_are_listed_and_can_be_switched_off(
    open_context: Callable[..., BrowserContext], site: str, team: Team
) -> None:
    written(team, at=timezone.now() - timedelta(hours=2))
    page = signed_in(open_context(locale="en-GB"), make_staff(Role.NURSE), site)
    page.goto("/en/staff/messages/")
    page.get_by_text("Shortcut keys", exact=True).click()
    expect(page.get_by_text("next message of the list")).to_be_visible()
    page.get_by_role("button", name="Shortcut keys are on").click()
    expect(page.get_by_role("button", name="Shortcut keys are off")).to_be_visible()
    page.keyboard.press("j")
    expect(page.locator("[data-row]").first).not_to_be_focused()


def test_the_inbox_needs_no_script(
    open_context: Callable[..., BrowserContext], site: str, team: Team
) -> None:
    request, *_ = written(team, at=timezone.now() - timedelta(hours=2))
    nurse = make_staff(Role.NURSE, language="fr")
    page = signed_in(open_context(java_script_enabled=False, locale="fr-FR"), nurse, site)
    page.goto("/staff/messages/")
    page.get_by_label(f"Choisir {request.reference}").check()
    page.get_by_label("Que faire").select_option(label="Confier à une ou un collègue")
    page.get_by_role("button", name="Continuer").click()
    page.get_by_label("Qui s’en occupe ?").select_option(label=nurse.name)
    page.get_by_role("button", name="Le confier à cette personne").click()
    expect(page.get_by_role("status")).to_contain_text("Fait pour 1 message")
    assert fresh(request).assigned_to == nurse
    page.goto(f"/staff/messages/{request.reference}/")
    page.get_by_role("button", name="Lui dire que nous l’avons reçu").click()
    expect(page.get_by_role("status").first).to_contain_text("Elle sait maintenant")


def test_an_investigator_takes_a_file_with_a_code(
    open_context: Callable[..., BrowserContext], site: str, team: Team
) -> None:
    written(team, at=timezone.now() - timedelta(hours=2))
    page = signed_in(open_context(locale="en-GB", accept_downloads=True), make_staff(Role.INVESTIGATOR), site)
    page.goto("/en/staff/messages/export/")
    page.get_by_role("button", name="Take the file").click()
    expect(page.get_by_role("alert")).to_contain_text("Please say what the file is for")
    assert problems_of_accessibility(page) == []
    page.get_by_label("What do you need it for?").fill("report of the year")
    page.get_by_label("Your password, or a code of your app").fill(pyotp.TOTP(SECRET).now())
    with page.expect_download() as download:
        page.get_by_role("button", name="Take the file").click()
    assert download.value.suggested_filename.endswith(".csv")
    page.goto("/en/staff/messages/export/")
    expect(page.get_by_text("report of the year")).to_be_visible()
    assert SecondFactor.objects.filter(last_step__gt=0).exists()
