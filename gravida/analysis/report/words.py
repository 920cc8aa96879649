"""The report's own words in each language, from words.en.toml and words.fr.toml; codes have theirs there."""

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from gravida.analysis.report.numbers import NUMBERS, Numbers

FOLDER = Path(__file__).parent
LANGUAGES = ("en", "fr")


class NoWords(KeyError):
    """A key or a code that a language has no words for."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Words:
    """The words and numbers of one language. Keys are section.name."""

    language: str
    texts: dict[str, str]
    numbers: Numbers

    def __call__(self, key: str, **values: str) -> str:
        """The text of a key, its {places} filled. NoWords where there is none."""
        if key not in self.texts:
            raise NoWords(f"words.{self.language}.toml has no {key!r}")
        return self.texts[key].format(**values) if values else self.texts[key]

    def has(self, key: str) -> bool:
        """Whether there are words for a key."""
        return key in self.texts

    def code(self, section: str, code: str) -> str:
        """The words of a code of a section; the code itself where it comes from outside (a plan, a file)."""
        return self.texts.get(f"{section}.{code}", code)


@lru_cache
def words_of(language: str) -> Words:
    """The words of a language: en or fr. NoWords for another."""
    path = FOLDER / f"words.{language}.toml"
    if language not in LANGUAGES or not path.is_file():
        raise NoWords(f"no words in {language!r}: wanted one of {', '.join(LANGUAGES)}")
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    texts = {f"{section}.{name}": text for section, rows in data.items() for name, text in rows.items()}
    return Words(language=language, texts=texts, numbers=NUMBERS[language])
