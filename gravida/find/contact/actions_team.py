"""What a member of the team does in the inbox, or by the links in the team's mail."""

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from gravida.find.contact import keys, links, mails_to_person, mails_to_team, own_address
from gravida.find.contact.acting import acting, refuse_strangers
from gravida.find.contact.actions_centre import (
    close_centre,
    close_centre_by_link,
    confirm_centre,
    reopen_centre,
)
from gravida.find.contact.erasure import erase_person
from gravida.find.contact.letters import AlreadyOpen
from gravida.find.contact.models import Access, Draft, Export, Exported, InternalNote, Message, Request
from gravida.find.contact.sending import send_copy
from gravida.find.contact.states import UNANSWERED, Actor, State
from gravida.web.audit import trail
from gravida.web.people.models import Person
from gravida.web.people.permissions import may
from gravida.web.people.roles import Permission
from gravida.web.tokens import new_token, redeem_link

__all__ = [
    "NotOfThisCentre",
    "acknowledge",
    "acknowledge_by_link",
    "assign",
    "close_centre",
    "close_centre_by_link",
    "confirm_centre",
    "confirm_export_deleted",
    "erase",
    "issue_code",
    "mark_duplicate",
    "mark_spam",
    "not_interested",
    "not_spam",
    "note",
    "opened",
    "record_export",
    "reopen_centre",
    "reply",
    "save_draft",
    "withdraw_for_her",
]

PRESSED_TWICE = timedelta(minutes=5)


class NotOfThisCentre(Exception):
    """A colleague who may not answer messages of this centre."""


def opened(*, request: Request, by: Person, at: datetime) -> Request:
    """A member of the team has it on the screen: the view of identity is in the trail."""
    with acting(
        "opened", request_id=request.pk, actor=Actor.TEAM, by=by, needs=Permission.READ_MESSAGES, at=at
    ) as act:
        if act.request.where in (State.VERIFIED, State.DELIVERED):
            act.step(State.OPENED)
        act.request.messages.filter(author=Message.Author.PERSON, read_at=None).update(read_at=at)
    return act.request


def acknowledge(*, request: Request, version: int, by: Person, at: datetime) -> Request:
    """The team has it and says so to her. ChangedMeanwhile, IllegalStep."""
    with acting(
        "acknowledged", request_id=request.pk, version=version, actor=Actor.TEAM, by=by, at=at
    ) as act:
        act.step(State.ACKNOWLEDGED)
        act.answered()
        mails_to_person.acknowledged(act.request, at=at)
    return act.request


def acknowledge_by_link(*, token: str, at: datetime) -> Request:
    """The same by the single-use link, without signing in. LinkSpent; answered already is no mistake.

    A message that went aside only because its address was not confirmed comes back: the team has answered.
    """
    with transaction.atomic():
        request = links.message_of(redeem_link(token, purpose=links.ACKNOWLEDGE, at=at))
        with acting("acknowledged_by_link", request_id=request.pk, actor=Actor.TEAM, at=at) as act:
            if act.request.where is State.SPAM and _was_only_unconfirmed(act.request):
                act.step(State.UNVERIFIED, reason="by_link")
            if act.request.where in UNANSWERED:
                act.step(State.ACKNOWLEDGED, reason="by_link")
                act.answered()
                mails_to_person.acknowledged(act.request, at=at)
    return act.request


def _was_only_unconfirmed(request: Request) -> bool:
    """Put aside by the clock after three days, and no other message of hers took its place."""
    last = request.steps.order_by("-id").first()
    mine = Request.objects.open().filter(study=request.study, email_blind=request.email_blind)
    return last is not None and last.reason == "unconfirmed" and not mine.exists()


def assign(*, request: Request, version: int, to: Person | None, by: Person, at: datetime) -> Request:
    """Give it to a colleague of the same centre, or to nobody. NotOfThisCentre, ChangedMeanwhile."""
    with acting("assigned", request_id=request.pk, version=version, actor=Actor.TEAM, by=by, at=at) as act:
        centre = act.request.team.centre
        if to and not may(to, Permission.ANSWER_MESSAGES, study=act.request.study, centre=centre):
            raise NotOfThisCentre(to.pk)
        act.request.assigned_to = to
    return act.request


def note(*, request: Request, text: str, by: Person, at: datetime) -> InternalNote:
    """Write an internal note; the same words again within some minutes are a button pressed twice."""
    with acting("noted", request_id=request.pk, actor=Actor.TEAM, by=by, at=at) as act:
        before = act.request.notes.filter(by=by, at__gt=at - PRESSED_TWICE).order_by("-id").first()
        if before is not None and before.text == text:
            return before
        return InternalNote.objects.create(request=act.request, by=by, at=at, text=text)


def save_draft(*, request: Request, text: str, by: Person, at: datetime) -> Draft:
    """Keep an answer that is not finished; one for each member of staff. Nothing is told, nothing counted."""
    with transaction.atomic():
        refuse_strangers(by, request, needs=Permission.ANSWER_MESSAGES)
        # The row is held, so that an erasure under way is not followed by a draft.
        held = Request.objects.select_for_update().get(pk=request.pk, erased_at=None)
        draft, _ = Draft.objects.update_or_create(
            request=held, by=by, defaults={"text": text, "saved_at": at}
        )
    return draft


