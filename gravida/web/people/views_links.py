"""Pages behind links from mails: asking for one, and setting a password with it."""

from typing import cast

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from gravida.web.limits import TooMany
from gravida.web.people import actions_account, cookies, mails, passwords, words
from gravida.web.people.access import SeeOther, open_page
from gravida.web.people.forms import NewPasswordForm, ResetRequestForm
from gravida.web.people.models import Person
from gravida.web.people.request import StaffRequest
from gravida.web.people.views_sign_in import too_many
from gravida.web.tokens import LinkSpent


@open_page
@require_http_methods(["GET", "HEAD", "POST"])
def ask_for_reset(request: HttpRequest) -> HttpResponse:
    """Ask for a link to a new password: the same answer whoever asks."""
    form = ResetRequestForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return _reset_page(request, form)
    try:
        actions_account.ask_for_reset(
            email=form.cleaned_data["email"],
            origin=cookies.origin_of(request),
            at=cast(StaffRequest, request).received_at,
        )
    except TooMany as error:
        return too_many(_reset_page, request, form, error)
    return render(request, "staff/reset_asked.html")


def _reset_page(request: HttpRequest, form: forms.Form) -> HttpResponse:
    return render(request, "staff/ask_for_reset.html", {"form": form})


@open_page
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("new_password", "again")
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Set a first password."""
    return _by_link(request, token, purpose=mails.INVITATION)


@open_page
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("new_password", "again")
def reset(request: HttpRequest, token: str) -> HttpResponse:
    """Set a new password in place of a forgotten one."""
    return _by_link(request, token, purpose=mails.RESET)


@sensitive_variables("token")
def _by_link(request: HttpRequest, token: str, *, purpose: str) -> HttpResponse:
    """The form while the link is valid (a GET changes nothing), else a page that says how to get another."""
    at = cast(StaffRequest, request).received_at
    person = actions_account.person_of_link(token, purpose=purpose, at=at)
    if person is None:
        return render(request, "staff/link_spent.html", {"is_invitation": purpose == mails.INVITATION})
    form = NewPasswordForm(request.POST if request.method == "POST" else None)
    rules = password_rules(person)

    def page(request: HttpRequest, form: forms.Form) -> HttpResponse:
        context = {"form": form, **rules, "is_invitation": purpose == mails.INVITATION}
        return render(request, "staff/set_password.html", context)

    if not form.is_valid():
        return page(request, form)
    try:
        person = actions_account.set_password_by_link(
            token=token,
            purpose=purpose,
            password=form.cleaned_data["new_password"],
            origin=cookies.origin_of(request),
            at=at,
        )
    except TooMany as error:
        return too_many(page, request, form, error)
    except LinkSpent:
        return render(request, "staff/link_spent.html", {"is_invitation": purpose == mails.INVITATION})
    except actions_account.RefusedPassword as refused:
        say_why_refused(form, refused, person=person)
        return page(request, form)
    response = SeeOther(f"{reverse('staff:sign_in')}?notice=password")
    cookies.clear_session(response)
    cookies.set_device(request, response, person)
    return response


def password_rules(person: Person) -> dict[str, object]:
    """What a template says of this person's new password."""
    return {"least": passwords.least_signs(person), "email": person.email}


def say_why_refused(form: forms.Form, refused: actions_account.RefusedPassword, *, person: Person) -> None:
    """Put the reason beside the field."""
    form.add_error("new_password", words.password_fault(refused.fault, least=passwords.least_signs(person)))
