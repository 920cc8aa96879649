"""Terms of a glossary found in a text: longest first, whatever their case, accents and plural.

Pure: no Django, no network, no database. Linear in the length of the text.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from gravida.find.glossary.entries import Glossary

# A letter may carry its accents as signs of their own.
WORD = re.compile("(?:[^\\W_][\u0300-\u036f]*)+")
# What may stand between two words of one term: blanks, a hyphen, an apostrophe.
BETWEEN = re.compile("\\s*[-‐‑–'’]?\\s*")
LONGEST_BETWEEN = 40


@dataclass(frozen=True, kw_only=True)
class Found:
    """A term in a text: where, and the key of its entry."""

    start: int
    end: int  # exclusive
    key: str


@dataclass(kw_only=True)
class _Step:
    """A word of a term: the words that may follow, and the entry that may end here."""

    following: dict[str, "_Step"] = field(default_factory=dict)
    key: str = ""


class Finder:
    """The terms of a glossary in one language, ready to be found."""

    def __init__(self, glossary: Glossary, *, language: str) -> None:
        self._language = language
        self._written, self._exact = _Step(), _Step()
        self._near: dict[str, tuple[str, ...]] = {}
        # Few words of a text begin a term, and the same words come back all the time.
        self._begins_a_term = lru_cache(maxsize=16384)(self._looked_up)
        for entry in glossary.entries.values():
            wording = entry.in_language(language)
            # A term that is an abbreviation is found in its own letters only.
            phrases = [text for text in (wording.term, *wording.forms) if text not in wording.short]
            for phrase in phrases:
                _add(self._written, (self._stem(word) for word in WORD.findall(phrase)), entry.key)
            for short in wording.short:
                _add(self._exact, WORD.findall(short), entry.key)
                if wording.near:
                    self._near[short] = tuple(_plain(text) for text in wording.near)

    def find(self, text: str) -> Iterator[Found]:
        """Terms in the order of the text; of two that overlap the first, else the longer."""
        words = list(WORD.finditer(text))
        absent = self._out_of_place(text)
        place = 0
        while place < len(words):
            if not self._begins_a_term(words[place].group()):
                place += 1
                continue
            length, key = max(
                self._walk(self._written, words, place, text, stem=True),
                self._walk(self._exact, words, place, text, stem=False),
                key=lambda found: found[0],
            )
            is_other = length == 1 and words[place].group() in absent
            if not length or is_other or self._is_shouted(words, place, length):
                place += 1
                continue
            yield Found(start=words[place].start(), end=words[place + length - 1].end(), key=key)
            place += length

    def _looked_up(self, word: str) -> bool:
        """Whether some term begins with this word; an abbreviation also with the sign of a plural."""
        short = self._exact.following
        return self._stem(word) in self._written.following or word in short or word.removesuffix("s") in short

    def _out_of_place(self, text: str) -> set[str]:
        """Abbreviations that mean something else here: nothing in the text speaks of what they stand for."""
        there = [short for short in self._near if short in text]
        if not there:
            return set()
        plain = _plain(text)
        return {short for short in there if not any(near in plain for near in self._near[short])}

    def _walk(
        self, step: _Step, words: list[re.Match[str]], place: int, text: str, *, stem: bool
    ) -> tuple[int, str]:
        """How many words the longest term has that begins here, and its key; 0 where none does."""
        best = (0, "")
        for index in range(place, len(words)):
            if index > place and not _belong_together(text[words[index - 1].end() : words[index].start()]):
                break
            word = words[index].group()
            following = step.following.get(self._stem(word) if stem else word)
            if following is None and not stem and word.endswith("s"):
                following = step.following.get(word[:-1])  # RPLs
            if following is None:
                break
            step = following
            if step.key:
                best = (index - place + 1, step.key)
        return best

    def _is_shouted(self, words: list[re.Match[str]], place: int, length: int) -> bool:
        """Whether an abbreviation that may mean something else stands among other words in capitals."""
        if length > 1 or words[place].group() not in self._near:
            return False
        beside = words[max(place - 1, 0) : place] + words[place + 1 : place + 2]
        return any(
            word.group().isupper() and len(word.group()) > 1 and word.group() not in self._exact.following
            for word in beside
        )

    def _stem(self, word: str) -> str:
        """A word without case, accents and the sign of a plural."""
        plain = _plain(word)
        return _singular_fr(plain) if self._language == "fr" else _singular_en(plain)


def _plain(text: str) -> str:
    """A text without case and accents."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in decomposed if not unicodedata.combining(sign))


def _add(step: _Step, words: Iterable[str], key: str) -> None:
    for word in words:
        step = step.following.setdefault(word, _Step())
    step.key = step.key or key


def _belong_together(between: str) -> bool:
    return 0 < len(between) <= LONGEST_BETWEEN and BETWEEN.fullmatch(between) is not None


def _singular_en(word: str) -> str:
    if len(word) < 4 or not word.endswith("s") or word.endswith("ss"):
        return word
    if word.endswith("ies"):
        return f"{word[:-3]}y"
    return word[:-2] if word.endswith(("sses", "xes", "ches", "shes")) else word[:-1]


def _singular_fr(word: str) -> str:
    if word.endswith("aux"):
        return f"{word[:-3]}al"
    return word[:-1] if len(word) > 3 and word[-1] in "sx" else word
