"""A plain search of the database, for the minutes in which there is no index."""

import numpy as np

from gravida.find.models import Study
from gravida.find.search.documents import entry
from gravida.find.search.filters import filtered
from gravida.find.search.request import SearchRequest, SearchResult
from gravida.find.search.table import StudyTable, table_of
from gravida.find.search.words import as_number, words_of
from gravida.find.site_studies import centres_of
from gravida.find.strict_json import load_kept

# Records are opened one by one to filter them: enough for some pages, and never more than a second's work.
MOST_OPENED = 500
_MOST_WORDS = 8


def answer(request: SearchRequest) -> SearchResult:
    """Studies whose title holds every word and that fit the filters, newest update first.

    Among the 500 newest that the words and the status leave; without synonyms, corrections and counts.
    """
    found = filtered(request, _newest(request))
    fitting, unplaced = found.fitting(), found.unplaced
    size, page = request.page_size, max(request.page, 1)
    rows = found.first(fitting, sort=request.sort, upto=page * size)[(page - 1) * size :]
    unplaced_rows = (
        found.first(unplaced, sort=request.sort, upto=size) if page == 1 else np.array([], dtype=int)
    )
    return SearchResult(
        hits=[found.hit(row) for row in rows.tolist()],
        total=int(fitting.sum()),
        unplaced_hits=[found.hit(row) for row in unplaced_rows.tolist()],
        unplaced_total=int(unplaced.sum()),
        number=_number(request),
        is_rebuilding=True,
    )


def _number(request: SearchRequest) -> str:
    number = as_number(request.words)
    return number if number and Study.objects.listed().filter(number=number).exists() else ""


def _newest(request: SearchRequest) -> StudyTable:
    """The facts of the newest studies whose title holds every word, or whose number the words are."""
    studies = Study.objects.listed().with_record()
    if number := _number(request):
        studies = studies.filter(number=number)
    else:
        words = [word for word in words_of(request.words) if not word.is_stop_word]
        for word in words[:_MOST_WORDS]:
            studies = studies.filter(title__icontains=word.typed)
    if request.statuses:
        studies = studies.filter(status__in=request.statuses)
    return table_of(
        [
            entry(
                load_kept(study.current_version.raw),
                study=study.pk,
                version=study.current_version.pk,
                centres=centres_of(study.number),
            )
            for study in studies.order_by("-updated_on", "number")[:MOST_OPENED]
            if study.current_version
        ]
    )
