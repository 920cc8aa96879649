"""Which studies carry the words of a search, how well, and in which of her words or their synonyms."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from tantivy import Query

from gravida.find.search.asked_words import AskedWords, Concept
from gravida.find.search.clauses import Clauses
from gravida.find.search.generation import Generation, Scores
from gravida.find.search.table import Mask

# A looser query is tried while the stricter one does not fill a page.
ENOUGH = 10


@dataclass(frozen=True, kw_only=True)
class Matches:
    """Studies that carry the words. Arrays are (studies,), by the table's rows."""

    found: Mask
    scores: Scores


def matches(asked: AskedWords, index: Generation, *, is_ranked: bool = True) -> Matches:
    """The studies that a search's words find; all with the same score unless they are to be ranked."""
    found = np.zeros(len(index.table), dtype=np.bool_)
    scores = np.zeros(len(index.table), dtype=np.float32)
    if not asked.finds_nothing or asked.number:
        studies, of_studies = _best(asked, index, is_ranked)
        rows = index.row_of_study[studies]
        found[rows], scores[rows] = True, of_studies
    return Matches(found=found, scores=scores)


def _best(asked: AskedWords, index: Generation, is_ranked: bool) -> tuple[npt.NDArray[np.int64], Scores]:
    for query in asked.queries(Clauses(index.searcher, index.schema)):
        wanted = query if is_ranked else Query.const_score_query(query, 1.0)
        studies, scores = index.studies_with(wanted, limit=len(index.table))
        if len(studies) >= ENOUGH:
            break
    return studies, scores


def synonyms_carried(asked: AskedWords, studies: list[int], index: Generation) -> dict[int, tuple[str, ...]]:
    """For each study (Study.pk) that lacks a term as typed: the shown synonyms of it that it carries."""
    carried: dict[int, list[str]] = {study: [] for study in studies}
    clauses = Clauses(index.searcher, index.schema)
    for concept in asked.concepts:
        lacking = [study for study in studies if concept.others]
        lacking = (
            sorted(set(lacking) - _studies_with(concept.own, lacking, clauses, index)) if lacking else []
        )
        for study, term in _others_in(concept, lacking, clauses, index):
            if term not in carried[study]:
                carried[study].append(term)
    return {study: tuple(terms) for study, terms in carried.items()}


def _others_in(
    concept: Concept, studies: list[int], clauses: Clauses, index: Generation
) -> "list[tuple[int, str]]":
    found = []
    for term, query in concept.others if studies else ():
        if term.is_shown:
            found += [(study, term.text) for study in sorted(_studies_with(query, studies, clauses, index))]
    return found


def _studies_with(query: Query, studies: list[int], clauses: Clauses, index: Generation) -> set[int]:
    found, _ = index.studies_with(clauses.among(studies, query), limit=len(studies))
    return set(found.tolist())
