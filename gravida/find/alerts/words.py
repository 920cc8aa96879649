"""The words of alerts: what happened, how often, which changes, what a search asks."""

from collections.abc import Iterator
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gravida.find import words
from gravida.find.alerts.models import Frequency
from gravida.find.alerts.stored_search import StoredSearch
from gravida.find.alerts.topics import Kind
from gravida.find.search.request import SearchRequest

KIND: words.Words = {
    Kind.NEW: gettext_lazy("It now fits your search."),
    Kind.OPENED: gettext_lazy("It is now open to new people."),
    Kind.CLOSED: gettext_lazy("It no longer takes new people."),
    Kind.GONE: gettext_lazy("The registry no longer lists it."),
    Kind.PLACES: gettext_lazy("Its places have changed."),
    Kind.RESULTS: gettext_lazy("Its results were published."),
}
FREQUENCY: words.Words = {
    Frequency.IMMEDIATE: gettext_lazy("At once, at most one mail a day"),
    Frequency.WEEKLY: gettext_lazy("Once a week, on Mondays"),
    Frequency.MONTHLY: gettext_lazy("Once a month, on the first"),
}
TOPIC: words.Words = {
    "tells_opening": gettext_lazy("When it opens to new people"),
    "tells_changes": gettext_lazy("When it closes, or its places change"),
    "tells_results": gettext_lazy("When its results are published"),
}
SEARCH_TOPIC: words.Words = {
    "tells_new": gettext_lazy("Studies that newly fit this search"),
    "tells_opening": gettext_lazy("When one of its studies opens to new people"),
    "tells_changes": gettext_lazy("When one of them closes, or its places change"),
    "tells_results": gettext_lazy("When results of one of them are published"),
}


def described(stored: StoredSearch) -> str:
    """What a search asks, in one line."""
    return " · ".join(_parts(stored)) or _("all studies")


def _parts(stored: StoredSearch) -> Iterator[str]:
    asked, query = stored.request, QueryDict(stored.query)
    if asked.words:
        yield _("“%(words)s”") % {"words": asked.words}
    if asked.near:
        yield _near(str(query.get("near", "")), asked.near.radius_km)
    if asked.age_years is not None:
        yield _("age %(n)s") % {"n": asked.age_years}
    yield from _filters(stored.request, query)


def _filters(asked: SearchRequest, query: QueryDict) -> Iterator[str]:
    if asked.sex:
        yield words.of(words.SEX, asked.sex)
    for code in query.getlist("status"):
        yield words.of({**words.STATUS, **words.STATUS_CHOICE_WORDS}, str(code))
    if asked.study_type:
        yield words.of(words.STUDY_TYPE, asked.study_type)
    if asked.no_treatment_tested:
        yield _("No treatment tested")
    if asked.team_language:
        yield _("The team speaks %(language)s") % {"language": words.of(words.LANGUAGE, asked.team_language)}


def _near(typed: str, radius_km: float | None) -> str:
    values: dict[str, Any] = {"place": typed, "km": f"{radius_km:g}" if radius_km is not None else ""}
    if radius_km is None:
        return _("near %(place)s, any distance") % values
    return _("within %(km)s km of %(place)s") % values
