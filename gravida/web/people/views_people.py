"""Pages where administrators see who works with the site, invite people, and give and end roles."""

from collections.abc import Callable
from typing import Any

from django.db.models import Exists, Max, OuterRef, Prefetch
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gravida.web.mail.address import WrongAddress
from gravida.web.mail.words import ADDRESS_PROBLEM
from gravida.web.people import actions_people, words
from gravida.web.people.access import staff_page
from gravida.web.people.actions_people import Place
from gravida.web.people.forms_people import InviteForm, RoleForm
from gravida.web.people.models import Membership, Person, SecondFactor
from gravida.web.people.places import name_of
from gravida.web.people.request import StaffRequest
from gravida.web.people.roles import Permission, Role

MANAGE = Permission.MANAGE_PEOPLE
REFUSALS: dict[type[Exception], Any] = {
    actions_people.OwnAccess: words.OWN_ACCESS,
    actions_people.LastAdministrator: words.LAST_ADMINISTRATOR,
    actions_people.WrongPlace: words.WRONG_PLACE,
}
ACTS: dict[str, Callable[..., Any]] = {
    "disable": actions_people.disable,
    "enable": actions_people.enable,
    "link": actions_people.send_new_link,
    "second-factor": actions_people.reset_second_factor,
}


@staff_page(MANAGE)
@require_safe
def people(request: StaffRequest) -> HttpResponse:
    """Everybody, those with access first."""
    held = Prefetch("memberships", Membership.objects.filter(ended_at=None), to_attr="held")
    rows = (
        Person.objects.prefetch_related(held)
        .annotate(
            seen_at=Max("sessions__seen_at"),
            has_app=Exists(SecondFactor.objects.filter(person=OuterRef("pk"), confirmed_at__isnull=False)),
        )
        .order_by("disabled_at", "name", "pk")
    )
    shown = [
        {
            "person": row,
            "roles": [_role_in_words(membership) for membership in row.held],
            "has_second_factor": row.has_app,
        }
        for row in rows
    ]
    return render(request, "staff/people.html", {"rows": shown})


@staff_page(MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: StaffRequest) -> HttpResponse:
    """Give somebody access."""
    form = InviteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        role, place = form.chosen
        try:
            invited = actions_people.invite(
                email=form.cleaned_data["email"],
                name=form.cleaned_data["name"],
                language=form.cleaned_data["language"],
                role=role,
                place=place,
                by=request.person,
                at=request.received_at,
            )
        except actions_people.KnownAddress:
            form.add_error("email", words.KNOWN_ADDRESS)
        except WrongAddress as wrong:
            form.add_error("email", ADDRESS_PROBLEM[wrong.problem])
        else:
            return redirect("staff:person", invited.person.pk)
    return render(request, "staff/invite.html", {"form": form, "what_roles_may": words.what_roles_may()})


@staff_page(MANAGE)
@require_safe
def person(request: StaffRequest, number: int) -> HttpResponse:
    """One person: roles now and before, and what can be done."""
    return _person_page(request, get_object_or_404(Person, pk=number), RoleForm())


def _person_page(request: StaffRequest, shown: Person, form: RoleForm) -> HttpResponse:
    memberships = Membership.objects.filter(person=shown).select_related("given_by").order_by("-given_at")
    context = {
        "shown": shown,
        "roles": [(membership, _role_in_words(membership)) for membership in memberships],
        "form": form,
        "is_oneself": shown.pk == request.person.pk,
        "has_second_factor": shown.has_second_factor,
        "what_roles_may": words.what_roles_may(),
    }
    return render(request, "staff/person.html", context, status=400 if form.errors else 200)


@staff_page(MANAGE)
@require_POST
def give_role(request: StaffRequest, number: int) -> HttpResponse:
    """Give a role."""
    shown = get_object_or_404(Person, pk=number)
    form = RoleForm(request.POST)
    if not form.is_valid():
        return _person_page(request, shown, form)
    role, place = form.chosen
    return _answer(
        request,
        shown,
        lambda: actions_people.give_role(
            person=shown, role=role, place=place, by=request.person, at=request.received_at
        ),
    )


@staff_page(MANAGE)
@require_POST
def end_role(request: StaffRequest, number: int, role: int) -> HttpResponse:
    """End a role."""
    membership = get_object_or_404(Membership, pk=role, person_id=number)
    return _answer(
        request,
        membership.person,
        lambda: actions_people.end_role(membership=membership, by=request.person, at=request.received_at),
    )


@staff_page(MANAGE)
@require_POST
def act(request: StaffRequest, number: int, act: str) -> HttpResponse:
    """Disable, enable, send a new link, or forget a lost app."""
    if act not in ACTS:
        raise Http404(f"no such act: {act}")
    shown = get_object_or_404(Person, pk=number)
    return _answer(request, shown, lambda: ACTS[act](person=shown, by=request.person, at=request.received_at))


def _answer(request: StaffRequest, shown: Person, do: Callable[[], object]) -> HttpResponse:
    """Back to the person's page; with the reason where the act is refused."""
    try:
        do()
    except tuple(REFUSALS) as refusal:
        form = RoleForm({"role": Role.NURSE, "place": ""})
        form.is_valid()
        form.errors.clear()
        form.add_error(None, REFUSALS[type(refusal)])
        return _person_page(request, shown, form)
    return redirect("staff:person", shown.pk)


def _role_in_words(membership: Membership) -> str:
    where = name_of(Place(study=membership.study, centre=membership.centre))
    role = Role(membership.role).label
    return f"{role}, {where}" if where else str(role)
