"""Answers of three values, and the reasons why a value is absent."""

from enum import Enum


class Answer(Enum):
    """Yes, no, or cannot tell (Kleene's strong three-valued logic). Not known is not no."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"

    # Each member is one object: its identity is hash enough, and the rules look answers up all the time.
    __hash__ = object.__hash__

    def __bool__(self) -> bool:
        raise TypeError("an Answer is not a bool: compare it with Answer.YES, Answer.NO or Answer.UNKNOWN")

    def __invert__(self) -> "Answer":
        if self is _YES:
            return _NO
        return _YES if self is _NO else _UNKNOWN

    def __and__(self, other: "Answer") -> "Answer":
        if self is _NO or other is _NO:
            return _NO
        return _YES if self is _YES and other is _YES else _UNKNOWN

    def __or__(self, other: "Answer") -> "Answer":
        if self is _YES or other is _YES:
            return _YES
        return _NO if self is _NO and other is _NO else _UNKNOWN

    @classmethod
    def of(cls, known: bool | None) -> "Answer":
        """The answer that a yes/no value gives; None, the value that nobody knows, gives UNKNOWN."""
        if known is None:
            return _UNKNOWN
        return _YES if known else _NO


_YES, _NO, _UNKNOWN = Answer.YES, Answer.NO, Answer.UNKNOWN


class Missing(Enum):
    """Why a value is absent. The reason is data: it is stored, exported and never read as zero or no."""

    __hash__ = object.__hash__  # members are single objects; rules look them up all the time

    UNK = "UNK"  # the woman does not know
    NASK = "NASK"  # not asked
    NAV = "NAV"  # asked, not available for now, or the result is pending
    NA = "NA"  # not applicable
    NPE = "NPE"  # not performed
    REF = "REF"  # refused
    ILL = "ILL"  # illegible, or sources that contradict each other
    MSK = "MSK"  # hidden by a rule of access or by an opposition

    @property
    def may_come_later(self) -> bool:
        """Whether asking or waiting can still bring the value."""
        return self in (Missing.NASK, Missing.NAV, Missing.NPE, Missing.ILL)


def before(first_high: float, second_low: float, first_low: float, second_high: float) -> Answer:
    """Whether every, no, or some value of the first closed interval lies below those of the second."""
    if first_high < second_low:
        return _YES
    return _NO if first_low >= second_high else _UNKNOWN
