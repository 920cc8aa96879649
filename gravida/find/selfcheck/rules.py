"""The rule set of a study's self-check, and what answers come to by it. Pure.

The server judges by gravida/protocol/eligibility.py; the browser by the same rules as data.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gravida.find.selfcheck.typed import IGNORED, ZEROS, Answers, Given, Wrong, read_answers
from gravida.protocol.criteria import Criteria, Fact
from gravida.protocol.eligibility import Eligibility, PublicResult, assess
from gravida.protocol.eligibility_export import CannotExport, exported
from gravida.protocol.study import StudyFolder

# More are not answered: completion falls with every question (find evidence: steep after 4 and 7).
QUESTIONS_AT_MOST = 7
ASKED_TYPES = ("yn", "int", "dec")
JSON = Any


@dataclass(frozen=True, kw_only=True)
class SelfCheckResult:
    """What the answers come to: the sentence for the visitor, the trace, and the answers as understood."""

    public: PublicResult
    eligibility: Eligibility
    answers: Mapping[str, str]  # fact -> yes, no, unknown, a number, or nothing


class WrongAnswers(Exception):
    """Answers that their questions do not take: fact -> why."""

    def __init__(self, wrong: Mapping[str, Wrong]) -> None:
        super().__init__(", ".join(f"{fact}: {why.value}" for fact, why in wrong.items()))
        self.wrong = wrong


def has_self_check(folder: StudyFolder | None) -> bool:
    """Whether a study has structured criteria that a visitor can answer on a page and in a browser."""
    return folder is not None and not why_not(folder.criteria)


def why_not(criteria: Criteria) -> str:
    """Why there is no self-check, for who writes the study folder; empty where there is one."""
    if not criteria.criteria or not criteria.asked:
        return "no criterion asks a visitor anything"
    if len(criteria.asked) > QUESTIONS_AT_MOST:
        return f"{len(criteria.asked)} questions, wanted at most {QUESTIONS_AT_MOST}"
    for fact in criteria.asked:
        if fact.type not in ASKED_TYPES:
            return f"fact {fact.id} of type {fact.type}, wanted one of {', '.join(ASKED_TYPES)}"
    try:
        exported(criteria)
    except CannotExport as error:
        return str(error)
    return ""


def questions(criteria: Criteria) -> tuple[Fact, ...]:
    """The facts asked, in the folder's order; sensitive ones last, so that nobody leaves because of them."""
    return tuple(sorted(criteria.asked, key=lambda fact: fact.sensitive))


def rule_set(criteria: Criteria) -> dict[str, JSON]:
    """Everything the browser judges by. CannotExport where a rule computes rather than compares."""
    return {**exported(criteria), "zeros": ZEROS, "ignored": IGNORED}


def evaluate_answers(folder: StudyFolder, answers: Mapping[str, str | Given]) -> SelfCheckResult:
    """What answers come to: fact -> `yes`, `no`, `unknown`, a number as typed, or nothing.

    WrongAnswers, with every fact concerned, where an answer is none that its question takes.
    """
    given = {name: Given(typed=one) if isinstance(one, str) else one for name, one in answers.items()}
    found = read_answers(folder.criteria, given)
    if found.wrong:
        raise WrongAnswers(found.wrong)
    return result_of(folder.criteria, found)


def result_of(criteria: Criteria, answers: Answers) -> SelfCheckResult:
    """What answers that were read come to."""
    eligibility = assess(criteria, answers.facts)
    return SelfCheckResult(public=eligibility.public, eligibility=eligibility, answers=answers.told)
