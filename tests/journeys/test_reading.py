"""Reading aids in a real browser: words explained by key and touch, studies compared, a page printed."""

import argparse
import dataclasses
import io
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import BrowserContext, Page, expect

from tests.journeys.conftest import problems_of_accessibility

pytestmark = pytest.mark.journey

STUDY = "/en/studies/NCT05557201/"
FULLEST = "NCT09999999"
SMALLEST_PRINT_PT = 8.5
EVERY_QUESTION = "".join(
    f"&ask={code}"
    for code in ("what", "could_i", "what_would_i_do", "risks", "data", "cost", "how_long", "results")
)


def _words(page: Page) -> Any:
    """The explained words that are on the page at once, not those of a closed answer."""
    return page.locator("a[data-word]").filter(visible=True)


def test_a_word_is_explained_by_keyboard(visitor: Page) -> None:
    visitor.goto(STUDY)
    word, box, said = (
        _words(visitor).first,
        visitor.locator("#definition"),
        visitor.locator("[data-definition-said]"),
    )
    # given the word has the focus, when Enter is pressed
    word.focus()
    expect(word).to_have_role("button")
    visitor.keyboard.press("Enter")
    # then its meaning shows beside it and is announced
    expect(box).to_be_visible()
    expect(word).to_have_attribute("aria-expanded", "true")
    meaning = box.locator("p").first.inner_text()
    assert meaning in said.inner_text()
    assert problems_of_accessibility(visitor) == []
    # and the tabulator goes into it and back
    visitor.keyboard.press("Tab")
    expect(box.get_by_role("link")).to_be_focused()
    visitor.keyboard.press("Shift+Tab")
    expect(word).to_be_focused()
    # when Escape is pressed, then it is gone and the focus stays; Space opens and closes it
    visitor.keyboard.press("Escape")
    expect(box).to_be_hidden()
    expect(word).to_be_focused()
    visitor.keyboard.press("Space")
    expect(box).to_be_visible()
    visitor.keyboard.press("Space")
    expect(box).to_be_hidden()
    expect(word).to_have_attribute("aria-expanded", "false")
    # and the link leads to the entry, with its source
    visitor.keyboard.press("Enter")
    visitor.keyboard.press("Tab")
    visitor.keyboard.press("Enter")
    visitor.wait_for_url(re.compile(r"/en/glossary/#[a-z-]+$"))
    entry = visitor.locator(f"#{visitor.url.partition('#')[2]}")
    expect(entry).to_be_in_viewport()
    expect(entry).to_contain_text("Source")


def test_a_word_is_explained_by_touch_and_stays(open_context: Callable[..., BrowserContext]) -> None:
    page = open_context(locale="fr-FR", has_touch=True, is_mobile=True, color_scheme="dark").new_page()
    page.goto("/fr/studies/NCT05557201/")
    box = page.locator("#definition")
    for place in (0, _words(page).count() - 1):
        word = _words(page).nth(place)
        word.scroll_into_view_if_needed()
        word.tap()
        # then it stays until another place is touched, whole on the screen and not over its word
        page.wait_for_timeout(300)
        expect(box).to_be_visible()
        edges, of_word = box.bounding_box(), word.bounding_box()
        assert edges is not None
        assert of_word is not None
        assert edges["x"] >= 0
        assert edges["x"] + edges["width"] <= 360
        assert (
            edges["y"] + edges["height"] <= of_word["y"] + 1
            or edges["y"] >= of_word["y"] + of_word["height"] - 1
        )
    page.locator("h1").tap()
    expect(box).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_explanations_put_off_stay_off_on_this_device(visitor: Page) -> None:
    visitor.goto(STUDY)
    switch = visitor.get_by_role("switch", name="Explain words")
    expect(switch).to_be_checked()
    switch.press("Enter")
    expect(switch).not_to_be_checked()
    expect(switch).to_contain_text("off")
    # then the words are plain text, on the next page too, and nobody else knows
    for _visit in range(2):
        assert not _words(visitor).first.evaluate("word => (word.focus(), word === document.activeElement)")
        _words(visitor).first.click()
        expect(visitor.locator("#definition")).to_be_hidden()
        assert problems_of_accessibility(visitor) == []
        visitor.reload()
    assert visitor.context.cookies() == []
    # when they are put on again, then they explain again
    visitor.get_by_role("switch", name="Explain words").click()
    _words(visitor).first.click()
    expect(visitor.locator("#definition")).to_be_visible()


