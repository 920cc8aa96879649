"""Several messages at once: chosen in the list, asked for once more, done each for itself, and told."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from gravida.find.inbox import bulk
from gravida.find.inbox.act_words import ACT
from gravida.find.inbox.forms import AssignForm
from gravida.find.inbox.forms_bulk import OfForm
from gravida.web.people.access import SeeOther, staff_page
from gravida.web.people.request import StaffRequest
from gravida.web.people.roles import Permission


@staff_page(Permission.ANSWER_MESSAGES)
@require_http_methods(["GET", "HEAD", "POST"])
def several(request: StaffRequest) -> HttpResponse:
    """Ask once more what is to be done with the chosen messages; or, once asked, do it."""
    if request.method != "POST":
        return SeeOther(reverse("inbox:list"))
    act = request.POST.get("act", "")
    versions = bulk.versions_in(request.POST.getlist("chosen"))
    if act not in bulk.ACTS:
        raise Http404(act)
    if not versions:
        return SeeOther(f"{reverse('inbox:list')}?chosen=none")
    form = _form(request, act, versions)
    if request.POST.get("do") != "really" or (form is not None and not form.is_valid()):
        return _asked_again(request, act, versions, form)
    colleague = form.chosen if isinstance(form, AssignForm) else None
    of = form.cleaned_data["of"] if isinstance(form, OfForm) else None
    result = bulk.done_to_all(
        act, versions, by=request.person, at=request.received_at, colleague=colleague, of=of
    )
    return render(request, "inbox/bulk_done.html", {"result": result})


def _form(request: StaffRequest, act: str, versions: dict[int, int]) -> AssignForm | OfForm | None:
    typed = request.POST if request.POST.get("do") == "really" else None
    if act == "assign":
        return AssignForm(typed, colleagues=bulk.colleagues_for(request.person, versions))
    return OfForm(typed, by=request.person) if act == "duplicate" else None


def _asked_again(
    request: StaffRequest, act: str, versions: dict[int, int], form: AssignForm | OfForm | None
) -> HttpResponse:
    chosen = bulk.chosen_of(request.person, versions, act=act)
    if not chosen:
        raise Http404("none of the chosen messages is of this person's centres")
    context = {"chosen": chosen, "act": act, "label": bulk.ACTS[act], "words": ACT[act], "form": form}
    return render(request, "inbox/bulk.html", context, status=400 if form and form.errors else 200)
