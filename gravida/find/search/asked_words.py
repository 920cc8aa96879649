"""What a visitor's words ask for: her terms, what is searched beside them, and the query that finds them."""

from collections.abc import Iterator
from dataclasses import dataclass

from tantivy import Occur, Query

from gravida.find.search.clauses import Clauses, best_of
from gravida.find.search.generation import Generation
from gravida.find.search.request import Correction, SearchRequest, Synonym
from gravida.find.search.spelling import corrections
from gravida.find.search.synonyms import AMBIGUOUS, Named, Term, thesaurus
from gravida.find.search.words import Word, as_number, quoted_and_free, with_words_replaced, words_of

# Notes are read to this length; the pages themselves take 200 signs.
LONGEST_TEXT = 10_000
MOST_WORDS = 200
# A word at least half as rare as the rarest tells what is meant; commoner ones only help to rank.
# Measured on the judged notes: the first ten results stay the same, and a sixth as many studies are found.
TELLING_SHARE = 0.5
# Two telling terms are first asked for together, as a visitor means them; three or more may be a sentence.
FEW_TERMS = 2


@dataclass(frozen=True, kw_only=True)
class Concept:
    """One thing asked for: a word, a term of the synonym table, or a phrase in quotation marks."""

    typed: str
    own: Query  # studies that carry what was typed
    others: tuple[tuple[Term, Query], ...] = ()  # studies that carry another term for it
    lifting: tuple[Query, ...] = ()  # never finds a study, only ranks it
    rarity: float
    must: bool = False

    @property
    def query(self) -> Query:
        """Studies that carry it in any form."""
        return best_of([self.own, *(query for _, query in self.others)])


@dataclass(frozen=True, kw_only=True)
class AskedWords:
    """The words of a search as the index understands them."""

    concepts: tuple[Concept, ...] = ()
    also_searched: tuple[Synonym, ...] = ()
    removed_synonyms: tuple[Synonym, ...] = ()
    correction: Correction | None = None
    number: str = ""  # as registry numbers are compared; empty: the words are none
    finds_nothing: bool = False  # nothing typed is known to the index

    def queries(self, clauses: Clauses) -> Iterator[Query]:
        """The query at its strictest, then looser ones, for when too few studies are found."""
        free = [concept for concept in self.concepts if not concept.must]
        rarest = max((concept.rarity for concept in free), default=0.0)
        telling = [concept for concept in free if concept.rarity >= TELLING_SHARE * rarest]
        ranking = [(Occur.Should, concept.query) for concept in free if concept not in telling]
        ranking += [(Occur.Should, query) for concept in self.concepts for query in concept.lifting]
        demanded = [(Occur.Must, concept.query) for concept in self.concepts if concept.must]
        strictest = len(telling) if len(telling) <= FEW_TERMS else 1
        for least in range(strictest, 0, -1) if telling else (0,):
            found = Query.boolean_query(
                [(Occur.Should, concept.query) for concept in telling], minimum_number_should_match=least
            )
            matched = Query.boolean_query([*demanded, *([(Occur.Must, found)] if telling else []), *ranking])
            yield self._or_number(matched, clauses)

    def _or_number(self, query: Query, clauses: Clauses) -> Query:
        return best_of([query, clauses.number(self.number)]) if self.number else query


def understand(request: SearchRequest, index: Generation) -> AskedWords:
    """The words of a request as this index understands them."""
    clauses = Clauses(index.searcher, index.schema)
    text = request.words[:LONGEST_TEXT]
    phrases, free = quoted_and_free(text)
    meant = {} if request.as_typed else corrections(free, clauses=clauses, vocabulary=index.vocabulary)
    concepts = [_phrase(phrase, clauses) for phrase in phrases if words_of(phrase)]
    also: list[Synonym] = []
    removed: list[Synonym] = []
    for concept, found, left_out in _free_concepts(
        with_words_replaced(free, meant), clauses, request.without_synonyms, index
    ):
        concepts.append(concept)
        also += found
        removed += left_out
    return AskedWords(
        concepts=tuple(concept for concept in concepts if concept.must or concept.rarity > 0),
        also_searched=tuple(also),
        removed_synonyms=tuple(removed),
        correction=Correction(typed=text, searched=with_words_replaced(text, meant)) if meant else None,
        number=as_number(text),
        finds_nothing=not any(concept.must or concept.rarity > 0 for concept in concepts),
    )


def _phrase(text: str, clauses: Clauses) -> Concept:
    words = words_of(text)
    rarity = clauses.rarity(clauses.frequency_of(words))
    return Concept(typed=text.strip(), own=clauses.phrase(words, rarity=rarity), rarity=rarity, must=True)


