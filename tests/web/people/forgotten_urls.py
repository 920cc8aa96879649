"""Addresses with views that somebody forgot to mark."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from gravida.urls import urlpatterns as ours


def forgotten(request: HttpRequest) -> HttpResponse:
    """A view without a mark of access."""
    return HttpResponse("inside")


urlpatterns = [path("forgotten/", forgotten), path("staff/forgotten/", forgotten), *ours]
handler403 = "gravida.web.views.forbidden"
