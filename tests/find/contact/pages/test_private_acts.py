"""What she can do on her private page: change, move, download, read the answer, take everything back."""

import json
import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape

from django.db import connection
from django.test import Client
from django.utils import timezone

from gravida.find.contact import actions_calls
from gravida.find.contact.models import CallAttempt, Request, Sender, Team, TeamAddress
from gravida.web.models import Mail
from tests.find.contact.making import nurse
from tests.find.contact.pages.conftest import Written, do, hidden, token_in_mail

Open = Callable[..., Written]
HERS = ("Ondine", "Zanzibar", "Volap", "Kilimandjaro", "Anticonst", "Hippopotame", "claire@", "99001234")


def test_details_are_changed_and_a_stale_page_loses_nothing(visitor: Client, opened: Open) -> None:
    written = opened()
    page = visitor.get(written.page).content.decode()
    stale = {name: hidden(page, name) for name in ("mark", "version", "key")}
    new = {"first_name": "Clara", "telephone": "+32 2 512 34 56", "half_days": ["fri-pm"]}
    assert do(visitor, written.page, "change", **new).status_code == 303
    sender = Sender.objects.get()
    assert (sender.first_name, sender.telephone, sender.email) == ("Clara", "+3225123456", "")
    answer = visitor.post(
        written.page, {"do": "change", **stale, "first_name": "Klara", "telephone": "0199001234"}
    )
    assert answer.status_code == 409
    assert "what you typed is kept" in answer.content.decode()
    assert 'value="Klara"' in answer.content.decode()
    assert Sender.objects.get().first_name == "Clara"


def test_wrong_details_come_back_with_the_reason(visitor: Client, opened: Open) -> None:
    written = opened()
    page = do(visitor, written.page, "change", first_name="", email="x", telephone="").content.decode()
    assert "whom to ask for" in page
    assert "does not look like an e-mail address" in page
    assert re.search(r'<details class="no-print" open>', page)


def test_a_new_address_is_confirmed_anew(visitor: Client, opened: Open) -> None:
    written = opened()
    do(visitor, written.page, "change", first_name="Claire", email="new@example.org")
    token = token_in_mail("contact.person.confirm", "confirm")
    assert "Is this your e-mail address?" in visitor.get(f"/en/message/{token}/confirm/").content.decode()


def test_nobody_called_reminds_the_team(visitor: Client, opened: Open) -> None:
    written = opened()
    page = do(visitor, written.page, "not_called").content.decode()
    assert "The team is reminded" in page
    assert Mail.objects.filter(kind="contact.team.nobody_called").count() == 1
    assert "how soon people are called" in do(visitor, written.page, "called").content.decode()


def test_she_can_turn_to_another_centre(visitor: Client, opened: Open, other_team: Team) -> None:
    written = opened(centre="centre-1")
    page = visitor.get(written.page).content.decode()
    assert "Team of Lyon" in page
    assert do(visitor, written.page, "move", centre="centre-2").status_code == 303
    assert Request.objects.get().team == other_team
    assert "Please choose a centre" in do(visitor, written.page, "move", centre="nowhere").content.decode()


def test_the_full_text_goes_only_to_a_confirmed_address(visitor: Client, opened: Open) -> None:
    written = opened()
    assert "no confirmed e-mail address" in do(visitor, written.page, "mail_copy").content.decode()
    visitor.post(f"{written.page}confirm/")
    page = visitor.get(written.page).content.decode()
    assert "Whoever reads that mailbox can read it" in page
    assert "on its way" in do(visitor, written.page, "mail_copy").content.decode()
    assert "Could you call me" in Mail.objects.get(kind="contact.person.full_copy").text


def test_her_data_come_as_a_text_and_for_machines(visitor: Client, opened: Open) -> None:
    written = opened()
    answer = do(visitor, written.page, "download_json")
    everything = json.loads(answer.content)
    assert everything["you"]["first_name"] == "Claire"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="my-message.json"'
    text = do(visitor, written.page, "download_text").content.decode()
    for words in ("First name: Claire", "Could you call me in the morning?", "Half-days: mon-am, thu-pm"):
        assert words in text
    assert "None" not in text


