"""The form: what it keeps, what it refuses and how kindly; nothing typed is ever lost."""

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from gravida.find.contact.models import Attachment, Message, Request, Sender, Tally, Team
from gravida.find.contact.pages.counted import gathered
from gravida.find.contact.pages.receipts import email_of_receipt
from gravida.web.models import Mail
from tests.find.contact.pages.conftest import FORM, STUDY, make_letter, make_mark


def _everything_typed_is_there(page: str, letter: dict[str, Any]) -> None:
    text = unescape(page)
    for name in ("first_name", "last_name", "email", "telephone", "other_language", "message"):
        assert letter[name] in text, name
    for code in letter["half_days"]:
        assert f'value="{code}" checked' in page, code
    assert re.search(r'name="may_leave_message"[^>]* checked', page)
    assert re.search(r'name="writes_for" value="partner"[^>]* checked', page)
    assert re.search(r'name="channel" value="telephone"[^>]* checked', page)


def test_a_message_is_kept_and_the_page_says_so_only_then(visitor: Client) -> None:
    # given the form, which claims nothing
    assert "submitted" not in visitor.get(FORM).content.decode()
    # when it is sent
    answer = visitor.post(FORM, make_letter())
    # then the message is kept, and the next page says so
    request, sender = Request.objects.get(), Sender.objects.get()
    assert answer.status_code == 302
    page = visitor.get(answer.headers["Location"]).content.decode()
    assert "Your message was submitted to the research team of the FALCO study; a copy is on its way." in page
    assert request.reference in page
    assert (sender.telephone, sender.other_language) == ("+33199001234", "Tamil")
    assert (request.channel, request.half_days, request.writes_for) == (
        "telephone",
        ["mon-am", "thu-pm"],
        "partner",
    )


def test_a_telephone_alone_is_enough_and_no_copy_is_promised(visitor: Client) -> None:
    answer = visitor.post(FORM, make_letter(email=""))
    page = visitor.get(answer.headers["Location"]).content.decode()
    assert "no copy is mailed" in page
    assert re.search(r'href="/en/message/[^"]+/"', page)
    assert not Mail.objects.filter(kind__startswith="contact.person").exists()


@pytest.mark.parametrize(
    ("field", "typed", "says"),
    [
        ("first_name", "", "whom to ask for"),
        ("first_name", "\u200b\u2060", "whom to ask for"),
        ("email", "claire@", "does not look like an e-mail address"),
        ("email", "a@localhost", "does not look like an e-mail address"),
        ("email", "a@example.org,b@example.org", "does not look like an e-mail address"),
        ("telephone", "12", "This number"),
        ("telephone", "see you", "not a telephone number"),
        ("message", "é" * 1001, "has 1001 signs"),
    ],
)
def test_a_wrong_field_is_named_above_and_beside_and_nothing_is_lost(
    visitor: Client, field: str, typed: str, says: str
) -> None:
    # given a whole message with one field wrong
    letter = make_letter(**{field: typed})
    # when it is sent
    page = visitor.post(FORM, letter).content.decode()
    # then the summary leads to the field, the field says what is wrong, everything typed is there
    assert says in unescape(page.partition('class="error-summary"')[2].partition("</ul>")[0])
    assert f'href="#id_{field}"' in page
    assert f'id="id_{field}_error"' in page
    assert re.search(rf'id="id_{field}"[^>]*|aria-invalid="true"', page)
    _everything_typed_is_there(page, letter)
    assert not Request.objects.exists()


def test_one_way_to_be_reached_is_asked_for(visitor: Client) -> None:
    page = visitor.post(FORM, make_letter(email="", telephone="")).content.decode()
    assert "one is enough" in page
    page = visitor.post(FORM, make_letter(telephone="")).content.decode()
    assert "You would like to be called: please give a number." in page


@pytest.mark.parametrize("mark", ["", "1.x.y", "9" * 300, ".."])
def test_a_form_that_is_not_ours_or_too_old_comes_back_filled(visitor: Client, mark: str) -> None:
    letter = make_letter(form=mark)
    page = visitor.post(FORM, letter).content.decode()
    assert "Nothing was sent yet" in page
    _everything_typed_is_there(page, letter)
    assert not Request.objects.exists()
    # and it can be sent at once from there
    fresh = re.search(r'name="form" value="([^"]+)"', page)
    assert fresh is not None
    assert visitor.post(FORM, letter | {"form": fresh[1]}).status_code == 302


@pytest.mark.parametrize(
    "changed", [{"website": "https://example.org"}, {"form": None}], ids=["hidden field", "too quick"]
)
def test_what_looks_like_a_machine_is_kept_for_a_human_and_the_page_says_so(
    visitor: Client, changed: dict[str, Any]
) -> None:
    letter = make_letter(**changed) if changed.get("website") else make_letter(form=make_mark(seconds_ago=1))
    answer = visitor.post(FORM, letter)
    page = visitor.get(answer.headers["Location"]).content.decode()
    assert Request.objects.get().state == "spam"
    assert "A person looks at it" in page
    assert "submitted" not in page
    assert not Mail.objects.exists()


