"""Who can join: each criterion met, not met or not to be told, with what decided it and what would settle it.

One assessment serves the visitor's self-check, the staff's screening and the population of an analysis. It
gives codes and names of facts; the words are the pages'.
"""

import re
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Generic, TypeVar

from msgspec import Struct

from gravida.protocol.conditions import NamedFacts, Used, Verdict, any_of, judge
from gravida.protocol.criteria import Criteria, Criterion, CriterionKind, CriterionPart, Fact
from gravida.protocol.spans import Held
from gravida.protocol.values import Answer, Missing

YES, NO, UNKNOWN = Answer.YES, Answer.NO, Answer.UNKNOWN


class PartResult(Struct, frozen=True, gc=False):
    """One way of meeting a criterion, by itself."""

    id: str
    answer: Answer
    because: tuple[Used, ...]


class CriterionResult(Struct, frozen=True, gc=False):
    """One criterion: YES met, NO not met, UNKNOWN cannot tell.

    `because` are the facts that decided, `unsettled` the names of those that would settle it. An exclusion
    criterion that is met keeps the woman out.
    """

    id: str
    kind: CriterionKind
    answer: Answer
    because: tuple[Used, ...]
    unsettled: tuple[str, ...]
    parts: tuple[PartResult, ...]
    is_asked: bool  # whether a visitor is asked any of its facts

    @property
    def lets_in(self) -> Answer:
        """Whether this criterion leaves the way open."""
        return self.answer if self.kind is CriterionKind.INCLUSION else ~self.answer


class PublicCode(StrEnum):
    """The three sentences a visitor can be told. None of them says that she can join: the team decides."""

    NOTHING_RULES_OUT = "nothing_rules_out"
    MAY_RULE_OUT = "may_rule_out"
    CANNOT_TELL = "cannot_tell"


@dataclass(frozen=True, kw_only=True)
class PublicResult:
    """What the self-check tells a visitor.

    `criteria`: those that her answers may rule out (MAY_RULE_OUT). `missing`: the facts without which
    nothing can be told (CANNOT_TELL). `left_to_team`: criteria about which visitors are asked nothing.
    """

    code: PublicCode
    criteria: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    left_to_team: tuple[str, ...] = ()


class Eligibility(Struct, frozen=True, kw_only=True, gc=False):
    """One woman against every criterion of a study, in the study's order."""

    results: tuple[CriterionResult, ...]

    @property
    def answer(self) -> Answer:
        """Whether she can be included, for the staff: YES only where every criterion is settled so."""
        answer = YES
        for result in self.results:
            answer = answer & result.lets_in
        return answer

    @property
    def ruled_out_by(self) -> tuple[str, ...]:
        """Names of the criteria that keep her out."""
        return tuple(result.id for result in self.results if result.lets_in is NO)

    @property
    def undecided(self) -> tuple[str, ...]:
        """Names of the criteria that cannot be told."""
        return tuple(result.id for result in self.results if result.lets_in is UNKNOWN)

    @property
    def missing(self) -> tuple[str, ...]:
        """Names of the facts that would settle the criteria that cannot be told."""
        return _names(result for result in self.results if result.lets_in is UNKNOWN)

    @property
    def public(self) -> PublicResult:
        """What a visitor is told; criteria that only the team can judge are left to it."""
        asked = [result for result in self.results if result.is_asked]
        left = tuple(result.id for result in self.results if not result.is_asked)
        against = tuple(result.id for result in asked if result.lets_in is NO)
        if against:
            return PublicResult(code=PublicCode.MAY_RULE_OUT, criteria=against, left_to_team=left)
        missing = _names(result for result in asked if result.lets_in is UNKNOWN)
        if missing:
            return PublicResult(code=PublicCode.CANNOT_TELL, missing=missing, left_to_team=left)
        return PublicResult(code=PublicCode.NOTHING_RULES_OUT, left_to_team=left)


def assess(criteria: Criteria, facts: Mapping[str, Held]) -> Eligibility:
    """A woman's facts against the criteria of a study. A fact that is absent, or missing, is not known.

    A count between two bounds is a Span; a criterion is settled only where both bounds agree.
    CannotCombine where a fact is of another kind than the rule that reads it.
    """
    held = NamedFacts(values=facts)
    asked = criteria.asked_ids
    return Eligibility(results=tuple([_result(criterion, held, asked) for criterion in criteria.criteria]))


_KEPT = 4096  # results of one criterion


def _result(criterion: Criterion, facts: NamedFacts, asked: frozenset[str]) -> CriterionResult:
    """A criterion on the facts it reads; women of a cohort differ in few of them, so results are kept."""
    read = [facts.values.get(name) for name in criterion.fact_ids]
    key = (*read, *map(type, read))  # 1, True and Decimal(1) are equal and not the same
    known: CriterionResult | None = criterion.results.get(key)
    if known is None:
        if len(criterion.results) >= _KEPT:
            criterion.results.clear()
        known = criterion.results[key] = _worked_out(criterion, facts, asked)
    return known


