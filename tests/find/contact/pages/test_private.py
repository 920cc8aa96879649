"""The private page: closed to everybody without address and code, and everything that she can do there."""

import re
import statistics
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from gravida.find.contact.models import Message, Request, Sender, Team
from gravida.web.models import Mail
from tests.cpu import cpu_seconds
from tests.find.contact.pages.conftest import FORM, Written, do, hidden, make_letter, token_in_mail

Open = Callable[..., Written]
UNKNOWN = f"/en/message/{'u' * 43}/"


def test_a_known_and_an_unknown_address_show_the_same_page(visitor: Client, write: Open) -> None:
    written = write()
    known, unknown = visitor.get(written.page), visitor.get(UNKNOWN)
    assert known.status_code == unknown.status_code == 200
    assert known.content.replace(written.token.encode(), b"") == unknown.content.replace(b"u" * 43, b"")
    wrong = [visitor.post(page, {"do": "open", "code": "2222-2222-2222"}) for page in (written.page, UNKNOWN)]
    assert wrong[0].content.replace(written.token.encode(), b"") == wrong[1].content.replace(b"u" * 43, b"")
    assert wrong[0].status_code == wrong[1].status_code == 200


def test_before_the_code_nothing_says_what_it_is_about(visitor: Client, write: Open) -> None:
    page = visitor.get(write().page).content.decode()
    main = page.partition("<main")[2].partition("</main>")[0]
    for word in ("FALCO", "NCT", "pregnan", "Claire", "G-", "miscarriage", "study"):
        assert word not in main
    assert "<title>A private page</title>" in page


def test_the_code_opens_it_however_it_is_typed(visitor: Client, write: Open) -> None:
    written = write()
    typed = f" {written.code.lower().replace('-', ' ')} "
    assert visitor.post(written.page, {"do": "open", "code": typed}).status_code == 303
    assert "Where it stands" in visitor.get(written.page).content.decode()


def test_the_cookie_is_for_this_page_alone_and_for_half_an_hour(visitor: Client, opened: Open) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        written = opened()
        cookies = visitor.cookies
        assert {cookie["path"] for cookie in cookies.values()} == {
            written.page,
            written.page.replace("/en/", "/fr/"),
        }
        for cookie in cookies.values():
            assert cookie["httponly"]
            assert cookie["samesite"] == "Lax"
            assert cookie["max-age"] == 1800
            assert written.token not in cookie.value
            assert written.code not in cookie.value
        assert "Where it stands" in visitor.get(
            written.page.replace("/en/", "/fr/")
        ).content.decode().replace("Où en sont les choses", "Where it stands")
        clock.shift(timedelta(minutes=31))
        assert "Type the code" in visitor.get(written.page).content.decode()


def test_signing_out_closes_it(visitor: Client, opened: Open) -> None:
    written = opened()
    answer = do(visitor, written.page, "leave")
    assert answer.headers["Location"] == "/en/message/left/"
    assert "Type the code" in visitor.get(written.page).content.decode()
    assert "private" not in visitor.get("/en/message/left/").content.decode().lower()


def test_one_message_s_cookie_opens_no_other(visitor: Client, opened: Open) -> None:
    first = opened(email="", telephone="01 99 00 12 34", channel="")
    second = opened(email="", telephone="01 99 00 56 78", channel="")
    stolen = next(iter(visitor.cookies.values())).value
    thief = Client(headers={"accept-language": "en"})
    for page in (first.page, second.page):
        thief.cookies.clear()
        thief.cookies["message-en"] = stolen
        shown = "Where it stands" in thief.get(page).content.decode()
        assert shown == (visitor.cookies["message-en"]["path"] == page)


def test_ten_codes_an_hour_are_looked_at_and_then_not_even_the_right_one(
    visitor: Client, write: Open
) -> None:
    written = write()
    answers = [
        visitor.post(written.page, {"do": "open", "code": f"2222-2222-22{number}"}).status_code
        for number in range(22, 34)
    ]
    assert answers == [200] * 10 + [429] * 2
    last = visitor.post(written.page, {"do": "open", "code": written.code})
    assert last.status_code == 429
    assert int(last.headers["Retry-After"]) > 0
    assert "Please try again in" in last.content.decode()


