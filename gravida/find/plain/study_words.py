"""Words to avoid in the texts that a study folder itself writes, as mistakes by file and line."""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from gravida.find.plain.lexicon import LANGUAGES, Lexicon, UnreadableLexicon, findings, lexicon_of
from gravida.find.plain.sentences import Language
from gravida.protocol.mistakes import Mistake

# What visitors read: the texts, and the titles, questions and criteria of study.toml. The dictionary, the
# work-up and the plan are staff's, in the words of the registry and of the laboratory.
_TOML = ("study.toml",)
_WORDS = "words.toml"
# What the glossary looks for in registry text, in order to explain it.
_LOOKED_FOR = ("forms", "near")


def word_mistakes(folder: Path) -> tuple[Mistake, ...]:
    """Every word to avoid in the folder’s public texts; an unreadable list of words is one mistake."""
    try:
        lexicon = lexicon_of(folder)
    except UnreadableLexicon as error:
        return (Mistake(file=error.file, line=1, found=error.reason, wanted="a list of words to avoid"),)
    return tuple(sorted(_mistakes(folder, lexicon)))


def _mistakes(folder: Path, lexicon: Lexicon) -> Iterator[Mistake]:
    for path in sorted((folder / "texts").rglob("*.md")):
        language: Language = "fr" if path.name.endswith(".fr.md") else "en"
        yield from _in_text(path, _read(path), language, lexicon)
    texts = sorted(path for path in (folder / "texts").rglob("*.toml") if path.name != _WORDS)
    for path in (*(folder / name for name in _TOML), *texts):
        for language in LANGUAGES:
            yield from _in_toml(path, language, lexicon)


def _in_text(path: Path, text: str, language: Language, lexicon: Lexicon) -> Iterator[Mistake]:
    for one in findings(text, language=language, lexicon=lexicon):
        line = text.count("\n", 0, one.start) + 1
        yield Mistake(
            file=path, line=line, found=f"“{one.word}”", wanted=f"words that do not hurt: {one.prefer}"
        )


def _in_toml(path: Path, language: Language, lexicon: Lexicon) -> Iterator[Mistake]:
    """Only the values in that language: under a key `en` or `fr`."""
    text = _read(path)
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return  # told by the check of the folder itself
    for value in sorted(set(_values(data, language, own=False))):
        for one in findings(value, language=language, lexicon=lexicon):
            place = max(text.find(value.splitlines()[0]), 0)
            line = text.count("\n", 0, place) + 1
            wanted = f"words that do not hurt: {one.prefer}"
            yield Mistake(file=path, line=line, found=f"“{one.word}”", wanted=wanted)


def _values(data: Any, language: Language, *, own: bool) -> Iterator[str]:
    if isinstance(data, str) and own:
        yield data
    elif isinstance(data, list):
        for one in data:
            yield from _values(one, language, own=own)
    elif isinstance(data, dict):
        for key, one in data.items():
            if key not in _LOOKED_FOR:
                yield from _values(one, language, own=own or key == language)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return ""  # told by the check of the folder itself
