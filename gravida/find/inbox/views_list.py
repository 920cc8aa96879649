"""The list of messages."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from gravida.find.inbox.asked import asked_of
from gravida.find.inbox.list_page import list_page
from gravida.web.people.access import staff_page
from gravida.web.people.permissions import may_somewhere
from gravida.web.people.request import StaffRequest
from gravida.web.people.roles import Permission


@staff_page(Permission.READ_MESSAGES)
@require_safe
def messages(request: StaffRequest) -> HttpResponse:
    """Messages of the person's centres, most urgent first; a whole reference leads to its message."""
    asked = asked_of(request.GET.dict())
    page = list_page(request.person, asked, at=request.received_at)
    if asked.reference and page.total == 1 and page.rows[0].reference == asked.reference:
        return redirect("inbox:message", page.rows[0].reference)
    context = {
        "page": page,
        "may_export": may_somewhere(request.person, Permission.EXPORT_MESSAGES),
        "may_answer": may_somewhere(request.person, Permission.ANSWER_MESSAGES),
    }
    return render(request, "inbox/list.html", context)
