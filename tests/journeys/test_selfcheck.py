"""Self-check and questions in a real browser: in place, without script, by keyboard, into a message."""

import json
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, Request, expect

from gravida.find.contact.models import Request as SentRequest
from gravida.find.inbox.timeline import said
from tests.journeys.conftest import follow, problems_of_accessibility
from tests.journeys.contact import STUDY, fill_by_telephone, open_team, tab_to

pytestmark = pytest.mark.journey
PAGE = f"/en/studies/{STUDY}/self-check/"
RESULT = "section[data-result]"


def answer(page: Page, *, age: str = "34", losses: str = "3") -> None:
    """Every question of FALCO, the personal ones included."""
    page.get_by_label("How old are you?", exact=False).first.fill(age)
    page.get_by_label("How many of your pregnancies ended", exact=False).first.fill(losses)
    page.locator("#q-implantation_failures-unknown").check()
    for name, choice in (
        ("covered_by_social_security", "yes"),
        ("data_use_refused", "no"),
        ("on_ame", "no"),
        ("under_legal_protection", "no"),
    ):
        page.locator(f"#q-{name}-{choice}").check()


def see(page: Page) -> None:
    page.get_by_role("button", name="See what it means").click()


def words_of(page: Page) -> str:
    """The result as it is read, without spaces that nobody sees."""
    return re.sub(r"\s+", " ", page.locator(RESULT).inner_text())


def sent_by(page: Page) -> list[Request]:
    """Every request of the page from now on."""
    sent: list[Request] = []

    def note(request: Request) -> None:
        sent.append(request)

    page.on("request", note)
    return sent


def test_answers_are_judged_in_place_and_nothing_leaves_the_browser(visitor: Page) -> None:
    # given the form of a study whose team can be written to
    open_team()
    visitor.goto(PAGE, wait_until="networkidle")
    sent = sent_by(visitor)
    # when she answers, is told what to look at, changes an answer
    answer(visitor, age="3 ou 4")
    see(visitor)
    expect(visitor.get_by_role("alert")).to_contain_text("Please give one number from 0 to 120")
    expect(visitor.locator("#errors")).to_be_focused()
    assert problems_of_accessibility(visitor) == []
    answer(visitor, age="51")
    see(visitor)
    # then the result takes the focus, with each reason, and not a single request was made
    expect(visitor.get_by_role("heading", name="One answer may rule you out")).to_be_focused()
    expect(visitor.locator(RESULT)).to_contain_text("How old are you? 51")
    assert problems_of_accessibility(visitor) == []
    answer(visitor, age="５０")
    see(visitor)
    expect(visitor.get_by_role("heading", name="Nothing you answered rules you out")).to_be_focused()
    assert sent == []
    assert visitor.evaluate("[localStorage.length, sessionStorage.length, document.cookie]") == [0, 0, ""]
    assert visitor.url.endswith(PAGE)
    # and starting over leaves nothing
    visitor.get_by_role("link", name="Start over").click()
    expect(visitor.locator("#q-age_years")).to_have_value("")
    expect(visitor.locator(RESULT)).to_be_hidden()


def test_without_script_the_page_says_the_same_word_for_word(
    open_context: Callable[..., BrowserContext],
) -> None:
    open_team()
    with_script = open_context(locale="en-GB").new_page()
    without = open_context(locale="en-GB", java_script_enabled=False).new_page()
    for age, losses in (("51", "2"), ("34", "3"), ("34", "2"), ("", "0")):
        told = []
        for page in (with_script, without):
            page.goto(PAGE)
            answer(page, age=age, losses=losses)
            see(page)
            told.append(words_of(page).replace(" Print", ""))
        assert told[0] == told[1]
    assert "age_years" not in without.url


def test_by_keyboard_alone(visitor: Page) -> None:
    # given somebody without a mouse, from the study's page
    visitor.goto(f"/en/studies/{STUDY}/")
    link = visitor.get_by_role("link", name="Check for yourself", exact=True)
    link.focus()
    visitor.keyboard.press("Enter")
    # when she answers with Tab, figures, Space and arrows
    tab_to(visitor, visitor.locator("#q-age_years"))
    visitor.keyboard.type("17")
    tab_to(visitor, visitor.locator("#q-early_losses_before_14w-unknown"))
    visitor.keyboard.press("Space")
    tab_to(visitor, visitor.locator("#q-on_ame-yes"))
    visitor.keyboard.press("ArrowDown")
    expect(visitor.locator("#q-on_ame-no")).to_be_checked()
    tab_to(visitor, visitor.get_by_role("button", name="See what it means"))
    visitor.keyboard.press("Enter")
    # then the result has the focus, and the way to change an answer is the next stop
    expect(visitor.get_by_role("heading", name="One answer may rule you out")).to_be_focused()
    visitor.keyboard.press("Tab")
    expect(visitor.get_by_role("link", name="Change an answer")).to_be_focused()


