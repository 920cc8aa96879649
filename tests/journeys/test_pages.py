"""Every public page: for everyone, at every width, in both languages and themes, and light to carry."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.journeys.conftest import problems_of_accessibility

pytestmark = pytest.mark.journey

PAGES = [
    "/", "/studies/?q=miscarriage", "/studies/?q=fausse+couche&near=Lyon&km=any", "/studies/?q=zzzzqqqq",
    "/studies/?age=900&near=Xyzzyville", "/studies/NCT05557201/", "/studies/NCT05557201/?near=Lyon",
    "/studies/NCT00000000/",
]  # fmt: skip


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("path", PAGES)
def test_a_page_meets_wcag(
    open_context: Callable[..., BrowserContext], path: str, theme: str, language: str
) -> None:
    page = open_context(color_scheme=theme).new_page()
    page.goto(f"/{language}{path}")
    assert problems_of_accessibility(page) == []


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_never_wider_than_its_window(visitor: Page, path: str, language: str) -> None:
    visitor.goto(f"/{language}{path}")
    for width in (320, 360, 768, 1280):
        visitor.set_viewport_size({"width": width, "height": 800})
        assert visitor.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("path", PAGES)
def test_a_page_shows_no_trace_of_its_making(visitor: Page, path: str) -> None:
    for language in ("en", "fr"):
        visitor.goto(f"/{language}{path}")
        text = visitor.inner_text("body") + visitor.title()
        for trace in (
            "{{",
            "}}",
            "{%",
            "None",
            "undefined",
            "NaN",
            "[object",
            "%(",
            "&amp;",
            "MISSING-VARIABLE",
        ):
            assert trace not in text, f"{trace} in {language}{path}"
        assert visitor.locator("h1").count() == 1


@pytest.mark.parametrize("path", PAGES)
def test_a_page_weighs_at_most_120_kilobytes_without_its_typeface(visitor: Page, path: str) -> None:
    weights: dict[str, int] = {}
    visitor.on("response", lambda answer: weights.update({answer.url: len(answer.body())}))
    visitor.goto(f"/en{path}", wait_until="networkidle")
    assert sum(size for url, size in weights.items() if not url.endswith(".woff2")) <= 120_000


@pytest.mark.parametrize("path", ["/", "/studies/?q=miscarriage", "/studies/NCT05557201/"])
def test_every_control_is_large_enough_to_touch(visitor: Page, path: str) -> None:
    visitor.goto(f"/en{path}")
    for control in visitor.locator("button:visible, input:visible, select:visible, summary:visible").all():
        box = control.bounding_box()
        assert box is not None
        target = control.locator("xpath=..").bounding_box() if box["height"] < 24 else box
        assert target is not None
        assert target["height"] >= 24, control.evaluate("element => element.outerHTML.slice(0, 120)")
