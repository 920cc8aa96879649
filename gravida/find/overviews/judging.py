"""What there is to say against an overview: facts beside their record, words that hurt, how hard it reads."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from gravida.find.overviews.failures import NotPlain, TooLong
from gravida.find.overviews.sections import IN_SHORT, MOST_SIGNS, MOST_WORDS_IN_SHORT, words_in
from gravida.find.plain.fact_guard import check_facts
from gravida.find.plain.lexicon import Lexicon, findings
from gravida.find.plain.reading import Reading, reading_of
from gravida.find.plain.sentences import Language, sentences
from gravida.find.record import StudyRecord

GOAL_GRADE = 8.0
GOAL_WORDS = 15.0  # mean of a sentence
# What never stands in an overview, whoever wrote it and whatever reason is given.
NEVER = frozenset({"link", "email", "telephone", "markup", "instruction"})
WORD = "word"


@dataclass(frozen=True, kw_only=True)
class Sources:
    """What the words are compared with."""

    record: StudyRecord
    also: Sequence[str] = ()  # texts of the study folder, approved by standing in git
    lexicon: Lexicon | None = None  # None: the product's


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing to mend, or to resolve with a reason."""

    key: str
    section: str
    kind: str  # WORD, or a kind of the fact guard
    code: str
    found: str
    sentence: str
    source: str  # the nearest sentence of the record; empty: nothing is near
    prefer: str = ""  # what to say instead of a word

    @property
    def is_never(self) -> bool:
        """Cannot be resolved: it has to go."""
        return self.kind in NEVER


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """Everything found in an overview."""

    findings: tuple[Finding, ...]
    reading: Reading | None  # of all sections together; None where there are no words
    by_section: Mapping[str, Reading]

    @property
    def is_easy(self) -> bool:
        """Whether it reads as easily as the goal asks."""
        found = self.reading
        return found is None or (found.grade <= GOAL_GRADE and found.mean_sentence_words <= GOAL_WORDS)

    def open(self, resolved: Collection[str]) -> tuple[Finding, ...]:
        """Those that stand in the way of an approval."""
        return tuple(one for one in self.findings if one.is_never or one.key not in resolved)


def judge(texts: Mapping[str, str], *, language: Language, sources: Sources) -> Judgement:
    """Everything there is to say against these sections."""
    found = [one for section, text in texts.items() for one in findings_in(text, section, language, sources)]
    whole = "\n\n".join(texts.values())
    return Judgement(
        findings=tuple(found),
        reading=reading_of(whole, language=language) if whole.strip() else None,
        by_section={code: reading_of(text, language=language) for code, text in texts.items()},
    )


def findings_in(text: str, section: str, language: Language, sources: Sources) -> list[Finding]:
    """What stands in one text, in its order."""
    facts = [
        (
            one.start,
            Finding(
                key=_key(section, one.key),
                section=section,
                kind=one.kind,
                code=one.code,
                found=one.found,
                sentence=one.sentence,
                source=one.nearest_source_sentence,
            ),
        )
        for one in check_facts(text, language=language, record=sources.record, also=sources.also)
    ]
    words = [
        (
            one.start,
            Finding(
                key=_key(section, WORD, one.word.lower(), _sentence_at(text, one.start)),
                section=section,
                kind=WORD,
                code="avoid",
                found=one.word,
                sentence=_sentence_at(text, one.start),
                source="",
                prefer=one.prefer,
            ),
        )
        for one in findings(text, language=language, lexicon=sources.lexicon)
    ]
    # Of two alike in one sentence one is shown: they are mended or resolved together.
    by_key = {one.key: one for _, one in sorted(facts + words, key=lambda pair: pair[0])}
    return list(by_key.values())


def refuse_what_never_stands(texts: Mapping[str, str], *, language: Language, sources: Sources) -> None:
    """NotPlain or TooLong for words that are not even kept."""
    for section, text in texts.items():
        if len(text) > MOST_SIGNS:
            raise TooLong(section=section, found=len(text), wanted=MOST_SIGNS)
        if section == IN_SHORT and words_in(text) > MOST_WORDS_IN_SHORT:
            raise TooLong(section=section, found=words_in(text), wanted=MOST_WORDS_IN_SHORT, is_words=True)
        for one in findings_in(text, section, language, sources):
            if one.is_never:
                raise NotPlain(section=section, kind=one.kind, found=one.found)


def _key(*told: str) -> str:
    return hashlib.sha256("\x1f".join(told).encode()).hexdigest()


def _sentence_at(text: str, at: int) -> str:
    return next((one.text for one in sentences(text) if one.start <= at < one.end), text)
