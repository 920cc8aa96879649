"""How the spelling of a place is compared: accents, case, hyphens and the usual abbreviations set aside."""

import re
import unicodedata

# Letters that Unicode does not take apart into a base letter and an accent.
_LIGATURES = str.maketrans(
    {"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "ß": "ss", "ħ": "h"}
)
# Abbreviations of addresses and road signs, French and English.
_ABBREVIATIONS = {
    "st": "saint",
    "ste": "sainte",
    "sts": "saints",
    "stes": "saintes",
    "ft": "fort",
    "sankt": "saint",
}
_SUR = re.compile(r"\bs/\s*")
_NOT_A_WORD = re.compile(r"[^a-z0-9]+")


def spelling_key(text: str) -> str:
    """The words of a name as they are compared: "St-Étienne" and "saint etienne" give the same.

    Lower-case ASCII words with one space between; empty where no Latin letter or digit is left.
    """
    folded = _SUR.sub("sur ", text.casefold().translate(_LIGATURES))
    letters = unicodedata.normalize("NFKD", folded)
    bare = "".join(letter for letter in letters if not unicodedata.combining(letter))
    words = _NOT_A_WORD.sub(" ", bare).split()
    return " ".join(_ABBREVIATIONS.get(word, word) for word in words)
