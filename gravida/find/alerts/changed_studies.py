"""The changed studies by themselves, searched exactly as the whole index would list them.

Words are understood against the whole index - what is rare, misspelt or carried by any study is its matter -
and then looked up in a small index in memory that holds only the changed studies, as they are and as they
were.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import tantivy
from tantivy import Query

from gravida.find.search import documents
from gravida.find.search.asked_words import understand
from gravida.find.search.clauses import Clauses
from gravida.find.search.documents import Entry
from gravida.find.search.filters import filtered
from gravida.find.search.generation import Generation
from gravida.find.search.matching import ENOUGH
from gravida.find.search.request import SearchRequest
from gravida.find.search.sites import Sites
from gravida.find.search.table import Mask, StudyTable, table_of
from gravida.find.search.told import Told, told_by
from gravida.find.site_studies import site_studies

_WRITER_BYTES = 50_000_000

# Study.pk and the registry's JSON.
Records = Iterable[tuple[int, Any]]


def _bits(mask: Mask) -> bytes:
    return np.packbits(mask).tobytes() if mask.any() else b""


def _mask(bits: bytes, length: int) -> Mask:
    if not bits:
        return np.zeros(length, dtype=np.bool_)
    return np.unpackbits(np.frombuffer(bits, dtype=np.uint8), count=length).astype(np.bool_)


@dataclass(frozen=True, kw_only=True)
class Studies:
    """Some studies: their words in a small index, their facts in a table. Rows are the table's."""

    table: StudyTable
    searcher: tantivy.Searcher
    row_of_study: npt.NDArray[np.int64]  # (highest Study.pk + 1,) -> row
    masks: dict[object, bytes] = field(default_factory=dict)  # a criterion alone -> rows that fit it, as bits

    def carrying(self, query: Query) -> Mask:
        """Rows that a query finds."""
        found = np.zeros(len(self.table), dtype=np.bool_)
        hits = self.searcher.search(Query.const_score_query(query, 1.0), limit=max(len(self.table), 1)).hits
        studies = self.searcher.fast_field_values("study", [address for _, address in hits])
        found[self.row_of_study[np.array(studies, dtype=np.int64)]] = True
        return found

    def fitting(self, request: SearchRequest) -> Mask:
        """Rows that fit everything but the words, those without a known place included, as on the page."""
        fitting = np.ones(len(self.table), dtype=np.bool_)
        for alone in _criteria(request):
            fitting &= self._fitting_alone(alone)
        return fitting

    def _fitting_alone(self, alone: SearchRequest) -> Mask:
        if alone not in self.masks:
            found = filtered(alone, self.table)
            self.masks[alone] = _bits(found.fitting() | found.unplaced)
        return _mask(self.masks[alone], len(self.table))


def _criteria(request: SearchRequest) -> Iterable[SearchRequest]:
    """Each criterion that is asked, by itself: a page lists what fits all of them."""
    if request.near:
        yield SearchRequest(near=request.near)
    if request.age_years is not None:
        yield SearchRequest(age_years=request.age_years)
    if request.sex:
        yield SearchRequest(sex=request.sex)
    if request.statuses:
        yield SearchRequest(statuses=request.statuses)
    if request.study_type:
        yield SearchRequest(study_type=request.study_type)
    if request.no_treatment_tested:
        yield SearchRequest(no_treatment_tested=True)
    if request.team_language:
        yield SearchRequest(team_language=request.team_language)


def studies_listed(ids: Iterable[int], records: Records, index: Generation) -> Studies:
    """Those of some studies (Study.pk) that the index lists, as it lists them; `records`: theirs."""
    listed = {study for study in ids if study < len(index.row_of_study) and index.row_of_study[study] >= 0}
    rows = np.sort(index.row_of_study[np.array(sorted(listed), dtype=np.int64)])
    table = _rows_of(index.table, rows)
    return Studies(
        table=table,
        searcher=_searcher((study, raw) for study, raw in records if study in listed),
        row_of_study=_rows_by_study(table),
    )


def studies_before(records: Records) -> Studies:
    """Studies by records that are no longer theirs."""
    entries: list[Entry] = []
    searcher = _searcher(_noted(records, entries))
    table = table_of(entries)
    return Studies(table=table, searcher=searcher, row_of_study=_rows_by_study(table))


