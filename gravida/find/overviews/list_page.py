"""The list of overviews: what is to be done first, studies of this site before others."""

from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Q

from gravida.find.models import Study
from gravida.find.overviews import words
from gravida.find.overviews.figures import hard_studies
from gravida.find.overviews.models_texts import OverviewText
from gravida.find.overviews.places import may_write
from gravida.find.overviews.reads_notes import waiting_notes
from gravida.find.overviews.sections import LANGUAGES
from gravida.find.overviews.states import State
from gravida.find.site_studies import in_language, site_studies
from gravida.web.people.models import Person

MOST_FOUND = 20
# What is to be done, most pressing first.
ORDER = ("stale", "hard", "approve", "publish", "note", "draft", "none", "published")
_TO_DO = {
    State.STALE: "stale",
    State.CHECKED: "approve",
    State.APPROVED: "publish",
    State.DRAFT: "draft",
    State.PUBLISHED: "published",
}


@dataclass(frozen=True, kw_only=True)
class LanguageRow:
    """An overview of a study in one language."""

    language: str
    language_name: str
    states: tuple[str, ...]  # in words: what is shown, and what is on its way
    to_do: tuple[str, ...]  # codes


@dataclass(frozen=True, kw_only=True)
class StudyRow:
    """A study with its overviews."""

    number: str
    title: str
    is_of_this_site: bool
    languages: tuple[LanguageRow, ...]
    has_note_waiting: bool

    @property
    def rank(self) -> tuple[bool, int, str]:
        """Where it stands in the list."""
        to_do = [code for row in self.languages for code in row.to_do]
        to_do += ["note"] if self.has_note_waiting else []
        return (not self.is_of_this_site, min((ORDER.index(code) for code in to_do), default=99), self.number)


def study_rows(person: Person) -> tuple[StudyRow, ...]:
    """Every study of this site that the person may write about, and others that have overviews."""
    texts: dict[tuple[str, str], list[OverviewText]] = defaultdict(list)
    ended = [State.SUPERSEDED.value, State.WITHDRAWN.value]
    for text in OverviewText.objects.exclude(state__in=ended).order_by("-number"):
        texts[text.study, text.language].append(text)
    numbers = {
        number for number in {*site_studies(), *(study for study, _ in texts)} if may_write(person, number)
    }
    titles = dict(Study.objects.filter(number__in=numbers).values_list("number", "title"))
    hard, waiting = hard_studies(numbers), waiting_notes()
    rows = [
        StudyRow(
            number=number,
            title=_title(number, title),
            is_of_this_site=number in site_studies(),
            languages=tuple(
                _row(language, texts[number, language], is_hard=(number, language) in hard)
                for language in LANGUAGES
            ),
            has_note_waiting=number in waiting,
        )
        for number, title in titles.items()
    ]
    return tuple(sorted(rows, key=lambda row: row.rank))


def _row(language: str, texts: list[OverviewText], *, is_hard: bool) -> LanguageRow:
    to_do = [_TO_DO[text.where] for text in texts] or ["none"]
    return LanguageRow(
        language=language,
        language_name=str(words.LANGUAGE[language]),
        states=tuple(str(words.STATE[text.where]) for text in texts),
        to_do=tuple(to_do + (["hard"] if is_hard else [])),
    )


def found_studies(person: Person, asked: str) -> list[Study]:
    """Studies whose number or title holds what was asked, as far as the person may write about them."""
    wanted = " ".join(asked.replace("\x00", " ").split())[:100]  # PostgreSQL keeps no NUL
    if len(wanted) < 3:
        return []
    rows = Study.objects.filter(
        Q(number__iexact=wanted) | Q(title__icontains=wanted), current_version__isnull=False
    ).order_by("number")
    return [study for study in rows[: MOST_FOUND * 2] if may_write(person, study.number)][:MOST_FOUND]


def _title(number: str, registry_title: str) -> str:
    folder = site_studies().get(number)
    return (in_language(folder.title) if folder else "") or registry_title
