"""Erasing a person from a message: her rows, her mails, her links, drafts about her; numbers stay."""

from datetime import datetime

from gravida.find.contact.models import (
    Access,
    CallAttempt,
    Draft,
    Export,
    Exported,
    InternalNote,
    Message,
    Request,
    Sender,
    TimerMark,
)
from gravida.web.audit import trail
from gravida.web.mail import outbox
from gravida.web.tokens import cancel_links

# Each holds something of hers; attachments go with their message.
_HERS = (Sender, Access, Message, InternalNote, Draft, CallAttempt, TimerMark)


def erase_person(request: Request, *, at: datetime) -> None:
    """Leave of a message its reference, states and dates, in the caller's transaction; the caller saves it.

    Exports that hold it are marked, so that whoever has the file is asked to delete it.
    """
    for model in _HERS:
        model.objects.filter(request=request).delete()
    Export.objects.filter(exported__request=request, delete_asked_at=None).update(delete_asked_at=at)
    Exported.objects.filter(request=request).delete()
    outbox.erase(about=request.about)
    cancel_links(about=request.about)
    trail.erase(about=request)
    request.email_blind = request.telephone_blind = None
    # Whoever goes back to the form after taking it back, and sends it again, means it.
    request.idempotency_digest = f"erased {request.pk}"
    request.writes_for = request.channel = request.criterion = ""
    request.half_days, request.may_leave_message = [], False
    request.has_email = request.has_telephone = False
    request.assigned_to = request.due_at = request.call_at = request.email_bounced_at = None
    request.duplicate_of = None
    request.erased_at = at
