"""Studies that may be like the one chosen, so that a comparison can begin without knowing another number."""

from dataclasses import dataclass

from django.utils import timezone

from gravida.find import words
from gravida.find.compare.chosen import Chosen
from gravida.find.models import Study
from gravida.find.search.engine import search
from gravida.find.search.request import SearchRequest
from gravida.find.site_studies import in_language, site_studies

AT_MOST = 4
# The engine is asked for more than are shown, as those already chosen are among them.
ASKED = 8


@dataclass(frozen=True, kw_only=True)
class Suggestion:
    """A study that can be added by one link."""

    title: str
    title_language: str  # empty: the page's
    status: str
    add: str  # address of the comparison with it


def suggestions_for(chosen: Chosen) -> tuple[Suggestion, ...]:
    """Other studies of the first chosen study's conditions, best first."""
    condition = next(iter(chosen.studies[0].record.conditions), "")
    if not condition:
        return ()
    request = SearchRequest(words=condition[:200], page_size=ASKED)
    numbers = [hit.number for hit in search(request, now=timezone.now()).hits]
    wanted = [number for number in numbers if number not in chosen.numbers][:AT_MOST]
    held = {study.number: study for study in Study.objects.listed().filter(number__in=wanted)}
    return tuple(_suggestion(held[number], chosen) for number in wanted if number in held)


def _suggestion(study: Study, chosen: Chosen) -> Suggestion:
    folder = site_studies().get(study.number)
    plain_title = in_language(folder.title) if folder else ""
    return Suggestion(
        title=plain_title or study.title or study.number,
        title_language="" if plain_title else "en",
        status=words.of(words.STATUS, study.status) if study.status else "",
        add=chosen.with_also(study.number),
    )
