"""Pictures of getting in touch: a visitor writes, her page, the links of the mails, the team's inbox.

`gravida` is run beside the site, as an operator would; mails are read from the data folder.
"""

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from pathlib import Path

import pyotp
from playwright.sync_api import Browser, Page

STUDY = "NCT05557201"
FORM = f"studies/{STUDY}/contact/"
LEAST_SECONDS = 4.5  # a quicker form is taken for a machine's
PASSWORD = "a tulip, a cloud and 42 lorries"  # noqa: S105 - of a site that is thrown away
SECONDS_FOR_A_MAIL = 30


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A page to take: who sees it, where, and what to press before."""

    name: str
    language: str
    path: str  # below the language
    state: Path | None = None  # cookies of a browser that has signed in
    press: Callable[[Page], None] | None = None


def shown_pages(browser: Browser, address: str, data: Path, language: str) -> Iterator[Shown]:
    """Every page of getting in touch in one language, reached as people reach it."""
    yield Shown(name="contact-form", language=language, path=f"{FORM}")
    yield Shown(name="contact-errors", language=language, path=f"{FORM}", press=_send)
    her = browser.new_context(base_url=address)
    page = her.new_page()
    page.goto(f"{address}{language}/{FORM}")
    page.locator("#id_first_name").fill("Claire")
    page.locator("#id_telephone").fill("01 99 00 12 34")
    page.locator("#id_message").fill("…" if language == "fr" else "May I ask a question by telephone?")
    page.wait_for_timeout(1000 * LEAST_SECONDS)
    _send(page)
    code = page.locator("#code").inner_text()
    yield Shown(name="contact-sent", language=language, path=_path(page))
    page.locator(".keep a.button").click()
    yield Shown(name="contact-code", language=language, path=_path(page))
    page.locator("#id_code").fill(code)
    page.locator("form.where button").click()
    state = data / f"her-{language}.json"
    her.storage_state(path=state)
    yield Shown(name="contact-private", language=language, path=_path(page), state=state)
    her.close()
    for link in ("received", "not-recruiting"):
        yield Shown(name=f"link-{link}", language=language, path=_link_of_the_team(data, link))
    yield Shown(name="link-spent", language=language, path=f"message/{'x' * 43}/confirm/")
    yield Shown(name="message-left", language=language, path="message/left/")


def staff_pages(browser: Browser, address: str, data: Path, language: str) -> Iterator[Shown]:
    """Sign-in, the inbox, one message, the centre, people."""
    yield Shown(name="staff-sign-in", language=language, path="staff/sign-in/")
    nurse = _signed_in(browser, address, data, role="investigator", language=language)
    pages = {"inbox": "messages/", "inbox-centre": "centres/1/", "inbox-texts": "texts/"}
    for name, path in {**pages, "staff-account": "account/"}.items():
        yield Shown(name=name, language=language, path=f"staff/{path}", state=nurse)
    yield Shown(
        name="inbox-message",
        language=language,
        path="staff/messages/",
        state=nurse,
        press=_open_first_message,
    )
    administrator = _signed_in(browser, address, data, role="administrator", language=language)
    for name, path in {"staff-people": "people/", "staff-audit": "audit/", "staff-mail": "mail/"}.items():
        yield Shown(name=name, language=language, path=f"staff/{path}", state=administrator)


def _send(page: Page) -> None:
    page.locator("form[data-keep-typed] button.button").first.click()
    page.wait_for_load_state()


def _open_first_message(page: Page) -> None:
    page.locator("a[href*='/messages/G-']").first.click()
    page.wait_for_load_state()


def _path(page: Page) -> str:
    """The path of the page below its language."""
    return page.url.split("/", 4)[4]


def closed_pages(browser: Browser, data: Path, address: str) -> Iterator[Shown]:
    """What is left when the team has closed its form, by the link in its mail."""
    page = browser.new_page()
    page.goto(f"{address}en/{_link_of_the_team(data, 'not-recruiting')}")
    page.locator("main button.button").first.click()
    page.wait_for_load_state()
    page.close()
    for language in ("en", "fr"):
        yield Shown(name="contact-closed", language=language, path=FORM)
        yield Shown(name="study-closed", language=language, path=f"studies/{STUDY}/?near=Lyon")


def _link_of_the_team(data: Path, part: str) -> str:
    """The path of a link in the newest mail to the team, below its language."""
    found = re.search(rf"/(?:en|fr)/(message/[\w-]+/{part}/)", _newest_mail(data, part))
    if found is None:
        raise LookupError(f"no link to {part} in the mail that names it")
    return found[1]


def _newest_mail(data: Path, part: str) -> str:
    """The text of the newest mail that holds this, once the worker has written it."""
    for _ in range(5 * SECONDS_FOR_A_MAIL):
        for file in sorted((data / "mail").glob("*.eml"), key=lambda file: -file.stat().st_mtime_ns):
            body = message_from_bytes(file.read_bytes(), policy=policy.default).get_body()
            text = body.get_content() if body else ""
            if f"/{part}/" in text:
                return text
        time.sleep(0.2)
    raise TimeoutError(
        f"no mail with a link to {part} within {SECONDS_FOR_A_MAIL} seconds: does the worker run?"
    )


def _signed_in(browser: Browser, address: str, data: Path, *, role: str, language: str) -> Path:
    """Cookies of a new member of staff who has set everything up."""
    email = f"{role}-{language}@example.org"
    more = [] if role == "administrator" else ["--role", role, "--place", f"{STUDY}/centre-1"]
    add = [sys.executable, "-m", "gravida", "user", "add", email, "--name", "A. Example"]
    told = subprocess.run(
        [*add, "--language", language, *more],
        env={**os.environ, "GRAVIDA_DATA": str(data)}, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    link = re.search(r"/(?:en|fr)/staff/welcome/\S+", told)
    if link is None:
        raise LookupError(f"no link in what `gravida user add` said: {told}")
    context = browser.new_context(base_url=address)
    page = context.new_page()
    page.goto(link[0])
    for field in page.locator("input[type=password]").all():
        field.fill(PASSWORD)
    page.locator("main button.button").first.click()
    page.locator("input[type=email]").fill(email)
    page.locator("input[type=password]").fill(PASSWORD)
    page.locator("main button.button").first.click()
    secret = re.sub(r"\s", "", page.locator("code").first.inner_text())
    page.locator("input[name=code]").fill(pyotp.TOTP(secret).now())
    page.locator("main button.button").first.click()
    page.locator("ol code").first.wait_for()
    state = data / f"{email}.json"
    context.storage_state(path=state)
    context.close()
    return state
