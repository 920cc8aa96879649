"""Whether the e-mail address of a message is its writer's own, as far as anything has shown it.

A later message joins by its e-mail address where the page of the first is reached by a link in that mailbox.
Where the link stood on a screen, whoever saw it could have typed anybody's address: then nothing joins until
somebody has opened the mailbox, and from then on only what stands in it opens the page.
"""

from gravida.find.contact import keys, links
from gravida.find.contact.models import Access, Request, Sender
from gravida.web.sealed import blind


def blind_of(email: str) -> str:
    """By what messages of one address are found."""
    return blind(email, purpose="contact email")


def let_go(request: Request) -> None:
    """The address has changed: links in mails to the old one confirm nothing. The caller saves the row."""
    links.cancel_confirm(request)
    request.email_blind = request.confirmed_at = request.email_bounced_at = None


def tie(request: Request, *, token: str) -> None:
    """Somebody has opened the mailbox: the address is hers, and the page moves to the mail's `token`.

    The caller saves the row; IntegrityError there where another open message has the same address.
    """
    sender = Sender.objects.get(request=request)
    request.email_blind = blind_of(sender.email) if sender.email else None
    for access in Access.objects.filter(request=request).order_by("pk"):
        _move(access, token=token)


def _move(access: Access, *, token: str) -> None:
    """Let a key open the page at this address instead; a second one of the same code opens nothing."""
    page = keys.page_digest(token)
    if access.token_digest == page:
        return
    is_there = Access.objects.filter(token_digest=page, code_digest=access.code_digest).exists()
    access.token_digest = keys.page_digest(f"closed {access.pk}") if is_there else page
    access.token = token
    access.save(update_fields=["token_digest", "token"])
