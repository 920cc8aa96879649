"""A sentence of a built overview, and the choice of a record's own sentences that are easy enough to show."""

import re
from dataclasses import dataclass

from gravida.find.plain.lexicon import findings
from gravida.find.plain.reading import reading_of
from gravida.find.plain.sentences import sentences
from gravida.find.record import Outcome, StudyRecord

_EASY_GRADE, _SHORTEST, _LONGEST = 7.5, 6, 15
_STARTS_WELL = re.compile(
    r"(?:The (?:purpose|aim|goal|objective|study|researchers|investigators)|Researchers|Women|Men|Patients"
    r"|People"
    r"|Children|Many|Doctors|Participants|About)\b"
)
_NOT_PLAIN = re.compile(
    r"[:;()\[\]<>=≥≤@/“”\"|*]|"
    r"\b(?:we|our|you|your|this|these|such|however|also|hypothes\w+|above|below|will not)\b"
    r"|\b[A-Z]{2,}|\d{4,}|www",
)
_ONE_SPAN = re.compile(r"[1-9][0-9]{0,2} (?:days?|weeks?|months?|years?)", re.IGNORECASE)
_MEASURE_NOT_PLAIN = re.compile(r"[:;()\[\]<>=≥≤@/%“”\"|*]|\b[A-Z]{2,}\b|\d")


@dataclass(frozen=True, kw_only=True)
class Said:
    """A sentence (or two that belong together) of a section.

    `spare`: 0 for what must stay; the higher, the sooner it is left out, or put as `shorter`.
    """

    section: str
    text: str
    spare: int = 0
    shorter: str = ""


def easy_sentence(record: StudyRecord) -> str:
    """The first sentence of the record's summary that stands alone and is easy; empty where none is."""
    for one in sentences(record.brief_summary[:2_000])[:6]:
        if _STARTS_WELL.match(one.text) and one.text.endswith(".") and _is_easy(one.text):
            return one.text
    return ""


def easy_reason(record: StudyRecord) -> str:
    """Why the study stopped, in the record's words, where they are short and easy; else empty."""
    text = record.why_stopped.strip().rstrip(".")
    is_one = len(sentences(text)) == 1 and len(text.split()) <= 10
    return text if is_one and not _NOT_PLAIN.search(text) and not findings(text, language="en") else ""


def easy_measure(outcome: Outcome) -> str:
    """A main outcome short and plain enough to be named; else empty."""
    text = outcome.measure.strip().rstrip(".")
    words = text.split()
    if not 1 <= len(words) <= 6 or _MEASURE_NOT_PLAIN.search(text) or findings(text, language="en"):
        return ""
    has_names = any(word[:1].isupper() for word in words[1:])
    return "" if has_names or reading_of(text, language="en").grade > 12 else text[:1].lower() + text[1:]


def main_time_frame(record: StudyRecord) -> str:
    """The time of the only main outcome where it is one plain span, as "12 weeks"; else empty."""
    frame = record.primary_outcomes[0].time_frame.strip() if len(record.primary_outcomes) == 1 else ""
    return frame if _ONE_SPAN.fullmatch(frame) else ""


def _is_easy(text: str) -> bool:
    reading = reading_of(text, language="en")
    if len(reading.sentences) != 1 or _NOT_PLAIN.search(text):
        return False
    is_short = _SHORTEST <= reading.sentences[0].words <= _LONGEST
    return is_short and reading.grade <= _EASY_GRADE and not findings(text, language="en")
