"""Pages that belong to no part: errors and the style guide."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from gravida.web.frame import absolute
from gravida.web.people.access import form_out_of_date
from gravida.web.people.request import is_staff_path
from gravida.web.unavailable import answer_to_present_error


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: the address or the form cannot be understood."""
    return _error(
        request,
        400,
        _("This request could not be understood"),
        _("Check the address, or start from the search."),
    )


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403: not allowed."""
    return _error(
        request,
        403,
        _("This page is not open to you"),
        _("If you think it should be, go back and try once more."),
    )


def form_expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: a form came back without the mark that we gave it; a staff member's own is given back."""
    given_back = form_out_of_date(request)
    if given_back is not None:
        return given_back
    return _error(
        request,
        403,
        _("This form has expired"),
        _("Nothing was sent. Go back, load the page again, and send the form once more."),
    )


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: no such page."""
    return _error(
        request,
        404,
        _("There is no page here"),
        _(
            "The address may be incomplete, or the study may have left the registry. "
            "Search for it by name or number."
        ),
    )


def server_error(request: HttpRequest) -> HttpResponse:
    """500: our fault; or 503 when it is the database that is away."""
    return answer_to_present_error(request) or _error(
        request,
        500,
        _("Something went wrong on our side"),
        _("It is not your doing, and it has been noted. Please try again in a few minutes."),
    )


def _error(request: HttpRequest, number: int, heading: str, explanation: str) -> HttpResponse:
    context = {"heading": heading, "explanation": explanation, "number": number}
    is_staff = is_staff_path(request.path_info) or "public" not in settings.PARTS
    template = "staff/error.html" if is_staff and "staff" in settings.PARTS else "web/error.html"
    return render(request, template, context, status=number)


def style_guide(request: HttpRequest) -> HttpResponse:
    """Every component with its states; debug only."""
    return render(request, "web/style_guide.html")


def robots(request: HttpRequest) -> HttpResponse:
    """What crawlers may read: everything public; where the sitemap is."""
    lines = ["User-agent: *", "Disallow:", f"Sitemap: {absolute(request, reverse('sitemap_index'))}", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")
