"""Mails that come back after a server has taken them: known by the tagged address they were sent from."""

import re
from datetime import datetime
from email import message_from_bytes
from email.policy import default

from django.db import transaction

from gravida.web.mail.failures import tell_failed
from gravida.web.models import Mail, MailState, Trouble

TAG = re.compile(r"\+([0-9a-f]{40})@")
TO = ("Delivered-To", "X-Original-To", "Envelope-To", "To")


def record_bounce(message: bytes, *, at: datetime) -> Mail | None:
    """Mark the mail that this message brings back as failed, and tell its part; None when it is none of ours.

    A delay is no bounce: only a delivery report whose action is `failed` counts (RFC 3464).
    """
    parsed = message_from_bytes(message, policy=default)
    match = TAG.search(" ".join(str(value) for name in TO for value in parsed.get_all(name, [])))
    if match is None or not re.search(rb"(?im)^action:\s*failed\s*$", message):
        return None
    with transaction.atomic():
        rows = Mail.objects.filter(state=MailState.SENT, message_id__startswith=f"{match[1]}@")
        mail = rows.without_texts().first()
        if mail is None or not rows.filter(pk=mail.pk).update(
            state=MailState.FAILED, trouble=Trouble.BOUNCED, ended_at=at
        ):
            return None
        tell_failed(mail)
    return mail
