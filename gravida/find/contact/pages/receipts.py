"""What other pages may learn of a message just sent: its address, so that nobody types it twice."""

from datetime import datetime

from gravida.find.contact import keys, reads
from gravida.find.contact.models import Access, Sender
from gravida.web.tokens import digest


def email_of_receipt(token: str, *, at: datetime) -> str:
    """The e-mail address that was given with a message, while its page after sending is open; else empty.

    Whoever holds the receipt has typed this address within half an hour. For the sign-up to alerts, whose
    link on that page carries it as `?receipt=`.
    """
    if reads.receipt(token, at=at) is None:
        return ""
    access = Access.objects.filter(receipt_digest=digest(token, purpose=keys.RECEIPT)).first()
    sender = Sender.objects.filter(request=access.request_id).first() if access else None
    return sender.email if sender else ""
