"""How soon a team usually answers, its silence included. Pure.

The time to the first answer is right-censored for messages that wait still; leaving them out would make the
slowest team look fast. The median is that of the Kaplan-Meier curve: the first time by which at most half are
estimated to wait still. Source: Kaplan and Meier, J Am Stat Assoc 1958;53:457.
"""

from collections.abc import Iterable
from dataclasses import dataclass

FEWEST = 5  # fewer say little, and could be told apart


@dataclass(frozen=True, kw_only=True)
class Wait:
    """How long one message waited, in working days, and whether an answer ended it."""

    working_days: float
    was_answered: bool


def median_wait(waits: Iterable[Wait]) -> float | None:
    """Median working days to the first answer; None where more than half are estimated to wait still."""
    ordered = sorted(waits, key=lambda wait: (wait.working_days, not wait.was_answered))
    waiting = 1.0
    for index, wait in enumerate(ordered):
        if wait.was_answered:
            at_risk = len(ordered) - index
            waiting *= 1 - 1 / at_risk
            # A product of fractions ends a hair above one half where it should be that half.
            if waiting <= 0.5 + 1e-12:
                return wait.working_days
    return None
