"""The links of a device: listed and ended with its key, from a study's page or this page alone."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from gravida.find.notes import actions
from gravida.find.notes.pages import words
from gravida.find.notes.pages.guarded import private_form, sealed
from gravida.find.notes.pages.views_share import KEY
from gravida.find.notes.reads import SharedLink, links_of


@dataclass(frozen=True, kw_only=True)
class OwnerPage:
    """The list, and what was just done."""

    key: str  # as it was posted; empty: asked for
    links: tuple[tuple[SharedLink, str], ...] = ()  # with why it ended, in words
    lives: tuple[words.Choice, ...] = ()
    done: str = ""
    error: str = ""

    @property
    def has_live(self) -> bool:
        """Whether a link can be taken back."""
        return any(link.is_live for link, _ended in self.links)


@require_http_methods(["GET", "HEAD", "POST"])
@private_form
@sealed
def owner(request: HttpRequest) -> HttpResponse:
    """Asks for the key; with it, lists links and takes acts. The key is never in an address."""
    if request.method != "POST":
        return _show(request, OwnerPage(key=""))
    key = request.POST.get("owner", "").strip()
    if not KEY.fullmatch(key):
        error = _("This is no key: it has 43 letters and figures.")
        return _show(request, OwnerPage(key="", error=error), 400)
    done, status = _act(request, key)
    links = tuple((link, str(words.ENDED.get(link.ending, ""))) for link in links_of(key, at=timezone.now()))
    lives = tuple(
        words.Choice(code=code, label=str(label), is_usual=code == actions.USUAL_LIFE)
        for code, label in words.LIFE.items()
    )
    return _show(request, OwnerPage(key=key, links=links, lives=lives, done=done), status)


def _act(request: HttpRequest, key: str) -> tuple[str, int]:
    """Do what the form asks; what was done, in words, and the status of the answer."""
    act, link, now = request.POST.get("act", ""), request.POST.get("link", "")[:64], timezone.now()
    try:
        if act == "revoke":
            actions.revoke(link=link, owner_key=key, at=now)
            return _("The link is taken back. It opens nothing any more."), 200
        if act == "revoke-all":
            actions.revoke_all(owner_key=key, at=now)
            return _("All links are taken back. They open nothing any more."), 200
        if act == "extend" and request.POST.get("life", "") in actions.LIVES:
            actions.extend(link=link, life=request.POST["life"], owner_key=key, at=now)
            return _("The link has more time now."), 200
    except actions.NoSuchLink:
        return _("This link had ended already."), 409
    return "", 200


def _show(request: HttpRequest, page: OwnerPage, status: int = 200) -> HttpResponse:
    return render(request, "notes/owner.html", {"page": page}, status=status)
