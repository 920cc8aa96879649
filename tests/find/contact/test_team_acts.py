"""The team's acts: each with its step, its trail, its mail, and refused to strangers and to stale pages."""

from datetime import timedelta

import pytest

from gravida.find.contact import actions_bulk, actions_calls, actions_person, actions_team, reads
from gravida.find.contact.actions_calls import Found, TooEarly, UnknownCriterion
from gravida.find.contact.letters import AlreadyOpen, ChangedMeanwhile, NotYours
from gravida.find.contact.models import CallAttempt, Export, Request, Tally
from gravida.find.contact.states import IllegalStep, State
from gravida.web.audit.models import AuditEntry
from gravida.web.people.roles import Role
from gravida.web.tokens import LinkSpent
from tests.find.contact.making import (
    NOW,
    access_of,
    confirm,
    fresh,
    investigator,
    kinds_of_mails,
    last_mail,
    nurse,
    send,
    token_and_code,
    token_in,
)
from tests.mails import every_mail_is_neutral
from tests.web.people.making import make_staff

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=3)
Outcome = CallAttempt.Outcome


def acknowledged(at=LATER) -> Request:
    """A confirmed message that the team has said it has."""
    sent = send()
    confirm(sent)
    by = nurse()
    request = fresh(sent.request)
    return actions_team.acknowledge(request=request, version=request.version, by=by, at=at)


def call(request: Request, outcome: Outcome, at=LATER) -> Request:
    request = fresh(request)
    by = request.steps.exclude(by=None).first().by
    actions_calls.call_attempted(request=request, version=request.version, outcome=outcome, by=by, at=at)
    return fresh(request)


def test_the_team_says_that_it_has_the_message() -> None:
    request = acknowledged()
    assert request.where is State.ACKNOWLEDGED
    assert request.acknowledged_at == LATER
    assert kinds_of_mails()[-1] == "contact.person.acknowledged"
    entry = AuditEntry.objects.order_by("-number").first()
    assert (entry.action, entry.study, entry.centre) == ("contact.acknowledged", "NCT05557201", "centre-1")
    assert entry.changes["state"] == ["verified", "acknowledged"]
    assert entry.by.email == "nurse@example.org"
    assert Tally.objects.get(what="answered").count == 1


def test_of_two_who_saw_the_same_page_one_is_told() -> None:
    sent, by = send(), nurse()
    seen = fresh(sent.request)
    actions_team.acknowledge(request=seen, version=seen.version, by=by, at=LATER)
    with pytest.raises(ChangedMeanwhile) as changed:
        actions_team.mark_spam(request=seen, version=seen.version, by=by, at=LATER)
    assert (changed.value.wanted, changed.value.found) == (seen.version, seen.version + 1)
    assert fresh(seen).where is State.ACKNOWLEDGED


def test_somebody_of_another_centre_finds_nothing_and_can_do_nothing() -> None:
    sent = send()
    stranger = make_staff(Role.NURSE, email="else@example.org", centre="centre-2")
    request = fresh(sent.request)
    assert not Request.objects.get_for(stranger).exists()
    with pytest.raises(NotYours):
        actions_team.acknowledge(request=request, version=request.version, by=stranger, at=LATER)
    with pytest.raises(NotYours):
        actions_team.opened(request=request, by=make_staff(Role.ADMINISTRATOR), at=LATER)
    assert fresh(request).version == request.version


def test_opening_is_a_view_of_identity_in_the_trail() -> None:
    sent = send()
    confirm(sent)
    request = actions_team.opened(request=sent.request, by=nurse(), at=LATER)
    assert request.where is State.OPENED
    assert AuditEntry.objects.filter(action="contact.opened").count() == 1


def test_opening_does_not_confirm_an_address() -> None:
    sent = send()
    assert actions_team.opened(request=sent.request, by=nurse(), at=LATER).where is State.UNVERIFIED


