"""Who may see a staff page: the mark that every view carries, and the answer to those who may not."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from gravida.web.people import kept_forms
from gravida.web.people.models import StaffSession
from gravida.web.people.permissions import may_somewhere, needs_second_factor
from gravida.web.people.request import StaffRequest, person_of, session_of
from gravida.web.people.roles import Permission

View = Callable[..., HttpResponse]
StaffView = Callable[..., HttpResponse]
Stage = StaffSession.Stage
MARK = "opens_to"  # what middleware.DenyUnmarked looks for

KEEPS_FORM = "keeps_form"

ANYONE = "anyone"
SIGNED_IN = "signed in"


class SeeOther(HttpResponseRedirect):
    """Go on with a GET, also after a POST."""

    status_code = 303


def staff_page(
    permission: Permission | None = None, *, keeps_form: bool = True
) -> Callable[[StaffView], View]:
    """Mark a view as a staff page: for those signed in, with this permission at some centre or other.

    Which objects they may see is the query's matter (permissions.within). Others are asked to sign in, or
    answered 403. When a POST comes after the session has ended, what was typed is kept for the person,
    unless `keeps_form` is false (forms that carry secrets).
    """

    def mark(view: StaffView) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            refusal = _refusal(request, permission, keeps_form=keeps_form)
            if refusal:
                return refusal
            answer = view(cast(StaffRequest, request), *args, **kwargs)
            if request.method == "POST" and keeps_form and answer.status_code < 400:
                # It has arrived: done, or back in the person's hands with what is wrong in it.
                kept_forms.forget(person=cast(StaffRequest, request).person, address=request.path)
            return answer

        setattr(guarded, MARK, permission or SIGNED_IN)
        setattr(guarded, KEEPS_FORM, keeps_form)
        return guarded

    return mark


def open_page(view: View) -> View:
    """Mark a view of the staff's part that needs no sign-in: the sign-in itself, links from mails."""

    @wraps(view)
    def same(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return view(request, *args, **kwargs)

    setattr(same, MARK, ANYONE)
    return same


def half_way_page(*stages: StaffSession.Stage) -> Callable[[StaffView], View]:
    """Mark a view for those at these stages of a sign-in: past the password, not yet past a second factor."""

    def mark(view: StaffView) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            session = session_of(request)
            if session is None or session.is_over(at=cast(StaffRequest, request).received_at):
                return to_sign_in(request)
            if not session.person.is_active:
                return to_sign_in(request)
            if session.stage not in stages:
                return SeeOther(_page_of_stage(Stage(session.stage)))
            return view(cast(StaffRequest, request), *args, **kwargs)

        setattr(guarded, MARK, "half-way through a sign-in")
        return guarded

    return mark


def _refusal(request: HttpRequest, permission: Permission | None, *, keeps_form: bool) -> HttpResponse | None:
    """What somebody who may not see the page is answered; None for those who may."""
    person = person_of(request)
    if person is None:
        return _not_signed_in(request, keeps_form=keeps_form)
    if needs_second_factor(person) and not person.has_second_factor:
        return SeeOther(reverse("staff:set_up"))
    if permission is not None and not may_somewhere(person, permission):
        raise PermissionDenied(permission.value)
    return None


def _not_signed_in(request: HttpRequest, *, keeps_form: bool) -> HttpResponse:
    session = session_of(request)
    if session is None:
        return to_sign_in(request)
    if not session.is_over(at=cast(StaffRequest, request).received_at):
        return SeeOther(f"{_page_of_stage(Stage(session.stage))}?{urlencode({'next': request.path})}")
    if request.method == "POST" and keeps_form and kept_forms.may_keep_for(session):
        kept_forms.keep(
            request.POST,
            person=session.person,
            address=request.path,
            at=cast(StaffRequest, request).received_at,
        )
    return to_sign_in(request)


def form_out_of_date(request: HttpRequest) -> HttpResponse | None:
    """Give back what came with the mark of an older sign-in, to be looked at and sent again; else None.

    A form left open in one tab while its person signed in anew in another. Only what our own page has sent:
    a browser that does not say so gets the plain answer.
    """
    session, match = session_of(request), request.resolver_match
    if session is None or match is None or not getattr(match.func, KEEPS_FORM, False):
        return None
    if request.headers.get("sec-fetch-site") != "same-origin" or not kept_forms.may_keep_for(session):
        return None
    at = cast(StaffRequest, request).received_at
    kept_forms.keep(request.POST, person=session.person, address=request.path, at=at)
    return SeeOther(reverse("staff:kept")) if person_of(request) else to_sign_in(request)


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """To the sign-in, and from there back to where the person was going."""
    wanted = request.get_full_path() if request.method in ("GET", "HEAD") else request.path
    return SeeOther(f"{reverse('staff:sign_in')}?{urlencode({'next': wanted})}")


def _page_of_stage(stage: StaffSession.Stage) -> str:
    pages = {Stage.CODE: "staff:code", Stage.SET_UP: "staff:set_up", Stage.FULL: "staff:home"}
    return reverse(pages[stage])
