"""Somebody wants to hear of new studies: signs up, confirms, reads what is new, takes a break, ends it."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, expect

from gravida.find.alerts.digests import send_digests
from gravida.find.alerts.models import Change, Look, Notice, SignUp, Subscriber
from gravida.find.contact import teams
from gravida.find.models import Study
from gravida.web.models import Mail
from tests.journeys.conftest import problems_of_accessibility
from tests.mails import every_mail_is_neutral

pytestmark = pytest.mark.journey

FALCO = "NCT05557201"
SAID = {
    "en": {
        "link": "Tell me of new studies", "email": "Your e-mail address",
        "often": "At once, at most one mail a day",
        "send": "Send me the link", "look": "Please look into your mailbox", "yes": "Yes, write to me",
        "thanks": "Thank you, you will hear from us", "new": "What is new for you",
        "open": "It is now open to new people.", "settings": "How often, a break, or no more mails",
        "silent": "Stay silent", "kind": "Take all the time you need", "again": "Write to me again",
        "erase": "Erase everything", "ended": "You get no more mails from us",
    },
    "fr": {
        "link": "Me signaler les nouvelles études", "email": "Votre adresse e-mail",
        "often": "Aussitôt, un message par jour au plus", "send": "Envoyez-moi le lien",
        "look": "Merci de regarder dans votre boîte e-mail", "yes": "Oui, écrivez-moi",
        "thanks": "Merci, vous aurez de nos nouvelles", "new": "Ce qu’il y a de nouveau pour vous",
        "open": "Elle accueille maintenant de nouvelles personnes.",
        "settings": "Le rythme, une pause, ou plus aucun message", "silent": "Garder le silence",
        "kind": "Prenez tout le temps qu’il vous faut", "again": "Écrivez-moi de nouveau",
        "erase": "Tout effacer", "ended": "Vous ne recevrez plus de messages de notre part",
    },
}  # fmt: skip


def link_in(kind: str) -> str:
    """The first address in the newest mail of a kind, as a path of this site."""
    mail = Mail.objects.filter(kind=kind).latest("id")
    found = re.search(r"https?://[^/]+(/\S+)", mail.text)
    assert found is not None
    return found[1]


def news_for(subscriber: Subscriber, kinds: str = "new opened") -> None:
    """An import changed the study, and the worker had its turn."""
    at = timezone.now()
    look = Look.objects.create(made_at=at, ended_at=at)
    change = Change.objects.create(look=look, study=Study.objects.get(number=FALCO), kinds=kinds)
    for alert in subscriber.alerts.all():
        Notice.objects.create(alert=alert, change=change, kinds=kinds, found_at=at)
    send_digests(at)


def sign_up(page: Page, say: dict[str, str], *, email: str = "zoe@example.org") -> None:
    """From the results to the page that says to look into the mailbox."""
    page.get_by_role("link", name=say["link"]).click()
    page.get_by_label(say["email"]).fill(email)
    page.get_by_label(say["often"]).check()
    page.wait_for_timeout(4_100)  # nobody fills a form sooner
    page.get_by_role("button", name=say["send"]).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(say["look"])


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
@pytest.mark.parametrize("language", ["en", "fr"])
def test_from_a_search_to_the_news_a_break_and_the_end(
    open_context: Callable[..., BrowserContext], language: str, scripts: bool
) -> None:
    # given the results of a search
    say = SAID[language]
    page = open_context(java_script_enabled=scripts, locale=language).new_page()
    page.goto(f"/{language}/studies/?q=miscarriage&near=Lyon&km=any")
    # when she signs up and confirms by the link of the mail
    sign_up(page, say)
    page.goto(link_in("alerts.confirm"))
    page.get_by_role("button", name=say["yes"]).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(say["thanks"])
    assert not SignUp.objects.exists()
    # and something is new
    news_for(Subscriber.objects.get())
    page.goto(link_in("alerts.news"))
    expect(page.get_by_role("heading", level=1)).to_have_text(say["new"])
    expect(page.get_by_text(say["open"])).to_be_visible()
    # then she takes a break, comes back, and ends it
    page.get_by_role("link", name=say["settings"]).click()
    page.get_by_role("button", name=say["silent"]).click()
    expect(page.get_by_role("status")).to_contain_text(say["kind"])
    assert Subscriber.objects.get().pause == "break"
    page.get_by_role("button", name=say["again"]).click()
    expect(page.get_by_role("button", name=say["again"])).to_have_count(0)
    page.get_by_role("button", name=say["erase"]).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(say["ended"])
    assert not Subscriber.objects.exists()
    # and no mail has told anything
    assert every_mail_is_neutral() == 0
    assert page.context.cookies() == []


def test_everything_can_be_done_from_the_keyboard(visitor: Page) -> None:
    visitor.goto("/en/studies/?q=miscarriage")
    visitor.get_by_role("link", name="Tell me of new studies").focus()
    visitor.keyboard.press("Enter")
    visitor.wait_for_url("**/alerts/?q=miscarriage")
    visitor.keyboard.press("Tab")
    expect(visitor.get_by_role("link", name="Skip to the content")).to_be_focused()
    visitor.keyboard.press("Enter")
    for _ in range(2):  # the way back, then the first field: the trap for machines is passed over
        visitor.keyboard.press("Tab")
    expect(visitor.get_by_label("Your e-mail address")).to_be_focused()
    visitor.keyboard.type("zoe@example.org")
    visitor.keyboard.press("Tab")
    visitor.keyboard.press("Space")  # studies that newly fit: unticked
    for _ in range(4):
        visitor.keyboard.press("Tab")
    visitor.keyboard.press("ArrowDown")  # weekly to monthly
    visitor.wait_for_timeout(4_100)
    visitor.keyboard.press("Enter")
    expect(visitor.get_by_role("heading", level=1)).to_have_text("Please look into your mailbox")
    row = SignUp.objects.get()
    assert (row.frequency, row.tells_new, row.tells_opening) == ("monthly", False, True)


def test_who_waits_for_a_closed_team_is_offered_an_alert(visitor: Page) -> None:
    teams.refresh(FALCO, at=timezone.now())
    Study.objects.filter(number=FALCO).update(status="COMPLETED")
    visitor.goto(f"/en/studies/{FALCO}/contact/")
    visitor.get_by_role("link", name=re.compile("Tell me when")).first.click()
    expect(visitor.get_by_role("heading", level=1)).to_have_text("Hear of this study")
    expect(visitor.get_by_label("When it opens to new people")).to_be_checked()


def test_a_mistake_takes_the_focus_and_keeps_what_was_typed(visitor: Page) -> None:
    visitor.goto(f"/en/studies/{FALCO}/alerts/")
    visitor.get_by_label("Your e-mail address").fill("zoe at example")
    visitor.get_by_role("button", name="Send me the link").click()
    expect(visitor.get_by_role("alert")).to_be_focused()
    expect(visitor.get_by_label("Your e-mail address")).to_have_value("zoe at example")
    visitor.get_by_role("alert").get_by_role("link").click()
    expect(visitor.get_by_label("Your e-mail address")).to_be_focused()


def _pages(page: Page, language: str) -> dict[str, str]:
    """Every page of alerts in a language, filled, by a name."""
    from tests.find.alerts.conftest import ask, search_for, subscribe, token_of

    at = timezone.now()
    search = search_for(
        "fausses couches à répétition anticorpsantiphospholipidessansinterruption",
        query="q=fausses+couches&near=Lyon", age_years=34, statuses=("RECRUITING",),
    )  # fmt: skip
    subscribe(search=search, at=at, language=language)
    subscriber = subscribe(study=FALCO, at=at, language=language)
    news_for(subscriber, "new opened closed gone places results")
    ask(study=FALCO, email="new@example.org", at=at, language=language)
    confirm = token_of(Mail.objects.filter(kind="alerts.confirm").latest("id"), "confirm")
    own = f"/{language}/alerts/{subscriber.page_token}/"
    return {
        "study": f"/{language}/studies/{FALCO}/alerts/",
        "search": f"/{language}/alerts/?q=fausses+couches&near=Lyon&age=34",
        "search_first": f"/{language}/alerts/",
        "asked": f"/{language}/alerts/asked/",
        "confirm": f"/{language}/alerts/{confirm}/confirm/",
        "news": own,
        "settings": f"{own}settings/?done=break",
        "stop": f"/{language}/alerts/{subscriber.stop_token}/stop/",
        "ended": f"/{language}/alerts/{'x' * 43}/",
    }


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_page_meets_wcag_and_fits_every_window(
    open_context: Callable[..., BrowserContext], theme: str, language: str, site: Any
) -> None:
    page = open_context(color_scheme=theme).new_page()
    problems: dict[str, list[str]] = {}
    for name, path in _pages(page, language).items():
        page.goto(path)
        if found := problems_of_accessibility(page):
            problems[name] = found
        for width in (320, 360, 768, 1280):
            page.set_viewport_size({"width": width, "height": 800})
            wide = page.evaluate("document.documentElement.scrollWidth")
            if wide > width:
                problems[f"{name} at {width}"] = [str(wide)]
        assert page.locator("h1").count() == 1
    assert problems == {}


def test_every_control_is_large_enough_to_touch(visitor: Page) -> None:
    for path in _pages(visitor, "en").values():
        visitor.goto(path)
        for control in visitor.locator("button:visible, input:visible, select:visible").all():
            box = control.bounding_box()
            assert box is not None
            target = control.locator("xpath=..").bounding_box() if box["height"] < 24 else box
            assert target is not None
            assert target["height"] >= 24, control.evaluate("element => element.outerHTML.slice(0, 120)")