def test_the_answer_of_the_team_and_its_kind_reason_are_read_here(visitor: Client, opened: Open) -> None:
    # given a message that the team answers after a call
    written = opened()
    by, now = nurse(), timezone.now()
    call = actions_calls.call_attempted(
        request=Request.objects.get(), version=Request.objects.get().version,
        outcome=CallAttempt.Outcome.REACHED, by=by, at=now,
    )  # fmt: skip
    actions_calls.prescreened(
        request=call.request, version=Request.objects.get().version, found=actions_calls.Found.NOT_POSSIBLE,
        criterion="age",
        sentence="This study stops at fifty. Thank you for asking.", by=by, at=now,
    )  # fmt: skip
    actions_calls.offer_study(
        request=call.request, number="NCT00000001", text="This one may fit.", by=by, at=now
    )
    # then she reads the sentence, the state in words, and the study that is offered
    page = unescape(visitor.get(written.page).content.decode())
    assert "This study stops at fifty. Thank you for asking." in page
    assert "This study is not possible for you at this time. Thank you for asking: it mattered." in page
    assert 'href="/en/studies/NCT00000001/"' in page
    for hidden_word in ("nurse@example.org", "Staff Member", "criterion:"):
        assert hidden_word not in page


def test_taking_it_back_erases_everything_and_says_what(visitor: Client, opened: Open) -> None:
    # given a message with everything in it
    written = opened(
        first_name="Ondine", last_name="Zanzibar", other_language="Volapük",
        message="Kilimandjaro quincaillerie",
        attach_notes="on", notes="Anticonstitution",
    )  # fmt: skip
    do(visitor, written.page, "add", message="Hippopotame")
    # when she takes it back
    page = do(visitor, written.page, "withdraw").content.decode()
    # then the page says what is gone, and no table holds a word of hers
    assert "your name and every way to reach you" in page
    assert "every message, yours and the team’s: 2" in unescape(page)
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 - names of our own tables
            rows = repr(cursor.fetchall())
            for word in (
                "Ondine",
                "Zanzibar",
                "Volap",
                "Kilimandjaro",
                "Anticonst",
                "Hippopotame",
                "claire@",
                "99001234",
            ):
                assert word not in rows, f"{word} in {table}"
    assert not Sender.objects.exists()
    # and the page is closed, to her own cookie and code too
    assert "Type the code" in visitor.get(written.page).content.decode()
    again = visitor.post(written.page, {"do": "open", "code": written.code}).content.decode()
    assert "do not fit" in again


def test_after_seven_days_of_silence_the_page_says_what_she_can_do(
    visitor: Client, opened: Open, other_team: Team
) -> None:
    # given a message that nobody has answered, and its sender told so
    written = opened(centre="centre-1")
    TeamAddress.objects.filter(team__centre="centre-1", kind="main").update(telephone="+33199005678")
    overdue = timezone.now() - timedelta(days=5)
    Request.objects.update(told_late_at=timezone.now(), due_at=overdue)
    # then the page is honest about the delay, and names each thing she can do
    page = unescape(visitor.get(written.page).content.decode())
    assert "It should have come by" in page
    assert "The team has been reminded." in page
    for choice in (
        "wait: the team is reminded again",
        'href="#other-centre"',
        "call the team: 01 99 00 56 78",
    ):
        assert choice in page
    assert 'href="#withdraw"' in page


def test_every_state_timer_and_next_step_has_its_words() -> None:
    from gravida.find.contact.pages import words
    from gravida.find.contact.states import NEXT_STEP, State

    assert set(words.STATE) == set(State)
    assert {expected.code for expected in NEXT_STEP.values()} <= set(words.NEXT)
