"""Answers about shared notes: kept by nobody, told to nobody, and asked for by our own pages only.

Their forms carry no mark against forgery (CSRF), because there is nothing to forge: no cookie and no session
gives a request any right. Whoever posts needs token and code, or a device's key, which no other site has; and
who has them can post by herself. What a foreign page could do is to spend a visitor's tries: browsers say
where a form comes from (Sec-Fetch-Site), and one from elsewhere is refused.
"""

import logging
from collections.abc import Callable
from functools import wraps

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables

from gravida.web.unavailable import RETRY_AFTER_SECONDS, is_away

# Stricter than the site's: no script, no image, no font.
SEALED_POLICY = (
    "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_OWN = {"", "same-origin", "none"}

log = logging.getLogger("gravida.notes")

View = Callable[..., HttpResponse]


def private_form(view: View) -> View:
    """A view whose answers are nobody else's, and whose forms come from our own pages."""

    @wraps(view)
    @sensitive_variables()
    def answer(request: HttpRequest, *args: object, **named: object) -> HttpResponse:
        if request.method == "POST" and request.headers.get("Sec-Fetch-Site", "") not in _OWN:
            raise PermissionDenied("a form from another site")
        response = view(request, *args, **named)
        response["Cache-Control"] = "no-store"
        response["Referrer-Policy"] = "no-referrer"
        response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
        response["Cross-Origin-Opener-Policy"] = "same-origin"
        patch_vary_headers(response, ["Accept-Language"])
        return response

    return csrf_exempt(sensitive_post_parameters()(answer))


def sealed(view: View) -> View:
    """A view below /n/: its answers have the stricter policy, also the one when the database is away."""

    @wraps(view)
    def answer(request: HttpRequest, *args: object, **named: object) -> HttpResponse:
        try:
            response = view(request, *args, **named)
        except Exception as error:
            if not is_away(error):
                raise
            log.error("no database for a shared link: %s", type(error.__cause__ or error).__name__)
            response = render(request, "notes/away.html", status=503)
            response["Retry-After"] = str(RETRY_AFTER_SECONDS)
        response["Content-Security-Policy"] = SEALED_POLICY
        return response

    return answer
