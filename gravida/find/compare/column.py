"""What a comparison says of one study, read once from its record, folder, overview and centres."""

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from gravida.find import words
from gravida.find.centres import PlaceRow, places_of
from gravida.find.contact.pages.card import ContactCard, contact_card
from gravida.find.gazetteer import Place
from gravida.find.models import Study
from gravida.find.overviews.automatic import automatic_overview
from gravida.find.overviews.reads import Overview, published_overview
from gravida.find.record import StudyRecord
from gravida.find.sheet.brief import brief_text
from gravida.find.site_studies import centres_of, in_language, site_studies
from gravida.protocol.study import StudyFolder

# Of an overview's answer: what fits a column; the rest stands on the study's page.
LONGEST_ANSWER = 280


@dataclass(frozen=True, kw_only=True)
class Column:
    """One study of a comparison."""

    study: Study
    record: StudyRecord
    title: str
    title_language: str  # empty: the page's
    name: str  # a short name for sentences: the acronym, else the number
    address: str
    remove: str
    overview: Overview | None
    contact: ContactCard
    place: PlaceRow | None  # the nearest where somebody asked from where, else the first
    more_places: int
    languages: tuple[str, ...]  # codes, of the teams that can be named

    @property
    def is_open(self) -> bool:
        """Whether the registry says that it takes people."""
        return self.record.status in words.OPEN_STATUSES

    @property
    def tests_no_treatment(self) -> bool:
        """Whether it only watches."""
        return self.record.study_type == "OBSERVATIONAL"

    def answer(self, code: str) -> str:
        """What its overview says to one of the eight questions, shortened; empty: nothing."""
        return brief_text(self.overview.answer(code), LONGEST_ANSWER) if self.overview else ""


def column_of(study: Study, *, near: Place | None, typed_near: str, remove: str, at: datetime) -> Column:
    """The column of a study; `near` adds the distance, `remove` is the address without it."""
    record = study.record
    folder = site_studies().get(study.number)
    plain_title = in_language(folder.title) if folder else ""
    contact = contact_card(study, near=near, typed_near=typed_near, at=at)
    place, more = _place(record, contact, folder, near)
    address = reverse("find:study", args=[study.number])
    language = (get_language() or "en").split("-")[0]
    return Column(
        study=study,
        record=record,
        title=plain_title or record.brief_title or record.official_title or record.number,
        title_language="" if plain_title else "en",
        name=record.acronym if 0 < len(record.acronym) <= 20 else record.number,
        address=address,
        remove=remove,
        overview=published_overview(study, language=language, at=at)
        or automatic_overview(study, language=language),
        contact=contact,
        place=place,
        more_places=more,
        languages=_languages(study.number, contact),
    )


def _place(
    record: StudyRecord, contact: ContactCard, folder: StudyFolder | None, near: Place | None
) -> tuple[PlaceRow | None, int]:
    """The nearest place, a centre that can be named before any other, and how many others there are."""
    if contact.centres:
        rows = [
            PlaceRow(name=row.name, town=row.place, kilometres=row.kilometres, distance=row.distance or "")
            for row in contact.centres
        ]
    else:
        rows = places_of(record, folder, near=near)
    return (rows[0], len(rows) - 1) if rows else (None, 0)


def _languages(number: str, contact: ContactCard) -> tuple[str, ...]:
    """Codes of the languages of its teams; of its folder's centres where no team can be written to."""
    spoken = [row.team.languages for row in contact.centres]
    spoken = spoken or [centre.languages for centre in centres_of(number)]
    return tuple(dict.fromkeys(code for codes in spoken for code in codes))


def runs(record: StudyRecord) -> str:
    """From when to when the study runs, in words; empty where the record does not say."""
    start = words.day(record.started) if record.started else ""
    end = words.day(record.completed) if record.completed else ""
    if start and end:
        return _("The study runs from %(start)s to %(end)s.") % {"start": start, "end": end}
    if start:
        return _("The study started: %(start)s.") % {"start": start}
    return _("The study is to end: %(end)s.") % {"end": end} if end else ""