def _worked_out(criterion: Criterion, facts: NamedFacts, asked: frozenset[str]) -> CriterionResult:
    verdicts = [judge(part.rule, facts) for part in criterion.parts]
    whole = verdicts[0] if len(verdicts) == 1 else any_of(verdicts)
    return CriterionResult(
        id=criterion.id,
        kind=criterion.kind,
        answer=whole.answer,
        because=whole.because,
        unsettled=whole.unsettled,
        parts=tuple(map(_part, criterion.parts, verdicts)),
        is_asked=not asked.isdisjoint(criterion.fact_ids),
    )


def _part(part: CriterionPart, verdict: Verdict) -> PartResult:
    return PartResult(part.id, verdict.answer, verdict.because)


def _names(results: Iterable[CriterionResult]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for result in results for name in result.unsettled))


class WrongAnswer(Exception):
    """A visitor's answer that its question does not take: which fact, what was found, what was wanted."""

    def __init__(self, *, fact: str, found: str, wanted: str) -> None:
        super().__init__(f"{fact}: found {found!r}, wanted {wanted}")
        self.fact = fact
        self.found = found
        self.wanted = wanted


_WHOLE = re.compile(r"-?[0-9]{1,6}")
_NUMBER = re.compile(r"-?[0-9]{1,6}(?:[.,][0-9]{1,6})?")
ANSWERS: dict[str, Held] = {"yes": YES, "no": NO, "unknown": Missing.UNK, "": None}


def visitor_facts(criteria: Criteria, answers: Mapping[str, str]) -> dict[str, Held]:
    """Facts from what a visitor chose or typed: `yes`, `no`, `unknown`, a number, or nothing.

    WrongAnswer on a question that is not asked, a number outside its range, or anything else.
    """
    asked = {fact.id: fact for fact in criteria.asked}
    facts: dict[str, Held] = {}
    for name, given in answers.items():
        if name not in asked:
            raise WrongAnswer(fact=name, found=given, wanted=f"one of the questions {', '.join(asked)}")
        facts[name] = _told(asked[name], given.strip())
    return facts


def _told(fact: Fact, given: str) -> Held:
    if given in ("", "unknown") or (fact.type == "yn" and given in ANSWERS):
        return ANSWERS[given]
    if fact.type not in ("int", "dec"):
        raise WrongAnswer(fact=fact.id, found=given, wanted="yes, no or unknown")
    wanted = f"a number from {fact.low} to {fact.high}, or unknown"
    if not (_WHOLE if fact.type == "int" else _NUMBER).fullmatch(given):
        raise WrongAnswer(fact=fact.id, found=given, wanted=wanted)
    number = Decimal(given.replace(",", "."))
    too_low = fact.low is not None and number < fact.low
    too_high = fact.high is not None and number > fact.high
    if too_low or too_high:
        raise WrongAnswer(fact=fact.id, found=given, wanted=wanted)
    return number


Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, kw_only=True)
class Population(Generic[Key]):
    """Who belongs to an analysis, who does not and by which criteria, and of whom it cannot be told."""

    included: tuple[Key, ...]
    excluded: dict[Key, tuple[str, ...]]
    undecided: dict[Key, tuple[str, ...]]  # the facts that are missing

    def excluded_by(self, criterion: str) -> int:
        """How many a criterion keeps out, whether alone or with others."""
        return sum(criterion in names for names in self.excluded.values())


def population(
    criteria: Criteria, women: Iterable[tuple[Key, Mapping[str, Held]]], *, leaving_out: Iterable[str] = ()
) -> Population[Key]:
    """The women whom the criteria let in, by their keys.

    `leaving_out` names criteria that an analysis does not ask again, as information about the study.
    ValueError where one of them is no criterion of the study.
    """
    left_out = frozenset(leaving_out)
    known = {criterion.id for criterion in criteria.criteria}
    if left_out - known:
        raise ValueError(f"criteria {sorted(left_out - known)}: wanted some of {sorted(known)}")
    kept = tuple(criterion for criterion in criteria.criteria if criterion.id not in left_out)
    chosen = Criteria(facts=criteria.facts, criteria=kept)
    included: list[Key] = []
    excluded: dict[Key, tuple[str, ...]] = {}
    undecided: dict[Key, tuple[str, ...]] = {}
    for key, facts in women:
        found = assess(chosen, facts)
        if found.answer is YES:
            included.append(key)
        elif found.answer is NO:
            excluded[key] = found.ruled_out_by
        else:
            undecided[key] = found.missing
    return Population(included=tuple(included), excluded=excluded, undecided=undecided)