def test_get_changes_nothing(visitor: Client, opened: Open) -> None:
    written = opened()

    def rows() -> list[Any]:
        return [list(model.objects.order_by("pk").values()) for model in (Request, Message, Sender, Mail)]

    before = rows()
    for act in ("withdraw", "called", "leave", "add"):
        visitor.get(written.page, {"do": act, "message": "x"})
        visitor.get(written.page)
    assert rows() == before


@pytest.mark.parametrize(
    "act", ["withdraw", "add", "change", "called", "not_called", "download_json", "mail_copy"]
)
def test_a_foreign_page_cannot_press_a_button(visitor: Client, opened: Open, act: str) -> None:
    written = opened()
    for mark in ("", "0" * 64):
        answer = visitor.post(written.page, {"do": act, "mark": mark, "message": "Not hers", "version": "1"})
        assert "Type the code" in answer.content.decode()
    assert Request.objects.get().state == "unverified"
    assert Message.objects.count() == 1


def test_what_was_typed_into_a_page_that_closed_is_shown_again_after_the_code(
    visitor: Client, opened: Open
) -> None:
    # given a page that has closed while she wrote
    written = opened()
    visitor.cookies.clear()
    # when she sends what she has written
    asked = visitor.post(
        written.page, {"do": "add", "mark": "x", "message": "A long thought"}
    ).content.decode()
    # then the code is asked for, and her words are there afterwards, not yet sent
    kept = hidden(asked, "message")
    page = visitor.post(written.page, {"do": "open", "code": written.code, "message": kept}).content.decode()
    assert "A long thought" in page
    assert "Nothing of it was sent yet" in page
    assert Message.objects.count() == 1


def test_a_further_message_sent_twice_is_one(visitor: Client, opened: Open) -> None:
    written = opened()
    page = visitor.get(written.page).content.decode()
    form = {name: hidden(page, name) for name in ("mark", "version", "key")}
    for _ in range(2):
        answer = visitor.post(written.page, {"do": "add", "message": "And another thing", **form})
        assert answer.status_code == 303
    assert [message.text for message in Message.objects.order_by("id")][1:] == ["And another thing"]
    assert "And another thing" in visitor.get(written.page).content.decode()


def test_an_empty_or_too_long_message_is_told(visitor: Client, opened: Open) -> None:
    written = opened()
    assert "Please write something first" in do(visitor, written.page, "add", message=" \n").content.decode()
    long = "é" * 1001
    page = do(visitor, written.page, "add", message=long).content.decode()
    assert long in page
    assert "has 1001 signs" in page


def test_every_answer_is_private(visitor: Client, opened: Open) -> None:
    written = opened()
    answers = [
        visitor.get(written.page), visitor.get(UNKNOWN), do(visitor, written.page, "download_json"),
        do(visitor, written.page, "called"), visitor.get(f"{written.page}confirm/"),
        do(visitor, written.page, "withdraw"),
    ]  # fmt: skip
    for answer in answers:
        assert "no-store" in answer.headers["Cache-Control"]
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["X-Robots-Tag"] == "noindex, nofollow, noarchive"
        title = re.search(r"<title>(.*?)</title>", answer.content.decode(), re.DOTALL)
        assert not title or written.token not in title[1]


def test_a_lost_code_is_answered_the_same_for_every_address(visitor: Client, write: Open) -> None:
    written = write()
    known = visitor.post(written.page, {"do": "new_code"}).content.replace(written.token.encode(), b"")
    unknown = visitor.post(UNKNOWN, {"do": "new_code"}).content.replace(b"u" * 43, b"")
    assert known == unknown
    assert b"a new code is on its way there" in known


def test_a_new_code_opens_the_page(visitor: Client, opened: Open) -> None:
    written = opened()
    visitor.post(f"{written.page}confirm/")
    assert "A new code is on its way" in do(visitor, written.page, "new_code").content.decode()
    found = re.search(
        r"[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}", Mail.objects.get(kind="contact.person.new_code").text
    )
    assert found is not None
    visitor.cookies.clear()
    assert visitor.post(written.page, {"do": "open", "code": found[0]}).status_code == 303


