"""Whether a plain text says what its record says: every difference beside the nearest source sentence.

A sentence is compared with the sentences of the record (and other approved texts) that share its words; words
of one concept count as the same in both languages. What the guard cannot see stands in docs/overviews.md.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from gravida.find.plain.claims import claims_of
from gravida.find.plain.guard_compare import (
    Difference,
    Nearness,
    denial_differences,
    joint_differences,
    nearness,
    number_differences,
    turn_differences,
)
from gravida.find.plain.guard_names import name_differences, never_allowed
from gravida.find.plain.guard_source import Source, comparable, sources
from gravida.find.plain.quantities import Day, days
from gravida.find.plain.sentences import Language
from gravida.find.record import StudyRecord

KINDS = (
    "number", "age", "unit", "comparison", "date", "negation", "and_or", "direction", "test", "drug", "name",
    "link", "email", "telephone", "markup", "instruction",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Finding:
    """A difference between a text and its record. text[start:end] is what was found."""

    kind: str  # one of KINDS
    code: str  # why: not_in_record, compared_otherwise, denied_only_here, not_allowed...
    found: str
    sentence: str
    nearest_source_sentence: str  # empty: nothing in the record is near
    start: int
    end: int

    @property
    def key(self) -> str:
        """The same for the same difference in the same sentence, wherever that stands: 16 signs."""
        told = "\x1f".join(
            (self.kind, self.code, self.found.lower(), " ".join(self.sentence.lower().split()))
        )
        return hashlib.sha256(told.encode()).hexdigest()[:16]


def check_facts(
    text: str, *, language: Language, record: StudyRecord, also: Sequence[str] = ()
) -> tuple[Finding, ...]:
    """Every difference between a text and its record (and other approved sources), in the text's order.

    `language` is the text's; the record may be in the other one. Links, addresses, telephone numbers, markup
    and instructions are findings whatever the record holds.
    """
    source = sources(record, also)
    whole = [_whole(text, one) for one in never_allowed(text)]
    found = [_finding(one.text, one.start, difference, near) for one in comparable(text)
             for difference, near in _differences(one.text, source)]  # fmt: skip
    unique = {(one.kind, one.start, one.end, one.code): one for one in (*whole, *found)}
    return tuple(sorted(unique.values(), key=lambda one: (one.start, one.end, one.kind)))


def _differences(sentence: str, source: Source) -> Iterator[tuple[Difference, Nearness]]:
    claims = claims_of(sentence)
    near = nearness(claims, source)
    for one in chain(
        number_differences(sentence, claims, near, source),
        _dates(tuple(days(sentence)), source),
        denial_differences(claims, near),
        joint_differences(claims, near),
        turn_differences(claims, near),
        name_differences(sentence, source),
    ):
        yield one, near


def _dates(found: Sequence[Day], source: Source) -> Iterator[Difference]:
    for one in found:
        if not any(one.is_within(theirs) for sentence in source.sentences for theirs in sentence.days):
            yield Difference(kind="date", code="not_in_record", start=one.start, end=one.end)


def _finding(sentence: str, offset: int, one: Difference, near: Nearness) -> Finding:
    return Finding(
        kind=one.kind,
        code=one.code,
        found=sentence[one.start : one.end] or sentence,
        sentence=sentence,
        nearest_source_sentence=one.beside or near.nearest,
        start=offset + one.start,
        end=offset + (one.end or len(sentence)),
    )


def _whole(text: str, one: Difference) -> Finding:
    """A finding whose sentence is the line it stands in: a link's full stops end no sentence."""
    begins = text.rfind("\n", 0, one.start) + 1
    stops = text.find("\n", one.end)
    line = text[begins : stops if stops >= 0 else len(text)].strip()
    return Finding(
        kind=one.kind, code=one.code, found=text[one.start : one.end], sentence=line[:500],
        nearest_source_sentence="", start=one.start, end=one.end,
    )  # fmt: skip
