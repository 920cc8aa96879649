"""Whether a plain text says what its record says: each difference beside its source."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from gravida.find.plain.sentences import Language, sentences
from gravida.find.record import StudyRecord

KINDS = (
    "number", "age", "unit", "comparison", "negation", "and_or", "direction", "test", "drug", "name",
    "link", "email", "telephone", "markup", "instruction",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Finding:
    """A difference between a text and its record. text[start:end] is what was found."""

    kind: str  # one of KINDS
    code: str  # why, as "not_in_record"
    found: str
    sentence: str
    nearest_source_sentence: str  # empty: nothing in the record is near
    start: int
    end: int

    @property
    def key(self) -> str:
        """The same for the same difference in the same sentence, wherever that stands: 16 signs."""
        told = "\x1f".join(
            (self.kind, self.code, self.found.lower(), " ".join(self.sentence.lower().split()))
        )
        return hashlib.sha256(told.encode()).hexdigest()[:16]


_NEVER = {
    "link": re.compile(r"(?i)\b(?:https?:|ftp:|javascript:|data:|www\.)\S*"),
    "email": re.compile(r"[^\s@<>]{1,64}@[^\s@<>]{1,250}"),
}


def check_facts(
    text: str, *, language: Language, record: StudyRecord, also: Sequence[str] = ()
) -> tuple[Finding, ...]:
    """Every difference between a text and its record (and other approved sources), in the text's order."""
    return tuple(
        Finding(
            kind=kind,
            code="not_allowed",
            found=hit[0],
            sentence=one.text,
            nearest_source_sentence="",
            start=one.start + hit.start(),
            end=one.start + hit.end(),
        )
        for one in sentences(text)
        for kind, pattern in _NEVER.items()
        for hit in pattern.finditer(one.text)
    )
