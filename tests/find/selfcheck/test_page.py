"""The page without JavaScript: answers by POST, kept by nobody, in the message only where ticked."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.test import Client

from gravida.find.contact.models import Attachment, Message, Request
from gravida.find.inbox.timeline import said
from tests.find.contact.pages.conftest import FORM, hidden, make_letter
from tests.find.selfcheck.test_answers import FITS

PAGE = "/en/studies/NCT05557201/self-check/"
RESULT = "Each condition, and what decided it"


def text_of(answer: Any) -> str:
    return unescape(answer.content.decode())


def test_the_form_asks_seven_questions_with_the_personal_ones_last(visitor: Client) -> None:
    answer = visitor.get(PAGE)
    shown = text_of(answer)
    asked = re.findall(r'data-question="(\w+)"', shown)
    assert len(asked) == 7
    assert asked[-2:] == ["on_ame", "under_legal_protection"]
    assert shown.index("The last questions are personal") < shown.index('data-question="on_ame"')
    assert not re.search(r" checked|autofocus", shown)
    assert not answer.cookies


def test_answers_are_judged_and_kept_by_nobody(visitor: Client) -> None:
    # when answers are posted
    answer = visitor.post(
        PAGE, FITS | {"age_years": "51", "implantation_failures": "", "unknown": "implantation_failures"}
    )
    # then the result stands above the filled form, at the same address, in no cache and no cookie
    shown = text_of(answer)
    assert answer.status_code == 200
    assert "One answer may rule you out" in shown
    assert "You may still ask" in shown
    assert 'value="51"' in shown
    assert answer.headers["Cache-Control"] == "no-store, private"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert not answer.cookies
    assert not Request.objects.exists()


def test_answers_in_the_address_are_not_looked_at(visitor: Client) -> None:
    shown = text_of(visitor.get(f"{PAGE}?age_years=51"))
    assert 'value="51"' not in shown
    assert "may rule you out" not in shown.partition("data-self-check")[0]


@pytest.mark.parametrize("typed", ["3 ou 4", "-1", "999999999", "<script>alert(1)</script>", "x" * 5000])
def test_nonsense_is_named_beside_its_question_and_nothing_is_lost(visitor: Client, typed: str) -> None:
    shown = visitor.post(PAGE, FITS | {"early_losses_before_14w": typed}).content.decode()
    plain = re.sub(r'data-self-check="[^"]*"', "", shown)
    assert "Please give one number from 0 to 30" in unescape(plain)
    assert 'href="#q-early_losses_before_14w"' in plain
    assert 'value="34"' in plain
    assert "<script>alert" not in plain
    assert re.search(r"data-result hidden", plain)


def test_nothing_answered_cannot_be_told_and_ejects_nobody(visitor: Client) -> None:
    shown = text_of(visitor.post(PAGE, {}))
    assert "We cannot tell" in shown
    assert "Talk to the team" in shown


@pytest.mark.parametrize("number", ["NCT04275778", "NCT00000000", "x'--"])
def test_a_study_without_structured_criteria_has_no_self_check(visitor: Client, number: str) -> None:
    assert visitor.get(f"/en/studies/{number}/self-check/").status_code == 404
    assert "self-check" not in visitor.get(f"/en/studies/{number}/").content.decode()


def test_a_number_in_small_letters_leads_to_its_one_address(visitor: Client) -> None:
    answer = visitor.get("/en/studies/nct05557201/self-check/")
    assert (answer.status_code, answer.headers["Location"]) == (301, PAGE)


def test_the_page_speaks_french(visitor: Client) -> None:
    shown = text_of(visitor.post("/fr/studies/NCT05557201/self-check/", FITS | {"age_years": "51"}))
    assert "Une réponse pourrait vous écarter" in shown
    assert "Vous avez de 18 à 50 ans." in shown


def test_without_an_open_team_the_page_says_what_else_to_do(bundled: None) -> None:
    shown = text_of(Client().post(PAGE, FITS))
    assert "Tell me when this study changes" in shown
    assert "data-to-team" not in shown


# Into the message.


def to_team(shown: str, **ticked: str) -> dict[str, str]:
    """What the form to the team posts."""
    names = ("show", "self_check", "self_check_sensitive")
    return {name: unescape(hidden(shown, name)) for name in names} | ticked


def test_answers_travel_only_when_ticked_and_are_shown_before(visitor: Client) -> None:
    shown = visitor.post(PAGE, FITS).content.decode()
    assert not re.search(r'name="attach_self_check[^>]*checked', shown)
    # given no tick, then nothing of them is in the form
    form = visitor.post(FORM, to_team(shown)).content.decode()
    assert "age_years" not in form
    assert "The team would read this" not in form
    # given the tick, then the form shows them as text, ticked, without the sensitive ones
    form = text_of(visitor.post(FORM, to_team(shown, attach_self_check="on")))
    assert re.search(r'name="attach_self_check"[^>]* checked', form)
    assert "<dt>How old are you?</dt><dd>34</dd>" in form
    assert "State Medical Aid" not in form.partition("The team would read this")[2].partition("</dl>")[0]
    # given both ticks, then those, too
    form = text_of(
        visitor.post(FORM, to_team(shown, attach_self_check="on", attach_self_check_sensitive="on"))
    )
    assert "<dt>Do you receive State Medical Aid (AME)?</dt><dd>No</dd>" in form


def test_the_team_reads_the_answers_and_how_each_condition_looks(visitor: Client) -> None:
    # given answers that were ticked
    shown = visitor.post(PAGE, FITS | {"age_years": "51"}).content.decode()
    form = visitor.post(FORM, to_team(shown, attach_self_check="on")).content.decode()
    # when the message is sent
    visitor.post(FORM, make_letter(self_check=unescape(hidden(form, "self_check")), attach_self_check="on"))
    # then the inbox shows question and answer, and the conditions as they look from these answers alone
    (entry,) = said(Request.objects.get())
    lines, looks = (dict(part.lines) for part in entry.attached)
    assert lines["How old are you?"] == "51"
    assert looks["You are 18 to 50 years old."] == "not met"
    assert (
        looks["You are under legal protection (guardianship, curatorship or safeguard of justice)."]
        == "cannot be told"
    )
    assert "Do you receive State Medical Aid (AME)?" not in lines


def test_unticked_in_the_form_nothing_is_kept(visitor: Client) -> None:
    visitor.post(FORM, make_letter(self_check='{"age_years": "51"}'))
    assert Message.objects.count() == 1
    assert not Attachment.objects.exists()


def test_ticked_answers_stay_through_the_choice_of_a_centre(visitor: Client, other_team: object) -> None:
    shown = visitor.post(PAGE, FITS).content.decode()
    centres = visitor.post(FORM, to_team(shown, attach_self_check="on")).content.decode()
    assert "Which centre would you like to write to?" in centres
    kept = {name: unescape(hidden(centres, name)) for name in ("self_check", "attach_self_check", "show")}
    key = re.search(r'name="centre" value="([^"]+)"', centres)
    assert key is not None
    form = text_of(visitor.post(FORM, kept | {"centre": key[1]}))
    assert "<dt>How old are you?</dt><dd>34</dd>" in form


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_other_methods_are_refused(visitor: Client, method: str) -> None:
    call: Callable[..., Any] = getattr(visitor, method)
    assert call(PAGE).status_code == 405
