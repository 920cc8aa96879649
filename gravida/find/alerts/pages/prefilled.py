"""The address of somebody who has just written to a team: not asked for again."""

from datetime import datetime

from gravida.find.contact import keys, reads
from gravida.find.contact.models import Access, Sender
from gravida.web.tokens import digest


def address_of_receipt(token: str, *, at: datetime) -> str:
    """Her e-mail address by the page after sending, within its half hour; empty where it gives none."""
    receipt = reads.receipt(token, at=at)
    if receipt is None or not receipt.has_email or receipt.is_suspected:
        return ""
    access = Access.objects.filter(receipt_digest=digest(token, purpose=keys.RECEIPT)).first()
    sender = Sender.objects.filter(request=access.request_id).first() if access else None
    return sender.email if sender else ""
