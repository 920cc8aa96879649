"""The public glossary as its TOML files hold it: terms, their forms, a plain definition, source and reviewer.

Pure: no Django, no network, no database.
"""

import datetime
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

LANGUAGES = ("en", "fr")
KEY = re.compile(r"[a-z][a-z0-9-]{1,40}")
_ENTRY_FIELDS = {"key", "en", "fr", "source", "address", "see", "reviewed_by", "reviewed_on", "also_a_word"}
_WORDING_FIELDS = {"term", "forms", "short", "text", "note"}


class UnreadableGlossary(Exception):
    """A glossary that cannot be read. Carries every mistake, each with its file and entry."""

    def __init__(self, mistakes: Iterable[str]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__("; ".join(self.mistakes))


@dataclass(frozen=True, kw_only=True)
class Wording:
    """An entry in one language."""

    term: str
    text: str  # the definition, in plain words
    forms: tuple[str, ...] = ()  # other ways to write it; case, accents and a plural s are no difference
    short: tuple[str, ...] = ()  # abbreviations, which are found in exactly these letters
    note: str = ""  # what the page of the glossary adds


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One term: what it is called and means in each language, and who says so."""

    key: str  # the anchor of its entry
    wordings: Mapping[str, Wording]
    source: str
    address: str = ""  # of the source
    see: tuple[str, ...] = ()  # keys of entries that belong to it
    reviewed_by: str = ""  # a role; empty: not yet reviewed
    reviewed_on: datetime.date | None = None
    also_a_word: bool = False  # its abbreviation is an ordinary word in capitals, as IF

    def in_language(self, language: str) -> Wording:
        """The wording in this language, else in English."""
        return self.wordings.get(language) or self.wordings["en"]


@dataclass(frozen=True, kw_only=True)
class Glossary:
    """Entries by key."""

    entries: Mapping[str, Entry] = field(default_factory=dict)

    def with_more(self, other: "Glossary") -> "Glossary":
        """This glossary and another one's entries, which take the place of entries with the same key."""
        return Glossary(entries={**self.entries, **other.entries})


def read_glossary(*files: Path, beside: Glossary | None = None) -> Glossary:
    """The glossary of these files; `beside` may be named by their `see`.

    UnreadableGlossary names every mistake.
    """
    mistakes: list[str] = []
    entries: dict[str, Entry] = {}
    for file in files:
        for place, raw in enumerate(_raw_entries(file, mistakes), start=1):
            entry = _entry(raw, f"{file.name}, entry {place}", mistakes)
            if entry is None:
                continue
            if entry.key in entries:
                mistakes.append(f"{file.name}, entry {place}: key {entry.key} stands twice")
            entries[entry.key] = entry
    known = {*entries, *(beside.entries if beside else ())}
    for entry in entries.values():
        mistakes.extend(
            f"{entry.key}: see names {other}, which is no entry" for other in entry.see if other not in known
        )
    if mistakes:
        raise UnreadableGlossary(mistakes)
    return Glossary(entries=entries)


def _raw_entries(file: Path, mistakes: list[str]) -> list[Any]:
    try:
        raw = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        mistakes.append(f"{file.name}: {error}")
        return []
    entries = raw.get("entry", [])
    if set(raw) - {"entry"} or not isinstance(entries, list):
        mistakes.append(
            f"{file.name}: found {', '.join(sorted(raw))}; wanted a list [[entry]] and nothing else"
        )
        return []
    return entries


def _entry(raw: Any, where: str, mistakes: list[str]) -> Entry | None:
    """One entry; None, with its mistakes, where it cannot be read."""
    before = len(mistakes)
    if not isinstance(raw, dict):
        mistakes.append(f"{where}: wanted a table")
        return None
    key = raw.get("key")
    if not isinstance(key, str) or not KEY.fullmatch(key):
        mistakes.append(f"{where}: key {key!r}: wanted small letters, figures and hyphens")
    mistakes.extend(f"{where}: unknown field {name}" for name in sorted(set(raw) - _ENTRY_FIELDS))
    wordings = {code: _wording(raw.get(code), f"{where} ({code})", mistakes) for code in LANGUAGES}
    source, address = raw.get("source", ""), raw.get("address", "")
    if not isinstance(source, str) or not source.strip():
        mistakes.append(f"{where}: no source")
    if not isinstance(address, str) or (address and not address.startswith("https://")):
        mistakes.append(f"{where}: address {address!r}: wanted https://...")
    reviewed_on = raw.get("reviewed_on")
    if bool(raw.get("reviewed_by")) != (type(reviewed_on) is datetime.date):
        mistakes.append(f"{where}: reviewed_by (a role) and reviewed_on (a date) belong together")
    if len(mistakes) > before:
        return None
    return Entry(
        key=raw["key"],
        wordings={code: wording for code, wording in wordings.items() if wording},
        source=source,
        address=address,
        see=tuple(raw.get("see", ())),
        reviewed_by=raw.get("reviewed_by", ""),
        reviewed_on=reviewed_on,
        also_a_word=bool(raw.get("also_a_word")),
    )


def _wording(raw: Any, where: str, mistakes: list[str]) -> Wording | None:
    if not isinstance(raw, dict):
        mistakes.append(f"{where}: wanted term and text in this language")
        return None
    wrong = [f"unknown field {name}" for name in sorted(set(raw) - _WORDING_FIELDS)]
    wrong += [f"no {name}" for name in ("term", "text") if not _is_text(raw.get(name))]
    wrong += [
        f"{name}: wanted a list of texts"
        for name in ("forms", "short")
        if not isinstance(raw.get(name, []), list) or not all(_is_text(form) for form in raw.get(name, []))
    ]
    if wrong:
        mistakes.extend(f"{where}: {text}" for text in wrong)
        return None
    return Wording(
        term=raw["term"],
        text=raw["text"],
        forms=tuple(raw.get("forms", ())),
        short=tuple(raw.get("short", ())),
        note=str(raw.get("note", "")),
    )


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())
