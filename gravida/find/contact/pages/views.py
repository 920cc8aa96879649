"""Pages of getting in touch; the addresses stand in urls.py."""

from django.http import Http404, HttpRequest, HttpResponse


def write(request: HttpRequest, number: str) -> HttpResponse:
    """The centre, then the message."""
    raise Http404


def sent(request: HttpRequest, token: str) -> HttpResponse:
    """What happens next; the code is shown once."""
    raise Http404


def status(request: HttpRequest, token: str) -> HttpResponse:
    """The private page of a message."""
    raise Http404


def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """She confirms her address."""
    raise Http404


def acknowledge(request: HttpRequest, token: str) -> HttpResponse:
    """The team says that it has the message."""
    raise Http404


def not_recruiting(request: HttpRequest, token: str) -> HttpResponse:
    """The team closes its form."""
    raise Http404