def reply(*, request: Request, version: int, text: str, by: Person, at: datetime) -> Message:
    """Answer her; the mail says only that there is an answer. Counts as acknowledgement. ChangedMeanwhile."""
    if not text.strip():
        raise ValueError("an answer without words: the form has to ask for some")
    with acting("replied", request_id=request.pk, version=version, actor=Actor.TEAM, by=by, at=at) as act:
        if act.request.where in UNANSWERED:
            act.step(State.ACKNOWLEDGED, reason="replied")
        act.answered()
        act.counted.append("replied")
        message = Message.objects.create(
            request=act.request, author=Message.Author.TEAM, by=by, text=text, sent_at=at
        )
        act.request.drafts.filter(by=by).delete()
        mails_to_person.answer(act.request, message=message, at=at)
    return message


def mark_duplicate(*, request: Request, version: int, of: Request, by: Person, at: datetime) -> Request:
    """The same person's other message, to the same study, is the one that counts."""
    if of.pk == request.pk or of.study != request.study:
        raise ValueError(f"{of}: wanted another message to {request.study} than {request}")
    refuse_strangers(by, of, needs=Permission.ANSWER_MESSAGES)
    with acting("duplicate", request_id=request.pk, version=version, actor=Actor.TEAM, by=by, at=at) as act:
        act.step(State.DUPLICATE, reason=of.reference)
        act.request.duplicate_of = of
    return act.request


def mark_spam(*, request: Request, version: int, by: Person, at: datetime) -> Request:
    """No message to a team; deleted after seven days."""
    with acting("spam", request_id=request.pk, version=version, actor=Actor.TEAM, by=by, at=at) as act:
        act.step(State.SPAM, reason="looked_at")
    return act.request


def not_spam(*, request: Request, version: int, by: Person, at: datetime) -> Request:
    """A human looked: it is a message; the team is told. AlreadyOpen where she has written again."""
    try:
        with acting(
            "not_spam", request_id=request.pk, version=version, actor=Actor.TEAM, by=by, at=at
        ) as act:
            act.request.counted_from = at
            _tie_address(act.request, at=at)
            act.step(State.UNVERIFIED if act.request.is_unverified else State.VERIFIED, reason="looked_at")
            if mails_to_team.tell_team(act.request, at=at):
                act.request.told_team_at = at
            _send_first_link(act.request, at=at)
    except IntegrityError as error:
        raise AlreadyOpen(request.reference) from error
    return act.request


def _tie_address(request: Request, *, at: datetime) -> None:
    """From now on her page opens with a link that stands in her mailbox only; her code stays the same."""
    if request.has_email and request.email_blind is None:
        own_address.tie(request, token=links.new_confirm_token(request, at=at))


def _send_first_link(request: Request, *, at: datetime) -> None:
    """She gets the link that she was not sent before a human had looked."""
    access = Access.objects.filter(request=request).order_by("id").first()
    if access is None or not request.is_unverified or request.copy_state != Request.CopyState.NONE:
        return
    send_copy(request, access, at=at)


def not_interested(*, request: Request, version: int, by: Person, at: datetime) -> Request:
    """She said no."""
    with acting(
        "not_interested", request_id=request.pk, version=version, actor=Actor.TEAM, by=by, at=at
    ) as act:
        act.step(State.NOT_INTERESTED)
    return act.request


def withdraw_for_her(*, request: Request, version: int, reason: str, by: Person, at: datetime) -> None:
    """She asked by telephone that everything be erased; the reason is a code, as asked_by_telephone."""
    with acting("withdrawn", request_id=request.pk, version=version, actor=Actor.TEAM, by=by, at=at) as act:
        act.step(State.WITHDRAWN, reason=reason)
        erase_person(act.request, at=at)


def issue_code(*, request: Request, by: Person, at: datetime) -> str:
    """A new code for her private page, read out to her on the telephone; shown once."""
    with acting("code_issued", request_id=request.pk, actor=Actor.TEAM, by=by, at=at) as act:
        access = Access.objects.filter(request=act.request).order_by("id").first()
        return keys.give_new_code(access, at=at) if access else _first_access(act.request, at=at)


def _first_access(request: Request, *, at: datetime) -> str:
    access = keys.give_access(request, token=new_token(), receipt=new_token(), at=at)
    return keys.give_new_code(access, at=at)


def record_export(*, requests: list[Request], reason: str, sha256: str, by: Person, at: datetime) -> Export:
    """Note who took which messages out of the system. NotYours where one of them is of another centre."""
    with transaction.atomic():
        for request in requests:
            refuse_strangers(by, request, needs=Permission.EXPORT_MESSAGES)
        export = Export.objects.create(by=by, at=at, reason=reason, rows=len(requests), sha256=sha256)
        Exported.objects.bulk_create(Exported(export=export, request=request) for request in requests)
        changes = {"rows": ("", str(len(requests))), "sha256": ("", sha256)}
        trail.record(action="contact.exported", by=by, at=at, about=export, changes=changes, reason=reason)
    return export


def confirm_export_deleted(*, export: Export, by: Person, at: datetime) -> None:
    """Whoever took the file says that it is gone."""
    with transaction.atomic():
        Export.objects.filter(pk=export.pk, by=by, delete_confirmed_at=None).update(delete_confirmed_at=at)
        trail.record(action="contact.export_deleted", by=by, at=at, about=export)


def erase(*, request: Request, reason: str, by: Person, at: datetime) -> None:
    """An administrator erases a message at somebody's demand; the reason is a code, as letter."""
    with acting(
        "erased",
        request_id=request.pk,
        actor=Actor.ADMINISTRATOR,
        by=by,
        needs=Permission.APPROVE_CONTACTS,
        at=at,
    ) as act:
        act.step(State.ERASED, reason=reason)
        erase_person(act.request, at=at)