def _noted(records: Records, entries: list[Entry]) -> Records:
    """The records, each noted in `entries` as it passes: together they need not fit the memory."""
    folders = site_studies()
    for study, raw in records:
        folder = folders.get(documents.texts_of(raw).numbers[0])
        centres = folder.centres if folder else ()
        entries.append(documents.entry(raw, study=study, version=0, centres=centres))
        yield study, raw


def _searcher(records: Records) -> tantivy.Searcher:
    """An index in memory of these records."""
    folders = site_studies()
    index = tantivy.Index(documents.schema())
    documents.register_analyzers(index)
    writer = index.writer(_WRITER_BYTES, 1)
    for study, raw in records:
        texts = documents.texts_of(raw)
        folder = folders.get(texts.numbers[0])
        writer.add_document(
            documents.document(texts, study=study, told=told_by(folder) if folder else Told())
        )
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    return index.searcher()


def _rows_by_study(table: StudyTable) -> npt.NDArray[np.int64]:
    studies = table.facts["study"]
    rows = np.full(int(studies.max(initial=0)) + 1, -1, dtype=np.int64)
    rows[studies] = np.arange(len(studies))
    return rows


def _rows_of(table: StudyTable, rows: "np.ndarray[Any, np.dtype[np.intp]]") -> StudyTable:
    """Some rows of a table, ascending, and only the places that they need, to the last bit as they were."""
    chosen = table.sites.of_rows(rows)
    used, place_of_site = np.unique(chosen.place_of_site, return_inverse=True)
    counts = np.bincount(place_of_site, minlength=len(used))
    return StudyTable(
        facts={name: column[rows] for name, column in table.facts.items()},
        legends=table.legends,
        sites=Sites(
            places=chosen.places[used],
            place_of_site=place_of_site.astype(np.int64),
            locations=chosen.locations,
            starts=chosen.starts,
            place_starts=np.concatenate([[0], np.cumsum(counts, dtype=np.int64)]),
            rows_by_place=chosen.rows_by_place,
        ),
    )


@dataclass(frozen=True, kw_only=True)
class AskedOnce:
    """What the words of one search come to: the rows that carry them, now and before, a bit each."""

    now: bytes
    before: bytes


@dataclass(frozen=True, kw_only=True)
class Compared:
    """What a look found out, ready to be searched: the studies as they are listed, and as they were."""

    index: Generation
    now: Studies
    before: Studies
    words: dict[object, AskedOnce] = field(default_factory=dict)

    def listed(self, request: SearchRequest) -> tuple[list[int], set[int]]:
        """The changed studies (Study.pk) that the search's page lists, and those it listed before, too."""
        fitting = self.now.fitting(request)
        asked = self._carrying(request) if fitting.any() and request.words.strip() else None
        if asked:
            fitting = fitting & _mask(asked.now, len(fitting))
        if not fitting.any():
            return [], set()
        was = self.before.fitting(request)
        if asked:
            was = was & _mask(asked.before, len(was))
        return self._studies(self.now, fitting), set(self._studies(self.before, was))

    @staticmethod
    def _studies(of: Studies, rows: Mask) -> list[int]:
        studies: list[int] = of.table.facts["study"][rows].tolist()
        return studies

    def _carrying(self, request: SearchRequest) -> AskedOnce:
        """Rows that carry the words: worked out once for all searches that ask for the same."""
        key = (request.words, request.without_synonyms, request.as_typed)
        if key not in self.words:
            self.words[key] = self._asked(request)
        return self.words[key]

    def _asked(self, request: SearchRequest) -> AskedOnce:
        asked = understand(request, self.index)
        if asked.finds_nothing and not asked.number:
            return AskedOnce(now=b"", before=b"")
        queries = list(asked.queries(Clauses(self.index.searcher, self.index.schema)))
        masks = [self.now.carrying(query) for query in queries]
        chosen = self._chosen(queries, masks)
        if not masks[chosen].any():
            return AskedOnce(now=b"", before=b"")
        was = self.before.carrying(queries[chosen])
        return AskedOnce(now=_bits(masks[chosen]), before=_bits(was))

    def _chosen(self, queries: list[Query], masks: list[Mask]) -> int:
        """Which of the queries, strict to loose, the page answers with; any where it does not matter."""
        if all((mask == masks[-1]).all() for mask in masks):
            return 0
        for place, query in enumerate(queries[:-1]):
            studies, _ = self.index.studies_with(Query.const_score_query(query, 1.0), limit=ENOUGH)
            if len(studies) >= ENOUGH:
                return place
        return len(queries) - 1
