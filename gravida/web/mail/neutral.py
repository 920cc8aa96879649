"""Whether a mail tells anything about health: disease words, study titles, registry numbers.

A shared mailbox, a subject on a locked screen, a browser's history must not tell a woman's story.
"""

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import unquote

WORDS = Path(__file__).with_name("neutral_words.toml")
URL = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)
REGISTRY_NUMBER = re.compile(r"\bnct\s?\d{8}\b|\b20\d\d-5?\d{5}-\d\d\b|\bisrctn\d{8}\b")
# Random by design: a token's letters may spell anything, and say nothing.
TOKEN = re.compile(r"[A-Za-z0-9_-]{20,}")
CODE = re.compile(r"\b[2-9A-HJKMNP-TV-Z]{4}(?:-[2-9A-HJKMNP-TV-Z]{4})+\b|\bG-[2-9A-HJKMNP-TV-Z]{4}\b")
MIXED = 4  # a word written by people has fewer capitals, or fewer small letters

_own_words: set[str] = set()


@dataclass(frozen=True, kw_only=True)
class TellingWord:
    """One word that must not stand where it was found."""

    where: str
    word: str


class NotNeutral(Exception):
    """A mail that would tell something about health; names each place and word."""

    def __init__(self, found: tuple[TellingWord, ...]) -> None:
        self.found = found
        super().__init__(", ".join(f"{one.where}: {one.word}" for one in found))


def forbid(words: Iterable[str]) -> None:
    """Titles and short names of this site's studies: they must not stand in a mail either."""
    _own_words.update(spaced for word in words if (spaced := _spaced(_fold(word))))


def refuse_telling_words(texts: Mapping[str, str]) -> None:
    """NotNeutral when any text - its place is the key - holds a telling word, in words or in addresses."""
    found = tuple(
        TellingWord(where=where, word=word) for where, text in texts.items() for word in telling_words(text)
    )
    if found:
        raise NotNeutral(found)


def telling_words(text: str) -> list[str]:
    """The telling words of a text, its web addresses included, as found (folded)."""
    spoken = URL.sub(" ", text)
    addresses = [_without_tokens(unquote(url)) for url in URL.findall(text)]
    return [word for part in (spoken, *addresses) for word in _words_of(part)]


def _words_of(text: str) -> list[str]:
    folded = _fold(CODE.sub(" ", text))
    found = [match[0] for pattern in (_patterns(), REGISTRY_NUMBER) for match in pattern.finditer(folded)]
    return found + [own for own in sorted(_own_words) if f" {own} " in f" {_spaced(folded)} "]


def _spaced(folded: str) -> str:
    """Words with one space between them, whatever stood there."""
    return re.sub(r"[^a-z0-9]+", " ", folded).strip()


def _fold(text: str) -> str:
    """Small letters without accents, ligatures apart, invisible signs gone."""
    plain = unicodedata.normalize("NFKD", text.replace("œ", "oe").replace("Œ", "oe")).casefold()
    return "".join(sign for sign in plain if unicodedata.category(sign) not in {"Mn", "Cf"})


def _without_tokens(url: str) -> str:
    return TOKEN.sub(lambda match: " " if _is_random(match[0]) else match[0], url)


def _is_random(part: str) -> bool:
    return sum(map(str.isupper, part)) >= MIXED and sum(map(str.islower, part)) >= MIXED


@cache
def _patterns() -> re.Pattern[str]:
    listed = tomllib.loads(WORDS.read_text(encoding="utf-8"))
    stems = [stem for language in listed["stems"].values() for stem in language]
    phrases = [r"[\W_]+".join(map(re.escape, phrase.split())) for phrase in listed["phrases"]]
    beginnings = "|".join(sorted(set(map(re.escape, stems))))
    whole = "|".join([*map(re.escape, listed["words"]), *phrases])
    return re.compile(rf"(?<![a-z])(?:(?:{beginnings})[a-z]*|(?:{whole})(?![a-z]))")
