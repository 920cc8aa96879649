"""Mails to staff: links for a first or a new password, and word of changes to their access."""

from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.translation import override

from gravida.web import tokens
from gravida.web.mail.outbox import MailKind, queue
from gravida.web.mail.sender import link
from gravida.web.people.models import Person

INVITATION_LIVES = timedelta(hours=72)
RESET_LIVES = timedelta(hours=1)
INVITATION, RESET = "staff.invitation", "staff.reset"
KINDS = {
    INVITATION: MailKind(code=INVITATION, when_unsure="resend"),
    RESET: MailKind(code=RESET, when_unsure="resend"),
}
CHANGED = MailKind(code="staff.changed", when_unsure="park")
LIVES = {INVITATION: INVITATION_LIVES, RESET: RESET_LIVES}
PAGES = {INVITATION: "staff:invitation", RESET: "staff:reset"}
TEMPLATES = {INVITATION: "people/invitation", RESET: "people/reset"}


def about(person: Person) -> str:
    """How links and mails name a person."""
    return f"people.person:{person.pk}"


def new_link(person: Person, *, purpose: str, at: datetime) -> str:
    """The address of a single-use page for this purpose; older ones of the person open nothing any more."""
    tokens.cancel_links(about=about(person), purpose=INVITATION)
    tokens.cancel_links(about=about(person), purpose=RESET)
    token = tokens.issue_link(purpose=purpose, about=about(person), expires_at=at + LIVES[purpose])
    with override(person.language):
        return link(reverse(PAGES[purpose], args=[token]))


def send_link(person: Person, *, purpose: str, at: datetime) -> str:
    """Queue a mail with a single-use link, in the caller's transaction; the link's address."""
    address = new_link(person, purpose=purpose, at=at)
    queue(
        kind=KINDS[purpose],
        about=about(person),
        to=person.email,
        language=person.language,
        template=TEMPLATES[purpose],
        context={"link": address},
        period=at.isoformat(),
        at=at,
    )
    return address


def tell_of_change(person: Person, *, what: str, at: datetime) -> None:
    """Queue word that the access was changed: `what` is `password`, `second_factor` or `recovery_code`."""
    queue(
        kind=CHANGED,
        about=about(person),
        to=person.email,
        language=person.language,
        template=f"people/changed_{what}",
        context={},
        period=at.isoformat(),
        at=at,
    )
