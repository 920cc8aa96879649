"""Overviews in a real browser: two people, a changed record, a visitor's answer, hostile words."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import BrowserContext, Dialog, Page

from gravida.find.models import Study
from gravida.find.overviews import generating
from gravida.find.overviews.models import (
    Generation,
    GenerationJob,
    OverviewText,
    PublicNote,
    PublicNoteVersion,
    Rating,
    Resolution,
)
from gravida.find.overviews.sections import SECTIONS
from gravida.find.overviews.upkeep import mark_changed, refresh
from gravida.web.people.models import Person
from gravida.web.people.roles import Role
from tests.find.overviews.making import CLEAN, NUMBER, change_record, fresh_study, write_draft
from tests.find.overviews.model_server import ModelServer, serving, streamed
from tests.journeys.conftest import follow, problems_of_accessibility
from tests.journeys.test_contact_pages import PAYLOADS
from tests.journeys.test_staff_sign_in import signed_in
from tests.web.people.making import make_staff

pytestmark = [pytest.mark.journey, pytest.mark.slow]
LIST = "/en/staff/overviews/"
EDITOR = f"{LIST}{NUMBER}/en/"
PUBLIC = f"/en/studies/{NUMBER}/"
Open = Callable[..., BrowserContext]


@pytest.fixture
def editor(site: str) -> Person:
    """Writes."""
    return make_staff(Role.EDITOR, name="Ed Example")


@pytest.fixture
def investigator(site: str) -> Person:
    """Approves."""
    return make_staff(Role.INVESTIGATOR, name="Ines Example")


def desk_of(person: Person, open_context: Open, site: str, **options: Any) -> Page:
    """A screen before which this person sits."""
    context = open_context(locale="en-GB", viewport={"width": 1280, "height": 900}, **options)
    return signed_in(context, person, site)


def test_two_people_publish_and_the_page_says_when_the_record_changes(
    editor: Person, investigator: Person, open_context: Open, site: str, visitor: Page
) -> None:
    # given an editor who writes an age that the record does not name
    desk = desk_of(editor, open_context, site)
    desk.goto(LIST)
    desk.get_by_role("link", name="English: Why do some women").click()
    desk.get_by_label("In short").fill(CLEAN["in_short"])
    desk.get_by_label("Could I take part?").fill("You may join if you are 18 to 55 years old.")
    desk.get_by_role("button", name="Save as a new version").click()
    desk.get_by_text("An age that the record does not name").wait_for()
    assert problems_of_accessibility(desk) == []
    desk.get_by_role("button", name="I have checked it: hand it on").click()
    desk.get_by_text("Handed on:").wait_for()
    # when another wants to approve it, the finding stands in the way
    other = desk_of(investigator, open_context, site)
    other.goto(EDITOR)
    other.get_by_role("button", name="Approve", exact=True).click()
    other.get_by_role("alert").get_by_text("neither mended nor resolved").wait_for()
    # the editor mends the text, with the keyboard alone
    desk.goto(EDITOR)
    desk.get_by_role("link", name="Mend the text").focus()
    desk.keyboard.press("Enter")
    field = desk.get_by_label("Could I take part?")
    field.focus()
    desk.keyboard.press("Control+A")
    desk.keyboard.type(CLEAN["could_i"])
    desk.get_by_role("button", name="Save as a new version").focus()
    desk.keyboard.press("Enter")
    desk.get_by_text("Every number, age, unit").wait_for()
    desk.get_by_role("button", name="I have checked it: hand it on").press("Enter")
    desk.get_by_text("Handed on:").wait_for()
    other.goto(EDITOR)
    other.get_by_role("button", name="Approve", exact=True).click()
    other.get_by_text("Approved. It can be published now.").wait_for()
    desk.goto(EDITOR)
    desk.get_by_role("button", name="Publish", exact=True).click()
    desk.get_by_text("Published: the public reads it now.").wait_for()
    # then the public reads it, with who stands for it
    visitor.goto(PUBLIC)
    short = visitor.get_by_role("region", name="In short")
    assert "It tests no new treatment." in short.inner_text()
    assert "Written by the study team on" in short.inner_text()
    assert "Checked against the record by an investigator on" in short.inner_text()
    assert problems_of_accessibility(visitor) == []
    # and when the record changes, the page says so, and so does the list
    change_record(at=timezone.now())
    mark_changed(timezone.now())
    visitor.reload()
    assert "this text is being checked again" in visitor.get_by_role("region", name="In short").inner_text()
    assert problems_of_accessibility(visitor) == []
    desk.goto(LIST)
    assert desk.get_by_text("to check again: the record has changed").first.is_visible()


def test_a_visitor_without_scripts_says_how_easy_it_was(site: str, open_context: Open) -> None:
    refresh(at=timezone.now())
    context = open_context(locale="fr-FR", java_script_enabled=False)
    page = context.new_page()
    page.goto(f"/fr/studies/{NUMBER}/")
    under = page.locator("#how-easy-eligibility")
    under.locator("summary").click()
    under.get_by_label("facile", exact=True).check()
    under.get_by_label("Qu’est-ce qui était difficile").fill("Le mot aménorrhée")
    follow(under.get_by_role("button", name="Envoyer cette réponse"))
    assert page.get_by_role("heading", level=1).inner_text() == "Merci"
    assert context.cookies() == []
    follow(page.get_by_role("link", name="Retour à l’étude"))
    assert page.url.endswith(f"/fr/studies/{NUMBER}/#how-easy-eligibility")
    rating = Rating.objects.get()
    assert (rating.step, rating.comment, rating.section, rating.language) == (
        4, "Le mot aménorrhée", "eligibility", "fr",
    )  # fmt: skip


def test_a_text_of_a_model_comes_without_scripts(
    editor: Person, open_context: Open, site: str, settings: Any
) -> None:
    server = ModelServer(streamed())
    with serving(server) as base:
        settings.OVERVIEW_ENDPOINT, settings.OVERVIEW_MODEL = base, "asked-model"
        desk = desk_of(editor, open_context, site, java_script_enabled=False)
        desk.goto(EDITOR)
        follow(desk.get_by_role("button", name="Ask the language model for a draft"))
        assert desk.get_by_role("heading", name="It waits for its turn").is_visible()
        job = generating.take_next(at=timezone.now())
        GenerationJob.objects.update(received="## in_short\n\nFALCO looks")
        # the page looks again by itself
        desk.get_by_role("heading", name="It is being written").wait_for(timeout=10_000)
        assert "FALCO looks" in desk.content()
        generating.run(job)  # type: ignore[arg-type]  # it was just asked for
        desk.get_by_role("link", name="Read and check it").click(timeout=10_000)
    assert "First written by a language model (small-model-1)" in desk.content()
    assert desk.get_by_label("In short").input_value().startswith("FALCO looks for the reasons")


PAGES = ("", f"{NUMBER}/", f"{NUMBER}/en/", f"{NUMBER}/en/preview/", f"{NUMBER}/en/versions/",
         f"{NUMBER}/en/versions/2/", f"{NUMBER}/en/note/", f"{NUMBER}/en/generation/")  # fmt: skip


def fill_everything(study: Study, by: Person, words: list[str]) -> None:
    """Rows that no form would let in: every field that a person or a model writes holds hostile words."""
    now, whole = timezone.now(), " ".join(words)
    made = Generation.objects.create(
        writer="model", model=words[0][:120], at=now, record_sha256=study.current_version.sha256  # type: ignore[union-attr]
    )  # fmt: skip
    for number, state in ((1, "published"), (2, "draft")):
        texts = {code: f"{words[at % len(words)]} {whole} {number}" for at, code in enumerate(SECTIONS)}
        OverviewText.objects.create(
            study=NUMBER, language="en", number=number, sections=texts, generation=made, written_by=by,
            record_sha256=made.record_sha256, record_fetched_at=now, written_at=now, state=state,
            state_since=now, approved_at=now, published_at=now,
        ).steps.create(
            state_before="draft", state_after="checked", at=now, actor="editor", by=by, reason=whole
        )  # fmt: skip
    note = PublicNote.objects.create(study=NUMBER, language="en", section="overview")
    PublicNoteVersion.objects.create(
        note=note, number=1, text=whole, written_by=by, written_role="editor", written_at=now, reason=whole
    )
    PublicNoteVersion.objects.update(approved_at=now)
    for number in range(5):
        Rating.objects.create(
            study=NUMBER, language="en", section="overview", step=1, comment=words[number], day=now.date()
        )
    Resolution.objects.create(
        study=NUMBER, language="en", record_sha256=made.record_sha256, key="0" * 64, found=whole[:300],
        reason=whole, by=by, at=now,
    )  # fmt: skip
    GenerationJob.objects.create(
        study=NUMBER, language="en", asked_by=by, asked_at=now, state="failed", failure="not_in_form",
        received=whole, found=whole[:300], last_trouble=words[0][:200], ended_at=now,
    )  # fmt: skip


def test_hostile_words_stay_words(editor: Person, open_context: Open, site: str, visitor: Page) -> None:
    fill_everything(fresh_study(), editor, PAYLOADS)
    desk = desk_of(editor, open_context, site)
    dialogs: list[Dialog] = []
    for page in (desk, visitor):
        page.on("dialog", lambda dialog: (dialogs.append(dialog), dialog.dismiss()))
    for page, address in [(visitor, PUBLIC), *((desk, LIST + part) for part in PAGES)]:
        page.goto(address)
        assert page.locator("iframe, base, meta[http-equiv], [onload], [onerror]").count() == 0, address
        assert page.locator("script:not([src]):not([type='application/ld+json'])").count() == 0, address
    desk.goto(f"{LIST}?q={PAYLOADS[0]}")
    desk.goto(f"{EDITOR}note/")
    desk.get_by_label("The note").fill(" ".join(PAYLOADS)[:900])
    follow(desk.get_by_role("button", name="Keep this note"))
    assert desk.get_by_role("alert").first.is_visible()
    assert dialogs == []


@pytest.mark.parametrize("language", ["en", "fr"])
def test_pages_fit_their_window_and_meet_wcag(
    editor: Person, open_context: Open, site: str, visitor: Page, language: str
) -> None:
    # given an overview of the folder, and a draft with findings and a very long word
    refresh(at=timezone.now())
    long = "Donaudampfschifffahrtsgesellschaftskapitän " * 3
    texts = CLEAN | {"could_i": "You may join if you are 18 to 55 years old.", "what": long}
    write_draft(fresh_study(), by=editor, at=timezone.now(), texts=texts)
    GenerationJob.objects.create(
        study=NUMBER, language="en", asked_by=editor, asked_at=timezone.now(), state="failed",
        failure="guard_link", found=f"what: {long}", received=long, ended_at=timezone.now(),
    )  # fmt: skip
    context = open_context(locale=f"{language}-FR", color_scheme="dark" if language == "fr" else "light")
    desk = signed_in(context, editor, site)
    faults = []
    for part in PAGES:
        desk.goto(f"/{language}/staff/overviews/{part}")
        faults += look_at(desk)
    visitor.goto(f"/{language}/studies/{NUMBER}/how-easy/?section=overview")
    follow(visitor.locator("main button[type=submit]").last)
    faults += look_at(visitor)
    visitor.goto(f"/{language}/studies/{NUMBER}/how-easy/thanks/?section=overview")
    faults += look_at(visitor)
    assert faults == []


def look_at(page: Page) -> list[str]:
    """What is wrong with a page on a telephone: it is wider than its window, or hard to use."""
    wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    return ([f"{page.url} is wider than its window"] if wide else []) + problems_of_accessibility(page)


def test_of_two_editors_nobody_loses_a_word(
    editor: Person, investigator: Person, open_context: Open, site: str
) -> None:
    first, second = (desk_of(person, open_context, site) for person in (editor, investigator))
    for desk in (first, second):
        desk.goto(EDITOR)
    first.get_by_label("What is studied?").fill("The first words.")
    first.get_by_role("button", name="Save as a new version").click()
    first.get_by_text("Saved.").wait_for()
    second.get_by_label("What is studied?").fill("The second words.")
    second.get_by_role("button", name="Save as a new version").click()
    second.get_by_text("The other version").click()
    second.get_by_text("The first words.").wait_for()
    assert second.get_by_label("What is studied?").input_value() == "The second words."
    assert problems_of_accessibility(second) == []
    second.get_by_role("button", name="Save as a new version").click()
    second.get_by_text("Saved.").wait_for()
    assert OverviewText.objects.get(number=2).texts["what"] == "The second words."
