"""What a person typed, made safe to keep and to show without changing what she said. Pure."""

import re
import unicodedata

# Controls break databases and headers, surrogates encoders; direction overrides make a text read as another.
# Joiners stay: Persian, Hindi and others are written with them.
_NEVER = re.compile(
    ""
    ""
    ""
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb\ufffe\uffff"
    "\U000e0000-\U000e007f]"
)
_LINE_ENDS = re.compile("\r\n|[\r\u2028\u2029]")
_SPACES = re.compile(r"\s+")


def typed_text(text: str) -> str:
    """A text of several lines; empty where nothing of it can be seen."""
    kept = _NEVER.sub("", unicodedata.normalize("NFC", _LINE_ENDS.sub("\n", text))).strip()
    return kept if any(not unicodedata.category(sign).startswith(("C", "Z")) for sign in kept) else ""


def typed_line(text: str) -> str:
    """A text of one line; empty where nothing of it can be seen."""
    return _SPACES.sub(" ", typed_text(text))
