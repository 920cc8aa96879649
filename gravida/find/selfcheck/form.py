"""The form of the self-check: its questions as they are asked, what was given, and what must be put right."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.http import QueryDict

from gravida.find.selfcheck import words
from gravida.find.selfcheck.rules import questions
from gravida.find.selfcheck.typed import UNKNOWN, Given, Wrong
from gravida.find.site_studies import in_language
from gravida.protocol.criteria import Criteria, Fact

MOST_SIGNS = 40  # of a typed answer


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One of the answers to choose from."""

    value: str
    label: str
    is_chosen: bool


@dataclass(frozen=True, kw_only=True)
class Question:
    """A question of the form."""

    id: str
    number: int
    text: str
    help: str
    is_number: bool
    is_decimal: bool
    is_sensitive: bool
    is_first_sensitive: bool
    typed: str
    is_unknown: bool
    choices: tuple[Choice, ...]
    error: str
    errors: Mapping[str, str]  # a code of Wrong -> what to do


def given_in(data: QueryDict, criteria: Criteria) -> dict[str, Given]:
    """What came for each question; whatever else came is not looked at."""
    unknown = set(data.getlist(UNKNOWN))
    return {
        fact.id: Given(typed=data.get(fact.id, "")[:MOST_SIGNS], is_unknown=fact.id in unknown)
        for fact in criteria.asked
    }


def form_questions(
    criteria: Criteria, *, given: Mapping[str, Given], wrong: Mapping[str, Wrong]
) -> tuple[Question, ...]:
    """The questions in the order asked, filled with what was given."""
    facts = questions(criteria)
    first_sensitive = next((fact.id for fact in facts if fact.sensitive), "")
    return tuple(
        _question(
            fact,
            number=number,
            given=given.get(fact.id, Given()),
            wrong=wrong.get(fact.id),
            is_first_sensitive=fact.id == first_sensitive,
        )
        for number, fact in enumerate(facts, start=1)
    )


def _question(
    fact: Fact, *, number: int, given: Given, wrong: Wrong | None, is_first_sensitive: bool
) -> Question:
    errors = {why.value: _what_to_do(fact, why) for why in Wrong}
    values = ("yes", "no", UNKNOWN) if fact.type == "yn" else ()
    return Question(
        id=fact.id,
        number=number,
        text=in_language(fact.question),
        help=in_language(fact.help),
        is_number=fact.type != "yn",
        is_decimal=fact.type == "dec",
        is_sensitive=fact.sensitive,
        is_first_sensitive=is_first_sensitive,
        typed=given.typed,
        is_unknown=given.is_unknown,
        choices=tuple(
            Choice(value=value, label=words.answer_words(value), is_chosen=given.typed == value)
            for value in values
        ),
        error=errors[wrong.value] if wrong else "",
        errors=errors,
    )


def _what_to_do(fact: Fact, why: Wrong) -> str:
    if why is not Wrong.NUMBER:
        return str(words.WRONG[why])
    if fact.low is None or fact.high is None:
        return str(words.ONE_NUMBER)
    return str(words.WRONG[why]) % {"low": fact.low, "high": fact.high}
