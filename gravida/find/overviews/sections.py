"""The sections of an overview, in the order in which they are read. Pure."""

from collections.abc import Mapping

from gravida.find.plain.sentences import Language

IN_SHORT = "in_short"
# What people want to know before they take part, most wanted first (CISCRP survey of 2017, n = 12,427).
WHAT = "what"
QUESTIONS = (WHAT, "could_i", "what_would_i_do", "risks", "data", "cost", "how_long", "results")
SECTIONS = (IN_SHORT, *QUESTIONS)
LANGUAGES: tuple[Language, ...] = ("en", "fr")

MOST_WORDS_IN_SHORT = 120
MOST_SIGNS = 4000  # of one section

Texts = Mapping[str, str]  # section code -> its words; a section that says nothing is absent


def tidy(texts: Mapping[str, str | None]) -> dict[str, str]:
    """The sections that say something, in their order; ValueError for a section that does not exist."""
    if unknown := set(texts) - set(SECTIONS):
        raise ValueError(f"sections {', '.join(sorted(unknown))}: wanted some of {', '.join(SECTIONS)}")
    return {code: text for code in SECTIONS if (text := (texts.get(code) or "").strip())}


def known_language(code: str) -> Language:
    """A language that overviews are written in; ValueError for another."""
    found = next((language for language in LANGUAGES if language == code), None)
    if found is None:
        raise ValueError(f"language {code!r}: wanted one of {', '.join(LANGUAGES)}")
    return found


def words_in(text: str) -> int:
    """How many words a text has, as a reader counts them."""
    return sum(any(sign.isalnum() for sign in word) for word in text.split())
