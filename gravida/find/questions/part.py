"""What the questions add to a study's page: the eight, the way to the self-check, those by kind."""

from dataclasses import dataclass

from gravida.find.models import Study
from gravida.find.overviews.pages.part import TextsOfPage
from gravida.find.questions.eight import StudyQuestion, study_questions
from gravida.find.questions.faq_page import FaqSection, faq_section
from gravida.find.selfcheck.rules import has_self_check
from gravida.find.site_studies import site_studies


@dataclass(frozen=True, kw_only=True)
class QuestionsPart:
    """Everything that the questions add."""

    eight: tuple[StudyQuestion, ...]
    faq: FaqSection | None
    self_check: int  # how many questions it asks; 0: the study has none


def questions_part(study: Study, *, texts: TextsOfPage, write: str) -> QuestionsPart:
    """The part of a study (needs `with_record`); `write` is the address of the message form, or empty."""
    overview = texts.plain.overview if texts.plain else None
    folder = site_studies().get(study.number)
    return QuestionsPart(
        eight=study_questions(study, overview=overview, write=write),
        faq=faq_section(study.number, study.record),
        self_check=len(folder.criteria.asked) if folder and has_self_check(folder) else 0,
    )