def test_everything_works_without_a_script(open_context: Callable[..., BrowserContext]) -> None:
    page = open_context(locale="en-GB", java_script_enabled=False).new_page()
    # given a word of the study's page, then it leads to its entry
    page.goto(STUDY)
    expect(page.locator("[data-words-switch]")).to_be_hidden()
    _words(page).first.click()
    expect(page).to_have_url(re.compile(r"/en/glossary/#"))
    # when a word is looked for there
    page.get_by_label("Look for a word").fill("aide medicale")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_role("heading", name="State Medical Aid (AME)")).to_be_visible()
    # when two studies of a list are ticked, then they stand side by side
    page.goto("/en/studies/?q=miscarriage")
    for place in (0, 1):
        page.get_by_role("checkbox", name=re.compile("^Compare")).nth(place).check()
    page.get_by_role("button", name="Compare the ticked studies").click()
    expect(page.get_by_role("columnheader")).to_have_count(2)
    # when one is removed and another added
    page.get_by_role("link", name=re.compile("^Remove")).first.click()
    expect(page.get_by_role("columnheader")).to_have_count(1)
    page.get_by_label("Registry number").fill("nct04701034")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.get_by_role("columnheader")).to_have_count(2)
    # when questions are ticked for the doctor, then they are on the page
    page.goto(f"{STUDY}page/")
    page.get_by_text("Choose what is printed").click()
    page.get_by_label("What are the risks").check()
    page.get_by_role("button", name="Show the page so").click()
    expect(page.locator(".sheet").get_by_text("What are the risks")).to_be_visible()


def test_a_comparison_is_a_table_on_a_desk_and_cards_on_a_telephone(
    open_context: Callable[..., BrowserContext],
) -> None:
    address = "/fr/compare/?study=NCT05557201&study=NCT05725512&study=NCT04701034&near=Lyon"
    page = open_context(locale="fr-FR", viewport={"width": 1280, "height": 900}).new_page()
    page.goto(address)
    heads = [head.bounding_box() for head in page.get_by_role("columnheader").all()]
    assert len({round(head["y"]) for head in heads if head}) == 1
    # on a telephone each question is a card that names each study, and nothing runs out of the screen
    page.set_viewport_size({"width": 360, "height": 780})
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    cells = [cell.bounding_box() for cell in page.get_by_role("row").nth(1).get_by_role("cell").all()]
    assert len({round(cell["x"]) for cell in cells if cell}) == 1
    assert page.get_by_text("FALCO", exact=True).first.is_visible()
    assert problems_of_accessibility(page) == []


@pytest.fixture
def fullest_record(bundled_for_server: None, tmp_path: Path) -> str:
    """A study in which everything that the printed page shows is as long as records are; its number."""
    from gravida.find import commands

    long = "Femmes ayant présenté plusieurs pertes de grossesse précoces, documentées et inexpliquées, "
    criterion = f"* {long * 3}"
    record = {
        "protocolSection": {
            "identificationModule": {
                "nctId": FULLEST, "briefTitle": long * 3, "officialTitle": long * 6,
                "acronym": "A-LONG-ACRONYM",
            },
            "statusModule": {"overallStatus": "ACTIVE_NOT_RECRUITING", "statusVerifiedDate": "2025-09",
                             "lastUpdatePostDateStruct": {"date": "2025-09-30"}},
            "sponsorCollaboratorsModule": {"leadSponsor": {"name": long}},
            "descriptionModule": {
                "briefSummary": (long + "fin. ") * 20, "detailedDescription": (long + "fin. ") * 30,
            },
            "conditionsModule": {"conditions": [long] * 4},
            "designModule": {"studyType": "INTERVENTIONAL", "phases": ["PHASE2", "PHASE3"]},
            "armsInterventionsModule": {
                "interventions": [{"type": "DRUG", "name": f"Un médicament au nom {n}"} for n in range(5)]
            },
            "eligibilityModule": {
                "eligibilityCriteria": "Inclusion Criteria:\n\n" + "\n".join([criterion] * 20)
                + "\n\nExclusion Criteria:\n\n" + "\n".join([criterion] * 20),
                "minimumAge": "18 Years", "maximumAge": "42 Years", "sex": "FEMALE",
            },
            "contactsLocationsModule": {
                "centralContacts": [{"name": "Une personne au nom assez long", "phone": "+33 1 00 00 00 00",
                                     "email": "une-adresse-assez-longue@example.org"}],
                "locations": [{"facility": f"Centre hospitalier universitaire au nom long, {n}",
                               "city": "Lyon", "country": "France"} for n in range(30)],
            },
        },
        "hasResults": False,
    }  # fmt: skip
    file = tmp_path / "fullest.jsonl"
    file.write_text(json.dumps(record) + "\n", encoding="ascii")
    parser = argparse.ArgumentParser()
    commands.add_commands(parser.add_subparsers(dest="command"))
    options = parser.parse_args(["registry", "import", str(file)])
    options.run(options)
    return FULLEST


