"""The clock's acts: reminders, lateness, ends. The worker runs them, each message in its own transaction."""

from datetime import datetime

from gravida.find.contact import mail_kinds, mails_to_person, mails_to_team
from gravida.find.contact.acting import Act, acting
from gravida.find.contact.erasure import erase_person
from gravida.find.contact.models import Request, TimerMark
from gravida.find.contact.one_by_one import one_by_one
from gravida.find.contact.sending import send_copy
from gravida.find.contact.states import UNANSWERED, Actor, State
from gravida.find.contact.timers import Due, Facts, Timer, due
from gravida.find.contact.waiting import tell_staff_that_it_waits
from gravida.web.models import Mail, MailState


def run_timers(at: datetime) -> int:
    """Do what is due for every message; how many. One that breaks does not stop the others."""
    watched = [state.value for state in (*UNANSWERED, State.ATTEMPT_3)]
    numbers = Request.objects.filter(state__in=watched).order_by("pk").values_list("pk", flat=True)

    def run(number: int) -> bool:
        request = Request.objects.select_related("team").get(pk=number)
        return bool(due(facts_of(request), at=at)) and bool(tick(number, at=at))

    return one_by_one("contact.timers", list(numbers), run, at=at)


def tick(request_id: int, *, at: datetime) -> list[Due]:
    """Do what is due for one message, seen again with its row held; what was done."""
    with acting("timers", request_id=request_id, actor=Actor.CLOCK, at=at) as act:
        found = due(facts_of(act.request), at=at)
        for one in found:
            TimerMark.objects.create(
                request=act.request,
                team=act.request.team,
                act=one.timer.value,
                counted_from=act.request.counted_from,
                at=at,
                was_stale=one.is_stale,
            )
            if not one.is_stale:
                _ACTS[one.timer](act)
    return found


def facts_of(request: Request) -> Facts:
    """A message as its timers see it."""
    marks = TimerMark.objects.filter(request=request, counted_from=request.counted_from)
    return Facts(
        state=request.where,
        counted_from=request.counted_from,
        state_since=request.state_since,
        told_late_at=request.told_late_at,
        team_is_closed=request.team.closed_at is not None,
        fired=frozenset(Timer(act) for act in marks.values_list("act", flat=True)),
        calendar=request.team.working_calendar,
    )


def note_delivered(at: datetime) -> int:
    """Messages whose mail to the team has left, and whose sender is confirmed, are delivered; how many."""
    told = [mail_kinds.TEAM_NEW.code, mail_kinds.TEAM_FULL.code]
    waiting = Request.objects.filter(state=State.VERIFIED.value, told_team_at__isnull=False)
    abouts = {request.pk: request.about for request in waiting.order_by("pk")}

    def note(number: int) -> bool:
        if not Mail.objects.about(abouts[number]).filter(kind__in=told, state=MailState.SENT).exists():
            return False
        with acting("delivered", request_id=number, actor=Actor.CLOCK, at=at) as act:
            is_waiting = act.request.where is State.VERIFIED
            if is_waiting:
                act.step(State.DELIVERED)
        return is_waiting

    return one_by_one("contact.delivered", abouts, note, at=at)


def send_paused_copies(at: datetime) -> int:
    """Copies that were paused go out as soon as the limits let them; how many."""
    paused = Request.objects.open().filter(copy_state=Request.CopyState.PAUSED, confirmed_at=None)
    numbers = list(paused.order_by("pk").values_list("pk", flat=True))
    are_paused_still = False

    def send(number: int) -> bool:
        nonlocal are_paused_still
        if are_paused_still:
            return False
        with acting("copy", request_id=number, actor=Actor.CLOCK, at=at) as act:
            access = act.request.accesses.order_by("-id").first()
            if access is not None and act.request.copy_state == Request.CopyState.PAUSED:
                send_copy(act.request, access, at=at)
            are_paused_still = act.request.copy_state == Request.CopyState.PAUSED
        return not are_paused_still

    return one_by_one("contact.copies", numbers, send, at=at)


def _remind(act: Act) -> None:
    if act.request.told_team_at is None:
        tell_staff_that_it_waits(act.request.team, at=act.at)
        return
    mails_to_team.remind_team(act.request, at=act.at)
    act.counted.append("reminded")


def _alternate(act: Act) -> None:
    mails_to_team.tell_alternate(act.request, at=act.at)
    act.counted.append("alternate_told")


def _administrator_and_person(act: Act) -> None:
    mails_to_team.tell_administrators(act.request, at=act.at)
    mails_to_person.no_answer(act.request, at=act.at)
    act.request.told_late_at = act.at


def _late(act: Act) -> None:
    act.request.late_at = act.at
    act.counted.append("late")


def _expire(act: Act) -> None:
    to = mails_to_person.address_of(act.request)
    if to:
        mails_to_person.expired(act.request, to=to, at=act.at)
    act.step(State.EXPIRED)
    erase_person(act.request, at=act.at)


def _leave(act: Act) -> None:
    act.step(State.SPAM, reason="unconfirmed")


def _give_up(act: Act) -> None:
    act.step(State.UNREACHABLE)
    mails_to_person.unreachable(act.request, at=act.at)


_ACTS = {
    Timer.REMIND_TEAM: _remind,
    Timer.TELL_ALTERNATE: _alternate,
    Timer.TELL_ADMINISTRATOR_AND_PERSON: _administrator_and_person,
    Timer.MARK_LATE: _late,
    Timer.EXPIRE: _expire,
    Timer.LEAVE_INBOX: _leave,
    Timer.GIVE_UP: _give_up,
}
