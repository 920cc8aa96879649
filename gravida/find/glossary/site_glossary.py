"""The glossary of this site: the product's own entries, and those that a study's folder adds."""

from functools import lru_cache
from pathlib import Path

from gravida.find.glossary.entries import LANGUAGES, Glossary, read_glossary
from gravida.find.glossary.finder import Finder
from gravida.find.site_studies import site_studies

WORDS = Path(__file__).resolve().parent / "words"
IN_A_FOLDER = Path("texts") / "glossary.toml"


def glossary_of(number: str = "") -> Glossary:
    """The site's entries; with a registry number, those of that study's folder before them."""
    folder = site_studies().get(number) if number else None
    file = folder.path / IN_A_FOLDER if folder else None
    return _glossary(file, file.stat().st_mtime_ns) if file and file.is_file() else _glossary(None, 0)


def finders_of(number: str = "") -> dict[str, Finder]:
    """What finds the terms of that glossary, by language."""
    folder = site_studies().get(number) if number else None
    file = folder.path / IN_A_FOLDER if folder else None
    return _finders(file, file.stat().st_mtime_ns) if file and file.is_file() else _finders(None, 0)


@lru_cache(maxsize=8)
def _glossary(file: Path | None, changed_at: int) -> Glossary:
    """`changed_at` only tells the cache that the file has changed."""
    if file is None:
        return read_glossary(*sorted(WORDS.glob("*.toml")))
    ours = _glossary(None, 0)
    return ours.with_more(read_glossary(file, beside=ours))


@lru_cache(maxsize=8)
def _finders(file: Path | None, changed_at: int) -> dict[str, Finder]:
    glossary = _glossary(file, changed_at)
    return {language: Finder(glossary, language=language) for language in LANGUAGES}
