"""Sending: once for each form, one open message for each person and study, the team told at once."""

from datetime import timedelta

import pytest

from gravida.find.contact import actions_person, reads
from gravida.find.contact.letters import FormClosed, Openness
from gravida.find.contact.limits_of_sending import ALL_COPIES
from gravida.find.contact.models import Attachment, Message, Request, Sender, Tally
from gravida.find.contact.states import State
from gravida.web.limits import TooMany, spend
from gravida.web.models import Mail
from gravida.web.people.roles import Role
from tests.find.contact.making import (
    NOW,
    access_of,
    confirm,
    fresh,
    kinds_of_mails,
    last_mail,
    make_team,
    send,
    send_by_telephone,
    token_and_code,
)
from tests.web.people.making import make_staff

pytestmark = pytest.mark.django_db


def test_a_message_is_kept_the_team_told_and_a_copy_sent() -> None:
    # given a team, when a person writes
    sent = send()
    # then everything is there
    request = fresh(sent.request)
    assert request.where is State.UNVERIFIED
    assert request.reference.startswith("G-")
    assert len(request.reference) == 6
    assert request.told_team_at == NOW
    sender = Sender.objects.get(request=request)
    assert (sender.first_name, sender.telephone, sender.other_language) == ("Ondine", "+33199001234", "Wolof")
    message = Message.objects.get(request=request)
    assert message.text == "May I ask about zanzibar?"
    assert set(message.attachments.values_list("kind", flat=True)) == {"answers", "notes"}
    assert kinds_of_mails() == ["contact.team.new", "contact.person.copy"]
    assert [(step.state_before, step.state_after, step.actor) for step in request.steps.all()] == [
        ("new", "unverified", "person")
    ]
    assert Tally.objects.get(what="sent").count == 1


def test_the_mail_to_the_team_holds_a_reference_and_links_and_nothing_of_hers() -> None:
    sent = send()
    mail = last_mail("contact.team.new")
    assert mail.recipient == "falco-team@example.org"
    assert mail.subject == f"Une personne demande à être appelée - Paris - réf. {sent.reference}"
    assert mail.text.count("http") == 3
    for word in (
        "Ondine",
        "Exemplaire",
        "ondine",
        "1234",
        "zanzibar",
        "kilimandjaro",
        "Wolof",
        "FALCO",
        "NCT",
    ):
        assert word not in mail.text + mail.subject
    assert mail.reply_to == ""


def test_a_hospital_with_closed_mail_may_have_it_all(settings) -> None:
    settings.CONTACT_EMAIL_MODE = "full"
    send()
    mail = last_mail("contact.team.full")
    assert "zanzibar" in mail.text
    assert "01 99 00 12 34" in mail.text
    assert mail.reply_to == "ondine@example.org"
    assert "Ondine" not in mail.subject


def test_the_copy_holds_nothing_typed_and_one_link() -> None:
    sent = send(first_name="Visit http://evil.example.org", text="buy now http://evil.example.org")
    mail = last_mail("contact.person.copy")
    assert mail.recipient == "ondine@example.org"
    assert mail.subject == f"Copy of your message, ref. {sent.reference}"
    assert mail.text.count("http") == 1
    assert "/confirm/" in mail.text
    assert "evil" not in mail.text
    assert "Thursday 5 November 2026" in mail.text


def test_the_same_form_again_changes_nothing_and_leads_to_the_same_page() -> None:
    first = send(key="k" * 40)
    again = send(key="k" * 40, at=NOW + timedelta(seconds=2))
    assert again.receipt == first.receipt
    assert again.reference == first.reference
    assert (Request.objects.count(), Message.objects.count(), Mail.objects.count()) == (1, 1, 2)


def test_the_same_form_with_other_words_loses_neither() -> None:
    first = send(key="k" * 40)
    again = send(key="k" * 40, text="I forgot: only in the morning.", at=NOW + timedelta(minutes=3))
    third = send(key="k" * 40, text="I forgot: only in the morning.", at=NOW + timedelta(minutes=4))
    assert again.reference == first.reference == third.reference
    assert again.receipt == third.receipt
    texts = [message.text for message in Message.objects.order_by("id")]
    assert texts == ["May I ask about zanzibar?", "I forgot: only in the morning."]


def test_a_second_message_of_the_same_address_joins_the_open_one() -> None:
    first = send()
    second = send(text="One thing more.", first_name="O.", at=NOW + timedelta(hours=1))
    assert second.reference == first.reference
    assert Request.objects.count() == 1
    assert kinds_of_mails().count("contact.team.more") == 1
    assert kinds_of_mails().count("contact.person.copy") == 1
    assert Sender.objects.get().first_name == "Ondine"
    details = Attachment.objects.get(kind="details")
    assert '"first_name": "O."' in details.text


def test_the_page_after_a_second_message_does_not_tell_that_there_was_a_first() -> None:
    first, second = send(), send(at=NOW + timedelta(minutes=1))
    one, two = (reads.receipt(sent.receipt, at=NOW + timedelta(minutes=2)) for sent in (first, second))
    assert one.code != two.code
    assert (one.token, two.token) == ("", "")
    told = ("has_email", "copy_is_late", "is_suspected", "waits_for_staff", "team")
    assert [getattr(one, name) for name in told] == [getattr(two, name) for name in told]
    assert two.answer_by == NOW + timedelta(days=2, minutes=1)


def test_either_code_opens_the_page_whose_address_is_in_her_mailbox() -> None:
    first = send()
    token, code = token_and_code(first)
    second = send(text="More.", at=NOW + timedelta(minutes=1))
    other = reads.receipt(second.receipt, at=NOW + timedelta(minutes=2)).code
    for typed in (code, other, other.lower().replace("-", " ")):
        access = actions_person.open_page(token=token, code=typed, network="n", at=NOW)
        assert access.is_whole


