"""A real browser before a real server, watched: nothing leaves the origin, nothing is refused."""

import os
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, Request

from tests.mails import watched_mails

# Playwright runs an event loop in this thread; the tests' own database calls are made between its turns.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

AXE_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture(autouse=True)
def neutral_mails() -> Iterator[None]:
    """Every mail of every journey is looked at as it is queued, whatever becomes of it later."""
    with watched_mails():
        yield


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """Debian's Chromium, which calls nobody."""
    return {
        "executable_path": "/usr/bin/chromium",
        "args": [
            "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
            "--disable-background-networking", "--disable-component-update",
        ],
    }  # fmt: skip


@pytest.fixture
def site(bundled_for_server: None, live_server: Any) -> str:
    """Address of a running site that holds the bundled records."""
    return str(live_server.url)


@pytest.fixture
def open_context(browser: Browser, site: str) -> Iterator[Callable[..., BrowserContext]]:
    """Makes browser contexts whose every request and console message is watched."""
    contexts, faults = [], []

    def watch_request(request: Request) -> None:
        if not request.url.startswith((site, "data:")):
            faults.append(f"a request left the origin: {request.url}")

    def watch_console(message: ConsoleMessage) -> None:
        # Pages that say what is wrong in a form, or that somebody was first, answer so by design.
        is_answer = re.search(r"responded with a status of (400|404|409)", message.text)
        if message.type in {"error", "warning"} and not is_answer:
            faults.append(f"console: {message.text}")

    def make(**options: Any) -> BrowserContext:
        context = browser.new_context(base_url=site, **{"viewport": {"width": 360, "height": 780}, **options})
        context.on("request", watch_request)
        context.on("console", watch_console)
        context.on("weberror", lambda error: faults.append(f"script: {error.error}"))
        contexts.append(context)
        return context

    yield make
    for context in contexts:
        context.close()
    assert faults == []


@pytest.fixture
def visitor(open_context: Callable[..., BrowserContext]) -> Page:
    """A visitor on a telephone, reading English."""
    return open_context(locale="en-GB").new_page()


def follow(control: Locator) -> None:
    """Press what leads to another page, and wait until that page stands."""
    with control.page.expect_navigation():
        control.click()


def problems_of_accessibility(page: Page) -> list[str]:
    """WCAG 2.2 A and AA, and axe's best practices; empty when there is none."""
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": AXE_RULES}})
    return [
        f"{violation['id']}: {node['target']} {node.get('failureSummary', '')}"
        for violation in found.response["violations"]
        for node in violation["nodes"]
    ]
