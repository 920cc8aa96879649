"""Choosing and shortening: what of a study fits one printed page at a readable size. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

# Signs of each part, so that the fullest page is one page of A4 in ten-point type, in French too.
TITLE = 130
SUMMARY = 380
DO = 280
CRITERION = 115
CRITERIA = 290  # of one list
MOST_CRITERIA = 6


@dataclass(frozen=True, kw_only=True)
class BriefList:
    """The first lines of a list, and how many are left to the page."""

    lines: tuple[str, ...]
    left_out: int = 0


def brief_text(text: str, longest: int) -> str:
    """A text on one line, cut at the end of a sentence where there is one, else of a word."""
    one_line = " ".join(text.split())
    if len(one_line) <= longest:
        return one_line
    cut = one_line[:longest]
    end = max(cut.rfind(mark) for mark in (". ", "! ", "? "))
    if end >= longest // 2:
        return cut[: end + 1]
    words, blank, _rest = cut.rpartition(" ")
    return f"{words if blank else cut} …"


def brief_list(lines: Sequence[str], *, longest: int = CRITERIA) -> BriefList:
    """The lines that fit, each shortened; at least the first one."""
    kept: list[str] = []
    for line in lines[:MOST_CRITERIA]:
        short = brief_text(line, CRITERION)
        if kept and sum(map(len, kept)) + len(short) > longest:
            break
        kept.append(short)
    return BriefList(lines=tuple(kept), left_out=len(lines) - len(kept))


class Nested(Protocol):
    """A line with the lines under it."""

    @property
    def text(self) -> str: ...
    @property
    def items(self) -> Sequence["Nested"]: ...


def one_line_each(items: Sequence[Nested], *, with_those_under: bool) -> list[str]:
    """Each criterion in one line; those under it follow where it says nothing without them."""
    if not with_those_under:
        return [item.text for item in items]
    return [
        " ".join(
            (item.text, "; ".join(one_line_each(item.items, with_those_under=True)))
            if item.items
            else (item.text,)
        )
        for item in items
    ]
