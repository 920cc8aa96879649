"""A study on one page: what it is, whom it takes, what it asks, where, how to reach its team."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from gravida.find import words
from gravida.find.badges import Badge, badges
from gravida.find.centres import places_of
from gravida.find.contact.pages.card import ContactCard, contact_card
from gravida.find.criteria_lists import CriteriaLists, criteria_lists
from gravida.find.gazetteer import Place
from gravida.find.models import Study
from gravida.find.overviews.automatic import automatic_overview
from gravida.find.overviews.reads import published_overview
from gravida.find.record import StudyRecord
from gravida.find.sheet.asked import Asked
from gravida.find.sheet.brief import DO, SUMMARY, TITLE, BriefList, brief_list, brief_text, one_line_each
from gravida.find.sheet.qr import qr_svg
from gravida.find.site_studies import in_language, site_studies
from gravida.protocol.study import StudyFolder
from gravida.web.frame import absolute

PLACES = 3


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """What the printed page shows; an empty text has no part."""

    record: StudyRecord
    asked: Asked
    title: str
    title_language: str  # empty: the page's
    badges: tuple[Badge, ...]
    summary: str
    summary_language: str
    do: str
    possible: BriefList
    not_possible: BriefList
    criteria_language: str
    places: tuple[str, ...]
    more_places: int
    team: str
    reach: str  # telephone and mail that the record itself names
    can_write: bool
    address: str  # absolute, of the study's page
    qr: SafeString
    dates: tuple[str, ...]

    @property
    def says_title(self) -> bool:
        """Whether the title is shown."""
        return self.asked.show == "all"

    @property
    def is_neutral(self) -> bool:
        """Whether nothing tells what the study is about."""
        return self.asked.show == "neutral"


def sheet_of(study: Study, asked: Asked, *, near: Place | None, request: HttpRequest, at: datetime) -> Sheet:
    """The page of a study (needs `with_record`); `near` adds distances, the nearest place first."""
    record = study.record
    folder = site_studies().get(study.number)
    language = (get_language() or "en").split("-")[0]
    plain_title = in_language(folder.title) if folder else ""
    overview = published_overview(study, language=language, at=at) or automatic_overview(
        study, language=language
    )
    criteria = criteria_lists(record, folder)
    contact = contact_card(study, near=near, typed_near=asked.near, at=at)
    places = _places(record, contact, folder, near=near, with_names=asked.show != "neutral")
    address = absolute(request, reverse("find:study", args=[study.number]))
    return Sheet(
        record=record,
        asked=asked,
        title=brief_text(plain_title or record.brief_title or record.official_title or record.number, TITLE),
        title_language="" if plain_title else "en",
        badges=badges(record),
        summary=brief_text(overview.in_short if overview else record.brief_summary, SUMMARY),
        summary_language="" if overview else "en",
        do=brief_text(overview.answer("what_would_i_do"), DO) if overview else "",
        possible=_criteria(criteria, "possible"),
        not_possible=_criteria(criteria, "not_possible"),
        criteria_language="en" if criteria and criteria.is_registry_text else "",
        places=tuple(places[:PLACES]),
        more_places=max(len(places) - PLACES, 0),
        team=contact.contact.name if contact.contact else "",
        reach=_reach(record),
        can_write=bool(contact.write),
        address=address,
        qr=qr_svg(address, label=_("QR code that leads to the page of this study")),
        dates=_dates(record, at),
    )


def _criteria(criteria: CriteriaLists | None, side: Literal["possible", "not_possible"]) -> BriefList:
    """One of the two lists; the criteria of a study's folder say everything without the lines under them."""
    if criteria is None:
        return BriefList(lines=())
    items = criteria.possible if side == "possible" else criteria.not_possible
    return brief_list(one_line_each(items, with_those_under=criteria.is_registry_text))


def _places(
    record: StudyRecord,
    contact: ContactCard,
    folder: StudyFolder | None,
    *,
    near: Place | None,
    with_names: bool,
) -> list[str]:
    """Each place in one line: name, town, how far. A name may tell what the study is about."""
    if contact.centres:
        rows = [(row.name, row.place, row.distance) for row in contact.centres]
    else:
        rows = [(row.name, row.town, row.distance) for row in places_of(record, folder, near=near)]
    # A place without a name of its own is called by its town.
    lines = [row if with_names else (row[1] or row[0], row[2]) for row in rows]
    return [
        brief_text(", ".join(dict.fromkeys(part for part in line if part)), 110)
        for line in lines
        if any(line)
    ]


def _reach(record: StudyRecord) -> str:
    """The first public contact of the record that can be reached, as it stands there."""
    for contact in record.central_contacts:
        if contact.phone or contact.email:
            parts = (contact.name, contact.phone, contact.email)
            return brief_text(", ".join(part for part in parts if part), 120)
    return ""


def _dates(record: StudyRecord, at: datetime) -> tuple[str, ...]:
    """Where the facts come from and of which day, each date with its label."""
    said = [_("Source: ClinicalTrials.gov, %(number)s") % {"number": record.number}]
    if record.updated:
        said.append(_("record updated %(date)s") % {"date": words.day(record.updated)})
    elif record.verified:
        said.append(_("record checked %(date)s") % {"date": words.day(record.verified)})
    return tuple(said)
