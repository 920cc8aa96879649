"""An eligibility text split into what includes and what excludes, every word kept in its place.

Pure. The registry's texts come in every shape: headings in capitals or in sentences, bullets, numbers, bare
lines, lists inside lists. Where no heading says which is which, nothing is guessed: the text stays whole.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum

from gravida.find.outline import Criterion, read_outline, split_marker


class Side(Enum):
    """What the criteria under a heading do."""

    INCLUSION = "inclusion"
    EXCLUSION = "exclusion"
    NEITHER = "neither"  # before the first heading, or under one that names both


class Unsplit(Enum):
    """Why a text stays whole."""

    EMPTY = "empty"
    NO_HEADING = "no heading"
    ONE_LIST_FOR_BOTH = "one list for both"


@dataclass(frozen=True, kw_only=True)
class Part:
    """The criteria under one heading, as written."""

    side: Side
    marker: str = ""  # what stood before the heading, as "-"
    heading: str = ""  # empty: before the first heading
    criteria: tuple[Criterion, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Criteria:
    """An eligibility text as parts in their order; `unsplit` and no parts where it could not be split."""

    text: str
    parts: tuple[Part, ...] = ()
    unsplit: Unsplit | None = None

    @property
    def inclusion(self) -> tuple[Criterion, ...]:
        """Every inclusion criterion, in order."""
        return self._under(Side.INCLUSION)

    @property
    def exclusion(self) -> tuple[Criterion, ...]:
        """Every exclusion criterion, in order."""
        return self._under(Side.EXCLUSION)

    @property
    def words(self) -> Iterator[str]:
        """Every word of the text, in order: what was read, given back."""
        if self.unsplit:
            yield from self.text.split()
        for part in self.parts:
            yield from part.marker.split()
            yield from part.heading.split()
            for criterion in part.criteria:
                yield from criterion.all_words

    def _under(self, side: Side) -> tuple[Criterion, ...]:
        return tuple(criterion for part in self.parts if part.side is side for criterion in part.criteria)


_EXCLUDES = r"(?:non[- ]?inclusion|exclusions?|ausschluss(?:kriterien)?|exclusi[oó]n)"
_INCLUDES = r"(?:inclusions?|einschluss(?:kriterien)?|inclusi[oó]n)"
_EITHER = rf"(?:{_EXCLUDES}|{_INCLUDES})"
_CRITERIA = r"(?:criteri(?:a|on|um|ons|as)|requirements?|factors?)"
_QUALIFIER = (
    r"(?:(?:key|main|major|general|primary|principal|specific|basic|common|additional|other|further|study|clinical|medical"
    r"|trial|protocol|patients?['’]?|subjects?['’]?|participants?['’]?|maternal|donors?['’]?|recipients?|infants?"
    r"|controls?|healthy|volunteers?|part|phase|cohort|stage|group|arm|step|[0-9]+|[ivx]+|[a-d])[\s/:,-]+)"
)
_FRENCH = r"crit[èe]res?\s+(?:principaux\s+)?(?:d['’]\s*|de\s+)"
_SPANISH = r"criterios?\s+de\s+"
_NAMED = rf"(?:{_QUALIFIER}{{0,4}}{_EITHER}(?:\s+{_CRITERIA})?|(?:{_FRENCH}|{_SPANISH}){_EITHER})"
_BOTH = rf"{_NAMED}\s*(?:/|and|&|or|et)\s*(?:{_FRENCH}|d['’]\s*|de\s+)?{_EITHER}(?:\s+{_CRITERIA})?"
# What may follow a list's name: "(part A)", "- Donor", "for patients"; before a colon also "include any of".
_ASIDE = r"\s*\([^()]{0,80}\)|\s*[-–—]\s*[^:.]{1,60}|\s+(?:for|of|in|at|pour)\b[^:.]{0,70}"
_FOR_WHOM = rf"(?:{_ASIDE})?"
_TELLING = rf"(?:{_ASIDE}|\s+(?:are|is|includes?|included|will|may|must|consists?)\b[^:.]{{0,70}})?"
# "Key Inclusion Criteria", alone on its line, with or without a colon.
_TITLE = re.compile(rf"(?P<name>{_BOTH}|{_NAMED})(?:{_FOR_WHOM}\s*[:.]?|{_TELLING}\s*:)", re.IGNORECASE)
# "Inclusion criteria: age 18 or over": the title, then words of the first criterion.
_TITLE_THEN_WORDS = re.compile(
    rf"(?P<title>(?:{_BOTH}|{_NAMED})(?:{_TELLING}\s*:|\s+[-–—](?=\s)|[.](?=\s)))\s*(?P<words>\S.*)",
    re.IGNORECASE | re.DOTALL,
)
# "Patients must meet the following inclusion criteria:"
_SENTENCE_TITLE = re.compile(rf"(?:\S+\s+){{1,12}}{_EITHER}(?:\s+{_CRITERIA})?[^:.]{{0,60}}:", re.IGNORECASE)
# A title in the middle of a running text, after the end of a sentence or of the list before.
_TITLE_INSIDE = re.compile(
    r"(?<=[.;:)\]])[ \t]+(?=(?:[-*•] *)?(?:Key |Main |Major )?(?:INCLUSION|EXCLUSION|Inclusion|Exclusion)"
    r"(?: (?:CRITERIA|Criteria|criteria))?(?: ?:|[ \t]*$))"
)
_NOT_ELIGIBLE = re.compile(
    r"\b(?:not\s+(?:be\s+)?(?:eligible|included|enrolled|participate|join|take\s+part)|ineligible|(?:are|be|is)\s+excluded"
    r"|excluded?\s+(?:if|are)|(?:may|can)\s*not\s+(?:be|have|participate|join|take\s+part))\b",
    re.IGNORECASE,
)
_ELIGIBLE = re.compile(
    r"\b(?:eligible|be\s+included|are\s+included|(?:may|can)\s+(?:join|participate|enroll|take\s+part))\b",
    re.IGNORECASE,
)
_ORNAMENT = "*_#=~- \t"


@dataclass(frozen=True)
class _Heading:
    side: Side
    marker: str
    words: str
    rest: str = ""  # words of the first criterion on the same line


def read_criteria(text: str) -> Criteria:
    """The text's criteria by side. The text is a record's cleaned `eligibility`."""
    if not text.strip():
        return Criteria(text=text, unsplit=Unsplit.EMPTY)
    lines = [line for whole in text.split("\n") for line in _TITLE_INSIDE.split(whole)]
    headings = _headings(lines, _titled) or _headings(lines, _told)
    if not headings:
        return Criteria(text=text, unsplit=Unsplit.NO_HEADING)
    if all(heading.side is Side.NEITHER for heading in headings.values()):
        return Criteria(text=text, unsplit=Unsplit.ONE_LIST_FOR_BOTH)
    return Criteria(text=text, parts=tuple(_parts(lines, headings)))


def _headings(lines: list[str], read_heading: Callable[[str], _Heading | None]) -> dict[int, _Heading]:
    """Line number -> the heading that stands there."""
    found = ((number, read_heading(line)) for number, line in enumerate(lines))
    return {number: heading for number, heading in found if heading}


def _titled(line: str) -> _Heading | None:
    """The heading on a line that names a list: "Key Inclusion Criteria"."""
    marker, words = _without_ornament(line)
    if not 6 <= len(words) <= 20_000:
        return None
    # A wrapped sentence may break before "inclusion in this study.": a title without colon begins large.
    is_dressed = not words[0].islower() or words.endswith(":")
    if is_dressed and len(words) <= 160 and (title := _TITLE.fullmatch(words)):
        return _Heading(_side(title["name"]), marker, line.strip()[len(marker) :].strip())
    if started := _TITLE_THEN_WORDS.match(words):
        return _Heading(_side(started["title"]), marker, started["title"], started["words"])
    if not marker and len(words) <= 160 and _SENTENCE_TITLE.fullmatch(words):
        return _Heading(_side(words), marker, words)
    return None


def _told(line: str) -> _Heading | None:
    """The heading on a line that says it as a sentence: "You may be eligible for this study if you:"."""
    words = line.strip()
    if not words.endswith(":") or len(words) > 160 or split_marker(line)[0]:
        return None
    if _NOT_ELIGIBLE.search(words):
        return _Heading(Side.EXCLUSION, "", words)
    return _Heading(Side.INCLUSION, "", words) if _ELIGIBLE.search(words) else None


def _without_ornament(line: str) -> tuple[str, str]:
    """A line's list marker and its words, free of the stars and rules that dress a heading up."""
    marker, words = split_marker(line)
    bare = words.strip(_ORNAMENT)
    return marker, bare if len(bare) >= 6 else words


def _side(name: str) -> Side:
    excludes = re.search(_EXCLUDES, name, re.IGNORECASE)
    # "non-inclusion" holds the word inclusion: look for it in what is left.
    includes = re.search(_INCLUDES, re.sub(_EXCLUDES, "", name, flags=re.IGNORECASE), re.IGNORECASE)
    if excludes and includes:
        return Side.NEITHER
    return Side.EXCLUSION if excludes else Side.INCLUSION


def _parts(lines: list[str], headings: dict[int, _Heading]) -> Iterator[Part]:
    starts = sorted(headings)
    before = read_outline(lines[: starts[0]])
    if before:
        yield Part(side=Side.NEITHER, criteria=before)
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        heading = headings[start]
        own = [heading.rest] if heading.rest else []
        yield Part(
            side=heading.side,
            marker=heading.marker,
            heading=heading.words,
            criteria=read_outline([*own, *lines[start + 1 : end]]),
        )
