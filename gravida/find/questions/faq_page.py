"""The pages of questions: of one study, of one kind of study, and their list."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from gravida.find.models import Study
from gravida.find.questions import words
from gravida.find.questions.faq import Faq, found, questions_of_kind, questions_of_study
from gravida.find.questions.faq_data import faq_data
from gravida.find.questions.kinds import KINDS, kind_of
from gravida.find.record import StudyRecord
from gravida.find.site_studies import in_language, site_studies
from gravida.web.frame import absolute

MOST_SIGNS = 80  # of a search
# On a study's page; the others are a search or a link away. All of them would be a screen of its own.
FIRST = 6


@dataclass(frozen=True, kw_only=True)
class KindLink:
    """A kind of study and the page of its questions."""

    code: str
    text: str
    address: str


@dataclass(frozen=True, kw_only=True)
class FaqPage:
    """A page of questions."""

    address: str
    kind: str  # in words; empty on the list of kinds
    typed: str
    questions: tuple[Faq, ...]  # all of them
    found: frozenset[str]  # ids of those that hold what was typed
    other_kinds: tuple[KindLink, ...]
    data: SafeString
    number: str = ""
    title: str = ""  # of the study

    @property
    def shown(self) -> tuple[Faq, ...]:
        """Those that hold what was typed."""
        return tuple(one for one in self.questions if one.id in self.found)


@dataclass(frozen=True, kw_only=True)
class FaqSection:
    """The questions at the end of a study's page."""

    address: str
    first: tuple[Faq, ...]
    more: int  # how many others there are


def language_of_page() -> str:
    """The reader's language, as `en`."""
    return (get_language() or "en").split("-")[0]


def faq_section(number: str, record: StudyRecord) -> FaqSection | None:
    """The questions of a study; None where its record does not say of which kind it is."""
    kind = kind_of(record)
    if not kind:
        return None
    questions = questions_of_study(site_studies().get(number), kind, language=language_of_page())
    return FaqSection(
        address=reverse("questions:study", args=[number]),
        first=questions[:FIRST],
        more=len(questions[FIRST:]),
    )


def study_faq_page(study: Study, *, kind: str, typed: str, request: HttpRequest) -> FaqPage:
    """The page of questions of a study."""
    folder = site_studies().get(study.number)
    questions = questions_of_study(folder, kind, language=language_of_page())
    title = (in_language(folder.title) if folder else "") or study.record.brief_title or study.number
    address = reverse("questions:study", args=[study.number])
    return _page(questions, kind, typed=typed, address=address, request=request, study=study, title=title)


def kind_faq_page(kind: str, *, typed: str, request: HttpRequest) -> FaqPage:
    """The page of questions on a kind of study."""
    questions = questions_of_kind(kind, language=language_of_page())
    return _page(
        questions, kind, typed=typed, address=reverse("questions:kind", args=[kind]), request=request
    )


def _page(
    questions: tuple[Faq, ...],
    kind: str,
    *,
    typed: str,
    address: str,
    request: HttpRequest,
    study: Study | None = None,
    title: str = "",
) -> FaqPage:
    return FaqPage(
        address=address,
        kind=str(words.KIND[kind]),
        typed=typed,
        questions=questions,
        found=frozenset(one.id for one in found(questions, typed)),
        other_kinds=tuple(one for one in kind_links() if one.code != kind),
        data=faq_data(questions, address=absolute(request, address), language=language_of_page()),
        number=study.number if study else "",
        title=title,
    )


def kind_links() -> tuple[KindLink, ...]:
    """Every kind of study with its page."""
    return tuple(
        KindLink(code=kind, text=str(words.KIND[kind]), address=reverse("questions:kind", args=[kind]))
        for kind in KINDS
    )
