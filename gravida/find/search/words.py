"""What a word is: the same cutting, folding and stemming for the index and for what a visitor types."""

import re
import unicodedata
from dataclasses import dataclass

from tantivy import Filter, TextAnalyzer, TextAnalyzerBuilder, Tokenizer

LONGEST_WORD_BYTES = 50


# Abbreviations keep their capitals and are never stemmed: APS must not meet AP, nor IF the word "if".
ABBREVIATIONS = TextAnalyzerBuilder(Tokenizer.regex(r"\b[A-Z][A-Z0-9]{1,9}\b")).build()

_WORD = re.compile(r"[^\W_]+")
# A phrase in "straight", “curly” or « French » quotation marks. One that opens again begins anew: marks
# that never close are then read once, not once from each of them.
_QUOTED = re.compile(r'"([^"]*)"|“([^“”]*)”|«([^«»]*)»')

# Words that tell nothing about a study: left out of what is typed, the English ones also out of the index.
_ENGLISH_STOP_WORDS = """
a about above after again against all am an and any are as at be because been before being below
between both but by can could did do does doing don down during each few for from further had has
have having he her here hers him his how i if in into is it its itself just me more most my no nor
not now of off on once only or other our out over own same she should so some such than that the
their them then there these they this those through to too under until up very was we were what when
where which while who whom why will with would you your
"""
_FRENCH_STOP_WORDS = """
ai as au aussi aux avec ce ces cet cette chez comme d dans de des donc du elle elles en est et
etait ete etre eu il ils j je l la le les leur leurs lors lui m ma mais meme mes moi mon n ne nos
notre nous ont ou par pas pendant plus pour qu que quel quelle qui quoi s sa se sans ses si son sont
suis sur t ta te tes toi ton tres tu un une vers vos votre vous y
"""
STOP_WORDS = frozenset(_ENGLISH_STOP_WORDS.split() + _FRENCH_STOP_WORDS.split())
NOT_INDEXED = frozenset(_ENGLISH_STOP_WORDS.split())


def _analyzer(language: str = "", *, without: list[str] | None = None) -> TextAnalyzer:
    builder = TextAnalyzerBuilder(Tokenizer.simple()).filter(Filter.remove_long(LONGEST_WORD_BYTES))
    # Folded before it is stemmed: a word typed without its accents must reach the same stem.
    builder = builder.filter(Filter.lowercase()).filter(Filter.ascii_fold())
    if without:
        builder = builder.filter(Filter.custom_stopword(without))
    return builder.filter(Filter.stemmer(language)).build() if language else builder.build()


PLAIN = _analyzer()
ENGLISH = _analyzer("english")
FRENCH = _analyzer("french")
# Two words in five of a record are stop words; left out, they keep their place in phrases.
INDEXED_ENGLISH = _analyzer("english", without=_ENGLISH_STOP_WORDS.split())


@dataclass(frozen=True, kw_only=True)
class Word:
    """A word as typed, folded to small plain letters, and its stem in either language."""

    typed: str
    plain: str
    english: str
    french: str

    @property
    def is_indexed(self) -> bool:
        """The index keeps it."""
        return self.plain not in NOT_INDEXED

    @property
    def is_stop_word(self) -> bool:
        """It tells nothing, unless written in capitals: IF and DES are also abbreviations."""
        return self.plain in STOP_WORDS and not (self.typed.isupper() and len(self.typed) > 1)


def composed(text: str) -> str:
    """The text with each accent joined to its letter (NFC), as the cutting into words needs it."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def words_of(text: str) -> list[Word]:
    """The words of a text in their order; words of more than 50 bytes are left out, as in the index."""
    return [word for typed in _WORD.findall(composed(text)) for word in _read(typed)]


def _read(typed: str) -> list[Word]:
    plain = PLAIN.analyze(typed)
    if len(plain) != 1:
        return []
    return [
        Word(typed=typed, plain=plain[0], english=ENGLISH.analyze(typed)[0], french=FRENCH.analyze(typed)[0])
    ]


def with_words_replaced(text: str, replacements: dict[str, str]) -> str:
    """The text with some of its words written otherwise, all else left as it stands."""
    return _WORD.sub(lambda found: replacements.get(found.group(), found.group()), composed(text))


def quoted_and_free(text: str) -> tuple[list[str], str]:
    """The phrases in quotation marks, and the text without them; a mark without its pair is ignored."""
    phrases = ["".join(groups) for groups in _QUOTED.findall(text)]
    return phrases, _QUOTED.sub(" ", text)


def as_number(text: str) -> str:
    """A text as registry and sponsor's numbers are compared: capitals and digits only; empty when it is none.

    A number has at least four signs and a digit among them.
    """
    bare = "".join(_WORD.findall(text)).upper()
    return bare if 4 <= len(bare) <= 40 and any(sign.isdigit() for sign in bare) else ""
