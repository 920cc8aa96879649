"""What the person who wrote does: send, confirm, add, change, withdraw."""

from datetime import datetime

from django.db import IntegrityError, transaction

from gravida.find.contact import (
    keys,
    limits_of_sending,
    links,
    mails_to_person,
    mails_to_team,
    own_address,
)
from gravida.find.contact.acting import Act, acting, due_at
from gravida.find.contact.downloads import download
from gravida.find.contact.erasure import erase_person
from gravida.find.contact.letters import AlreadyOpen, Details, FormClosed, Letter, Openness, Sent, WrongCode
from gravida.find.contact.models import Access, Message, Request, Sender, Team
from gravida.find.contact.openness import openness
from gravida.find.contact.sending import Posting, post, tell_of_more
from gravida.find.contact.states import ENDS, OPEN, UNANSWERED, Actor, IllegalStep, State
from gravida.find.contact.waiting import tell_staff_that_it_waits
from gravida.web.limits import spend
from gravida.web.sealed import blind
from gravida.web.tokens import redeem_link

__all__ = [
    "add_message",
    "change_details",
    "confirm_address",
    "confirm_again",
    "download",
    "mail_full_copy",
    "new_code_by_mail",
    "not_me",
    "open_page",
    "say_nobody_called",
    "say_they_called",
    "send_request",
    "withdraw",
    "write_to_other_centre",
]

ON_THEIR_WAY = frozenset({State.UNVERIFIED, State.VERIFIED})


def send_request(
    *, team: Team, letter: Letter, idempotency_key: str, network: str, suspicion: str = "", at: datetime
) -> Sent:
    """Keep a message and tell the team, in one transaction; what is kept is on its way.

    The same key again changes nothing and gives the same receipt, under any number of parallel calls; with
    another text under the same key the text is added. An open message of the same e-mail address to the same
    study gets this one added. `suspicion` (anti_abuse.suspicion) puts it aside for a human.
    FormClosed where the team cannot be written to; limits.TooMany beyond the limits, with nothing kept.
    """
    details = letter.details
    if not details.first_name or not (details.email or details.telephone):
        raise ValueError("a message with no name, or with no way to answer: the form has to ask for both")
    return post(
        Posting(team=team, letter=letter, key=idempotency_key, network=network, suspicion=suspicion, at=at)
    )


def confirm_address(*, token: str, at: datetime) -> Request:
    """She pressed the button behind the link in her mail.

    tokens.LinkSpent where it was used or is old; AlreadyOpen where she was late and has written anew.
    """
    try:
        with transaction.atomic():
            request = links.message_of(redeem_link(token, purpose=links.CONFIRM, at=at))
            return _confirm(request, token=token, at=at)
    except IntegrityError as error:
        raise AlreadyOpen from error


def _confirm(request: Request, *, token: str, at: datetime) -> Request:
    with acting("confirmed", request_id=request.pk, actor=Actor.PERSON, at=at) as act:
        if act.request.email_blind is None:
            own_address.tie(act.request, token=token)
        act.request.confirmed_at = act.request.confirmed_at or at
        if act.request.where is State.UNVERIFIED:
            act.step(State.VERIFIED)
        elif act.request.where is State.SPAM:
            _bring_back(act)
        act.counted.append("confirmed")
    return act.request


def _bring_back(act: Act) -> None:
    """She was late, the message had left the inbox: it is on its way anew."""
    request = act.request
    request.counted_from, request.told_team_at = act.at, None
    act.step(State.VERIFIED, reason="confirmed_late")
    if mails_to_team.tell_team(request, at=act.at):
        request.told_team_at = act.at


def confirm_again(*, access: Access, at: datetime) -> bool:
    """Mail a new link by which she confirms her address; False where there is nothing to confirm. TooMany."""
    spend(limits_of_sending.NEW_CODES, key=f"confirm {access.request_id}", at=at)
    with acting("confirm_again", request_id=access.request_id, actor=Actor.PERSON, at=at) as act:
        email = mails_to_person.address_of(act.request)
        if not act.request.is_unverified or not email:
            return False
        limits_of_sending.spend_confirmation(email=email, at=at)
        _confirm_anew(act.request, access, at=at)
    return True


