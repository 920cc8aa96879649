"""A study as a list shows it: title, badges, two lines, the nearest place."""

from collections.abc import Sequence
from dataclasses import dataclass

from gravida.find import words
from gravida.find.badges import Badge, badges
from gravida.find.models import Study
from gravida.find.record import StudyRecord
from gravida.find.search.request import Hit
from gravida.find.site_studies import centres_of, in_language, site_studies

# Reasons a card gives for being found: three are read, five are noise.
BECAUSE_AT_MOST = 3


@dataclass(frozen=True, kw_only=True)
class StudyCard:
    """One study in a list of results."""

    number: str
    title: str
    title_language: str  # empty: the language of the page
    badges: tuple[Badge, ...]
    summary: str
    sponsor: str
    conditions: tuple[str, ...]
    place: str = ""
    distance: str = ""  # in words
    distance_km: float | None = None
    status: str = ""  # the registry's code
    more_places: int = 0
    because: tuple[str, ...] = ()


def cards(hits: Sequence[Hit]) -> list[StudyCard]:
    """The cards of the studies found, in that order; one query."""
    numbers = [hit.number for hit in hits]
    studies = {
        study.number: study for study in Study.objects.listed().with_record().filter(number__in=numbers)
    }
    return [_card(studies[hit.number].record, hit) for hit in hits if hit.number in studies]


def _card(record: StudyRecord, hit: Hit) -> StudyCard:
    folder = site_studies().get(record.number)
    plain_title = in_language(folder.title) if folder else ""
    place, others = _place(record, hit)
    return StudyCard(
        number=record.number,
        title=plain_title or record.brief_title or record.official_title or record.number,
        title_language="" if plain_title else "en",
        badges=badges(record),
        summary=" ".join(record.brief_summary.split())[:400],
        sponsor=record.sponsor,
        conditions=record.conditions[:6],
        place=place,
        distance="" if hit.distance_km is None else words.distance(hit.distance_km),
        distance_km=None if hit.distance_km is None else round(hit.distance_km, 1),
        status=record.status,
        more_places=others,
        because=hit.because[:BECAUSE_AT_MOST],
    )


def _place(record: StudyRecord, hit: Hit) -> tuple[str, int]:
    """The nearest place, or the first when no place was asked for; and how many others there are."""
    towns = [words.town(site.city, site.country) for site in record.locations]
    towns += [words.town(centre.town, centre.country) for centre in centres_of(record.number)]
    if hit.location is not None and hit.location < len(towns):
        return towns[hit.location], max(hit.locations_within - 1, 0)
    named = [town for town in towns if town]
    return (named[0], len(named) - 1) if named else ("", 0)
