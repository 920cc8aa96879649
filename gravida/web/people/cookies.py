"""The two cookies of staff: the session's secret, and the mark of a browser that its owner used before."""

from typing import Literal

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from gravida.web.network import network_of
from gravida.web.people import throttle
from gravida.web.people.models import Person
from gravida.web.people.request import browser_of
from gravida.web.people.throttle import Origin

SameSite = Literal["Lax", "Strict"]


def origin_of(request: HttpRequest) -> Origin:
    """Where a secret comes from."""
    return Origin(
        network=network_of(request),
        browser=browser_of(request),
        device=request.COOKIES.get(settings.DEVICE_COOKIE_NAME, ""),
    )


def set_session(response: HttpResponse, token: str) -> None:
    """Hand over a session's secret; Lax, because links in mails lead to staff pages."""
    _set(response, settings.STAFF_COOKIE_NAME, token, max_age=None, same_site="Lax")


def clear_session(response: HttpResponse) -> None:
    """Take the session's secret back."""
    _set(response, settings.STAFF_COOKIE_NAME, "", max_age=0, same_site="Lax")


def set_device(request: HttpRequest, response: HttpResponse, person: Person) -> None:
    """Know this browser again as one where the person has signed in."""
    known = throttle.known_device(request.COOKIES.get(settings.DEVICE_COOKIE_NAME, ""), person=person)
    value = throttle.new_device(person, known=known)
    seconds = int(throttle.DEVICE_KNOWN_FOR.total_seconds())
    _set(response, settings.DEVICE_COOKIE_NAME, value, max_age=seconds, same_site="Strict")


def _set(response: HttpResponse, name: str, value: str, *, max_age: int | None, same_site: SameSite) -> None:
    response.set_cookie(
        name, value, max_age=max_age, path="/", secure=settings.IS_HTTPS, httponly=True, samesite=same_site
    )
