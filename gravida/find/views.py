"""Pages of FIND: start, search, study, the study's picture."""

import math
from urllib.parse import urlencode

from django.contrib.staticfiles import finders
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from gravida.find.asked import EVERYTHING, ask, known_parameters
from gravida.find.contact.pages.counted import gathered
from gravida.find.forms import SearchForm
from gravida.find.models import Study
from gravida.find.results import results_of
from gravida.find.site_studies import site_studies
from gravida.find.study_page import study_page_of

# What is shown to someone who has asked for nothing yet.
START = {"status": ["RECRUITING"]}


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The start page: what this is, the search, and the studies that are open now, newest first."""
    return _search(
        request, template="find/home.html" if not known_parameters(request) else "find/search.html"
    )


@require_safe
def search_page(request: HttpRequest) -> HttpResponse:
    """Results of a search; a registry number goes straight to its study."""
    return _search(request, template="find/search.html")


def _search(request: HttpRequest, *, template: str) -> HttpResponse:
    """A form sends its empty fields too: the visitor is led to the short address that says the same."""
    tidy = known_parameters(request).urlencode()
    if tidy != request.GET.urlencode():
        return redirect(f"{reverse('find:search')}?{tidy or urlencode(EVERYTHING, doseq=True)}")
    asked = ask(request, defaults=START)
    if asked.result.number:
        return redirect("find:study", number=asked.result.number)
    last_page = max(math.ceil(asked.result.total / asked.request.page_size), 1)
    if asked.page > last_page:
        return redirect(reverse("find:search") + asked.address(page=str(last_page)))
    return render(request, template, {"form": asked.form, "results": results_of(asked)})


@require_safe
def study_page(request: HttpRequest, number: str) -> HttpResponse:
    """One study. A number in small letters leads to its one address."""
    study = Study.objects.numbered(number)
    if study is None:
        raise Http404
    if number != study.number:
        return redirect("find:study", number=study.number, permanent=True)
    now = timezone.now()
    query = known_parameters(request)
    place = SearchForm({"near": query.get("near", "")})
    place.is_valid()
    page = study_page_of(study, near=place.place, request=request, at=now)
    if page.contact.first:
        gathered.add(page.contact.first.team, "viewed", at=now)
    back = f"{reverse('find:search')}?{query.urlencode()}" if query else ""
    return render(request, "find/study.html", {"page": page, "place_form": place, "back": back})


@require_safe
def picture(request: HttpRequest, number: str) -> HttpResponseBase:
    """The picture of a study of this site, from its folder; the calm default for any other."""
    folder = site_studies().get(number.upper())
    path = folder.picture.file if folder and folder.picture else finders.find("img/hills.svg")
    if not path:
        raise Http404
    response = FileResponse(open(path, "rb"), content_type="image/svg+xml")  # noqa: SIM115, PTH123 - the response closes it
    response["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    response["Cache-Control"] = "public, max-age=3600"
    return response
