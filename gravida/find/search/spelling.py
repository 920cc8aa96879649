"""Words that no study carries, and the words that were most likely meant."""

from gravida.find.search.clauses import Clauses
from gravida.find.search.synonyms import thesaurus
from gravida.find.search.vocabulary import SHORTEST_WORD, Vocabulary
from gravida.find.search.words import Word, words_of

# A long note is not proof-read to its end: each unknown word is compared with every word of the index.
MOST_WORDS = 50


def corrections(text: str, *, clauses: Clauses, vocabulary: Vocabulary) -> dict[str, str]:
    """For each word of the text that the index does not know, its nearest one, where there is one."""
    meant = {word.typed: _meant(word, clauses, vocabulary) for word in words_of(text)[:MOST_WORDS]}
    return {typed: word for typed, word in meant.items() if word}


def _meant(word: Word, clauses: Clauses, vocabulary: Vocabulary) -> str:
    """What a word was meant to be; empty where it is known, too short to guess, or near to nothing."""
    table = thesaurus()
    is_guessable = len(word.plain) >= SHORTEST_WORD and word.plain.isascii() and word.plain.isalpha()
    if not is_guessable or word.is_stop_word or table.knows(word) or vocabulary.counts[word.plain]:
        return ""
    if word.plain.upper() in table.by_abbreviation:
        return ""
    if clauses.frequency(word):
        return _completed(word, vocabulary)
    return vocabulary.nearest(word.plain, preferred=table.plain_words)


def _completed(word: Word, vocabulary: Vocabulary) -> str:
    """The whole word where only its stem was typed, as "endometriosi"; the stem finds the same studies."""
    if word.plain != word.english:
        return ""
    longer = [
        found for found in vocabulary.beginning_with(word.plain) if words_of(found)[0].english == word.plain
    ]
    return max(longer, key=lambda found: vocabulary.counts[found], default="")
