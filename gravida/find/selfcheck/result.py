"""What the answers come to, in words: the sentence, then each criterion with the answers that decided it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from gravida.find.selfcheck import words
from gravida.find.selfcheck.rules import SelfCheckResult
from gravida.find.site_studies import in_language
from gravida.protocol.criteria import Criteria
from gravida.protocol.eligibility import CriterionResult, PublicCode


@dataclass(frozen=True, kw_only=True)
class Told:
    """A question and what she answered."""

    question: str
    answer: str


@dataclass(frozen=True, kw_only=True)
class Line:
    """A line of the sentence: a criterion that may rule her out, or a question that is open."""

    text: str
    label: str = ""


@dataclass(frozen=True, kw_only=True)
class Step:
    """One criterion of the trace."""

    text: str
    state: str
    tone: str  # stands (in her way, perhaps), open-yet, or empty
    because: tuple[Told, ...]  # the answers that decided
    open: tuple[str, ...]  # the questions whose answers would settle it


@dataclass(frozen=True, kw_only=True)
class ResultWords:
    """A result as it is shown."""

    code: str
    title: str
    before: str
    lines: tuple[Line, ...]
    after: str
    trace: tuple[Step, ...]


# How a state is marked beside its words.
TONE = {
    "inclusion:no": "stands",
    "exclusion:yes": "stands",
    "inclusion:unknown": "open-yet",
    "exclusion:unknown": "open-yet",
}
BLANK_LINE = Line(text="")
BLANK_STEP = Step(text="", state="", tone="", because=(), open=())
BLANK_RESULT = ResultWords(code="", title="", before="", lines=(), after="", trace=())


def question_words(criteria: Criteria) -> dict[str, str]:
    """The question of every fact, in the reader's language."""
    return {fact.id: in_language(fact.question) for fact in criteria.facts}


def result_words(criteria: Criteria, result: SelfCheckResult) -> ResultWords:
    """A result in the reader's language."""
    public, asked = result.public, question_words(criteria)
    return ResultWords(
        code=public.code.value,
        title=str(words.TITLE[words.title_key(public.code, criteria=len(public.criteria))]),
        before=str(words.BEFORE[public.code]),
        lines=tuple(_lines(criteria, result, asked)),
        after=str(words.AFTER[public.code]),
        trace=tuple(_step(criteria, one, result.answers, asked) for one in result.eligibility.results),
    )


def criterion_words(criteria: Criteria) -> dict[str, str]:
    """The text of every criterion, in the reader's language."""
    return {criterion.id: in_language(criterion.text) for criterion in criteria.criteria}


def _lines(criteria: Criteria, result: SelfCheckResult, asked: Mapping[str, str]) -> Iterable[Line]:
    if result.public.code is PublicCode.MAY_RULE_OUT:
        texts = criterion_words(criteria)
        for one in result.eligibility.results:
            if one.id in result.public.criteria:
                yield Line(text=texts[one.id], label=str(words.LABEL[one.kind.value]))
    yield from (Line(text=asked[fact]) for fact in result.public.missing if asked[fact])


def _step(
    criteria: Criteria, one: CriterionResult, answers: Mapping[str, str], asked: Mapping[str, str]
) -> Step:
    key = words.state_key(one)
    unsettled = [fact for fact in one.unsettled if asked[fact]] if one.is_asked else []
    decided = dict.fromkeys(used.name for used in one.because) if one.is_asked and not unsettled else {}
    return Step(
        text=criterion_words(criteria)[one.id],
        state=str(words.STATE[key]),
        tone=TONE.get(key, ""),
        because=tuple(
            Told(question=asked[name], answer=words.answer_words(answers.get(name, "")))
            for name in decided
            if asked[name]
        ),
        open=tuple(asked[fact] for fact in unsettled),
    )
