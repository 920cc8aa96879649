"""A shared link: one page for every link there is or is not, and the notes as the answer to the right code.

GET looks at nothing: programs that follow links in mails change nothing and learn nothing. POST answers with
the notes themselves; no session is made, so that reloading asks again. No script is needed.
"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from gravida.find.notes import actions
from gravida.find.notes.opening import NothingOpens, Opened, open_share
from gravida.find.notes.pages import words
from gravida.find.notes.pages.guarded import private_form, sealed
from gravida.find.notes.sealing import digest_of
from gravida.web.limits import TooMany
from gravida.web.network import network_of
from gravida.web.tokens import CODE_GROUP, CODE_GROUPS, CODE_SIGNS, normal_code

MOST_TYPED = 200


@require_http_methods(["GET", "HEAD", "POST"])
@private_form
@sealed
def open_link(request: HttpRequest, token: str) -> HttpResponse:
    """The page that asks for the code; or, with the right one, the notes."""
    if request.method != "POST":
        return _ask(request)
    code = normal_code(request.POST.get("passcode", "")[:MOST_TYPED])
    if not _can_be_a_code(code):
        return _ask(request, status=400, error=_not_a_code())
    try:
        opened = open_share(token=token, code=code, network=network_of(request), at=timezone.now())
    except NothingOpens:
        return _ask(request, status=404, error=_opens_nothing())
    except TooMany as limit:
        return _too_many(request, limit)
    return _notes(request, opened, token=token)


@require_POST
@private_form
@sealed
def report(request: HttpRequest) -> HttpResponse:
    """Somebody who has opened a link says that it is abused: it opens no more."""
    link = request.POST.get("link", "")[:64]
    if constant_time_compare(request.POST.get("mark", ""), _mark(link)):
        actions.report(link=link, at=timezone.now())
    return render(request, "notes/reported.html")


def _can_be_a_code(code: str) -> bool:
    """Whether it has the signs of a code: what has not opens nothing, whatever is behind the link."""
    return len(code) == CODE_GROUPS * CODE_GROUP and set(code) <= set(CODE_SIGNS)


def _not_a_code() -> str:
    return _(
        "A code has twelve letters and figures, as 7K2Q-9FHM-XR4T; the signs 0, O, 1, I, L and U are never "
        "in it. Please look again."
    )


def _opens_nothing() -> str:
    return _(
        "Nothing opens with this code. It may be mistyped, or the link’s time may be over. Please look "
        "again, or ask the person who sent it."
    )


def _ask(request: HttpRequest, *, status: int = 200, error: str = "") -> HttpResponse:
    return render(request, "notes/ask.html", {"error": error}, status=status)


def _too_many(request: HttpRequest, limit: TooMany) -> HttpResponse:
    error = _(
        "Many codes were tried. Please wait %(wait)s and try again; until then not even the right code opens "
        "this link."
    ) % {"wait": words.wait(limit.retry_after_seconds)}
    answer = _ask(request, status=429, error=error)
    answer["Retry-After"] = str(limit.retry_after_seconds)
    return answer


def _notes(request: HttpRequest, opened: Opened, *, token: str) -> HttpResponse:
    link = digest_of(token)
    context = {"opened": opened, "snapshot": opened.snapshot, "link": link, "mark": _mark(link)}
    return render(request, "notes/opened.html", context)


def _mark(link: str) -> str:
    """Stands on the opened page alone: who reports a link has opened it."""
    return salted_hmac("gravida.notes.report", link, algorithm="sha256").hexdigest()
