"""What overviews add to a study's page: words by section, where they come from, notes, the daily mark."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from gravida.find.models import Study
from gravida.find.overviews import words
from gravida.find.overviews.actions_notes import SECTIONS
from gravida.find.overviews.actions_ratings import mark_of
from gravida.find.overviews.automatic import automatic_overview
from gravida.find.overviews.provenance import day
from gravida.find.overviews.reads import Overview, published_overview
from gravida.find.overviews.reads_notes import ShownNote, shown_notes
from gravida.find.overviews.sections import QUESTIONS


@dataclass(frozen=True, kw_only=True)
class TextPart:
    """A section of an overview as the page shows it."""

    code: str
    heading: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class OverviewPart:
    """An overview as the page shows it."""

    overview: Overview
    in_short: tuple[str, ...]  # paragraphs
    texts: tuple[TextPart, ...]  # the other sections, in order
    changed_on: str  # day on which the record changed; empty: it has not

    @property
    def told(self) -> tuple[str, ...]:
        """Who wrote it, who checked it, from which record."""
        return self.overview.provenance.sentences

    @property
    def is_automatic(self) -> bool:
        """Put together by rules, read by nobody yet."""
        return self.overview.is_automatic

    @property
    def writer(self) -> str:
        """Code of who wrote it."""
        return self.overview.provenance.writer


@dataclass(frozen=True, kw_only=True)
class TextsOfPage:
    """Everything that overviews add to the page of a study."""

    plain: OverviewPart | None
    notes: dict[str, list[ShownNote]]  # by section of the page
    rating_mark: str

    @property
    def is_reviewed(self) -> bool:
        """Whether a person has read the plain words: only then do they stand in place of the record's own."""
        return self.plain is not None and not self.plain.is_automatic


def texts_of_page(study: Study, *, language: str, at: datetime) -> TextsOfPage:
    """The parts of a study (needs `with_record`), in one language."""
    overview = shown_overview(study, language=language, at=at)
    notes = shown_notes(study.number, language)
    return TextsOfPage(
        plain=part_of(overview) if overview else None,
        notes={section: notes.get(section, []) for section in SECTIONS},
        rating_mark=mark_of(study.number, timezone.localdate(at)),
    )


def shown_overview(study: Study, *, language: str, at: datetime) -> Overview | None:
    """The published words, else those that rules make and nobody has reviewed, else None."""
    published = published_overview(study, language=language, at=at)
    return published or automatic_overview(study, language=language)


def part_of(overview: Overview) -> OverviewPart:
    """An overview in paragraphs under headings."""
    return OverviewPart(
        overview=overview,
        in_short=paragraphs(overview.in_short),
        texts=tuple(
            TextPart(
                code=code, heading=str(words.SECTION[code]), paragraphs=paragraphs(overview.answer(code))
            )
            for code in QUESTIONS
            if overview.answer(code)
        ),
        changed_on=day(overview.changed_at) if overview.changed_at else "",
    )


def paragraphs(text: str) -> tuple[str, ...]:
    """The paragraphs of a text, parted by empty lines."""
    return tuple(part.strip() for part in text.split("\n\n") if part.strip())
