"""Texts of the registry made safe and plain: no hidden characters, no escapes, one form for one letter.

Pure. What is removed is named, so that a reader of the import can see it.
"""

import re
import unicodedata

LINE_LIMIT = 1_000  # characters of a title, name or place; the longest of 7,026 real ones has 470
TEXT_LIMIT = 100_000  # characters of a description or criteria text; the registry itself allows 32,000

_CONTROLS = "\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f"
_SURROGATES = "\ud800-\udfff"
_DIRECTIONS = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_INVISIBLE = (
    "\u00ad\u180e\u200b-\u200d\u2060-\u2064\u206a-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff\U000e0000-\U000e007f"
)

REMOVED = {  # reason -> the characters it is about
    "control characters removed": re.compile(f"[{_CONTROLS}]"),
    "lone surrogates removed": re.compile(f"[{_SURROGATES}]"),
    "direction marks removed": re.compile(f"[{_DIRECTIONS}]"),
    "invisible characters removed": re.compile(f"[{_INVISIBLE}]"),
}
_FORBIDDEN = re.compile(f"[{_CONTROLS}{_SURROGATES}{_DIRECTIONS}{_INVISIBLE}]")
_UNUSUAL = re.compile(
    f"[{_CONTROLS}{_SURROGATES}{_DIRECTIONS}{_INVISIBLE}\r\x0b\x0c\x85\u2028\u2029\uf020-\uf0ff]"
)
_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
# Letters that old word processors wrote in the Symbol font; 36 of them stand in the real records.
_SYMBOL_FONT = re.compile("[\uf020-\uf0ff]")
_SYMBOLS = {
    "\uf061": "α", "\uf062": "β", "\uf067": "γ", "\uf064": "δ", "\uf06b": "κ", "\uf06c": "λ", "\uf06d": "µ",
    "\uf0a3": "≤", "\uf0b3": "≥", "\uf0b1": "±", "\uf0b0": "°", "\uf0b4": "×", "\uf0b7": "•", "\uf0a7": "•",
}  # fmt: skip
# The API writes its long texts as CommonMark, where a backslash shields a sign.
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
_ENTITY = re.compile(r"&(#[0-9]{1,6}|#[xX][0-9a-fA-F]{1,5}|[A-Za-z]{2,5});")
_ENTITIES = {
    "lt": "<", "gt": ">", "le": "≤", "ge": "≥", "lte": "≤", "gte": "≥", "amp": "&", "quot": '"', "apos": "'",
    "nbsp": " ", "ndash": "–", "mdash": "—", "plusmn": "±", "micro": "µ", "deg": "°",
}  # fmt: skip

# Whatever in pure ASCII calls for work; anything else takes the careful way.
_ASCII_SUSPECT = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\\&]")
_SPACES = re.compile(r"[ \t\n]+")


def clean_text(text: str) -> tuple[str, tuple[str, ...]]:
    """A text of several lines, and the reasons of what was removed from it.

    Line ends become "\\n"; lines keep their indentation. Cut at TEXT_LIMIT characters.
    """
    if text.isascii() and len(text) <= TEXT_LIMIT and not _ASCII_SUSPECT.search(text):
        return text.strip("\n "), ()
    return _careful(text, limit=TEXT_LIMIT)


# Lines met before that need no cleaning: names of countries, towns and sponsors come again and again.
known_clean: set[str] = set()
_KNOWN_AT_MOST = 50_000


def clean_line(text: str) -> tuple[str, tuple[str, ...]]:
    """A text of one line, and the reasons of what was removed from it. Cut at LINE_LIMIT characters."""
    is_plain = text.isascii() and text.isprintable() and len(text) <= LINE_LIMIT
    if is_plain and not ("\\" in text or "&" in text or "  " in text):
        _remember(text)
        return text.strip(), ()
    cleaned, reasons = _careful(text, limit=LINE_LIMIT)
    return _SPACES.sub(" ", cleaned).strip(), reasons


def _remember(text: str) -> None:
    if len(text) <= 80 and text == text.strip():
        if len(known_clean) >= _KNOWN_AT_MOST:
            known_clean.clear()
        known_clean.add(text)


def _careful(text: str, *, limit: int) -> tuple[str, tuple[str, ...]]:
    reasons: list[str] = []
    # Cut first, with room for what is removed: a text of 50 MB must cost no more than a long one.
    shortened = text[: limit * 2]
    if "&" in shortened:
        shortened = _ENTITY.sub(_character_of, shortened)
    if _UNUSUAL.search(shortened):
        shortened = _LINE_ENDS.sub("\n", shortened)
        shortened = _SYMBOL_FONT.sub(lambda found: _SYMBOLS.get(found[0], found[0]), shortened)
        reasons = [reason for reason, characters in REMOVED.items() if characters.search(shortened)]
        shortened = _FORBIDDEN.sub("", shortened)
    if "\\" in shortened:
        shortened = _ESCAPE.sub(r"\1", shortened)
    shortened = unicodedata.normalize("NFC", shortened)
    if len(shortened) > limit or len(text) > limit * 2:
        shortened = shortened[:limit]
        reasons.append(f"cut to {limit} characters")
    return shortened.strip("\n "), tuple(reasons)


def _character_of(entity: re.Match[str]) -> str:
    """The character an HTML entity stands for; the entity itself where it stands for none."""
    name = entity[1].lower()
    if not name.startswith("#"):
        return _ENTITIES.get(name, entity[0])
    code = int(name[2:], 16) if name.startswith("#x") else int(name[1:])
    return chr(code) if code <= 0x10FFFF else entity[0]
