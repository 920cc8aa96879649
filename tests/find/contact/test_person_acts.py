"""What she does: confirm, add, change, turn to another centre, take everything back."""

from dataclasses import replace
from datetime import timedelta

import pytest

from gravida.find.contact import actions_person, actions_team, reads
from gravida.find.contact.letters import ChangedMeanwhile, Details, WrongCode
from gravida.find.contact.models import Message, Request, Sender, Tally
from gravida.find.contact.states import IllegalStep, State
from gravida.web.limits import TooMany
from gravida.web.tokens import LinkSpent
from tests.find.contact.making import (
    NOW,
    access_of,
    confirm,
    fresh,
    kinds_of_mails,
    last_mail,
    make_letter,
    nurse,
    other_team,
    send,
    send_by_telephone,
    token_and_code,
    token_in,
)

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=3)


def details(**changed: object) -> Details:
    return replace(make_letter().details, **changed)


def test_address_and_code_open_the_page_and_either_alone_does_not() -> None:
    sent = send()
    token, code = token_and_code(sent)
    assert actions_person.open_page(token=token, code=code, network="n", at=NOW).request == sent.request
    for wrong in ((token, "AAAA-BBBB-CCCC"), ("x" * 43, code), (token, "")):
        with pytest.raises(WrongCode):
            actions_person.open_page(token=wrong[0], code=wrong[1], network="n", at=NOW)


def test_ten_codes_an_hour_can_be_tried() -> None:
    token, code = token_and_code(send())
    for number in range(10):
        with pytest.raises(WrongCode):
            actions_person.open_page(token=token, code=f"AAAA-BBBB-22{number}2", network=f"n{number}", at=NOW)
    with pytest.raises(TooMany):
        actions_person.open_page(token=token, code=code, network="other", at=NOW)


def test_a_stranger_to_whom_a_mail_went_by_mistake_gets_no_code() -> None:
    # given a mail to a mistyped address, whose owner presses the button
    sent = send()
    confirm(sent)
    token = token_in(last_mail("contact.person.copy"), "confirm")
    # when he asks for a code
    actions_person.new_code_by_mail(token=token, network="n", at=NOW)
    # then none comes, until the page was opened with the code that she was shown
    assert "contact.person.new_code" not in kinds_of_mails()
    token, code = token_and_code(sent)
    actions_person.open_page(token=token, code=code, network="n", at=NOW)
    actions_person.new_code_by_mail(token=token, network="n", at=NOW)
    new = last_mail("contact.person.new_code").text.split("code is ")[1][:14]
    assert actions_person.open_page(token=token, code=new, network="n", at=NOW).request == sent.request


def test_asking_for_a_code_of_an_unknown_page_says_nothing() -> None:
    actions_person.new_code_by_mail(token="y" * 43, network="n", at=NOW)
    assert kinds_of_mails() == []


def test_it_was_not_me() -> None:
    sent = send()
    actions_person.not_me(token=token_in(last_mail("contact.person.copy"), "confirm"), at=LATER)
    request = fresh(sent.request)
    assert request.where is State.SPAM
    assert request.email_bounced_at == LATER
    actions_team.acknowledge_by_link(token=token_in(last_mail("contact.team.new"), "received"), at=LATER)
    assert kinds_of_mails() == ["contact.team.new", "contact.person.copy"]


def test_a_further_message_is_told_to_the_team_once_for_each_form() -> None:
    sent = send()
    for _ in range(2):
        actions_person.add_message(
            access=access_of(sent), text="More.", idempotency_key="f" * 40, network="n", at=LATER
        )
    assert Message.objects.count() == 2
    assert kinds_of_mails().count("contact.team.more") == 1


def test_a_new_address_is_confirmed_anew_and_the_code_stays() -> None:
    sent = send()
    confirm(sent)
    _, code = token_and_code(sent)
    request = fresh(sent.request)
    changed = actions_person.change_details(
        access=access_of(sent), version=request.version, details=details(email="new@example.org"), at=LATER
    )
    assert (changed.confirmed_at, changed.has_email) == (None, True)
    mail = last_mail("contact.person.confirm")
    assert mail.recipient == "new@example.org"
    token = token_in(mail, "confirm")
    assert actions_person.open_page(token=token, code=code, network="n", at=LATER).request == sent.request
    assert actions_person.confirm_address(token=token, at=LATER).confirmed_at == LATER
    assert Sender.objects.get().email == "new@example.org"


def test_details_of_a_stale_page_are_refused() -> None:
    sent = send()
    with pytest.raises(ChangedMeanwhile):
        actions_person.change_details(access=access_of(sent), version=99, details=details(), at=LATER)


