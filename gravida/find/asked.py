"""A search as its address asks it: form, answer, and addresses that change one thing of it."""

from dataclasses import dataclass

from django.http import HttpRequest, QueryDict
from django.utils import timezone

from gravida.find.forms import ANY_STATUS, SearchForm
from gravida.find.search.engine import search
from gravida.find.search.request import SearchRequest, SearchResult
from gravida.find.site_studies import site_studies

# What an address of a search may carry; anything else is dropped from the addresses we write.
PARAMETERS = (
    "q",
    "near",
    "age",
    "km",
    "sex",
    "status",
    "type",
    "notreat",
    "speaks",
    "sort",
    "x",
    "exact",
    "page",
)
# Values that say nothing: they hold anyway.
USUAL = {"km": ["50"], "sort": ["best"], "page": ["1"]}
# A search that was sent with nothing in it: every study, where an address that asks nothing shows open ones.
EVERYTHING = {"status": [ANY_STATUS]}
# Of one parameter; more than any form of ours sends.
MOST_VALUES = 20
# Pages beyond it are answered as it: nobody reads so far, and every page costs the engine the ones before.
LAST_PAGE = 1000
# What each criterion is called in the address.
PARAMETER_OF = {
    "words": "q",
    "near": "near",
    "age": "age",
    "sex": "sex",
    "status": "status",
    "study_type": "type",
    "no_treatment": "notreat",
    "team_language": "speaks",
}


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A search that was asked for, and what was found."""

    form: SearchForm
    request: SearchRequest
    result: SearchResult
    page: int
    query: QueryDict  # known parameters only

    def address(self, **changes: str | list[str] | None) -> str:
        """The query of this search with some parameters replaced, or taken out where None; page 1 again."""
        query = self.query.copy()
        query.pop("page", None)
        for name, value in changes.items():
            query.pop(name, None)
            if value is not None:
                query.setlist(name, value if isinstance(value, list) else [value])
        return f"?{query.urlencode()}"

    @property
    def removed(self) -> list[str]:
        """Synonyms the visitor took out."""
        return self.query.getlist("x")


def known_parameters(request: HttpRequest) -> QueryDict:
    """The search's own parameters of an address, in a fixed order; empty and usual values left out."""
    query = QueryDict(mutable=True)
    for name in PARAMETERS:
        values = [value for value in request.GET.getlist(name) if value][:MOST_VALUES]
        if values and values != USUAL.get(name):
            query.setlist(name, values)
    if len(query) > 1 and query.getlist("status") == EVERYTHING["status"]:
        del query["status"]
    return query


def ask(request: HttpRequest, *, page_size: int = 10, defaults: dict[str, list[str]] | None = None) -> Asked:
    """Run the search of an address. `defaults` fill the search when the address asks nothing."""
    query = known_parameters(request)
    shown = query.copy()
    if not query:  # the start page asks for something without saying so in its address
        for name, values in (defaults or {}).items():
            shown.setlist(name, values)
    form = SearchForm(shown, languages=team_languages())
    form.is_valid()
    page = _page(query.get("page"))
    asked = form.request(
        removed=frozenset(query.getlist("x")), as_typed="exact" in query, page=page, page_size=page_size
    )
    return Asked(form=form, request=asked, result=search(asked, now=timezone.now()), page=page, query=query)


def _page(typed: object) -> int:
    """A page number of an address; 1 for anything that is none."""
    text = str(typed or "")
    return min(max(int(text), 1), LAST_PAGE) if text.isdecimal() and len(text) < 6 else 1


def team_languages() -> frozenset[str]:
    """Languages that any team of this site speaks."""
    centres = (centre for study in site_studies().values() for centre in study.centres)
    return frozenset(code for centre in centres for code in centre.languages)
