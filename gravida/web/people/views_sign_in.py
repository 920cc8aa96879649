"""Pages of signing in: password, second factor, its set-up, and signing out."""

from typing import Any, cast
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import rotate_token
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gravida.web.limits import TooMany
from gravida.web.people import actions_sign_in, cookies, kept_forms, second_factor, sessions, words
from gravida.web.people.access import SeeOther, half_way_page, open_page, staff_page
from gravida.web.people.forms import CodeForm, SignInForm
from gravida.web.people.models import Person, StaffSession
from gravida.web.people.next_page import landing, next_of
from gravida.web.people.request import StaffRequest, person_of, session_of

Stage = StaffSession.Stage
NOTICES = {"password", "out", "ended"}


@open_page
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("password")
def sign_in(request: HttpRequest) -> HttpResponse:
    """The first step: address and password."""
    if request.method != "POST":
        if person_of(request) is not None:
            return SeeOther(landing(request))
        return _sign_in_page(request, SignInForm())
    form = SignInForm(request.POST)
    if not form.is_valid():
        return _sign_in_page(request, form)
    try:
        begun = actions_sign_in.give_password(
            email=form.cleaned_data["email"],
            password=form.cleaned_data["password"],
            origin=cookies.origin_of(request),
            at=cast(StaffRequest, request).received_at,
        )
    except TooMany as error:
        return too_many(_sign_in_page, request, form, error)
    except actions_sign_in.WrongPassword:
        form.add_error("password", words.WRONG_PASSWORD)
        return _sign_in_page(request, form)
    return _go_on(request, person=begun.person, token=begun.token, stage=begun.stage)


@half_way_page(Stage.CODE)
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: StaffRequest) -> HttpResponse:
    """The second step: a code of the app, or one on paper."""
    form = CodeForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return _code_page(request, form)
    try:
        token = actions_sign_in.give_code(
            session=request.staff_session,
            code=form.cleaned_data["code"],
            origin=cookies.origin_of(request),
            at=request.received_at,
        )
    except TooMany as error:
        return too_many(_code_page, request, form, error)
    except second_factor.WrongCode:
        form.add_error("code", words.WRONG_CODE)
        return _code_page(request, form)
    return _go_on(request, person=request.staff_session.person, token=token, stage=Stage.FULL)


@half_way_page(Stage.SET_UP, Stage.FULL)
@require_http_methods(["GET", "HEAD", "POST"])
def set_up(request: StaffRequest) -> HttpResponse:
    """Tie an app to the account; its first right code shows the recovery codes, once."""
    session = request.staff_session
    if session.stage == Stage.FULL and not second_factor.is_begun(session.person, at=request.received_at):
        return SeeOther(reverse("staff:account"))
    form = CodeForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return _set_up_page(request, form)
    try:
        done = actions_sign_in.set_up_second_factor(
            session=session,
            code=form.cleaned_data["code"],
            origin=cookies.origin_of(request),
            at=request.received_at,
        )
    except TooMany as error:
        return too_many(_set_up_page, request, form, error)
    except second_factor.WrongCode:
        form.add_error("code", words.WRONG_FIRST_CODE)
        return _set_up_page(request, form)
    page = codes_page(request, done.recovery_codes, goes_on_to=landing(request))
    return _with_session(request, page, person=session.person, token=done.token)


@open_page
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End this browser's session."""
    session = session_of(request)
    if session is not None:
        actions_sign_in.sign_out(session=session, at=cast(StaffRequest, request).received_at)
    response = SeeOther(f"{reverse('staff:sign_in')}?notice=out")
    cookies.clear_session(response)
    return response


@staff_page()
@require_safe
def still_here(request: StaffRequest) -> HttpResponse:
    """Nothing but the sign that somebody still works here: asking for it lengthens the session."""
    left = request.staff_session.idle_until - request.received_at
    return HttpResponse(status=204, headers={"X-Session-Seconds": str(int(left.total_seconds()))})


def codes_page(request: HttpRequest, codes: list[str], *, goes_on_to: str) -> HttpResponse:
    """The recovery codes, this once."""
    return render(request, "staff/recovery_codes.html", {"codes": codes, "goes_on_to": goes_on_to})


def too_many(page: Any, request: HttpRequest, form: forms.Form, error: TooMany) -> HttpResponse:
    """The same page with how long to wait: 429 with Retry-After."""
    form.add_error(None, words.too_many(error.retry_after_seconds))
    response: HttpResponse = page(request, form)
    response.status_code = 429
    response.headers["Retry-After"] = str(error.retry_after_seconds)
    return response


def _go_on(request: HttpRequest, *, person: Person, token: str, stage: StaffSession.Stage) -> HttpResponse:
    """To the next step, or to where the person was going."""
    pages = {Stage.CODE: "staff:code", Stage.SET_UP: "staff:set_up"}
    if stage == Stage.FULL:
        at = cast(StaffRequest, request).received_at
        kept = kept_forms.kept_form(person=person, at=at)
        response = SeeOther(reverse("staff:kept") if kept else landing(request))
    else:
        response = SeeOther(f"{reverse(pages[stage])}?{urlencode({'next': next_of(request)})}")
    if stage == Stage.FULL:
        return _with_session(request, response, person=person, token=token)
    _end_old_session(request)
    rotate_token(request)
    cookies.set_session(response, token)
    return response


def _with_session(
    request: HttpRequest, response: HttpResponse, *, person: Person, token: str
) -> HttpResponse:
    """Hand the browser its new session, and know it again next time."""
    _end_old_session(request)
    rotate_token(request)
    cookies.set_session(response, token)
    cookies.set_device(request, response, person)
    return response


def _end_old_session(request: HttpRequest) -> None:
    """A session that this browser still had is not left lying about."""
    old = session_of(request)
    if old is not None:
        sessions.end(old, ending=StaffSession.Ending.REPLACED, at=cast(StaffRequest, request).received_at)


def _sign_in_page(request: HttpRequest, form: forms.Form) -> HttpResponse:
    notice = request.GET.get("notice", "")
    session = session_of(request)
    has_ended = session is not None and session.stage == Stage.FULL and not notice
    context = {
        "form": form,
        "next": next_of(request),
        "notice": notice if notice in NOTICES else ("ended" if has_ended else ""),
        "has_kept_form": session is not None
        and kept_forms.kept_form(person=session.person, at=cast(StaffRequest, request).received_at)
        is not None,
    }
    return render(request, "staff/sign_in.html", context)


def _code_page(request: HttpRequest, form: forms.Form) -> HttpResponse:
    return render(request, "staff/code.html", {"form": form, "next": next_of(request)})


def _set_up_page(request: StaffRequest, form: forms.Form) -> HttpResponse:
    factor = second_factor.begin(request.staff_session.person, at=request.received_at)
    secret = second_factor.to_show(factor)
    context = {"form": form, "next": next_of(request), "secret": secret}
    return render(request, "staff/set_up.html", context)
