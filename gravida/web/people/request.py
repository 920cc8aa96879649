"""What a request to a staff page carries, and how it is told from others."""

import re
from datetime import datetime

from django.http import HttpRequest

from gravida.web.people.models import Person, StaffSession

STAFF_PATH = re.compile(r"/(?:[a-z]{2}/)?staff(?:/|$)")


class StaffRequest(HttpRequest):
    """A request to a staff page by somebody who has signed in."""

    person: Person
    staff_session: StaffSession
    received_at: datetime


def is_staff_path(path: str) -> bool:
    """Whether an address belongs to the staff's part, whatever its language."""
    return STAFF_PATH.match(path) is not None


def session_of(request: HttpRequest) -> StaffSession | None:
    """The session that the browser's cookie names, over or not; None on public pages."""
    return getattr(request, "staff_session", None)


def person_of(request: HttpRequest) -> Person | None:
    """Who has signed in, second factor included; None for anybody else and on public pages."""
    return getattr(request, "person", None)


BROWSERS = (
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


def browser_of(request: HttpRequest) -> str:
    """The browser in short, as `Firefox, Linux`: enough for its owner to know it again, no more."""
    told = request.headers.get("user-agent", "")
    browser = next((name for mark, name in BROWSERS if mark in told), "")
    system = next((name for mark, name in SYSTEMS if mark in told), "")
    return ", ".join(part for part in (browser, system) if part)
