"""Pages of one's own: the start, what was kept, password, second factor, language, browsers."""

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gravida.web.limits import TooMany
from gravida.web.people import actions_account, cookies, kept_forms, second_factor, words
from gravida.web.people.access import SeeOther, staff_page
from gravida.web.people.forms import ChangePasswordForm, ConfirmForm, LanguageForm
from gravida.web.people.models import Membership, StaffSession
from gravida.web.people.navigation import links_for
from gravida.web.people.next_page import safe_next
from gravida.web.people.request import StaffRequest
from gravida.web.people.views_links import password_rules, say_why_refused
from gravida.web.people.views_sign_in import codes_page, too_many


@staff_page()
@require_safe
def home(request: StaffRequest) -> HttpResponse:
    """What there is to do, by what the person may do."""
    links = links_for(request.person, news_at=request.received_at)
    codes_left = (
        second_factor.recovery_codes_left(request.person) if request.person.has_second_factor else None
    )
    context = {"links": links[1:], "few_codes_left": codes_left is not None and codes_left < 3}
    return render(request, "staff/home.html", context)


@staff_page()
@require_safe
def kept(request: StaffRequest) -> HttpResponse:
    """What had been typed when the session was over: to be sent now, changed, or dropped."""
    form = kept_forms.kept_form(person=request.person, at=request.received_at)
    if form is None or not safe_next(form.address):
        return SeeOther(reverse("staff:home"))
    fields = kept_forms.fields_of(form)
    context = {
        "kept": form,
        "until": form.kept_at + kept_forms.KEPT_FOR,
        "fields": [(name, value) for name, values in fields.lists() for value in values],
        "shown": [(name.replace("_", " "), value) for name, value in _readable(fields)],
    }
    return render(request, "staff/kept.html", context)


def _readable(fields: Any) -> list[tuple[str, str]]:
    """What somebody typed or chose, without the form's own marks."""
    marks = ("csrf", "version", "key", "next")
    return [
        (name, value)
        for name, values in fields.lists()
        for value in values
        if value.strip() and not any(mark in name for mark in marks)
    ]


@staff_page(keeps_form=False)
@require_POST
def discard_kept(request: StaffRequest) -> HttpResponse:
    """Drop what was kept."""
    kept_forms.forget(person=request.person, address=request.POST.get("address", ""))
    return SeeOther(reverse("staff:home"))


@staff_page()
@require_safe
def account(request: StaffRequest) -> HttpResponse:
    """One's own access at a glance."""
    return _account_page(request, ConfirmForm())


def _account_page(request: StaffRequest, form: forms.Form, *, asked: str = "") -> HttpResponse:
    person, session = request.person, request.staff_session
    sessions = StaffSession.objects.open().filter(person=person, stage=StaffSession.Stage.FULL)
    context = {
        "memberships": Membership.objects.current().filter(person=person),
        "has_second_factor": person.has_second_factor,
        "codes_left": second_factor.recovery_codes_left(person),
        "sessions": [
            (other, other.pk == session.pk)
            for other in sessions.order_by("-seen_at")
            if not other.is_over(at=request.received_at)
        ],
        "language_form": LanguageForm(initial={"language": person.language}),
        "form": form,
        "asked": asked,
    }
    return render(request, "staff/account.html", context)


@staff_page(keeps_form=False)
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("current_password", "new_password", "again")
def password(request: StaffRequest) -> HttpResponse:
    """Change one's password: other browsers are signed out."""
    person = request.person
    form = ChangePasswordForm(request.POST if request.method == "POST" else None)

    def page(request: HttpRequest, form: forms.Form) -> HttpResponse:
        return render(request, "staff/password.html", {"form": form, **password_rules(person)})

    if not form.is_valid():
        return page(request, form)
    try:
        token = actions_account.change_password(
            session=request.staff_session,
            current=form.cleaned_data["current_password"],
            new=form.cleaned_data["new_password"],
            origin=cookies.origin_of(request),
            at=request.received_at,
        )
    except TooMany as error:
        return too_many(page, request, form, error)
    except actions_account.WrongSecret:
        form.add_error("current_password", words.WRONG_CURRENT)
        return page(request, form)
    except actions_account.RefusedPassword as refused:
        say_why_refused(form, refused, person=person)
        return page(request, form)
    response = SeeOther(reverse("staff:account"))
    cookies.set_session(response, token)
    cookies.set_device(request, response, person)
    return response


def _confirmed(request: StaffRequest, *, asked: str) -> HttpResponse | None:
    """The account page again where the secret asked for is missing or wrong; None when it is right."""
    form = ConfirmForm(request.POST)

    def page(request: StaffRequest, form: forms.Form) -> HttpResponse:
        return _account_page(request, form, asked=asked)

    if not form.is_valid():
        return page(request, form)
    try:
        actions_account.confirm_it_is_them(
            person=request.person,
            secret=form.cleaned_data["secret"],
            origin=cookies.origin_of(request),
            at=request.received_at,
        )
    except TooMany as error:
        return too_many(page, request, form, error)
    except actions_account.WrongSecret:
        form.add_error("secret", words.WRONG_SECRET)
        return page(request, form)
    return None


@staff_page(keeps_form=False)
@require_POST
@sensitive_post_parameters("secret")
def change_app(request: StaffRequest) -> HttpResponse:
    """Begin to set up a first or another app; the old one works until the new one has shown a code."""
    refusal = _confirmed(request, asked="app")
    if refusal:
        return refusal
    second_factor.begin(request.person, at=request.received_at)
    return SeeOther(reverse("staff:set_up"))


@staff_page(keeps_form=False)
@require_POST
@sensitive_post_parameters("secret")
def recovery_codes(request: StaffRequest) -> HttpResponse:
    """New recovery codes in place of the old ones, shown once."""
    refusal = _confirmed(request, asked="codes")
    if refusal:
        return refusal
    codes = actions_account.renew_recovery_codes(person=request.person, at=request.received_at)
    return codes_page(request, codes, goes_on_to=reverse("staff:account"))


@staff_page()
@require_POST
def language(request: StaffRequest) -> HttpResponse:
    """Change the language of one's pages and mails."""
    form = LanguageForm(request.POST)
    if not form.is_valid():
        raise Http404("no such language")
    chosen = form.cleaned_data["language"]
    actions_account.change_language(
        person=request.person, language=chosen, by=request.person, at=request.received_at
    )
    return SeeOther(f"/{chosen}/staff/account/")


@staff_page()
@require_POST
def end_session(request: StaffRequest, number: int) -> HttpResponse:
    """Sign out another browser of one's own; somebody else's is not found."""
    if not actions_account.end_other_session(
        session=request.staff_session, other=number, at=request.received_at
    ):
        raise Http404("no such session")
    return redirect("staff:account")