def test_the_field_for_machines_is_hidden_from_everybody(visitor: Client) -> None:
    page = visitor.get(FORM).content.decode()
    trap = page.partition('<p class="not-for-people"')[2].partition("</p>")[0]
    assert 'aria-hidden="true"' in trap
    assert 'tabindex="-1"' in trap
    assert 'autocomplete="off"' in trap


def test_too_many_messages_are_told_kindly_and_keep_what_was_typed(visitor: Client) -> None:
    for number in range(5):
        assert visitor.post(FORM, make_letter(email=f"p{number}@example.org")).status_code == 302
    letter = make_letter(email="last@example.org")
    answer = visitor.post(FORM, letter)
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert "Please send it again in" in answer.content.decode()
    _everything_typed_is_there(answer.content.decode(), letter)
    assert Request.objects.count() == 5


def test_the_same_form_sent_again_is_one_message_and_shows_the_same_page(visitor: Client) -> None:
    letter = make_letter()
    first, second = visitor.post(FORM, letter), visitor.post(FORM, letter)
    assert first.headers["Location"] == second.headers["Location"]
    assert Request.objects.count() == Message.objects.count() == 1
    assert Mail.objects.filter(kind="contact.team.new").count() == 1


def test_who_goes_back_and_corrects_her_address_writes_anew(visitor: Client) -> None:
    letter = make_letter(email="clarie@example.org")
    visitor.post(FORM, letter)
    visitor.post(FORM, letter | {"email": "claire@example.org"})
    assert {sender.email for sender in Sender.objects.all()} == {"clarie@example.org", "claire@example.org"}


def test_a_second_message_to_the_same_study_adds_to_the_first(visitor: Client) -> None:
    visitor.post(FORM, make_letter())
    answer = visitor.post(FORM, make_letter(message="One more question."))
    assert answer.status_code == 302
    assert Request.objects.count() == 1
    assert Message.objects.count() == 2


def test_nothing_is_attached_without_its_tick(visitor: Client) -> None:
    attached = {"self_check": '{"age_years": 34}', "notes": "My own words."}
    page = visitor.post(FORM, make_letter(first_name="", **attached)).content.decode()
    assert "Attach my answers to the self-check" in page
    assert not re.search(r'name="attach_\w+"[^>]* checked', page)
    visitor.post(FORM, make_letter(**attached))
    assert not Attachment.objects.exists()
    visitor.post(
        FORM, make_letter(email="b@example.org", attach_notes="on", attach_self_check="on", **attached)
    )
    assert {item.kind: item.text for item in Attachment.objects.all()} == {
        "answers": '{"age_years": 34}',
        "notes": "My own words.",
    }


def test_the_ticks_are_absent_where_there_is_nothing_to_attach(visitor: Client) -> None:
    page = visitor.get(FORM).content.decode()
    assert "Attach my answers" not in page
    # that of notes is hidden until the browser, which alone has them, shows them beside it
    box = re.search(r"<div class=\"asked-notes\"[^>]* hidden>.*?</form>", page, re.DOTALL)
    assert box is not None
    assert "Attach my" not in page.replace(box[0], "")
    assert not re.search(r'name="attach_\w+"[^>]* checked', page)


@pytest.mark.parametrize("typed", ["[1]", "{", "null", "[" * 5000, '{"a": "' + "x" * 30_000 + '"}'])
def test_answers_that_no_page_of_ours_made_are_left_out(visitor: Client, typed: str) -> None:
    visitor.post(FORM, make_letter(self_check=typed, attach_self_check="on"))
    assert Request.objects.count() == 1
    assert not Attachment.objects.exists()


@pytest.mark.parametrize(
    "name", ["first_name", "last_name", "email", "telephone", "other_language", "message"]
)
def test_signs_that_no_text_can_show_break_nothing(visitor: Client, name: str) -> None:
    answer = visitor.post(FORM, make_letter(**{name: "a\x00\x07\u202eb\r\nBcc: c@example.org"}))
    assert answer.status_code in (200, 302)
    for mail in Mail.objects.all():
        assert "c@example.org" not in mail.recipient + mail.subject + mail.reply_to


def test_further_keys_of_a_form_are_ignored(visitor: Client) -> None:
    extra = {
        "state": "included",
        "study": "NCT1",
        "team": "1",
        "version": "9",
        "is_staff": "1",
        "confirmed_at": "2020",
    }
    visitor.post(FORM, make_letter(**extra))
    request = Request.objects.get()
    assert (request.state, request.study, request.version, request.confirmed_at) == (
        "unverified",
        STUDY,
        1,
        None,
    )


def test_a_team_that_closed_meanwhile_gives_back_what_was_written(visitor: Client, team: Team) -> None:
    Team.objects.filter(pk=team.pk).update(closed_at=timezone.now())
    answer = visitor.post(FORM, make_letter())
    assert answer.status_code == 409
    assert "Could you call me in the morning?" in answer.content.decode()
    assert not Request.objects.exists()
    assert "The team takes no new messages now" in visitor.get(FORM).content.decode()


