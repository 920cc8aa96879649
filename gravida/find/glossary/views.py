"""The glossary's address."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from gravida.find.glossary.page import glossary_page
from gravida.find.glossary.site_glossary import glossary_of


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Every entry, or those that `q` asks for."""
    language = (get_language() or "en").split("-")[0]
    shown = glossary_page(glossary_of(), language=language, asked=request.GET.get("q", ""))
    return render(request, "glossary/page.html", {"page": shown})
