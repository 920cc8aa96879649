"""The pages of getting in touch for everyone: WCAG, any width, language, theme; hostile words as text."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Dialog, Page, expect

from gravida.find.contact import anti_abuse
from gravida.find.contact.models import Request
from tests.journeys.conftest import follow, problems_of_accessibility
from tests.journeys.contact import (
    STUDY,
    fill_by_telephone,
    link_in,
    open_team,
    second_team,
    send_by_telephone,
)

pytestmark = [pytest.mark.journey, pytest.mark.slow]

FORM = f"studies/{STUDY}/contact/"
TRACES = ("{{", "}}", "{%", "None", "undefined", "NaN", "[object", "%(", "&amp;", "MISSING-VARIABLE", "{n}")
PAYLOADS = [
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", '"><svg onload=alert(1)>',
    "</script><script>alert(1)//", "javascript:alert(1)", "<iframe srcdoc='<script>alert(1)</script>'>",
    "{{ 7*7 }}{% load static %}", "<!--", "]]>", "</textarea><script>alert(1)</script>",
    "<a href='javascript:alert(1)'>x</a>", "&lt;script&gt;", "\u202egnp.exe",
    "<style>*{display:none}</style>", "<meta http-equiv=refresh content='0;url=//example.org'>",
    "<base href=//example.org/>", "http://169.254.169.254/latest", "'; DROP TABLE contact_request; --",
    "\x00\x07", "<h1>Another title</h1>", "<input autofocus onfocus=alert(1)>",
    "<details open ontoggle=alert(1)>", "<video src=x onerror=alert(1)>", "' onmouseover='alert(1)",
    '" autofocus onfocus="alert(1)', "<form action=//example.org>", "</title><script>alert(1)</script>",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>", "%0d%0aSet-Cookie:a=b",
    "\r\nBcc: victim@example.org", "${7*7}", "#{7*7}", "<%= 7*7 %>", '=HYPERLINK("//example.org")',
    "@import'//example.org'", "<link rel=stylesheet href=//example.org>", "<object data=//example.org>",
    "<svg><animate onbegin=alert(1)>", "\u2028alert(1)\u2029",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
]  # fmt: skip


@pytest.fixture(autouse=True)
def team(site: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """An open team; a quick browser is let through, and as often as it likes."""
    open_team()
    monkeypatch.setattr(anti_abuse, "LEAST_SECONDS", 0)
    monkeypatch.setattr("gravida.find.contact.limits_of_sending.spend", lambda *_args, **_named: None)


def test_there_are_forty_payloads() -> None:
    assert len(set(PAYLOADS)) == 40


def _look(page: Page, *, width: int, found: dict[str, object], name: str) -> None:
    problems = problems_of_accessibility(page)
    text = page.inner_text("body") + page.title()
    traces = [trace for trace in TRACES if trace in text]
    too_wide = page.evaluate("document.documentElement.scrollWidth") > width
    if problems or traces or too_wide or page.locator("h1").count() != 1:
        found[name] = [problems, traces, too_wide]


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize(("theme", "width"), [("light", 320), ("dark", 360), ("light", 768), ("dark", 1280)])
def test_each_page_and_state_is_for_everyone(
    open_context: Callable[..., BrowserContext], theme: str, width: int, language: str
) -> None:
    page = open_context(
        color_scheme=theme, locale=language, viewport={"width": width, "height": 800}
    ).new_page()
    found: dict[str, object] = {}

    def look(name: str) -> None:
        _look(page, width=width, found=found, name=name)

    page.goto(f"/{language}/{FORM}")
    look("form")
    follow(page.locator("form[data-keep-typed] button[type=submit]").first)
    look("errors")
    page.locator("#id_first_name").fill("Claire")
    page.locator("#id_telephone").fill("01 99 00 12 34")
    page.locator("#id_message").fill("Un mot " + "très" * 60 + " long")
    follow(page.locator("form[data-keep-typed] button[type=submit]").first)
    look("sent")
    code = page.locator("#code").inner_text()
    follow(page.locator(".keep a.button"))
    look("code")
    page.locator("#id_code").fill("2222")
    follow(page.locator("form.where button"))
    look("wrong code")
    page.locator("#id_code").fill(code)
    follow(page.locator("form.where button"))
    look("status")
    for summary in page.locator("details > summary").all():
        summary.click()
    look("status, everything open")
    page.locator("#id_message").fill("x" * 1200)
    follow(page.locator("#messages button[type=submit]"))
    look("status, an error")
    address = page.url
    page.goto(link_in("contact.team.new", "received/"))
    look("acknowledge")
    page.goto(link_in("contact.team.new", "not-recruiting/"))
    look("close")
    follow(page.get_by_role("button").last)
    look("closed")
    page.goto(f"/{language}/{FORM}")
    look("no open centre")
    page.goto(f"/{language}/studies/{STUDY}/")
    look("study, closed")
    page.goto(address)
    page.locator("summary", has_text="retirer" if language == "fr" else "take it back").click()
    follow(page.locator("#withdraw button"))
    look("withdrawn")
    page.goto(f"/{language}/message/{'x' * 43}/confirm/")
    look("spent link")
    page.goto(f"/{language}/message/left/")
    look("left")
    assert found == {}


def test_the_choice_of_a_centre_is_for_everyone(visitor: Page) -> None:
    second_team()
    found: dict[str, object] = {}
    for language in ("en", "fr"):
        for query in ("", "?near=Brest", "?near=Lyon"):
            visitor.goto(f"/{language}/{FORM}{query}")
            _look(visitor, width=360, found=found, name=language + query)
    assert found == {}


def test_every_control_is_large_enough_to_touch(visitor: Page) -> None:
    visitor.goto(f"/en/{FORM}")
    for control in visitor.locator("button:visible, input:visible, textarea:visible").all():
        if control.evaluate("element => element.closest('.not-for-people') !== null"):
            continue
        target = control.evaluate(
            "element => (element.closest('label') ?? element.closest('.choice') ?? element)"
            ".getBoundingClientRect().height"
        )
        assert target >= 24, control.evaluate("element => element.outerHTML.slice(0, 120)")


def _in_pairs() -> list[str]:
    """The payloads two by two, the longest with the shortest: each pair fits the shortest field of a name."""
    by_length = sorted(PAYLOADS, key=len)
    return [f"{by_length[place]} {by_length[-1 - place]}" for place in range(len(by_length) // 2)]


@pytest.mark.parametrize("start", range(0, 20, 5))
def test_hostile_words_are_text_on_every_page_that_shows_them(
    open_context: Callable[..., BrowserContext], start: int
) -> None:
    page = open_context().new_page()
    dialogs: list[Dialog] = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog), dialog.dismiss()))

    def harmless() -> None:
        assert dialogs == []
        assert page.locator("h1").count() == 1
        found = "iframe, base, meta[http-equiv], style, object, video, math, [onload], [onerror], [onfocus]"
        assert page.locator(found).count() == 0
        assert page.locator("script:not([src]):not([type='application/ld+json'])").count() == 0
        assert page.locator("form:not([method=post]):not([method=get])").count() == 0

    for payload in _in_pairs()[start : start + 5]:
        Request.objects.all().update(state="spam", ended_at="2026-01-01T00:00:00Z")
        # on the form that comes back, in every field
        page.goto(f"/en/{FORM}")
        for name in ("first_name", "last_name", "email", "telephone", "other_language"):
            page.evaluate(
                "([name, text]) => { document.getElementById(`id_${name}`).value = text }", [name, payload]
            )
        page.locator("#id_message").fill(payload)
        follow(page.get_by_role("button", name="Send to the team"))
        expect(page.locator("#errors")).to_be_visible()
        harmless()
        # on the page after sending and on the private page, in every field that keeps it
        fill_by_telephone(page, first_name=f"A {payload}"[:80], message=f"M {payload}")
        page.locator("#id_email").fill("")
        page.locator("#id_last_name").fill(payload[:80])
        page.locator("#id_other_language").fill(payload[:60])
        follow(page.get_by_role("button", name="Send to the team"))
        harmless()
        code = page.locator("#code").inner_text()
        follow(page.get_by_role("link", name="Open my private page"))
        for wrong in (payload[:40], payload[-40:]):
            page.get_by_label("Your code").fill(wrong)
            follow(page.get_by_role("button", name="Open the page"))
            harmless()
        page.get_by_label("Your code").fill(code)
        follow(page.get_by_role("button", name="Open the page"))
        expect(page.get_by_role("heading", name="Where it stands")).to_be_visible()
        harmless()
        # in the form of her details, refused and then taken
        page.locator("summary", has_text="Change my details").click()
        for name in ("first_name", "last_name", "email", "telephone", "other_language"):
            page.evaluate(
                "([name, text]) => { document.getElementById(`id_${name}`).value = text }", [name, payload]
            )
        follow(page.get_by_role("button", name="Save my details"))
        expect(page.locator("#errors")).to_be_visible()
        harmless()
        page.locator("#id_email").fill("")
        page.locator("#id_telephone").fill("01 99 00 12 34")
        page.locator("#id_first_name").fill(f"B {payload}"[:80])
        page.locator("#id_last_name").fill(payload[:80])
        page.locator("#id_other_language").fill(payload[:60])
        follow(page.get_by_role("button", name="Save my details"))
        expect(page.locator("#details dl")).to_contain_text("B ")
        harmless()
        page.get_by_label("Your message", exact=True).fill(f"N {payload}")
        follow(page.get_by_role("button", name="Send this message"))
        expect(page.locator(".letters li")).to_have_count(2)
        harmless()


def test_printed_the_page_after_sending_keeps_code_address_and_days(visitor: Page) -> None:
    # given the page after sending, as paper shows it
    visitor.goto(f"/en/{FORM}")
    fill_by_telephone(visitor)
    follow(visitor.get_by_role("button", name="Send to the team"))
    visitor.emulate_media(media="print")
    # then what has to be kept is there, and nothing to press
    for kept in ("#code", "#address", ".step-list"):
        expect(visitor.locator(kept)).to_be_visible()
    expect(visitor.get_by_text("Your reference is")).to_be_visible()
    pressed = "button, a.button, .link-button, header nav, .skip"
    assert [one.inner_text() for one in visitor.locator(pressed).all() if one.is_visible()] == []


def test_printed_the_private_page_keeps_steps_messages_and_details(visitor: Page) -> None:
    send_by_telephone(visitor, message="May I ask something?")
    visitor.emulate_media(media="print")
    expect(visitor.get_by_role("heading", name="Step by step")).to_be_visible()
    expect(visitor.get_by_text("May I ask something?")).to_be_visible()
    expect(visitor.get_by_text("01 99 00 12 34")).to_be_visible()
    pressed = "button, a.button, .link-button, textarea, summary"
    assert [one.inner_text() for one in visitor.locator(pressed).all() if one.is_visible()] == []
