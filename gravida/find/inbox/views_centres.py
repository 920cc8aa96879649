"""Centres: open or closed, addresses to approve, figures."""

from collections.abc import Callable

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from gravida.find.contact import actions_addresses, actions_team, reads
from gravida.find.contact.letters import NotYours
from gravida.find.contact.models import Team, TeamAddress
from gravida.find.contact.pages.when import usually
from gravida.find.inbox.centre_page import centre_page, held_for, name_here, side_by_side, teams_for
from gravida.find.inbox.figures import figures, stage_names
from gravida.web.people.access import SeeOther, staff_page
from gravida.web.people.permissions import within
from gravida.web.people.request import StaffRequest
from gravida.web.people.roles import Permission

ACTS: dict[str, Callable[..., object]] = {
    "close": actions_team.close_centre,
    "open": actions_team.reopen_centre,
    "still-right": actions_team.confirm_centre,
}
DECISIONS: dict[str, Callable[..., object]] = {
    "approve": actions_addresses.approve_address,
    "refuse": actions_addresses.refuse_address,
}


def _team(request: StaffRequest, number: int) -> Team:
    return get_object_or_404(teams_for(request.person).select_related("closed_by"), pk=number)


@staff_page()
@require_safe
def centres(request: StaffRequest) -> HttpResponse:
    """The centres of this person; one alone is shown at once."""
    teams = list(teams_for(request.person))
    if not teams:
        raise Http404("no centre of this person's")
    if len(teams) == 1:
        return SeeOther(reverse("inbox:centre", args=[teams[0].pk]))
    rows = [(team, name_here(team), reads.openness(team).value) for team in teams]
    return render(request, "inbox/centres.html", {"rows": rows, "held": len(held_for(request.person))})


@staff_page()
@require_safe
def centre(request: StaffRequest, number: int) -> HttpResponse:
    """One centre."""
    team, at = _team(request, number), request.received_at
    context = {
        "page": centre_page(team, by=request.person, at=at),
        "figures": figures(team, at=at),
        "stage_names": list(stage_names().values()),
        "usually": usually(reads.usually_answers(team, at=at)),
        "done": request.GET.get("done", "") if request.GET.get("done", "") in ACTS else "",
    }
    return render(request, "inbox/centre.html", context)


@staff_page(Permission.ANSWER_MESSAGES)
@require_safe
def sure(request: StaffRequest, number: int) -> HttpResponse:
    """What follows from closing, before it is done."""
    page = centre_page(_team(request, number), by=request.person, at=request.received_at)
    if not page.may_answer:
        raise Http404("not of this person's centres")
    return render(request, "inbox/centre_sure.html", {"page": page})


@staff_page(Permission.ANSWER_MESSAGES)
@require_POST
def act(request: StaffRequest, number: int, what: str) -> HttpResponse:
    """Not recruiting any more, open again, or: what stands here is still right."""
    if what not in ACTS:
        raise Http404(what)
    try:
        ACTS[what](team=_team(request, number), by=request.person, at=request.received_at)
    except NotYours as error:
        raise Http404 from error
    return SeeOther(f"{reverse('inbox:centre', args=[number])}?done={what}")


@staff_page(Permission.APPROVE_CONTACTS)
@require_safe
def addresses(request: StaffRequest) -> HttpResponse:
    """Addresses that wait for a decision, each beside the ones that mails go to now."""
    rows = [(name_here(held.team), held.team, side_by_side(held)) for held in held_for(request.person)]
    return render(request, "inbox/addresses.html", {"rows": rows})


@staff_page(Permission.APPROVE_CONTACTS)
@require_POST
def decide(request: StaffRequest, number: int, what: str) -> HttpResponse:
    """Approve or refuse an address; a decision can be changed."""
    if what not in DECISIONS:
        raise Http404(what)
    mine = within(request.person, Permission.APPROVE_CONTACTS, study="team__study", centre="team__centre")
    address = get_object_or_404(TeamAddress.objects.filter(mine).select_related("team"), pk=number)
    try:
        DECISIONS[what](address=address, by=request.person, at=request.received_at)
    except (NotYours, actions_addresses.AlreadyDecided) as error:
        raise Http404 from error
    if held_for(request.person) and request.POST.get("from") == "addresses":
        return SeeOther(reverse("inbox:addresses"))
    return SeeOther(f"{reverse('inbox:centre', args=[address.team_id])}#addresses")
