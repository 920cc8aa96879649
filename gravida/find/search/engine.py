"""The search itself: one request in, the studies found out."""

from datetime import datetime

from gravida.find.search import database
from gravida.find.search.asked_words import AskedWords, understand
from gravida.find.search.clauses import Clauses
from gravida.find.search.filters import Filtered, filtered
from gravida.find.search.generation import Generation, Scores
from gravida.find.search.matching import matches, synonyms_carried
from gravida.find.search.request import Hit, SearchRequest, SearchResult
from gravida.find.search.serving import serving
from gravida.find.search.table import Rows
from gravida.find.search.words import as_number
from gravida.find.site_studies import site_studies

MOST_ON_A_PAGE = 100
# Their teams answer here, and their records are as short as any: a study of this site that carries what was
# asked stands among the first, and still below the exact ones where it carries only a broader form.
LIFT_OF_SITE_STUDIES = 1.5


def search(request: SearchRequest, *, now: datetime) -> SearchResult:
    """The studies that fit a request; answers from the database while the index is being made again."""
    index = serving(now=now)
    return answer(request, index) if index else database.answer(request)


def answer(request: SearchRequest, index: Generation) -> SearchResult:
    """The studies that fit a request, by this index."""
    asked = understand(request, index)
    found = _found(request, asked, index)
    fitting, unplaced = found.fitting(), found.unplaced
    size, page = min(max(request.page_size, 1), MOST_ON_A_PAGE), max(request.page, 1)
    rows = found.first(fitting, sort=request.sort, upto=page * size)[(page - 1) * size :]
    unplaced_rows = found.first(unplaced, sort=request.sort, upto=size) if page == 1 else rows[:0]
    total = int(fitting.sum())
    return SearchResult(
        hits=_hits(rows, found, asked, index),
        total=total,
        unplaced_hits=_hits(unplaced_rows, found, asked, index),
        unplaced_total=int(unplaced.sum()),
        also_searched=list(asked.also_searched),
        removed_synonyms=list(asked.removed_synonyms),
        correction=asked.correction,
        removals=[] if total else found.removals(),
        counts=found.counts(),
        number=_number(request, index),
    )


def _found(request: SearchRequest, asked: AskedWords, index: Generation) -> Filtered:
    if not request.words.strip():
        return filtered(request, index.table)
    is_ranked = request.sort != "newest" and not (request.sort == "nearest" and request.near)
    matched = matches(asked, index, is_ranked=is_ranked)
    return filtered(request, index.table, words=matched.found, scores=_lifted(matched.scores, index))


def _lifted(scores: Scores, index: Generation) -> Scores:
    """The scores, with those of the studies that have their folder here raised."""
    lifted = scores.copy()
    lifted[index.table.rows_of_numbers(site_studies())] *= LIFT_OF_SITE_STUDIES
    return lifted


def _hits(rows: Rows, found: Filtered, asked: AskedWords, index: Generation) -> list[Hit]:
    studies = index.table.facts["study"][rows].tolist()
    because = synonyms_carried(asked, studies, index)
    return [found.hit(row, because=because[study]) for row, study in zip(rows.tolist(), studies, strict=True)]


def _number(request: SearchRequest, index: Generation) -> str:
    """The study whose registry, sponsor's or secondary number was typed; empty for none or several."""
    number = as_number(request.words)
    if not number:
        return ""
    studies, _ = index.studies_with(Clauses(index.searcher, index.schema).number(number), limit=2)
    return index.table.number(int(index.row_of_study[studies[0]])) if len(studies) == 1 else ""
