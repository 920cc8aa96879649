"""Landing pages of the links in mails: GET shows what the link is for, one button does it, once only."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from gravida.find.contact import actions_person, actions_team, reads
from gravida.find.contact.letters import AlreadyOpen
from gravida.find.contact.models import Request, Team
from gravida.find.contact.pages.link_page import FurtherLink, LinkPage
from gravida.find.contact.pages.private import private
from gravida.find.contact.pages.words import team_of
from gravida.find.contact.states import ENDS
from gravida.web.tokens import LinkSpent

# Whoever holds the link may press its button: the token is the secret, so the form needs no other mark.
_methods = require_http_methods(["GET", "HEAD", "POST"])


def _show(request: HttpRequest, page: LinkPage) -> HttpResponse:
    return private(render(request, "contact/link.html", {"page": page}))


def _language() -> str:
    return (get_language() or "en").split("-")[0]


@csrf_exempt
@_methods
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """She says that the address is hers, or that she did not write."""
    now = timezone.now()
    if request.method != "POST":
        found = reads.confirms(token, at=now)
        return _show(request, _to_confirm(found) if found else _spent_for_her(token))
    try:
        if "other" in request.POST:
            actions_person.not_me(token=token, at=now)
            return _show(request, _not_hers())
        actions_person.confirm_address(token=token, at=now)
    except LinkSpent:
        return _show(request, _spent_for_her(token))
    except AlreadyOpen:
        return _show(request, _written_anew())
    return _show(request, _confirmed(token))


def _to_confirm(found: Request) -> LinkPage:
    return LinkPage(
        heading=_("Is this your e-mail address?"),
        lines=[
            _("Somebody wrote to a research team and gave this address. Reference: %(reference)s.")
            % {"reference": found.reference},
            _("If it was you, press the button: the team then knows that it can reach you by e-mail."),
        ],
        button=_("Yes, it is mine"),
        other_button=_("I did not write this"),
    )


def _confirmed(token: str) -> LinkPage:
    return LinkPage(
        heading=_("Thank you, your address is confirmed"),
        lines=[
            _("The team can now write to you. There is nothing more you need to do."),
            _(
                "You see each step on your private page; your code opens it. This mail’s link leads "
                "there, too."
            ),
        ],
        links=[_page_of(token)],
        is_done=True,
    )


def _page_of(token: str) -> FurtherLink:
    """The private page behind the same secret; it asks for the code, whatever the secret is."""
    return FurtherLink(address=reverse("contact:status", args=[token]), text=_("Open my private page"))


def _written_anew() -> LinkPage:
    return LinkPage(
        heading=_("You have written again since"),
        lines=[
            _("Another message of yours to the same team is open: the team goes on with that one."),
            _("Please use the link in the mail that came with it."),
        ],
    )


def _not_hers() -> LinkPage:
    return LinkPage(
        heading=_("Thank you for telling us"),
        lines=[_("Your address is not used again for this. You need do nothing more.")],
        is_done=True,
    )


def _spent_for_her(token: str) -> LinkPage:
    return LinkPage(
        heading=_("This link has done its work, or has grown too old"),
        lines=[
            _("A link works once, and for 24 hours. If you pressed its button already, all is well."),
            _(
                "If not: open your private page with your code and change your address, or write to the "
                "team there."
            ),
            _("Your message is with the team in any case."),
        ],
        links=[_page_of(token)],
    )


@csrf_exempt
@_methods
def acknowledge(request: HttpRequest, token: str) -> HttpResponse:
    """The team says that it has the message; without signing in, without seeing who wrote."""
    now = timezone.now()
    if request.method != "POST":
        found = reads.acknowledges(token, at=now)
        return _show(request, _to_acknowledge(found) if found else _spent_for_team())
    try:
        done = actions_team.acknowledge_by_link(token=token, at=now)
    except LinkSpent:
        return _show(request, _spent_for_team())
    return _show(request, _spent_for_team() if done.where in ENDS else _acknowledged(done))


def _to_acknowledge(found: Request) -> LinkPage:
    return LinkPage(
        heading=_("Message %(reference)s: say that you have it") % {"reference": found.reference},
        lines=[
            _("A person has written to %(centre)s and waits to hear that somebody has read it.")
            % {"centre": team_of(found.team.name_in(_language()))},
            _(
                "Press the button: the person is told at once that the team has the message and will "
                "get in touch."
            ),
        ],
        button=_("We have it and will get in touch"),
    )


def _acknowledged(done: Request) -> LinkPage:
    return LinkPage(
        heading=_("Thank you: message %(reference)s is acknowledged") % {"reference": done.reference},
        lines=[_("The person is told. To read the message and how to answer it, please sign in.")],
        links=[_inbox()],
        is_done=True,
    )


def _inbox() -> FurtherLink:
    return FurtherLink(address=f"/{_language()}/staff/", text=_("Sign in (for teams)"))


def _spent_for_team() -> LinkPage:
    return LinkPage(
        heading=_("This link has done its work, or has grown too old"),
        lines=[
            _("A link works once, and for 72 hours. A colleague may have used it before you."),
            _("You find every message of your centre, and where it stands, after signing in."),
        ],
        links=[_inbox()],
    )


@csrf_exempt
@_methods
def not_recruiting(request: HttpRequest, token: str) -> HttpResponse:
    """The team closes its form."""
    now = timezone.now()
    if request.method != "POST":
        found = reads.closes(token, at=now)
        return _show(request, _to_close(found) if found else _spent_for_team())
    try:
        team = actions_team.close_centre_by_link(token=token, at=now)
    except LinkSpent:
        return _show(request, _spent_for_team())
    return _show(request, _closed(team))


def _to_close(team: Team) -> LinkPage:
    return LinkPage(
        heading=_("Close the form of your centre?"),
        lines=[
            _(
                "%(centre)s would take no new messages. People who wait are told, and shown what "
                "else they can do."
            )
            % {"centre": team.name_in(_language())},
            _("You can open it again after signing in."),
        ],
        button=_("Yes, close it: we are not recruiting any more"),
    )


def _closed(team: Team) -> LinkPage:
    return LinkPage(
        heading=_("The form is closed"),
        lines=[
            _("%(centre)s takes no new messages. People who wait are being told.")
            % {"centre": team.name_in(_language())},
        ],
        links=[_inbox()],
        is_done=True,
    )


@require_safe
def left(request: HttpRequest) -> HttpResponse:
    """An almost empty page after leaving a private one in a hurry."""
    return private(render(request, "contact/left.html"))
