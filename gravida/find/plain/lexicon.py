"""Words to avoid in what the product says, and what to say instead; read from text files.

The product's list is sensitive_words.toml beside this file. A study folder adds to it in texts/words.toml:
more tables `[[en]]` and `[[fr]]` of the same form, and `[allow] en = [...]` for a form its readers prefer.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from gravida.find.plain.sentences import Language

PRODUCT_WORDS = Path(__file__).with_name("sensitive_words.toml")
LANGUAGES: tuple[Language, ...] = ("en", "fr")


@dataclass(frozen=True, kw_only=True)
class Avoided:
    """Forms of one thing that is not said, and what is said instead."""

    forms: tuple[str, ...]  # in small letters; a final * stands for any ending
    prefer: str


@dataclass(frozen=True, kw_only=True)
class Lexicon:
    """The words to avoid, by language."""

    en: tuple[Avoided, ...] = ()
    fr: tuple[Avoided, ...] = ()

    def avoided(self, language: Language) -> tuple[Avoided, ...]:
        """The words to avoid in a language."""
        return self.en if language == "en" else self.fr


@dataclass(frozen=True, kw_only=True)
class WordFinding:
    """A word to avoid, where it stands (text[start:end]), and what to say instead."""

    start: int
    end: int
    word: str
    prefer: str


class UnreadableLexicon(Exception):
    """A list of words that cannot be used. Carries the file and the reason."""

    def __init__(self, file: Path, reason: str) -> None:
        super().__init__(f"{file}: {reason}")
        self.file, self.reason = file, reason


@lru_cache(maxsize=1)
def product_lexicon() -> Lexicon:
    """The product's own list."""
    return read_lexicon(PRODUCT_WORDS)


def lexicon_of(folder: Path) -> Lexicon:
    """The product's list with what a study folder adds and allows; UnreadableLexicon."""
    own = folder / "texts" / "words.toml"
    return read_lexicon(own, onto=product_lexicon()) if own.exists() else product_lexicon()


def read_lexicon(file: Path, *, onto: Lexicon | None = None) -> Lexicon:
    """A list read from TOML, added to another; UnreadableLexicon says what was found and what was wanted."""
    try:
        data = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UnreadableLexicon(file, str(error)) from error
    if unknown := sorted(set(data) - {"en", "fr", "allow"}):
        raise UnreadableLexicon(file, f"found {', '.join(unknown)}, wanted [[en]], [[fr]] and [allow]")
    tables = {language: _tables(file, data, language) for language in LANGUAGES}
    before = onto or Lexicon()
    allow = data.get("allow", {})
    return Lexicon(
        en=_without((*before.en, *tables["en"]), allow, "en", file),
        fr=_without((*before.fr, *tables["fr"]), allow, "fr", file),
    )


def _tables(file: Path, data: Mapping[str, Any], language: Language) -> tuple[Avoided, ...]:
    read = []
    for number, table in enumerate(data.get(language, []), start=1):
        forms: list[str] = table.get("forms", []) if isinstance(table, dict) else []
        if not _are_forms(forms):
            raise UnreadableLexicon(file, f"[[{language}]] number {number}: forms wanted, a list of words")
        if not (isinstance(table.get("prefer"), str) and table["prefer"].strip()):
            raise UnreadableLexicon(
                file, f"[[{language}]] number {number}: prefer wanted, what to say instead"
            )
        read.append(Avoided(forms=tuple(form.lower() for form in forms), prefer=table["prefer"]))
    return tuple(read)


def _are_forms(forms: Any) -> bool:
    is_list = isinstance(forms, list) and bool(forms)
    return is_list and all(isinstance(form, str) and form.strip(" *") for form in forms)


def _without(
    avoided: tuple[Avoided, ...], allow: Mapping[str, Any], language: Language, file: Path
) -> tuple[Avoided, ...]:
    allowed = allow.get(language, []) if isinstance(allow, dict) else None
    if not (isinstance(allowed, list) and all(isinstance(form, str) for form in allowed)):
        raise UnreadableLexicon(file, f"[allow] {language}: a list of words wanted")
    known = {form for one in avoided for form in one.forms}
    if unknown := sorted(form for form in allowed if form.lower() not in known):
        raise UnreadableLexicon(
            file, f"[allow] {language}: {', '.join(unknown)} is not among the words to avoid"
        )
    gone = {form.lower() for form in allowed}
    left = (Avoided(forms=tuple(f for f in one.forms if f not in gone), prefer=one.prefer) for one in avoided)
    return tuple(one for one in left if one.forms)


def findings(text: str, *, language: Language, lexicon: Lexicon | None = None) -> tuple[WordFinding, ...]:
    """Every word to avoid in a text, in order; of two that begin together the longer one."""
    lexicon = lexicon or product_lexicon()
    prefer_of = _prefer_of(lexicon, language)
    found = []
    for match in _pattern(lexicon, language).finditer(text):
        group = int((match.lastgroup or "w0")[1:])
        found.append(
            WordFinding(start=match.start(), end=match.end(), word=match[0], prefer=prefer_of[group])
        )
    return tuple(found)


@lru_cache(maxsize=64)
def _prefer_of(lexicon: Lexicon, language: Language) -> tuple[str, ...]:
    return tuple(one.prefer for one in lexicon.avoided(language) for _form in one.forms)


@lru_cache(maxsize=64)
def _pattern(lexicon: Lexicon, language: Language) -> re.Pattern[str]:
    """One pattern for all forms, longest first; any space or line end, either apostrophe."""
    forms = [form for one in lexicon.avoided(language) for form in one.forms]
    if not forms:
        return re.compile(r"(?!)")
    order = sorted(range(len(forms)), key=lambda place: -len(forms[place]))
    return re.compile("|".join(f"(?P<w{place}>{_form(forms[place])})" for place in order), re.IGNORECASE)


def _form(form: str) -> str:
    body = re.escape(form.rstrip("*")).replace(r"\ ", r"[\s\u00a0\u202f]+")
    body = body.replace("’", "'").replace("'", "['’]")
    ending = r"[^\W_]*" if form.endswith("*") else ""
    return rf"(?<!\w){body}{ending}(?!\w)"