def test_whoever_knows_a_telephone_number_reads_only_what_they_wrote() -> None:
    # given her message, and one of somebody who typed her number
    hers = send_by_telephone()
    theirs = send_by_telephone(text="Did she write?", at=NOW + timedelta(minutes=5))
    # when both open their page
    token, code = token_and_code(theirs, at=NOW + timedelta(minutes=6))
    access = actions_person.open_page(token=token, code=code, network="n", at=NOW)
    page = reads.status_page(access, at=NOW)
    # then the second shows one message, and nobody's details
    assert theirs.reference == hers.reference
    assert page.details is None
    assert [event.text for event in page.events if event.kind == "message"] == ["Did she write?"]
    assert page.acts == {"add_message"}
    her_token, her_code = token_and_code(hers, at=NOW + timedelta(minutes=6))
    mine = reads.status_page(
        actions_person.open_page(token=her_token, code=her_code, network="n", at=NOW), at=NOW
    )
    assert mine.details.first_name == "Ondine"
    with pytest.raises(actions_person.WrongCode):
        actions_person.withdraw(access=access, at=NOW)
    with pytest.raises(actions_person.WrongCode):
        actions_person.open_page(token=token, code=her_code, network="n", at=NOW)


def test_a_number_with_another_address_opens_nothing_of_the_first() -> None:
    hers, theirs = send_by_telephone(), send(email="else@example.org", at=NOW + timedelta(minutes=1))
    assert theirs.reference != hers.reference


def test_an_ended_message_is_followed_by_a_new_one() -> None:
    first = send()
    actions_person.withdraw(access=access_of(first), at=NOW)
    second = send(at=NOW + timedelta(hours=1))
    assert second.reference != first.reference


def test_a_suspected_message_is_kept_aside_and_nobody_is_told() -> None:
    sent = send(suspicion="honeypot")
    assert sent.is_suspected
    assert fresh(sent.request).where is State.SPAM
    assert kinds_of_mails() == []
    assert reads.receipt(sent.receipt, at=NOW).is_suspected


def test_a_suspected_message_does_not_touch_her_open_one() -> None:
    first, second = send(), send(suspicion="too_quick", at=NOW + timedelta(minutes=1))
    assert second.reference != first.reference


def test_a_closed_form_keeps_nothing() -> None:
    team = make_team()
    team.is_recruiting = False
    team.save()
    with pytest.raises(FormClosed) as closed:
        send(team)
    assert closed.value.openness is Openness.TEAM_CLOSED
    assert not Request.objects.exists()


@pytest.mark.parametrize("missing", [{"first_name": ""}, {"email": "", "telephone": ""}])
def test_nobody_to_answer_is_a_mistake_of_the_form(missing: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="no name, or with no way"):
        send(**missing)


def test_three_messages_a_day_of_an_address_five_an_hour_of_a_network() -> None:
    for _ in range(3):
        send(network="198.51.100.1/32")
    with pytest.raises(TooMany):
        send(network="198.51.100.2/32", text="a fourth")
    assert Message.objects.count() == 3
    for number in range(5):
        send(email=f"p{number}@example.org", network="198.51.100.9/32")
    with pytest.raises(TooMany):
        send(email="p6@example.org", network="198.51.100.9/32")
    assert not Sender.objects.filter(request__email_blind=None).exists()
    assert Request.objects.count() == 6


def test_a_form_sent_twenty_times_counts_once() -> None:
    for _ in range(20):
        send(key="k" * 40)
    send(text="Another one.")
    assert Message.objects.count() == 2


def test_one_copy_a_day_whatever_is_sent() -> None:
    for number in range(3):
        send(text=f"message {number}", at=NOW + timedelta(hours=number))
    assert kinds_of_mails().count("contact.person.copy") == 1


def test_five_hundred_forms_with_a_victims_address_send_one_mail() -> None:
    refused = 0
    for number in range(500):
        try:
            send(text=f"http://evil.example.org/{number}", network=f"198.51.100.{number % 250}/32")
        except TooMany:
            refused += 1
    mails = Mail.objects.filter(kind__startswith="contact.person")
    assert refused == 497
    assert mails.count() == 1
    assert "evil" not in mails.get().text


def test_copies_are_paused_above_two_hundred_an_hour_and_the_operator_told() -> None:
    make_staff(Role.ADMINISTRATOR)
    for _ in range(200):
        spend(ALL_COPIES, key="site", at=NOW)
    sent = send()
    assert fresh(sent.request).copy_state == "paused"
    assert kinds_of_mails() == ["contact.team.new", "contact.staff.copies_paused"]
    assert reads.receipt(sent.receipt, at=NOW).copy_is_late


def test_a_receipt_is_gone_after_half_an_hour() -> None:
    sent = send()
    assert reads.receipt(sent.receipt, at=NOW + timedelta(minutes=29)) is not None
    assert reads.receipt(sent.receipt, at=NOW + timedelta(minutes=31)) is None
    assert reads.receipt("unknown", at=NOW) is None


def test_a_confirmed_address_is_verified_once() -> None:
    sent = send()
    request = confirm(sent, at=NOW + timedelta(hours=1))
    assert request.where is State.VERIFIED
    assert request.confirmed_at == NOW + timedelta(hours=1)
    with pytest.raises(actions_person.links.LinkSpent):
        confirm(sent, at=NOW + timedelta(hours=2))


def test_a_link_in_the_mail_works_a_day() -> None:
    sent = send()
    with pytest.raises(actions_person.links.LinkSpent):
        confirm(sent, at=NOW + timedelta(hours=25))
