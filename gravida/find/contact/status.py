"""A message as its private page and the team's timeline tell it."""

from datetime import datetime

from gravida.find.contact.letters import Details, Event, StatusPage
from gravida.find.contact.models import Access, CallAttempt, Message, Request, Sender, Step, Team
from gravida.find.contact.openness import takes_messages
from gravida.find.contact.states import ENDS, NEXT_STEP, OPEN, SETTLED, UNANSWERED, State

_MAY_MOVE = frozenset({State.UNVERIFIED, State.VERIFIED, State.DELIVERED, State.OPENED, State.ACKNOWLEDGED})
_MAY_CALL = OPEN - SETTLED


def status_page(access: Access, *, at: datetime) -> StatusPage:
    """The private page."""
    request = Request.objects.with_team().get(pk=access.request_id)
    events = [event for event in _events(request) if event.kind != "note"]
    expected = NEXT_STEP.get(request.where)
    return StatusPage(
        request=request,
        access=access,
        team=request.team,
        details=_details(request),
        events=tuple(events),
        next_step=expected.code if expected else "",
        next_by=expected.by.value if expected else "",
        due_at=request.due_at,
        acts=_acts(request),
        other_teams=_other_teams(request),
        offered_studies=_offered(request),
        criterion=request.criterion,
        waits_for_staff=request.told_team_at is None and request.where in UNANSWERED,
        email_bounced=request.email_bounced_at is not None,
        copy_is_paused=request.copy_state == Request.CopyState.PAUSED,
    )


def timeline(request: Request) -> tuple[Event, ...]:
    """Everything that happened, oldest first, for the team; messages and notes opened."""
    marks = [
        Event(kind="timer", at=mark.at, code=mark.act) for mark in request.timer_marks.filter(was_stale=False)
    ]
    notes = [
        Event(kind="note", at=note.at, code="note", text=note.text, by=note.by.name)
        for note in request.notes.select_related("by")
    ]
    return tuple(sorted([*_steps(request), *_messages(request), *_calls(request), *notes, *marks], key=_when))


def read_by_her(request: Request, *, at: datetime) -> None:
    """She has seen what the team wrote."""
    request.messages.filter(author=Message.Author.TEAM, read_at=None).update(read_at=at)


def _events(request: Request) -> list[Event]:
    """Her timeline: no names of staff, no internal reasons; calls as the steps they made."""
    told = [_message(message, for_staff=False) for message in request.messages.order_by("id")]
    steps = [Event(kind="step", at=step.at, code=step.state_after) for step in request.steps.order_by("id")]
    return sorted([*steps, *told], key=_when)


def _steps(request: Request) -> list[Event]:
    return [_step(step) for step in request.steps.select_related("by").order_by("id")]


def _step(step: Step) -> Event:
    by = step.by.name if step.by else ""
    return Event(kind="step", at=step.at, code=step.state_after, reason=step.reason, by=by)


def _messages(request: Request) -> list[Event]:
    return [
        _message(message, for_staff=True) for message in request.messages.select_related("by").order_by("id")
    ]


def _message(message: Message, *, for_staff: bool) -> Event:
    return Event(
        kind="message",
        at=message.sent_at,
        code=f"{message.author}:{message.kind}",
        text=message.text,
        reason=message.offered_study,
        by=message.by.name if for_staff and message.by else "",
    )


def _calls(request: Request) -> list[Event]:
    calls: list[CallAttempt] = list(request.calls.select_related("by").order_by("id"))
    return [Event(kind="call", at=call.at, code=call.outcome, by=call.by.name) for call in calls]


def _when(event: Event) -> datetime:
    return event.at


def _details(request: Request) -> Details | None:
    sender = Sender.objects.filter(request=request).first()
    if sender is None:
        return None
    return Details(
        first_name=sender.first_name,
        last_name=sender.last_name,
        email=sender.email,
        telephone=sender.telephone,
        other_language=sender.other_language,
        channel=request.channel,
        half_days=tuple(request.half_days),
        may_leave_message=request.may_leave_message,
    )


def _acts(request: Request) -> frozenset[str]:
    """Names of the acts of actions_person that she can do now."""
    acts = {"withdraw", "download"}
    if request.where in OPEN:
        acts.add("add_message")
    if request.where not in ENDS:
        acts.add("change_details")
    if request.where in _MAY_CALL:
        acts |= {"say_they_called", "say_nobody_called"}
    if request.where in _MAY_MOVE:
        acts.add("write_to_other_centre")
    if request.is_unverified and request.where not in ENDS - {State.SPAM} and not request.email_bounced_at:
        acts.add("confirm_again")
    if request.confirmed_at and request.has_email:
        acts.add("mail_full_copy")
    return frozenset(acts)


def _other_teams(request: Request) -> tuple[Team, ...]:
    """Teams of the same study that take messages: where she may turn while hers has not called."""
    others = Team.objects.of(request.study).exclude(pk=request.team_id).order_by("source", "id")
    return tuple(team for team in others if request.where in _MAY_MOVE and takes_messages(team))


def _offered(request: Request) -> tuple[str, ...]:
    offers = request.messages.filter(kind=Message.Kind.OFFER).order_by("id")
    return tuple(offers.values_list("offered_study", flat=True))
