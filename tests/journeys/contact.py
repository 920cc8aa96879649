"""What the journeys of getting in touch share: a site with an open team, its mails, a keyboard."""

import re

from django.db import connection
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from gravida.find.contact import teams
from gravida.find.contact.models import Team
from gravida.web.models import Mail
from tests.journeys.conftest import follow

STUDY = "NCT05557201"


def open_team() -> Team:
    """FALCO's team, and no other."""
    return teams.refresh(STUDY, at=timezone.now())[0]


def second_team() -> Team:
    """Another open centre of the same study, in Lyon."""
    lyon = Team.objects.create(
        study=STUDY, centre="centre-2", source="folder", name={"en": "Team of Lyon", "fr": "Équipe de Lyon"},
        town="Lyon", country="France", calendar="FR", languages=["fr"],
    )  # fmt: skip
    lyon.addresses.create(
        kind="main",
        rank=0,
        email="lyon@example.org",
        source="folder",
        state="approved",
        seen_at=timezone.now(),
    )
    return lyon


def link_in(kind: str, part: str) -> str:
    """The address of a link in the newest mail of a kind, without its host."""
    text = Mail.objects.filter(kind=kind).latest("id").text
    found = re.search(rf"/(?:en|fr)/message/[\w-]+/{part}", text)
    assert found is not None, text
    return found[0]


def tab_to(page: Page, target: Locator, *, at_most: int = 80) -> None:
    """Press Tab until the focus is there: somebody without a mouse."""
    wanted = target.element_handle()
    for _ in range(at_most):
        page.keyboard.press("Tab")
        if page.evaluate("element => document.activeElement === element", wanted):
            return
    raise AssertionError(f"{target} is not reached by {at_most} presses of Tab")


def everything_kept() -> str:
    """Every row of every table, as text, sealed ones as their bytes."""
    rows = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 - names of our own tables
            rows += [repr(row) for row in cursor.fetchall()]
    return "\n".join(rows)


def fill_by_telephone(page: Page, *, first_name: str = "Claire", message: str = "") -> None:
    """The least that a message needs, in English."""
    page.get_by_label("First name").fill(first_name)
    page.get_by_label("Telephone", exact=True).fill("01 99 00 12 34")
    if message:
        page.get_by_label("Your message (if you like)").fill(message)


def send_by_telephone(page: Page, *, message: str = "") -> str:
    """Write by telephone alone and open the private page; gives its code."""
    page.goto(f"/en/studies/{STUDY}/contact/")
    fill_by_telephone(page, message=message)
    follow(page.get_by_role("button", name="Send to the team"))
    code = page.locator("#code").inner_text()
    follow(page.get_by_role("link", name="Open my private page"))
    page.get_by_label("Your code").fill(code)
    follow(page.get_by_role("button", name="Open the page"))
    expect(page.get_by_role("heading", name="Where it stands")).to_be_visible()
    return code
