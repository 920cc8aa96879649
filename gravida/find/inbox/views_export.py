"""Taking messages out as a file: asked for with a reason and a secret, noted with rows and hash."""

from datetime import timedelta

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from gravida.find.contact import actions_team
from gravida.find.contact.models import Export
from gravida.find.inbox.export import MOST_ROWS, TooManyRows, export, exports_of, teams_to_export
from gravida.find.inbox.forms_export import ExportForm
from gravida.web.limits import TooMany
from gravida.web.people import words
from gravida.web.people.access import SeeOther, staff_page
from gravida.web.people.actions_account import WrongSecret, confirm_it_is_them
from gravida.web.people.cookies import origin_of
from gravida.web.people.request import StaffRequest
from gravida.web.people.roles import Permission


@staff_page(Permission.EXPORT_MESSAGES, keeps_form=False)
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("secret")
def take_out(request: StaffRequest) -> HttpResponse:
    """Ask what and why; then the file."""
    today = timezone.localdate(request.received_at)
    initial = {"since": today - timedelta(days=90), "until": today}
    typed = request.POST if request.method == "POST" else None
    form = ExportForm(typed, initial=initial, teams=teams_to_export(request.person))
    if typed is None or not form.is_valid():
        return _page(request, form, status=400 if form.errors else 200)
    try:
        confirm_it_is_them(
            person=request.person, secret=form.cleaned_data["secret"], origin=origin_of(request),
            at=request.received_at,
        )  # fmt: skip
        file = export(
            form.wanted, reason=form.cleaned_data["reason"], by=request.person, at=request.received_at
        )
    except WrongSecret:
        form.add_error("secret", words.WRONG_SECRET)
    except TooMany as limit:
        form.add_error("secret", words.too_many(limit.retry_after_seconds))
        return _page(request, form, status=429)
    except TooManyRows as many:
        form.add_error(
            "since",
            _("%(rows)s messages are too many for one file (%(most)s): choose fewer days.")
            % {"rows": many.rows, "most": MOST_ROWS},
        )
    else:
        answer = HttpResponse(file.content, content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="{file.name}"'
        return answer
    return _page(request, form, status=400)


def _page(request: StaffRequest, form: ExportForm, *, status: int = 200) -> HttpResponse:
    context = {"form": form, "exports": exports_of(request.person)}
    return render(request, "inbox/export.html", context, status=status)


@staff_page(Permission.EXPORT_MESSAGES)
@require_POST
def deleted(request: StaffRequest, number: int) -> HttpResponse:
    """Whoever took a file says that it is gone; somebody else's is not found."""
    found = get_object_or_404(Export, pk=number, by=request.person)
    actions_team.confirm_export_deleted(export=found, by=request.person, at=request.received_at)
    return SeeOther(reverse("inbox:export"))
