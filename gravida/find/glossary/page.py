"""The page of the glossary: every entry from A to Z, and a search that needs no script."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from gravida.find.clean import clean_line
from gravida.find.glossary.entries import Entry, Glossary, Wording

LONGEST_SEARCH = 100


@dataclass(frozen=True, kw_only=True)
class See:
    """A link to another entry."""

    key: str
    term: str


@dataclass(frozen=True, kw_only=True)
class EntryOnPage:
    """An entry in the language of the page."""

    entry: Entry
    wording: Wording
    source: str
    see: tuple[See, ...]

    @property
    def also(self) -> str:
        """Abbreviations that are not the term itself."""
        return ", ".join(short for short in self.wording.short if short not in self.wording.term)


@dataclass(frozen=True, kw_only=True)
class Letter:
    """The entries under one letter."""

    letter: str
    entries: tuple[EntryOnPage, ...]


@dataclass(frozen=True, kw_only=True)
class GlossaryPage:
    """What the page shows; `letters` of all entries, or of those that were searched for."""

    letters: tuple[Letter, ...]
    total: int
    found: int
    asked: str  # what was searched for; empty: nothing


def glossary_page(glossary: Glossary, *, language: str, asked: str) -> GlossaryPage:
    """The page in this language; `asked` is looked for in terms, forms and definitions of both languages."""
    words = clean_line(asked)[0][:LONGEST_SEARCH].strip()
    entries = [entry for entry in glossary.entries.values() if _holds(entry, folded(words).split())]
    shown = sorted(
        (_on_page(entry, glossary, language) for entry in entries), key=lambda one: folded(one.wording.term)
    )
    letters = groupby(shown, key=lambda one: folded(one.wording.term)[:1].upper())
    return GlossaryPage(
        letters=tuple(Letter(letter=letter, entries=tuple(group)) for letter, group in letters),
        total=len(glossary.entries),
        found=len(entries),
        asked=words,
    )


def folded(text: str) -> str:
    """A text without case and accents, for searching and sorting."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in decomposed if not unicodedata.combining(sign))


def _holds(entry: Entry, words: Iterable[str]) -> bool:
    """Whether an entry speaks of every word that was searched for."""
    texts = (
        text
        for wording in entry.wordings.values()
        for text in (wording.term, *wording.forms, *wording.short, wording.text, wording.note)
    )
    said = folded(" ".join((entry.key, *texts)))
    return all(word in said for word in words)


def _on_page(entry: Entry, glossary: Glossary, language: str) -> EntryOnPage:
    return EntryOnPage(
        entry=entry,
        wording=entry.in_language(language),
        source=entry.source.in_language(language),
        see=tuple(
            See(key=key, term=glossary.entries[key].in_language(language).term)
            for key in entry.see
            if key in glossary.entries
        ),
    )
