"""Whoever types an address that is another's learns nothing, reads nothing, sends nothing of weight there."""

from dataclasses import replace
from datetime import timedelta

import pytest

from gravida.find.contact import actions_person, actions_team, reads
from gravida.find.contact.letters import AlreadyOpen, Details, Sent
from gravida.find.contact.models import Access, Message, Request, Sender
from gravida.find.contact.states import IllegalStep, State
from gravida.web.limits import TooMany
from gravida.web.models import Mail
from gravida.web.tokens import LinkSpent
from tests.find.contact.making import (
    NOW,
    confirm,
    fresh,
    last_mail,
    make_letter,
    nurse,
    send,
    send_by_telephone,
    token_and_code,
    token_in,
)

pytestmark = pytest.mark.django_db
HERS = "victim@example.org"


def details(**changed: object) -> Details:
    return replace(make_letter().details, **changed)


def opened(sent: Sent) -> Access:
    token, code = token_and_code(sent)
    return actions_person.open_page(token=token, code=code, network="n", at=NOW)


def change_to(email: str, access: Access, *, at: object = NOW) -> Request:
    version = Request.objects.get(pk=access.request_id).version
    return actions_person.change_details(access=access, version=version, details=details(email=email), at=at)


def said_on(access: Access) -> str:
    page = reads.status_page(access, at=NOW)
    return " ".join(event.text for event in page.events)


def test_a_link_in_a_mail_to_one_address_does_not_confirm_another() -> None:
    # given somebody who has the link of a mail to an address of his own
    sent = send(email="own@example.org")
    token = token_in(last_mail("contact.person.copy"), "confirm")
    access = opened(sent)
    # when he puts hers in its place and presses the button
    change_to(HERS, access)
    with pytest.raises(LinkSpent):
        actions_person.confirm_address(token=token, at=NOW)
    # then hers is not confirmed, and nothing that he typed is mailed there
    assert fresh(sent.request).confirmed_at is None
    assert actions_person.mail_full_copy(access=access, at=NOW) is False


@pytest.mark.parametrize("first", [{"email": ""}, {"email": "own@example.org"}])
def test_who_typed_her_address_before_her_does_not_read_what_she_writes(first: dict[str, str]) -> None:
    # given a message whose page somebody has open, and into which he has put her address
    access = opened(send(**first))
    change_to(HERS, access)
    # when she writes to the same study
    sent = send(email=HERS, text="Her own words.")
    # then it is a message of its own
    assert sent.request.pk != access.request_id
    assert "Her own words." not in said_on(access)
    assert "Her own words." not in str(actions_person.download(access=access, at=NOW))


def test_who_typed_her_address_first_is_shut_out_once_she_confirms_it() -> None:
    # given an open page with her address in it, whose mail she takes for her own
    first = send_by_telephone()
    old_address, code = token_and_code(first)
    access = opened(first)
    change_to(HERS, access)
    new_address = token_in(last_mail("contact.person.confirm"), "confirm")
    actions_person.confirm_address(token=new_address, at=NOW)
    # when she writes again, and it joins
    sent = send(email=HERS, text="Her own words.")
    assert sent.request.pk == access.request_id
    # then the address that stood on his screen opens nothing
    with pytest.raises(actions_person.WrongCode):
        actions_person.open_page(token=old_address, code=code, network="n", at=NOW)


def test_her_first_code_opens_her_page_by_the_mail_to_her_new_address() -> None:
    # given somebody who gave only a number at first, and adds an address
    sent = send_by_telephone()
    _, code = token_and_code(sent)
    change_to("ondine@example.org", opened(sent))
    token = token_in(last_mail("contact.person.confirm"), "confirm")
    # when she confirms it
    actions_person.confirm_address(token=token, at=NOW)
    # then the code she wrote down opens it still, and later mails lead there
    assert actions_person.open_page(token=token, code=code, network="n", at=NOW).request == sent.request
    by, request = nurse(), fresh(sent.request)
    actions_team.acknowledge(request=request, version=request.version, by=by, at=NOW)
    assert token in last_mail("contact.person.acknowledged").text


