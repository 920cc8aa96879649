"""When the database is away, locked or full, or somebody is too quick: nothing that was typed is lost.

The answer shows a page that holds what the form held, and sends it again at the press of a button. Secrets
are not written into it: they are typed again. The page itself asks the database nothing.
"""

import errno
import logging
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass

from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from gravida.web.limits import TooMany

RETRY_AFTER_SECONDS = 10
# Hidden marks of forms are kept (they make sending twice harmless); what opens something is not.
SECRET = {"password", "passcode", "passphrase", "code", "otp", "secret"}
NOT_KEPT = {"csrfmiddlewaretoken"}
LONG_ENOUGH_TO_SHOW = 25  # signs; and with a space in it: something a person wrote

log = logging.getLogger("gravida.unavailable")
Handler = Callable[[HttpRequest], HttpResponse]


@dataclass(frozen=True, kw_only=True)
class Kept:
    """What a form held, as the page gives it back."""

    fields: tuple[tuple[str, str], ...] = ()
    secrets: tuple[str, ...] = ()  # names of fields to be typed again
    written: tuple[str, ...] = ()  # what a person wrote, to be read and copied
    had_files: bool = False


class Unavailable:
    """Answer 503 or 429 for views that do not handle a silent database, or a limit, themselves."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Whatever a view raised; None leaves it to the page of errors."""
        return answer_to(request, error)


def answer_to_present_error(request: HttpRequest) -> HttpResponse | None:
    """The same for what is raised outside of views, in a middleware; for the handler of errors."""
    error = sys.exc_info()[1]
    return answer_to(request, error) if isinstance(error, Exception) else None


def answer_to(request: HttpRequest, error: Exception) -> HttpResponse | None:
    """503 for a database that is away or full, 429 for a limit; None for every other error."""
    if isinstance(error, TooMany):
        return _page(request, 429, retry_after_seconds=error.retry_after_seconds)
    if is_away(error):
        # The kind alone: the error's own words may quote what was typed.
        log.error("no database for a page: %s", type(error.__cause__ or error).__name__)
        return _page(request, 503, retry_after_seconds=RETRY_AFTER_SECONDS)
    return None


def is_away(error: Exception) -> bool:
    """Whether the database is away, locked, stopped or full; a mistake in our own SQL is not."""
    if isinstance(error, OSError):
        return error.errno in {errno.ENOSPC, errno.EDQUOT}
    if isinstance(error, OperationalError):
        # SQLite calls our own mistakes operational too.
        return not re.match(r"no such|near \"|table .* (already exists|has no column)", str(error))
    return isinstance(error, InterfaceError)


def _page(request: HttpRequest, status: int, *, retry_after_seconds: int) -> HttpResponse:
    context = {
        "kept": kept_of(request),
        "is_form": request.method == "POST",
        "address": request.get_full_path(),
        "is_too_many": status == 429,
        "minutes": -(-retry_after_seconds // 60),
    }
    try:
        response = render(request, "web/unavailable.html", context, status=status)
    except DatabaseError:
        # The frame has come to need the database: then without it.
        response = HttpResponse(_("Please try again in a moment."), status=status, content_type="text/plain")
    response.headers["Retry-After"] = str(retry_after_seconds)
    response.headers["Cache-Control"] = "no-store"
    return response


def kept_of(request: HttpRequest) -> Kept:
    """What the request's form held; nothing for a request that is no form or cannot be read."""
    if request.method != "POST":
        return Kept()
    pairs = [(name, value) for name, values in request.POST.lists() for value in values]
    open_pairs = tuple(pair for pair in pairs if not _is_secret(pair[0]) and pair[0] not in NOT_KEPT)
    return Kept(
        fields=open_pairs,
        secrets=tuple(dict.fromkeys(name for name, _value in pairs if _is_secret(name))),
        written=tuple(
            value for _name, value in open_pairs if len(value) >= LONG_ENOUGH_TO_SHOW and " " in value
        ),
        had_files=bool(request.FILES),
    )


def _is_secret(name: str) -> bool:
    """Whether a field's name says that it holds a secret: password, new_password1, access-code."""
    words = re.findall(r"[a-z]+", re.sub(r"([a-z])([A-Z])", r"\1 \2", name).lower())
    return bool(SECRET & set(words)) or any("password" in word for word in words)
