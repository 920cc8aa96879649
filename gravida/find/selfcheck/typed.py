"""What a visitor typed or chose for one question of the self-check, read as the browser reads it. Pure.

static/js/self_check_rules.js does the same; tests/find/selfcheck/test_agreement.py holds both together.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from gravida.protocol.criteria import Criteria, Fact
from gravida.protocol.eligibility import WrongAnswer, visitor_facts
from gravida.protocol.spans import Held

# The zero of each set of figures that a visitor of this site may type: Latin, wide Latin, Arabic, Persian and
# Urdu, Hindi, Bengali, Tamil, Thai. A set's other figures follow its zero (The Unicode Standard, 4.6).
ZEROS = "0０٠۰०০௦๐"
# What a keyboard puts before, behind or between without meaning anything by it.
IGNORED = " \t\n\r\u00a0\u2009\u202f\u200b\u200e\u200f"
_FIGURES = {ord(zero) + number: str(number) for zero in ZEROS for number in range(10)}
_FOLDED = _FIGURES | {ord("−"): "-", ord("－"): "-", ord("٫"): ",", ord("，"): ",", ord("．"): "."}

UNKNOWN = "unknown"


class Wrong(StrEnum):
    """Why an answer cannot be taken."""

    NUMBER = "number"  # no single number, or one outside its bounds
    BOTH = "both"  # a number and "I do not know"
    CHOICE = "choice"  # none of the choices offered


@dataclass(frozen=True, kw_only=True)
class Given:
    """What came for one question: the text or choice, and whether "I do not know" is ticked beside it."""

    typed: str = ""
    is_unknown: bool = False


@dataclass(frozen=True, kw_only=True)
class Answers:
    """The answers of one self-check: facts for the rules, the answers as kept, and what cannot be taken."""

    facts: dict[str, Held]
    told: dict[str, str]  # fact -> yes, no, unknown, a number in Latin figures, or nothing
    wrong: dict[str, Wrong]


def folded(typed: str) -> str:
    """A typed answer with Latin figures and without the spaces around it."""
    return typed.translate(_FOLDED).strip(IGNORED)


def read_answers(criteria: Criteria, given: Mapping[str, Given]) -> Answers:
    """Every asked fact; a question for which nothing came is not answered."""
    facts: dict[str, Held] = {}
    told: dict[str, str] = {}
    wrong: dict[str, Wrong] = {}
    for fact in criteria.asked:
        answer = _answer(fact, given.get(fact.id, Given()))
        found = answer if isinstance(answer, Wrong) else _held(criteria, fact, answer)
        if isinstance(found, Wrong):
            wrong[fact.id] = found
        else:
            facts[fact.id], told[fact.id] = found, str(answer)
    return Answers(facts=facts, told=told, wrong=wrong)


def _answer(fact: Fact, given: Given) -> str | Wrong:
    typed = folded(given.typed)
    if given.is_unknown:
        return Wrong.BOTH if typed and typed != UNKNOWN else UNKNOWN
    return typed


def _held(criteria: Criteria, fact: Fact, answer: str) -> Held | Wrong:
    wrong = Wrong.CHOICE if fact.type == "yn" else Wrong.NUMBER
    # The rules strip spaces of their own; what is left of them here was never a number to the browser.
    if answer != answer.strip():
        return wrong
    try:
        return visitor_facts(criteria, {fact.id: answer})[fact.id]
    except WrongAnswer:
        return wrong