def test_the_link_in_the_mail_acknowledges_once_and_a_look_does_nothing() -> None:
    send()
    token = token_in(last_mail("contact.team.new"), "received")
    assert reads.acknowledges(token, at=LATER).where is State.UNVERIFIED
    request = actions_team.acknowledge_by_link(token=token, at=LATER)
    assert request.where is State.ACKNOWLEDGED
    with pytest.raises(LinkSpent):
        actions_team.acknowledge_by_link(token=token, at=LATER)


def test_a_link_of_the_team_works_for_72_hours() -> None:
    send()
    token = token_in(last_mail("contact.team.new"), "received")
    assert reads.acknowledges(token, at=NOW + timedelta(hours=71)) is not None
    with pytest.raises(LinkSpent):
        actions_team.acknowledge_by_link(token=token, at=NOW + timedelta(hours=73))


def test_not_recruiting_any_more_closes_the_form_and_tells_who_waits() -> None:
    sent = send()
    token = token_in(last_mail("contact.team.new"), "not-recruiting")
    assert reads.closes(token, at=LATER) == sent.request.team
    team = actions_team.close_centre_by_link(token=token, at=LATER)
    assert team.closed_at == LATER
    assert kinds_of_mails()[-1] == "contact.person.team_closed"
    assert fresh(sent.request).told_late_at == LATER
    with pytest.raises(actions_person.FormClosed):
        send(team, email="b@example.org", at=LATER)
    assert actions_team.reopen_centre(team=team, by=nurse(), at=LATER).closed_at is None


def test_three_calls_and_two_weeks_of_silence() -> None:
    request = acknowledged()
    for outcome, state in zip(
        (Outcome.NO_ANSWER, Outcome.LEFT_MESSAGE, Outcome.CALL_BACK),
        (State.ATTEMPT_1, State.ATTEMPT_2, State.ATTEMPT_3),
        strict=True,
    ):
        request = call(request, outcome)
        assert request.where is state
    assert call(request, Outcome.NO_ANSWER).where is State.ATTEMPT_3
    by, request = request.calls.first().by, fresh(request)
    with pytest.raises(TooEarly):
        actions_calls.unreachable(
            request=request, version=request.version, by=by, at=LATER + timedelta(days=13)
        )
    done = actions_calls.unreachable(
        request=request, version=request.version, by=by, at=LATER + timedelta(days=14)
    )
    assert done.where is State.UNREACHABLE
    assert kinds_of_mails()[-1] == "contact.person.unreachable"


def test_a_call_is_an_answer_also_without_a_word_before() -> None:
    sent, by = send(), nurse()
    request = fresh(sent.request)
    actions_calls.call_attempted(
        request=request, version=request.version, outcome=Outcome.REACHED, by=by, at=LATER
    )
    request = fresh(request)
    assert (request.where, request.reached_at, request.acknowledged_at) == (State.ACKNOWLEDGED, LATER, LATER)


def test_a_booked_call_tells_her_the_hour() -> None:
    request = acknowledged()
    by = request.steps.last().by
    hour = NOW + timedelta(days=2)
    booked = actions_calls.call_booked(
        request=request, version=request.version, call_at=hour, by=by, at=LATER
    )
    assert (booked.where, booked.due_at) == (State.CALL_BOOKED, hour)
    assert "Thursday 5 November 2026, 10:00" in last_mail("contact.person.call_booked").text
    moved = actions_calls.call_booked(
        request=booked, version=booked.version, call_at=hour + timedelta(hours=1), by=by, at=LATER
    )
    assert kinds_of_mails().count("contact.person.call_booked") == 2
    with pytest.raises(ValueError, match="hour to come"):
        actions_calls.call_booked(request=moved, version=moved.version, call_at=NOW, by=by, at=LATER)
    assert call(moved, Outcome.NO_ANSWER).where is State.ATTEMPT_1


