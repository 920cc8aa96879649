"""Answers that travel with a message: as JSON in the form, as lines of question and answer for people."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from django.http import QueryDict

from gravida.find.selfcheck import words
from gravida.find.selfcheck.result import criterion_words, question_words
from gravida.find.selfcheck.rules import questions, result_of
from gravida.find.selfcheck.typed import Given, read_answers
from gravida.find.site_studies import site_studies
from gravida.protocol.criteria import Criteria

# How the self-check's own form says where it comes from, and its ticks.
FROM_SELF_CHECK = "self_check"
PLAIN, SENSITIVE = "self_check", "self_check_sensitive"
TICK, TICK_SENSITIVE = "attach_self_check", "attach_self_check_sensitive"


@dataclass(frozen=True, kw_only=True)
class AttachedLine:
    """A question and its answer, or a criterion and how it looks."""

    name: str
    value: str


def attached_json(criteria: Criteria, told: Mapping[str, str], *, sensitive: bool) -> str:
    """The answers given, in the order asked; empty where there are none of that kind."""
    of_kind = [fact.id for fact in questions(criteria) if fact.sensitive is sensitive]
    answers = {name: told[name] for name in of_kind if told.get(name)}
    return json.dumps(answers, ensure_ascii=False) if answers else ""


def with_ticked_answers(given: QueryDict) -> QueryDict:
    """What the self-check's form posted, reduced to what she ticked, as the form of a message takes it."""
    answers: dict[str, str] = {}
    if TICK in given:
        answers |= read_attached(given.get(PLAIN, ""))
    if TICK_SENSITIVE in given:
        answers |= read_attached(given.get(SENSITIVE, ""))
    found = given.copy()
    for name in (PLAIN, SENSITIVE, TICK, TICK_SENSITIVE):
        found.pop(name, None)
    if answers:
        found[PLAIN], found[TICK] = json.dumps(answers, ensure_ascii=False), "on"
    return found


def read_attached(text: str) -> dict[str, str]:
    """Fact -> answer, of JSON that a form carried; empty where it is no such thing."""
    try:
        told = json.loads(text) if text else {}
    except (ValueError, RecursionError):
        return {}
    if not isinstance(told, dict):
        return {}
    return {
        str(name): str(value)
        for name, value in told.items()
        if isinstance(value, str | int | float) and not isinstance(value, bool)
    }


def answer_lines(number: str, text: str) -> tuple[AttachedLine, ...]:
    """The answers of JSON as people read them; what the study does not ask is left out."""
    criteria = _criteria(number)
    told, asked = read_attached(text), question_words(criteria)
    return tuple(
        AttachedLine(name=asked[fact.id], value=words.answer_words(told[fact.id]))
        for fact in questions(criteria)
        if fact.id in told
    )


def trace_lines(number: str, text: str) -> tuple[AttachedLine, ...]:
    """How each criterion looks from the attached answers alone, for the team; empty where none is read."""
    criteria, told = _criteria(number), read_attached(text)
    answers = read_answers(criteria, {name: Given(typed=value) for name, value in told.items()})
    if answers.wrong or not any(answers.told.values()):
        return ()
    texts = criterion_words(criteria)
    return tuple(
        AttachedLine(name=texts[one.id], value=str(words.STATE_FOR_TEAM[words.state_key(one)]))
        for one in result_of(criteria, answers).eligibility.results
    )


def _criteria(number: str) -> Criteria:
    folder = site_studies().get(number)
    return folder.criteria if folder else Criteria()
