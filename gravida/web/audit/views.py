"""The page of the audit trail."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from gravida.web.audit.forms import TrailForm
from gravida.web.audit.models import AuditEntry
from gravida.web.audit.reading import Asked, entries_for
from gravida.web.people.access import staff_page
from gravida.web.people.models import Person
from gravida.web.people.request import StaffRequest
from gravida.web.people.roles import Permission

PER_PAGE = 50


@staff_page(Permission.READ_AUDIT)
@require_safe
def entries(request: StaffRequest) -> HttpResponse:
    """Who did what, and when: newest first, by person, act and days."""
    everything = entries_for(request.person, Asked())
    known = Person.objects.filter(pk__in=everything.order_by().values("by")).order_by("name")
    form = TrailForm(request.GET or None, people=known)
    asked = Asked()
    if form.is_bound and form.is_valid():
        asked = Asked(
            by=form.cleaned_data["by"],
            action=form.cleaned_data["action"].strip(),
            since=form.cleaned_data["since"],
            until=form.cleaned_data["until"],
        )
    page = Paginator(entries_for(request.person, asked), PER_PAGE).get_page(request.GET.get("page"))
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "form": form,
        "page": page,
        "rows": [(entry, _changes(entry)) for entry in page.object_list],
        "query": query.urlencode(),
    }
    return render(request, "staff/audit.html", context)


def _changes(entry: AuditEntry) -> list[tuple[str, str, str]]:
    """Field, old, new; a personal value only as the sign that there was one."""
    return [(name, _shown(old), _shown(new)) for name, (old, new) in sorted(entry.changes.items())]


def _shown(value: str) -> str:
    return "•••" if value.startswith("salted:") else value
