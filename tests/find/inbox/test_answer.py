"""Writing to her: ready texts filled, previews, kind words in her language, another study beside them."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from gravida.find.contact.models import Draft, Message, Request
from gravida.find.contact.states import State
from gravida.find.inbox.models import ReadyText
from gravida.find.models import Study
from gravida.web.people.models import Person
from tests.find.contact.making import fresh, kinds_of_mails, nurse
from tests.find.inbox.conftest import post
from tests.mails import every_mail_is_neutral
from tests.web.people.making import browser_of

pytestmark = pytest.mark.django_db
Make = Callable[..., Request]


def send(desk: Client, request: Request, where: str, **typed: Any) -> Any:
    request = fresh(request)
    return desk.post(
        f"/en/staff/messages/{request.reference}/{where}/", {"version": request.version, **typed}
    )


def look(desk: Client, request: Request, where: str) -> str:
    return desk.get(f"/en/staff/messages/{request.reference}/{where}").content.decode()


def make_text(by: Person, **changed: Any) -> ReadyText:
    values = {
        "study": "NCT05557201", "centre": "centre-1", "name": "Welcome", "text_fr": "Bonjour {first_name} !",
        "text_en": "", "changed_by": by, "changed_at": by.created_at,
    } | changed  # fmt: skip
    return ReadyText.objects.create(**values)


def test_a_ready_text_is_filled_in_her_language(desk: Client, ann: Person, message: Make) -> None:
    text, made = make_text(ann), message(language="fr")
    shown = look(desk, made, f"answer/?text={text.pk}")
    assert "Bonjour Ondine !" in shown
    assert "Nous avons bien votre message" in look(desk, made, "answer/?text=thanks")


def test_a_text_without_her_language_is_not_offered(desk: Client, ann: Person, message: Make) -> None:
    text = make_text(ann)
    assert "Welcome" not in look(desk, message(language="en"), f"answer/?text={text.pk}")


def test_a_text_of_another_centre_is_not_offered(desk: Client, ann: Person, message: Make) -> None:
    make_text(ann, centre="centre-2", name="Of Lyon", text_en="Hello")
    assert "Of Lyon" not in look(desk, message(), "answer/")


def test_a_field_with_nothing_behind_it_is_named_and_cannot_be_sent(
    desk: Client, ann: Person, message: Make
) -> None:
    text, made = make_text(ann, text_en="We call on {call_at}."), message()
    assert "<code>&#123;call_at&#125;</code>" in look(desk, made, f"answer/?text={text.pk}")
    refused = send(desk, made, "answer", text="We call on {call_at}.", do="send")
    assert refused.status_code == 400
    assert "Please replace {call_at} by words" in refused.content.decode()


def test_an_answer_is_previewed_then_sent_and_the_mail_says_only_that_there_is_one(
    desk: Client, message: Make
) -> None:
    made = message()
    preview = send(desk, made, "answer", text="We call you on Monday.", do="preview")
    assert "As she will read it" in preview.content.decode()
    assert not Message.objects.filter(author="team").exists()
    assert send(desk, made, "answer", text="We call you on Monday.", do="send").status_code == 303
    assert Message.objects.get(author="team").text == "We call you on Monday."
    assert kinds_of_mails()[-1] == "contact.person.answer"
    assert every_mail_is_neutral()


def test_an_unknown_button_only_previews(desk: Client, message: Make) -> None:
    made = message()
    assert "As she will read it" in send(desk, made, "answer", text="Hello", do="?").content.decode()
    assert not Message.objects.filter(author="team").exists()


def test_a_draft_is_kept_for_its_author_alone(desk: Client, message: Make) -> None:
    made = message()
    send(desk, made, "answer", text="Not finished", do="draft")
    assert Draft.objects.get().text == "Not finished"
    assert "Not finished" in look(desk, made, "answer/")
    assert "Not finished" not in look(browser_of(nurse("ben@example.org")), made, "answer/")


def reached(desk: Client, message: Make, **changed: Any) -> Request:
    made = message(**changed)
    post(desk, made, "call", outcome="reached")
    return fresh(made)


def test_the_kind_sentence_stands_ready_in_her_language_with_the_condition(
    desk: Client, message: Make
) -> None:
    made = reached(desk, message, language="fr")
    first = look(desk, made, "not-possible/")
    assert 'type="radio" name="criterion"' in first
    code = first.split('name="criterion" id="criterion-1" value="')[1].split('"')[0]
    shown = look(desk, made, f"not-possible/?criterion={code}")
    assert "Merci" in shown
    assert "Nothing was sent" not in shown
    assert fresh(made).where is State.ACKNOWLEDGED


def test_not_possible_is_sent_only_after_a_look_and_with_another_study_in_one_mail(
    desk: Client, message: Make
) -> None:
    # given another study that is recruiting
    made = reached(desk, message)
    other = Study.objects.listed().filter(status="RECRUITING").exclude(number=made.study).first()
    typed = {"criterion": "other", "text": "Thank you. We are sorry.", "offered": other.number}
    preview = send(desk, made, "not-possible", do="preview", **typed).content.decode()
    assert "Thank you. We are sorry." in preview
    assert f"/en/studies/{other.number}/" in preview
    assert fresh(made).where is State.ACKNOWLEDGED
    before = len(kinds_of_mails())
    # when it is sent
    assert send(desk, made, "not-possible", do="send", **typed).status_code == 303
    # then she has both, and one mail
    assert fresh(made).where is State.NOT_POSSIBLE
    said = Message.objects.filter(author="team").order_by("id")
    assert [(one.kind, one.text or one.offered_study) for one in said] == [
        ("not_possible", "Thank you. We are sorry."),
        ("offer", other.number),
    ]
    assert kinds_of_mails()[before:] == ["contact.person.answer"]
    assert every_mail_is_neutral()


@pytest.mark.parametrize(
    ("typed", "error"),
    [
        ({"criterion": "no-such", "text": "x"}, "choose one of these conditions"),
        ({"criterion": "other", "text": " "}, "Please write your answer"),
        ({"criterion": "", "text": "x"}, "Please choose the condition"),
    ],
)
def test_not_possible_without_reason_or_words_is_refused(
    desk: Client, message: Make, typed: dict[str, str], error: str
) -> None:
    made = reached(desk, message)
    answer = send(desk, made, "not-possible", do="send", **typed)
    assert answer.status_code == 400
    assert error in answer.content.decode()
    assert fresh(made).where is State.ACKNOWLEDGED


def test_a_finding_is_put_right(desk: Client, message: Make) -> None:
    made = reached(desk, message)
    send(desk, made, "not-possible", do="send", criterion="other", text="Sorry.")
    post(desk, made, "possible")
    assert fresh(made).where is State.POSSIBLE
    assert "a finding put right" in look(desk, made, "")


def test_another_study_is_offered_once_and_only_a_recruiting_one(desk: Client, message: Make) -> None:
    made = message()
    assert send(desk, made, "offer", number="NCT00000000").status_code == 404
    assert send(desk, made, "offer", number=made.study).status_code == 404
    other = Study.objects.listed().filter(status="RECRUITING").exclude(number=made.study).first()
    for _ in range(2):
        assert send(desk, made, "offer", number=other.number).status_code == 303
    assert Message.objects.filter(offered_study=other.number).count() == 1
