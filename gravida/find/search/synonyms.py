"""Terms of equal or narrower meaning, from synonyms.toml, and where a query names one."""

import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from gravida.find.search.words import Word, words_of

# How much a study counts that carries another term than the one typed.
EQUIVALENT, NARROWER, AMBIGUOUS = 0.8, 0.5, 0.3
# The plain form of a recurrent one: below every study that carries the exact form, however long its record.
BROADER = 0.03
# What `#` in a lay term stands for: a number of at least two, or a word for it.
_COUNTS = """
2 3 4 5 6 7 two three four five six seven several many multiple
deux trois quatre cinq sept plusieurs
"""

Key = tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Term:
    """A term of the table."""

    text: str
    words: tuple[Word, ...]
    weight: float = EQUIVALENT
    is_abbreviation: bool = False  # matched as a whole word in capitals
    is_ambiguous: bool = False  # often means something else
    is_shown: bool = True
    is_broader: bool = False

    @property
    def is_offered(self) -> bool:
        """Told to the visitor as searched too, so that she can take it out."""
        return self.is_shown and not self.is_ambiguous


@dataclass(frozen=True, kw_only=True)
class Group:
    """Terms of equal meaning, and the narrower and broader groups that a search for them includes."""

    id: str
    terms: tuple[Term, ...]
    lay: tuple[Term, ...]  # understood when typed; never searched, never shown
    narrower: tuple[str, ...]
    broader: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Named:
    """Where a query names a group: `first` to `last` (excluded) among its telling words."""

    first: int
    last: int
    group: Group
    is_ambiguous: bool = False


@dataclass(frozen=True, kw_only=True)
class Thesaurus:
    """All groups, and the stems by which each is found."""

    groups: dict[str, Group]
    by_stems: dict[Key, str]
    by_abbreviation: dict[str, tuple[str, bool]]  # capitals -> group, ambiguous
    longest: int  # words of the longest term
    plain_words: frozenset[str]  # words of the shown terms, small and without accents
    known_words: frozenset[str]  # words of all terms, lay ones included
    known_stems: frozenset[str]  # their English stems

    def knows(self, word: Word) -> bool:
        """Whether some term holds the word in any form: it is then never taken for misspelt."""
        # A bare stem, as "endometriosi", is no form of a word. French plurals lose their s in English too.
        is_form = word.english != word.plain and word.english in self.known_stems
        return is_form or word.plain in self.known_words

    def named_in(self, words: list[Word]) -> list[Named]:
        """The groups that these words name, the longest term first at each place, none overlapping."""
        found: list[Named] = []
        place = 0
        in_capitals_only = any(
            len(word.plain) > 4 and word.plain.upper() not in self.by_abbreviation for word in words
        )
        while place < len(words):
            named = self._longest_at(words, place) or self._abbreviation_at(words, place, in_capitals_only)
            if named:
                found.append(named)
            place = named.last if named else place + 1
        return found

    def expansions(self, named: Named) -> list[Term]:
        """The other terms to search for: equivalent ones, then narrower and broader, which weigh less."""
        narrower = [
            replace(term, weight=min(term.weight, NARROWER))
            for id in named.group.narrower
            for term in self.groups[id].terms
        ]
        broader = [
            replace(term, weight=BROADER, is_broader=True)
            for id in named.group.broader
            for term in self.groups[id].terms
        ]
        return [*named.group.terms, *narrower, *broader]

    def _longest_at(self, words: list[Word], place: int) -> Named | None:
        for length in range(min(self.longest, len(words) - place), 0, -1):
            part = words[place : place + length]
            for key in (tuple(word.english for word in part), tuple(word.french for word in part)):
                if id := self.by_stems.get(key):
                    return Named(first=place, last=place + length, group=self.groups[id])
        return None

    def _abbreviation_at(self, words: list[Word], place: int, in_capitals_only: bool) -> Named | None:
        word = words[place]
        id, is_ambiguous = self.by_abbreviation.get(word.plain.upper(), ("", False))
        # "art" or "map" in small letters among longer words is the word, not the abbreviation; two letters
        # are taken for one only in capitals or alone.
        in_capitals_only |= len(word.plain) == 2 and len(words) > 1
        if not id or (is_ambiguous and in_capitals_only and not word.typed.isupper()):
            return None
        return Named(first=place, last=place + 1, group=self.groups[id], is_ambiguous=is_ambiguous)


@lru_cache(maxsize=1)
def thesaurus() -> Thesaurus:
    """The table of synonyms that ships with Gravida."""
    path = Path(__file__).with_name("synonyms.toml")
    groups = [_group(told) for told in tomllib.loads(path.read_text(encoding="utf-8"))["group"]]
    by_stems: dict[Key, str] = {}
    by_abbreviation: dict[str, tuple[str, bool]] = {}
    for group in groups:
        for term in group.terms:
            if term.is_abbreviation:
                by_abbreviation.setdefault(term.text, (group.id, term.is_ambiguous))
            for key in () if term.is_abbreviation else _keys(term):
                by_stems.setdefault(key, group.id)
    for group in groups:
        for key in (key for term in group.lay for key in _keys(term)):
            by_stems.setdefault(key, group.id)
    words = {word for group in groups for term in (*group.terms, *group.lay) for word in term.words}
    return Thesaurus(
        groups={group.id: group for group in groups},
        by_stems=by_stems,
        by_abbreviation=by_abbreviation,
        longest=max(len(key) for key in by_stems),
        plain_words=frozenset(
            word.plain for group in groups for term in group.terms if term.is_shown for word in term.words
        ),
        known_words=frozenset(word.plain for word in words),
        known_stems=frozenset(word.english for word in words),
    )


def _group(told: dict[str, Any]) -> Group:
    known = {"id", "en", "fr", "abbreviations", "ambiguous", "unshown", "lay", "narrower", "broader"}
    if unknown := set(told) - known:
        raise ValueError(
            f"synonyms.toml, group {told.get('id')}: found {sorted(unknown)}, wanted only {sorted(known)}"
        )
    texts = dict.fromkeys([*told["en"], *told["fr"]])
    terms = [Term(text=text, words=tuple(words_of(text))) for text in texts]
    terms += [
        Term(
            text=text,
            words=tuple(words_of(text)),
            is_abbreviation=True,
            is_ambiguous=kind == "ambiguous",
            weight=AMBIGUOUS if kind == "ambiguous" else EQUIVALENT,
        )
        for kind in ("abbreviations", "ambiguous")
        for text in told.get(kind, ())
    ]
    terms += [
        Term(text=text, words=tuple(words_of(text)), is_shown=False) for text in told.get("unshown", ())
    ]
    return Group(
        id=told["id"],
        terms=tuple(terms),
        lay=tuple(_lay_terms(told.get("lay", ()))),
        narrower=tuple(told.get("narrower", ())),
        broader=tuple(told.get("broader", ())),
    )


def _lay_terms(texts: Iterable[str]) -> Iterator[Term]:
    """What people type, once for each count that a # may stand for."""
    for text in texts:
        for count in _COUNTS.split() if "#" in text else [""]:
            typed = text.replace("#", count)
            yield Term(text=typed, words=tuple(words_of(typed)), is_shown=False)


def _keys(term: Term) -> set[Key]:
    telling = [word for word in term.words if not word.is_stop_word] or list(term.words)
    return {tuple(word.english for word in telling), tuple(word.french for word in telling)}
