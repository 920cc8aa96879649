"""The printed page of a study."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from gravida.find.forms import SearchForm
from gravida.find.models import Study
from gravida.find.sheet.asked import SHOW, SPOKEN, asked_in
from gravida.find.sheet.sheet import sheet_of


@require_safe
def page(request: HttpRequest, number: str) -> HttpResponse:
    """One study on one page of A4. A number in small letters leads to its one address."""
    study = Study.objects.numbered(number)
    if study is None:
        raise Http404
    if number != study.number:
        return redirect("sheet:page", number=study.number, permanent=True)
    asked = asked_in(request.GET)
    place = SearchForm({"near": asked.near})
    place.is_valid()
    now = timezone.now()
    response = render(
        request,
        "sheet/page.html",
        {
            "sheet": sheet_of(study, asked, near=place.place, request=request, at=now),
            "today": timezone.localdate(now),
            "shows": [(code, text, code == asked.show) for code, text in SHOW.items()],
            "questions": [(code, text, code in asked.questions) for code, text in SPOKEN.items()],
        },
    )
    # The same study in fewer words: search engines keep its page.
    response["X-Robots-Tag"] = "noindex"
    return response