def not_me(*, token: str, at: datetime) -> None:
    """Somebody else typed this address: the message goes aside and no further mail goes there.

    A message that the team has answered already stays with the team; only the address is let go.
    """
    with transaction.atomic():
        request = links.message_of(redeem_link(token, purpose=links.CONFIRM, at=at))
        with acting("not_me", request_id=request.pk, actor=Actor.PERSON, at=at) as act:
            act.request.email_bounced_at = at
            if act.request.where is State.UNVERIFIED:
                act.step(State.SPAM, reason="not_me")


def open_page(*, token: str, code: str, network: str, at: datetime) -> Access:
    """The key that address and code make. WrongCode, limits.TooMany."""
    limits_of_sending.spend_code(token=token, network=network, at=at)
    wanted = keys.code_digest(code)
    known = Access.objects.filter(token_digest=keys.page_digest(token))
    # Both questions are asked also of an unknown address: how long the answer takes tells nothing.
    request_id = known.values_list("request_id", flat=True).first() or 0
    # Each code of a message fits each of its addresses.
    if not Access.objects.filter(request_id=request_id, code_digest=wanted).exists():
        raise WrongCode
    access = known.select_related("request__team").earliest("pk")
    Access.objects.filter(request=access.request, opened_at=None).update(opened_at=at)
    return access


def new_code_by_mail(*, token: str, network: str, at: datetime) -> None:
    """Mail a new code to the address of a message, if there is one; the answer is the same without.

    Only to an address that was confirmed, and whose page somebody has opened with the first code: a stranger
    who got the mail by a mistyped address cannot ask for a code.
    """
    limits_of_sending.spend_code(token=token, network=network, at=at)
    access = Access.objects.filter(token_digest=keys.page_digest(token)).first()
    if access is None:
        return
    if not Access.objects.filter(request=access.request, opened_at__isnull=False).exists():
        return
    spend(limits_of_sending.NEW_CODES, key=str(access.request_id), at=at)
    with acting("new_code", request_id=access.request_id, actor=Actor.PERSON, at=at) as act:
        if act.request.confirmed_at and mails_to_person.address_of(act.request):
            mails_to_person.new_code(act.request, code=keys.give_new_code(access, at=at), at=at)


def add_message(*, access: Access, text: str, idempotency_key: str, network: str, at: datetime) -> Message:
    """Add to a message; the team is told. The same key again changes nothing. limits.TooMany."""
    with acting("added", request_id=access.request_id, actor=Actor.PERSON, at=at) as act:
        form, before = _added_before(act.request, key=idempotency_key, text=text)
        if before is not None:
            return before
        message = Message.objects.create(
            request=act.request,
            access=access,
            author=Message.Author.PERSON,
            text=text,
            idempotency_digest=form,
            sent_at=at,
        )
        limits_of_sending.spend_message(reached_at=f"request {act.request.pk}", network=network, at=at)
        if act.request.where in OPEN:
            tell_of_more(act, message)
    return message


def _added_before(request: Request, *, key: str, text: str) -> tuple[str, Message | None]:
    """The digest that this form is kept by, and the message that it has made already.

    Who goes back and writes something else into the same form sends something else.
    """
    form = keys.form_digest(key)
    before = Message.objects.filter(request=request, idempotency_digest=form).first()
    if before is None or before.text == text:
        return form, before
    changed = keys.form_digest(f"{key} {blind(text, purpose='contact form changed')}")
    return changed, Message.objects.filter(request=request, idempotency_digest=changed).first()


def change_details(*, access: Access, version: int, details: Details, at: datetime) -> Request:
    """Change how she can be reached; a new e-mail address is confirmed anew, and is hers only then.

    Whether somebody has written with that address before is not told, and changes nothing.
    ChangedMeanwhile; IllegalStep once the message has ended; limits.TooMany.
    """
    with acting("details", request_id=access.request_id, version=version, actor=Actor.PERSON, at=at) as act:
        if act.request.where in ENDS:
            raise IllegalStep(now=act.request.where, to=act.request.where, by=Actor.PERSON, wanted="open")
        sender = Sender.objects.get(request=act.request)
        has_new_email = details.email != sender.email
        _write_details(act.request, sender, details)
        if has_new_email:
            own_address.let_go(act.request)
        if has_new_email and details.email:
            limits_of_sending.spend_new_address(request=act.request.pk, email=details.email, at=at)
            _confirm_anew(act.request, access, at=at)
    return act.request