@pytest.fixture
def longest_overview(monkeypatch: pytest.MonkeyPatch) -> None:
    """Overviews of studies that nobody wrote about, as long as overviews may be."""
    from gravida.find.overviews.automatic import automatic_overview
    from gravida.find.overviews.reads import Overview

    def long_one(study: Any, *, language: str) -> Overview | None:
        overview = automatic_overview(study, language=language)
        text = "Une phrase simple mais assez longue pour remplir la feuille sans mal. " * 12
        sections = {"in_short": text, "what_would_i_do": text}
        return dataclasses.replace(overview, sections=sections) if overview else None

    monkeypatch.setattr("gravida.find.sheet.sheet.automatic_overview", long_one)


def _pages(pdf: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page\b", pdf))


@pytest.mark.slow
def test_a_study_is_printed_on_exactly_one_page(
    fullest_record: str, longest_overview: None, open_context: Callable[..., BrowserContext]
) -> None:
    page = open_context(viewport={"width": 1280, "height": 900}).new_page()
    longest = ["NCT05557201", "NCT05725512", "NCT06762626", fullest_record]
    for number in longest:
        for language in ("en", "fr"):
            page.goto(f"/{language}/studies/{number}/page/?near=Lyon{EVERY_QUESTION}")
            pdf = page.pdf(prefer_css_page_size=True)
            assert _pages(pdf) == 1, f"{number} in {language}"
        assert page.locator(".sheet").get_by_text("Une phrase simple").count() or number == "NCT05557201"
    # and not by tiny type: nothing on the fullest page is smaller than small print, with room to write
    page.emulate_media(media="print")
    pixels_per_point = 96 / 72
    sizes = page.evaluate(
        "[...document.querySelectorAll('.sheet *')].filter(e => e.childNodes.length && e.textContent.trim())"
        ".map(e => parseFloat(getComputedStyle(e).fontSize))"
    )
    assert min(sizes) / pixels_per_point >= SMALLEST_PRINT_PT
    lines = page.locator(".sheet-lines").bounding_box()
    assert lines is not None
    assert lines["height"] >= 110


def test_the_code_on_the_page_leads_to_the_study(
    site: str, open_context: Callable[..., BrowserContext]
) -> None:
    for scheme in ("light", "dark"):
        page = open_context(color_scheme=scheme, viewport={"width": 1280, "height": 900}).new_page()
        page.goto(f"/fr{STUDY[3:]}page/?show=neutral")
        picture = Image.open(io.BytesIO(page.locator(".sheet").screenshot()))
        assert [code.text for code in zxingcpp.read_barcodes(picture)] == [f"{site}/fr/studies/NCT05557201/"]
        # and nothing of what lies on the desk, its title included, tells what it is about
        text = page.locator(".sheet").inner_text() + page.title()
        assert not re.search(r"grossesse|fausse|FALCO|perte", text)


def test_every_state_of_these_pages_is_accessible(open_context: Callable[..., BrowserContext]) -> None:
    states = (
        "/en/glossary/?q=antibod", "/fr/glossary/?q=zzz", "/en/compare/", "/en/compare/?study=NCT05557201",
        "/fr/compare/?study=NCT05557201&study=NCT05725512&study=NCT04701034&study=NCT06762626&study=NCT00000000",
        "/fr/studies/NCT05557201/page/?ask=risks", "/en/studies/NCT04939064/page/?show=neutral",
    )  # fmt: skip
    page = open_context(viewport={"width": 768, "height": 1024}).new_page()
    for state in states:
        page.emulate_media(color_scheme="dark" if "/fr/" in state else "light")
        page.goto(state)
        assert problems_of_accessibility(page) == [], state
        for width in (320, 768):
            page.set_viewport_size({"width": width, "height": 1024})
            assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{state} at {width}"
