"""The comparison's page."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from gravida.find.compare.chosen import AT_MOST, Chosen, chosen_in
from gravida.find.compare.column import Column, column_of
from gravida.find.compare.rows import Row, rows_of
from gravida.find.compare.suggestions import Suggestion, suggestions_for
from gravida.find.forms import SearchForm


@dataclass(frozen=True, kw_only=True)
class ComparePage:
    """What the page shows."""

    chosen: Chosen
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    suggestions: tuple[Suggestion, ...]

    @property
    def can_add(self) -> bool:
        """Whether there is room for another study."""
        return len(self.columns) < AT_MOST


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Up to three studies of `study`, side by side; `near` adds distances."""
    chosen = chosen_in(request.GET)
    place = SearchForm({"near": chosen.near})
    place.is_valid()
    now = timezone.now()
    columns = [
        column_of(
            study, near=place.place, typed_near=chosen.near, remove=chosen.without(study.number), at=now
        )
        for study in chosen.studies
    ]
    shown = ComparePage(
        chosen=chosen,
        columns=tuple(columns),
        rows=tuple(rows_of(columns)) if columns else (),
        suggestions=suggestions_for(chosen) if 0 < len(columns) < AT_MOST else (),
    )
    response = render(
        request,
        "compare/page.html",
        {"page": shown, "place_form": place, "search": reverse("find:search")},
    )
    # Which studies somebody compares is nobody's business: no search engine keeps such an address.
    response["X-Robots-Tag"] = "noindex"
    return response
