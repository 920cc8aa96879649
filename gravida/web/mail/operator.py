"""The operator is told, once a day at most, that mails could not be sent."""

from datetime import datetime

from django.conf import settings
from django.utils import timezone

from gravida.web.mail.outbox import MailKind, queue
from gravida.web.mail.sender import link
from gravida.web.models import Mail, MailState

TROUBLES = MailKind("operator.mail_troubles", when_unsure="park")


def tell_operator(*, to: str, at: datetime) -> Mail | None:
    """Queue the day's notice when mails have failed or are unsure; None when there is nothing to say."""
    waiting = Mail.objects.needing_staff().exclude(kind=TROUBLES.code)
    failed = waiting.filter(state=MailState.FAILED).count()
    unsure = waiting.filter(state=MailState.UNSURE).count()
    if not failed + unsure:
        return None
    return queue(
        kind=TROUBLES,
        about="outbox",
        to=to,
        language=settings.LANGUAGE_CODE,
        template="operator/mail_troubles",
        context={"failed": str(failed), "unsure": str(unsure), "link": link("/staff/mail/")},
        period=timezone.localdate(at).isoformat(),
        at=at,
    )
