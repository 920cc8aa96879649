"""Other studies that look for participants, to be offered to somebody for whom this one is not possible."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import get_language

from gravida.find.models import Study
from gravida.find.search.engine import search
from gravida.find.search.request import SearchRequest
from gravida.find.site_studies import in_language, site_studies

MOST = 8
MOST_WORDS = 100  # signs


@dataclass(frozen=True, kw_only=True)
class OpenStudy:
    """A study that is recruiting."""

    number: str
    title: str
    address: str


def open_studies(typed: str, *, but: str, now: datetime) -> tuple[OpenStudy, ...]:
    """Recruiting studies that carry these words, best first, without `but`; none for no words."""
    words = " ".join(typed.split())[:MOST_WORDS]
    if not words:
        return ()
    result = search(SearchRequest(words=words, statuses=("RECRUITING",), page_size=MOST + 1), now=now)
    numbers = [hit.number for hit in result.hits if hit.number != but]
    return tuple(found for number in numbers[:MOST] if (found := open_study(number)))


def open_study(number: str) -> OpenStudy | None:
    """A study that is listed and recruiting, by its number; None for every other."""
    row = Study.objects.listed().filter(number=number, status="RECRUITING").first()
    if row is None:
        return None
    folder = site_studies().get(number)
    title = in_language(folder.title) if folder else row.title
    return OpenStudy(number=number, title=title, address=study_address(number, language=_here()))


def study_address(number: str, *, language: str) -> str:
    """The study's public page; another process may serve it."""
    return f"/{language}/studies/{number}/"


def first_words(study: str) -> str:
    """What to search for at first: the first condition of her own study's record."""
    row = Study.objects.numbered(study)
    conditions = row.record.conditions if row else ()
    return conditions[0] if conditions else ""


def _here() -> str:
    return (get_language() or "en").split("-")[0]