def test_a_message_with_anothers_telephone_number_shows_nothing_of_hers(
    visitor: Client, opened: Open
) -> None:
    # given a message by telephone, and a stranger who knows the number
    opened(email="", channel="", message="My own secret")
    stranger = opened(email="", channel="", first_name="Xavier", message="Who is this?")
    # then the stranger's page is that of a first message
    page = visitor.get(stranger.page).content.decode()
    assert "Who is this?" in page
    assert "My own secret" not in page
    assert "Claire" not in page
    assert "sent before" not in page
    for act in ("change", "download_json", "mail_copy", "withdraw"):
        answer = do(visitor, stranger.page, act, first_name="X", telephone="0199005678")
        assert b"My own secret" not in answer.content
    hers = Request.objects.earliest("id")
    assert (hers.state, Sender.objects.get().request) == ("verified", hers)


def test_her_page_says_where_a_message_to_another_centre_went(
    visitor: Client, opened: Open, other_team: Team
) -> None:
    # given an open message, and a second one of hers to another centre
    first = opened(message="To the first centre", centre="centre-1")
    written = make_letter(message="To the second centre", centre=other_team.centre)
    answer = visitor.post(FORM, written, follow=True)
    # then the page after sending names that centre, and her page says where it went
    assert "submitted to the team of Lyon" in answer.content.decode()
    page = visitor.get(first.page).content.decode()
    assert "You chose Team of Lyon for this message. Your first message to the study is still open" in page


@pytest.mark.slow
def test_a_wrong_code_costs_the_same_for_every_address(
    visitor: Client, write: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a known and an unknown address, and no limit for the while of this test
    written = write()
    monkeypatch.setattr("gravida.find.contact.limits_of_sending.spend", lambda *_args, **_named: None)

    def cost(page: str) -> float:
        return cpu_seconds(lambda: visitor.post(page, {"do": "open", "code": "2222-2222-2222"}))

    # when codes are tried at both in turn
    pairs = [(cost(written.page), cost(UNKNOWN)) for _ in range(250)][50:]
    known, unknown = (statistics.median(times) for times in zip(*pairs, strict=True))
    # then nobody can tell them apart by the clock
    assert abs(known - unknown) <= 0.1 * max(known, unknown), (
        f"{known * 1000:.2f} ms, {unknown * 1000:.2f} ms"
    )


def test_a_browser_that_refuses_cookies_is_told_what_helps(write: Open) -> None:
    # given a browser that keeps no cookie
    written = write()
    answer = Client().post(
        written.page, {"do": "open", "code": written.code}, headers={"accept-language": "en"}
    )
    # when it follows to the page
    page = Client().get(answer.headers["Location"]).content.decode()
    # then the question for the code comes again, and says why
    assert "your browser refuses the one cookie" in page
    assert "your browser refuses the one cookie" not in Client().get(written.page).content.decode()


def test_she_can_ask_for_the_link_again(visitor: Client, opened: Open) -> None:
    page = opened().page
    assert "Send me the link again" in visitor.get(page).content.decode()
    answer = do(visitor, page, "confirm_again")
    assert "A new link is on its way" in answer.content.decode()
    visitor.post(f"/en/message/{token_in_mail('contact.person.confirm', 'confirm')}/confirm/")
    assert "Send me the link again" not in visitor.get(page).content.decode()


def test_what_stands_in_the_way_is_said_where_she_pressed(visitor: Client, opened: Open) -> None:
    # given two tabs of her page, and a change in one
    page = opened().page
    shown = visitor.get(page).content.decode()
    marks = {name: hidden(shown, name) for name in ("mark", "version", "key")}
    do(visitor, page, "add", message="One more thing.")
    # when she saves other details in the other tab
    details = {"first_name": "Claire", "telephone": "01 99 00 12 34"}
    answer = visitor.post(page, {"do": "change", **marks, **details})
    # then the part with the form is open, and says it there
    text = answer.content.decode()
    assert answer.status_code == 409
    assert text.index('id="details"') < text.index("Something has changed") < text.index("Save my details")
    assert text.count("Something has changed") == 1
    assert '<details class="no-print" open>' in text