def test_nobody_called_is_told_once_a_day_and_counted() -> None:
    sent = send()
    for hour in (0, 1):
        actions_person.say_nobody_called(access=access_of(sent), at=LATER + timedelta(hours=hour))
    assert kinds_of_mails().count("contact.team.nobody_called") == 1
    assert fresh(sent.request).due_at <= LATER + timedelta(hours=1)
    assert Tally.objects.get(what="says_not_called").count == 2
    actions_person.say_they_called(access=access_of(sent), at=LATER)
    request = fresh(sent.request)
    assert (request.where, request.reached_at, request.acknowledged_at) == (State.ACKNOWLEDGED, LATER, LATER)


def test_a_link_that_is_too_old_is_followed_by_a_new_one() -> None:
    sent = send()
    assert actions_person.confirm_again(access=access_of(sent), at=NOW + timedelta(days=2))
    token = token_in(last_mail("contact.person.confirm"), "confirm")
    request = actions_person.confirm_address(token=token, at=NOW + timedelta(days=2, hours=1))
    assert request.where is State.VERIFIED
    assert actions_person.confirm_again(access=access_of(sent), at=NOW + timedelta(days=2)) is False


def test_she_turns_to_another_centre_and_the_timers_begin_anew() -> None:
    sent, lyon = send(), other_team()
    confirm(sent)
    actions_team.opened(request=sent.request, by=nurse(), at=LATER)
    access, request = access_of(sent), fresh(sent.request)
    assert lyon in reads.status_page(access, at=LATER).other_teams
    moved = actions_person.write_to_other_centre(access=access, version=request.version, team=lyon, at=LATER)
    assert (moved.team, moved.where, moved.counted_from) == (lyon, State.VERIFIED, LATER)
    assert last_mail("contact.team.new").recipient == "lyon@example.org"
    assert not Request.objects.get_for(nurse("second@example.org")).exists()


def test_a_team_that_has_called_is_not_left_in_silence() -> None:
    sent, lyon, by = send(), other_team(), nurse()
    request = fresh(sent.request)
    from gravida.find.contact import actions_calls

    actions_calls.call_attempted(
        request=request,
        version=request.version,
        outcome=actions_calls.CallAttempt.Outcome.NO_ANSWER,
        by=by,
        at=LATER,
    )
    with pytest.raises(IllegalStep):
        actions_person.write_to_other_centre(
            access=access_of(sent), version=fresh(request).version, team=lyon, at=LATER
        )


def test_the_full_copy_goes_to_a_confirmed_address_on_her_wish() -> None:
    sent = send()
    assert actions_person.mail_full_copy(access=access_of(sent), at=LATER) is False
    confirm(sent)
    assert actions_person.mail_full_copy(access=access_of(sent), at=LATER) is True
    mail = last_mail("contact.person.full_copy")
    assert "zanzibar" in mail.text
    assert "Whoever can open this mailbox can read it." in mail.text
    with pytest.raises(TooMany):
        actions_person.mail_full_copy(access=access_of(sent), at=LATER)


def test_everything_about_her_can_be_taken_along() -> None:
    sent, by = send(), nurse()
    actions_team.note(request=sent.request, text="Prefers mornings.", by=by, at=LATER)
    given = actions_person.download(access=access_of(sent), at=LATER)
    assert given["you"]["telephone"] == "+33199001234"
    assert given["messages"][0]["text"] == "May I ask about zanzibar?"
    assert {one["kind"] for one in given["messages"][0]["attachments"]} == {"answers", "notes"}
    assert given["notes_of_the_team"][0]["text"] == "Prefers mornings."
    assert given["steps"][0]["to"] == "unverified"


def test_the_page_says_what_comes_next_and_by_when() -> None:
    sent = send()
    page = reads.status_page(access_of(sent), at=NOW)
    assert (page.next_step, page.next_by) == ("answer", "team")
    assert page.due_at == NOW + timedelta(days=2)
    assert page.acts == {
        "add_message", "withdraw", "download", "change_details", "say_they_called", "say_nobody_called",
        "write_to_other_centre", "confirm_again",
    }  # fmt: skip


def test_a_person_without_mail_gets_the_address_of_her_page_on_the_screen() -> None:
    sent = send_by_telephone()
    told = reads.receipt(sent.receipt, at=NOW)
    assert told.token
    assert fresh(sent.request).where is State.VERIFIED
    assert kinds_of_mails() == ["contact.team.new"]
    access = actions_person.open_page(token=told.token, code=told.code, network="n", at=NOW)
    assert access.request == sent.request


def test_a_withdrawn_message_has_no_page_and_no_link() -> None:
    sent = send()
    token, code = token_and_code(sent)
    actions_person.withdraw(access=access_of(sent), at=LATER)
    with pytest.raises(WrongCode):
        actions_person.open_page(token=token, code=code, network="n", at=LATER)
    with pytest.raises(LinkSpent):
        actions_person.confirm_address(token=token, at=LATER)
    assert reads.receipt(sent.receipt, at=NOW) is None
