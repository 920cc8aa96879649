"""Landing pages of the links in mails: GET shows what the link is for, one button does it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from gravida.find.alerts import actions_settings, actions_sign_up, links
from gravida.find.alerts.pages.what import heard_of
from gravida.find.contact.pages.link_page import FurtherLink, LinkPage
from gravida.find.contact.pages.private import private
from gravida.web.tokens import LinkSpent, look_at_link

# Whoever holds the link may press its button: the token is the secret, so the form needs no other mark.
_methods = require_http_methods(["GET", "HEAD", "POST"])


def _show(request: HttpRequest, page: LinkPage) -> HttpResponse:
    return private(render(request, "alerts/link.html", {"page": page}))


@csrf_exempt
@_methods
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """She asked for the alert, or somebody else typed her address."""
    now = timezone.now()
    if request.method != "POST":
        return _show(request, _to_confirm(token) or _spent())
    try:
        if "other" in request.POST:
            actions_sign_up.refuse(token=token, at=now)
            return _show(request, _not_hers())
        subscriber = actions_sign_up.confirm(token=token, at=now)
    except LinkSpent:
        return _show(request, _spent())
    return _show(request, _confirmed(subscriber.page_token))


def _to_confirm(token: str) -> LinkPage | None:
    about = look_at_link(token, purpose=links.CONFIRM, at=timezone.now())
    sign_up = actions_sign_up.sign_up_of(about)
    if sign_up is None:
        return None
    return LinkPage(
        heading=_("Did you ask for these mails?"),
        lines=[
            _("Somebody gave this address to hear of: %(what)s") % {"what": heard_of(sign_up).text},
            _("If it was you, press the button. The mails themselves never say what they are about."),
        ],
        button=_("Yes, write to me"),
        other_button=_("I did not ask for this"),
    )


def _confirmed(page_token: str) -> LinkPage:
    return LinkPage(
        heading=_("Thank you, you will hear from us"),
        lines=[
            _("We write only when something is new, and never more often than you chose."),
            _("On your own page you choose how often, take a break, or end it. No password is needed."),
        ],
        links=[
            FurtherLink(address=reverse("alerts:settings", args=[page_token]), text=_("Open my settings")),
            FurtherLink(address=reverse("find:search"), text=_("Find a study")),
        ],
        is_done=True,
    )


def _not_hers() -> LinkPage:
    return LinkPage(
        heading=_("Thank you for telling us"),
        lines=[_("Nobody can sign this address up again without you. You need do nothing more.")],
        is_done=True,
    )


def _spent() -> LinkPage:
    return LinkPage(
        heading=_("This link has done its work, or has grown too old"),
        lines=[
            _("A link works once, and for two days. If you pressed its button already, all is well."),
            _("If not: sign up again, it takes a minute. Nothing is kept of an address nobody confirmed."),
        ],
        links=[FurtherLink(address=reverse("find:search"), text=_("Find a study"))],
    )


@csrf_exempt
@_methods
def still(request: HttpRequest, token: str) -> HttpResponse:
    """A year on: does she still want her alerts?"""
    now = timezone.now()
    if request.method != "POST":
        found = actions_settings.asks_still(token, at=now)
        return _show(request, _to_keep() if found else _answered())
    try:
        kept = actions_settings.keep_alerts(token=token, at=now)
    except LinkSpent:
        return _show(request, _answered())
    return _show(request, _kept(kept.page_token))


def _to_keep() -> LinkPage:
    return LinkPage(
        heading=_("Do you still want our mails?"),
        lines=[_("You asked for them a year ago. If you no longer want them, you need do nothing.")],
        button=_("Yes, keep writing to me"),
    )


def _kept(page_token: str) -> LinkPage:
    return LinkPage(
        heading=_("Thank you, we keep writing to you"),
        lines=[_("We ask again in a year.")],
        links=[
            FurtherLink(address=reverse("alerts:settings", args=[page_token]), text=_("Open my settings"))
        ],
        is_done=True,
    )


def _answered() -> LinkPage:
    return LinkPage(
        heading=_("This link has done its work, or has grown too old"),
        lines=[
            _("If you pressed its button already, all is well. If not, the link to your page still works.")
        ],
    )


@csrf_exempt
@_methods
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """End all alerts: mail programs post here by themselves (RFC 8058), without cookie or redirect."""
    if request.method != "POST":
        return _show(request, _to_stop())
    actions_settings.stop(token=token, at=timezone.now())
    return _show(request, stopped())


def _to_stop() -> LinkPage:
    return LinkPage(
        heading=_("No more mails?"),
        lines=[
            _("Press the button: no more mails, and your address and everything with it is erased at once."),
            _("Only a break? The link in each mail to your own page lets you choose one."),
        ],
        button=_("No more mails"),
    )


def stopped() -> LinkPage:
    """Said after everything was erased, and also where it was before."""
    return LinkPage(
        heading=_("You get no more mails from us"),
        lines=[
            _("Your address, your searches and everything with them are erased."),
            _("If you ever want to hear from us again, sign up anew: you are welcome."),
        ],
        links=[FurtherLink(address=reverse("find:search"), text=_("Find a study"))],
        is_done=True,
    )