def test_ticked_answers_reach_the_teams_inbox_and_sensitive_ones_only_apart(visitor: Page) -> None:
    # given a result
    open_team()
    visitor.goto(PAGE)
    answer(visitor, age="51")
    see(visitor)
    expect(visitor.get_by_label("Attach my answers to my message")).not_to_be_checked()
    # when she goes on with nothing ticked, then nothing of her answers travels
    with visitor.expect_request("**/contact/") as unticked:
        visitor.get_by_role("button", name="Write to the team").click()
    assert "51" not in (unticked.value.post_data or "")
    assert "on_ame" not in (unticked.value.post_data or "")
    # when she ticks the one box, then those alone travel, are shown, and are sent with the message
    visitor.goto(PAGE)
    answer(visitor, age="51")
    see(visitor)
    visitor.get_by_label("Attach my answers to my message").check()
    with visitor.expect_request("**/contact/") as ticked:
        visitor.get_by_role("button", name="Write to the team").click()
    assert "on_ame" not in (ticked.value.post_data or "")
    expect(visitor.get_by_label("Attach my answers to the self-check")).to_be_checked()
    expect(visitor.locator(".attached-answers")).to_contain_text("How old are you?")
    assert problems_of_accessibility(visitor) == []
    fill_by_telephone(visitor, message="Could you call me?")
    visitor.get_by_role("button", name="Send to the team").click()
    expect(visitor.locator("#code")).to_be_visible()
    # then the team reads them, with what each condition looks like
    (entry,) = said(SentRequest.objects.get())
    lines, looks = (dict(part.lines) for part in entry.attached)
    assert lines["How old are you?"] == "51"
    assert looks["You are 18 to 50 years old."] == "not met"
    assert "Do you receive State Medical Aid (AME)?" not in lines


def test_questions_are_collected_for_the_message(visitor: Page) -> None:
    # given a study whose page leaves questions open
    open_team()
    visitor.goto(f"/en/studies/{STUDY}/")
    # when she asks one, comes back and asks another
    for question in ("Does it cost anything", "What happens to my data"):
        visitor.locator("summary", has_text=question).click()
        follow(visitor.get_by_role("link", name=re.compile(f"Ask the team.*{question}")))
        expect(visitor.get_by_role("checkbox", name=question)).to_be_checked()
        if question.startswith("Does"):
            visitor.go_back()
    # then both are ticked, one can be unticked, and the other is a line of the message
    expect(visitor.get_by_role("checkbox", name="Does it cost anything")).to_be_checked()
    visitor.get_by_role("checkbox", name="What happens to my data").uncheck()
    fill_by_telephone(visitor)
    visitor.get_by_role("button", name="Send to the team").click()
    expect(visitor.locator("#code")).to_be_visible()
    (entry,) = said(SentRequest.objects.get())
    assert entry.text == "I would like to ask:\n– Does it cost anything, is it paid?"


def test_a_question_that_the_address_names_is_open_and_a_search_keeps_what_holds_its_words(
    visitor: Page,
) -> None:
    address = f"/fr/studies/{STUDY}/faq/"
    visitor.goto(f"{address}#faq-ame")
    expect(visitor.locator("#faq-ame")).to_be_visible()
    assert problems_of_accessibility(visitor) == []
    sent = sent_by(visitor)
    visitor.get_by_label("Chercher dans ces questions").fill("SECURITE sociale")
    expect(visitor.locator("[data-faq-list] details:visible")).to_have_count(1)
    visitor.get_by_label("Chercher dans ces questions").fill("zzz")
    expect(visitor.locator("[data-faq-count]")).to_have_text("Aucune question ne contient ces mots.")
    visitor.get_by_label("Chercher dans ces questions").fill("")
    expect(visitor.locator("[data-faq-list] details:visible")).to_have_count(18)
    assert sent == []
    data = json.loads(visitor.locator("script[type='application/ld+json']").inner_text())
    assert len(data["mainEntity"]) == 18


@pytest.mark.parametrize(("language", "theme", "width"), [("en", "light", 360), ("fr", "dark", 768)])
def test_each_page_is_for_everyone(
    open_context: Callable[..., BrowserContext], language: str, theme: str, width: int
) -> None:
    page = open_context(color_scheme=theme, viewport={"width": width, "height": 900}).new_page()
    base = f"/{language}/studies/{STUDY}"
    for path in (
        f"{base}/",
        f"{base}/self-check/",
        f"{base}/faq/?q=a",
        f"/{language}/faq/",
        f"/{language}/faq/registry/",
    ):
        page.goto(path)
        assert problems_of_accessibility(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        text = page.inner_text("body") + page.title()
        assert not re.search(r"\{\{|\{%|None|undefined|MISSING-VARIABLE|%\(", text), path
