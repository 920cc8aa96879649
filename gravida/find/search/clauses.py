"""What is asked of tantivy: how a word, a phrase or a term of the synonym table is matched and weighed.

Each word is looked for in what names a study (`head`: titles, conditions, keywords, MeSH terms; weight 2),
in what describes it (`body`; 1) and in French texts. Measured on 57 judged patient notes of 2021, nDCG@10
for one phrase, three phrases and the whole note, while it was built (current figures: benchmarks/results):
- the best field counts fully, the others three tenths (disjunction-max). Plain sums favour long notes' common
  words: .366, .423, .373 with sums and each field's own rarity; .376, .428, .463 as done here;
- a word has one rarity (idf), that of the field where it is commonest, and not another one in each field;
- all words of a long note are kept: the 10 to 40 rarest alone gave .23 to .34 for the whole note;
- a bonus for neighbouring words changed nothing beyond chance, so there is none.
"""

import math
from collections.abc import Iterable, Sequence

import tantivy
from tantivy import Occur, Query

from gravida.find.search.synonyms import Term
from gravida.find.search.words import Word

HEAD, BODY, FRENCH = 2.0, 1.0, 2.0
OTHER_FIELDS = 0.3
# Words that may stand between those of a term: "recurrent early pregnancy loss".
SLOP = 2
_FIELDS = (("head", HEAD), ("body", BODY))


class Clauses:
    """Queries over one open index."""

    def __init__(self, searcher: tantivy.Searcher, schema: tantivy.Schema) -> None:
        self._searcher = searcher
        self._schema = schema
        self._total = searcher.num_docs
        self._frequencies: dict[tuple[str, str], int] = {}

    def rarity(self, frequency: int) -> float:
        """BM25's inverse document frequency."""
        return math.log(1 + (self._total - frequency + 0.5) / (frequency + 0.5))

    def frequency(self, word: Word) -> int:
        """In how many studies a word stands, in the field where it is commonest."""
        return max(
            self._in_field("head", word.english),
            self._in_field("body", word.english),
            self._in_field("french", word.french),
        )

    def frequency_of_term(self, term: Term) -> int:
        """In how many studies a term may stand at most: its rarest word's."""
        if term.is_abbreviation:
            return self._in_field("abbreviation", term.text)
        return self.frequency_of(term.words)

    def frequency_of(self, words: Iterable[Word]) -> int:
        """In how many studies words may stand together at most."""
        return min((self.frequency(word) for word in words if word.is_indexed), default=0)

    def word(self, word: Word, *, rarity: float) -> Query:
        """Studies that carry a word."""
        fields = []
        for field, weight in _FIELDS:
            if found := self._in_field(field, word.english):
                matched = Query.term_query(self._schema, field, word.english, index_option="freq")
                fields.append(Query.boost_query(matched, weight * rarity / self.rarity(found)))
        if self._in_field("french", word.french):
            # Few studies have French texts, so BM25's mean length says nothing there.
            matched = Query.term_query(self._schema, "french", word.french, index_option="freq")
            fields.append(Query.const_score_query(matched, FRENCH * rarity))
        return _best_of(fields)

    def phrase(self, words: Sequence[Word], *, rarity: float, slop: int = 0) -> Query:
        """Studies that carry words in this order, with at most `slop` other words between."""
        # Stop words are not in the index, but the words around them stand as far apart as here.
        placed = [(place, word) for place, word in enumerate(words) if word.is_indexed]
        if len(placed) < 2:
            return self.word(placed[0][1], rarity=rarity) if placed else Query.empty_query()
        fields = []
        for field, weight in _FIELDS:
            found = [self._in_field(field, word.english) for _, word in placed]
            if all(found):
                stems: list[str | tuple[int, str]] = [(place, word.english) for place, word in placed]
                own = sum(self.rarity(frequency) for frequency in found)
                matched = Query.phrase_query(self._schema, field, stems, slop=slop)
                fields.append(Query.boost_query(matched, weight * rarity / own))
        if all(self._in_field("french", word.french) for _, word in placed):
            french: list[str | tuple[int, str]] = [(place, word.french) for place, word in placed]
            matched = Query.phrase_query(self._schema, "french", french, slop=slop)
            fields.append(Query.const_score_query(matched, FRENCH * rarity))
        return _best_of(fields)

    def together(self, words: Sequence[Word], *, rarity: float) -> Query:
        """Studies that carry a term of several words: near each other, or all in what names the study."""
        telling = [word for word in words if word.is_indexed and not word.is_stop_word]
        near = self.phrase(words, rarity=rarity, slop=SLOP)
        if len(telling) < 2 or not all(self._in_field("head", word.english) for word in telling):
            return near
        parts = [
            Query.boost_query(
                Query.term_query(self._schema, "head", word.english, index_option="freq"),
                HEAD * rarity / len(telling) / self.rarity(self._in_field("head", word.english)),
            )
            for word in telling
        ]
        return _best_of([near, Query.boolean_query([(Occur.Must, part) for part in parts])])

    def term(self, term: Term, *, rarity: float) -> Query:
        """Studies that carry a term of the synonym table."""
        if term.is_abbreviation:
            matched = Query.term_query(self._schema, "abbreviation", term.text, index_option="basic")
            return Query.const_score_query(matched, term.weight * rarity)
        return Query.boost_query(self.phrase(term.words, rarity=rarity), term.weight)

    def number(self, number: str) -> Query:
        """Studies of this registry or sponsor's number."""
        matched = Query.term_query(self._schema, "number", number, index_option="basic")
        return Query.const_score_query(matched, 100.0)

    def among(self, studies: Sequence[int], query: Query) -> Query:
        """Those of these studies (Study.pk) that a query finds."""
        chosen = Query.term_set_query(self._schema, "study", list(studies))
        return Query.boolean_query([(Occur.Must, chosen), (Occur.Must, query)])

    def _in_field(self, field: str, text: str) -> int:
        key = (field, text)
        if key not in self._frequencies:
            self._frequencies[key] = self._searcher.doc_freq(field, text)
        return self._frequencies[key]


def best_of(queries: Sequence[Query]) -> Query:
    """Studies that any of the queries finds, with the best score of them."""
    if len(queries) < 2:
        return queries[0] if queries else Query.empty_query()
    return Query.disjunction_max_query(list(queries), 0.0)


def _best_of(fields: list[Query]) -> Query:
    if len(fields) < 2:
        return fields[0] if fields else Query.empty_query()
    return Query.disjunction_max_query(fields, OTHER_FIELDS)
