"""How a message is kept: once for each form, one open for each person and study, the team told with it."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from gravida.find.contact import (
    keys,
    limits_of_sending,
    links,
    mails_to_person,
    mails_to_team,
    own_address,
    states,
)
from gravida.find.contact.acting import Act, acting, due_at
from gravida.find.contact.letters import FormClosed, Letter, Openness, Sent
from gravida.find.contact.mail_words import language_of_team
from gravida.find.contact.models import Access, Attachment, Message, Request, Sender, Step, Team
from gravida.find.contact.openness import openness
from gravida.find.contact.states import Actor, State
from gravida.find.contact.tallies import count
from gravida.find.contact.waiting import tell_staff_that_it_waits
from gravida.find.contact.working_days import after_working_days
from gravida.web.audit import trail
from gravida.web.sealed import blind
from gravida.web.tokens import new_token

# Each turn that ends in a conflict has seen another call commit the row it wanted to write.
_TURNS = 5


@dataclass(frozen=True, kw_only=True)
class Posting:
    """One form as it was sent."""

    team: Team
    letter: Letter
    key: str  # the form's own
    network: str
    suspicion: str
    at: datetime

    @property
    def email_blind(self) -> str | None:
        email = self.letter.details.email
        return own_address.blind_of(email) if email else None

    @property
    def telephone_blind(self) -> str | None:
        telephone = self.letter.details.telephone
        return blind(telephone, purpose="contact telephone") if telephone else None

    @property
    def reached_at(self) -> str:
        return self.letter.details.email or self.letter.details.telephone


def post(posting: Posting) -> Sent:
    """Keep it, under any number of parallel calls of the same form or the same person."""
    for turn in range(_TURNS):
        try:
            with transaction.atomic():
                return _post_once(posting)
        except IntegrityError:
            if turn == _TURNS - 1:
                raise
    raise RuntimeError("unreachable: the last turn returns or raises")


def _post_once(posting: Posting) -> Sent:
    sent_before = _of_form(posting.key)
    if sent_before is not None:
        return _repeated(posting, sent_before)
    return _kept(posting)


def _kept(posting: Posting) -> Sent:
    """A new message, or one more of her open one. FormClosed."""
    found = openness(posting.team)
    if found not in (Openness.OPEN, Openness.WAITS):
        raise FormClosed(found)
    held = None if posting.suspicion else _open_one(posting)
    return _new(posting) if held is None else _further(posting, held)


def _of_form(key: str) -> Message | None:
    """The message that this form has already made."""
    return Message.objects.filter(idempotency_digest=keys.form_digest(key)).select_related("request").first()


def _repeated(posting: Posting, before: Message) -> Sent:
    """The same form again: nothing new, unless she went back and wrote something else into it."""
    if before.text == posting.letter.text or not posting.letter.text:
        return _sent(before.request, posting.key)
    changed = f"{posting.key} {blind(posting.letter.text, purpose='contact form changed')}"
    again = _of_form(changed)
    if again is not None:
        return _sent(again.request, changed)
    with_own_key = _with_key(posting, changed)
    return (
        _further(with_own_key, before.request) if before.request.where in states.OPEN else _kept(with_own_key)
    )


def _with_key(posting: Posting, key: str) -> Posting:
    return Posting(**{**posting.__dict__, "key": key})


def _open_one(posting: Posting) -> Request | None:
    """Her open message to the same study, if there is one.

    By her e-mail address only: the page of a further message is reached by a mail to it. Who types another's
    telephone number would see by the page on the screen that there was a message before.
    """
    if posting.email_blind is None:
        return None
    mine = Request.objects.open().filter(study=posting.team.study)
    return mine.filter(email_blind=posting.email_blind).first()


def _new(posting: Posting) -> Sent:
    letter, at = posting.letter, posting.at
    request = _row(posting)
    request.save(force_insert=True)
    details = letter.details
    Sender.objects.create(
        request=request,
        first_name=details.first_name,
        last_name=details.last_name,
        email=details.email,
        telephone=details.telephone,
        other_language=details.other_language,
    )
    limits_of_sending.spend_message(reached_at=posting.reached_at, network=posting.network, at=at)
    access = _keep_text(request, posting)
    _first_step(request, posting)
    if not posting.suspicion:
        _tell(request, access, posting)
    request.save()
    count(request.team, ("sent", f"sent:{request.language}"), at=at)
    trail.record(
        action="contact.sent", by=None, at=at, about=request, study=request.study, centre=request.team.centre,
        changes={"state": ("", request.state)},
    )  # fmt: skip
    return _sent(request, posting.key)


def _row(posting: Posting) -> Request:
    letter, at = posting.letter, posting.at
    details = letter.details
    request = Request(
        reference=keys.new_reference(),
        study=posting.team.study,
        team=posting.team,
        state=_first_state(posting).value,
        state_since=at,
        language=letter.language,
        writes_for=letter.writes_for,
        channel=details.channel,
        half_days=list(details.half_days),
        may_leave_message=details.may_leave_message,
        has_email=bool(details.email),
        has_telephone=bool(details.telephone),
        # Of a suspected form the page's address stands on the screen: see own_address.
        email_blind=None if posting.suspicion else posting.email_blind,
        telephone_blind=posting.telephone_blind,
        idempotency_digest=keys.form_digest(posting.key),
        sent_at=at,
        counted_from=at,
        ended_at=at if posting.suspicion else None,
    )
    request.due_at = due_at(request, at=at)
    return request


def _first_state(posting: Posting) -> State:
    if posting.suspicion:
        return State.SPAM
    return State.UNVERIFIED if posting.letter.details.email else State.VERIFIED


def _first_step(request: Request, posting: Posting) -> None:
    actor = Actor.CLOCK if posting.suspicion else Actor.PERSON
    states.check(now=State.NEW, to=request.where, by=actor, reason=posting.suspicion)
    Step.objects.create(
        request=request,
        state_before=State.NEW.value,
        state_after=request.state,
        at=posting.at,
        actor=actor.value,
        reason=posting.suspicion,
    )


def _keep_text(request: Request, posting: Posting) -> Access:
    """Her words and a key to them. In a mail the key's address also confirms that the mail arrived."""
    letter, at = posting.letter, posting.at
    is_mailed = request.has_email and not posting.suspicion
    token = links.new_confirm_token(request, at=at) if is_mailed else new_token()
    access = keys.give_access(
        request, token=token, receipt=keys.receipt_of(posting.key), team=posting.team, at=at
    )
    message = Message.objects.create(
        request=request,
        access=access,
        author=Message.Author.PERSON,
        text=letter.text,
        idempotency_digest=keys.form_digest(posting.key),
        sent_at=at,
    )
    attached = {Attachment.Kind.ANSWERS: letter.answers, Attachment.Kind.NOTES: letter.notes}
    for kind, text in attached.items():
        if text:
            Attachment.objects.create(message=message, kind=kind, text=text)
    return access


