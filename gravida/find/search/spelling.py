"""Words that no study carries, or hardly any, and the words that were most likely meant."""

from gravida.find.search.clauses import Clauses
from gravida.find.search.synonyms import thesaurus
from gravida.find.search.vocabulary import SHORTEST_WORD, Vocabulary
from gravida.find.search.words import Word, words_of

# A long note is not proof-read to its end: each unknown word is compared with every word of the index.
MOST_WORDS = 50

# Registries hold misspellings too, so a word that few studies carry may still be one. Tried on every word of
# 7,045 real records: from seven letters on, with the same first letter and a neighbour that names 50 studies,
# 118 of 123 such words are misspelt or spelt otherwise; of those with four to six letters most are names.
SHORTEST_RARE = 7
RARE = 2
TIMES_RARER = 50
# A form that names no study is known by its stem alone, which may be another word's: "recurent" has that of
# "recur". Its neighbour must then be a word of the table, and that many times as common as the stem.
TIMES_RARER_STEM = 15


def corrections(text: str, *, clauses: Clauses, vocabulary: Vocabulary) -> dict[str, str]:
    """For each word of the text that the index does not know, or hardly, its nearest one, if any."""
    words = words_of(text)
    is_alone = sum(not word.is_stop_word for word in words) == 1
    meant = {word.typed: _meant(word, clauses, vocabulary, is_alone) for word in words[:MOST_WORDS]}
    return {typed: word for typed, word in meant.items() if word}


def _meant(word: Word, clauses: Clauses, vocabulary: Vocabulary, is_alone: bool) -> str:
    """What a word was meant to be; empty where it is known, too short to guess, or near to nothing."""
    if not _is_guessable(word):
        return ""
    frequency = clauses.frequency(word)
    if common := _common_neighbour(word, frequency, vocabulary, is_alone):
        return common
    if vocabulary.counts[word.plain]:
        return ""
    if frequency:
        return _completed(word, vocabulary)
    return vocabulary.nearest(word.plain, preferred=thesaurus().plain_words)


def _is_guessable(word: Word) -> bool:
    """Letters only, enough of them, and no word that the table knows."""
    table = thesaurus()
    is_long_enough = len(word.plain) >= SHORTEST_WORD and word.plain.isascii() and word.plain.isalpha()
    is_known = word.is_stop_word or table.knows(word) or word.plain.upper() in table.by_abbreviation
    return is_long_enough and not is_known


def _common_neighbour(word: Word, frequency: int, vocabulary: Vocabulary, is_alone: bool) -> str:
    """The common word that differs in one letter from one which hardly any study carries; empty: none does.

    A rare name typed alone is searched as typed where several studies carry it.
    """
    named = vocabulary.counts[word.plain]
    if not frequency or named > RARE or len(word.plain) < SHORTEST_RARE:
        return ""
    near = vocabulary.common_neighbour(word.plain)
    # "Bloody" is no misspelt "blood": one letter more or less at the end makes another word.
    if not near or near.startswith(word.plain) or word.plain.startswith(near):
        return ""
    if words_of(near)[0].english == word.english:
        return ""
    count = vocabulary.counts[near]
    if frequency <= RARE:
        return near if count >= TIMES_RARER * frequency and not (is_alone and frequency > 1) else ""
    is_known_by_stem = not named and word.plain != word.english and near in thesaurus().plain_words
    return near if is_known_by_stem and count >= TIMES_RARER_STEM * frequency else ""


def _completed(word: Word, vocabulary: Vocabulary) -> str:
    """The whole word where only its stem was typed, as "endometriosi"; the stem finds the same studies."""
    if word.plain != word.english:
        return ""
    longer = [
        found for found in vocabulary.beginning_with(word.plain) if words_of(found)[0].english == word.plain
    ]
    return max(longer, key=lambda found: vocabulary.counts[found], default="")
