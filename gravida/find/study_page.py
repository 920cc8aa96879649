"""A study as its page shows it: every part either says something or is absent."""

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from gravida.find import words
from gravida.find.badges import Badge, badges
from gravida.find.centres import PlaceRow, places_of
from gravida.find.contact.pages.card import ContactCard, contact_card
from gravida.find.criteria_lists import CriteriaLists, criteria_lists
from gravida.find.facts import Fact, facts_of
from gravida.find.gazetteer import Place
from gravida.find.json_ld import study_data
from gravida.find.models import RecordVersion, Study
from gravida.find.overviews.pages.part import OverviewPart, TextsOfPage, texts_of_page
from gravida.find.prose import Block, blocks
from gravida.find.questions.part import QuestionsPart, questions_part
from gravida.find.record import StudyRecord
from gravida.find.site_studies import in_language, site_studies
from gravida.find.versions import VersionStep, version_steps
from gravida.web.frame import absolute

# Places of a study shown before a fold: more than a screen of them helps nobody.
PLACES_AT_ONCE = 8


@dataclass(frozen=True, kw_only=True)
class Section:
    """A part of the page that the navigation names."""

    id: str
    label: str


@dataclass(frozen=True, kw_only=True)
class RegistryText:
    """A text of the record, untouched."""

    heading: str
    text: str


@dataclass(frozen=True, kw_only=True)
class StudyPage:
    """Everything the page of a study shows."""

    record: StudyRecord
    title: str
    title_is_registry_text: bool
    summary: str  # for search engines and shared links
    picture: str
    picture_alternative: str
    badges: tuple[Badge, ...]
    is_bundled: bool
    absent_since: datetime | None  # when the registry's complete list came without it
    texts: TextsOfPage  # plain words, public notes, the mark of the day
    asked: QuestionsPart  # the eight questions, the self-check, the questions by kind of study
    overview: list[Block]
    description: list[Block]
    criteria: CriteriaLists | None
    facts: list[Fact]
    places: list[PlaceRow]  # of the record; the centres that can be written to stand in `contact`
    near: str  # where distances are measured from; empty: not asked
    contact: ContactCard
    version_steps: list[VersionStep]
    record_version: str  # SHA-256 of the record that the page shows; private notes remember it
    registry_texts: list[RegistryText]
    sections: list[Section]
    json_ld: SafeString

    @property
    def plain(self) -> OverviewPart | None:
        """The overview in plain words; None where there is none to show."""
        return self.texts.plain

    @property
    def first_places(self) -> list[PlaceRow]:
        """The places shown at once."""
        return self.places[:PLACES_AT_ONCE]

    @property
    def other_places(self) -> list[PlaceRow]:
        """The places behind a fold."""
        return self.places[PLACES_AT_ONCE:]

    @property
    def nearest(self) -> PlaceRow | None:
        """The place beside the text: of the centre to write to, named below it; else the first place."""
        centre = self.contact.first
        if centre is None:
            return self.places[0] if self.places else None
        return PlaceRow(name="", town=centre.place or centre.name, distance=centre.distance)

    @property
    def more_places(self) -> int:
        """How many centres, or places where no centre can be written to, there are beside that one."""
        return max(len(self.contact.centres or self.places) - 1, 0)

    @property
    def where(self) -> str:
        """The section that says where."""
        return "contact" if self.contact.centres else "places"


def study_page_of(study: Study, *, near: Place | None, request: HttpRequest, at: datetime) -> StudyPage:
    """The page of a study; `near` adds distances."""
    record = study.record
    folder = site_studies().get(study.number)
    plain_title = in_language(folder.title) if folder else ""
    title = plain_title or record.brief_title or record.official_title or record.number
    has_picture = folder is not None and folder.picture is not None
    versions = list(study.versions.order_by("-id")[:20])
    overview, description = blocks(record.brief_summary), blocks(record.detailed_description)
    criteria = criteria_lists(record, folder)
    contact = contact_card(study, near=near, typed_near=request.GET.get("near", ""), at=at)
    # Centres that can be written to are listed there, once, with all that is known of them.
    places = places_of(record, None if contact.centres else folder, near=near)
    steps = version_steps(versions)
    texts = texts_of_page(study, language=(get_language() or "en").split("-")[0], at=at)
    asked = questions_part(study, texts=texts, write=contact.write)
    return StudyPage(
        record=record,
        title=title,
        title_is_registry_text=not plain_title,
        summary=_summary(record),
        picture=reverse("find:picture", args=[study.number]) if has_picture else static("img/hills.svg"),
        picture_alternative=in_language(folder.picture.alternative) if folder and folder.picture else "",
        badges=badges(record),
        is_bundled=bool(versions) and versions[0].source == RecordVersion.Source.BUNDLED,
        absent_since=study.absent_since,
        texts=texts,
        asked=asked,
        overview=overview,
        description=description,
        criteria=criteria,
        facts=facts_of(record),
        places=places,
        near=(near.name or _("your position")) if near else "",
        contact=contact,
        version_steps=steps,
        record_version=study.current_version.sha256 if study.current_version else "",
        registry_texts=_registry_texts(record),
        sections=_sections(
            overview=[] if texts.is_reviewed else overview,
            eligibility=criteria,
            description=[] if texts.is_reviewed else description,
            places=[] if contact.centres else places,
            faq=asked.faq,
            changes=steps,
        ),
        json_ld=_for_search_engines(record, title=title, is_plain=bool(plain_title), request=request),
    )


def _for_search_engines(
    record: StudyRecord, *, title: str, is_plain: bool, request: HttpRequest
) -> SafeString:
    return study_data(
        record,
        title=title,
        address=absolute(request, reverse("find:study", args=[record.number])),
        language=(get_language() or "en") if is_plain else "en",
    )


def _sections(**parts: object) -> list[Section]:
    """The parts of the page that the navigation names, in their order; empty ones are left out."""
    named = (
        ("questions", _("Questions first")),
        ("overview", _("What is it about?")),
        ("eligibility", _("Could I take part?")),
        ("description", _("What would happen?")),
        ("places", _("Where?")),
        ("contact", _("Get in touch")),
        ("faq", _("Taking part")),
        ("details", _("Details")),
        ("changes", _("What changed")),
    )
    return [Section(id=id, label=label) for id, label in named if parts.get(id, True)]


def _summary(record: StudyRecord) -> str:
    """One or two sentences on a study, from its facts, in the reader's language."""
    parts = [
        words.of(words.STATUS, record.status) if record.status else "",
        words.kind(record),
        words.of(words.SEX, record.sex) if record.sex else "",
        words.ages(record),
        record.sponsor,
    ]
    return ". ".join(part for part in parts if part) + "."


def _registry_texts(record: StudyRecord) -> list[RegistryText]:
    texts = (
        (_("Brief title"), record.brief_title),
        (_("Official title"), record.official_title),
        (_("Brief summary"), record.brief_summary),
        (_("Detailed description"), record.detailed_description),
        (_("Eligibility"), record.eligibility),
        (
            _("Main outcomes"),
            "\n".join(_outcome(outcome.measure, outcome.time_frame) for outcome in record.primary_outcomes),
        ),
        (
            _("Other outcomes"),
            "\n".join(_outcome(outcome.measure, outcome.time_frame) for outcome in record.secondary_outcomes),
        ),
        (_("Keywords"), ", ".join(record.keywords)),
    )
    return [RegistryText(heading=heading, text=text) for heading, text in texts if text]


def _outcome(measure: str, time_frame: str) -> str:
    return f"{measure} ({time_frame})" if time_frame else measure