def _tell(request: Request, access: Access, posting: Posting) -> None:
    """The team, and the copy for her."""
    if mails_to_team.tell_team(request, at=posting.at):
        request.told_team_at = posting.at
    else:
        tell_staff_that_it_waits(request.team, at=posting.at)
    send_copy(request, access, at=posting.at)


def send_copy(request: Request, access: Access, *, at: datetime) -> None:
    """The copy, as far as the limits let it; `copy_state` says what became of it."""
    email = mails_to_person.address_of(request)
    if not email:
        return
    may = limits_of_sending.may_copy(email=email, study=request.study, at=at)
    if may == Request.CopyState.RECENT and request.copy_state != Request.CopyState.NONE:
        return
    request.copy_state = may
    if may == Request.CopyState.QUEUED:
        waits = request.told_team_at is None and request.where in states.UNANSWERED
        mails_to_person.copy(request, token=access.token, waits=waits, at=at)
    elif may == Request.CopyState.PAUSED:
        mails_to_team.tell_site_that_copies_are_paused(at=at)


def _further(posting: Posting, held: Request) -> Sent:
    """Add to her open message. What else the form says of her is kept beside it, and changes nothing."""
    with acting("added", request_id=held.pk, actor=Actor.PERSON, at=posting.at) as act:
        if act.request.where not in states.OPEN:
            raise IntegrityError(f"{held}: ended meanwhile")
        access = _keep_text(act.request, posting)
        limits_of_sending.spend_message(reached_at=posting.reached_at, network=posting.network, at=posting.at)
        message = access.messages.get()
        given = asdict(posting.letter.details) | {"writes_for": posting.letter.writes_for}
        if posting.team != act.request.team:
            given["centre"] = posting.team.name_in(language_of_team(act.request.team))
        Attachment.objects.create(
            message=message, kind=Attachment.Kind.DETAILS, text=json.dumps(given, ensure_ascii=False)
        )
        tell_of_more(act, message)
        send_copy(act.request, access, at=posting.at)
    return _sent(act.request, posting.key)


def tell_of_more(act: Act, message: Message) -> None:
    """She has written again: the team is told, and should answer within two working days."""
    mails_to_team.tell_team_of_more(act.request, message, at=act.at)
    by = after_working_days(act.at, 2, act.request.team.working_calendar)
    act.request.due_at = min(by, act.request.due_at or by)
    act.counted.append("added")


def _sent(request: Request, key: str) -> Sent:
    return Sent(
        reference=request.reference,
        receipt=keys.receipt_of(key),
        is_suspected=request.where is State.SPAM,
        request=request,
    )
