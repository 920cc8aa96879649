"""Where to go after signing in: only ever to a page of the staff's part."""

import re

from django.http import HttpRequest
from django.urls import Resolver404, resolve, reverse

from gravida.web.people.request import is_staff_path

# No scheme, no host, no backslash, nothing encoded in the path, no step upwards.
PLAIN = re.compile(r"/[A-Za-z0-9/_.-]*(?:\?[A-Za-z0-9/_.&=%+-]*)?")


def safe_next(asked: str) -> str:
    """The address asked for, when it is of a staff page that exists; else empty."""
    path = asked.partition("?")[0]
    if not PLAIN.fullmatch(asked) or "//" in path or "/." in path or not is_staff_path(path):
        return ""
    try:
        match = resolve(path)
    except Resolver404:
        return ""
    return "" if match.url_name in {"sign_in", "sign_out", "code", "set_up"} else asked


def next_of(request: HttpRequest) -> str:
    """The page asked for with this request, in its form or its address; empty when there is none to go to."""
    return safe_next(request.POST.get("next") or request.GET.get("next") or "")


def landing(request: HttpRequest) -> str:
    """The page to go to now: the one asked for, else the start of the staff's part."""
    return next_of(request) or reverse("staff:home")
