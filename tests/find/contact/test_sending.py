"""Sending: once for each form, one open message for each person and study, the team told at once."""

from dataclasses import replace
from datetime import timedelta

import pytest

from gravida.find.contact import actions_person, actions_team, reads
from gravida.find.contact.letters import FormClosed, Openness
from gravida.find.contact.limits_of_sending import ALL_COPIES
from gravida.find.contact.models import Attachment, Message, Request, Sender, Tally, Team
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
    nurse,
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
        assert access.request == first.request


def test_whoever_types_anothers_telephone_number_meets_the_page_of_a_first_message() -> None:
    # given her message, which the team has called about, and one of somebody who typed her number
    hers, by = send_by_telephone(), nurse()
    request = fresh(hers.request)
    actions_team.acknowledge(request=request, version=request.version, by=by, at=NOW)
    later = NOW + timedelta(minutes=5)
    theirs = send_by_telephone(text="Did she write?", first_name="X", at=later)
    # when it is opened
    token, code = token_and_code(theirs, at=later)
    page = reads.status_page(
        actions_person.open_page(token=token, code=code, network="n", at=later), at=later
    )
    # then it is a message of its own, and nothing tells that there was another
    assert theirs.reference != hers.reference
    assert [event.text for event in page.events if event.kind == "message"] == ["Did she write?"]
    assert (page.details.first_name, page.request.sent_at, page.request.where) == ("X", later, State.VERIFIED)
    actions_person.withdraw(access=access_of(theirs), at=later)
    assert Sender.objects.get().first_name == "Ondine"


def test_the_page_after_sending_names_the_centre_that_was_chosen() -> None:
    # given her open message to one centre, that the team has not been told of, and a second centre
    team = make_team()
    team.addresses.update(broken_since=NOW)
    first = send(team)
    lyon = lyon_of(team)
    # when somebody types her address into the form of the second
    second = send(lyon, text="Is she here?", at=NOW + timedelta(minutes=1))
    # then the message joins, and the page is that of a first message to the second centre
    assert fresh(first.request).team == team
    assert second.reference == first.reference
    told = reads.receipt(second.receipt, at=NOW + timedelta(minutes=2))
    assert (told.team, told.waits_for_staff, told.token) == (lyon, False, "")
    stranger = send(lyon, email="new@example.org", network="n", at=NOW + timedelta(minutes=1))
    other = reads.receipt(stranger.receipt, at=NOW + timedelta(minutes=2))
    assert replace(told, reference="", code="") == replace(other, reference="", code="")
    # and the team that has the message reads what was chosen
    assert '"centre": "Lyon"' in Attachment.objects.get(kind="details").text


def lyon_of(team: Team) -> Team:
    """A second centre of the same study, whose address takes mail."""
    lyon = Team.objects.create(
        study=team.study, centre="centre-2", source="folder", name={"en": "Lyon"}, town="Lyon", calendar="FR"
    )
    lyon.addresses.create(
        kind="main", rank=0, email="lyon@example.org", source="folder", state="approved", seen_at=NOW
    )
    return lyon


def test_a_form_sent_again_after_its_message_was_taken_back_is_a_new_message() -> None:
    first = send(key="k" * 40)
    actions_person.withdraw(access=access_of(first), at=NOW)
    again = send(key="k" * 40, at=NOW + timedelta(minutes=1))
    assert again.reference != first.reference
    assert Sender.objects.get().request == again.request


def test_a_form_changed_after_its_message_ended_is_a_new_message() -> None:
    first, by = send(key="k" * 40), nurse()
    request = fresh(first.request)
    other = send(email="b@example.org").request
    actions_team.mark_duplicate(request=request, version=request.version, of=other, by=by, at=NOW)
    again = send(key="k" * 40, text="Something else.", at=NOW + timedelta(minutes=1))
    assert again.reference != first.reference


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
