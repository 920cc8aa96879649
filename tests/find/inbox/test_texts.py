"""Ready texts: fields checked and named, previewed, per centre, and nothing lost where two change one."""

from typing import Any

import pytest
from django.test import Client

from gravida.find.contact.models import Team
from gravida.find.inbox.merge_fields import UnknownFields, check_fields, fill
from gravida.find.inbox.models import ReadyText
from gravida.web.audit.models import AuditEntry
from gravida.web.people.roles import Role
from tests.web.people.making import browser_of, make_staff

TEXTS = "/en/staff/texts/"
db = pytest.mark.django_db


@pytest.mark.parametrize(
    ("text", "unknown"),
    [
        ("Hello {firstname}", ("firstname",)),
        ("{a} {b} {a}", ("a", "b")),
        ("half { open", ("{",)),
        ("}{", ("}", "{")),
        ("{{first_name}}", ("{", "}")),
        ("{}", ("",)),
        ("{first_name.__class__}", ("first_name.__class__",)),
    ],
)
def test_a_field_that_does_not_exist_is_named(text: str, unknown: tuple[str, ...]) -> None:
    with pytest.raises(UnknownFields) as error:
        check_fields(text)
    assert error.value.names == unknown


@pytest.mark.parametrize("text", ["", "Hello {first_name}", "Hello { first_name }, {reference}"])
def test_known_fields_are_fine(text: str) -> None:
    check_fields(text)


def test_what_is_filled_in_is_not_read_for_fields_again() -> None:
    filled = fill("{first_name}, {reference}", {"first_name": "{reference}", "reference": "G-7K2Q"})
    assert filled.text == "{reference}, G-7K2Q"


def test_a_field_without_a_value_stays_and_is_named() -> None:
    filled = fill("On {call_at}, {first_name}", {"first_name": "Ondine", "call_at": ""})
    assert (filled.text, filled.missing) == ("On {call_at}, Ondine", ("call_at",))


@pytest.fixture
def editor(team: Team) -> Client:
    """An editor of the centre at work."""
    return browser_of(make_staff(Role.EDITOR))


def write(desk: Client, team: Team, **typed: Any) -> Any:
    wanted = {"name": "Welcome", "text_fr": "Bonjour {first_name}", "text_en": "", "do": "save"}
    return desk.post(f"{TEXTS}new/{team.pk}/", wanted | typed)


@db
def test_an_editor_writes_looks_at_and_keeps_a_text(editor: Client, team: Team) -> None:
    looked = write(editor, team, do="preview").content.decode()
    assert "Bonjour Camille" in looked
    assert not ReadyText.objects.exists()
    assert write(editor, team).status_code == 303
    text = ReadyText.objects.get()
    assert (text.study, text.centre, text.text_fr) == ("NCT05557201", "centre-1", "Bonjour {first_name}")
    assert AuditEntry.objects.filter(action="inbox.text_written").count() == 1
    assert "Welcome" in editor.get(TEXTS).content.decode()


@db
@pytest.mark.parametrize(
    ("typed", "error"),
    [
        ({"text_fr": "Bonjour {prenom}"}, "“prenom” is not a field"),
        ({"text_en": "Hello {name"}, "“{” is not a field"),
        ({"text_fr": " "}, "in one language at least"),
        ({"name": ""}, "give the text a name"),
    ],
)
def test_a_wrong_text_is_refused_and_says_why(
    editor: Client, team: Team, typed: dict[str, str], error: str
) -> None:
    answer = write(editor, team, **typed)
    assert answer.status_code == 400
    assert error in answer.content.decode()
    assert not ReadyText.objects.exists()


@db
def test_a_name_is_used_once_in_a_centre(editor: Client, team: Team) -> None:
    write(editor, team)
    assert "has this name" in write(editor, team).content.decode()
    text = ReadyText.objects.get()
    editor.post(f"{TEXTS}{text.pk}/retire/")
    write(editor, team)
    assert editor.post(f"{TEXTS}{text.pk}/put-back/").headers["Location"].endswith("?name=taken")
    assert ReadyText.objects.in_use().count() == 1


@db
def test_of_two_editors_the_second_sees_both_texts(editor: Client, team: Team) -> None:
    write(editor, team)
    text = ReadyText.objects.get()
    address = f"{TEXTS}{text.pk}/"
    assert editor.post(address, {"name": "A", "text_fr": "Un", "version": 1, "do": "save"}).status_code == 303
    second = editor.post(address, {"name": "B", "text_fr": "Deux", "version": 1, "do": "save"})
    assert second.status_code == 409
    told = second.content.decode()
    assert "Un" in told
    assert "Deux" in told
    text.refresh_from_db()
    assert (text.name, text.version) == ("A", 2)


@db
def test_a_text_of_another_centre_is_not_found(editor: Client, team: Team, other_team: Team) -> None:
    write(editor, team)
    stranger = browser_of(make_staff(Role.EDITOR, email="lyon@example.org", centre="centre-2"))
    text = ReadyText.objects.get()
    assert stranger.get(f"{TEXTS}{text.pk}/").status_code == 404
    assert stranger.post(f"{TEXTS}{text.pk}/retire/").status_code == 404
    assert write(stranger, team).status_code == 404
    assert "Welcome" not in stranger.get(TEXTS).content.decode()