def test_not_possible_needs_a_criterion_and_a_sentence_and_keeps_the_mail_silent() -> None:
    request = acknowledged()
    by = request.steps.last().by
    given = {"request": request, "version": request.version, "by": by, "at": LATER}
    with pytest.raises(UnknownCriterion):
        actions_calls.prescreened(found=Found.NOT_POSSIBLE, criterion="height", sentence="x", **given)
    with pytest.raises(ValueError, match="no sentence"):
        actions_calls.prescreened(found=Found.NOT_POSSIBLE, criterion="age", **given)
    sentence = reads.kind_sentence(request.study, "age", language="fr")
    assert "Vous avez de 18 à 50 ans." in sentence
    done = actions_calls.prescreened(found=Found.NOT_POSSIBLE, criterion="age", sentence=sentence, **given)
    assert done.where is State.NOT_POSSIBLE
    assert done.ended_at == LATER
    assert "18 à 50" not in last_mail("contact.person.answer").text
    assert Tally.objects.get(what="not_possible:age").count == 1
    # and she may still ask
    page = reads.status_page(access_of_request(done), at=LATER)
    assert "add_message" in page.acts
    assert page.criterion == "age"
    put_right = actions_calls.prescreened(
        request=done, version=done.version, found=Found.POSSIBLE, by=by, at=LATER
    )
    assert (put_right.where, put_right.criterion, put_right.ended_at) == (State.POSSIBLE, "", None)


def access_of_request(request: Request):
    return request.accesses.get()


def test_the_way_to_taking_part() -> None:
    request = acknowledged()
    by = request.steps.last().by
    request = actions_calls.prescreened(
        request=request, version=request.version, found=Found.POSSIBLE, by=by, at=LATER
    )
    with pytest.raises(IllegalStep):
        actions_calls.mark_included(request=request, version=request.version, by=by, at=LATER)
    request = fresh(request)
    request = actions_calls.give_information(request=request, version=request.version, by=by, at=LATER)
    request = actions_calls.mark_included(request=request, version=request.version, by=by, at=LATER)
    assert request.where is State.INCLUDED
    stages = {what for _, _, what, _ in reads.funnel(by, study=request.study, months=3, at=LATER)}
    assert {"sent", "answered", "reached", "prescreened", "included"} <= stages


def test_an_answer_stands_on_the_private_page_and_not_in_the_mail() -> None:
    request = acknowledged()
    by = request.steps.last().by
    actions_team.save_draft(request=request, text="Dear", by=by, at=LATER)
    actions_team.reply(
        request=request, version=request.version, text="We call you on Tuesday.", by=by, at=LATER
    )
    assert "Tuesday." not in last_mail("contact.person.answer").text
    page = reads.status_page(access_of_request(request), at=LATER)
    assert "We call you on Tuesday." in [event.text for event in page.events]
    assert all(event.by == "" for event in page.events)
    assert not request.drafts.exists()


def test_another_study_is_offered() -> None:
    request = acknowledged()
    by = request.steps.last().by
    actions_calls.offer_study(
        request=request, number="NCT07265505", text="Perhaps this one.", by=by, at=LATER
    )
    assert reads.status_page(access_of_request(request), at=LATER).offered_studies == ("NCT07265505",)
    with pytest.raises(ValueError, match="another study"):
        actions_calls.offer_study(request=request, number=request.study, by=by, at=LATER)


def test_notes_stay_inside_the_team() -> None:
    request = acknowledged()
    by = request.steps.last().by
    actions_team.note(request=request, text="Prefers mornings.", by=by, at=LATER)
    assert "Prefers mornings." in [event.text for event in reads.timeline(request)]
    assert "Prefers mornings." not in [
        event.text for event in reads.status_page(access_of_request(request), at=LATER).events
    ]


def test_a_message_is_given_to_a_colleague_of_the_centre_only() -> None:
    request = acknowledged()
    by = request.steps.last().by
    colleague = nurse("second@example.org")
    request = actions_team.assign(request=request, version=request.version, to=colleague, by=by, at=LATER)
    assert request.assigned_to == colleague
    with pytest.raises(actions_team.NotOfThisCentre):
        actions_team.assign(
            request=request, version=request.version, to=nurse("x@example.org", centre="z"), by=by, at=LATER
        )


