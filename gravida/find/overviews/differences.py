"""What changed from one text to another, word by word. Pure."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

_WORD = re.compile(r"\S+\s*")


@dataclass(frozen=True, kw_only=True)
class Piece:
    """A stretch of words that stayed, came or went."""

    text: str
    is_new: bool = False
    is_gone: bool = False


def differences(before: str, after: str) -> tuple[Piece, ...]:
    """The text as it is, with what went and what came marked."""
    old, new = _WORD.findall(before), _WORD.findall(after)
    pieces: list[Piece] = []
    for what, i1, i2, j1, j2 in SequenceMatcher(a=old, b=new, autojunk=False).get_opcodes():
        if what == "equal":
            pieces.append(Piece(text="".join(new[j1:j2])))
            continue
        if i2 > i1:
            pieces.append(Piece(text="".join(old[i1:i2]), is_gone=True))
        if j2 > j1:
            pieces.append(Piece(text="".join(new[j1:j2]), is_new=True))
    return tuple(pieces)
