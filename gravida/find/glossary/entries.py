"""The public glossary as its TOML files hold it: terms, their forms, a plain definition, source and reviewer.

Pure: no Django, no network, no database.
"""

import datetime
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

LANGUAGES = ("en", "fr")
KEY = re.compile(r"[a-z][a-z0-9-]{1,40}")
_ENTRY_FIELDS = {"key", "en", "fr", "source", "see", "reviewed_by", "reviewed_on"}
_WORDING_FIELDS = {"term", "forms", "short", "near", "text", "note"}


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
    near: tuple[str, ...] = ()  # abbreviations count only in a text that holds one of these; empty: anywhere
    note: str = ""  # what the page of the glossary adds


@dataclass(frozen=True, kw_only=True)
class Source:
    """Who says what a term means."""

    names: Mapping[str, str]  # by language
    address: str = ""

    def in_language(self, language: str) -> str:
        """Its name in this language, else in English."""
        return self.names.get(language) or self.names["en"]


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One term: what it is called and means in each language, and who says so."""

    key: str  # the anchor of its entry
    wordings: Mapping[str, Wording]
    source: Source
    see: tuple[str, ...] = ()  # keys of entries that belong to it
    reviewed_by: str = ""  # a role; empty: not yet reviewed
    reviewed_on: datetime.date | None = None

    def in_language(self, language: str) -> Wording:
        """The wording in this language, else in English."""
        return self.wordings.get(language) or self.wordings["en"]


@dataclass(frozen=True, kw_only=True)
class Glossary:
    """Entries by key, and the sources they name."""

    entries: Mapping[str, Entry] = field(default_factory=dict)
    sources: Mapping[str, Source] = field(default_factory=dict)

    def with_more(self, other: "Glossary") -> "Glossary":
        """This glossary and another one's entries, which take the place of entries with the same key."""
        return replace(self, entries={**self.entries, **other.entries})


def read_sources(file: Path) -> dict[str, Source]:
    """Sources by key. UnreadableGlossary names every mistake."""
    mistakes: list[str] = []
    raw = _table(file, "source", dict, mistakes) or {}
    for key, one in raw.items():
        names = [one.get(code) for code in LANGUAGES] if isinstance(one, dict) else []
        if not names or not all(_is_text(name) for name in names):
            mistakes.append(f"{file.name}: source {key}: wanted its name in {' and '.join(LANGUAGES)}")
        elif not str(one.get("address", "https://")).startswith("https://"):
            mistakes.append(f"{file.name}: source {key}: address {one['address']!r}: wanted https://...")
    if mistakes:
        raise UnreadableGlossary(mistakes)
    return {
        key: Source(names={code: one[code] for code in LANGUAGES}, address=one.get("address", ""))
        for key, one in raw.items()
    }


def read_glossary(*files: Path, beside: Glossary) -> Glossary:
    """The entries of these files; they may name sources and entries of the glossary beside them.

    A source that is no key is its own name. UnreadableGlossary names every mistake.
    """
    mistakes: list[str] = []
    entries: dict[str, Entry] = {}
    for file in files:
        for place, raw in enumerate(_table(file, "entry", list, mistakes) or [], start=1):
            entry = _entry(raw, f"{file.name}, entry {place}", beside.sources, mistakes)
            if entry is None:
                continue
            if entry.key in entries:
                mistakes.append(f"{file.name}, entry {place}: key {entry.key} stands twice")
            entries[entry.key] = entry
    known = {*entries, *beside.entries}
    for entry in entries.values():
        mistakes.extend(
            f"{entry.key}: see names {other}, which is no entry" for other in entry.see if other not in known
        )
    if mistakes:
        raise UnreadableGlossary(mistakes)
    return Glossary(entries=entries, sources=beside.sources)


def _table(file: Path, name: str, kind: type, mistakes: list[str]) -> Any:
    """What a file holds under its one name; None, with the mistake, where it cannot be read."""
    try:
        raw = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        mistakes.append(f"{file.name}: {error}")
        return None
    if set(raw) != {name} or not isinstance(raw[name], kind):
        mistakes.append(
            f"{file.name}: found {', '.join(sorted(raw)) or 'nothing'}; wanted {name} and nothing else"
        )
        return None
    return raw[name]


def _entry(raw: Any, where: str, sources: Mapping[str, Source], mistakes: list[str]) -> Entry | None:
    """One entry; None, with its mistakes, where it cannot be read."""
    if not isinstance(raw, dict):
        mistakes.append(f"{where}: wanted a table")
        return None
    wrong = list(_wrong_fields(raw))
    wordings = {code: _wording(raw.get(code), code, wrong) for code in LANGUAGES}
    if wrong:
        mistakes.extend(f"{where}: {text}" for text in wrong)
        return None
    named: str = raw["source"]
    return Entry(
        key=raw["key"],
        wordings={code: wording for code, wording in wordings.items() if wording},
        source=sources.get(named) or Source(names=dict.fromkeys(LANGUAGES, named)),
        see=tuple(raw.get("see", ())),
        reviewed_by=raw.get("reviewed_by", ""),
        reviewed_on=raw.get("reviewed_on"),
    )


def _wrong_fields(raw: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong with the fields of an entry that stand in no language."""
    key = raw.get("key")
    if not isinstance(key, str) or not KEY.fullmatch(key):
        yield f"key {key!r}: wanted small letters, figures and hyphens"
    yield from (f"unknown field {name}" for name in sorted(set(raw) - _ENTRY_FIELDS))
    if not _is_text(raw.get("source")):
        yield "no source"
    if not _is_list_of_texts(raw.get("see", [])):
        yield "see: wanted a list of keys"
    if bool(raw.get("reviewed_by")) != (type(raw.get("reviewed_on")) is datetime.date):
        yield "reviewed_by (a role) and reviewed_on (a date) belong together"


def _wording(raw: Any, language: str, wrong: list[str]) -> Wording | None:
    """An entry in one language; None, with what is wrong, where it cannot be read."""
    if not isinstance(raw, dict):
        wrong.append(f"{language}: wanted term and text in this language")
        return None
    found = [f"unknown field {name}" for name in sorted(set(raw) - _WORDING_FIELDS)]
    found += [f"no {name}" for name in ("term", "text") if not _is_text(raw.get(name))]
    found += [
        f"{name}: wanted a list of texts"
        for name in ("forms", "short", "near")
        if not _is_list_of_texts(raw.get(name, []))
    ]
    if found:
        wrong.extend(f"{language}: {text}" for text in found)
        return None
    return Wording(
        term=raw["term"],
        text=raw["text"],
        forms=tuple(raw.get("forms", ())),
        short=tuple(raw.get("short", ())),
        near=tuple(raw.get("near", ())),
        note=str(raw.get("note", "")),
    )


def _is_list_of_texts(value: Any) -> bool:
    return isinstance(value, list) and all(_is_text(one) for one in value)


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())