def test_the_form_leaves_no_cookie_and_its_answers_are_kept_by_nobody(visitor: Client) -> None:
    assert not visitor.get(FORM).cookies
    answer = visitor.post(FORM, make_letter(first_name=""))
    assert not answer.cookies
    assert "no-store" in answer.headers["Cache-Control"]
    sent = visitor.post(FORM, make_letter())
    assert not sent.cookies
    page = visitor.get(sent.headers["Location"])
    assert "no-store" in page.headers["Cache-Control"]
    assert page.headers["X-Robots-Tag"].startswith("noindex")
    assert page.headers["Referrer-Policy"] == "no-referrer"


def test_a_page_after_sending_that_is_unknown_or_old_says_what_to_do(visitor: Client) -> None:
    page = visitor.get(f"/en/message/{'x' * 43}/sent/").content.decode()
    assert "Your message is safe" in page


def test_opening_the_form_is_counted_without_saying_who(visitor: Client) -> None:
    gathered.write(at=timezone.now())
    Tally.objects.all().delete()
    visitor.get(FORM)
    visitor.get(FORM)
    visitor.get(f"/en/studies/{STUDY}/")
    # and never in the request itself
    assert not Tally.objects.exists()
    gathered.write(at=timezone.now())
    assert Tally.objects.get(what="viewed").count == 1
    assert Tally.objects.get(what="form_opened").count == 2


def test_a_study_without_a_team_leads_to_the_registry(visitor: Client) -> None:
    Team.objects.all().delete()
    page = visitor.get(FORM).content.decode()
    assert "This team has no contact here" in page
    assert f"https://clinicaltrials.gov/study/{STUDY}" in page
    gathered.write(at=timezone.now())
    assert Tally.objects.get(what="no_contact").study == STUDY


class TestTwoCentres:
    """Step 1 stands only where there is a choice."""

    def test_the_nearest_open_centre_is_chosen_beforehand(self, visitor: Client, other_team: Team) -> None:
        page = visitor.get(f"{FORM}?near=Lyon").content.decode()
        assert "Step 1 of 2" in page
        assert re.search(r'value="centre-2" required checked', page)
        assert page.index("Team of Lyon") < page.index("Research team of the FALCO study")
        assert re.search(r"39\d km away", page)

    def test_a_far_place_is_said_honestly(self, visitor: Client, other_team: Team) -> None:
        page = visitor.get(f"{FORM}?near=Brest").content.decode()
        assert "No open centre is near" in page
        assert "Other studies near you" in page

    def test_changing_the_centre_keeps_what_was_typed(self, visitor: Client, other_team: Team) -> None:
        letter = make_letter()
        chosen = visitor.post(FORM, letter | {"show": "centre", "centre": "centre-1"}).content.decode()
        assert "Step 1 of 2" in chosen
        fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', chosen))
        assert fields["message"] == letter["message"]
        page = visitor.post(FORM, letter | {"show": "again", "centre": "centre-2"}).content.decode()
        assert "Team of Lyon" in page
        _everything_typed_is_there(page, letter)
        assert not Request.objects.exists()

    def test_the_message_goes_to_the_chosen_centre(self, visitor: Client, other_team: Team) -> None:
        visitor.post(f"{FORM}?centre=centre-2", make_letter())
        assert Request.objects.get().team == other_team


@pytest.mark.parametrize("reason", ["database is locked", "database or disk is full"])
def test_a_database_that_takes_no_writes_loses_nothing_typed(
    visitor: Client, monkeypatch: pytest.MonkeyPatch, reason: str
) -> None:
    # given a database that is busy or full at this moment
    def refuse(**_named: Any) -> None:
        raise OperationalError(reason)

    letter = make_letter()
    with monkeypatch.context() as moment:
        moment.setattr("gravida.find.contact.pages.views_write.send_request", refuse)
        # when a message is sent
        answer = visitor.post(FORM, letter)
    # then the page says that it is not saved, and holds everything for another try
    page = answer.content.decode()
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    kept = re.findall(r'<textarea name="(\w+)" hidden>\n(.*?)</textarea>', page, re.DOTALL)
    again: dict[str, list[str]] = {}
    for name, value in kept:
        again.setdefault(name, []).append(unescape(value))
    assert visitor.post(FORM, again).status_code == 302
    assert Message.objects.get().text == letter["message"]
    assert Request.objects.get().half_days == letter["half_days"]


def test_the_address_is_known_to_the_next_page_for_half_an_hour_and_to_nobody_without_receipt(
    visitor: Client,
) -> None:
    receipt = visitor.post(FORM, make_letter()).headers["Location"].split("/")[3]
    now = timezone.now()
    assert email_of_receipt(receipt, at=now) == "claire@example.org"
    assert email_of_receipt(receipt, at=now + timedelta(minutes=31)) == ""
    assert email_of_receipt("x" * 43, at=now) == ""
