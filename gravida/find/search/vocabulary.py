"""Every word that names a study, with how many it names: what a misspelt word may have meant."""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Self

from rapidfuzz import process
from rapidfuzz.distance import OSA

from gravida.find.search.words import PLAIN

# Shorter words have too many neighbours to guess; a word with a digit is a code, not a word.
SHORTEST_WORD = 4
# A word that names as many studies may be what one that hardly any carries was meant to be.
COMMON = 50
_LETTERS = re.compile(r"[a-z]{4,40}")
_ACCENTED = re.compile(r"[^\W\d_]{4,40}")


def allowed_errors(word: str) -> int:
    """How many typing errors a word of this length may hold: none under 4 letters, one under 8, then two."""
    if len(word) < SHORTEST_WORD:
        return 0
    return 1 if len(word) < 8 else 2


def plain_words(texts: Iterable[str]) -> set[str]:
    """The words of some texts, small and without accents, each once."""
    text = " ".join(texts)
    if text.isascii():
        return set(_LETTERS.findall(text.lower()))
    return {word for typed in set(_ACCENTED.findall(text.lower())) for word in PLAIN.analyze(typed)}


@dataclass(frozen=True, kw_only=True)
class Vocabulary:
    """Words with the number of studies that each names."""

    counts: Counter[str]

    @cached_property
    def ordered(self) -> list[str]:
        """The words in alphabetical order."""
        return sorted(self.counts)

    @cached_property
    def by_length(self) -> dict[int, list[str]]:
        """The words by their number of letters."""
        lengths: dict[int, list[str]] = {}
        for word in self.ordered:
            lengths.setdefault(len(word), []).append(word)
        return lengths

    def beginning_with(self, start: str) -> list[str]:
        """The words that begin so, in alphabetical order."""
        first = bisect_left(self.ordered, start)
        last = bisect_left(self.ordered, start + "\x7f")
        return self.ordered[first:last]

    def nearest(self, word: str, *, preferred: frozenset[str]) -> str:
        """The word that a misspelt one most likely stands for; empty where none is near enough.

        Nearest by optimal string alignment (Damerau's errors: a letter too many, missing, wrong, or two
        swapped); of equals one with the same first letter, then a `preferred` one, then the one that names
        most studies.
        """
        errors = allowed_errors(word)
        near = [
            (int(distance), found[0] != word[0], found not in preferred, -self.counts[found], found)
            for length in range(len(word) - errors, len(word) + errors + 1)
            for found, distance, _ in process.extract(
                word, self.by_length.get(length, ()), scorer=OSA.distance, score_cutoff=errors, limit=None
            )
        ]
        near += [
            (int(distance), found[0] != word[0], False, -self.counts[found], found)
            for found, distance, _ in process.extract(
                word, preferred, scorer=OSA.distance, score_cutoff=errors, limit=None
            )
        ]
        return min(near)[-1] if near and errors else ""

    @cached_property
    def common_by_length(self) -> dict[int, list[str]]:
        """The words that name many studies, by their number of letters."""
        return {
            length: [word for word in words if self.counts[word] >= COMMON]
            for length, words in self.by_length.items()
        }

    def common_neighbour(self, word: str) -> str:
        """The commonest word one typing error away with the same first letter; empty where none is common."""
        near = [
            (-self.counts[found], found)
            for length in range(len(word) - 1, len(word) + 2)
            for found, _, _ in process.extract(
                word, self.common_by_length.get(length, ()), scorer=OSA.distance, score_cutoff=1, limit=None
            )
            if found != word and found[0] == word[0]
        ]
        return min(near)[1] if near else ""

    def save(self, path: Path) -> None:
        """Write one word with its count a line; `load` reads them."""
        path.write_text("".join(f"{word} {n}\n" for word, n in sorted(self.counts.items())), encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> Self:
        """The words as `save` wrote them."""
        lines = path.read_text(encoding="utf-8").split("\n")[:-1]
        return cls(counts=Counter({word: int(n) for word, n in (line.split(" ") for line in lines)}))