def _free_concepts(
    text: str, clauses: Clauses, without: frozenset[str], index: Generation
) -> Iterator[tuple[Concept, list[Synonym], list[Synonym]]]:
    """Each concept of the text once, with its synonyms searched and removed."""
    # All in capitals is a way of typing: AND and IF are then no abbreviations.
    words = words_of(text.lower() if text.isupper() and len(text.split()) > 1 else text)
    # A stop word typed alone may be an abbreviation ("if"); several say nothing.
    telling = words if len(words) == 1 else [word for word in words if not word.is_stop_word]
    named = {one.first: one for one in thesaurus().named_in(telling)}
    seen: set[str] = set()
    place = 0
    while place < len(telling) and len(seen) < MOST_WORDS:
        one = named.get(place)
        after = one.last if one else place + 1
        key = one.group.id if one else telling[place].english
        if key not in seen:
            seen.add(key)
            part = telling[place:after]
            yield _term(part, one, clauses, without, index) if one else (_word(part[0], clauses), [], [])
        place = after


def _word(word: Word, clauses: Clauses) -> Concept:
    frequency = clauses.frequency(word)
    rarity = clauses.rarity(frequency) if frequency else 0.0
    return Concept(typed=word.typed, own=clauses.word(word, rarity=rarity), rarity=rarity)


def _term(
    words: list[Word], named: Named, clauses: Clauses, without: frozenset[str], index: Generation
) -> tuple[Concept, list[Synonym], list[Synonym]]:
    """A term of the synonym table, with the other terms that some study carries."""
    typed = " ".join(word.typed for word in words)
    others = [term for term in _others(words, named) if _is_carried(term, clauses, index)]
    kept = [term for term in others if term.text not in without]
    # Unshown terms cannot be removed one by one: they go when every one offered for removal has been.
    if any(term.is_offered for term in others) and not any(term.is_offered for term in kept):
        kept = []
    rarity = _rarity_of_term(words, kept, clauses)
    own = _typed(words, named, rarity, clauses)
    concept = Concept(
        typed=typed,
        own=own,
        others=tuple((term, clauses.term(term, rarity=rarity)) for term in kept if not term.is_ambiguous),
        lifting=tuple(clauses.term(term, rarity=rarity) for term in kept if term.is_ambiguous),
        rarity=rarity,
    )
    shown = [Synonym(of=typed, term=term.text) for term in kept if term.is_offered]
    left_out = [Synonym(of=typed, term=term.text) for term in others if term.text in without]
    return concept, shown, left_out


def _rarity_of_term(words: list[Word], others: list[Term], clauses: Clauses) -> float:
    """How rare what was meant is; a broader term says so only where no study carries the exact ones."""
    exact = [clauses.frequency_of_term(term) for term in others if not term.is_broader]
    broader = [clauses.frequency_of_term(term) for term in others if term.is_broader]
    frequency = max([clauses.frequency_of(words), *exact]) or max(broader, default=0)
    return clauses.rarity(frequency) if frequency else 0.0


def _typed(words: list[Word], named: Named, rarity: float, clauses: Clauses) -> Query:
    """Studies that carry what was typed; an abbreviation as a whole word in capitals."""
    if len(words) > 1:
        return clauses.together(words, rarity=rarity)
    abbreviation = words[0].plain.upper()
    if abbreviation not in thesaurus().by_abbreviation:
        return clauses.word(words[0], rarity=rarity)
    weight = AMBIGUOUS if named.is_ambiguous else 1.0
    return clauses.term(
        Term(text=abbreviation, words=tuple(words), weight=weight, is_abbreviation=True), rarity=rarity
    )


def _others(words: list[Word], named: Named) -> Iterator[Term]:
    """Terms of the group, narrower and broader ones, each spelling once, what was typed left out."""
    seen = {_stems(words), (words[0].plain.upper(),) if len(words) == 1 else ()}
    for term in thesaurus().expansions(named):
        stems = (term.text,) if term.is_abbreviation else _stems(term.words)
        if stems not in seen:
            seen.add(stems)
            yield term


def _stems(words: list[Word] | tuple[Word, ...]) -> tuple[str, ...]:
    return tuple(word.english for word in words if not word.is_stop_word)


def _is_carried(term: Term, clauses: Clauses, index: Generation) -> bool:
    """Whether any study carries the term; remembered as long as the index is open."""
    key = (term.text, term.is_abbreviation)
    if key not in index.found:
        studies, _ = index.studies_with(clauses.term(term, rarity=1.0), limit=1)
        index.found[key] = bool(len(studies))
    return index.found[key]
