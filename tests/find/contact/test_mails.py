"""Every mail of the loop, in both languages: neutral, complete, and with something to do next."""

import pytest

from gravida.find.contact import mail_kinds
from gravida.find.contact.mail_words import place
from gravida.find.contact.models import Step, Team
from gravida.web.mail.failures import on_failed
from gravida.web.mail.neutral import telling_words
from gravida.web.mail.texts import write
from tests.find.contact.making import send

KINDS = [*mail_kinds.TO_TEAM, *mail_kinds.TO_STAFF, *mail_kinds.TO_PERSON]
TEMPLATES = [*map(mail_kinds.template_of, KINDS), "contact/person_copy_waits"]
CONTEXT = {
    "place": "Paris", "reference": "G-7K2Q", "sent_on": "Tuesday 3 November 2026", "answer_by": "Thursday",
    "acknowledge_url": "https://example.org/a", "close_url": "https://example.org/c",
    "open_url": "https://example.org/o", "status_url": "https://example.org/s",
    "confirm_url": "https://example.org/k", "code": "7K2Q-9FHM-XR4T", "call_at": "Friday, 10:00",
    "task": "contact.timers",
    "text": "words", "name": "Name", "email": "n@example.org", "telephone": "-", "other_language": "-",
}  # fmt: skip
# Mails after which there is no page left, or nothing to do by a link.
WITHOUT_LINK = {
    "person_full_copy",
    "person_unreachable",
    "person_expired",
    "staff_unanswered",
    "staff_copies_paused",
    "staff_stopped",
}


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("template", TEMPLATES)
def test_a_mail_is_neutral_and_says_what_to_do(template: str, language: str) -> None:
    written = write(template, language=language, context=CONTEXT)
    assert telling_words(written.subject) + telling_words(written.text) == []
    assert "study" not in written.text.lower()
    assert "étude" not in written.text.lower()
    name = template.removeprefix("contact/")
    assert ("https://" in written.text) is (name not in WITHOUT_LINK)
    assert "FALCO" not in written.text


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_mail_is_written_in_french_too(template: str) -> None:
    english, french = (write(template, language=code, context=CONTEXT) for code in ("en", "fr"))
    paragraphs = [part for part in english.text.split("\n\n") if "https://" not in part and len(part) > 12]
    assert not [part for part in paragraphs if part in french.text and not part.startswith("-- ")]
    assert english.subject != french.subject


@pytest.mark.parametrize("template", [t for t in TEMPLATES if "/person_copy" in t])
def test_a_copy_takes_nothing_that_was_typed(template: str) -> None:
    allowed = {"reference", "place", "sent_on", "answer_by", "confirm_url"}
    write(template, language="en", context={name: CONTEXT[name] for name in allowed})


def test_a_team_mail_goes_again_where_unsure_and_hers_does_not() -> None:
    assert {kind.when_unsure for kind in mail_kinds.TO_TEAM} == {"resend"}
    assert {kind.when_unsure for kind in mail_kinds.TO_PERSON} == {"park"}
    carrying = {kind.code for kind in KINDS if kind.carries_visitor_text}
    assert carrying == {"contact.team.full", "contact.person.full_copy"}


def test_failures_of_every_mail_to_team_and_person_are_heard() -> None:
    assert {kind.code for kind in (*mail_kinds.TO_TEAM, *mail_kinds.TO_PERSON)} <= set(on_failed)


@pytest.mark.parametrize(
    ("town", "said"),
    [("Paris", "Paris"), ("", "another place"), ("Miscarriage City", "another place"), ("A\n\nB", "A B")],
)
def test_a_town_that_tells_something_is_not_named(town: str, said: str) -> None:
    assert place(Team(town=town), language="en") == said


@pytest.mark.django_db
def test_a_step_is_written_once() -> None:
    send()
    step = Step.objects.get()
    with pytest.raises(TypeError, match="written once"):
        step.save()


@pytest.mark.django_db
def test_the_database_itself_refuses_to_change_a_step() -> None:
    from django.db import DatabaseError

    send()
    with pytest.raises(DatabaseError, match="written once"):
        Step.objects.update(reason="other")
