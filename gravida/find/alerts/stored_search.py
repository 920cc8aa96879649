"""A search as it is kept for an alert: what it asks, without page and order, and how she typed it."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from gravida.find.alerts.models import Search
from gravida.find.search.request import Near, SearchRequest
from gravida.web.sealed import blind


@dataclass(frozen=True, kw_only=True)
class StoredSearch:
    """What is searched for, and the query of the results page that asks the same."""

    request: SearchRequest
    query: str  # as q=miscarriage&near=Lyon


def as_text(stored: StoredSearch) -> str:
    """The one text of a search: equal for equal searches."""
    asked = stored.request
    near = asked.near and [asked.near.latitude, asked.near.longitude, asked.near.radius_km]
    told: dict[str, Any] = {
        "words": asked.words,
        "near": near,
        "age_years": asked.age_years,
        "sex": asked.sex,
        "statuses": sorted(asked.statuses),
        "study_type": asked.study_type,
        "no_treatment_tested": asked.no_treatment_tested,
        "team_language": asked.team_language,
        "without_synonyms": sorted(asked.without_synonyms),
        "as_typed": asked.as_typed,
        "query": stored.query,
    }
    kept = {name: value for name, value in told.items() if value not in (None, "", [], False)}
    return json.dumps(kept, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def from_text(text: str) -> StoredSearch:
    """The search that `as_text` wrote."""
    told: dict[str, Any] = json.loads(text)
    near = told.get("near")
    request = SearchRequest(
        words=told.get("words", ""),
        near=Near(latitude=near[0], longitude=near[1], radius_km=near[2]) if near else None,
        age_years=told.get("age_years"),
        sex=told.get("sex", ""),
        statuses=tuple(told.get("statuses", ())),
        study_type=told.get("study_type", ""),
        no_treatment_tested=told.get("no_treatment_tested", False),
        team_language=told.get("team_language", ""),
        without_synonyms=frozenset(told.get("without_synonyms", ())),
        as_typed=told.get("as_typed", False),
    )
    return StoredSearch(request=request, query=told.get("query", ""))


def keep(stored: StoredSearch) -> Search:
    """The row of a search, one for all who ask the same; in the transaction of what refers to it."""
    text = as_text(stored)
    key = blind(text, purpose="alerts search")
    Search.objects.bulk_create([Search(key=key, asked=text)], ignore_conflicts=True)
    return Search.objects.select_for_update().get(key=key)


def forget_unused(among: Collection[int | None] | None = None) -> int:
    """Delete searches (Search.pk; None: of all) that nobody has an alert for; how many."""
    if among is not None and not any(among):
        return 0
    with transaction.atomic():
        asked = Search.objects.filter(pk__in=[one for one in among if one]) if among is not None else None
        unused = (Search.objects.all() if asked is None else asked).unused()
        held = [search.pk for search in Search.objects.select_for_update().filter(pk__in=unused.values("pk"))]
        # Looked at again: between the look and the lock somebody may have signed up for one of them.
        return Search.objects.unused().filter(pk__in=held).delete()[0]
