"""Everything that is kept about a person who wrote, as she may take it with her."""

from datetime import datetime
from typing import Any

from gravida.find.contact.acting import acting
from gravida.find.contact.models import Access, Attachment, Message, Request, Sender
from gravida.find.contact.states import Actor
from gravida.web.models import Mail


def download(*, access: Access, at: datetime) -> dict[str, Any]:
    """Everything kept about her, the team's notes included, as values for JSON; instants in ISO 8601."""
    with acting("downloaded", request_id=access.request_id, actor=Actor.PERSON, at=at) as act:
        request = act.request
        return {
            "made_at": at.isoformat(),
            "reference": request.reference,
            "study": request.study,
            "team": request.team.name,
            "state": request.state,
            "you": _person(request),
            "messages": [_message(message) for message in _messages(request)],
            "steps": [
                {"at": step.at.isoformat(), "to": step.state_after, "by": step.actor, "reason": step.reason}
                for step in request.steps.order_by("id")
            ],
            "calls": [
                {"at": call.at.isoformat(), "outcome": call.outcome} for call in request.calls.order_by("id")
            ],
            "notes_of_the_team": [
                {"at": note.at.isoformat(), "text": note.text} for note in request.notes.order_by("id")
            ],
            "drafts_of_the_team": [
                {"at": draft.saved_at.isoformat(), "text": draft.text}
                for draft in request.drafts.order_by("id")
            ],
            "mails": [
                {"kind": mail.kind, "queued_at": mail.queued_at.isoformat(), "state": mail.state}
                for mail in Mail.objects.about(request.about)
            ],
        }


def _person(request: Request) -> dict[str, Any]:
    sender = Sender.objects.get(request=request)
    return {
        "first_name": sender.first_name,
        "last_name": sender.last_name,
        "email": sender.email,
        "email_confirmed_at": request.confirmed_at.isoformat() if request.confirmed_at else None,
        "telephone": sender.telephone,
        "language": request.language,
        "other_language": sender.other_language,
        "writes_for": request.writes_for,
        "preferred_channel": request.channel,
        "half_days": request.half_days,
        "may_leave_message": request.may_leave_message,
        "call_at": request.call_at.isoformat() if request.call_at else None,
        "criterion_not_met": request.criterion,
    }


def _messages(request: Request) -> list[Message]:
    return list(request.messages.order_by("id").prefetch_related("attachments"))


def _message(message: Message) -> dict[str, Any]:
    return {
        "at": message.sent_at.isoformat(),
        "by": message.author,
        "kind": message.kind,
        "text": message.text,
        "offered_study": message.offered_study,
        "attachments": [_attachment(attachment) for attachment in message.attachments.all()],
    }


def _attachment(attachment: Attachment) -> dict[str, str]:
    return {"kind": attachment.kind, "text": attachment.text}