def test_a_message_set_aside_opens_by_mail_only_once_a_human_has_looked() -> None:
    # given a message with her address whose page stands on somebody's screen
    sent, by = send(email=HERS, suspicion="honeypot"), nurse()
    seen = reads.receipt(sent.receipt, at=NOW)
    # when a human says that it is a message, and she writes too
    request = fresh(sent.request)
    actions_team.not_spam(request=request, version=request.version, by=by, at=NOW)
    send(email=HERS, text="Her own words.")
    # then only the address in her mailbox opens it
    with pytest.raises(actions_person.WrongCode):
        actions_person.open_page(token=seen.token, code=seen.code, network="n", at=NOW)


def test_whether_she_has_written_is_not_told_by_changing_to_her_address() -> None:
    send(email=HERS)
    access = opened(send_by_telephone(telephone="+33199001235"))
    changed = change_to(HERS, access)
    assert Sender.objects.get(request=changed).email == HERS
    # her own mailbox alone is told, by the link that confirms nothing
    with pytest.raises(AlreadyOpen):
        actions_person.confirm_address(token=token_in(last_mail("contact.person.confirm"), "confirm"), at=NOW)


def test_changing_addresses_is_no_way_to_send_many_mails() -> None:
    access = opened(send_by_telephone())
    for number in range(3):
        change_to(f"somebody{number}@example.org", access, at=NOW + timedelta(minutes=number))
    with pytest.raises(TooMany):
        change_to("somebody4@example.org", access, at=NOW + timedelta(minutes=5))
    assert Mail.objects.filter(kind="contact.person.confirm").count() == 3
    assert Sender.objects.get().email == "somebody2@example.org"


def test_one_mailbox_gets_three_mails_a_day_that_ask_whether_it_is_right() -> None:
    for number in range(3):
        access = opened(send_by_telephone(telephone=f"+3319900123{number}", network=f"n{number}"))
        change_to(f"victim+{number}@example.org", access)
    access = opened(send_by_telephone(telephone="+33199001239", network="n9"))
    with pytest.raises(TooMany):
        change_to(HERS, access)


def test_an_address_that_is_asked_again_counts_as_well() -> None:
    sent = send(email=HERS)
    access = opened(sent)
    for _ in range(3):
        actions_person.confirm_again(access=access, at=NOW)
    with pytest.raises(TooMany):
        actions_person.confirm_again(access=access, at=NOW)


PLUS = ["victim+1@example.org", "victim+2@example.org", "VICTIM+x@Example.ORG", "victim@example.org"]
DOTS = [
    "@".join(parts)
    for parts in (
        ("v.ictim", "gmail.com"),
        ("victim", "googlemail.com"),
        ("vi.c.tim+9", "gmail.com"),
        ("victim", "gmail.com"),
    )
]


@pytest.mark.parametrize("spellings", [PLUS, DOTS])
def test_one_mailbox_in_many_spellings_gets_one_copy(spellings: list[str]) -> None:
    from gravida.web.mail.address import normal_address

    for number, spelling in enumerate(spellings[:3]):
        send(email=normal_address(spelling), network=f"n{number}")
    with pytest.raises(TooMany):
        send(email=normal_address(spellings[3]), network="n9")
    assert Mail.objects.filter(kind="contact.person.copy").count() == 1


def test_a_message_that_has_ended_takes_no_other_address() -> None:
    sent, by = send(), nurse()
    confirm(sent)
    access, request = opened(sent), fresh(sent.request)
    actions_team.mark_spam(request=request, version=request.version, by=by, at=NOW)
    assert fresh(request).where is State.SPAM
    with pytest.raises(IllegalStep):
        change_to(HERS, access)


def test_going_back_and_writing_something_else_loses_nothing() -> None:
    # given a further message that is sent
    access = opened(send())
    given = {"access": access, "idempotency_key": "k" * 40, "network": "n", "at": NOW}
    actions_person.add_message(text="One thing.", **given)
    # when she goes back to the same form, changes the text, and sends it twice
    for _ in range(2):
        actions_person.add_message(text="Another thing.", **given)
    # then both are kept, each once
    texts = [message.text for message in Message.objects.order_by("id")][1:]
    assert texts == ["One thing.", "Another thing."]
