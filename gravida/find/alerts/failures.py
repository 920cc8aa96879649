"""What follows when a mail of alerts fails for good: an address that refuses mail is left in peace."""

from django.utils import timezone

from gravida.find.alerts import mails
from gravida.find.alerts.erasure import erase_sign_up
from gravida.find.alerts.models import Digest, Notice, SignUp, Subscriber
from gravida.web.mail.failures import on_failed
from gravida.web.models import Mail, Trouble

# What says that the address is not there. Anything else - a server away for two days - says nothing about it.
REFUSALS = {Trouble.REJECTED, Trouble.BOUNCED}


def listen() -> None:
    """Put our functions where the outbox calls them; at start-up."""
    for kind in mails.TO_SUBSCRIBERS:
        on_failed[kind.code] = subscriber_mail_failed
    for kind in (mails.CONFIRM, mails.REMINDER):
        on_failed[kind.code] = sign_up_mail_failed


def subscriber_mail_failed(mail: Mail) -> None:
    """Refused: no more mails. Given up for another reason: its news go into the next period's mail."""
    number = mail.about.removeprefix("alerts:")
    subscriber = Subscriber.objects.filter(pk=int(number)).first() if number.isdecimal() else None
    if subscriber is None:
        return
    if mail.trouble in REFUSALS:
        Subscriber.objects.filter(pk=subscriber.pk, bounced_at=None).update(bounced_at=timezone.now())
    digest = Digest.objects.filter(subscriber=subscriber, period=mail.period).first()
    if digest and mail.kind == mails.NEWS.code:
        Notice.objects.filter(digest=digest).update(digest=None)


def sign_up_mail_failed(mail: Mail) -> None:
    """Nobody can confirm by an address that refuses mail."""
    number = mail.about.removeprefix("alerts-sign-up:")
    sign_up = SignUp.objects.filter(pk=int(number)).first() if number.isdecimal() else None
    if sign_up and mail.trouble in REFUSALS:
        erase_sign_up(sign_up)
