"""A text cut into sentences and words, with the places where they stand; English and French.

Pure, and linear in the length of the text. A full stop ends no sentence after an abbreviation or one letter
("J. Martin"), inside a number or before a small letter; a list mark, an empty line and a heading end one.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from gravida.find.plain.tables import word_set

Language = Literal["en", "fr"]

_ABBREVIATIONS = word_set("spoken", "abbreviations")
_END = re.compile(r"[.!?…]+(?:[ \u00a0\u202f]»|[\"'”’»)\]]*)(?=\s|$)")
_LINE = re.compile(r"[^\n]+")
_LIST_MARK = re.compile(r"\s*(?:[-*•·–—‣◦]|\(?[0-9]{1,2}[.)]|\(?[a-z][.)])\s+")
_WORD_BEFORE = re.compile(r"[^\s(«“\"]*$")
_NEXT = re.compile(r"[\s\"'“‘«(\[\u00a0\u202f]*(\S)")
WORD = re.compile(r"[^\W_]+(?:['’.\-‐‑][^\W_]+)*(?:%)?")
_OPENS = re.compile(
    r"\s+[«“\"]?\s?(?:It|The|This|These|She|He|You|They|We|There|In|No|If|A|An|Women|Men|Some|Elle|Il|Ils|Elles|Le|La"
    r"|Les|Vous|Cette|Ce|On|Aucun|Si|Une?|L['’]|C['’]|N['’])(?:\s|(?<=['’]))"
)
_LOOK_BACK, _WRAPPED = 40, 60


@dataclass(frozen=True, kw_only=True)
class Sentence:
    """A sentence without surrounding space, and its place in the text: text[start:end]."""

    text: str
    start: int
    end: int


def sentences(text: str) -> tuple[Sentence, ...]:
    """The sentences of a text, in order; those without a letter or digit are left out."""
    return tuple(sentence for start, end in _blocks(text) for sentence in _within(text, start, end))


def _blocks(text: str) -> Iterator[tuple[int, int]]:
    """Stretches of text that a sentence cannot cross: paragraphs, list items, headings."""
    begun: int | None = None
    last_end = 0
    for line in _LINE.finditer(text):
        mark = _LIST_MARK.match(line[0])
        is_gap = not line[0].strip() or text.count("\n", last_end, line.start()) > 1
        if begun is not None and (mark or is_gap or not _goes_on(text, last_end, line[0])):
            yield begun, last_end
            begun = None
        if line[0].strip():
            if begun is None:
                begun = line.start() + (mark.end() if mark else 0)
            last_end = line.end()
    if begun is not None:
        yield begun, last_end


def _goes_on(text: str, end: int, line: str) -> bool:
    """Whether a line goes on with the sentence of the line before: a wrapped text, not a heading or a row."""
    before = text[max(end - _LOOK_BACK, 0) : end].rstrip()
    if before.endswith((":", ".", "!", "?", ";")):
        return False
    first = line.lstrip()[:1]
    is_full = end - text.rfind("\n", 0, end) > _WRAPPED
    return first.islower() or before.endswith(",") or is_full


def _within(text: str, start: int, end: int) -> Iterator[Sentence]:
    begun = start
    for stop in _END.finditer(text, start, end):
        if _ends_a_sentence(text, begun, stop, end):
            if sentence := _sentence(text, begun, stop.end()):
                yield sentence
            begun = stop.end()
    if sentence := _sentence(text, begun, end):
        yield sentence


def _ends_a_sentence(text: str, begun: int, stop: re.Match[str], end: int) -> bool:
    following = _NEXT.match(text[stop.end() : min(stop.end() + 8, end)])
    if following is None:
        return True
    if following[1].islower():
        return False
    if not stop[0].startswith(".") or stop[0].startswith(".."):
        return True
    before = _WORD_BEFORE.search(text[max(begun, stop.start() - _LOOK_BACK) : stop.start()])
    word = before[0].lower() if before else ""
    if len(word) == 1 and word.isalpha() and word not in "aiày":
        return _begins_a_sentence(text, stop.end())
    if word in {"no", "nos"}:
        return not following[1].isdigit()
    return word not in _ABBREVIATIONS or word in {"etc", "a.m", "p.m"}


def _begins_a_sentence(text: str, place: int) -> bool:
    """Whether the next word opens a sentence, as in "hepatitis C. It" but not in "J. Doe"."""
    return bool(_OPENS.match(text[place : place + 24]))


def _sentence(text: str, start: int, end: int) -> Sentence | None:
    piece = text[start:end]
    bare = piece.strip(" \t\n\r\u00a0\u202f")
    if not any(sign.isalnum() for sign in bare):
        return None
    first = start + piece.index(bare)
    return Sentence(text=bare, start=first, end=first + len(bare))


def words(text: str) -> list[str]:
    """The words and numbers of a text, in order: "work-up" is one, "l’étude" is one."""
    return WORD.findall(text)
