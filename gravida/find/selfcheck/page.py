"""The page of the self-check: form or result, the data that the browser judges by, the way to the team."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from django.urls import reverse

from gravida.find.selfcheck import words
from gravida.find.selfcheck.attached import attached_json
from gravida.find.selfcheck.form import Question, form_questions
from gravida.find.selfcheck.result import (
    BLANK_LINE,
    BLANK_RESULT,
    BLANK_STEP,
    TONE,
    Line,
    ResultWords,
    Step,
    criterion_words,
    question_words,
    result_words,
)
from gravida.find.selfcheck.rules import result_of, rule_set
from gravida.find.selfcheck.typed import Answers, Given, read_answers
from gravida.find.site_studies import in_language
from gravida.protocol.study import StudyFolder


@dataclass(frozen=True, kw_only=True)
class SelfCheckPage:
    """Everything the page shows. Without a result it is the form."""

    number: str
    title: str
    address: str
    write: str  # where the answers go when she ticks them
    questions: tuple[Question, ...]
    data: str  # JSON for the browser
    result: ResultWords = BLANK_RESULT
    has_result: bool = False
    answers: str = ""  # JSON of the answers that are not sensitive
    sensitive_answers: str = ""  # JSON of the others; empty: there are none
    has_sensitive: bool = False
    blank_line: Line = BLANK_LINE  # for the script to fill
    blank_step: Step = BLANK_STEP

    @property
    def wrong(self) -> tuple[Question, ...]:
        """The questions to look at again."""
        return tuple(question for question in self.questions if question.error)


def self_check_page(
    folder: StudyFolder, *, given: Mapping[str, Given] | None = None, can_write: bool
) -> SelfCheckPage:
    """The form; with answers that can be taken, the result with the form filled below it."""
    criteria = folder.criteria
    answers = read_answers(criteria, given or {}) if given is not None else None
    result = result_of(criteria, answers) if answers and not answers.wrong else None
    number = folder.number
    return SelfCheckPage(
        number=number,
        title=in_language(folder.title) or folder.acronym or number,
        address=reverse("selfcheck:page", args=[number]),
        write=reverse("contact:write", args=[number]) if can_write else "",
        questions=form_questions(criteria, given=given or {}, wrong=answers.wrong if answers else {}),
        data=json.dumps(browser_data(folder), ensure_ascii=False, separators=(",", ":")),
        result=result_words(criteria, result) if result else BLANK_RESULT,
        has_result=result is not None,
        answers=attached_json(criteria, _told(answers), sensitive=False),
        sensitive_answers=attached_json(criteria, _told(answers), sensitive=True),
        has_sensitive=any(fact.sensitive for fact in criteria.asked),
    )


def _told(answers: Answers | None) -> Mapping[str, str]:
    return answers.told if answers else {}


def browser_data(folder: StudyFolder) -> dict[str, object]:
    """Rules and words: all that a browser needs to judge and to say what it found."""
    criteria = folder.criteria
    asked = form_questions(criteria, given={}, wrong={})
    return {
        "rules": rule_set(criteria),
        "questions": question_words(criteria),
        "criteria": criterion_words(criteria),
        "errors": {question.id: question.errors for question in asked},
        "tones": TONE,
        "words": {
            name: {str(key): str(text) for key, text in table.items()}
            for name, table in (
                ("title", words.TITLE),
                ("before", words.BEFORE),
                ("after", words.AFTER),
                ("label", words.LABEL),
                ("state", words.STATE),
                ("choice", words.CHOICE),
            )
        },
    }
