"""Terms of equal or narrower meaning, from synonyms.toml, and where a query names one."""

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from gravida.find.search.words import Word, words_of

# How much a study counts that carries another term than the one typed.
EQUIVALENT, NARROWER, AMBIGUOUS = 0.8, 0.5, 0.3

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


@dataclass(frozen=True, kw_only=True)
class Group:
    """Terms of equal meaning, and the groups of narrower meaning that a search for them includes."""

    id: str
    terms: tuple[Term, ...]
    narrower: tuple[str, ...]


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
    plain_words: frozenset[str]  # every word of the table, small and without accents

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
        """The other terms to search for: equivalent ones, then narrower ones, which weigh less."""
        narrower = [
            _weighing(term, NARROWER) for id in named.group.narrower for term in self.groups[id].terms
        ]
        return [*named.group.terms, *narrower]

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
        # "art" or "map" in small letters among longer words is the word, not the abbreviation.
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
    return Thesaurus(
        groups={group.id: group for group in groups},
        by_stems=by_stems,
        by_abbreviation=by_abbreviation,
        longest=max(len(key) for key in by_stems),
        plain_words=frozenset(
            word.plain for group in groups for term in group.terms if term.is_shown for word in term.words
        ),
    )


def _group(told: dict[str, Any]) -> Group:
    known = {"id", "en", "fr", "abbreviations", "ambiguous", "unshown", "narrower"}
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
    return Group(id=told["id"], terms=tuple(terms), narrower=tuple(told.get("narrower", ())))


def _keys(term: Term) -> set[Key]:
    telling = [word for word in term.words if not word.is_stop_word] or list(term.words)
    return {tuple(word.english for word in telling), tuple(word.french for word in telling)}


def _weighing(term: Term, most: float) -> Term:
    return Term(
        text=term.text,
        words=term.words,
        weight=min(term.weight, most),
        is_abbreviation=term.is_abbreviation,
        is_ambiguous=term.is_ambiguous,
        is_shown=term.is_shown,
    )