def _write_details(request: Request, sender: Sender, details: Details) -> None:
    if not details.email and not details.telephone:
        raise ValueError("no way to reach her: the form has to ask for one")
    sender.first_name, sender.last_name = details.first_name, details.last_name
    sender.email, sender.telephone = details.email, details.telephone
    sender.other_language = details.other_language
    sender.save()
    request.channel, request.half_days = details.channel, list(details.half_days)
    request.may_leave_message = details.may_leave_message
    request.has_email, request.has_telephone = bool(details.email), bool(details.telephone)
    request.telephone_blind = (
        blind(details.telephone, purpose="contact telephone") if details.telephone else None
    )


def _confirm_anew(request: Request, access: Access, *, at: datetime) -> None:
    """A mail to the new address, whose link opens the same page with the same code."""
    token = links.new_confirm_token(request, at=at)
    Access.objects.create(
        request=request,
        token_digest=keys.page_digest(token),
        code_digest=access.code_digest,
        token=token,
        team=access.team,
        made_at=at,
    )
    mails_to_person.confirm_new_address(request, token=token, at=at)


def say_they_called(*, access: Access, at: datetime) -> None:
    """She was called: counted, and an answer of the team, whoever noted it."""
    with acting("they_called", request_id=access.request_id, actor=Actor.PERSON, at=at) as act:
        act.counted.append("says_called")
        act.request.reached_at = act.request.reached_at or at
        if act.request.where in UNANSWERED:
            act.step(State.ACKNOWLEDGED, reason="they_called")
            act.answered()


def say_nobody_called(*, access: Access, at: datetime) -> None:
    """Nobody called: it is due now, and the team is told, once a day; counted."""
    with acting("nobody_called", request_id=access.request_id, actor=Actor.PERSON, at=at) as act:
        act.counted.append("says_not_called")
        if act.request.where in OPEN:
            act.request.due_at = min(at, act.request.due_at or at)
            mails_to_team.tell_team_nobody_called(act.request, at=at)


def write_to_other_centre(*, access: Access, version: int, team: Team, at: datetime) -> Request:
    """Turn to another team of the same study; the timers begin anew.

    The first team keeps nothing on its list; what was said so far goes along, drafts do not.
    FormClosed, ChangedMeanwhile, IllegalStep once the team has called.
    """
    found = openness(team)
    if found not in (Openness.OPEN, Openness.WAITS):
        raise FormClosed(found)
    with acting("moved", request_id=access.request_id, version=version, actor=Actor.PERSON, at=at) as act:
        request = act.request
        if team.study != request.study or team.pk == request.team_id:
            raise ValueError(f"{team}: wanted another team of {request.study} than {request.team}")
        act.counted.append("moved_away")
        request.team, request.counted_from, request.assigned_to = team, at, None
        request.told_team_at = request.told_late_at = request.late_at = request.acknowledged_at = None
        if request.where not in ON_THEIR_WAY:
            act.step(State.VERIFIED, reason="other_centre")
        request.drafts.all().delete()
        links.cancel_of_team(request)
        request.due_at = due_at(request, at=at)
        if mails_to_team.tell_team(request, at=at):
            request.told_team_at = at
        else:
            tell_staff_that_it_waits(team, at=at)
    return act.request


def mail_full_copy(*, access: Access, at: datetime) -> bool:
    """Mail everything she wrote to her confirmed address; False where there is none. limits.TooMany."""
    spend(limits_of_sending.FULL_COPIES, key=str(access.request_id), at=at)
    with acting("full_copy", request_id=access.request_id, actor=Actor.PERSON, at=at) as act:
        return bool(act.request.confirmed_at) and mails_to_person.full_copy(act.request, at=at)


def withdraw(*, access: Access, at: datetime) -> None:
    """Erase who she is and everything said; numbers stay. Cannot be undone."""
    with acting("withdrawn", request_id=access.request_id, actor=Actor.PERSON, at=at) as act:
        act.step(State.WITHDRAWN)
        erase_person(act.request, at=at)
