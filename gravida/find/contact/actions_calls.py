"""Calls, what they found, and what follows."""

from datetime import datetime
from enum import Enum

from gravida.find.contact import mails_to_person
from gravida.find.contact.acting import Act, acting
from gravida.find.contact.models import CallAttempt, Message, Request
from gravida.find.contact.states import ATTEMPTS, CALLING, UNANSWERED, Actor, State
from gravida.find.contact.timers import GIVE_UP_DAYS
from gravida.find.contact.working_days import after_days
from gravida.find.site_studies import site_studies
from gravida.web.people.models import Person


class Found(Enum):
    """What a first talk found."""

    POSSIBLE = "possible"
    NOT_POSSIBLE = "not_possible"
    UNKNOWN = "unknown"


_STATE_OF = {
    Found.POSSIBLE: State.POSSIBLE,
    Found.NOT_POSSIBLE: State.NOT_POSSIBLE,
    Found.UNKNOWN: State.UNKNOWN,
}


class UnknownCriterion(Exception):
    """A criterion that the study folder does not have; carries its id."""


class TooEarly(Exception):
    """She has had less than 14 days to call back; carries until when."""

    def __init__(self, until: datetime) -> None:
        super().__init__(until.isoformat())
        self.until = until


OTHER_CRITERION = "other"
# States from which a call that reached nobody counts as an attempt.
_BEFORE_A_TALK = UNANSWERED | (CALLING - {State.ATTEMPT_3}) | {State.UNKNOWN}


def call_attempted(
    *, request: Request, version: int, outcome: CallAttempt.Outcome, by: Person, at: datetime
) -> CallAttempt:
    """Note a call. Without a talk it is attempt 1, 2 or 3; further ones are noted and change nothing.

    A talk is an answer: what it found is told by `prescreened`, `not_interested` or `call_booked`.
    """
    with acting("called", request_id=request.pk, version=version, actor=Actor.TEAM, by=by, at=at) as act:
        call = CallAttempt.objects.create(request=act.request, at=at, by=by, outcome=outcome)
        act.counted.append(f"call:{outcome.value}")
        if outcome is CallAttempt.Outcome.REACHED:
            _reached(act)
        elif act.request.where in _BEFORE_A_TALK:
            act.step(_next_attempt(act.request))
        act.answered()
    return call


def _reached(act: Act) -> None:
    if act.request.reached_at is None:
        act.request.reached_at = act.at
        act.counted.append("reached")
    if act.request.where in UNANSWERED:
        act.step(State.ACKNOWLEDGED, reason="reached")


def _next_attempt(request: Request) -> State:
    """The attempt that follows those before; a talk in between begins the count anew."""
    last_talk = request.calls.filter(outcome=CallAttempt.Outcome.REACHED).order_by("-id").first()
    calls = request.calls.exclude(outcome=CallAttempt.Outcome.REACHED)
    so_far = (calls.filter(id__gt=last_talk.pk) if last_talk else calls).count()
    if request.where is State.ACKNOWLEDGED or request.where in UNANSWERED:
        return State.ATTEMPT_1
    if request.where in ATTEMPTS:
        return ATTEMPTS[ATTEMPTS.index(request.where) + 1]
    return ATTEMPTS[min(max(so_far, 1), len(ATTEMPTS)) - 1]


def call_booked(*, request: Request, version: int, call_at: datetime, by: Person, at: datetime) -> Request:
    """A call at a certain hour, or at another hour than before; she is told it by mail.

    ValueError for an hour that has passed.
    """
    if call_at <= at:
        raise ValueError(f"a call at {call_at}, booked at {at}: wanted an hour to come")
    with acting("call_booked", request_id=request.pk, version=version, actor=Actor.TEAM, by=by, at=at) as act:
        act.request.call_at = call_at
        if act.request.where is not State.CALL_BOOKED:
            act.step(State.CALL_BOOKED)
        act.request.due_at = call_at
        act.answered()
        mails_to_person.call_booked(act.request, at=at)
    return act.request


