"""Private notes in a real browser: written, found again, asked about, shared, opened, taken back."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Dialog, Page, expect

from gravida.find.contact import anti_abuse
from gravida.find.contact.models import Attachment
from tests.journeys.conftest import follow, problems_of_accessibility
from tests.journeys.contact import STUDY, fill_by_telephone, open_team, tab_to
from tests.journeys.test_contact_pages import PAYLOADS

pytestmark = [pytest.mark.journey, pytest.mark.slow]

PAGE = f"/en/studies/{STUDY}/"
SELECT = """paragraph => {
  const range = document.createRange();
  const text = document.createTreeWalker(paragraph, NodeFilter.SHOW_TEXT).nextNode();
  range.setStart(text, 0);
  range.setEnd(text, Math.min(40, text.data.length));
  getSelection().removeAllRanges();
  getSelection().addRange(range);
}"""


@pytest.fixture(autouse=True)
def team(site: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """An open team; a quick browser is let through."""
    open_team()
    monkeypatch.setattr(anti_abuse, "LEAST_SECONDS", 0)


@pytest.fixture
def reader(open_context: Callable[..., BrowserContext]) -> Page:
    """Somebody with a mouse."""
    return open_context(locale="en-GB", viewport={"width": 1280, "height": 900}).new_page()


def _read(page: Page, address: str = PAGE) -> None:
    """Open the page and begin to read: notes come with the first sign of a reader."""
    page.goto(address)
    page.keyboard.press("Shift")
    expect(page.locator("#my-notes")).to_be_visible()


def _write(page: Page, text: str, *, paragraph: int = 0, kind: str = "note") -> None:
    page.locator("#eligibility .note-pen").nth(paragraph).click()
    page.get_by_label("What would you like to remember or ask?").fill(text)
    page.get_by_role("radio", name=kind, exact=True).check()
    page.get_by_role("button", name="Keep the note").click()


def test_selected_words_become_a_note_that_is_edited_deleted_and_brought_back(reader: Page) -> None:
    # given words selected with the mouse
    _read(reader)
    words = reader.locator("#eligibility li").first
    words.scroll_into_view_if_needed()
    box = words.bounding_box()
    assert box is not None
    reader.mouse.move(box["x"] + 2, box["y"] + 12)
    reader.mouse.down()
    reader.mouse.move(box["x"] + 160, box["y"] + 12, steps=5)
    reader.mouse.up()
    reader.get_by_role("button", name="Add a note", exact=True).click()
    # when a note is written
    field = reader.get_by_label("What would you like to remember or ask?")
    field.fill("Does this mean me?")
    reader.get_by_role("button", name="Keep the note").click()
    row = reader.locator(".note-row")
    expect(row).to_contain_text("Does this mean me?")
    expect(reader.get_by_role("link", name="Your notes (1)")).to_be_visible()
    # then it is still there on the next visit, and can be changed, deleted and brought back
    reader.reload()
    expect(row).to_contain_text("Does this mean me?")
    row.get_by_role("button", name="Edit").click()
    field.fill("It does.")
    reader.get_by_role("button", name="Keep the note").click()
    expect(row).to_contain_text("It does.")
    row.get_by_role("button", name="Delete").click()
    expect(row).to_have_count(0)
    expect(reader.get_by_role("button", name="Bring it back")).to_be_focused()
    reader.keyboard.press("Enter")
    expect(row).to_contain_text("It does.")
    assert problems_of_accessibility(reader) == []
    # and it is nowhere but in this browser
    row.get_by_role("button", name="Show it in the text").click()
    expect(reader.locator("#eligibility .noted-here")).to_be_visible()


def test_everything_can_be_done_by_keyboard_alone(reader: Page) -> None:
    _read(reader)
    # given the pen beside the first paragraph, reached by Tab
    tab_to(reader, reader.locator("#eligibility .note-pen").first)
    reader.keyboard.press("Enter")
    reader.keyboard.type("May my sister come along?")
    reader.keyboard.press("Tab")
    reader.keyboard.press("ArrowRight")  # a question
    reader.keyboard.press("Enter")
    row = reader.locator(".note-row")
    expect(row).to_contain_text("May my sister come along?")
    expect(row.locator(".kind")).to_have_text("question")
    expect(reader.locator("#eligibility .note-pen").first).to_be_focused()
    # when it is deleted, and brought back
    row.get_by_role("button", name="Delete").focus()
    reader.keyboard.press("Enter")
    reader.keyboard.press("Enter")
    expect(row).to_be_focused()
    # and a begun note is closed with Escape: what was typed waits
    row.get_by_role("button", name="Edit").focus()
    reader.keyboard.press("Enter")
    reader.keyboard.press("End")
    reader.keyboard.type(" Or my mother?")
    reader.keyboard.press("Escape")
    expect(row.get_by_role("button", name="Edit")).to_be_focused()
    reader.reload()
    reader.get_by_role("button", name="Go on writing").focus()
    reader.keyboard.press("Enter")
    expect(reader.locator("#note-text")).to_have_value("May my sister come along? Or my mother?")
    assert problems_of_accessibility(reader) == []
    reader.keyboard.press("Control+Enter")
    expect(row).to_contain_text("Or my mother?")
    # then it can be chosen and the pens put away
    row.get_by_role("checkbox").focus()
    reader.keyboard.press("Space")
    expect(reader.locator("[data-chosen-count]")).to_have_text("Chosen: 1")
    reader.get_by_label("Show a pen beside each paragraph").focus()
    reader.keyboard.press("Space")
    expect(reader.locator(".note-pen")).to_have_count(0)


@pytest.mark.parametrize(("language", "theme"), [("fr", "dark")])
def test_on_a_telephone_words_are_selected_with_a_finger(
    open_context: Callable[..., BrowserContext], language: str, theme: str
) -> None:
    page = open_context(locale=language, color_scheme=theme, has_touch=True, is_mobile=True).new_page()
    _read(page, f"/{language}/studies/{STUDY}/")
    pen = page.locator("#eligibility .note-pen").first
    assert pen.evaluate("pen => getComputedStyle(pen).opacity") == "1"
    # when a finger has selected words, as the telephone itself does it
    page.locator("#eligibility li").first.evaluate(SELECT)
    page.locator("[data-note-offer]").tap()
    field = page.locator("#note-text")
    field.fill("x" * 2001)
    expect(page.locator("#note-left.over")).to_contain_text("1")
    assert problems_of_accessibility(page) == []
    page.locator("[data-keep]").tap()
    expect(field).to_be_visible()  # not kept so, and nothing lost
    field.fill("Suis-je concernée ?")
    page.locator("[data-keep]").tap()
    expect(page.locator(".note-row")).to_contain_text("Suis-je concernée ?")
    page.locator(".note-row input").check()
    page.locator("[data-share] > summary").tap()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert problems_of_accessibility(page) == []


def _share(page: Page, *, name: str = "") -> tuple[str, str]:
    """Share every note of the page; link and code."""
    page.get_by_role("button", name="Choose all").click()
    page.get_by_text("Share the chosen notes with somebody").click()
    page.get_by_label("From (if you like)").fill(name)
    page.get_by_role("button", name="Make link and code").click()
    link = page.locator("#share-link").inner_text()
    return link[link.index("/n/") :], page.locator("#share-code").inner_text()


def test_a_shared_copy_opens_in_another_browser_until_it_is_taken_back(
    reader: Page, open_context: Callable[..., BrowserContext]
) -> None:
    # given a shared note
    _read(reader)
    _write(reader, "Is travel paid?", kind="question")
    link, code = _share(reader, name="Claire")
    assert problems_of_accessibility(reader) == []
    expect(reader.get_by_role("button", name="Copy the link")).to_be_visible()
    expect(reader.get_by_role("button", name="Copy the code")).to_be_visible()
    # when somebody opens it, without scripts
    other = open_context(locale="en-GB", java_script_enabled=False).new_page()
    other.goto(link)
    other.get_by_label("Code").fill("2222-3333-4444")
    other.get_by_role("button", name="Open").click()
    expect(other.get_by_role("alert")).to_contain_text("Nothing opens with this code")
    other.get_by_label("Code").fill(code.lower())
    other.get_by_role("button", name="Open").click()
    expect(other.get_by_role("heading", name="Shared notes")).to_be_visible()
    expect(other.locator(".shared-notes")).to_contain_text("Is travel paid?")
    expect(other.locator("body")).to_contain_text("Claire")
    assert other.context.cookies() == []
    # then she sees it, gives it time, and takes it back
    reader.get_by_role("link", name="Back to your notes").click()
    reader.get_by_text("Shared links").last.click()
    links = reader.locator("[data-shared-links]")
    expect(links).to_contain_text("Opened 1 time")
    expect(links).to_contain_text("1 wrong try")
    assert problems_of_accessibility(reader) == []
    links.get_by_label("From now:").select_option("day")
    links.get_by_role("button", name="Give it this time").click()
    expect(links).to_contain_text("The link has more time now.")
    links.get_by_role("button", name="Take it back").click()
    expect(links).to_contain_text("You took it back. The copy is deleted.")
    # and the next request of the other is refused; going back shows the question again
    other.goto(link)
    other.get_by_label("Code").fill(code)
    other.get_by_role("button", name="Open").click()
    expect(other.get_by_role("alert")).to_contain_text("Nothing opens with this code")
    assert "Is travel paid?" not in other.content()


def test_the_pages_of_a_link_are_for_everyone(reader: Page) -> None:
    found = {}
    _read(reader)
    _write(reader, "Is travel paid?")
    link, code = _share(reader)
    for width, theme in ((360, "dark"), (1280, "light")):
        reader.set_viewport_size({"width": width, "height": 800})
        reader.emulate_media(color_scheme="dark" if theme == "dark" else "light")
        for name, address, fields in (
            ("ask", link, {}),
            ("wrong", link, {"Code": "2222-3333-4444"}),
            ("opened", link, {"Code": code}),
            ("owner", "/n/owner", {}),
            ("owner, no key", "/n/owner", {"Your key": "short"}),
            ("owner, list", "/n/owner", {"Your key": reader.evaluate("localStorage['gravida-owner']")}),
            ("about", "/en/notes/", {}),
            ("about, French", "/fr/notes/", {}),
        ):
            reader.goto(address)
            for label, value in fields.items():
                reader.get_by_label(label).fill(value)
                reader.get_by_label(label).press("Enter")
                reader.wait_for_load_state()
            wide = reader.evaluate("document.documentElement.scrollWidth") > width
            if wide or (problems := problems_of_accessibility(reader)):
                found[f"{name} {width}"] = [wide, problems]
    assert found == {}


def test_a_note_becomes_a_question_of_the_message_only_when_ticked(reader: Page) -> None:
    # given two notes, of which she asks about one
    _read(reader)
    _write(reader, "Is travel paid?", kind="question")
    _write(reader, "Only for me.", paragraph=1)
    reader.locator(".note-row", has_text="Is travel paid?").get_by_role("button", name="Ask the team").click()
    # then the message shows it as text, and does not send it by itself
    shown = reader.locator("[data-asked-notes]")
    expect(shown).to_contain_text("Is travel paid?")
    expect(shown).not_to_contain_text("Only for me.")
    tick = reader.get_by_label("Attach my notes")
    expect(tick).not_to_be_checked()
    assert problems_of_accessibility(reader) == []
    # a mistake in the form loses neither the text nor the tick
    tick.check()
    reader.get_by_role("button", name="Send to the team").click()
    expect(reader.get_by_label("Attach my notes")).to_be_checked()
    expect(shown).to_contain_text("Is travel paid?")
    fill_by_telephone(reader)
    reader.get_by_role("button", name="Send to the team").click()
    expect(reader.locator("#code")).to_be_visible()
    attached = Attachment.objects.get()
    assert "Is travel paid?" in attached.text
    assert attached.text.startswith("« ")
    # and the next message attaches nothing
    reader.goto(f"/en/studies/{STUDY}/contact/")
    expect(shown).to_be_hidden()


SEED = """([study, texts]) => localStorage.setItem(`gravida-notes ${study}`, JSON.stringify({
  version: 1, study, notes: texts.map((text, n) => ({
    id: String(n).padStart(43, "0"), kind: "question", text, section: "overview", section_name: text,
    language: "en",
    target: [{ type: "TextQuoteSelector", exact: text, prefix: text, suffix: text },
             { type: "TextPositionSelector", start: n, end: n + 1 }] })) }))"""


def test_forty_payloads_stay_text_in_list_share_and_message(
    reader: Page, open_context: Callable[..., BrowserContext]
) -> None:
    dialogs: list[Dialog] = []
    inner = (
        "script:not([src]):not([type='application/ld+json']), iframe, style, base, meta[http-equiv], "
        "[onload], [onerror], h1 + h1"
    )
    reader.on("dialog", lambda dialog: (dialogs.append(dialog), dialog.dismiss()))
    _read(reader)
    reader.evaluate(SEED, [STUDY, PAYLOADS])
    reader.reload()
    expect(reader.locator(".note-row")).to_have_count(len(PAYLOADS))
    assert reader.locator(".note-row [data-text]").first.inner_text() == PAYLOADS[0]
    assert reader.locator(inner).count() == 0
    link, code = _share(reader, name=PAYLOADS[1])
    assert reader.locator(inner).count() == 0
    other = open_context(locale="en-GB").new_page()
    other.on("dialog", lambda dialog: (dialogs.append(dialog), dialog.dismiss()))
    other.goto(link)
    other.get_by_label("Code").fill(code)
    follow(other.get_by_role("button", name="Open"))
    # one of them has no sign that can be seen
    expect(other.locator(".shared-notes > li")).to_have_count(len(PAYLOADS) - 1)
    assert other.locator(inner).count() == 0
    assert other.locator(".shared-notes a, .shared-notes img, .shared-notes svg").count() == 0
    _read(reader)
    reader.get_by_role("button", name="Choose all").click()
    reader.get_by_role("button", name="Ask the team about the chosen notes").click()
    expect(reader.locator("[data-asked-text]")).to_contain_text(PAYLOADS[0])
    reader.get_by_label("Attach my notes").check()
    fill_by_telephone(reader)
    reader.get_by_role("button", name="Send to the team").click()
    expect(reader.locator("#code")).to_be_visible()
    assert reader.locator(inner).count() == 0
    assert dialogs == []
    kept = Attachment.objects.get().text
    unseen = re.compile(r"[\r\n\x00\x07\u2028\u202e\u2029]")
    flat = unseen.sub("", kept)
    assert [payload for payload in PAYLOADS if unseen.sub("", payload) not in flat] == []


def test_tabs_agree_files_travel_and_a_browser_that_keeps_nothing_says_so(
    reader: Page, open_context: Callable[..., BrowserContext], tmp_path: Path
) -> None:
    _read(reader)
    second = reader.context.new_page()
    _read(second)
    # what one tab writes or deletes, the other shows
    _write(reader, "Is travel paid?")
    expect(second.locator(".note-row")).to_contain_text("Is travel paid?")
    _write(second, "And the hotel?", paragraph=1)
    expect(reader.locator(".note-row")).to_have_count(2)
    # a file takes them to another device, where the text has changed or stands in another language
    with reader.expect_download() as download:
        reader.get_by_role("button", name="Save for another device (.json)").click()
    file = tmp_path / "notes.json"
    download.value.save_as(file)
    with reader.expect_download() as download:
        reader.get_by_role("button", name="Save as text (.txt)").click()
    assert "And the hotel?" in download.value.path().read_text("utf-8")
    written = json.loads(file.read_text("utf-8"))
    written["notes"][1]["target"][0]["exact"] = "words that stand on no page at all"
    file.write_text(json.dumps(written), "utf-8")
    phone = open_context(locale="en-GB").new_page()
    _read(phone)
    phone.get_by_label("Bring notes from another device (.json)").set_input_files(file)
    expect(phone.locator("[data-list] .note-row")).to_have_count(1)
    expect(phone.locator("[data-gone-list] .note-row")).to_contain_text("words that stand on no page at all")
    assert problems_of_accessibility(phone) == []
    # all are deleted after one question, also in the other tab
    reader.get_by_role("button", name="Delete all").first.click()
    reader.get_by_role("dialog").get_by_role("button", name="Delete all").click()
    expect(second.locator(".note-row")).to_have_count(0)
    assert reader.evaluate("Object.keys(localStorage)") == []
    # a browser without room, and one that keeps nothing, say so and lose nothing
    reader.evaluate("""() => {
      Storage.prototype.setItem = () => { throw new DOMException("full", "QuotaExceededError"); };
    }""")
    _write(reader, "No room for this.")
    expect(reader.locator("[data-trouble]")).to_contain_text("no room left")
    expect(reader.locator(".note-row")).to_contain_text("No room for this.")
    private = open_context(locale="en-GB")
    private.add_init_script(
        "Object.defineProperty(window, 'localStorage',"
        " { get() { throw new DOMException('no', 'SecurityError'); } })"
    )
    hidden = private.new_page()
    _read(hidden)
    _write(hidden, "Only until I close.")
    expect(hidden.locator("[data-trouble]")).to_contain_text("keeps nothing")
    expect(hidden.locator(".note-row")).to_contain_text("Only until I close.")
