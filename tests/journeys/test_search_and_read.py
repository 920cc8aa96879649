"""A woman looks for a study near her, reads it and comes back; with and without scripts."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

pytestmark = pytest.mark.journey

LABELS = {
    "en": {
        "what": "What are you looking for?", "where": "Near which place?", "age": "Your age", "go": "Search",
        "words": "recurrent miscarriage", "back": "Back to the results", "distance": "km away",
        "title": "Why do some women lose several early pregnancies?", "criteria": "Could I take part?",
        "first": "You are 18 to 50 years old.", "narrow": "Narrow the list", "radius": "Distance",
        "show": "Show results",
    },
    "fr": {
        "what": "Que cherchez-vous ?", "where": "Près de quel lieu ?", "age": "Votre âge", "go": "Chercher",
        "words": "fausses couches à répétition", "back": "Retour aux résultats", "distance": "à 3",
        "title": "Pourquoi certaines femmes perdent-elles plusieurs grossesses précoces ?",
        "criteria": "Puis-je participer ?", "first": "Vous avez de 18 à 50 ans.",
        "narrow": "Affiner la liste", "radius": "Distance", "show": "Voir les résultats",
    },
}  # fmt: skip


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
@pytest.mark.parametrize("language", ["en", "fr"])
def test_search_read_and_come_back(
    open_context: Callable[..., BrowserContext], language: str, scripts: bool
) -> None:
    # given a visitor on the start page
    label = LABELS[language]
    page = open_context(java_script_enabled=scripts, locale=language).new_page()
    page.goto("/")
    expect(page.locator("html")).to_have_attribute("lang", language)

    # when she searches near her town
    page.get_by_label(label["what"]).fill(label["words"])
    page.get_by_label(label["where"]).fill("Lyon")
    page.get_by_label(label["age"]).fill("34")
    page.get_by_role("button", name=label["go"], exact=True).click()
    page.locator("summary", has_text=label["narrow"]).click()
    page.get_by_label(label["radius"], exact=True).select_option("any")
    page.get_by_role("button", name=label["show"]).click()
    expect(page).to_have_url(re.compile("km=any"))
    results = page.url

    # and opens the study
    page.get_by_role("link", name=label["title"], exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(label["title"])
    expect(page.get_by_text(label["first"])).to_be_visible()
    expect(page.get_by_role("heading", name=label["criteria"])).to_be_visible()
    expect(page.locator(".side-card")).to_contain_text("km")

    # then she comes back to the same search, by the link and by the browser's own button
    page.get_by_role("link", name=label["back"]).click()
    _expect_search(page, label, results)
    page.go_back()
    expect(page.locator("article.study")).to_be_visible()
    page.go_back()
    _expect_search(page, label, results)


def _expect_search(page: Page, label: dict[str, str], address: str) -> None:
    """The results of her search, with everything she typed still in its place."""
    expect(page).to_have_url(address)
    expect(page.get_by_label(label["what"])).to_have_value(label["words"])
    expect(page.get_by_label(label["where"])).to_have_value("Lyon")
    expect(page.get_by_label(label["age"])).to_have_value("34")
    expect(page.get_by_role("link", name=label["title"], exact=True)).to_be_visible()


def test_the_language_switch_keeps_the_search(visitor: Page) -> None:
    visitor.goto("/en/studies/?q=miscarriage&near=Lyon&km=any")
    visitor.get_by_role("link", name="Français").click()
    expect(visitor.get_by_label("Que cherchez-vous ?")).to_have_value("miscarriage")
    expect(visitor.get_by_label("Près de quel lieu ?")).to_have_value("Lyon")


def test_a_synonym_is_shown_and_can_be_removed(visitor: Page) -> None:
    visitor.goto("/en/studies/?q=fausse+couche")
    chip = visitor.get_by_role("link", name="Search without “miscarriage”")
    expect(chip).to_be_visible()
    chip.click()
    expect(visitor.get_by_role("link", name="Search for “miscarriage” too")).to_be_visible()
    expect(visitor.get_by_role("link", name="Search without “miscarriage”")).to_have_count(0)


def test_a_wrong_age_and_an_unknown_place_are_told_and_nothing_typed_is_lost(visitor: Page) -> None:
    visitor.goto("/en/")
    visitor.get_by_label("What are you looking for?").fill("miscarriage")
    visitor.get_by_label("Near which place?").fill("Xyzzyville")
    visitor.get_by_role("button", name="Search", exact=True).click()
    expect(visitor.get_by_role("alert")).to_contain_text("We do not know this place")
    expect(visitor.get_by_label("Near which place?")).to_have_value("Xyzzyville")
    expect(visitor.get_by_label("What are you looking for?")).to_have_value("miscarriage")
    visitor.goto("/en/studies/?age=900&q=miscarriage")
    expect(visitor.get_by_role("alert")).to_contain_text("between 0 and 120")


def test_no_result_says_what_to_leave_out(visitor: Page) -> None:
    visitor.goto("/en/studies/?q=miscarriage&age=99&speaks=fr")
    visitor.get_by_role("link", name="Leave out your age").click()
    expect(visitor.get_by_role("heading", name="found")).not_to_contain_text("0 studies")
    expect(visitor.get_by_label("Your age")).to_have_value("")


def test_a_registry_number_goes_straight_to_its_study(visitor: Page) -> None:
    visitor.goto("/en/")
    visitor.get_by_label("What are you looking for?").fill("nct05557201")
    visitor.get_by_label("What are you looking for?").press("Enter")
    expect(visitor).to_have_url(re.compile(r"/en/studies/NCT05557201/$"))


def test_the_position_is_asked_for_on_click_only_and_rounded(
    open_context: Callable[..., BrowserContext],
) -> None:
    context = open_context(
        geolocation={"latitude": 45.764043, "longitude": 4.835659}, permissions=["geolocation"], locale="en"
    )
    page = context.new_page()
    page.goto("/en/")
    expect(page.get_by_label("Near which place?")).to_have_value("")
    page.get_by_role("button", name="Use my position").click()
    expect(page.get_by_label("Near which place?")).to_have_value("45.76, 4.84")
    expect(page.get_by_text("near your position")).to_be_visible()


def test_the_whole_search_works_with_the_keyboard_alone(visitor: Page) -> None:
    visitor.goto("/en/")
    visitor.keyboard.press("Tab")
    expect(visitor.get_by_role("link", name="Skip to the content")).to_be_focused()
    visitor.keyboard.press("Enter")
    visitor.keyboard.press("Tab")
    expect(visitor.get_by_label("What are you looking for?")).to_be_focused()
    visitor.keyboard.type("miscarriage")
    visitor.keyboard.press("Enter")
    expect(visitor.get_by_role("heading", name="found")).to_be_visible()
    for _ in range(60):
        visitor.keyboard.press("Tab")
        if visitor.evaluate("document.activeElement.closest('.study-card') !== null"):
            break
    visitor.keyboard.press("Enter")
    expect(visitor.locator("article.study")).to_be_visible()


def test_the_record_text_opens_and_closes_all_at_once(visitor: Page) -> None:
    visitor.goto("/en/studies/NCT05557201/")
    parts = visitor.locator("details.registry-part")
    # of this part: the questions above have buttons of their own
    part = visitor.locator("#registry")
    part.get_by_role("button", name="Open all").click()
    expect(visitor.locator("details.registry-part[open]")).to_have_count(parts.count())
    part.get_by_role("button", name="Close all").click()
    expect(visitor.locator("details.registry-part[open]")).to_have_count(0)


def test_section_links_do_not_hide_their_heading_under_the_bar(visitor: Page) -> None:
    visitor.goto("/en/studies/NCT05557201/")
    for name, heading in (("Could I take part?", "Could I take part?"), ("Details", "Details")):
        visitor.get_by_role("navigation", name="On this page").get_by_role("link", name=name).click()
        visitor.wait_for_timeout(800)
        bar = visitor.locator(".section-nav").bounding_box()
        top = visitor.get_by_role("heading", name=heading, exact=True).bounding_box()
        assert bar is not None
        assert top is not None
        assert top["y"] >= bar["y"] + bar["height"] - 1