def prescreened(
    *,
    request: Request,
    version: int,
    found: Found,
    criterion: str = "",
    sentence: str = "",
    by: Person,
    at: datetime,
) -> Request:
    """Note what a first talk found.

    Not possible needs a criterion of the study folder (or OTHER_CRITERION) and the sentence she reads, which
    `reads.kind_sentence` proposes in her language. UnknownCriterion; ValueError without a sentence.
    A finding that is put right needs a reason, which is `corrected`.
    """
    if found is Found.NOT_POSSIBLE:
        _check_reason(request.study, criterion, sentence)
    with acting("prescreened", request_id=request.pk, version=version, actor=Actor.TEAM, by=by, at=at) as act:
        if found is Found.NOT_POSSIBLE:
            _not_possible(act, criterion, sentence)
        else:
            was_wrong = act.request.where is State.NOT_POSSIBLE
            act.step(_STATE_OF[found], reason="corrected" if was_wrong else "")
            act.request.criterion = ""
        act.counted.append("prescreened")
        if act.request.reached_at is None:
            act.request.reached_at = at
            act.counted.append("reached")
    return act.request


def _check_reason(study: str, criterion: str, sentence: str) -> None:
    folder = site_studies().get(study)
    known = {one.id for one in folder.criteria.criteria} if folder else set()
    if criterion not in known | {OTHER_CRITERION}:
        raise UnknownCriterion(criterion)
    if not sentence.strip():
        raise ValueError("not possible, and no sentence for her: the form has to ask for one")


def _not_possible(act: Act, criterion: str, sentence: str) -> None:
    act.step(State.NOT_POSSIBLE, reason=f"criterion:{criterion}"[:60])
    act.request.criterion = criterion
    act.counted.append(f"not_possible:{criterion}"[:60])
    message = Message.objects.create(
        request=act.request,
        author=Message.Author.TEAM,
        kind=Message.Kind.NOT_POSSIBLE,
        by=act.by,
        text=sentence,
        sent_at=act.at,
    )
    mails_to_person.answer(act.request, message=message, at=act.at)


def offer_study(
    *, request: Request, number: str, text: str = "", tells: bool = True, by: Person, at: datetime
) -> Message:
    """Show her another study on her private page; without `tells` no mail says so, as one goes anyway."""
    with acting("offered", request_id=request.pk, actor=Actor.TEAM, by=by, at=at) as act:
        if number == act.request.study:
            raise ValueError(f"{number}: wanted another study than her own")
        message = Message.objects.create(
            request=act.request,
            author=Message.Author.TEAM,
            kind=Message.Kind.OFFER,
            by=by,
            text=text,
            offered_study=number,
            sent_at=at,
        )
        act.counted.append("offered")
        if tells:
            mails_to_person.answer(act.request, message=message, at=at)
    return message


def give_information(*, request: Request, version: int, by: Person, at: datetime) -> Request:
    """She has the full information of the study."""
    with acting("informed", request_id=request.pk, version=version, actor=Actor.TEAM, by=by, at=at) as act:
        act.step(State.INFORMATION_GIVEN)
    return act.request


def mark_included(*, request: Request, version: int, by: Person, at: datetime) -> Request:
    """She takes part."""
    with acting("included", request_id=request.pk, version=version, actor=Actor.TEAM, by=by, at=at) as act:
        act.step(State.INCLUDED)
    return act.request


def unreachable(*, request: Request, version: int, by: Person, at: datetime) -> Request:
    """Three attempts, and 14 days without a word; the clock does the same by itself. TooEarly before that."""
    with acting("unreachable", request_id=request.pk, version=version, actor=Actor.TEAM, by=by, at=at) as act:
        until = after_days(act.request.state_since, GIVE_UP_DAYS, act.request.team.working_calendar)
        if act.request.where is State.ATTEMPT_3 and at < until:
            raise TooEarly(until)
        act.step(State.UNREACHABLE)
        mails_to_person.unreachable(act.request, at=at)
    return act.request