def test_a_human_can_say_that_it_is_no_spam() -> None:
    sent, by = send(suspicion="too_quick"), nurse()
    request = fresh(sent.request)
    request = actions_team.not_spam(request=request, version=request.version, by=by, at=LATER)
    assert request.where is State.UNVERIFIED
    assert kinds_of_mails() == ["contact.team.new", "contact.person.copy"]
    # her first code fits the address that comes by mail now
    token, code = (
        token_in(last_mail("contact.person.copy"), "confirm"),
        reads.receipt(sent.receipt, at=NOW).code,
    )
    assert actions_person.open_page(token=token, code=code, network="n", at=LATER).request == sent.request


def test_no_spam_where_she_has_written_again_is_said() -> None:
    first, by = send(suspicion="too_quick"), nurse()
    send(at=LATER)
    request = fresh(first.request)
    with pytest.raises(AlreadyOpen):
        actions_team.not_spam(request=request, version=request.version, by=by, at=LATER)
    assert fresh(request).where is State.SPAM


def test_a_duplicate_names_the_other() -> None:
    one, two, by = send(), send(email="b@example.org"), nurse()
    request = fresh(two.request)
    done = actions_team.mark_duplicate(
        request=request, version=request.version, of=one.request, by=by, at=LATER
    )
    assert (done.where, done.duplicate_of) == (State.DUPLICATE, one.request)
    assert done.steps.last().reason == one.reference


def test_a_bulk_act_does_what_it_can() -> None:
    by = nurse()
    requests = [fresh(send(email=f"p{n}@example.org").request) for n in range(3)]
    chosen = {request.pk: request.version for request in requests} | {10**9: 1}
    chosen[requests[1].pk] -= 1
    bulk = actions_bulk.in_bulk(actions_team.acknowledge, chosen=chosen, by=by, at=LATER)
    assert bulk.done == (requests[0].pk, requests[2].pk)
    assert bulk.refused == {requests[1].pk: "changed_meanwhile", 10**9: "not_yours"}


def test_an_export_is_noted_and_its_owner_asked_to_delete_it() -> None:
    sent, by = send(), investigator()
    actions_team.record_export(requests=[sent.request], reason="report", sha256="0" * 64, by=by, at=LATER)
    actions_person.withdraw(access=access_of(sent), at=LATER)
    export = Export.objects.get()
    assert export.delete_asked_at == LATER
    actions_team.confirm_export_deleted(export=export, by=by, at=LATER)
    assert Export.objects.get().delete_confirmed_at == LATER
    with pytest.raises(NotYours):
        actions_team.record_export(requests=[sent.request], reason="", sha256="", by=nurse(), at=LATER)


def test_a_new_code_is_read_out_on_the_telephone() -> None:
    sent = send()
    token, _ = token_and_code(sent)
    code = actions_team.issue_code(request=sent.request, by=nurse(), at=LATER)
    assert actions_person.open_page(token=token, code=code, network="n", at=LATER).request == sent.request


@pytest.mark.parametrize("language", ["en", "fr"])
def test_no_mail_of_the_loop_tells_anything(language: str) -> None:
    make_staff(Role.ADMINISTRATOR, language=language)
    sent = send(language=language)
    confirm(sent)
    by, request = nurse(), fresh(sent.request)
    actions_team.reply(request=request, version=request.version, text="Yes.", by=by, at=LATER)
    request = fresh(request)
    actions_calls.call_booked(
        request=request, version=request.version, call_at=LATER + timedelta(days=1), by=by, at=LATER
    )
    actions_person.say_nobody_called(access=access_of(sent), at=LATER)
    actions_team.close_centre(team=request.team, by=by, at=LATER)
    assert every_mail_is_neutral() >= 5


def test_a_note_that_is_sent_twice_is_one() -> None:
    sent, by = send(), nurse()
    for minute in (0, 1, 10):
        actions_team.note(
            request=sent.request, text="Prefers mornings.", by=by, at=LATER + timedelta(minutes=minute)
        )
    actions_team.note(request=sent.request, text="Prefers evenings.", by=by, at=LATER)
    assert sent.request.notes.count() == 3
