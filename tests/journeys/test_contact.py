"""A woman writes to a team, is answered, and takes it back; by keyboard, in French, without scripts."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from gravida.find.contact import anti_abuse
from gravida.find.contact.models import Message, Request, Sender, Tally
from gravida.web.models import Mail
from tests.journeys.contact import (
    STUDY,
    everything_kept,
    fill_by_telephone,
    link_in,
    open_team,
    second_team,
    send_by_telephone,
    tab_to,
)
from tests.mails import every_mail_is_neutral

pytestmark = [pytest.mark.journey, pytest.mark.slow]


@pytest.fixture(autouse=True)
def team(site: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """An open team; a browser that types faster than people do is let through."""
    open_team()
    monkeypatch.setattr(anti_abuse, "LEAST_SECONDS", 0)


def test_she_writes_with_the_keyboard_alone_confirms_reads_and_withdraws(visitor: Page) -> None:
    # given a woman on the study's page, on a telephone, without a mouse
    visitor.goto(f"/en/studies/{STUDY}/")
    tab_to(visitor, visitor.get_by_role("link", name="Write to the team").first)
    visitor.keyboard.press("Enter")
    expect(visitor.get_by_role("heading", level=1, name="Write to the team")).to_be_visible()

    # when she leaves out her name and mistypes her number
    tab_to(visitor, visitor.get_by_label("Telephone", exact=True))
    visitor.keyboard.type("12")
    tab_to(visitor, visitor.get_by_label("Your message (if you like)"))
    visitor.keyboard.type("May I ask about zanzibar?")
    tab_to(visitor, visitor.get_by_role("button", name="Send to the team"))
    visitor.keyboard.press("Enter")

    # then the summary has the focus and leads to each field, and her words are there
    expect(visitor.locator("#errors")).to_be_focused()
    expect(visitor).to_have_title(re.compile("^Please look again"))
    tab_to(visitor, visitor.locator("#errors").get_by_role("link", name=re.compile("^First name")))
    visitor.keyboard.press("Enter")
    expect(visitor.get_by_label("First name")).to_be_focused()
    expect(visitor.get_by_label("Your message (if you like)")).to_have_value("May I ask about zanzibar?")

    # when she puts it right, with an address too
    visitor.keyboard.type("Ondine")
    tab_to(visitor, visitor.get_by_label("E-mail", exact=True))
    visitor.keyboard.type("ondine@example.org")
    tab_to(visitor, visitor.get_by_label("Telephone", exact=True))
    visitor.keyboard.press("Control+A")
    visitor.keyboard.type("01 99 00 12 34")
    tab_to(visitor, visitor.get_by_label("Thursday afternoon"))
    visitor.keyboard.press("Space")
    visitor.keyboard.press("Enter")

    # then the page says that it was submitted, and shows the code once
    expect(visitor.get_by_role("heading", level=1)).to_have_text("Your message was submitted")
    expect(visitor.get_by_text("a copy is on its way")).to_be_visible()
    code = visitor.locator("#code").inner_text()
    request = Request.objects.get()
    assert request.half_days == ["thu-pm"]

    # when she follows the link of the mail and presses its button
    visitor.goto(link_in("contact.person.copy", "confirm/"))
    tab_to(visitor, visitor.get_by_role("button", name="Yes, it is mine"))
    visitor.keyboard.press("Enter")
    expect(visitor.get_by_role("heading", level=1)).to_have_text("Thank you, your address is confirmed")
    visitor.get_by_role("link", name="Open my private page").press("Enter")
    tab_to(visitor, visitor.get_by_label("Your code"))
    visitor.keyboard.type(code.lower())
    visitor.keyboard.press("Enter")

    # then she reads where it stands
    expect(visitor.get_by_role("heading", name="Where it stands")).to_be_visible()
    expect(visitor.get_by_text("May I ask about zanzibar?")).to_be_visible()
    expect(visitor.get_by_role("listitem").filter(has_text="Your address is confirmed")).to_be_visible()

    # when she takes it back
    tab_to(visitor, visitor.locator("summary", has_text="I want to take it back"))
    visitor.keyboard.press("Enter")
    tab_to(visitor, visitor.get_by_role("button", name="Erase everything now"))
    visitor.keyboard.press("Enter")

    # then nothing of her is left, but for a count
    expect(visitor.get_by_role("heading", level=1)).to_have_text(re.compile("Your message is erased"))
    kept = everything_kept()
    for word in ("Ondine", "ondine", "zanzibar", "99001234", "thu-pm"):
        assert word not in kept
    assert Tally.objects.get(what="sent").count == 1
    assert every_mail_is_neutral() >= 0


def test_without_scripts_in_french(open_context: Callable[..., BrowserContext]) -> None:
    # given a browser without scripts
    page = open_context(java_script_enabled=False, locale="fr").new_page()
    page.goto(f"/fr/studies/{STUDY}/")
    page.get_by_role("link", name="Écrire à l’équipe").first.click()
    # when a first try is wrong
    page.get_by_label("Votre message (si vous voulez)").fill("J’aimerais vous parler.")
    page.get_by_role("button", name="Envoyer à l’équipe").click()
    expect(page.get_by_role("alert")).to_contain_text("rien de ce que vous avez saisi n’est perdu")
    expect(page.get_by_label("Votre message (si vous voulez)")).to_have_value("J’aimerais vous parler.")
    # and the second is right
    page.get_by_label("Prénom").fill("Ondine")
    page.get_by_label("Téléphone", exact=True).fill("01 99 00 12 34")
    page.get_by_label("par téléphone").check()
    page.get_by_label("lundi matin").check()
    page.get_by_role("button", name="Envoyer à l’équipe").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Votre message a été transmis")
    code = page.locator("#code").inner_text()
    # then her page opens, takes a further word, and is left
    page.get_by_role("link", name="Ouvrir ma page privée").click()
    page.get_by_label("Votre code").fill(code)
    page.get_by_role("button", name="Ouvrir la page").click()
    page.get_by_label("Votre message", exact=True).fill("Le matin, si possible.")
    page.get_by_role("button", name="Envoyer ce message").click()
    expect(page.get_by_text("Le matin, si possible.")).to_be_visible()
    page.get_by_role("button", name="Fermer cette page et la verrouiller").click()
    expect(page.get_by_text("La page est refermée.")).to_be_visible()
    page.go_back()
    page.reload()
    expect(page.get_by_label("Votre code")).to_be_visible()
    assert Message.objects.count() == 2
    assert Request.objects.get().language == "fr"
    every_mail_is_neutral()


def test_the_team_acknowledges_from_its_mail_and_she_reads_it(visitor: Page) -> None:
    # given a message, and the mail that the team got
    send_by_telephone(visitor, message="May I ask something?")
    her_page = visitor.url
    # when somebody of the team presses the button behind the link, signed in nowhere
    visitor.goto(link_in("contact.team.new", "received/"))
    expect(visitor.get_by_role("heading", level=1)).to_contain_text("dire que vous l’avez reçu")
    expect(visitor.get_by_text("May I ask something?")).to_have_count(0)
    visitor.get_by_role("button", name="Nous l’avons et allons la contacter").click()
    expect(visitor.get_by_role("heading", level=1)).to_contain_text("accusé reçu")
    # then her page says so, with what comes next and by when
    visitor.goto(her_page)
    expect(visitor.get_by_text("The team confirmed that it has your message")).to_be_visible()
    expect(visitor.get_by_text("Expected by")).to_be_visible()
    every_mail_is_neutral()


def test_a_second_message_to_the_same_study_adds_to_the_first(visitor: Page) -> None:
    for words in ("A first question", "A second question"):
        visitor.goto(f"/en/studies/{STUDY}/contact/")
        visitor.get_by_label("First name").fill("Claire")
        visitor.get_by_label("E-mail", exact=True).fill("claire@example.org")
        visitor.get_by_label("Your message (if you like)").fill(words)
        visitor.get_by_role("button", name="Send to the team").click()
        expect(visitor.get_by_role("heading", level=1)).to_have_text("Your message was submitted")
        code = visitor.locator("#code").inner_text()
    assert Request.objects.count() == Sender.objects.count() == 1
    visitor.goto(link_in("contact.person.copy", ""))
    visitor.get_by_label("Your code").fill(code)
    visitor.get_by_role("button", name="Open the page").click()
    for words in ("A first question", "A second question"):
        expect(visitor.get_by_text(words)).to_be_visible()
    every_mail_is_neutral()


def test_changing_the_language_or_going_back_loses_nothing(visitor: Page) -> None:
    visitor.goto(f"/en/studies/{STUDY}/contact/")
    fill_by_telephone(visitor, message="Half a thought")
    visitor.get_by_label("Monday morning").check()
    visitor.get_by_role("link", name="Français").click()
    expect(visitor.get_by_role("heading", level=1)).to_have_text("Écrire à l’équipe")
    expect(visitor.get_by_label("Votre message (si vous voulez)")).to_have_value("Half a thought")
    expect(visitor.get_by_label("lundi matin")).to_be_checked()
    visitor.get_by_role("link", name="English").click()
    visitor.get_by_label("Your message (if you like)").fill("A whole thought")
    visitor.get_by_role("link", name="Back to the study").click()
    visitor.go_back()
    expect(visitor.get_by_label("Your message (if you like)")).to_have_value("A whole thought")
    expect(visitor.get_by_label("First name")).to_have_value("Claire")


def test_who_mistyped_her_address_goes_back_and_sends_anew(visitor: Page) -> None:
    # given a message with a mistyped address
    visitor.goto(f"/en/studies/{STUDY}/contact/")
    visitor.get_by_label("First name").fill("Claire")
    visitor.get_by_label("E-mail", exact=True).fill("clarie@example.org")
    visitor.get_by_label("Your message (if you like)").fill("A question")
    visitor.get_by_role("button", name="Send to the team").click()
    expect(visitor.get_by_text("a copy is on its way")).to_be_visible()
    # when she goes back and corrects it
    visitor.go_back()
    expect(visitor.get_by_label("Your message (if you like)")).to_have_value("A question")
    visitor.get_by_label("E-mail", exact=True).fill("claire@example.org")
    visitor.get_by_role("button", name="Send to the team").click()
    expect(visitor.get_by_text("a copy is on its way")).to_be_visible()
    # then the right address has its message, and the tab remembers nothing
    assert {sender.email for sender in Sender.objects.all()} == {"clarie@example.org", "claire@example.org"}
    assert visitor.evaluate("sessionStorage.length") == 0


def test_a_double_click_sends_one_message(visitor: Page) -> None:
    visitor.goto(f"/en/studies/{STUDY}/contact/")
    fill_by_telephone(visitor)
    visitor.get_by_role("button", name="Send to the team").dblclick()
    expect(visitor.get_by_role("heading", level=1)).to_have_text("Your message was submitted")
    expect(visitor.locator("#code")).to_be_visible()
    assert Request.objects.count() == Message.objects.count() == 1
    assert Mail.objects.filter(kind="contact.team.new").count() == 1


def test_the_centre_is_chosen_first_where_there_are_two(visitor: Page) -> None:
    second_team()
    visitor.goto(f"/en/studies/{STUDY}/?near=Lyon")
    visitor.get_by_role("link", name="Write to the team").first.click()
    expect(visitor.get_by_role("radio", name=re.compile("^Team of Lyon"))).to_be_checked()
    visitor.get_by_role("button", name="Go on").click()
    fill_by_telephone(visitor, message="To the nearer one")
    visitor.get_by_role("button", name="Choose another centre").click()
    visitor.get_by_role("radio", name=re.compile("^Research team")).check()
    visitor.get_by_role("button", name="Go on").click()
    expect(visitor.get_by_label("Your message (if you like)")).to_have_value("To the nearer one")
    visitor.get_by_role("button", name="Send to the team").click()
    expect(visitor.get_by_text("submitted to the research team of the FALCO study")).to_be_visible()
    assert Request.objects.get().team.centre == "centre-1"


def test_leaving_in_a_hurry_leaves_nothing_behind_the_back_button(visitor: Page) -> None:
    send_by_telephone(visitor, message="Not for other eyes")
    visitor.get_by_role("button", name="Close this page and sign out").click()
    expect(visitor.get_by_text("You are signed out.")).to_be_visible()
    visitor.go_back()
    expect(visitor.get_by_text("Not for other eyes")).to_have_count(0)
