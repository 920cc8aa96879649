"""Values as people tell them: three-valued answers, partial dates, gestational ages, quantities."""

from enum import Enum


class Answer(Enum):
    """Yes, no, or cannot tell (Kleene's strong three-valued logic). Not known is not no."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"

    def __bool__(self) -> bool:
        raise TypeError("an Answer is not a bool: compare it with Answer.YES, Answer.NO or Answer.UNKNOWN")

    def __invert__(self) -> "Answer":
        return {Answer.YES: Answer.NO, Answer.NO: Answer.YES, Answer.UNKNOWN: Answer.UNKNOWN}[self]

    def __and__(self, other: "Answer") -> "Answer":
        if Answer.NO in (self, other):
            return Answer.NO
        return Answer.YES if (self, other) == (Answer.YES, Answer.YES) else Answer.UNKNOWN

    def __or__(self, other: "Answer") -> "Answer":
        return ~(~self & ~other)
