"""The glossary of this site: the product's own entries, and those that a study's folder adds."""

import logging
from functools import lru_cache
from pathlib import Path

from gravida.find.glossary.entries import (
    LANGUAGES,
    Glossary,
    UnreadableGlossary,
    read_glossary,
    read_sources,
)
from gravida.find.glossary.finder import Finder
from gravida.find.site_studies import site_studies

HERE = Path(__file__).resolve().parent
IN_A_FOLDER = Path("texts") / "glossary.toml"

log = logging.getLogger(__name__)


def glossary_of(number: str = "") -> Glossary:
    """The site's entries; with a registry number, those of that study's folder before them."""
    return _glossary(*_file_of(number))


def finders_of(number: str = "") -> dict[str, Finder]:
    """What finds the terms of that glossary, by language."""
    return _finders(*_file_of(number))


def _file_of(number: str) -> tuple[Path | None, int]:
    """The glossary of a study's folder and when it changed; None and 0 where it has none."""
    folder = site_studies().get(number) if number else None
    file = folder.path / IN_A_FOLDER if folder else None
    return (file, file.stat().st_mtime_ns) if file and file.is_file() else (None, 0)


@lru_cache(maxsize=8)
def _glossary(file: Path | None, changed_at: int) -> Glossary:
    """`changed_at` only tells the cache that the file has changed."""
    if file is None:
        return read_glossary(
            *sorted((HERE / "words").glob("*.toml")),
            beside=Glossary(sources=read_sources(HERE / "sources.toml")),
        )
    ours = _glossary(None, 0)
    try:
        return ours.with_more(read_glossary(file, beside=ours))
    except UnreadableGlossary as unreadable:
        # A page without a study's own words is better than none; `gravida check` says what is wrong.
        log.error("%s is left out: %s", file, unreadable)
        return ours


@lru_cache(maxsize=8)
def _finders(file: Path | None, changed_at: int) -> dict[str, Finder]:
    glossary = _glossary(file, changed_at)
    return {language: Finder(glossary, language=language) for language in LANGUAGES}
