"""One fact of a sentence changed, in the ways that a careless rewriting changes facts."""

import random
import re
from collections.abc import Callable, Iterator

from gravida.find.plain.quantities import plain_signs, quantities

Mutation = tuple[str, str]  # what was changed, the sentence as changed
_UNITS = {
    "weeks": "months", "week": "month", "months": "weeks", "month": "week",
    "years": "months", "year": "month",
    "days": "weeks", "day": "week", "hours": "days", "mg": "g", "mL": "L", "minutes": "hours", "kg": "g",
}  # fmt: skip
_GOES_ON_COMPARING = re.compile(
    r"(?:more|older|over|above|greater|less|younger|under|higher|up|fewer|below|lower|longer|equal|not)\b"
)
_COMPARED = {
    "at least": "at most", "at most": "at least", "more than": "less than", "less than": "more than",
    "greater than": "less than", "fewer than": "more than", "older than": "younger than",
    "up to": "at least",
    "no more than": "no less than", "or older": "or younger", "or more": "or less",
    "and older": "and younger",
    "or over": "or under", "≥": "≤", "≤": "≥", ">": "<", "<": ">", "minimum": "maximum",
}  # fmt: skip
_DENIED = re.compile(r"\b(?:not|no|never|without)\b ?", re.IGNORECASE)
_DRUGS = ("rituximab", "enoxaparin", "simvastatin", "lisinopril", "omeprazole")
_TESTS = ("MRI", "colonoscopy", "amniocentesis", "lumbar puncture", "mammography")


def mutations(sentence: str, draw: random.Random) -> Iterator[Mutation]:
    """Each way that applies to the sentence, once."""
    for name, change in _WAYS.items():
        changed = change(sentence, draw)
        if changed and changed != sentence:
            yield name, changed


def _number(sentence: str, draw: random.Random) -> str:
    digits = [one for one in quantities(sentence) if re.fullmatch(r"[0-9]+", _digits_at(sentence, one.start))]
    if not digits:
        return ""
    one = draw.choice(digits)
    written = _digits_at(sentence, one.start)
    return (
        sentence[: one.start]
        + str(int(written) + draw.choice((7, 13, 31)))
        + sentence[one.start + len(written) :]
    )


def _digits_at(sentence: str, start: int) -> str:
    found = re.match(r"[0-9]+(?![0-9.,/])|", sentence[start:])
    return found[0] if found else ""


def _unit(sentence: str, draw: random.Random) -> str:
    hits = [found for found in re.finditer(r"(?<=[0-9][ -])[A-Za-z]+", sentence) if found[0] in _UNITS]
    if not hits:
        return ""
    hit = draw.choice(hits)
    return sentence[: hit.start()] + _UNITS[hit[0]] + sentence[hit.end() :]


def _comparison(sentence: str, draw: random.Random) -> str:
    low = plain_signs(sentence)
    compared = [one for one in quantities(sentence) if one.comparison in ("ge", "le", "gt", "lt")]
    for phrase, other in _COMPARED.items():
        place = low.find(phrase)
        is_word = phrase[0].isalpha() or low[place + 1 : place + 2] != "="
        near = [one for one in compared if -45 < one.start - place < 45]
        if place >= 0 and is_word and near and (place == 0 or not low[place - 1].isalpha()):
            return sentence[:place] + other + sentence[place + len(phrase) :]
    return ""


def _dropped_not(sentence: str, draw: random.Random) -> str:
    found = _DENIED.search(sentence)
    after = sentence[found.end() :].lower() if found else ""
    if not found or after.startswith(("more than", "less than", "later", "greater", "only", "fewer", ".")):
        return ""
    return sentence[: found.start()] + sentence[found.end() :]


def _added_not(sentence: str, draw: random.Random) -> str:
    found = re.search(r"\b(?:is|are|will|must|should|can|has been|have been)\b(?! not)(?! no\b)", sentence)
    return sentence[: found.end()] + " not" + sentence[found.end() :] if found else ""


def _joined(sentence: str, draw: random.Random) -> str:
    found = re.finditer(r"(?<=\w) (and|or) (?=[A-Za-z])", sentence)
    hits = [one for one in found if not _GOES_ON_COMPARING.match(sentence[one.end() :])]
    if not hits:
        return ""
    hit = draw.choice(hits)
    return sentence[: hit.start()] + f" {'or' if hit[1] == 'and' else 'and'} " + sentence[hit.end() :]


def _added(names: tuple[str, ...]) -> Callable[[str, random.Random], str]:
    def change(sentence: str, draw: random.Random) -> str:
        name = draw.choice(names)
        return "" if name.lower() in sentence.lower() else f"{sentence.rstrip('.')} with {name}."

    return change


_WAYS: dict[str, Callable[[str, random.Random], str]] = {
    "number changed": _number,
    "unit changed": _unit,
    "comparison turned": _comparison,
    "not dropped": _dropped_not,
    "not added": _added_not,
    "and / or swapped": _joined,
    "drug added": _added(_DRUGS),
    "test added": _added(_TESTS),
}
