"""A list written as plain text, read as a tree: bullets, numbers, indentation, wrapped lines, paragraphs.

Pure. No word is added or lost: markers are kept beside the words they stand before.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

DEEPEST = 12  # levels; what is written deeper stands at the deepest one

_MARKER = re.compile(
    r"(?P<marker>[-*+•‣◦▪●○■□·–—§]|o(?=\s)|\(?(?:[0-9]{1,3}|[a-zA-Z]|[ivxIVX]{1,5})[.)]|(?:[0-9]{1,2}\.){2,3}[0-9]{0,2})"
    r"(?:\s+(?P<words>.*))?$"
)
# Texts converted from the registry's old form are broken at some 100 signs; longer lines were never broken.
_WRAP_LONGEST, _WRAP_FULL = 106, 80


@dataclass(frozen=True, kw_only=True)
class Criterion:
    """One criterion and those under it, in the registry's words."""

    words: str
    marker: str = ""  # as written before it: "*", "-", "1.", "a)"; empty for a paragraph
    children: tuple["Criterion", ...] = ()

    @property
    def all_words(self) -> Iterator[str]:
        """Markers and words, this one's then its children's, in order."""
        yield from self.marker.split()
        yield from self.words.split()
        for child in self.children:
            yield from child.all_words


@dataclass
class _Item:
    """A criterion while it is being read. `column`: where its list level begins."""

    column: float
    marker: str
    lines: list[str]
    children: list["_Item"] = field(default_factory=list)

    @property
    def words(self) -> str:
        return " ".join(line for line in self.lines if line)

    @property
    def opens_a_list(self) -> bool:
        """Whether what follows may stand under it: any marked item, or a paragraph that announces a list."""
        words = self.words
        return (
            bool(self.marker)
            or words.endswith(":")
            or (len(words) <= 60 and not words.endswith((".", ";", ",")))
        )


def split_marker(line: str) -> tuple[str, str]:
    """What stands before a line's words as a list marker ("" for none), and the words."""
    stripped = line.strip()
    found = _MARKER.match(stripped)
    if not found:
        return "", stripped
    return found["marker"], (found["words"] or "").strip()


def read_outline(lines: Sequence[str]) -> tuple[Criterion, ...]:
    """The list these lines write, as a tree."""
    root = _Item(column=-2, marker="", lines=[])
    open_items = [root]
    previous = ""  # the line just before; empty after a blank one
    is_wrapped = _is_wrapped(lines)
    for line in lines:
        if not line.strip():
            previous = ""
            continue
        marker, words = split_marker(line)
        column = len(line) - len(line.lstrip())
        if not marker and _continues(line, previous, open_items[-1], is_wrapped=is_wrapped):
            open_items[-1].lines.append(words)
        else:
            _place(_Item(column if marker else column - 0.5, marker, [words]), open_items)
        previous = line
    return tuple(_frozen(item) for item in root.children)


def _is_wrapped(lines: Sequence[str]) -> bool:
    longest = max((len(line) for line in lines), default=0)
    return _WRAP_FULL <= longest <= _WRAP_LONGEST


def _continues(line: str, previous: str, item: _Item, *, is_wrapped: bool) -> bool:
    """Whether a line without marker goes on with the item before it."""
    if not item.lines:
        return False
    column = len(line) - len(line.lstrip())
    if not previous:
        # A second paragraph of a marked item stands under its words.
        return bool(item.marker) and column > item.column + len(item.marker)
    if item.marker and column > item.column:
        return True
    first_word = line.split(maxsplit=1)[0]
    if is_wrapped and len(previous.rstrip()) + 1 + len(first_word) > _WRAP_FULL:
        return True
    return first_word[0].islower() and not item.words.endswith((".", ";", ":"))


def _place(item: _Item, open_items: list[_Item]) -> None:
    """Put an item under the last open one that stands to its left, and open it."""
    while not _takes(open_items[-1], item):
        open_items.pop()
    open_items[-1].children.append(item)
    if len(open_items) <= DEEPEST:
        open_items.append(item)


def _takes(parent: _Item, item: _Item) -> bool:
    if parent.column < -1:
        return True
    if not parent.opens_a_list:
        return False
    if parent.column < item.column:
        return True
    # "1. All of these:" then "a) ..." without indentation: another kind of marker, announced by a colon.
    is_announced = parent.column == item.column and parent.words.endswith(":")
    return is_announced and bool(item.marker) and _kind(item.marker) != _kind(parent.marker)


def _kind(marker: str) -> str:
    """The kind of a marker: its signs with digits and letters made alike."""
    return re.sub("[a-zA-Z]+", "a", re.sub("[0-9]+", "1", marker))


def _frozen(item: _Item) -> Criterion:
    children = tuple(_frozen(child) for child in item.children)
    return Criterion(words=item.words, marker=item.marker, children=children)
