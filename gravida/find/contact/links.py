"""Addresses that stand in mails: they say nothing, and a GET of them does nothing."""

from datetime import datetime, timedelta

from django.urls import reverse
from django.utils import translation

from gravida.find.contact.models import Request
from gravida.web.mail.sender import link
from gravida.web.tokens import LinkSpent, cancel_links, issue_link

CONFIRM, ACKNOWLEDGE, CLOSE = "contact-confirm", "contact-acknowledge", "contact-close"
CONFIRM_LIVES = timedelta(hours=24)
TEAM_LINK_LIVES = timedelta(hours=72)


def _page(name: str, language: str, token: str) -> str:
    with translation.override(language):
        return link(reverse(f"contact:{name}", args=[token]))


def status_page(token: str, *, language: str) -> str:
    """Her private page."""
    return _page("status", language, token)


def confirm_page(token: str, *, language: str) -> str:
    """Where she confirms her address; the token opens her private page, too, with the code."""
    return _page("confirm", language, token)


def new_confirm_token(request: Request, *, at: datetime) -> str:
    """A token that confirms an address once, within a day."""
    return issue_link(purpose=CONFIRM, about=request.about, expires_at=at + CONFIRM_LIVES)


def acknowledge_page(request: Request, *, language: str, at: datetime) -> str:
    """Where the team says without signing in that it has the message."""
    token = issue_link(purpose=ACKNOWLEDGE, about=request.about, expires_at=at + TEAM_LINK_LIVES)
    return _page("acknowledge", language, token)


def close_page(request: Request, *, language: str, at: datetime) -> str:
    """Where the team says that it is not recruiting any more."""
    token = issue_link(purpose=CLOSE, about=request.about, expires_at=at + TEAM_LINK_LIVES)
    return _page("not_recruiting", language, token)


def inbox_page(request: Request, *, language: str) -> str:
    """The message in the team's inbox, behind the sign-in."""
    return link(f"/{language}/staff/messages/{request.reference}/")


def approval_page(*, language: str) -> str:
    """Where staff approve addresses, behind the sign-in."""
    return link(f"/{language}/staff/centres/addresses/")


def cancel_confirm(request: Request) -> None:
    """Links that would confirm an address which the message no longer has."""
    cancel_links(about=request.about, purpose=CONFIRM)


def cancel_of_team(request: Request) -> None:
    """Links in the mails to a team that has the message no longer."""
    for purpose in (ACKNOWLEDGE, CLOSE):
        cancel_links(about=request.about, purpose=purpose)


def message_of(about: str) -> Request:
    """The message that a link is about; LinkSpent where it is erased."""
    reference = about.removeprefix("contact:")
    request = Request.objects.filter(reference=reference, erased_at=None).select_related("team").first()
    if request is None:
        raise LinkSpent
    return request
