"""What a sentence claims besides its numbers: its words, and what it denies, joins and turns."""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache

from gravida.find.plain.quantities import guard_words, plain_signs
from gravida.find.plain.tables import table, word_set

_TOKEN = re.compile(r"[^\W_]+(?:['’\-‐‑+][^\W_]+)*")
_SCOPE_END = re.compile(
    r"[,;:.!?()\n]| (?:but|which|who|that|because|unless|mais|qui|que|sauf|and|et|or|ou) "
)
_GOES_ON_COMPARING = re.compile(
    r" (?:more|older|over|above|greater|higher|longer|later|up|less|fewer|younger|under|below|lower|shorter"
    r"|equal|plus|moins|davantage)\b"
)
_GOES_ON_COUNTING = re.compile(
    r" (?:only|more than|less than|fewer|greater|older|younger|later|exceed|seulement|plus de|moins de)"
)
_STEM = 6  # letters that tell a word: "miscar", "diabet" in either language
_STOP = word_set("guard_words", "stop", "plain")


@dataclass(frozen=True, kw_only=True)
class Denial:
    """A word that denies, and the stems it denies, in order; text[start:end] is the word."""

    stems: tuple[str, ...]
    start: int
    end: int


@dataclass(frozen=True, kw_only=True)
class Joint:
    """ "and", "or" or "and/or" with the stems near it on each side."""

    kind: str
    left: frozenset[str]
    right: frozenset[str]
    start: int
    end: int


@dataclass(frozen=True, kw_only=True)
class Turn:
    """A word with an opposite ("before", "increase") and the stems beside it."""

    kind: str
    beside: frozenset[str]
    start: int
    end: int


@dataclass(frozen=True, kw_only=True)
class Claims:
    """A sentence as the guard compares it."""

    stems: frozenset[str]
    denials: tuple[Denial, ...]
    joints: tuple[Joint, ...]
    turns: tuple[Turn, ...]


@lru_cache(maxsize=100_000)
def folded(word: str) -> str:
    """Small letters without accents."""
    if word.isascii():
        return word.lower()
    parts = unicodedata.normalize("NFD", word.lower())
    return "".join(sign for sign in parts if not unicodedata.combining(sign)).replace("œ", "oe")


@cache
def _concepts() -> dict[str, str]:
    lines = table("guard_words")["concepts"]["plain"].strip().splitlines()
    return {folded(word): f"~{line.split()[0]}" for line in lines for word in line.split()}


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """What tells the word from others, alike for its forms and for one concept in both languages; else ""."""
    bare = folded(word)
    bare = re.sub(r"^(?:[dljnmtsc]|qu)['’]", "", bare)
    if bare in _concepts():
        return _concepts()[bare]
    if len(bare) < 3 or bare in _STOP or not any(sign.isalpha() for sign in bare):
        return ""
    return bare[:_STEM]


def tokens(text: str) -> list[re.Match[str]]:
    """The words of a sentence with their places."""
    return list(_TOKEN.finditer(text))


def claims_of(text: str) -> Claims:
    """The claims of a sentence."""
    low = plain_signs(text)
    found = [(match.start(), match.end(), stem(match[0])) for match in tokens(low)]
    told = [one for one in found if one[2]]
    return Claims(
        stems=frozenset(one[2] for one in told),
        denials=tuple(_denials(low, told)),
        joints=tuple(_joints(low, told)),
        turns=tuple(_turns(low, told)),
    )


@lru_cache(maxsize=20_000)
def stems_around(text: str, start: int, end: int) -> frozenset[str]:
    """The stems of two words before and three behind a place."""
    ahead = [found for match in tokens(text[max(0, start - 40) : start]) if (found := stem(match[0]))]
    behind = [found for match in tokens(text[end : end + 60]) if (found := stem(match[0]))]
    return frozenset((*ahead[-2:], *behind[:3]))


@cache
def _denying() -> re.Pattern[str]:
    words = guard_words()["negation"]
    return re.compile(rf"(?<![\w-])(?:{words['en']}|{words['fr']})(?!\w)|n['’]t\b|\bcannot\b")


def _denials(low: str, told: list[tuple[int, int, str]]) -> list[Denial]:
    denials = []
    for found in _denying().finditer(low):
        if _is_no_denial(low, found):
            continue
        stop = _SCOPE_END.search(low, found.end() + 1)
        end = stop.start() if stop else len(low)
        stems = [one[2] for one in told if found.end() <= one[0] < end][:6]
        if found[0] in ("pas", "jamais", "aucun", "aucune", "rien"):
            # French denies around the verb: "ne sont pas".
            opened = max(low.rfind(" ne ", 0, found.start()), low.rfind(" n'", 0, found.start()))
            if opened >= 0 and found.start() - opened < 40:
                stems = [one[2] for one in told if opened <= one[0] < found.start()] + stems
        if stems or found.end() == len(low):
            denials.append(Denial(stems=tuple(stems), start=found.start(), end=found.end()))
    return denials


def _is_no_denial(low: str, found: re.Match[str]) -> bool:
    """ "not only", "no more than", "plus" as more, "non" as in non-insulin, "no." as number."""
    after = low[found.end() : found.end() + 22]
    if re.match(
        r" (?:only|more than|less than|fewer|greater|older|younger|later|exceed|seulement|plus de|moins de)",
        after,
    ):
        return True
    if found[0] == "plus":
        return not re.search(r"\b(?:ne|n)\b[^.;]{0,25}$", low[max(0, found.start() - 30) : found.start()])
    if found[0] == "non" and after[:1] == "-":
        return True
    return found[0] == "no" and after[:1] == "."


def _joints(low: str, told: list[tuple[int, int, str]]) -> list[Joint]:
    joints = []
    for found in re.finditer(r"\band ?/ ?or\b|\bet ?/ ?ou\b|\b(?:and|or|et|ou)\b", low):
        if _GOES_ON_COMPARING.match(low[found.end() :]):
            continue
        kind = "and/or" if "/" in found[0] else {"and": "and", "et": "and", "or": "or", "ou": "or"}[found[0]]
        left = [one[2] for one in told if one[1] <= found.start() and found.start() - one[1] < 40][-2:]
        right = [one[2] for one in told if one[0] >= found.end() and one[0] - found.end() < 40][:2]
        if left and right:
            joints.append(
                Joint(
                    kind=kind,
                    left=frozenset(left),
                    right=frozenset(right),
                    start=found.start(),
                    end=found.end(),
                )
            )
    return joints


@cache
def _turning() -> re.Pattern[str]:
    sides = guard_words()["direction"]
    return re.compile("|".join(rf"(?P<{side}>(?<!\w)(?:{words})(?!\w))" for side, words in sides.items()))


def _turns(low: str, told: list[tuple[int, int, str]]) -> list[Turn]:
    turns = []
    for found in _turning().finditer(low):
        kind = found.lastgroup or ""
        near = [one[2] for one in told if one[0] >= found.end() and one[0] - found.end() < 50][:3]
        ahead = [one[2] for one in told if one[1] <= found.start() and found.start() - one[1] < 30][-1:]
        beside = frozenset(near + ahead)
        if beside and kind in guard_words()["opposites"]:
            turns.append(Turn(kind=kind, beside=beside, start=found.start(), end=found.end()))
    return turns
