"""The studies whose teams use this site: their folders, read once and again when a file changes."""

from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.utils.translation import get_language

from gravida.protocol.study import Centre, StudyFolder, Texts, read_studies


def site_studies() -> dict[str, StudyFolder]:
    """Every study folder by registry number."""
    newest = max((file.stat().st_mtime_ns for file in settings.STUDIES.glob("*/study.toml")), default=0)
    return _read(settings.STUDIES, newest)


@lru_cache(maxsize=2)
def _read(root: Path, newest: int) -> dict[str, StudyFolder]:
    """`newest` only tells the cache that a file has changed."""
    return read_studies(root)


def centres_of(number: str) -> tuple[Centre, ...]:
    """The centres that a study's folder names; none for a study without a folder here."""
    folder = site_studies().get(number)
    return folder.centres if folder else ()


def in_language(texts: Texts) -> str:
    """The text in the reader's language, else in English, else in any; empty when there is none."""
    language = (get_language() or "en").split("-")[0]
    return texts.get(language) or texts.get("en") or next(iter(texts.values()), "")


def names_of_site_studies() -> set[str]:
    """Short names and titles of the studies of this site, in every language."""
    return {
        name
        for folder in site_studies().values()
        for name in (folder.acronym, *folder.title.values())
        if name
    }
