"""Landing pages of the links in mails: looking changes nothing, one button acts, once."""

from collections.abc import Callable

import pytest
from django.test import Client

from gravida.find.contact.models import Request, Sender, Step, Team
from gravida.web.models import Mail
from tests.find.contact.pages.conftest import Written, token_in_mail

Write = Callable[..., Written]


def _link(kind: str, part: str) -> str:
    return f"/en/message/{token_in_mail(kind, part)}/{part}/"


@pytest.mark.parametrize(
    ("kind", "part", "done"),
    [
        ("contact.person.copy", "confirm", "your address is confirmed"),
        ("contact.team.new", "received", "is acknowledged"),
        ("contact.team.new", "not-recruiting", "The form is closed"),
    ],
)
def test_a_link_is_inert_until_its_button_and_works_once(
    visitor: Client, write: Write, kind: str, part: str, done: str
) -> None:
    # given a link of a mail
    write()
    link = _link(kind, part)
    # when a scanner follows it, nothing happens
    before = (Request.objects.values().get(), Team.objects.values().first(), Mail.objects.count())
    for _ in range(3):
        page = visitor.get(link)
        assert page.status_code == 200
        assert not page.cookies
        assert b'<form method="post">' in page.content
    assert (Request.objects.values().get(), Team.objects.values().first(), Mail.objects.count()) == before
    # when a person presses the button, it is done, and not again
    assert done in visitor.post(link).content.decode()
    steps = Step.objects.count()
    for answer in (visitor.post(link), visitor.get(link)):
        assert "This link has done its work, or has grown too old" in answer.content.decode()
    assert Step.objects.count() == steps


@pytest.mark.parametrize("part", ["confirm", "received", "not-recruiting"])
def test_an_unknown_link_says_what_to_do(visitor: Client, part: str) -> None:
    for answer in (
        visitor.get(f"/en/message/{'x' * 43}/{part}/"),
        visitor.post(f"/en/message/{'x' * 43}/{part}/"),
    ):
        assert answer.status_code == 200
        assert "This link has done its work, or has grown too old" in answer.content.decode()


def test_a_link_does_only_what_it_is_for(visitor: Client, write: Write) -> None:
    write()
    token = token_in_mail("contact.team.new", "received")
    visitor.post(f"/en/message/{token}/not-recruiting/")
    visitor.post(f"/en/message/{token}/confirm/")
    assert Team.objects.get().closed_at is None
    assert Request.objects.get().confirmed_at is None


def test_the_team_s_links_show_nothing_of_who_wrote(visitor: Client, write: Write) -> None:
    write(first_name="Ondine", message="Kilimandjaro")
    for part in ("received", "not-recruiting"):
        link = _link("contact.team.new", part)
        for page in (visitor.get(link).content.decode(), visitor.post(link).content.decode()):
            for word in (
                "Ondine",
                "Exemplaire",
                "Kilimandjaro",
                "claire@",
                "99 00 12 34",
                "pregnan",
                "FALCO study.",
            ):
                assert word not in page.partition("<main")[2].partition("</main>")[0]


def test_who_did_not_write_says_so_and_is_left_alone(visitor: Client, write: Write) -> None:
    write()
    link = _link("contact.person.copy", "confirm")
    assert "I did not write this" in visitor.get(link).content.decode()
    assert "Thank you for telling us" in visitor.post(link, {"other": "yes"}).content.decode()
    assert Request.objects.get().state == "spam"
    assert Request.objects.get().confirmed_at is None


def test_after_closing_the_form_is_gone_for_the_next_visitor(visitor: Client, write: Write) -> None:
    write()
    visitor.post(_link("contact.team.new", "not-recruiting"))
    page = visitor.get("/en/studies/NCT05557201/").content.decode()
    assert "Write to the team" not in page
    assert "Not open now" in page
    assert Sender.objects.count() == 1
