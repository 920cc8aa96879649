"""The staff's page of mails that need somebody: neither addresses nor texts, only where each stands."""

from collections.abc import Callable

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from gravida.web.mail import actions
from gravida.web.mail.reading import health, with_words
from gravida.web.mail.server import MailFolder, mail_server
from gravida.web.models import Mail
from gravida.web.people.access import staff_page
from gravida.web.people.request import StaffRequest
from gravida.web.people.roles import Permission

PER_PAGE = 50
ACTS: dict[str, Callable[..., None]] = {"send-again": actions.send_again, "drop": actions.drop}


@staff_page(Permission.SEE_MAIL)
@require_safe
def troubled(request: StaffRequest) -> HttpResponse:
    """Failed and unsure mails, newest first, with the figures of the outbox."""
    mails = Mail.objects.needing_staff().without_texts()
    page = Paginator(mails, PER_PAGE).get_page(request.GET.get("page"))
    server = mail_server()
    context = {
        "health": health(at=request.received_at),
        "rows": with_words(page.object_list),
        "page": page,
        "folder": server.path if isinstance(server, MailFolder) else None,
        "was_dealt_with": "late" in request.GET,
    }
    return render(request, "web/troubled_mails.html", context)


@staff_page(Permission.SEE_MAIL)
@require_POST
def act(request: StaffRequest, number: int, what: str) -> HttpResponse:
    """Send one again, or put it aside."""
    if what not in ACTS:
        raise Http404
    mail = get_object_or_404(Mail.objects.without_texts(), pk=number)
    try:
        ACTS[what](mail=mail, by=request.person, at=request.received_at)
    except actions.NothingToDo:
        return redirect(f"{reverse('mail:troubled')}?late=1")
    return redirect("mail:troubled")
