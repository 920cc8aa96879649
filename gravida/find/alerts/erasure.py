"""Erasing somebody: address, searches, notices, mails and links; nothing is left but a hash."""

from gravida.find.alerts.models import SignUp, Subscriber
from gravida.find.alerts.stored_search import forget_unused
from gravida.web.mail import outbox
from gravida.web.tokens import cancel_links


def erase_sign_up(sign_up: SignUp) -> None:
    """A wish that was confirmed, refused or forgotten; in the caller's transaction."""
    outbox.erase(about=sign_up.about)
    cancel_links(about=sign_up.about)
    search = sign_up.search_id
    sign_up.delete()
    forget_unused([search])


def erase_subscriber(subscriber: Subscriber) -> None:
    """Somebody with all her alerts, and wishes that wait for her address; in the caller's transaction."""
    outbox.erase(about=subscriber.about)
    cancel_links(about=subscriber.about)
    for sign_up in SignUp.objects.filter(email_blind=subscriber.email_blind):
        erase_sign_up(sign_up)
    searches = list(subscriber.alerts.values_list("search_id", flat=True))
    subscriber.delete()
    forget_unused(searches)
