"""Making a link to a copy of chosen notes, and what becomes of notes, told in plain words."""

import re
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from gravida.find.models import Study
from gravida.find.notes.actions import LIVES, MadeBefore, NewShare, TooManyLinks, share_notes
from gravida.find.notes.pages import words
from gravida.find.notes.pages.guarded import private_form
from gravida.find.notes.snapshot import NoNotes, Snapshot, TooLong, notes_of, snapshot_of
from gravida.find.site_studies import in_language, site_studies
from gravida.web.frame import absolute
from gravida.web.limits import TooMany
from gravida.web.network import network_of

# Keys that a browser makes: 256 random bits, as the page's script writes them.
KEY = re.compile(r"[A-Za-z0-9_-]{43}")
REFUSALS = (NoNotes, TooLong, TooManyLinks, MadeBefore, TooMany)


@dataclass(frozen=True, kw_only=True)
class MadePage:
    """Everything that is shown once, after a link was made."""

    link: str
    code: str
    expires_at: datetime
    notes: int
    back: str


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    """What happens to notes: where they are kept, who sees what when."""
    return render(request, "notes/about.html")


@require_http_methods(["GET", "HEAD", "POST"])
@private_form
def share(request: HttpRequest) -> HttpResponse:
    """Seal the chosen notes; link and code are shown once, on this answer alone."""
    if request.method != "POST":
        return redirect("notes:about")
    study = Study.objects.filter(number=request.POST.get("study", "")[:20].upper()).first()
    back = reverse("find:study", args=[study.number]) + "#my-notes" if study else reverse("find:search")
    try:
        snapshot = _snapshot(request, study)
        new = _made(request, snapshot)
    except REFUSALS as refusal:
        return _not_made(request, refusal, back=back)
    return render(request, "notes/made.html", {"page": _page(request, new, snapshot, back=back)})


def _snapshot(request: HttpRequest, study: Study | None) -> Snapshot:
    folder = site_studies().get(study.number) if study else None
    title = (in_language(folder.title) if folder else "") or (study.title if study else "")
    return snapshot_of(
        name=request.POST.get("name", ""),
        study=study.number if study else "",
        title=title,
        notes=notes_of(request.POST.get("notes", "")),
    )


def _made(request: HttpRequest, snapshot: Snapshot) -> NewShare:
    life, owner, form = (request.POST.get(name, "") for name in ("life", "owner", "form"))
    if life not in LIVES or not KEY.fullmatch(owner) or not KEY.fullmatch(form):
        raise NoNotes("the form was not made by our page")
    return share_notes(
        snapshot=snapshot,
        life=life,
        owner_key=owner,
        form_key=form,
        network=network_of(request),
        at=timezone.now(),
    )


def _not_made(request: HttpRequest, refusal: Exception, *, back: str) -> HttpResponse:
    """Why there is no link, and what to do; nothing is lost, for her notes are on her device."""
    status, line = _refused(refusal)
    answer = render(request, "notes/not_made.html", {"line": line, "back": back}, status=status)
    if isinstance(refusal, TooMany):
        answer["Retry-After"] = str(refusal.retry_after_seconds)
    return answer


def _refused(refusal: Exception) -> tuple[int, str]:
    if isinstance(refusal, TooMany):
        line = _("Many links were made from this connection. Please try again in %(wait)s.")
        return 429, line % {"wait": words.wait(refusal.retry_after_seconds)}
    if isinstance(refusal, TooLong):
        line = _("The chosen notes have %(n)s signs with their quotes; at most 20,000 fit. Choose fewer.")
        return 400, line % {"n": refusal.signs}
    if isinstance(refusal, TooManyLinks):
        return 409, _("20 links of yours are open. Please take one back first, under “Shared links”.")
    if isinstance(refusal, MadeBefore):
        return 409, _(
            "This link was made a moment ago. Its code was shown once and cannot be shown again. If you have "
            "not kept it, take the link back under “Shared links” in your notes, and make a new one."
        )
    return 400, _("No note was chosen. Please choose at least one.")


def _page(request: HttpRequest, new: NewShare, snapshot: Snapshot, *, back: str) -> MadePage:
    return MadePage(
        link=absolute(request, reverse("sealed:open", args=[new.token])),
        code=new.code,
        expires_at=new.expires_at,
        notes=len(snapshot.notes),
        back=back,
    )
