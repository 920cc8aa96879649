"""Around every request: who is signed in, nothing kept of staff pages, no view without a mark."""

from collections.abc import Callable
from typing import Any, cast

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from gravida.web.people import sessions
from gravida.web.people.access import MARK
from gravida.web.people.models import Person, StaffSession
from gravida.web.people.request import StaffRequest, is_staff_path, person_of

Handler = Callable[[HttpRequest], HttpResponse]


class StaffSessions:
    """Tell staff pages who has signed in; public pages are told nothing and read no cookie."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "staff" not in settings.PARTS or not is_staff_path(request.path_info):
            return self.get_response(request)
        _attach(cast(StaffRequest, request))
        _speak_their_language(request)
        response = self.get_response(request)
        response.headers["Cache-Control"] = "no-store"
        # Told no referrer at all, browsers send forms with the origin `null`, like a forgery.
        response.headers.setdefault("Referrer-Policy", "same-origin")
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        return response


def _attach(request: StaffRequest) -> None:
    request.received_at = timezone.now()
    session = sessions.find(request.COOKIES.get(settings.STAFF_COOKIE_NAME, ""))
    if session is None:
        return
    request.staff_session = session
    if session.is_over(at=request.received_at) or not session.person.is_active:
        return
    sessions.touch(session, at=request.received_at)
    if session.stage == StaffSession.Stage.FULL:
        request.person = session.person


def _speak_their_language(request: HttpRequest) -> None:
    """The person's own language, where the address names none."""
    person: Person | None = person_of(request)
    if person is None or translation.get_language_from_path(request.path_info):
        return
    translation.activate(person.language)
    request.LANGUAGE_CODE = translation.get_language() or settings.LANGUAGE_CODE


class DenyUnmarked:
    """Refuse every view that carries no mark of access and is not of the public part.

    A view is public by its namespace or its name (settings.PUBLIC_NAMESPACES, PUBLIC_NAMES), never
    because somebody forgot it; below /staff/ nothing is.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        """Before any view is called; PermissionDenied answers 403."""
        if not hasattr(view, MARK) and not _is_public(request):
            raise PermissionDenied("a view without a mark of access")


def _is_public(request: HttpRequest) -> bool:
    match = request.resolver_match
    if match is None or is_staff_path(request.path_info):
        return False
    namespace = match.namespaces[0] if match.namespaces else ""
    return namespace in settings.PUBLIC_NAMESPACES or (
        not namespace and match.url_name in settings.PUBLIC_NAMES
    )
