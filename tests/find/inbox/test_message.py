"""One message: how to speak with her first, every act by the table of steps, nothing lost where two act."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import pytest
from django.test import Client

from gravida.find.contact import actions_calls, actions_person, actions_team, links
from gravida.find.contact.models import CallAttempt, InternalNote, Request, Team
from gravida.find.contact.states import Actor, State, next_states
from gravida.find.inbox.offered_acts import STEP_OF_ACT, offered
from gravida.web.audit.models import AuditEntry
from gravida.web.people.models import Person
from gravida.web.people.roles import Role
from tests.find.contact.making import fresh, kinds_of_mails, nurse, send
from tests.find.inbox.conftest import post
from tests.mails import every_mail_is_neutral
from tests.web.people.making import browser_of, make_staff

pytestmark = pytest.mark.django_db
Make = Callable[..., Request]


def address(request: Request, more: str = "") -> str:
    return f"/en/staff/messages/{request.reference}/{more}"


def page(desk: Client, request: Request, more: str = "") -> str:
    answer = desk.get(address(request, more))
    assert answer.status_code == 200
    return answer.content.decode()


def test_how_to_speak_with_her_stands_before_who_she_is(desk: Client, message: Make) -> None:
    shown = page(desk, message(other_language="Wolof"))
    order = ["Would rather speak", "Wolof", "Wants to be answered", "Monday morning", "Ondine Exemplaire"]
    places = [shown.index(text) for text in order]
    assert places == sorted(places)
    assert "01 99 00 12 34" in shown
    assert 'href="tel:+33199001234"' in shown


def test_what_she_wrote_and_sent_along_is_there(desk: Client, message: Make) -> None:
    shown = page(desk, message())
    for text in ("May I ask about zanzibar?", "kilimandjaro", "quincaillerie"):
        assert text in shown


def test_where_no_message_may_be_left_it_says_so_and_offers_no_such_outcome(
    desk: Client, message: Make
) -> None:
    made = message(may_leave_message=False)
    shown = page(desk, made)
    assert "none: speak to nobody but her" in shown
    assert 'value="left_message"' not in shown
    # and a form that says so all the same is refused
    answer = post(desk, made, "call", outcome="left_message")
    assert answer.status_code == 400
    assert not CallAttempt.objects.exists()


def views_of(made: Request) -> list[str]:
    about = AuditEntry.objects.filter(about=f"contact.request:{made.pk}").order_by("number")
    return [
        action
        for action in about.values_list("action", flat=True)
        if "opened" in action or "viewed" in action
    ]


def test_a_look_is_in_the_trail_once_for_each_opening(desk: Client, message: Make) -> None:
    made = message()
    for _ in range(3):
        page(desk, made)
    page(desk, made, "answer/")
    assert views_of(made) == ["contact.opened"]
    # a colleague's look is another one, and so is one of her own the next day
    page(browser_of(nurse("ben@example.org")), made)
    assert views_of(made) == ["contact.opened", "contact.viewed"]


def test_a_colleague_who_only_looks_makes_nobodys_page_stale(desk: Client, message: Make) -> None:
    made = message()
    page(desk, made)
    seen = fresh(made).version
    page(browser_of(nurse("ben@example.org")), made)
    assert fresh(made).version == seen


def test_receipt_is_confirmed_and_she_is_told(desk: Client, message: Make) -> None:
    made = message()
    answer = post(desk, made, "acknowledge")
    assert answer.status_code == 303
    assert fresh(made).where is State.ACKNOWLEDGED
    assert kinds_of_mails()[-1] == "contact.person.acknowledged"
    assert (
        "She has been told that you have her message."
        in desk.get(answer.headers["Location"]).content.decode()
    )


def test_each_call_is_noted_and_counts(desk: Client, message: Make) -> None:
    made = message()
    for state in (State.ATTEMPT_1, State.ATTEMPT_2, State.ATTEMPT_3):
        post(desk, made, "call", outcome="no_answer")
        assert fresh(made).where is state
    assert "Call: no answer" in page(desk, made)


def test_a_call_is_booked_for_an_hour_to_come(desk: Client, message: Make, now: datetime) -> None:
    made = message()
    refused = post(desk, made, "book", day=f"{now - timedelta(days=2):%Y-%m-%d}", hour="10:00")
    assert refused.status_code == 400
    assert "an hour to come" in refused.content.decode()
    post(desk, made, "book", day=f"{now + timedelta(days=2):%Y-%m-%d}", hour="10:30")
    booked = fresh(made)
    assert booked.where is State.CALL_BOOKED
    assert f"{booked.call_at.astimezone():%M}" == "30"
    assert booked.due_at == booked.call_at


def test_a_message_is_given_to_a_colleague_and_back_by_undo(desk: Client, ann: Person, message: Make) -> None:
    ben, made = nurse("ben@example.org", name="Ben Example"), message()
    answer = post(desk, made, "assign", to=ben.pk)
    assert fresh(made).assigned_to == ben
    shown = desk.get(answer.headers["Location"]).content.decode()
    assert "Undo" in shown
    undo = re.search(r'<input type="hidden" name="to" value="([^"]*)">', shown)
    assert undo is not None
    post(desk, made, "assign", to=undo[1])
    assert fresh(made).assigned_to is None


def test_nobody_of_another_centre_can_be_given_a_message(desk: Client, message: Make) -> None:
    stranger, made = nurse("else@example.org", centre="centre-2"), message()
    assert post(desk, made, "assign", to=stranger.pk).status_code == 400
    assert fresh(made).assigned_to is None


def test_a_note_is_for_the_team_only(desk: Client, message: Make) -> None:
    made = message()
    post(desk, made, "note", text="Speaks softly; her mother listens.")
    shown = page(desk, made)
    assert "her mother listens" in shown
    assert "for the team only" in shown
    assert InternalNote.objects.get().by.email == "nurse@example.org"


def test_what_cannot_be_taken_back_is_asked_for_once_more(desk: Client, message: Make) -> None:
    made = message()
    post(desk, made, "call", outcome="reached")
    for act, words in {
        "not-interested": "It cannot be opened again",
        "possible": "She reads on her page that taking part is possible",
        "spam": "deleted after seven days",
        "withdraw": "Nobody can bring them back",
    }.items():
        if act in offered(fresh(made)):
            assert words in page(desk, made, f"sure/{act}/")
    assert fresh(made).where is State.ACKNOWLEDGED


def test_the_whole_way_into_the_study(desk: Client, message: Make) -> None:
    made = message()
    post(desk, made, "call", outcome="reached")
    for act, state in {
        "possible": State.POSSIBLE, "informed": State.INFORMATION_GIVEN, "included": State.INCLUDED
    }.items():  # fmt: skip
        post(desk, made, act)
        assert fresh(made).where is state
    assert "Note a call" not in page(desk, made)


def test_spam_is_put_aside_and_put_back(desk: Client, message: Make) -> None:
    made = message()
    answer = post(desk, made, "spam")
    assert fresh(made).where is State.SPAM
    assert "Undo" in desk.get(answer.headers["Location"]).content.decode()
    post(desk, made, "not-spam")
    assert fresh(made).where is State.VERIFIED


def test_another_message_with_the_same_number_is_named(desk: Client, message: Make) -> None:
    first, second = message(email="a@example.org"), message(email="b@example.org")
    other = message(email="c@example.org", telephone="+33199005678")
    assert second.reference in page(desk, first)
    assert other.reference not in page(desk, first)


def test_the_centre_that_she_chose_is_named_where_it_is_another(
    desk: Client, message: Make, other_team: Team, now: datetime
) -> None:
    made = message()
    assert "written to:" not in page(desk, made)
    send(other_team, at=now, text="And Lyon?")
    assert "written to: Team of Lyon" in page(desk, made)


def test_reminders_that_were_given_up_are_named(desk: Client, message: Make, now: datetime) -> None:
    made = message()
    page(desk, made)
    made.troubles.create(task="contact.timers", failures=5, since=now)
    assert "Reminders for this message have failed" in page(desk, made)


def test_a_repeat_is_joined_to_a_message_of_the_same_study(desk: Client, message: Make) -> None:
    kept, repeat = message(email="a@example.org"), message(email="b@example.org")
    assert post(desk, repeat, "duplicate", of=repeat.reference).status_code == 400
    assert post(desk, repeat, "duplicate", of="G-ZZZZ").status_code == 400
    post(desk, repeat, "duplicate", of=kept.reference.lower())
    assert fresh(repeat).duplicate_of == kept


def test_three_calls_are_closed_only_after_two_weeks(desk: Client, message: Make) -> None:
    made = message()
    for _ in range(3):
        post(desk, made, "call", outcome="no_answer")
    refused = post(desk, made, "unreachable")
    assert refused.status_code == 409
    assert "to call back: close the message then" in refused.content.decode()
    Request.objects.filter(pk=made.pk).update(state_since=fresh(made).state_since - timedelta(days=15))
    assert post(desk, made, "unreachable").status_code == 303
    assert fresh(made).where is State.UNREACHABLE


def test_everything_is_erased_on_her_word(desk: Client, message: Make) -> None:
    made = message()
    assert post(desk, made, "withdraw").status_code == 400
    answer = post(desk, made, "withdraw", reason="asked_by_telephone")
    assert "Everything about her has been erased." in desk.get(answer.headers["Location"]).content.decode()
    assert fresh(made).erased_at is not None
    assert desk.get(address(made)).status_code == 404


def test_a_new_code_is_shown_once(desk: Client, message: Make) -> None:
    made = message()
    shown = post(desk, made, "new-code").content.decode()
    code = re.search(r'<code class="code">([^<]+)<', shown)
    assert code is not None
    token = made.accesses.order_by("id").first().token
    assert actions_person.open_page(token=token, code=code[1], network="203.0.113.9/32", at=made.sent_at)
    assert code[1] not in page(desk, made)


@pytest.mark.parametrize("state", State)
def test_only_what_the_table_allows_is_offered(state: State) -> None:
    acts = offered(Request(state=state.value))
    allowed = set(next_states(state, by=Actor.TEAM))
    again = {"book"} if state is State.CALL_BOOKED else set()
    for act, to in STEP_OF_ACT.items():
        if act in acts and act not in again:
            assert to in allowed


@pytest.mark.parametrize("act", [*STEP_OF_ACT, "call", "not-spam", "assign", "new-code"])
def test_an_act_that_is_not_offered_is_refused(desk: Client, message: Make, act: str) -> None:
    # given a message that has ended
    made = message()
    by = Person.objects.get(email="nurse@example.org")
    actions_calls.call_attempted(
        request=made, version=made.version, outcome=CallAttempt.Outcome.REACHED, by=by, at=made.sent_at
    )
    made = fresh(made)
    actions_team.not_interested(request=made, version=made.version, by=by, at=made.sent_at)
    before = fresh(made).version
    if act == "withdraw":  # she may take everything back at any time
        return
    # when the act is asked for all the same
    answer = post(desk, made, act, outcome="reached", reason="asked_by_letter", of="G-ZZZZ")
    # then it is refused with both versions, and nothing has changed
    assert answer.status_code == 409 if act != "not-possible" else answer.status_code == 404
    assert fresh(made).version == before


def test_of_two_nurses_the_second_sees_both_versions_and_loses_nothing(desk: Client, message: Make) -> None:
    # given two who look at the same page
    made, ben = message(), nurse("ben@example.org", name="Ben Example")
    shown = page(desk, made)
    seen = re.search(r'name="seen" value="([^"]*)"', shown)
    version = fresh(made).version
    # when one calls and the other writes a long answer
    post(browser_of(ben), made, "call", outcome="no_answer")
    text = "Dear Ondine, a long and careful answer."
    answer = desk.post(
        address(made, "answer/"), {"version": version, "seen": seen[1], "text": text, "do": "send"}
    )
    # then the second is told, with both versions, who did what, and every word
    assert answer.status_code == 409
    told = answer.content.decode()
    assert "opened" in told
    assert "called once, not reached" in told
    assert "Ben Example" in told
    assert told.count(text) == 2  # to read, and to send again
    # and can go on with it
    again = re.search(r'name="version" value="(\d+)"', told)
    preview = desk.post(address(made, "answer/"), {"version": again[1], "text": text, "do": "preview"})
    assert "As she will read it" in preview.content.decode()


def test_every_mail_of_these_acts_is_neutral(desk: Client, message: Make) -> None:
    made = message(language="fr")
    post(desk, made, "acknowledge")
    post(desk, made, "call", outcome="no_answer")
    assert every_mail_is_neutral() >= 3


def test_the_links_of_the_mails_lead_to_pages(desk: Client, message: Make) -> None:
    made = message()
    for language in ("en", "fr"):
        answer = desk.get(urlsplit(links.inbox_page(made, language=language)).path)
        assert answer.status_code == 200
    head = browser_of(make_staff(Role.ADMINISTRATOR))
    assert head.get(urlsplit(links.approval_page(language="fr")).path).status_code == 200
