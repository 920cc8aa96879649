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
class Facts:
    """The facts of some studies, and which of them fit a search but for its words."""

    table: StudyTable
    masks: dict[object, bytes] = field(default_factory=dict)  # a criterion alone -> rows that fit it, as bits

    def studies(self, rows: Mask) -> list[int]:
        """Study.pk of these rows."""
        studies: list[int] = self.table.facts["study"][rows].tolist()
        return studies

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


@dataclass(frozen=True, kw_only=True)
class Words:
    """The words of the changed studies: as they are and as they were in one index, searched at once."""

    searcher: tantivy.Searcher
    row_of_document: npt.NDArray[np.int64]  # (documents,) -> row of now, or behind those, of before
    rows: int

    def carrying(self, query: Query) -> Mask:
        """Rows that a query finds: those of now, then those of before."""
        found = np.zeros(self.rows, dtype=np.bool_)
        hits = self.searcher.search(Query.const_score_query(query, 1.0), limit=max(self.rows, 1)).hits
        documents = self.searcher.fast_field_values("study", [address for _, address in hits])
        found[self.row_of_document[np.array(documents, dtype=np.int64)]] = True
        return found


def compared(ids: Iterable[int], *, now: Records, before: Records, index: Generation) -> "Compared":
    """Some studies (Study.pk) ready to be searched, by their records as they are and as they were.

    Those that the index does not list are left out of the former. Records are read once, one by one.
    """
    rows = index.row_of_study
    listed = {study for study in ids if study < len(rows) and rows[study] >= 0}
    writing = _Writing()
    writing.add((study, raw) for study, raw in now if study in listed)
    documents_of_now = len(writing.studies)
    entries: list[Entry] = []
    writing.add(_noted(before, entries))
    table = _rows_of(index.table, np.sort(rows[np.array(sorted(listed), dtype=np.int64)]))
    was = table_of(entries)
    row_of_document = np.concatenate(
        [
            _rows_by_study(table)[writing.studies[:documents_of_now]],
            len(table) + _rows_by_study(was)[writing.studies[documents_of_now:]],
        ]
    ).astype(np.int64)
    words = Words(searcher=writing.searcher(), row_of_document=row_of_document, rows=len(table) + len(was))
    return Compared(index=index, words=words, now=Facts(table=table), before=Facts(table=was))


def _noted(records: Records, entries: list[Entry]) -> Records:
    """The records, each noted in `entries` as it passes: together they need not fit the memory."""
    folders = site_studies()
    for study, raw in records:
        folder = folders.get(documents.texts_of(raw).numbers[0])
        centres = folder.centres if folder else ()
        entries.append(documents.entry(raw, study=study, version=0, centres=centres))
        yield study, raw


class _Writing:
    """An index in memory while it is written; documents are numbered as they come."""

    def __init__(self) -> None:
        self.studies: list[int] = []  # Study.pk of each document
        self._index = tantivy.Index(documents.schema())
        documents.register_analyzers(self._index)
        self._writer = self._index.writer(_WRITER_BYTES, 1)

    def add(self, records: Records) -> None:
        """Write the words of each record."""
        folders = site_studies()
        for study, raw in records:
            texts = documents.texts_of(raw)
            folder = folders.get(texts.numbers[0])
            told = told_by(folder) if folder else Told()
            self._writer.add_document(documents.document(texts, study=len(self.studies), told=told))
            self.studies.append(study)

    def searcher(self) -> tantivy.Searcher:
        """What was written, open for searching."""
        self._writer.commit()
        self._writer.wait_merging_threads()
        self._index.reload()
        return self._index.searcher()


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
class Compared:
    """What a look found out, ready to be searched: the studies as they are listed, and as they were."""

    index: Generation
    words: Words
    now: Facts
    before: Facts
    asked: dict[object, bytes] = field(default_factory=dict)  # words of a search -> rows, as bits

    def listed(self, request: SearchRequest) -> tuple[list[int], set[int]]:
        """The changed studies (Study.pk) that the search's page lists, and those it listed before, too."""
        fitting = self.now.fitting(request)
        if not fitting.any():
            return [], set()
        carrying = self._carrying(request) if request.words.strip() else None
        if carrying is not None:
            fitting &= carrying[: len(fitting)]
        if not fitting.any():
            return [], set()
        was = self.before.fitting(request)
        if carrying is not None:
            was &= carrying[len(fitting) :]
        return self.now.studies(fitting), set(self.before.studies(was))

    def _carrying(self, request: SearchRequest) -> Mask:
        """Rows that carry the words, worked out once for all searches that ask for the same."""
        key = (request.words, request.without_synonyms, request.as_typed)
        if key not in self.asked:
            self.asked[key] = _bits(self._found(request))
        return _mask(self.asked[key], self.words.rows)

    def _found(self, request: SearchRequest) -> Mask:
        asked = understand(request, self.index)
        if asked.finds_nothing and not asked.number:
            return np.zeros(self.words.rows, dtype=np.bool_)
        queries = list(asked.queries(Clauses(self.index.searcher, self.index.schema)))
        masks = [self.words.carrying(query) for query in queries]
        return masks[self._chosen(queries, masks)]

    def _chosen(self, queries: list[Query], masks: list[Mask]) -> int:
        """Which of the queries, strict to loose, the page answers with; any where it does not matter."""
        if all((mask == masks[-1]).all() for mask in masks):
            return 0
        for place, query in enumerate(queries[:-1]):
            studies, _ = self.index.studies_with(Query.const_score_query(query, 1.0), limit=ENOUGH)
            if len(studies) >= ENOUGH:
                return place
        return len(queries) - 1
