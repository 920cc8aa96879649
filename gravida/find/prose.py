"""Registry text cut into paragraphs and lists, word for word, so that it can be read."""

import re
from dataclasses import dataclass

BULLET = re.compile(r"^\s*(?:[*•·–-]|\d{1,2}[.)])\s+")


@dataclass(frozen=True, kw_only=True)
class Block:
    """A paragraph (one line) or a list (its items)."""

    lines: tuple[str, ...]
    is_list: bool


def blocks(text: str) -> list[Block]:
    """Paragraphs, parted by blank lines, and lists, whose lines open with a bullet."""
    found: list[Block] = []
    for part in re.split(r"\n\s*\n", text):
        found.extend(_blocks_of(part))
    return found


def _blocks_of(part: str) -> list[Block]:
    """One stretch without a blank line: text before a list, then the list, and so on."""
    found: list[Block] = []
    for line in part.splitlines():
        words = line.strip()
        if not words:
            continue
        if BULLET.match(line):
            item = BULLET.sub("", line).strip()
            if found and found[-1].is_list:
                found[-1] = Block(lines=(*found[-1].lines, item), is_list=True)
            else:
                found.append(Block(lines=(item,), is_list=True))
        elif found:
            # A line that goes on: it belongs to the item or paragraph above.
            last = found[-1]
            found[-1] = Block(lines=(*last.lines[:-1], f"{last.lines[-1]} {words}"), is_list=last.is_list)
        else:
            found.append(Block(lines=(words,), is_list=False))
    return found
